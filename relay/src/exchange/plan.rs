//! A dry run: what would become of each line of a file, and the amendments that all of them together are. Nothing is half-imported:
//! one bad line, and there are no amendments at all.
//!
//! A line of the file means a line of the list by its number; without one by what it is in the record, by its serial number, or, where
//! one of the two has none, by its kind and label. An empty cell says nothing, and what the file does not name is not removed.

use std::collections::BTreeMap;

use aval_protocol::id::ContractId;
use aval_protocol::text::equipment::Column;
use aval_protocol::text::equipment::import::{self, RowFault};
use aval_protocol::text::gate::Sentence;
use aval_protocol::wire::equipment::{Entered, EquipmentLine, EquipmentList};
use aval_protocol::wire::inventory::Day;
use aval_protocol::wire::inventory::values::{Serial, Text};

use super::out::value;
use super::{Incoming, Said};
use crate::coverage::amend::{Amendment, BadAmendment, Description, NewLine, amend};
use crate::facts::forms::Siret;

/// What holds for a new line where the file says nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Defaults {
    /// The day from which the next version holds, and new lines cover.
    pub from: Day,
    /// How new lines came in.
    pub entered: Entered,
    /// What they are priced as; without it the file must say.
    pub class: Option<Text>,
}

/// What would become of a line of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    /// A new line, under this number.
    New(u32, Text),
    /// The list says this already, on this line.
    Same(u32),
    /// The line would say something else: in which columns, from what to what.
    Changes(u32, Vec<(Column, String, String)>),
    /// It is not taken, for each of these reasons.
    Refused(Vec<RowFault>),
}

/// What a file would change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// By the number of the file's line.
    pub lines: Vec<(usize, Fate)>,
    /// Columns of the file that mean nothing here.
    pub ignored: Vec<String>,
    /// Lines of the list that still cover and that the file does not name: they stay as they are.
    pub unnamed: Vec<u32>,
    changes: Result<Vec<Amendment>, Blocked>,
}

/// Why a file can't be taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Blocked {
    /// Some of its lines are bad: so many.
    #[error("{0} lines of the file can't be taken: correct them, then import it again; nothing was changed")]
    Lines(usize),
    /// All of its lines together make no list.
    #[error(transparent)]
    List(#[from] BadAmendment),
}

/// The dry run of a file against the newest version that both approved.
pub fn plan(
    contract: &ContractId,
    before: Option<&EquipmentList>,
    defaults: &Defaults,
    file: &Incoming,
) -> Plan {
    let old = before.map(|list| list.lines.as_slice()).unwrap_or_default();
    let mut run = Run {
        old,
        defaults,
        meant: BTreeMap::new(),
        serials: BTreeMap::new(),
        changed: Vec::new(),
        added: Vec::new(),
    };
    let lines: Vec<(usize, Fate)> = run.all(file);
    let bad = lines.iter().filter(|(_, fate)| matches!(fate, Fate::Refused(_))).count();
    let unnamed = old.iter().filter(|line| line.until.is_none() && !run.meant.contains_key(&line.no));
    let unnamed = unnamed.map(|line| line.no).collect();
    // What leaves leaves first: its serial number may come back on a new line.
    let mut changes = run.changed;
    changes.extend(run.added);
    let changes = match bad {
        0 => amend(contract, before, defaults.from, &changes).map(|_| changes).map_err(Blocked::List),
        bad => Err(Blocked::Lines(bad)),
    };
    Plan { lines, ignored: file.ignored.clone(), unnamed, changes }
}

impl Plan {
    /// The amendments, when the file can be taken as a whole.
    ///
    /// # Errors
    /// [`Blocked`].
    pub fn amendments(&self) -> Result<&[Amendment], &Blocked> {
        self.changes.as_deref()
    }

    /// Each line's fate for people, in the order of the file.
    pub fn told(&self) -> impl Iterator<Item = Sentence> {
        self.lines.iter().map(|(line, fate)| import::on_line(*line, &fate.sentence()))
    }
}

impl Fate {
    /// For people.
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::New(no, label) => import::new(*no, label.as_str()),
            Self::Same(no) => import::same(*no),
            Self::Changes(no, what) => import::changes(*no, what),
            Self::Refused(faults) => {
                let all = |of: fn(Sentence) -> String| {
                    faults.iter().map(|fault| of(fault.sentence())).collect::<Vec<_>>().join(" ")
                };
                Sentence { fr: all(|said| said.fr), en: all(|said| said.en) }
            }
        }
    }
}

struct Run<'a> {
    old: &'a [EquipmentLine],
    defaults: &'a Defaults,
    /// Lines of the list by number, and the line of the file that means each.
    meant: BTreeMap<u32, usize>,
    /// Serial numbers that the file brings in, and where.
    serials: BTreeMap<String, usize>,
    changed: Vec<Amendment>,
    added: Vec<Amendment>,
}

