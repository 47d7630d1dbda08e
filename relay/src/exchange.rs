//! The covered-equipment list on its way out of the house and back: as an annex that two people sign, as a spreadsheet, as CSV; and
//! what a file from elsewhere would change of it.
//!
//! Everything here is a function of bytes and lists. Going out, the same list is the same bytes, whoever makes them and when. Coming
//! in, a file is first told line by line what would become of it; either all of it is taken, or nothing.

pub mod annex;
pub mod cell;
pub mod columns;
mod glpi;
pub mod out;
mod paper;
pub mod plan;
pub mod quote;
mod row;
pub mod sheet;
mod table;

use aval_protocol::text::Lang;
use aval_protocol::text::equipment::import::{FileFault, RowFault};
use aval_protocol::wire::equipment::EquipmentList;

use crate::coverage::Approval;

pub use row::Said;
pub use table::MAX_FILE;

/// The language of what is compared, where both say the same.
const LANG: Lang = Lang::Fr;

/// A list to be shown outside, and between whom it is.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The version.
    pub list: &'a EquipmentList,
    /// What was said of any version; those of this one are shown.
    pub approvals: &'a [Approval],
    /// The client's name.
    pub client: &'a str,
    /// The firm's name.
    pub firm: &'a str,
}

/// What a file from elsewhere says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Incoming {
    /// By the number of the file's line: what it says of one piece of equipment, or why it can't be read.
    pub rows: Vec<(usize, Result<Said, Vec<RowFault>>)>,
    /// Columns that mean nothing here.
    pub ignored: Vec<String>,
}

/// Reads a file: CSV of ours, of a person or of GLPI, or the GLPI inventory of one machine (JSON).
///
/// # Errors
/// [`FileFault`] when it is no such file at all; a line that can't be read is told among the others.
pub fn read(bytes: &[u8]) -> Result<Incoming, FileFault> {
    let text = table::decode(bytes)?;
    if text.trim_start().starts_with('{') { glpi::machine(&text) } else { row::rows(&table::parse(&text)?) }
}

#[cfg(test)]
mod tests;
