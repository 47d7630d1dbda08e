//! Who else may speak to the desk: other pages in the same browser, other names of this computer, somebody with a used key.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use anyhow::Result;
use aval_tests::browser::{Browser, Console, Screen};
use aval_tests::stage::Stage;

/// Serves one page, again and again, on a port of its own: a stranger on the same computer.
fn stranger() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut head = [0; 4096];
            if stream.read(&mut head).unwrap_or_default() == 0 {
                continue;
            }
            let body = "<!doctype html><html lang=\"fr\"><title>x</title><p>un autre site";
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    Ok(address)
}

#[test]
fn no_other_page_and_no_other_name_reaches_the_desk() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut stage = Stage::new(dir.path())?;
    stage.found()?;
    stage.start_relay()?;
    let console = Console::start(&stage, "technician")?;
    let origin = console.origin()?;
    let port = origin.rsplit(':').next().unwrap_or_default().to_owned();
    let launch = std::fs::read_to_string(console.launch())?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    console.enter(&page)?;
    let key = page.eval("sessionStorage.getItem('aval.key')")?;
    let key = key.as_str().unwrap_or_default();
    assert!(key.len() >= 32, "a key that cannot be guessed: {key:?}");
    assert!(!page.eval("location.href")?.to_string().contains("launch"));
    assert_eq!(page.eval("document.cookie")?, "");

    // The launch file worked once; who finds its words later is told what to do.
    let late = browser.page()?;
    late.expect_error("401");
    let token = launch.split("#launch=").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    late.goto(&format!("{origin}/#launch={token}"))?;
    late.reads("Ouvrez Aval depuis le programme")?;
    late.reads("Open Aval from the program")?;

    let other = browser.page()?;
    for expected in [
        "ERR_FAILED",
        "403",
        "421",
        "CORS",
        "WebSocket",
        "Cross-Origin",
        "ERR_BLOCKED_BY_RESPONSE",
        "frame-ancestors",
    ] {
        other.expect_error(expected);
    }
    other.goto(&stranger()?)?;
    // Even with the key: it is the wrong page that asks.
    let fetched = other.eval(&format!(
        "fetch('{origin}/api/machines', {{ headers: {{ authorization: 'Bearer {key}' }} }}).then(a => a.status, e => 'no')"
    ))?;
    assert_eq!(fetched, "no");
    let opaque = other.eval(&format!(
        "fetch('{origin}/api/me', {{ mode: 'no-cors' }}).then(a => a.type + a.status, e => 'no')"
    ))?;
    assert!(opaque == "no" || opaque == "opaque0", "{opaque}");
    let socket = other.eval(&format!(
        "new Promise(done => {{ const s = new WebSocket('ws://127.0.0.1:{port}/ws/news', ['aval', 'key.{key}']); \
         s.onopen = () => done('open'); s.onerror = () => done('no'); }})"
    ))?;
    assert_eq!(socket, "no");
    let framed = other.eval(&format!(
        "new Promise(done => {{ const f = document.createElement('iframe'); f.src = '{origin}/'; f.onload = () => \
         {{ try {{ done(f.contentDocument ? 'blank' : 'foreign') }} catch {{ done('foreign') }} }}; document.body.append(f); }})"
    ))?;
    assert_eq!(framed, "foreign", "what is in the frame is Chromium's error page, of no origin");

    // By another name of the same computer, as DNS rebinding would.
    let named = browser.page()?;
    for expected in ["421", "403", "Misdirected"] {
        named.expect_error(expected);
    }
    named.goto(&format!("http://localhost:{port}/"))?;
    assert!(!named.text()?.contains("Postes"), "{}", named.text()?);
    Ok(())
}