impl<'a> Run<'a> {
    fn all(&mut self, file: &Incoming) -> Vec<(usize, Fate)> {
        // Who names a line for certain has it, wherever in the file; labels get what is left.
        let mut meant: Vec<Result<Option<&EquipmentLine>, RowFault>> = Vec::new();
        for (at, row) in &file.rows {
            let found = row.as_ref().map_or(Ok(None), |said| self.certain(said));
            meant.push(found.and_then(|line| self.claim(line, *at)));
        }
        let mut fates = Vec::new();
        for ((at, row), meant) in file.rows.iter().zip(meant) {
            let fate = match (row, meant) {
                (Err(faults), _) => Err(faults.clone()),
                (Ok(_), Err(fault)) => Err(vec![fault]),
                (Ok(said), Ok(found)) => match found.or_else(|| self.by_label(said)) {
                    Some(line) => {
                        self.meant.insert(line.no, *at);
                        self.change(line, said, *at)
                    }
                    None => self.add(said, *at),
                },
            };
            fates.push((*at, fate.unwrap_or_else(Fate::Refused)));
        }
        fates
    }

    fn open(&self) -> impl Iterator<Item = &'a EquipmentLine> + use<'a> {
        self.old.iter().filter(|line| line.until.is_none())
    }

    fn certain(&self, said: &Said) -> Result<Option<&'a EquipmentLine>, RowFault> {
        // For a first list, numbers are given anew.
        if let (Some(no), false) = (said.no, self.old.is_empty()) {
            return self.old.iter().find(|line| line.no == no).map(Some).ok_or(RowFault::NoLine(no));
        }
        if let Some(line) = self.open().find(|line| said.asset.is_some() && line.asset == said.asset) {
            return Ok(Some(line));
        }
        let Some((raw, number)) = said.serial.as_ref().and_then(good) else { return Ok(None) };
        let mut found =
            self.open().filter(|line| good(&line.serial).is_some_and(|(_, known)| known == number));
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => Err(RowFault::Which(raw)),
            (one, _) => Ok(one),
        }
    }

    fn claim(
        &mut self,
        line: Option<&'a EquipmentLine>,
        at: usize,
    ) -> Result<Option<&'a EquipmentLine>, RowFault> {
        let Some(line) = line else { return Ok(None) };
        match self.meant.get(&line.no) {
            Some(&other) => Err(RowFault::SameLine(line.no, other)),
            None => {
                self.meant.insert(line.no, at);
                Ok(Some(line))
            }
        }
    }

    fn by_label(&self, said: &Said) -> Option<&'a EquipmentLine> {
        if said.no.is_some() || said.asset.is_some() {
            return None;
        }
        let numbered = said.serial.as_ref().and_then(good).is_some();
        self.open().find(|line| {
            !self.meant.contains_key(&line.no)
                && said.label.as_ref() == Some(&line.label)
                && said.kind.is_none_or(|kind| kind == line.kind)
                && (said.site.is_none() || said.site == line.site)
                && !(numbered && good(&line.serial).is_some())
        })
    }

    fn change(&mut self, line: &EquipmentLine, said: &Said, at: usize) -> Result<Fate, Vec<RowFault>> {
        let mut faults = Vec::new();
        let fixed = [
            (Column::Kind, !said.hints && said.kind.is_some_and(|kind| kind != line.kind)),
            (Column::From, said.from.is_some_and(|from| from != line.from)),
            (Column::Entered, said.entered.is_some_and(|entered| entered != line.entered)),
            (Column::Grade, said.state.is_some() && said.state != line.state),
        ];
        faults.extend(
            fixed.iter().filter(|(_, differs)| *differs).map(|&(column, _)| RowFault::Fixed(line.no, column)),
        );
        let label = said.label.clone().filter(|_| !said.hints);
        let new = Description {
            label: label.unwrap_or_else(|| line.label.clone()),
            serial: said.serial.clone().unwrap_or_else(|| line.serial.clone()),
            asset: said.asset.or(line.asset),
            site: said.site.clone().or_else(|| line.site.clone()),
            class: said.class.clone().unwrap_or_else(|| line.class.clone()),
        };
        let mut after = line.clone();
        (after.label, after.serial, after.asset) = (new.label.clone(), new.serial.clone(), new.asset);
        (after.site, after.class) = (new.site.clone(), new.class.clone());
        let described = after != *line;
        after.until = said.until.or(line.until);
        if line.until.is_some() && after != *line {
            faults.push(RowFault::Ended(line.no));
        }
        if after.until.is_some_and(|until| until < line.from) {
            faults.push(RowFault::EndsBefore);
        }
        if new.site != line.site {
            faults.extend(bad_site(new.site.as_ref()));
        }
        if new.serial != line.serial {
            faults.extend(self.bad_serial(&new.serial, Some(line), at));
        }
        let elsewhere =
            self.open().find(|other| other.no != line.no && new.asset.is_some() && other.asset == new.asset);
        if let (Some(other), true) = (elsewhere, new.asset != line.asset) {
            faults.push(RowFault::TwiceInList(other.label.to_string(), other.no));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        if after == *line {
            return Ok(Fate::Same(line.no));
        }
        if described {
            self.changed.push(Amendment::Describe { no: line.no, new: Box::new(new) });
        }
        if let Some(on) = after.until {
            self.changed.push(Amendment::End { no: line.no, on });
        }
        let shown = |line: &EquipmentLine, column| value(super::LANG, line, column).shown(super::LANG);
        let what = Column::ALL.iter().map(|&column| (column, shown(line, column), shown(&after, column)));
        Ok(Fate::Changes(line.no, what.filter(|(_, was, is)| was != is).collect()))
    }

    fn add(&mut self, said: &Said, at: usize) -> Result<Fate, Vec<RowFault>> {
        let mut faults = Vec::new();
        let from = said.from.unwrap_or(self.defaults.from);
        let serial = said.serial.clone().unwrap_or_default();
        let class = said.class.clone().or_else(|| self.defaults.class.clone());
        let missing = [
            (Column::Kind, said.kind.is_none()),
            (Column::Label, said.label.is_none()),
            (Column::Class, class.is_none()),
        ];
        faults.extend(
            missing.iter().filter(|(_, missing)| *missing).map(|&(column, _)| RowFault::Missing(column)),
        );
        faults.extend(bad_site(said.site.as_ref()));
        // What has left the list may stand on another line of it too.
        if said.until.is_none() {
            faults.extend(self.bad_serial(&serial, None, at));
        }
        if said.until.is_some_and(|until| until < from) {
            faults.push(RowFault::EndsBefore);
        }
        let (Some(kind), Some(label), Some(class), true) =
            (said.kind, said.label.clone(), class, faults.is_empty())
        else {
            return Err(faults);
        };
        let new = self.added.iter().filter(|change| matches!(change, Amendment::Add(_))).count();
        let no = u32::try_from(new + 1).unwrap_or(u32::MAX);
        let no = self.old.last().map_or(0, |last| last.no).saturating_add(no);
        let says =
            Description { label: label.clone(), serial, asset: said.asset, site: said.site.clone(), class };
        let entered = said.entered.unwrap_or(self.defaults.entered);
        self.added.push(Amendment::Add(Box::new(NewLine {
            kind,
            says,
            entered,
            from,
            state: said.state.clone(),
        })));
        if let Some(on) = said.until {
            self.added.push(Amendment::End { no, on });
        }
        Ok(Fate::New(no, label))
    }

    /// What is wrong with a serial number that comes in: on `line`, or on a new one.
    fn bad_serial(&mut self, serial: &Serial, line: Option<&EquipmentLine>, at: usize) -> Option<RowFault> {
        let raw = serial.raw()?;
        let shortened = line.and_then(|line| line.serial.raw()).is_some_and(|was| {
            was.starts_with('0') && was.len() != raw.len() && was.trim_start_matches('0') == raw
        });
        if shortened || rounded(raw) {
            return Some(RowFault::Spoilt(Column::Serial, raw.to_owned()));
        }
        let (raw, number) = good(serial)?;
        let mut others = self.open().filter(|other| line.is_none_or(|line| line.no != other.no));
        if let Some(other) =
            others.find(|other| good(&other.serial).is_some_and(|(_, known)| known == number))
        {
            return Some(RowFault::TwiceInList(raw, other.no));
        }
        match self.serials.get(&number) {
            Some(&other) => Some(RowFault::TwiceInFile(raw, other)),
            None => {
                self.serials.insert(number, at);
                None
            }
        }
    }
}

/// A serial number that names one thing, as it is and for comparing.
fn good(serial: &Serial) -> Option<(String, String)> {
    Some((serial.good()?.to_owned(), serial.norm()?))
}

fn bad_site(site: Option<&Text>) -> Option<RowFault> {
    let text = site?.as_str();
    if rounded(text) {
        return Some(RowFault::Spoilt(Column::Site, text.to_owned()));
    }
    text.parse::<Siret>().is_err().then(|| RowFault::NoSiret(text.to_owned()))
}

/// What a spreadsheet makes of a long number: `7,32829E+13`.
fn rounded(text: &str) -> bool {
    let Some((digits, power)) = text.split_once("E+") else { return false };
    let numeric = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    numeric(power) && !digits.is_empty() && digits.split([',', '.']).all(numeric)
}
