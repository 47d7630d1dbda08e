//! A stranger's CSV as rows of cells, each with the number of the line it began on. Bounded before anything is kept of it.

use aval_protocol::text::equipment::import::{FileFault, RowFault};
use aval_protocol::wire::equipment::MAX_LINES;

/// Most bytes of a file.
pub const MAX_FILE: usize = 4 * 1024 * 1024;
/// Most bytes of one row.
const MAX_ROW: usize = 16 * 1024;
/// What Windows-1252 has between 0x80 and 0x9f, where it differs from Unicode; five of them are no character.
const WINDOWS: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“',
    '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

/// A table.
#[derive(Debug)]
pub(super) struct Table {
    /// The cells of its first row.
    pub(super) header: Vec<String>,
    /// The others that say anything.
    pub(super) rows: Vec<Row>,
}

/// A row.
#[derive(Debug)]
pub(super) struct Row {
    /// The line of the file it begins on, from 1.
    pub(super) line: usize,
    /// Its cells.
    pub(super) cells: Vec<String>,
    /// What is wrong with it as a row.
    pub(super) fault: Option<RowFault>,
}

/// The text of a file: UTF-8 with or without a byte order mark, or else Windows-1252, which is what French spreadsheets call CSV.
pub(super) fn decode(bytes: &[u8]) -> Result<String, FileFault> {
    if bytes.len() > MAX_FILE {
        return Err(FileFault::Big(MAX_FILE));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(FileFault::Utf16);
    }
    let archive =
        [&b"PK\x03\x04"[..], b"\xd0\xcf\x11\xe0", b"%PDF"].iter().any(|magic| bytes.starts_with(magic));
    if archive || bytes.contains(&0) {
        return Err(FileFault::NoText);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| windows(byte)).collect::<Option<_>>().ok_or(FileFault::NoText)?,
    };
    if text.trim().is_empty() { Err(FileFault::Empty) } else { Ok(text) }
}

fn windows(byte: u8) -> Option<char> {
    let found = match byte {
        0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
        byte => char::from(byte),
    };
    (found != '\0').then_some(found)
}

/// Rows and cells. The separator is the one that the header has most of.
pub(super) fn parse(text: &str) -> Result<Table, FileFault> {
    let (named, first, text) = match text.strip_prefix("sep=") {
        Some(rest) => {
            let (sign, rest) = rest.split_once('\n').unwrap_or((rest, ""));
            (sign.trim_end_matches('\r').chars().next().filter(|sign| SEPARATORS.contains(sign)), 2, rest)
        }
        None => (None, 1, text),
    };
    let mut rows = Scan::of(named.unwrap_or_else(|| separator(text)), first).run(text)?.into_iter();
    let mut header = rows.next().ok_or(FileFault::Empty)?;
    if header.fault.is_some() {
        return Err(FileFault::Header);
    }
    // GLPI ends each row with a separator.
    while header.cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        header.cells.pop();
    }
    let columns = header.cells.len();
    let rows = rows.map(|mut row| {
        while row.cells.len() > columns && row.cells.last().is_some_and(|cell| cell.trim().is_empty()) {
            row.cells.pop();
        }
        if row.cells.len() > columns {
            row.fault.get_or_insert(RowFault::Cells(row.cells.len(), columns));
        }
        row
    });
    Ok(Table { header: header.cells, rows: rows.collect() })
}

const SEPARATORS: [char; 3] = [';', ',', '\t'];

fn separator(text: &str) -> char {
    let head = text.trim_start_matches(['\r', '\n']);
    let mut quoted = false;
    let mut counts = [0_usize; 3];
    for c in head.chars().take(MAX_ROW) {
        match c {
            '"' => quoted = !quoted,
            '\r' | '\n' if !quoted => break,
            c if !quoted => {
                SEPARATORS.iter().zip(&mut counts).for_each(|(&sign, count)| *count += usize::from(sign == c))
            }
            _ => {}
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    SEPARATORS.iter().zip(counts).find(|&(_, count)| count == most).map_or(';', |(&sign, _)| sign)
}

/// Where in a cell the scanner stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    Plain,
    Quoted,
    /// Behind a quote within quotes: the second of a doubled one, or the closing one.
    Closing,
}

struct Scan {
    separator: char,
    line: usize,
    at: At,
    opened: usize,
    cell: String,
    row: Row,
    bytes: usize,
    rows: Vec<Row>,
}

impl Scan {
    fn of(separator: char, line: usize) -> Self {
        let row = Row { line, cells: Vec::new(), fault: None };
        Self {
            separator,
            line,
            at: At::Start,
            opened: line,
            cell: String::new(),
            row,
            bytes: 0,
            rows: Vec::new(),
        }
    }

    fn run(mut self, text: &str) -> Result<Vec<Row>, FileFault> {
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if c == '\r' && chars.peek() == Some(&'\n') {
                if self.at == At::Quoted {
                    self.keep(c);
                }
                continue;
            }
            self.take(c)?;
        }
        if self.at == At::Quoted {
            return Err(FileFault::OpenQuote(self.opened));
        }
        self.end_row()?;
        Ok(self.rows)
    }

    fn take(&mut self, c: char) -> Result<(), FileFault> {
        let ends = matches!(c, '\n' | '\r');
        match (self.at, c) {
            (At::Start, '"') => (self.at, self.opened) = (At::Quoted, self.line),
            (At::Quoted, '"') => self.at = At::Closing,
            (At::Closing, '"') => {
                self.at = At::Quoted;
                self.keep(c);
            }
            (At::Quoted, _) => self.keep(c),
            (_, c) if c == self.separator => self.end_cell(),
            _ if ends => self.end_row()?,
            (At::Closing, ' ') => {}
            (At::Closing, _) => {
                self.row.fault.get_or_insert(RowFault::Quote);
                self.keep(c);
            }
            _ => {
                self.at = At::Plain;
                self.keep(c);
            }
        }
        if ends {
            self.line += 1;
            if self.at == At::Start && self.row.cells.is_empty() && self.bytes == 0 {
                self.row.line = self.line;
            }
        }
        Ok(())
    }

    fn keep(&mut self, c: char) {
        self.bytes += c.len_utf8();
        if self.bytes > MAX_ROW {
            self.row.fault.get_or_insert(RowFault::Longer(MAX_ROW));
        } else {
            self.cell.push(c);
        }
    }

    fn end_cell(&mut self) {
        self.bytes += 1;
        if self.bytes > MAX_ROW {
            self.row.fault.get_or_insert(RowFault::Longer(MAX_ROW));
        } else {
            self.row.cells.push(std::mem::take(&mut self.cell));
        }
        self.at = At::Start;
    }

    /// A row of blanks is none.
    fn end_row(&mut self) -> Result<(), FileFault> {
        self.end_cell();
        let next = Row { line: self.line, cells: Vec::new(), fault: None };
        let row = std::mem::replace(&mut self.row, next);
        self.cell.clear();
        self.bytes = 0;
        if row.fault.is_none() && row.cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        // The header, and as many lines as a list may have.
        if self.rows.len() > MAX_LINES {
            return Err(FileFault::Many(MAX_LINES));
        }
        self.rows.push(row);
        Ok(())
    }
}
