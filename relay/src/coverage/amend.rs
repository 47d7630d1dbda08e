//! A new version from the one that holds and what is to change. Nothing is ever taken out of a list: what leaves gets a last day, and
//! its number is not used again.

use aval_protocol::id::ContractId;
pub use aval_protocol::wire::equipment::{Amendment, Description, NewLine};
use aval_protocol::wire::equipment::{EquipmentLine, EquipmentList, MAX_LINES};
use aval_protocol::wire::inventory::Day;

/// An amendment that makes no list.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadAmendment {
    /// No such line, or it has ended.
    #[error("there is no line {0} that still covers: read the list again")]
    NoLine(u32),
    /// It would end before it began.
    #[error("line {0} begins on {1}: it can't end before")]
    EndsBefore(u32, Day),
    /// A second line for one thing.
    #[error("{0} is on line {1} already: describe that line otherwise, or end it")]
    Twice(String, u32),
    /// Nothing would change.
    #[error("nothing changes: the list that holds says all this already")]
    Nothing,
    /// Too many lines.
    #[error("a list has at most {MAX_LINES} lines: make a contract for each establishment")]
    TooMany,
    /// The day lies before the one from which the present list holds.
    #[error("the list that holds is of {0}: the next one can't hold from an earlier day")]
    Earlier(Day),
}

/// The next version: `before` with these changes, to hold `from` that day.
///
/// # Errors
/// [`BadAmendment`].
pub fn amend(
    contract: &ContractId,
    before: Option<&EquipmentList>,
    from: Day,
    changes: &[Amendment],
) -> Result<EquipmentList, BadAmendment> {
    if let Some(before) = before.filter(|before| from < before.from) {
        return Err(BadAmendment::Earlier(before.from));
    }
    let old = before.map(|list| list.lines.as_slice()).unwrap_or_default();
    let mut lines = old.to_vec();
    for change in changes {
        apply(&mut lines, change)?;
    }
    if lines == old {
        return Err(BadAmendment::Nothing);
    }
    if lines.len() > MAX_LINES {
        return Err(BadAmendment::TooMany);
    }
    Ok(EquipmentList {
        contract: contract.clone(),
        version: before.map_or(1, |list| list.version.saturating_add(1)),
        before: before.map(EquipmentList::hash),
        from,
        lines,
    })
}

fn apply(lines: &mut Vec<EquipmentLine>, change: &Amendment) -> Result<(), BadAmendment> {
    match change {
        Amendment::Add(new) => {
            once(lines, &new.says, None)?;
            let no = lines.last().map_or(1, |last| last.no.saturating_add(1));
            let Description { label, serial, asset, site, class } = new.says.clone();
            let NewLine { kind, entered, from, state, .. } = new.as_ref().clone();
            lines.push(EquipmentLine {
                no,
                kind,
                label,
                serial,
                asset,
                site,
                class,
                entered,
                from,
                state,
                until: None,
            });
        }
        Amendment::End { no, on } => {
            let line = open(lines, *no)?;
            if *on < line.from {
                return Err(BadAmendment::EndsBefore(*no, line.from));
            }
            line.until = Some(*on);
        }
        Amendment::Describe { no, new } => {
            once(lines, new, Some(*no))?;
            let line = open(lines, *no)?;
            let Description { label, serial, asset, site, class } = new.as_ref().clone();
            (line.label, line.serial, line.asset, line.site, line.class) =
                (label, serial, asset, site, class);
        }
    }
    Ok(())
}

fn open(lines: &mut [EquipmentLine], no: u32) -> Result<&mut EquipmentLine, BadAmendment> {
    let line = lines.iter_mut().find(|line| line.no == no && line.until.is_none());
    line.ok_or(BadAmendment::NoLine(no))
}

/// One thing is on one line: by what it is in the record, and by a serial number that names it.
fn once(lines: &[EquipmentLine], says: &Description, but: Option<u32>) -> Result<(), BadAmendment> {
    let others = || lines.iter().filter(|line| line.until.is_none() && Some(line.no) != but);
    let number = says.serial.good().and_then(|_| says.serial.norm());
    let same = |line: &&EquipmentLine| {
        let linked = says.asset.is_some() && line.asset == says.asset;
        // Two makers may count alike: without the label a number alone is not enough, with it it is.
        let numbered = number.is_some() && line.serial.norm() == number && line.label == says.label;
        linked || numbered
    };
    match others().find(same) {
        Some(line) => Err(BadAmendment::Twice(line.label.to_string(), line.no)),
        None => Ok(()),
    }
}
