//! The one form of the page, as a browser sends it (`application/x-www-form-urlencoded`).

use aval_protocol::text::Lang;
use aval_protocol::text::install::{PackageKind, System};
use axum::body::Body;
use axum::extract::Query;
use axum::http::Uri;
use serde::Deserialize;

/// Longest form, in bytes; a code and two words take less than a hundred.
const MAX: usize = 1024;
/// Longest code that is looked at, in characters.
const MAX_CODE: usize = 64;

/// What was filled in.
#[derive(Deserialize, Debug, Default)]
pub(super) struct Form {
    /// The code as typed.
    #[serde(default)]
    pub(super) code: String,
    /// The page's language.
    #[serde(default)]
    pub(super) lang: Lang,
    /// The system that the page was written for.
    pub(super) system: Option<System>,
    /// The package whose button was pressed, where there are several for the system.
    pub(super) kind: Option<PackageKind>,
}

// === impl Form

impl Form {
    /// Reads a body; `None` if it is no form of this page.
    pub(super) async fn read(body: Body) -> Option<Self> {
        let bytes = axum::body::to_bytes(body, MAX).await.ok()?;
        let text = std::str::from_utf8(&bytes).ok()?;
        let uri: Uri = format!("/?{text}").parse().ok()?;
        let Query(form) = Query::<Self>::try_from_uri(&uri).ok()?;
        (form.code.chars().count() <= MAX_CODE).then_some(form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_browser_sends_is_read() {
        let read = |text: &str| Form::read(Body::from(text.to_owned()));
        let form = read("code=K7QF-2M9X-RT4W&lang=en").await.unwrap();
        assert_eq!((form.code.as_str(), form.lang), ("K7QF-2M9X-RT4W", Lang::En));
        assert_eq!(read("code=k7qf+2m9x%20rt4w").await.unwrap().code, "k7qf 2m9x rt4w");
        assert_eq!(read("").await.unwrap().code, "");
        assert_eq!(read("code=a&system=windows").await.unwrap().system, Some(System::Windows));
        assert_eq!(read("code=a&system=windows&kind=msi").await.unwrap().kind, Some(PackageKind::Msi));
        for bad in [
            "lang=de",
            "kind=rpm",
            "system=plan9",
            "code=a&code=b",
            "code=a b",
            &"code=A".repeat(500),
            &format!("code={}", "A".repeat(65)),
        ] {
            assert!(read(bad).await.is_none(), "{bad}");
        }
    }
}
