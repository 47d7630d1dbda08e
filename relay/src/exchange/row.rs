//! What a row of a file says of one piece of equipment, or everything that is wrong with it.

use aval_protocol::hex;
use aval_protocol::id::AssetId;
use aval_protocol::text::Lang;
use aval_protocol::text::equipment::import::{FileFault, RowFault};
use aval_protocol::text::equipment::{Column, entered, kind};
use aval_protocol::text::inventory::grade;
use aval_protocol::wire::equipment::{Entered, EntryState, EquipmentKind};
use aval_protocol::wire::inventory::values::{MAX_TEXT, Serial, Text};
use aval_protocol::wire::inventory::{Day, Grade};

use super::Incoming;
use super::cell::{is_formula, unguarded};
use super::columns::{Field, Header, header, plainly};
use super::table::Table;
use crate::coverage::effect::{date, day};

/// What a row says. What it does not say stays as it is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Said {
    /// Which line of the list it means.
    pub no: Option<u32>,
    /// What kind of thing.
    pub kind: Option<EquipmentKind>,
    /// What people call it.
    pub label: Option<Text>,
    /// Serial number.
    pub serial: Option<Serial>,
    /// The establishment.
    pub site: Option<Text>,
    /// What it is priced as.
    pub class: Option<Text>,
    /// First day covered.
    pub from: Option<Day>,
    /// First day no longer covered.
    pub until: Option<Day>,
    /// How it came in.
    pub entered: Option<Entered>,
    /// State when it came in.
    pub state: Option<EntryState>,
    /// What it is in the record.
    pub asset: Option<AssetId>,
    /// Its kind and label were made up of another program's fields: a line that is there keeps its own.
    pub hints: bool,
}

/// Other words for kinds, as [`plainly`] leaves them.
const KINDS: [(&str, EquipmentKind); 22] = [
    ("poste", EquipmentKind::Computer),
    ("pc", EquipmentKind::Computer),
    ("portable", EquipmentKind::Computer),
    ("laptop", EquipmentKind::Computer),
    ("notebook", EquipmentKind::Computer),
    ("desktop", EquipmentKind::Computer),
    ("tour", EquipmentKind::Computer),
    ("monitor", EquipmentKind::Screen),
    ("moniteur", EquipmentKind::Screen),
    ("copieur", EquipmentKind::Printer),
    ("copier", EquipmentKind::Printer),
    ("routeur", EquipmentKind::Network),
    ("router", EquipmentKind::Network),
    ("switch", EquipmentKind::Network),
    ("commutateur", EquipmentKind::Network),
    ("bornewifi", EquipmentKind::Network),
    ("nas", EquipmentKind::Storage),
    ("ups", EquipmentKind::Power),
    ("telephoneip", EquipmentKind::Phone),
    ("rackmountchassis", EquipmentKind::Server),
    ("blade", EquipmentKind::Server),
    ("mainserverchassis", EquipmentKind::Server),
];

/// The rows of a table.
pub(super) fn rows(table: &Table) -> Result<Incoming, FileFault> {
    let header = header(&table.header)?;
    let rows = table.rows.iter().map(|row| {
        let said = match &row.fault {
            Some(fault) => Err(vec![fault.clone()]),
            None => said(&header, &row.cells),
        };
        (row.line, said)
    });
    Ok(Incoming { rows: rows.collect(), ignored: header.ignored.clone() })
}

fn said(header: &Header, cells: &[String]) -> Result<Said, Vec<RowFault>> {
    let mut faults = Vec::new();
    let mut cell = |field: Field| -> Option<String> {
        let at = header.fields.iter().position(|found| *found == Some(field))?;
        clean(cells.get(at)?, field).unwrap_or_else(|fault| {
            faults.push(fault);
            None
        })
    };
    let words: Vec<Option<String>> = Column::ALL.iter().map(|&column| cell(Field::Ours(column))).collect();
    let (maker, model, last) = (cell(Field::Maker), cell(Field::Model), cell(Field::LastDay));
    let of = |column: Column| words.get(column as usize).and_then(Option::as_deref);
    let mut said = Said { hints: header.glpi, ..Said::default() };
    let mut note = |fault| faults.push(fault);
    said.no = of(Column::No).and_then(|text| ok(number(text), &mut note));
    said.kind = match of(Column::Kind) {
        Some(text) => match known_kind(text) {
            None if header.glpi => Some(EquipmentKind::Computer),
            None => ok(Err(RowFault::NoKind(text.to_owned())), &mut note),
            found => found,
        },
        None => header.glpi.then_some(EquipmentKind::Computer),
    };
    let label = of(Column::Label);
    said.label = if header.glpi {
        composed(maker.as_deref(), model.as_deref(), label)
    } else {
        label.and_then(Text::new)
    };
    said.serial = of(Column::Serial).map(Serial::new);
    said.site = of(Column::Site).map(joined).and_then(|text| Text::new(&text));
    said.class = of(Column::Class).and_then(Text::new);
    let mut read = |column: Column| of(column).and_then(|text| ok(a_day(column, text), &mut note));
    said.from = read(Column::From);
    said.until = read(Column::Until);
    let (entered_on, graded_on) = (read(Column::EnteredOn), read(Column::GradedOn));
    if let (None, Some(text)) = (said.until, last) {
        let found = a_day(Column::Until, &text);
        said.until = ok(found, &mut note).and_then(|last| day(date(last).tomorrow().ok()?));
    }
    said.entered = of(Column::Entered).and_then(|text| ok(entry(text, entered_on), &mut note));
    let bad = |column, text: &str| RowFault::NoHex(column, text.to_owned());
    let checks = |text| hex::exactly::<32>(text).ok_or_else(|| bad(Column::Checks, text));
    let checks = of(Column::Checks).and_then(|text| ok(checks(text), &mut note));
    said.state = of(Column::Grade).and_then(|text| ok(state(text, graded_on, checks), &mut note));
    said.asset = of(Column::Asset)
        .and_then(|text| ok(hex::exactly::<16>(text).ok_or_else(|| bad(Column::Asset, text)), &mut note))
        .map(AssetId);
    if faults.is_empty() { Ok(said) } else { Err(faults) }
}

