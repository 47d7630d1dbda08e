//! The sentences by the rules of both languages, and names of columns that can be told apart.

use std::collections::BTreeSet;

use super::annex;
use super::import::{FileFault, RowFault, changes, new, on_line, same};
use super::*;

fn rows() -> Vec<RowFault> {
    let text = || "x\n=\u{202e}y".to_owned();
    vec![
        RowFault::Missing(Column::Label),
        RowFault::TooLong(Column::Label, 80),
        RowFault::Hidden(Column::Serial),
        RowFault::Formula(Column::Label, text()),
        RowFault::NoNumber(text()),
        RowFault::NoKind(text()),
        RowFault::NoDay(Column::From, text()),
        RowFault::NoSiret(text()),
        RowFault::Spoilt(Column::Serial, text()),
        RowFault::NoState(text()),
        RowFault::NoEntry(text()),
        RowFault::NoHex(Column::Asset, text()),
        RowFault::NoLine(7),
        RowFault::Ended(7),
        RowFault::Fixed(7, Column::From),
        RowFault::EndsBefore,
        RowFault::TwiceInFile(text(), 4),
        RowFault::SameLine(7, 4),
        RowFault::TwiceInList(text(), 7),
        RowFault::Which(text()),
        RowFault::Cells(9, 8),
        RowFault::Quote,
        RowFault::Longer(16),
    ]
}

fn files() -> Vec<FileFault> {
    vec![
        FileFault::Empty,
        FileFault::Big(4),
        FileFault::NoText,
        FileFault::Utf16,
        FileFault::Header,
        FileFault::Twice(Column::Label),
        FileFault::OpenQuote(3),
        FileFault::Many(2000),
        FileFault::NoInventory,
    ]
}

#[test]
fn every_sentence_keeps_the_rules_of_both_languages() {
    let mut all: Vec<Sentence> = rows().iter().map(RowFault::sentence).collect();
    all.extend(files().iter().map(FileFault::sentence));
    let what = [(Column::Label, String::new(), "Écran".to_owned()), (Column::Class, "a".into(), "b".into())];
    all.extend([new(3, "PC"), same(3), changes(3, &what), on_line(4, &both("vide.", "empty."))]);
    all.push(both(annex::signing(Lang::Fr, 3), annex::signing(Lang::En, 3)));
    let by_lang: [&dyn Fn(Lang) -> String; 6] = [
        &|lang| import::ignored(lang, &["Statut".into(), "Lieu\u{202e}".into()]),
        &|lang| import::unnamed(lang, &[1, 2]),
        &|lang| import::blocked(lang, 2),
        &|lang| import::can_be_taken(lang).to_owned(),
        &|lang| import::written(lang, "a.pdf", 3, "00"),
        &|lang| import::unwritten(lang, "a.pdf", "no\nspace"),
    ];
    all.extend(by_lang.iter().map(|said| both(said(Lang::Fr), said(Lang::En))));
    let mut seen = BTreeSet::new();
    for Sentence { fr, en } in all {
        assert!(fr.ends_with('.') && en.ends_with('.') && fr != en, "{fr}");
        assert!(!fr.contains(['\'', '\n', '\u{202e}']) && !en.contains(['\'', '\n', '\u{202e}']), "{fr}");
        for sign in [" :", " ;", " !", " ?", "« ", " »"] {
            assert!(!fr.contains(sign), "a no-break space belongs before the sign: {fr}");
        }
        assert!(seen.insert(fr), "a sentence used twice");
    }
}

#[test]
fn no_two_columns_have_one_name() {
    for lang in [Lang::Fr, Lang::En] {
        let names: BTreeSet<_> = Column::ALL.iter().map(|column| column.name(lang)).collect();
        assert_eq!(names.len(), Column::ALL.len());
    }
}

#[test]
fn a_day_is_written_as_each_language_does() {
    let day = Day::of_iso("2026-03-01").unwrap();
    assert_eq!((date(Lang::Fr, day), date(Lang::En, day)), ("01/03/2026".into(), "2026-03-01".into()));
    assert_eq!(annex::page(Lang::Fr, 2, 3), "page\u{a0}2 sur\u{a0}3");
    assert_eq!(annex::open(Lang::Fr, 1), "Équipements couverts (1\u{a0}ligne)");
}
