//! Ten thousand machines in a real relay's record, one of them with markup for a name: the list stays quick, still and inert.

use anyhow::{Context as _, Result};
use aval_protocol::wire::inventory::HardwareFacts;
use aval_relay::records::agent_of;
use aval_tests::browser::{Browser, Console, Page, Screen};
use aval_tests::stage::Stage;
use aval_tests::world::{CONTRACT, contract};
use rusqlite::{Connection, params};

const MANY: u32 = 10_000;
const MARKUP: &str = "<img src=x onerror=document.title=`broken`>";

/// Machines as enrolment leaves them, written into the record of a relay that does not run.
fn fill(stage: &Stage) -> Result<()> {
    let mut record = Connection::open(stage.path("relay/record.sqlite"))?;
    let all = record.transaction()?;
    for n in 0..MANY {
        let hash = u128::from(n).to_le_bytes().repeat(2);
        // Nothing but a name is made of a key that never connects.
        let spki = [b"spki".as_slice(), &n.to_le_bytes()].concat();
        let hostname = if n == 77 { MARKUP.to_owned() } else { format!("POSTE-{n:05}") };
        let facts = HardwareFacts {
            hostname,
            os: Some("Debian GNU/Linux 12".to_owned()),
            ..HardwareFacts::default()
        };
        let agent = agent_of(&spki).0;
        all.execute(
            "INSERT INTO codes (hash, contract, expires_at, author, at) VALUES (?1, ?2, 0, 'host', 0)",
            params![hash, CONTRACT],
        )?;
        all.execute(
            "INSERT INTO agents (id, spki, contract, code, enrolled_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![agent, spki, CONTRACT, hash, n],
        )?;
        all.execute(
            "INSERT INTO agent_facts (agent, facts, at) VALUES (?1, ?2, 0)",
            params![agent, serde_json::to_string(&facts)?],
        )?;
    }
    Ok(all.commit()?)
}

/// How many rows the page has made elements of.
fn made(page: &Page) -> Result<i64> {
    page.eval("document.querySelectorAll('.grid-body .grid-row').length")?.as_i64().context("a number")
}

#[test]
fn ten_thousand_machines_are_a_list_one_can_work_with() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut stage = Stage::new(dir.path())?;
    stage.found()?;
    contract(&stage, CONTRACT, "Cabinet Leroy", "2026-01-05")?;
    fill(&stage)?;
    stage.start_relay()?;
    let console = Console::start(&stage, "technician")?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    // When the first row can be read, by the page's own clock, from the moment it began to load.
    page.call(
        "Page.addScriptToEvaluateOnNewDocument",
        serde_json::json!({ "source": "new MutationObserver((_, o) => { if (document.querySelector('.grid-body .grid-row')) \
            { globalThis.usable = performance.now(); o.disconnect(); } }).observe(document, { subtree: true, childList: true })" }),
    )?;
    console.enter(&page)?;
    page.holds("document.querySelector('.filters')?.textContent.replace(/\\D/g, '').includes('10000')")?;
    println!("first usable list of {MANY} machines: {} ms", page.eval("Math.round(usable)")?);
    let bytes = page.eval(
        "performance.getEntriesByType('resource').filter(e => e.name.endsWith('.js')).reduce((n, e) => n + e.decodedBodySize, 0)",
    )?;
    println!("JavaScript: {bytes} bytes");
    let rows = made(&page)?;
    assert!((10..100).contains(&rows), "only what is in sight exists: {rows}");

    // To the end and back by the keyboard; the chosen row is the one a screen reader is on.
    page.click_named("gridcell", "Cabinet Leroy")?;
    page.eval("document.querySelector('.grid').focus()")?;
    page.press("End", 0)?;
    page.holds(
        "document.querySelector('.grid-row[aria-selected=true]')?.getAttribute('aria-rowindex') === '10001'",
    )?;
    page.holds("document.getElementById(document.querySelector('.grid').getAttribute('aria-activedescendant')) !== null")?;
    assert!(made(&page)? < 100);
    page.press("Home", 0)?;
    page.holds(
        "document.querySelector('.grid-row[aria-selected=true]')?.getAttribute('aria-rowindex') === '2'",
    )?;

    page.press("/", 0)?;
    page.call("Input.insertText", serde_json::json!({ "text": "poste 09999" }))?;
    page.holds("document.querySelectorAll('.grid-body .grid-row').length === 1")?;
    page.press("Escape", 0)?;
    page.holds("document.querySelectorAll('.grid-body .grid-row').length > 10")?;

    // A machine's name is text wherever it stands: in the list, on its page, in the title.
    page.fill("searchbox", "Chercher un poste, un client, un contrat", "onerror")?;
    page.press("Enter", 0)?;
    page.reads(MARKUP)?;
    page.holds("document.querySelector('.pane h1')?.textContent.includes('<img src=x')")?;
    assert_eq!(page.eval("document.querySelectorAll('#desk img:not([src^=\"/ui/\"])').length")?, 0);
    assert_ne!(page.eval("document.title")?, "broken");
    Ok(())
}
