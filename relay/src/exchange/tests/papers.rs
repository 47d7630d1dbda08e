//! The spreadsheet and the annex, as programs that read them see them.

use std::process::Command;

use aval_protocol::id::{AgentId, PersonId, UnixSeconds};

use super::*;
use crate::coverage::{Approval, Means};
use crate::records::Party;

/// Sixty lines and three that have ended: labels that wrap, letters that few fonts have.
fn fleet() -> EquipmentList {
    let mut all = office();
    all.lines.truncate(2);
    all.version = 3;
    all.before = Some(all.hash());
    let labels = [
        "Écran d’accueil 24\", posé à gauche de l’entrée — œuvre n°\u{a0}7, prêté (1\u{202f}200\u{a0}€)",
        "Poste-de-travail-renforcé-dont-le-nom-ne-tient-pas-sur-une-ligne-de-tableau",
        "Imprimante Łódź, Straße 9, Αθήνα",
    ];
    for no in 3..=63 {
        let mut one =
            line(no, EquipmentKind::Screen, labels[no as usize % 3], &format!("CN0{no}X1Y2Z3A4B5C6D7E8F9"));
        one.until = (no > 60).then(|| day("2026-03-31"));
        all.lines.push(one);
    }
    all
}

fn approvals(list: &EquipmentList) -> Vec<Approval> {
    let at = UnixSeconds(1_772_323_200);
    let paper = Means::Paper { sha256: [9; 32], reference: "classeur 2026, pièce 14".into() };
    let manager = Means::Manager { person: PersonId::new("claire.moreau").unwrap() };
    let other = Means::Machine { agent: AgentId([7; 16]), signed: Vec::new() };
    vec![
        Approval {
            party: Party::Client,
            list: aval_protocol::wire::equipment::ListHash([0; 32]),
            by: other,
            at,
        },
        Approval { party: Party::Client, list: list.hash(), by: paper, at },
        Approval { party: Party::Provider, list: list.hash(), by: manager, at },
    ]
}

fn shown<'a>(list: &'a EquipmentList, approvals: &'a [Approval]) -> Shown<'a> {
    Shown { list, approvals, client: "Menuiserie Lœwenstein & Fils", firm: "Infogérance du Midi SARL" }
}

/// What poppler reads in it. A machine without it proves nothing, and says so.
fn poppler(program: &str, pdf: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let last = if program == "pdftotext" { "-" } else { "" };
    let args = [
        Some("-layout").filter(|_| !last.is_empty()),
        file.path().to_str(),
        Some(last).filter(|last| !last.is_empty()),
    ];
    let out = Command::new(program).args(args.into_iter().flatten()).output();
    let out = out.unwrap_or_else(|e| panic!("{program} (poppler-utils): {e}"));
    assert!(out.status.success() && out.stderr.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn the_annex_is_the_same_bytes_whenever_it_is_made() {
    let fleet = fleet();
    let said = approvals(&fleet);
    let one = annex::pdf(Lang::Fr, &shown(&fleet, &said)).unwrap();
    assert_eq!(one, annex::pdf(Lang::Fr, &shown(&fleet, &said)).unwrap());
    assert!(one.starts_with(b"%PDF-1.7") && one.len() < 120_000, "{}", one.len());
    assert_ne!(one, annex::pdf(Lang::En, &shown(&fleet, &said)).unwrap());
    let empty = list(Vec::new());
    assert!(annex::pdf(Lang::Fr, &shown(&empty, &[])).unwrap().len() > 10_000);
}

#[test]
fn clause_2_2_the_annex_says_what_both_sign() {
    let fleet = fleet();
    let said = approvals(&fleet);
    let pdf = annex::pdf(Lang::Fr, &shown(&fleet, &said)).unwrap();
    let (text, fonts) = (poppler("pdftotext", &pdf), poppler("pdffonts", &pdf));
    let pages: Vec<_> = text.split('\u{c}').filter(|page| !page.trim().is_empty()).collect();
    assert!(pages.len() >= 3, "{}", pages.len());
    let hash = fleet.hash().to_string();
    for (at, page) in pages.iter().enumerate() {
        let page = page.replace('\u{a0}', " ");
        assert!(page.contains(&hash) && page.contains("version 3"), "{page}");
        assert!(page.contains(&format!("page {} sur {}", at + 1, pages.len())), "{page}");
    }
    let text = text.replace('\u{a0}', " ");
    for words in [
        "Annexe — Liste des équipements couverts",
        "C-2026-014",
        "Menuiserie Lœwenstein & Fils",
        "Infogérance du Midi SARL",
        "remplace la version 2",
        "01/01/2026",
        "Équipements couverts (60 lignes)",
        "Sortis de la liste (3 lignes)",
        "Serveur « cœur », 3 500 €",
        "Αθήνα",
        "à surveiller",
        "Pour le Client",
        "Pour le Prestataire",
        "pièce 14",
        "claire.moreau",
        "Signature :",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let embedded = fonts
        .lines()
        .skip(2)
        .filter(|line| line.contains("CID TrueType") && line.contains("yes yes yes"))
        .count();
    assert_eq!(embedded, 2, "{fonts}");
}

#[test]
fn a_spreadsheet_has_days_and_texts_and_no_formulas() {
    let office = office();
    let bytes = sheet::xlsx(Lang::Fr, &shown(&office, &[])).unwrap();
    assert_eq!(bytes, sheet::xlsx(Lang::Fr, &shown(&office, &[])).unwrap());
    assert!(bytes.starts_with(b"PK") && bytes.len() < 20_000, "{}", bytes.len());
    if let Ok(keep) = std::env::var("AVAL_KEEP_SHEET") {
        std::fs::write(keep, &bytes).unwrap();
    }
    let most: Vec<_> = (1..=2000).map(|no| line(no, EquipmentKind::Other, "=1+1", "")).collect();
    sheet::xlsx(Lang::En, &shown(&list(most), &[])).unwrap();
}
