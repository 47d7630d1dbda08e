//! The page's files, inside the program: an exact list, so that no path leads anywhere else.

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
/// ES modules must come as a JavaScript type (HTML standard, "fetch a single module script").
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

macro_rules! embedded {
    ($($kind:ident $file:literal,)+) => {
        &[
            ("/", HTML, include_bytes!("../../ui/index.html")),
            $((concat!("/ui/", $file), $kind, include_bytes!(concat!("../../ui/", $file)))),+
        ]
    };
}

/// Path in the browser, type, content: `index.html`, and each file under `console/ui/` by its own path.
#[rustfmt::skip]
static FILES: &[(&str, &str, &[u8])] = embedded![
    JS "core/api.js",
    JS "core/dom.js",
    JS "core/lang.js",
    JS "core/route.js",
    JS "core/say.js",
    JS "core/store.js",
    JS "core/theme.js",
    JS "core/time.js",
    JS "desk.js",
    SVG "icon.svg",
    JS "pages/contract.js",
    JS "pages/contracts.js",
    JS "pages/equipment.js",
    JS "pages/fleet.js",
    JS "pages/help.js",
    JS "pages/history.js",
    JS "pages/import.js",
    JS "pages/inventory.js",
    JS "pages/journal.js",
    JS "pages/machine.js",
    JS "pages/machines.js",
    JS "pages/manage.js",
    JS "pages/money.js",
    JS "pages/papers.js",
    JS "parts/bits.js",
    JS "parts/dialog.js",
    JS "parts/forms.js",
    JS "parts/grid.js",
    JS "parts/menu.js",
    JS "parts/pick.js",
    JS "parts/timeline.js",
    JS "session/ask.js",
    JS "session/hand-over.js",
    JS "session/handed.js",
    JS "session/hands.js",
    JS "session/keymap.js",
    JS "session/page.js",
    JS "session/painter.js",
    JS "session/pointer.js",
    JS "session/refusal.js",
    JS "session/secret.js",
    JS "session/toolbar.js",
    JS "session/viewer.js",
    JS "session/waiting.js",
    JS "session/widen.js",
    JS "session/wire.js",
    CSS "style/base.css",
    CSS "style/contracts.css",
    CSS "style/machines.css",
    CSS "style/parts.css",
    CSS "style/session.css",
    CSS "style/tokens.css",
    JS "text/common.js",
    JS "text/contracts.js",
    JS "text/equipment.js",
    JS "text/machines.js",
    JS "text/manage.js",
    JS "text/papers.js",
    JS "text/session.js",
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// A module that is not listed would be found missing by a person only.
    #[test]
    fn every_file_of_the_page_is_served_and_no_other() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
        let mut found = BTreeSet::from(["/".to_owned()]);
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                if path.is_dir() {
                    folders.push(path);
                } else if name != "index.html" && !name.ends_with(".d.ts") {
                    found.insert(format!("/ui/{name}"));
                }
            }
        }
        assert_eq!(found, paths().map(str::to_owned).collect());
    }
}
