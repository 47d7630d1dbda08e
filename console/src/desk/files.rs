//! The page's files, inside the program: an exact list, so that no path leads anywhere else.

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

const HTML: &str = "text/html; charset=utf-8";
#[allow(dead_code, reason = "the list grows with the page")]
const CSS: &str = "text/css; charset=utf-8";
/// ES modules must come as a JavaScript type (HTML standard, "fetch a single module script").
#[allow(dead_code, reason = "the list grows with the page")]
const JS: &str = "text/javascript; charset=utf-8";
#[allow(dead_code, reason = "the list grows with the page")]
const SVG: &str = "image/svg+xml";

macro_rules! embedded {
    ($($path:literal $kind:ident $file:literal,)+) => {
        &[$(($path, $kind, include_bytes!(concat!("../../ui/", $file)))),+]
    };
}

/// Path in the browser, type, file under `console/ui/`.
static FILES: &[(&str, &str, &[u8])] = embedded![
    "/" HTML "index.html",
];

/// The file at exactly this path.
pub(super) async fn serve(uri: Uri) -> Response {
    match FILES.iter().find(|(path, ..)| *path == uri.path()) {
        Some((_, kind, content)) => ([(CONTENT_TYPE, *kind)], *content).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Every path that is served.
pub(super) fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(path, ..)| *path)
}

/// The only headers an answer may have; each other is removed on the way out.
pub(super) fn allowed(name: &HeaderName) -> bool {
    const ALLOWED: [&str; 15] = [
        "allow",
        "cache-control",
        "connection",
        "content-length",
        "content-security-policy",
        "content-type",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "date",
        "permissions-policy",
        "referrer-policy",
        "sec-websocket-accept",
        "sec-websocket-protocol",
        "upgrade",
        "x-content-type-options",
    ];
    ALLOWED.contains(&name.as_str())
}
