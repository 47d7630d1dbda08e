//! What a contract's machines say that its list does not: changes that somebody may propose, never ones that happen by themselves.

use aval_protocol::id::AssetId;
use aval_protocol::text::fleet as text;
use aval_protocol::text::gate::Sentence;
use aval_protocol::wire::equipment::{
    Amendment, Description, Entered, EntryState, EquipmentKind, EquipmentLine, EquipmentList, NewLine,
};
use aval_protocol::wire::inventory::items::{Display, Machine};
use aval_protocol::wire::inventory::{Chassis, Content, Day, Grade, Serial, Text};

use super::effect::date;
use crate::gate::hours::shown_day;

/// A machine as it says it is.
#[derive(Clone, Debug)]
pub struct Seen<'a> {
    /// Which equipment it is.
    pub asset: AssetId,
    /// Its name.
    pub host: &'a str,
    /// What it says, as it was last read in full.
    pub says: &'a [Content],
    /// The day on which it was attached: its notification (2.4).
    pub attached: Day,
    /// It was revoked, or has left.
    pub gone: bool,
}

/// A change that may be proposed, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suggested {
    /// What.
    pub change: Amendment,
    /// Why.
    pub why: Sentence,
}

/// What the machines of a contract say beyond its newest approved list, on a day.
pub fn suggest(list: Option<&EquipmentList>, seen: &[Seen<'_>], today: Day) -> Vec<Suggested> {
    let lines = list.map(|list| list.lines.as_slice()).unwrap_or_default();
    let open = || lines.iter().filter(|line| line.until.is_none());
    let mut all: Vec<Suggested> = Vec::new();
    for (nth, one) in seen.iter().enumerate() {
        let line = open().find(|line| line.asset == Some(one.asset));
        let lives = |other: &Seen<'_>| other.asset == one.asset && !other.gone;
        match (line, one.gone) {
            // Installed anew, it is here under another key.
            (Some(line), true) if !seen.iter().any(lives) => all.push(Suggested {
                change: Amendment::End { no: line.no, on: today },
                why: text::has_left(one.host),
            }),
            (Some(line), false) => all.extend(described(line, one)),
            (None, false) if !seen[..nth].iter().any(lives) => all.push(new(one)),
            _ => {}
        }
    }
    // Who never listed a screen does not want to hear of each.
    if list.is_none() || open().any(|line| line.kind == EquipmentKind::Screen) {
        all.extend(screens(lines, seen));
    }
    all
}

/// The worst verdict among the checks that could be made.
pub fn grade(says: &[Content]) -> Option<Grade> {
    let health = says.iter().find_map(|content| match content {
        Content::Health(health) => Some(health),
        _ => None,
    })?;
    let made = health.checks.iter().map(|check| check.grade);
    made.filter(|grade| matches!(grade, Grade::Good | Grade::Watch | Grade::Failing)).max()
}

/// What a machine says of itself as a whole.
pub fn machine(says: &[Content]) -> Option<&Machine> {
    says.iter().find_map(|content| match content {
        Content::Machine(machine) => Some(machine),
        _ => None,
    })
}

fn kind(machine: Option<&Machine>) -> EquipmentKind {
    match machine.and_then(|machine| machine.chassis) {
        Some(Chassis::Server) => EquipmentKind::Server,
        _ => EquipmentKind::Computer,
    }
}

fn new(one: &Seen<'_>) -> Suggested {
    let machine = machine(one.says);
    let kind = kind(machine);
    let label = text::label(machine.and_then(Machine::called).as_deref(), one.host);
    let says = Description {
        label: named(&label),
        serial: number(machine),
        asset: Some(one.asset),
        site: None,
        class: named(text::class(kind == EquipmentKind::Server)),
    };
    let state = grade(one.says).map(|grade| EntryState { grade, on: one.attached, checks: None });
    let line = NewLine { kind, says, entered: Entered::Notified(one.attached), from: one.attached, state };
    let why = text::unlisted(one.host, shown_day(date(one.attached)));
    Suggested { change: Amendment::Add(Box::new(line)), why }
}

fn described(line: &EquipmentLine, one: &Seen<'_>) -> Option<Suggested> {
    let given = number(machine(one.says));
    let serial = given.raw()?.to_owned();
    if given.norm() == line.serial.norm() {
        return None;
    }
    let EquipmentLine { label, asset, site, class, .. } = line.clone();
    let new = Box::new(Description { label, serial: given, asset, site, class });
    let why = match line.serial.raw() {
        Some(listed) => text::other_serial(one.host, listed, &serial),
        None => text::serial_known(one.host, &serial),
    };
    Some(Suggested { change: Amendment::Describe { no: line.no, new }, why })
}

/// Screens with a number of their own that are on no line.
fn screens(lines: &[EquipmentLine], seen: &[Seen<'_>]) -> Vec<Suggested> {
    let mut found: Vec<(String, Suggested)> = Vec::new();
    for one in seen.iter().filter(|one| !one.gone) {
        let all = one.says.iter().flat_map(|content| match content {
            Content::Displays(all) => all.as_ref(),
            _ => &[] as &[Display],
        });
        for screen in all.filter(|screen| !screen.internal) {
            let Some(sticker) = screen.sticker() else { continue };
            let serial = Serial::new(&sticker);
            let listed = lines.iter().any(|line| line.until.is_none() && line.serial.norm() == serial.norm());
            if listed || found.iter().any(|(known, _)| *known == sticker) {
                continue;
            }
            let label = screen.model.clone().unwrap_or_else(|| screen.vendor.clone());
            let class = named(text::SCREEN_CLASS);
            let says = Description { label, serial, asset: None, site: None, class };
            let (kind, entered) = (EquipmentKind::Screen, Entered::Notified(one.attached));
            let line = NewLine { kind, says, entered, from: one.attached, state: None };
            let change = Amendment::Add(Box::new(line));
            found.push((sticker, Suggested { change, why: text::unlisted_screen(one.host) }));
        }
    }
    found.into_iter().map(|(_, suggested)| suggested).collect()
}

fn number(machine: Option<&Machine>) -> Serial {
    machine.and_then(|machine| machine.serial.good()).map(Serial::new).unwrap_or_default()
}

/// A label in any case: a machine may have a name of nothing but signs that no list holds.
fn named(text: &str) -> Text {
    Text::new(text).unwrap_or_else(Text::dash)
}

#[cfg(test)]
mod tests;
