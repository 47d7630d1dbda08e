//! The client's representative approves a version of the list at their own PC (clause 2.2): real console, relay, service and session process,
//! and a person's hand on a real screen.

use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use aval_tests::browser::{Browser, Console, Page, Screen};
use aval_tests::world::{CONTRACT, MACHINE, World, question};

/// Proposes what the machine says of itself.
fn proposed(page: &Page) -> Result<()> {
    page.click_named("link", "Contrats")?;
    page.click_named("link", CONTRACT)?;
    page.reads("et ne figure sur aucune ligne de la liste.")?;
    page.click_named("button", "Proposer une version")?;
    page.reads("Rien n’est facturé avant.")?;
    page.eval("document.getElementById('contract-form').requestSubmit()")?;
    page.reads("Version 1 (")
}

/// Waits until the relay's journal of the machine has that word.
fn answered(world: &World, word: &str) -> Result<()> {
    let journal = ["--home", "manager", "journal", "show", "--machine", &world.machine];
    world.desk.until(word, |_| Ok(world.stage.run("aval-console", &journal)?.contains(word).then_some(())))
}

/// Reads the contract's page anew.
fn again(page: &Page) -> Result<()> {
    page.click_named("link", "Postes")?;
    page.click_named("link", "Contrats")?;
    page.click_named("link", CONTRACT)
}

/// Puts it to the representative.
fn put(page: &Page, host: &str) -> Result<()> {
    page.click_named("button", "Soumettre au représentant")?;
    page.reads(&format!("Mme Leroy, gérante lira les changements et leur effet sur {host}"))?;
    page.eval("document.getElementById('contract-form').requestSubmit()")?;
    page.reads("La version attend le représentant du client.")
}

#[test]
fn clause_2_2_the_representative_reads_the_list_at_their_own_pc_and_answers_by_hand() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let world = World::open(dir.path())?;
    let stage = &world.stage;
    let paper = ["contract", "paper", "--data", "relay", "--id", CONTRACT];
    let write = |more: &[&str]| stage.run("aval-relay", &[&paper[..], more].concat());
    write(&["representative", "--machine", &world.machine, "from=2026-01-05", "person=Mme Leroy, gérante"])?;
    // However full the disk of the machine is that runs this.
    write(&["reserve", "--machine", &world.machine, "on=2026-01-05", "what=poste d’essai"])?;
    write(&["billing", "from=2026-01-05", "period_months=1", "mode=transfer"])?;
    write(&["tariff", "from=2026-01-05", "equipment=poste", "unit_cents=2500"])?;
    let office = Console::start(stage, "manager")?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    office.enter(&page)?;
    proposed(&page)?;
    let host = page.eval("document.querySelector('table.lines tbody a').textContent")?;
    let host = host.as_str().unwrap_or_default().to_owned();

    // The refusal has the focus: a key pressed at once is a no, which the page shows.
    put(&page, &host)?;
    let window = question(&world.desk)?;
    sleep(Duration::from_secs(4));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("desk");
    std::fs::create_dir_all(&folder)?;
    world.desk.picture(&folder.join("representative.png"))?;
    world.desk.person(&["key", "Return"])?;
    answered(&world, "LIST_REFUSED")?;
    again(&page)?;
    page.reads("Refusée sur")?;
    assert!(window.width > 600, "{window:?}");

    // Put again: a program's key is no answer, the person's is.
    put(&page, &host)?;
    page.reads("attend jusqu’au")?;
    question(&world.desk)?;
    sleep(Duration::from_secs(4));
    world.desk.person(&["key", "Tab"])?;
    world.desk.program(&["key", "Return"])?;
    sleep(Duration::from_secs(4));
    assert!(question(&world.desk).is_ok(), "a program answered");
    world.desk.person(&["key", "Return"])?;
    answered(&world, "LIST_APPROVED")?;
    again(&page)?;
    page.reads("Approuvée sur")?;
    page.click_named("button", "Approuver pour le prestataire")?;
    page.reads("Liste approuvée, version 1")?;

    // Both journals tell it, and the paper that is exported names the machine.
    let own = stage.run("aval-agent", &["register", "--home", MACHINE])?;
    assert!(
        own.contains("approuvée par le client, ici") && own.contains("refusée par le client, ici"),
        "{own}"
    );
    let theirs =
        stage.run("aval-console", &["--home", "manager", "journal", "show", "--machine", &world.machine])?;
    assert!(theirs.matches("LIST_ASKED").count() == 2 && theirs.contains("yes=true"), "{theirs}");
    let verified = stage.run("aval-agent", &["register", "verify", "--home", MACHINE])?;
    assert!(!verified.is_empty());
    Ok(())
}
