//! The quote's sums, and the paper as a program that reads it sees it.

use std::process::Command;

use super::*;

fn quote(cents: &[i64]) -> Quote {
    let line = |(n, cents): (usize, &i64)| QuoteLine {
        kind: if n == 0 { "part".into() } else { "work".into() },
        label: format!("Disque SSD 512 Go, pose {n}"),
        cents: Cents(*cents),
    };
    Quote {
        number: "D-2026-031".into(),
        on: Day::of_iso("2026-03-11").unwrap(),
        what: "disque défaillant".into(),
        contract: ContractId::new("C-2026-014").unwrap(),
        client: "Menuiserie Lœwenstein & Fils".into(),
        firm: "Infogérance du Midi SARL".into(),
        machine: "Dell OptiPlex 7090 (ACCUEIL)".into(),
        found: vec![(
            "Disque selon lui-même (SMART) sda\u{a0}: défaillant – le disque annonce sa panne".into(),
            "Drive by its own word (SMART) sda: failing – the drive says it fails".into(),
        )],
        lines: cents.iter().enumerate().map(line).collect(),
        vat: Vat::of_percent("20").unwrap(),
    }
}

#[test]
fn clause_2_1_tax_is_reckoned_line_by_line_in_whole_cents() {
    // 20 % of 0.03 is 0.006: rounded on each line, 1 cent each.
    let total = quote(&[3, 3, 3]).total().unwrap();
    assert_eq!((total.net, total.tax, total.gross), (9, 3, 12));
    let total = quote(&[8_990, 6_500]).total().unwrap();
    assert_eq!((total.net, total.tax, total.gross), (15_490, 3_098, 18_588));
    assert!(quote(&[i64::MAX, 1]).total().is_err());
    for (percent, cents) in [("20", 2000), ("10", 1000), ("5.5", 550), ("5,5", 550), ("2.1", 210), ("0", 0)] {
        assert_eq!(Vat::of_percent(percent).unwrap().of(Cents(10_000)).unwrap(), Cents(cents), "{percent}");
    }
    for none in ["19.6", "", "-20", "20%", "200"] {
        assert_eq!(Vat::of_percent(none), None, "{none}");
    }
}

#[test]
fn clause_2_1_the_paper_says_what_was_found_what_it_costs_and_what_follows() {
    let quote = quote(&[8_990, 6_500]);
    let pdf = quote.pdf(Lang::Fr).unwrap();
    assert_eq!(pdf, quote.pdf(Lang::Fr).unwrap(), "the same papers make the same bytes");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &pdf).unwrap();
    let read = Command::new("pdftotext").arg("-layout").arg(file.path()).arg("-").output().unwrap();
    let text = String::from_utf8(read.stdout).unwrap().replace(['\u{a0}', '\u{202f}'], " ");
    for part in [
        "Devis de remise en état n° D-2026-031",
        "C-2026-014",
        "Menuiserie Lœwenstein & Fils",
        "Dell OptiPlex 7090 (ACCUEIL)",
        "défaillant – le disque annonce sa panne",
        "89,90 €",
        "Total HT : 154,90 €",
        "TVA à 20 % : 30,98 €",
        "Total TTC : 185,88 €",
        "Bon pour accord",
        "11/03/2026",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
}
