//! What every answer of the page carries, and nothing else: a test holds answers against this list.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// No script at all; nothing from elsewhere; the one form goes nowhere else; nobody frames the page.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Whether a real certificate vouches for the page, so that browsers may insist on HTTPS from now on (RFC 6797 §8.1 says that one
/// they can't check does not count).
#[derive(Debug)]
pub(super) struct Secure(AtomicBool);

// === impl Secure

impl Secure {
    pub(super) fn new(secure: bool) -> Arc<Self> {
        Arc::new(Self(AtomicBool::new(secure)))
    }

    pub(super) fn set(&self, secure: bool) {
        self.0.store(secure, Ordering::Relaxed);
    }

    fn holds(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Adds what belongs to every answer.
pub(super) fn dress(headers: &mut HeaderMap, secure: &Secure) {
    let fixed: [(HeaderName, &str); 8] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=(), clipboard-read=()",
        ),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.remove(header::ALLOW);
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if secure.holds() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_bound_to_https_by_a_real_certificate_alone() {
        let dressed = |secure| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
            dress(&mut headers, &Secure::new(secure));
            headers
        };
        let (real, trial) = (dressed(true), dressed(false));
        assert!(real.contains_key(header::STRICT_TRANSPORT_SECURITY));
        assert!(!trial.contains_key(header::STRICT_TRANSPORT_SECURITY));
        assert!(!real.contains_key(header::ALLOW), "methods are told");
        assert!(real[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'"));
        assert_eq!(real[header::CACHE_CONTROL], "no-store");
    }
}
