//! A contract's equipment in a real browser: what a real machine says of itself, a version proposed, approved by the firm on the page and by
//! the client's signed paper, and the list that holds.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use aval_protocol::id::{AgentId, UnixSeconds};
use aval_protocol::wire::inventory::items::{Check, Disk, Health};
use aval_protocol::wire::inventory::{CheckKind, Content, Grade, List, Section, Serial, Text};
use aval_relay::records::Store;
use aval_tests::browser::{Browser, Console, Page, Screen};
use aval_tests::world::{CONTRACT, service};

use super::contracts::{office, serving};

#[test]
fn clause_2_2_a_list_is_proposed_and_approved_on_the_page() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut stage = serving(dir.path(), "2026-01-05")?;
    stage.enrol("pc", CONTRACT)?;
    let machine = service(&mut stage, "pc")?;
    stage.run("aval-console", &["--home", "manager", "approve", &machine])?;
    let (_office, browser, page) = office(&stage)?;
    page.click_named("link", CONTRACT)?;
    page.reads("Les deux parties n’ont encore approuvé aucune liste (article 2.2)")?;
    page.reads("et ne figure sur aucune ligne de la liste.")?;
    page.reads("hors liste")?;
    page.click_named("button", "Proposer une version")?;
    page.reads("Rien n’est facturé avant.")?;
    page.eval("document.getElementById('contract-form').requestSubmit()")?;
    page.reads("La version est proposée.")?;
    page.reads("Version 1 (")?;

    // However full the disk of the machine is that runs this.
    let reserve =
        ["contract", "paper", "--data", "relay", "--id", CONTRACT, "reserve", "--machine", &machine];
    stage.run("aval-relay", &[&reserve[..], &["on=2026-01-05", "what=poste d’essai"]].concat())?;

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

/// Pictures the page in both sizes, and complains of what keeps people out.
fn look(page: &Page, name: &str, at: &str) -> Result<()> {
    page.holds("document.querySelector('.note') === null")?;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("desk");
    std::fs::create_dir_all(&folder)?;
    for (width, height) in [(1280, 800), (1920, 1080)] {
        page.size(width, height, false)?;
        page.eval(&format!("document.querySelector('{at}').scrollIntoView()"))?;
        page.screenshot(&folder.join(format!("{name}-{width}.png")))?;
        assert_eq!(page.barriers()?, Vec::<String>::new(), "{name} at {width}");
        let wide = page.eval("document.documentElement.scrollWidth > innerWidth")?;
        assert_eq!(wide, false, "{name} is wider than {width}");
    }
    Ok(())
}

/// What a machine with a drive that goes tells over two months.
fn told_of_a_failing_drive(dir: &Path, machine: &str) -> Result<()> {
    let store = Store::open_existing(&dir.join("relay/record.sqlite"))?;
    let agent: AgentId = machine.parse().ok().context("a machine's identifier")?;
    let drive = |serial: &str| Disk {
        model: Text::new("Samsung SSD 980"),
        serial: Serial::new(serial),
        size: 512_110_190_592,
        ..Disk::default()
    };
    let verdict = |kind, grade, value| Check { kind, subject: Text::new("sda"), grade, value, why: None };
    let health = Health {
        checks: List::of([
            verdict(CheckKind::DiskVerdict, Grade::Failing, Some(0)),
            verdict(CheckKind::DiskPending, Grade::Watch, Some(8)),
            verdict(CheckKind::DiskTemperature, Grade::Good, Some(38)),
        ]),
    };
    for (at, content) in [
        (1_790_000_000, Content::Disks(List::of([drive("S64DNX0R1"), drive("S64DNX0R2")]))),
        (1_791_000_000, Content::Disks(List::of([drive("S64DNX0R1"), drive("S77FNX0R9")]))),
        (1_792_000_000, Content::Health(health)),
    ] {
        let at = UnixSeconds(at);
        store.keep_section(agent, &Section::collected(at, content).pack(), at)?;
    }
    Ok(())
}

