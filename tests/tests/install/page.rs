//! What the page says, what it records, and what it refuses.

use std::fs;

use anyhow::{Result, ensure};
use aval_tests::stage::FIRM;

use crate::site::{Answer, Site, small_package};

/// Every header that an answer may carry.
const ALLOWED: &[&str] = &[
    "cache-control",
    "connection",
    "content-disposition",
    "content-length",
    "content-security-policy",
    "content-type",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "date",
    "location",
    "permissions-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
    "x-robots-tag",
];

fn dressed(answer: &Answer) -> Result<()> {
    for (name, value) in &answer.headers {
        ensure!(ALLOWED.contains(&name.as_str()), "{name}: {value} is a header nobody allowed");
    }
    let policy = answer.header("content-security-policy").unwrap_or_default();
    ensure!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{policy}");
    ensure!(answer.header("x-content-type-options") == Some("nosniff"));
    // A certificate that nobody vouches for binds no browser to it.
    ensure!(answer.header("strict-transport-security").is_none());
    Ok(())
}

#[test]
fn clause_4_5_the_person_is_informed_agrees_and_has_the_one_package() -> Result<()> {
    let site = Site::open()?;
    let code = site.code(0)?;
    let page = site.get(&format!("/i/{code}"))?;
    dressed(&page)?;
    let (status, page) = (page.status, page.text());
    ensure!(status == 200 && !page.contains("<script") && !page.contains("javascript:"));
    let bytes = fs::read(site.shelved()?)?;
    let installs = site.installs()?;
    ensure!(installs.is_empty(), "looking is not agreeing: {installs:?}");
    let relay = site.stage.relay_address();
    for told in [
        FIRM,
        "01\u{a0}99\u{a0}00\u{a0}12\u{a0}34",
        "0.1.0",
        "aval-agent.service",
        "/etc/xdg/autostart",
        "/var/lib/aval-agent",
        &relay,
        "numéros de série",
        "apt purge",
        "article 14.1",
        "article 4.5",
        "slint.dev",
        &code,
    ] {
        ensure!(page.contains(told), "“{told}” is not on the page:\n{page}");
    }
    let english = site.get(&format!("/i/{code}?lang=en"))?.text();
    ensure!(english.contains("lang=\"en\"") && english.contains("I agree and download"));

    let (next, link) = site.agreed(&code)?;
    ensure!(
        next.contains("sudo apt install") && next.contains(&format!("sudo aval-agent enrol {code}@{relay}/")),
        "{next}"
    );
    let package = site.get(&link)?;
    dressed(&package)?;
    ensure!(package.status == 200 && package.body == bytes, "not the bytes that were put there");
    let kept = site.installs()?;
    ensure!(kept.len() == 1, "{kept:?}");
    let row = &kept[0];
    ensure!(row["via"] == "page" && row["version"] == "0.1.0" && row["lang"] == "fr", "{row}");
    ensure!(row["contract"] == "C-2026-014" && row["machine"].is_null(), "{row}");
    ensure!(page.contains(row["sha256"].as_str().unwrap_or("?")), "another hash was recorded: {row}");
    ensure!(!row.to_string().contains(&code), "the record holds the code: {row}");

    // Somebody else has the very same bytes.
    let (_, other) = site.agreed(&site.code(0)?)?;
    ensure!(other != link && site.get(&other)?.body == bytes);
    // A newer package ends the links to the older one: nobody installs what they did not read about.
    site.add(&small_package(&site.stage.path("made"), "0.2.0")?)?;
    ensure!(site.get(&link)?.status == 404);
    Ok(())
}

