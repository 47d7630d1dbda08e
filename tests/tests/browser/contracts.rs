//! Contracts in a real browser: a manager opens one, writes a letter down and suspends it; a technician sees it and writes nothing.

use std::path::PathBuf;

use std::path::Path;

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

/// A relay that serves, with one contract signed on that day.
pub(crate) fn serving(dir: &Path, signed: &str) -> Result<Stage> {
    let mut stage = Stage::new(dir)?;
    stage.found()?;
    contract(&stage, CONTRACT, "Cabinet Leroy", signed)?;
    stage.start_relay()?;
    Ok(stage)
}

/// A manager's desk, open at the list of contracts.
pub(crate) fn office(stage: &Stage) -> Result<(Console, Browser, Page)> {
    let office = Console::start(stage, "manager")?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    office.enter(&page)?;
    page.click_named("link", "Contrats")?;
    Ok((office, browser, page))
}

#[test]
fn a_manager_keeps_contracts_and_a_technician_reads_them() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let stage = serving(dir.path(), "2024-02-29")?;
    let (_office, browser, page) = office(&stage)?;
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

#[test]
fn clause_12_1_papers_and_amounts_are_kept_on_the_page_by_who_needs_them() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let stage = serving(dir.path(), "2026-01-05")?;
    let (_office, browser, page) = office(&stage)?;
    page.click_named("link", CONTRACT)?;
    page.reads("Aucune pièce notée encore")?;
    page.reads("Notez d’abord comment le contrat est facturé")?;
    let send = "document.getElementById('contract-form').requestSubmit()";
    let kind = |page: &Page, kind: &str| -> Result<()> {
        let set = format!(
            "(() => {{ const s = document.getElementById('paper-kind'); s.value = '{kind}'; s.dispatchEvent(new Event('change')); }})()"
        );
        page.eval(&set).map(drop)
    };
    let choose = |page: &Page, id: &str, value: &str| -> Result<()> {
        page.eval(&format!("document.getElementById('{id}').value = '{value}'")).map(drop)
    };
    page.expect_error("422");
    page.expect_error("409");

    // A site with a wrong SIRET is refused with its clause; what was typed stays.
    page.click_named("button", "Noter une pièce")?;
    kind(&page, "site")?;
    page.reads("Sert l’article 2.3")?;
    field(&page, "Nom du site", "Siège")?;
    date(&page, "paper-from", "2026-01-05")?;
    field(&page, "SIRET (facultatif)", "73282932000075")?;
    field(&page, "Code postal (facultatif)", "69001")?;
    page.eval(send)?;
    page.reads("14\u{a0}chiffres dont la clé est juste")?;
    field(&page, "SIRET (facultatif)", "73282932000074")?;
    page.eval(send)?;
    page.reads("La pièce est notée.")?;
    page.holds("document.querySelector('.paper strong')?.textContent === 'Site'")?;
    page.holds("document.querySelector('.pane .facts').innerText.includes('69001')")?;

    // Another tab is older: its editor is told, and nothing typed is lost.
    let older = page.duplicate()?;
    older.reads("Code postal")?;
    older.click_named("button", "Noter une pièce")?;
    choose(&older, "paper-class", "consumer")?;
    date(&older, "paper-from", "2026-01-05")?;
    page.click_named("button", "Noter un montant")?;
    choose(&page, "paper-period_months", "3")?;
    choose(&page, "paper-mode", "transfer")?;
    date(&page, "paper-from", "2026-01-05")?;
    page.eval(send)?;
    page.reads("Rien à facturer sur ces jours.")?;
    older.eval(send)?;
    older.reads("Quelqu’un d’autre a écrit dans ce contrat")?;
    older.eval(send)?;
    older.reads("Consommateur")?;
    older.reads("Informez le client de la reconduction")?;

    // A price makes its invoices, explained; the money is not a technician's to see.
    let page = page.duplicate()?;
    page.reads("Rien à facturer sur ces jours.")?;
    date(&page, "lines-from", "2026-01-01")?;
    date(&page, "lines-to", "2027-01-01")?;
    page.click_named("button", "Noter un montant")?;
    kind(&page, "price")?;
    field(&page, "Libellé", "Maintenance de 10 postes")?;
    field(&page, "Quantité", "10")?;
    field(&page, "Prix unitaire HT par période, en euros", "25,00")?;
    choose(&page, "paper-basis", "contract")?;
    date(&page, "paper-agreed_on", "2026-07-02")?;
    page.eval(send)?;
    page.holds("document.querySelectorAll('table.lines').length === 4")?;
    page.holds("document.querySelector('table.lines tfoot').innerText.includes('250,00')")?;
    page.reads("La date de réception n’est pas connue")?;
    let technician = Console::start(&stage, "technician")?;
    let desk = browser.page()?;
    technician.enter(&desk)?;
    desk.click_named("link", "Contrats")?;
    desk.click_named("link", CONTRACT)?;
    desk.reads("Consommateur")?;
    desk.holds("!document.body.innerText.includes('Maintenance de 10 postes')")?;
    assert!(!desk.has_named("button", "Noter un montant")?);

    // A correction stands beside what it corrects.
    page.click_named("button", "Corriger\u{a0}: Prix, n°\u{a0}4")?;
    field(&page, "Prix unitaire HT par période, en euros", "26,00")?;
    field(&page, "Pourquoi elle est corrigée", "faute de frappe")?;
    page.eval(send)?;
    page.reads("Historique\u{a0}: 1 pièce corrigée")?;
    page.holds("document.querySelector('table.lines tfoot').innerText.includes('260,00')")?;

    // Everybody can use it, in both sizes; pictures stay for people to look at.
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("desk");
    std::fs::create_dir_all(&folder)?;
    for (width, height) in [(1280, 800), (1920, 1080)] {
        page.size(width, height, false)?;
        page.eval("document.querySelector('.lines-form').scrollIntoView()")?;
        page.screenshot(&folder.join(format!("contract-money-{width}.png")))?;
        assert_eq!(page.barriers()?, Vec::<String>::new(), "the contract at {width}");
        page.eval("document.querySelector('.papers').scrollIntoView()")?;
        page.screenshot(&folder.join(format!("contract-papers-{width}.png")))?;
        page.click_named("button", "Noter une pièce")?;
        page.screenshot(&folder.join(format!("contract-form-{width}.png")))?;
        assert_eq!(page.barriers()?, Vec::<String>::new(), "the form at {width}");
        page.press("Escape", 0)?;
    }
    Ok(())
}
