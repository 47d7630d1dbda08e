//! A contract's equipment in a real browser: what a real machine says of itself, a version proposed, approved by the firm on the page and by
//! the client's signed paper, and the list that holds.

use std::path::PathBuf;

use anyhow::Result;
use aval_tests::browser::{Browser, Console, Screen};
use aval_tests::world::{CONTRACT, service};

use super::contracts::serving;

#[test]
fn clause_2_2_a_list_is_proposed_and_approved_on_the_page() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut stage = serving(dir.path(), "2026-01-05")?;
    stage.enrol("pc", CONTRACT)?;
    let machine = service(&mut stage, "pc")?;
    stage.run("aval-console", &["--home", "manager", "approve", &machine])?;
    let office = Console::start(&stage, "manager")?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    office.enter(&page)?;
    page.click_named("link", "Contrats")?;
    page.click_named("link", CONTRACT)?;
    page.reads("Les deux parties n’ont encore approuvé aucune liste (article 2.2)")?;
    page.reads("et ne figure sur aucune ligne de la liste.")?;
    page.reads("hors liste")?;
    page.click_named("button", "Proposer une version")?;
    page.reads("Rien n’est facturé avant.")?;
    page.eval("document.getElementById('contract-form').requestSubmit()")?;
    page.reads("La version est proposée.")?;
    page.reads("Version 1 (")?;

    // How it is invoiced and what a machine costs: the effect is reckoned by the day.
    for (kind, fields) in [
        ("billing", &["from=2026-01-05", "period_months=1", "mode=transfer"][..]),
        ("tariff", &["from=2026-01-05", "equipment=poste", "unit_cents=2500"]),
    ] {
        let start = ["contract", "paper", "--data", "relay", "--id", CONTRACT, kind];
        stage.run("aval-relay", &[&start[..], fields].concat())?;
    }
    page.click_named("button", "Effet sur la facture")?;
    page.reads("À chaque période suivante")?;
    page.holds("document.querySelector('.pane').innerText.includes('25,00')")?;

    page.click_named("button", "Approuver pour le prestataire")?;
    page.reads("Prestataire\u{a0}: ")?;
    assert!(!page.has_named("button", "Approuver pour le prestataire")?);
    page.click_named("button", "Accord signé du client")?;
    page.eval("document.getElementById('contract-form').requestSubmit()")?;
    page.reads("Choisissez le papier numérisé.")?;
    page.eval(
        "(() => { const bag = new DataTransfer(); bag.items.add(new File(['signé'], 'annexe.pdf'));
          document.getElementById('paper-file').files = bag.files; })()",
    )?;
    page.fill("textbox", "Où il se trouve", "classeur 3, n° 12")?;
    page.eval("document.getElementById('contract-form').requestSubmit()")?;
    page.reads("L’accord est noté.")?;
    page.reads("Liste approuvée, version 1")?;
    page.reads("La liste dit ce que les postes indiquent.")?;
    page.reads("classeur 3, n° 12")?;

    // The same on the relay's own command line.
    let shown = stage.run("aval-relay", &["equipment", "versions", "--data", "relay", "--id", CONTRACT])?;
    assert!(shown.contains("Approuvée par les deux parties."), "{shown}");

    let text = stage.run("aval-relay", &["equipment", "glpi", "--data", "relay", "--machine", &machine])?;
    stage.run("aval-relay", &["equipment", "history", "--data", "relay", "--machine", &machine])?;
    let glpi: serde_json::Value = serde_json::from_str(&text)?;
    assert!(glpi["deviceid"].is_string() && glpi["content"]["hardware"]["name"].is_string(), "{text}");

    // The note of what was done goes by itself.
    page.holds("document.querySelector('.note') === null")?;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("desk");
    std::fs::create_dir_all(&folder)?;
    for (width, height) in [(1280, 800), (1920, 1080)] {
        page.size(width, height, false)?;
        page.eval("document.querySelector('table.lines').scrollIntoView()")?;
        page.screenshot(&folder.join(format!("contract-equipment-{width}.png")))?;
        assert_eq!(page.barriers()?, Vec::<String>::new(), "the equipment at {width}");
    }

    // A technician reads, and writes nothing.
    let technician = Console::start(&stage, "technician")?;
    let desk = browser.page()?;
    technician.enter(&desk)?;
    desk.click_named("link", "Contrats")?;
    desk.click_named("link", CONTRACT)?;
    desk.reads("Liste approuvée, version 1")?;
    for name in ["Proposer une version", "Accord signé du client", "Effet sur la facture"] {
        assert!(!desk.has_named("button", name)?, "{name} is not a technician’s to do");
    }
    Ok(())
}