fn ok<T>(found: Result<T, RowFault>, note: &mut impl FnMut(RowFault)) -> Option<T> {
    found.map_err(note).ok()
}

/// What a cell says; nothing when it is empty or a lone dash.
fn clean(cell: &str, field: Field) -> Result<Option<String>, RowFault> {
    let column = match field {
        Field::Ours(column) => column,
        Field::LastDay => Column::Until,
        Field::Maker | Field::Model | Field::Glpi => Column::Label,
    };
    let text = cell.trim();
    if matches!(text, "" | "-" | "–" | "—") {
        return Ok(None);
    }
    let turns =
        |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    if text.chars().any(|c| (c.is_control() && !c.is_whitespace()) || turns(c)) {
        return Err(RowFault::Hidden(column));
    }
    if is_formula(text) {
        return Err(RowFault::Formula(column, text.to_owned()));
    }
    let text = unguarded(text);
    let most = if column == Column::Checks { 64 } else { MAX_TEXT };
    if text.chars().count() > most {
        return Err(RowFault::TooLong(column, most));
    }
    Ok(Some(text.to_owned()))
}

/// `Dell OptiPlex 7090, PC-ACCUEIL`, of what is there; a model that names its maker does not name it twice.
pub(super) fn composed(maker: Option<&str>, model: Option<&str>, name: Option<&str>) -> Option<Text> {
    let maker = maker.filter(|maker| model.is_none_or(|model| !plainly(model).starts_with(&plainly(maker))));
    let what: Vec<&str> = maker.into_iter().chain(model).collect();
    let all: Vec<String> =
        [what.join(" ")].into_iter().chain(name.map(str::to_owned)).filter(|part| !part.is_empty()).collect();
    Text::new(&all.join(", "))
}

fn number(text: &str) -> Result<u32, RowFault> {
    text.parse().ok().filter(|no| *no > 0).ok_or_else(|| RowFault::NoNumber(text.to_owned()))
}

/// A kind by any of its words; a newer program's by its number.
pub(super) fn known_kind(text: &str) -> Option<EquipmentKind> {
    let word = plainly(text);
    let is =
        |known: &EquipmentKind| [Lang::Fr, Lang::En].iter().any(|&lang| plainly(kind(lang, *known)) == word);
    let known = EquipmentKind::ALL.iter().copied().find(is);
    let also = || KINDS.iter().find(|(also, _)| *also == word).map(|&(_, kind)| kind);
    let newer =
        || newer(text).map(EquipmentKind::Unknown).filter(|kind| EquipmentKind::from(kind.number()) == *kind);
    known.or_else(also).or_else(newer)
}

fn newer(text: &str) -> Option<u16> {
    text.strip_prefix("UNKNOWN_")?.parse().ok()
}

/// `12/03/2026`, `2026-03-12`, and with the points or dashes that some spreadsheets write.
fn a_day(column: Column, text: &str) -> Result<Day, RowFault> {
    let french = || {
        let mut parts = text.split(['/', '.', '-']);
        let (of, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        let plain = |part: &str, len: std::ops::RangeInclusive<usize>| {
            len.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        let formed = plain(of, 1..=2) && plain(month, 1..=2) && plain(year, 4..=4) && parts.next().is_none();
        formed.then(|| Day::new(year.parse().ok()?, month.parse().ok()?, of.parse().ok()?)).flatten()
    };
    let iso = || (text.len() == 10).then(|| Day::of_iso(text)).flatten();
    french().or_else(iso).ok_or_else(|| RowFault::NoDay(column, text.to_owned()))
}

fn entry(text: &str, on: Option<Day>) -> Result<Entered, RowFault> {
    let word = plainly(text);
    let bad = || RowFault::NoEntry(text.to_owned());
    // The day plays no part in the word.
    let any = on.or_else(|| Day::new(1970, 1, 1)).ok_or_else(bad)?;
    let all = [Entered::Agreed, Entered::Notified(any), Entered::Seen(any)];
    let is =
        |known: &Entered| [Lang::Fr, Lang::En].iter().any(|&lang| plainly(entered(lang, *known)) == word);
    let found = all.into_iter().find(is).ok_or_else(bad)?;
    if found == Entered::Agreed || on.is_some() { Ok(found) } else { Err(bad()) }
}

fn state(text: &str, on: Option<Day>, checks: Option<[u8; 32]>) -> Result<EntryState, RowFault> {
    let word = plainly(text);
    let is = |known: &Grade| [Lang::Fr, Lang::En].iter().any(|&lang| plainly(grade(lang, *known)) == word);
    let newer = || newer(text).map(Grade::Unknown).filter(|grade| Grade::from(grade.number()) == *grade);
    let grade = Grade::ALL.iter().copied().find(is).or_else(newer);
    match (grade, on) {
        (Some(grade), Some(on)) => Ok(EntryState { grade, on, checks }),
        _ => Err(RowFault::NoState(text.to_owned())),
    }
}

/// A SIRET is often written in groups.
fn joined(text: &str) -> String {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() == 14 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        digits
    } else {
        text.to_owned()
    }
}