#[test]
fn clause_2_4_machines_are_narrowed_down_and_one_shows_its_condition_and_history() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut stage = serving(dir.path(), "2026-01-05")?;
    stage.enrol("pc", CONTRACT)?;
    let machine = service(&mut stage, "pc")?;
    stage.run("aval-console", &["--home", "manager", "approve", &machine])?;
    stage.enrol("other", CONTRACT)?;
    let desk = Console::start(&stage, "technician")?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    desk.enter(&page)?;
    // The machine tells the rest of itself first, so that what follows is its newest word.
    stage.until("an inventory", |stage| {
        let shown = stage.run("aval-console", &["--home", "technician", "inventory", &machine, "--json"])?;
        Ok(shown.contains("\"key\":\"health\""))
    })?;
    told_of_a_failing_drive(dir.path(), &machine)?;

    page.eval(&format!("location.hash = '#/machines/{machine}'"))?;
    page.reads("Historique du matériel")?;
    page.reads("par Samsung SSD 980, 512 Go")?;
    page.reads("S77FNX0R9")?;
    page.reads("défaillant – le disque annonce sa panne")?;
    page.holds("document.querySelector('.facts .chip.bad')?.textContent === 'défaillant'")?;
    page.holds("document.querySelectorAll('.facts .why li').length >= 2")?;
    look(&page, "machine-equipment", ".facts")?;
    look(&page, "machine-history", ".changes")?;

    page.click_named("link", "Contrats")?;
    page.click_named("link", CONTRACT)?;
    page.reads("Postes rattachés")?;
    let shows = |rows: usize| {
        page.holds(&format!("document.querySelector('table.lines tbody').rows.length === {rows}"))
    };
    let choose = |name: &str, value: &str| {
        page.eval(&format!(
            "(() => {{ const one = document.querySelector('select[aria-label=\"{name}\"]'); one.value = '{value}';
              one.dispatchEvent(new Event('change')); }})()"
        ))
    };
    shows(2)?;
    for (name, value, rows) in [
        ("État", "failing", 1),
        ("État", "unknown", 1),
        ("État", "", 2),
        ("Couverture", "pending", 1),
        ("Couverture", "not_listed", 1),
        ("Couverture", "listed", 0),
        ("Couverture", "", 2),
        ("Vu", "online", 1),
        ("Vu", "never", 0),
        ("Vu", "month", 0),
        ("Vu", "week", 2),
        ("Vu", "online", 1),
    ] {
        choose(name, value)?;
        shows(rows).with_context(|| format!("{name} {value}"))?;
    }
    page.reads("1 sur 2")?;
    look(&page, "fleet", ".fleet-tools")
}

#[test]
fn clause_2_2_a_file_shows_what_becomes_of_each_line_and_is_taken_as_a_whole() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let stage = serving(dir.path(), "2026-01-05")?;
    let (_office, _browser, page) = office(&stage)?;
    page.click_named("link", CONTRACT)?;
    page.click_named("button", "Importer un fichier")?;
    page.click_named("button", "Voir ce que cela changerait")?;
    page.reads("Choisissez un fichier, ou collez ses lignes.")?;
    let spoilt = "type;libellé;numéro de série;classe de prix;Couleur\nimprimante;HP M507, <b>accueil</b>;PHCVN191TG;imprimante;X\nécran;Dell P2422;7,3E+13;écran;X\n";
    page.fill("textbox", "Ou coller ses lignes", spoilt)?;
    page.click_named("button", "Voir ce que cela changerait")?;
    page.reads("1 refusée")?;
    page.reads("Colonnes laissées de côté\u{a0}: Couleur")?;
    assert!(!page.has_named("button", "Proposer comme prochaine version")?);
    look(&page, "import-refused", ".import")?;
    assert!(
        !stage
            .run("aval-relay", &["equipment", "versions", "--data", "relay", "--id", CONTRACT])?
            .contains("Version")
    );

    // The same as a file as spreadsheets of old wrote it, corrected.
    page.fill("textbox", "Ou coller ses lignes", "")?;
    page.eval(
        "(() => { const text = 'type;libell\\u00e9;num\\u00e9ro de s\\u00e9rie;classe de prix\\r\\nimprimante;HP M507;PHCVN191TG;imprimante\\r\\n\\u00e9cran;Dell P2422;CN0XYZ;\\u00e9cran\\r\\n';
          const bag = new DataTransfer(); bag.items.add(new File([Uint8Array.from(text, (one) => one.charCodeAt(0))], 'liste.csv'));
          const file = document.getElementById('import-file'); file.files = bag.files; file.dispatchEvent(new Event('input')); })()",
    )?;
    page.click_named("button", "Voir ce que cela changerait")?;
    page.reads("2 nouvelles")?;
    look(&page, "import", ".import")?;
    page.click_named("button", "Proposer comme prochaine version")?;
    page.reads("La version est proposée.")?;
    page.reads("Version 1 (")?;
    assert!(
        stage
            .run("aval-relay", &["equipment", "versions", "--data", "relay", "--id", CONTRACT])?
            .contains("Version 1")
    );

    // A machine's own export for GLPI.
    page.click_named("button", "Importer un fichier")?;
    let glpi = r#"{"deviceid":"x","content":{"versionclient":"x","hardware":{"name":"BUREAU-2"},"bios":{"smanufacturer":"LENOVO","smodel":"M90q","ssn":"PF3XYZ12"}}}"#;
    page.fill("textbox", "Ou coller ses lignes", glpi)?;
    page.fill("textbox", "Tarif des nouvelles lignes", "poste")?;
    page.click_named("button", "Voir ce que cela changerait")?;
    page.reads("1 nouvelle")?;
    page.click_named("button", "Retour aux équipements")?;
    page.reads("Versions")?;
    Ok(())
}