#[test]
fn a_code_that_does_not_hold_brings_nothing_but_a_number_to_call() -> Result<()> {
    let site = Site::open()?;
    let used = site.code(0)?;
    let by_hand = site.enrol_by_hand(&used);
    let by_hand: Vec<&str> = by_hand.iter().map(String::as_str).collect();
    let enrolled = site.stage.run_with("aval-agent", &by_hand, "oui\n")?;
    ensure!(enrolled.contains("rattaché"), "{enrolled}");
    let terminal = site.installs()?;
    ensure!(terminal.len() == 1 && terminal[0]["via"] == "terminal", "{terminal:?}");
    for (code, why) in [
        (used, "a déjà servi"),
        (site.code(2 * 3600)?, "a expiré"),
        ("K7QF-2M9X-RT4W".to_owned(), "n’existe pas"),
        ("%3Cscript%3Ealert(1)%3C/script%3E".to_owned(), "n’existe pas"),
    ] {
        let answer = site.accept(&code)?;
        dressed(&answer)?;
        let page = answer.text();
        ensure!(answer.status == 403 && page.contains(why), "{code}: {}\n{page}", answer.status);
        ensure!(page.contains("appelez Atelier Beaurepaire Informatique au 01"), "nobody to call:\n{page}");
        ensure!(!page.contains("<script"), "markup came back:\n{page}");
        ensure!(answer.header("location").is_none());
        // Looking at the link does not tell whether the code holds.
        ensure!(site.get(&format!("/i/{}", code.replace('/', "%2f")))?.status == 200);
    }
    let mut last = 0;
    for _ in 0..25 {
        last = site.accept("0000-0000-0000")?.status;
    }
    ensure!(last == 429, "guessing goes on: {last}");
    ensure!(site.accept(&site.code(0)?)?.status == 429, "a good code tells itself apart meanwhile");
    ensure!(site.installs()?.len() == 1);
    Ok(())
}

#[test]
fn nothing_is_downloaded_without_agreement_and_nothing_else_is_there() -> Result<()> {
    let site = Site::open()?;
    let file = "aval-agent_0.1.0_amd64.deb";
    let (_, link) = site.agreed(&site.code(0)?)?;
    let token = link.split('/').nth(2).unwrap_or_default();
    for path in [
        &format!("/p/{}/{file}", "0".repeat(32)),
        &format!("/p/{token}/aval-agent_0.2.0_amd64.deb"),
        &format!("/p/{token}/..%2f..%2frecord.sqlite"),
        &format!("/p/{token}/../{file}"),
        &format!("/p/{token}//{file}"),
        &format!("/p/{}/{file}", token.to_uppercase() + "0"),
        &format!("/packages/{file}"),
        &format!("/{file}"),
        "/packages/",
        "/p/",
        "/p",
        "/i/",
        "/accept",
        "/../relay.toml",
        "/%2e%2e/key.pem",
        "/style.css/..;/record.sqlite",
        "/STYLE.CSS",
        "/admin",
        "/api",
    ] {
        let answer = site.get(path)?;
        dressed(&answer)?;
        ensure!(answer.status == 404, "{path}: {}", answer.status);
        ensure!(answer.text().contains("Cette page n’existe pas"), "{path}: {}", answer.text());
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "POST"] {
        let answer = site.send(&format!(
            "{method} / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ))?;
        dressed(&answer)?;
        ensure!(answer.status >= 400, "{method}: {}", answer.status);
    }
    let long = format!("code={}", "A".repeat(100_000));
    let answer = site.send(&format!(
        "POST /accept HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{}",
        long.len(),
        &long[..2000]
    ));
    ensure!(answer.is_err() || answer.is_ok_and(|answer| answer.status == 400), "a long form was read");
    ensure!(site.installs()?.len() == 1);
    Ok(())
}

#[test]
fn a_package_that_was_changed_on_the_disk_stays_there() -> Result<()> {
    let mut site = Site::open()?;
    let (_, link) = site.agreed(&site.code(0)?)?;
    let path = site.shelved()?;
    let honest = fs::read(&path)?;
    let mut spoilt = honest.clone();
    if let Some(last) = spoilt.last_mut() {
        *last ^= 1;
    }
    for bytes in [spoilt, [&honest[..], b"more"].concat(), Vec::new()] {
        fs::write(&path, bytes)?;
        let answer = site.get(&link)?;
        ensure!(answer.status == 503 && answer.text().contains("01\u{a0}99"), "{answer:?}");
    }
    site.stage
        .until("the log", |stage| Ok(stage.log_of("relay").contains("is not the file that was recorded")))?;
    fs::write(&path, &honest)?;
    ensure!(site.get(&link)?.body == honest);
    Ok(())
}
