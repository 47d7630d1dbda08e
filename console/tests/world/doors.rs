//! The desk's door over real HTTP and WebSockets: what another page, another program or another user of this computer achieves.

use serde_json::json;

use crate::firm::Firm;
use crate::page::Page;
use crate::relay::{Manner, World};

/// Every path behind the key, with a method that it knows.
const BEHIND: [(&str, &str); 5] = [
    ("GET", "/api/me"),
    ("GET", "/api/machines"),
    ("GET", "/api/sessions"),
    ("POST", "/api/sessions"),
    ("GET", "/api/nothing"),
];

async fn page() -> (World, Page) {
    let world = World::new(Firm::new(), Manner::default());
    let page = Page::open(&world).await;
    (world, page)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_launch_token_opens_once_and_its_file_is_gone() {
    let world = World::new(Firm::new(), Manner::default());
    let mut page =
        Page::closed(world.address.to_string(), &world.firm.technician, &world.firm.founded.file).await;
    let token = page.token();
    assert_eq!(page.get("/api/me").await.error(), "NO_KEY");
    let wrong = page.post("/api/enter", &json!({ "launch": "0".repeat(64) })).await;
    assert_eq!((wrong.status, wrong.error().as_str()), (401, "LAUNCH_USED"));
    let answer = page.post("/api/enter", &json!({ "launch": token })).await;
    let key = answer.json()["key"].as_str().unwrap().to_owned();
    assert!(key.len() == 64 && key != token);
    assert!(!page.desk.launch().exists(), "the file is gone");
    assert_eq!(page.post("/api/enter", &json!({ "launch": token })).await.status, 401, "used");

    page.key = token;
    assert_eq!(page.get("/api/me").await.status, 401, "a token is no key");
    page.key = key;
    let me = page.get("/api/me").await.json();
    assert_eq!((&me["person"], &me["name"]), (&json!("sophie.martin"), &json!("Sophie Martin")));
    assert_eq!(me["firm"], json!({ "name": "Atelier Beaurepaire", "phone": "+33199001234" }));
    assert_eq!(me["roles"], json!(["technician"]));
    let dir = page.dir;
    page.desk.stop().await;
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_answered_without_the_key_or_with_a_wrong_one() {
    let (_world, page) = page().await;
    for (method, path) in BEHIND {
        for key in [None, Some("Bearer "), Some("Bearer 00"), Some("Basic YTpi"), Some(page.key.as_str())] {
            let answer = page.ask(method, path, &page.with("Authorization", key), "").await;
            assert_eq!((answer.status, answer.error().as_str()), (401, "NO_KEY"), "{method} {path} {key:?}");
        }
    }
    // Neither in the address nor as a cookie.
    let address = format!("/api/me?key={}", page.key);
    assert_eq!(page.ask("GET", &address, &page.with("Authorization", None), "").await.status, 401);
    let mut cookie = page.with("Authorization", None);
    cookie.push(("Cookie".into(), format!("key={}", page.key)));
    assert_eq!(page.ask("GET", "/api/me", &cookie, "").await.status, 401);
    for path in ["/ws/news", "/ws/sessions/00"] {
        let own = format!("http://{}", page.at);
        for protocols in ["aval", "aval, key.", "aval, key.00", &format!("aval, {}", page.key)] {
            assert_eq!(page.try_socket(path, Some(&own), protocols).await.err(), Some(401), "{protocols}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_origin_is_turned_away_even_with_the_key() {
    let (_world, page) = page().await;
    let port = page.at.port();
    let strangers = [
        "null".to_owned(),
        "https://evil.example".to_owned(),
        format!("http://localhost:{port}"),
        format!("http://127.0.0.1:{}", port.wrapping_add(1)),
        format!("http://127.0.0.1:{port}.evil.example"),
    ];
    for origin in &strangers {
        for (method, path) in BEHIND.into_iter().chain([("GET", "/"), ("POST", "/api/enter")]) {
            let answer = page.ask(method, path, &page.with("Origin", Some(origin)), "").await;
            assert_eq!((answer.status, answer.error().as_str()), (403, "STRANGER"), "{origin} {path}");
        }
        let protocols = format!("aval, key.{}", page.key);
        assert_eq!(page.try_socket("/ws/news", Some(origin), &protocols).await.err(), Some(403));
    }
    let protocols = format!("aval, key.{}", page.key);
    assert_eq!(page.try_socket("/ws/news", None, &protocols).await.err(), Some(401), "no origin at all");
    let cross = page.with("Sec-Fetch-Site", Some("cross-site"));
    assert_eq!(page.ask("GET", "/api/me", &cross, "").await.status, 403);
    assert_eq!(page.ask("GET", "/", &cross, "").await.status, 403, "not as a picture or a frame");
    let mut socket = page.socket("/ws/news").await;
    assert_eq!(socket.until(|_| true).await["type"], "relay");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_leads_here_is_not_this_page() {
    let (_world, page) = page().await;
    let port = page.at.port();
    for host in [
        format!("localhost:{port}"),
        format!("rebind.evil.example:{port}"),
        format!("127.0.0.1.nip.io:{port}"),
        format!("[::1]:{port}"),
        "127.0.0.1".to_owned(),
    ] {
        for (method, path) in BEHIND.into_iter().chain([("GET", "/"), ("POST", "/api/enter")]) {
            let mut headers = page.with("Host", Some(&host));
            headers.retain(|(name, _)| name != "Origin");
            let answer = page.ask(method, path, &headers, "").await;
            assert_eq!((answer.status, answer.error().as_str()), (421, "STRANGER"), "{host} {path}");
        }
    }
    let absolute = format!("http://rebind.evil.example:{port}/api/me");
    assert_eq!(page.ask("GET", &absolute, &page.own(), "").await.status, 421);
    let mut twice = page.own();
    twice.push(("Host".into(), "evil.example".into()));
    assert!([400, 421].contains(&page.ask("GET", "/api/me", &twice, "").await.status));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_allowed_headers_and_no_other() {
    let (_world, page) = page().await;
    let fixed = [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    let more = ["content-type", "content-length", "content-security-policy", "permissions-policy", "date"];
    let mut stranger = page.own();
    stranger.retain(|(name, _)| name != "Host");
    let answers = [
        page.get("/").await,
        page.get("/api/me").await,
        page.get("/api/nothing").await,
        page.get("/ui/nothing.js").await,
        page.ask("PUT", "/api/me", &page.own(), "").await,
        page.ask("OPTIONS", "/api/me", &page.own(), "").await,
        page.ask("GET", "/api/me", &page.with("Origin", Some("null")), "").await,
        page.ask("GET", "/", &stranger, "").await,
    ];
    for answer in &answers {
        for (name, value) in fixed {
            assert_eq!(answer.header(name), Some(value), "{answer:?}");
        }
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{policy}");
        for (name, _) in &answer.headers {
            let known = fixed.iter().any(|(n, _)| n == name) || more.contains(&name.as_str());
            assert!(known || ["connection", "allow"].contains(&name.as_str()), "{name}: {answer:?}");
        }
    }
    assert_eq!(answers[0].header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!([answers[2].status, answers[4].status, answers[7].status], [404, 405, 421]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_path_leads_out_of_the_list() {
    let (_world, page) = page().await;
    for path in [
        "/../Cargo.toml",
        "/ui/../../Cargo.toml",
        "/ui/..%2f..%2fCargo.toml",
        "/ui/%2e%2e/%2e%2e/Cargo.toml",
        "/ui/..;/index.html",
        "/ui//index.html",
        "//api/me",
        "/API/me",
        "/api/me/",
        "/api//me",
        "/api/me%00",
        "/api/%6de",
        "/ui/",
        "/index.html",
        "/etc/passwd",
        "/ui/\\..\\..\\x",
    ] {
        let answer = page.get(path).await;
        assert!([400, 404].contains(&answer.status), "{path}: {answer:?}");
        let unknown = page.ask("GET", path, &page.with("Authorization", None), "").await;
        assert!([400, 401].contains(&unknown.status), "{path}: {unknown:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_none_is_told_so() {
    let (_world, page) = page().await;
    let json = [("Content-Type".to_owned(), "application/json".to_owned())];
    let send = async |headers: &[(String, String)], body: &str| {
        let mut all = page.own();
        all.extend_from_slice(headers);
        let answer = page.ask("POST", "/api/sessions", &all, body).await;
        (answer.status, answer.error())
    };
    for body in ["{", "[]", "null", "{\"agent\":3}", "\u{0}", &"[".repeat(5_000)] {
        assert_eq!(send(&json, body).await, (400, "BAD_JSON".to_owned()), "{body}");
    }
    assert_eq!(send(&[], "{}").await, (415, "NOT_JSON".to_owned()));
    // What a form of another page could send without asking the browser first.
    let form = [("Content-Type".to_owned(), "text/plain".to_owned())];
    assert_eq!(send(&form, "{}").await, (415, "NOT_JSON".to_owned()));
    assert_eq!(
        send(&json, &format!("{{\"a\":\"{}\"}}", "x".repeat(20_000))).await,
        (413, "TOO_LONG".to_owned())
    );
    let ask = |change: serde_json::Value| {
        let mut body = json!({ "agent": "00", "capabilities": ["view"], "category": "assistance", "reference": "appel", "minutes": 5 });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body.to_string()
    };
    let agent = "00".repeat(16);
    for wrong in [
        json!({}),
        json!({ "agent": agent, "capabilities": ["control"] }),
        json!({ "agent": agent, "capabilities": ["view", "record"] }),
        json!({ "agent": agent, "category": "everything" }),
        json!({ "agent": agent, "reference": "x".repeat(201) }),
    ] {
        assert_eq!(send(&json, &ask(wrong.clone())).await, (422, "INVALID".to_owned()), "{wrong}");
    }
    assert_eq!(send(&json, &ask(json!({ "agent": agent }))).await, (404, "NOT_FOUND".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_request_and_guests_that_say_nothing_harm_nobody() {
    let (_world, page) = page().await;
    for bytes in [&b"\x16\x03\x01\x02\x00\x01"[..], b"GET\r\n\r\n", &[0xff; 300]] {
        let answer = page.bytes(bytes).await;
        assert!([0, 400].contains(&answer.status), "{answer:?}");
    }
    let long = format!("GET /{} HTTP/1.1\r\nHost: {}\r\n\r\n", "a".repeat(1 << 20), page.at);
    assert!(page.bytes(long.as_bytes()).await.status >= 400);
    // Who is in stays in, whoever else comes.
    let mut inside = page.socket("/ws/news").await;
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(tokio::net::TcpStream::connect(page.at).await.unwrap());
    }
    // Those who say nothing are gone after a while, though nobody hangs up.
    let back = async {
        while page.get("/api/me").await.status != 200 {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(40), back).await.unwrap();
    assert_eq!(inside.until(|_| true).await["type"], "relay");
    drop(silent);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_s_pc_says_of_itself_is_text_and_never_markup() {
    let manner =
        Manner { hostname: "<img src=x onerror=alert(1)>\u{202e}\u{1b}[31m\u{0}", ..Manner::default() };
    let world = World::new(Firm::new(), manner);
    let page = Page::open(&world).await;
    let rows = page.get("/api/machines").await;
    assert_eq!(rows.header("content-type"), Some("application/json"));
    let hostname = rows.json()["rows"][0]["hostname"].as_str().unwrap().to_owned();
    assert!(
        hostname.starts_with("<img src=x onerror=alert(1)>"),
        "it is shown as it is, as text: {hostname}"
    );
    assert!(!hostname.chars().any(|c| c.is_control() || c == '\u{202e}'), "{hostname:?}");
    let row = &rows.json()["rows"][0];
    assert_eq!(
        (&row["contract_state"]["code"], &row["coverage"]["code"]),
        (&json!("in_force"), &json!("covered"))
    );
    // No page is made of it.
    assert!(!page.get("/").await.body.contains("onerror"));
}
