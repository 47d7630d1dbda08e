//! Who may come in, judged by the head of a request alone, and what every answer carries.
//!
//! A page on 127.0.0.1 is within reach of every program of this computer and of every page in every browser on it. Three locks
//! hold independently: the name it is called by (a stranger's name that resolves to 127.0.0.1 is refused: DNS rebinding), who
//! calls (`Origin`, Fetch Metadata), and a key that only the launched page has. No cookies: all ports of 127.0.0.1 share them.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// The locks of one port.
#[derive(Clone, Debug)]
pub(super) struct Door {
    host: String,
    origin: String,
    policy: HeaderValue,
}

/// Why a request is turned away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Refused {
    /// Called by another name than 127.0.0.1.
    Host,
    /// By another page.
    Origin,
}

// === impl Door

impl Door {
    /// The door of this port of 127.0.0.1.
    pub(super) fn new(port: u16) -> Self {
        let host = format!("127.0.0.1:{port}");
        let policy = format!(
            "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
             connect-src 'self' ws://{host}; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        // A port has digits only.
        let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        Self { origin: format!("http://{host}"), host, policy }
    }

    /// Where the page is.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether this request may come in at all. The key is looked at later.
    ///
    /// # Errors
    /// [`Refused`].
    pub(super) fn judge(&self, head: &Parts) -> Result<(), Refused> {
        let all = |name: &HeaderName| head.headers.get_all(name).into_iter();
        let named = all(&HOST).count() == 1 && all(&HOST).all(|host| host == self.host.as_str());
        let target = head.uri.authority().is_none_or(|authority| authority.as_str() == self.host);
        if !named || !target {
            return Err(Refused::Host);
        }
        if !all(&ORIGIN).all(|origin| origin == self.origin.as_str()) {
            return Err(Refused::Origin);
        }
        let own = all(&SEC_FETCH_SITE).all(|site| site == "same-origin" || site == "none");
        if own || opens_the_page(head) { Ok(()) } else { Err(Refused::Origin) }
    }

    /// What every answer carries, over whatever it had.
    pub(super) fn mark(&self, headers: &mut HeaderMap) {
        const FIXED: [(HeaderName, &str); 6] = [
            (CACHE_CONTROL, "no-store"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (REFERRER_POLICY, "no-referrer"),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
            (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
            (
                HeaderName::from_static("permissions-policy"),
                "camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), serial=(), hid=(), \
                 clipboard-read=(), fullscreen=(self), keyboard-lock=(self)",
            ),
        ];
        for (name, value) in FIXED {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.insert(CONTENT_SECURITY_POLICY, self.policy.clone());
    }
}

/// The launch file is a `file:` page, a stranger to this origin: it may lead a whole window to `/`, which holds nothing.
fn opens_the_page(head: &Parts) -> bool {
    let says = |name: &HeaderName, value: &str| head.headers.get(name).is_some_and(|v| v == value);
    head.method == Method::GET
        && head.uri.path() == "/"
        && !head.headers.contains_key(ORIGIN)
        && says(&SEC_FETCH_MODE, "navigate")
        && says(&SEC_FETCH_DEST, "document")
}

#[cfg(test)]
mod tests;
