//! The gate's no on the page: reasons with clauses, offers recorded with their answer; and a machine that waits for a manager.

use anyhow::Result;
use aval_tests::browser::{Browser, Console, Screen};
use aval_tests::stage::Stage;
use aval_tests::world::{CONTRACT, MACHINE, contract, service};

use aval_tests::browser::steps::{ask, choose};

const LAPSED: &str = "C-2019-003";

fn stage(dir: &std::path::Path) -> Result<Stage> {
    let mut stage = Stage::new(dir)?;
    stage.found()?;
    contract(&stage, CONTRACT, "Cabinet Leroy", "2026-01-05")?;
    stage.start_relay()?;
    Ok(stage)
}

#[test]
fn a_refusal_names_its_clauses_and_an_offer_is_recorded_with_its_answer() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut stage = stage(dir.path())?;
    contract(&stage, LAPSED, "Garage Morel", "2019-03-01")?;
    let letter = ["contract", "notice", "--by", "client", "--sent", "2020-10-01", "--received", "2020-10-03"];
    let letter = [&letter[..], &["--proof", "1A 234 567 8901 2", "--data", "relay", "--id", LAPSED]].concat();
    stage.run("aval-relay", &letter)?;
    stage.enrol("old", LAPSED)?;
    let old = service(&mut stage, "old")?;
    stage.run("aval-console", &["--home", "manager", "approve", &old])?;

    let console = Console::start(&stage, "technician")?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    page.expect_error("409");
    console.enter(&page)?;
    choose(&page, "morel")?;
    page.reads("Une demande serait refusée maintenant.")?;
    ask(&page)?;
    page.reads("La demande serait refusée")?;
    assert_eq!(page.barriers()?, Vec::<String>::new(), "the request");
    page.click_named("button", "Demander quand même")?;
    page.reads("Le contrat ne permet pas cette session")?;
    page.reads("Le contrat de maintenance a pris fin le")?;
    page.reads("art.\u{a0}6.3")?;
    assert_eq!(page.barriers()?, Vec::<String>::new(), "the refusal");
    page.click_named("button", "Proposé\u{a0}: Intervention en atelier")?;
    page.click_named("button", "Le client refuse")?;
    page.holds("document.querySelector('dialog .offer .chip')?.textContent === 'Refusée'")?;
    page.press("Escape", 0)?;
    // Read anew from the contract record.
    page.eval("location.reload()")?;
    page.holds("document.querySelector('.pane .offer') !== null")?;
    let offers = page.eval("document.querySelector('.pane .offer').textContent")?.to_string();
    assert!(offers.contains("Intervention en atelier") && offers.contains("Refusée"), "{offers}");
    Ok(())
}

#[test]
fn a_pending_machine_is_approved_by_a_manager_who_compared_its_fingerprint() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut stage = stage(dir.path())?;
    stage.enrol(MACHINE, CONTRACT)?;
    service(&mut stage, MACHINE)?;

    let (technician, manager) = (Console::start(&stage, "technician")?, Console::start(&stage, "manager")?);
    let browser = Browser::start(Screen::Headless)?;
    let (page, office) = (browser.page()?, browser.page()?);
    // Once she is locked her program has no line to the relay any more.
    page.expect_error("503");
    technician.enter(&page)?;
    choose(&page, "leroy")?;
    page.reads("Ce poste attend la validation d’un responsable")?;
    assert!(!page.text()?.contains("Responsable\n"), "a technician has no managers' page");

    manager.enter(&office)?;
    office.eval("location.hash = '#/manage'")?;
    office.holds("/^([0-9a-fA-F]{4}[ :-]?)+/.test(document.querySelector('.print')?.textContent ?? '')")?;
    let row = office.eval("document.querySelector('.waiting-list strong').textContent")?;
    let host = row.as_str().unwrap_or_default().to_owned();
    assert_eq!(office.barriers()?, Vec::<String>::new(), "the managers' page");
    let approve = format!("Valider {host}");
    assert!(
        office.eval("document.querySelector('.waiting-list button').disabled")? == true,
        "nobody compared yet"
    );
    office.click_named("checkbox", "Empreinte comparée au téléphone")?;
    office.click_named("button", &approve)?;
    office.reads(&format!("{host} est validé."))?;
    office.reads("Aucun poste n’attend.")?;
    // The technician's page hears of it without being asked.
    page.holds("!document.querySelector('.grid-body').textContent.includes('À valider')")?;

    office.click_named("button", "Verrouiller Sophie Martin\u{a0}?")?;
    office.fill("textbox", "Raison", "départ de l’entreprise")?;
    office.click_named("button", "Verrouiller")?;
    office.reads("Sophie Martin est verrouillé.")?;
    Ok(())
}
