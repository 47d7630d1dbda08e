//! Contracts in a real browser: a manager opens one, writes a letter down and suspends it; a technician sees it and writes nothing.

use anyhow::Result;
use aval_tests::browser::{Browser, Console, Page, Screen};
use aval_tests::stage::Stage;
use aval_tests::world::{CONTRACT, contract};

/// Sets a date field as its picker does.
fn date(page: &Page, id: &str, day: &str) -> Result<()> {
    page.eval(&format!("document.getElementById('{id}').value = '{day}'")).map(drop)
}

fn field(page: &Page, label: &str, text: &str) -> Result<()> {
    page.fill("textbox", label, text)
}

#[test]
fn a_manager_keeps_contracts_and_a_technician_reads_them() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut stage = Stage::new(dir.path())?;
    stage.found()?;
    contract(&stage, CONTRACT, "Cabinet Leroy", "2024-02-29")?;
    stage.start_relay()?;
    let office = Console::start(&stage, "manager")?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    office.enter(&page)?;
    page.click_named("link", "Contrats")?;
    page.reads("Cabinet Leroy")?;

    // What cannot be is refused with its clause, and what was typed is still there.
    page.click_named("button", "Nouveau contrat")?;
    field(&page, "Référence du contrat", "C-2026-100")?;
    field(&page, "Nom du client", "<b>Garage</b> Morel & fils")?;
    date(&page, "new-signed", "2026-11-02")?;
    field(&page, "Code postal du site (décide du déplacement, articles 3.6 et 4.8)", "9420")?;
    page.expect_error("409");
    page.expect_error("422");
    page.click_named("button", "Ouvrir le contrat")?;
    page.reads("n’est pas un code postal français (articles 3.6 et 4.8)")?;
    field(&page, "Code postal du site (décide du déplacement, articles 3.6 et 4.8)", "94200")?;
    page.click_named("button", "Ouvrir le contrat")?;
    page.reads("2 nov. 2026")?;
    page.holds("document.querySelector('.pane h1')?.textContent === 'C-2026-100'")?;
    page.reads("<b>Garage</b> Morel & fils")?;

    // The same reference again: the second one is told, the first stands.
    page.click_named("button", "Nouveau contrat")?;
    field(&page, "Référence du contrat", "C-2026-100")?;
    field(&page, "Nom du client", "Un autre")?;
    date(&page, "new-signed", "2026-11-03")?;
    page.click_named("button", "Ouvrir le contrat")?;
    page.reads("Il y a déjà un contrat C-2026-100")?;
    page.press("Escape", 0)?;

    // A letter: the anniversary of a 29 February, and the term that it ends.
    page.click_named("link", CONTRACT)?;
    page.holds("document.querySelectorAll('.timeline .mark.echeance').length >= 2")?;
    page.click_named("button", "Enregistrer une lettre")?;
    page.click_named("button", "Enregistrer une lettre")?;
    page.reads("Donnez le jour d’envoi de la lettre")?;
    date(&page, "letter-sent", "2026-11-27")?;
    field(&page, "Numéro du recommandé, ou lieu de la preuve", "1A 234 567 8901 2")?;
    page.eval("document.getElementById('contract-form').requestSubmit()")?;
    page.reads("La lettre est enregistrée.")?;
    page.reads("28 févr. 2027")?;
    page.holds("document.querySelector('.timeline .mark.end') !== null")?;
    page.holds("document.querySelector('.timeline').getAttribute('aria-label').includes('fin')")?;

    page.click_named("button", "Suspendre")?;
    page.fill("textbox", "Motif, écrit sous votre nom", "Litige sur la facture 12")?;
    page.eval("document.getElementById('contract-form').requestSubmit()")?;
    page.reads("Litige sur la facture 12")?;
    page.holds("document.querySelector('tr[aria-current=true] .chip')?.textContent.startsWith('Suspendu')")?;

    // A technician reads it; a page that is older than somebody's act is told, and shows what is.
    let technician = Console::start(&stage, "technician")?;
    let desk = browser.page()?;
    technician.enter(&desk)?;
    desk.click_named("link", "Contrats")?;
    desk.click_named("link", CONTRACT)?;
    desk.reads("Litige sur la facture 12")?;
    for name in ["Nouveau contrat", "Suspendre", "Reprendre", "Enregistrer une lettre"] {
        assert!(!desk.has_named("button", name)?, "{name} is not a technician’s to do");
    }
    let older = page.duplicate()?;
    older.reads("Litige sur la facture 12")?;
    page.click_named("button", "Reprendre")?;
    page.reads("Le contrat est repris.")?;
    older.click_named("button", "Reprendre")?;
    older.reads("Ce contrat n’est pas suspendu")?;
    older.holds("!document.body.innerText.includes('Litige sur la facture 12')")
}
