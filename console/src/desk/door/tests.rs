//! The tests of `door.rs`, beside it so that both stay short.

use axum::http::Request;

use super::*;

fn judge(method: &str, target: &str, headers: &[(&str, &str)]) -> Result<(), Refused> {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Door::new(4711).judge(&request.body(()).unwrap().into_parts().0)
}

#[test]
fn only_the_one_name_is_answered_to() {
    assert_eq!(judge("GET", "/", &[("host", "127.0.0.1:4711")]), Ok(()));
    assert_eq!(judge("GET", "http://127.0.0.1:4711/", &[("host", "127.0.0.1:4711")]), Ok(()));
    for host in [
        "localhost:4711",
        "127.0.0.1",
        "127.0.0.1:4712",
        "127.0.0.1:47110",
        "127.0.0.1.nip.io:4711",
        "rebind.example:4711",
        "[::1]:4711",
        "127.1:4711",
        "2130706433:4711",
        "user@127.0.0.1:4711",
        "",
    ] {
        assert_eq!(judge("GET", "/", &[("host", host)]), Err(Refused::Host), "{host}");
    }
    assert_eq!(judge("GET", "/", &[]), Err(Refused::Host), "no name at all");
    let twice = [("host", "127.0.0.1:4711"), ("host", "rebind.example")];
    assert_eq!(judge("GET", "/", &twice), Err(Refused::Host));
    let absolute = judge("GET", "http://rebind.example:4711/", &[("host", "127.0.0.1:4711")]);
    assert_eq!(absolute, Err(Refused::Host), "the target names another");
}

#[test]
fn another_page_is_turned_away() {
    let with = |name, value| judge("POST", "/api/enter", &[("host", "127.0.0.1:4711"), (name, value)]);
    assert_eq!(with("origin", "http://127.0.0.1:4711"), Ok(()));
    for origin in [
        "null",
        "http://127.0.0.1",
        "http://127.0.0.1:4712",
        "https://127.0.0.1:4711",
        "http://localhost:4711",
        "http://127.0.0.1:4711.evil.example",
        "file://",
    ] {
        assert_eq!(with("origin", origin), Err(Refused::Origin), "{origin}");
    }
    for site in ["cross-site", "same-site", "Same-Origin", ""] {
        assert_eq!(with("sec-fetch-site", site), Err(Refused::Origin), "{site}");
    }
    for site in ["same-origin", "none"] {
        assert_eq!(with("sec-fetch-site", site), Ok(()));
    }
}

#[test]
fn the_launch_file_may_lead_a_window_to_the_page_and_nowhere_else() {
    let from_file = |method, target, dest, origin: &[(&str, &str)]| {
        let mut headers = vec![
            ("host", "127.0.0.1:4711"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", dest),
        ];
        headers.extend(origin);
        judge(method, target, &headers)
    };
    assert_eq!(from_file("GET", "/", "document", &[]), Ok(()));
    assert_eq!(from_file("GET", "/", "iframe", &[]), Err(Refused::Origin));
    assert_eq!(from_file("POST", "/", "document", &[]), Err(Refused::Origin));
    assert_eq!(from_file("GET", "/api/me", "document", &[]), Err(Refused::Origin));
    assert_eq!(from_file("GET", "/", "document", &[("origin", "null")]), Err(Refused::Origin));
}
