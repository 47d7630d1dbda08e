//! A list as CSV that opens right in French Excel: semicolons, a byte order mark, CRLF, every cell quoted. All of a line is in it, so
//! that the file read again says the same list.

use aval_protocol::hex;
use aval_protocol::text::Lang;
use aval_protocol::text::equipment::{Column, date, entered, kind};
use aval_protocol::text::inventory::grade;
use aval_protocol::wire::equipment::{Entered, EquipmentKind, EquipmentLine, EquipmentList};
use aval_protocol::wire::inventory::{Day, Grade};

use super::cell::quoted;

/// What stands in a cell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Value {
    /// Nothing.
    None,
    /// A number.
    Number(u32),
    /// Words, not yet safe for a spreadsheet.
    Text(String),
    /// A day.
    Day(Day),
}

/// The list, its columns named in one language.
pub fn csv(lang: Lang, list: &EquipmentList) -> String {
    let row = |cells: Vec<String>| cells.join(";") + "\r\n";
    let head = Column::ALL.iter().map(|column| quoted(column.name(lang)));
    let mut text = format!("\u{feff}{}", row(head.collect()));
    for line in &list.lines {
        text +=
            &row(Column::ALL.iter().map(|&column| quoted(&value(lang, line, column).shown(lang))).collect());
    }
    text
}

/// What a line says in a column.
pub(super) fn value(lang: Lang, line: &EquipmentLine, column: Column) -> Value {
    let text = |text: &str| Value::Text(text.to_owned());
    let hex = |bytes: &[u8]| Value::Text(hex::encode(bytes));
    let of = |found: Option<Value>| found.unwrap_or(Value::None);
    let state = line.state.as_ref();
    match column {
        Column::No => Value::Number(line.no),
        Column::Kind => match line.kind {
            newer @ EquipmentKind::Unknown(_) => Value::Text(newer.to_string()),
            known => text(kind(lang, known)),
        },
        Column::Label => text(line.label.as_str()),
        Column::Serial => of(line.serial.raw().map(text)),
        Column::Site => of(line.site.as_ref().map(|site| text(site.as_str()))),
        Column::Class => text(line.class.as_str()),
        Column::From => Value::Day(line.from),
        Column::Until => of(line.until.map(Value::Day)),
        Column::Entered => text(entered(lang, line.entered)),
        Column::EnteredOn => match line.entered {
            Entered::Agreed => Value::None,
            Entered::Notified(day) | Entered::Seen(day) => Value::Day(day),
        },
        Column::Grade => of(state.map(|state| match state.grade {
            newer @ Grade::Unknown(_) => Value::Text(newer.to_string()),
            known => text(grade(lang, known)),
        })),
        Column::GradedOn => of(state.map(|state| Value::Day(state.on))),
        Column::Checks => of(state.and_then(|state| state.checks).map(|hash| hex(&hash))),
        Column::Asset => of(line.asset.map(|asset| hex(&asset.0))),
    }
}

impl Value {
    /// As people read it.
    pub(super) fn shown(&self, lang: Lang) -> String {
        match self {
            Self::None => String::new(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Day(day) => date(lang, *day),
        }
    }
}
