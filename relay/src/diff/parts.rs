//! Each section's rule: what makes two parts the same one, and what of a part is noise.

use aval_protocol::wire::inventory::Content;
use aval_protocol::wire::inventory::items::{
    Battery, Cpu, Disk, Display, Machine, Memory, Module, Os, Security, Volume,
};
use aval_protocol::wire::inventory::values::{Serial, Text};

use super::{Change, Confidence, Effect, Field, Part, What};

/// Sections of one kind.
pub(super) fn content(old: &Content, new: &Content) -> Vec<Change> {
    let section = new.kind();
    let found = match (old, new) {
        (Content::Machine(old), Content::Machine(new)) => machine(old, new),
        (Content::Board(old), Content::Board(new)) => {
            altered(Field::BoardSerial, old.serial.good(), new.serial.good(), Effect::Identity)
                .into_iter()
                .collect()
        }
        (Content::Cpu(old), Content::Cpu(new)) => cpus(old, new),
        (Content::Memory(old), Content::Memory(new)) => memory(old, new),
        (Content::Disks(old), Content::Disks(new)) => disks(old, new),
        (Content::Displays(old), Content::Displays(new)) => screens(old, new),
        (Content::Batteries(old), Content::Batteries(new)) => batteries(old, new),
        (Content::Os(old), Content::Os(new)) => system(old, new),
        (Content::Volumes(old), Content::Volumes(new)) => volumes(old, new),
        (Content::Security(old), Content::Security(new)) => security(old, new),
        // Firmware versions and network cards change with updates and docks.
        _ => Vec::new(),
    };
    found.into_iter().map(|(what, confidence, effect)| Change { section, what, confidence, effect }).collect()
}

type Found = (What, Confidence, Effect);

fn machine(old: &Machine, new: &Machine) -> Vec<Found> {
    let chassis = |of: &Machine| of.chassis.map(|kind| kind.to_string());
    [
        altered(Field::Chassis, chassis(old), chassis(new), Effect::Line),
        altered(Field::Model, old.called(), new.called(), Effect::Identity),
        altered(Field::SystemSerial, old.serial.good(), new.serial.good(), Effect::Identity),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn cpus(old: &[Cpu], new: &[Cpu]) -> Vec<Found> {
    let same = |cpu: &Cpu| cpu.model.clone();
    replaced(pick(old, new, same), Part::Cpu, |_| Confidence::Likely, Effect::Description)
}

fn memory(old: &Memory, new: &Memory) -> Vec<Found> {
    let total =
        |of: &Memory| of.modules.iter().fold(0_u64, |sum, module| sum.saturating_add(module.size_mib));
    let same = |module: &Module| {
        (module.size_mib, module.kind.clone(), module.part.clone(), module.serial.good().map(str::to_owned))
    };
    let sure = |module: &Module| by_number(&module.serial);
    let mut found = replaced(pick(&old.modules, &new.modules, same), Part::Module, sure, Effect::Description);
    let totals = [total(old), total(new)].map(|mib| (mib > 0).then(|| mib.to_string()));
    let [before, after] = totals;
    found.extend(altered(Field::Memory, before, after, Effect::Description));
    found
}

fn disks(old: &[Disk], new: &[Disk]) -> Vec<Found> {
    let same = |disk: &Disk| match (&disk.wwn, disk.serial.good()) {
        (Some(wwn), _) => wwn.to_string(),
        (None, Some(serial)) => format!("{:?} {serial}", disk.model),
        (None, None) => format!("{:?} {}", disk.model, disk.size),
    };
    let sure = |disk: &Disk| if disk.wwn.is_some() { Confidence::Sure } else { by_number(&disk.serial) };
    replaced(pick(old, new, same), Part::Disk, sure, Effect::Description)
}

fn batteries(old: &[Battery], new: &[Battery]) -> Vec<Found> {
    let same = |one: &Battery| (one.vendor.clone(), one.model.clone(), one.serial.good().map(str::to_owned));
    replaced(pick(old, new, same), Part::Battery, |one| by_number(&one.serial), Effect::Description)
}

/// A screen is a piece of equipment of its own; the one in a laptop's lid is part of the laptop.
fn screens(old: &[Display], new: &[Display]) -> Vec<Found> {
    let same = |one: &Display| {
        let number = one.serial.good().map(str::to_owned);
        (one.vendor.clone(), one.product, one.number, number, one.year, one.week)
    };
    let (gone, come) = pick(old, new, same);
    let effect = |one: &Display| if one.internal { Effect::Description } else { Effect::Line };
    let sure = |one: &Display| match one.sticker() {
        Some(_) => Confidence::Sure,
        None => Confidence::Likely,
    };
    let went = gone.into_iter().map(|one| (sure(&one), effect(&one), What::Removed(Part::Screen(one))));
    let came = come.into_iter().map(|one| (sure(&one), effect(&one), What::Added(Part::Screen(one))));
    went.chain(came).map(|(sure, effect, what)| (what, sure, effect)).collect()
}

fn system(old: &Os, new: &Os) -> Vec<Found> {
    let name = |os: &Os| {
        let parts = [os.id.as_ref().or(os.name.as_ref()), os.version.as_ref()];
        let name = parts.into_iter().flatten().map(Text::as_str).collect::<Vec<_>>().join(" ");
        (!name.is_empty()).then_some(name)
    };
    altered(Field::Os, name(old), name(new), Effect::None).into_iter().collect()
}

fn volumes(old: &[Volume], new: &[Volume]) -> Vec<Found> {
    let system = |all: &[Volume]| {
        let root = all.iter().find(|one| matches!(one.place.as_ref().map(Text::as_str), Some("/" | "C:")));
        root.and_then(|one| one.encrypted)
    };
    altered(Field::Encryption, yes(system(old)), yes(system(new)), Effect::None).into_iter().collect()
}

fn security(old: &Security, new: &Security) -> Vec<Found> {
    let found = [
        altered(Field::SecureBoot, yes(old.secure_boot), yes(new.secure_boot), Effect::None),
        altered(Field::Tpm, yes(old.tpm), yes(new.tpm), Effect::None),
    ];
    found.into_iter().flatten().collect()
}

/// Only a value that was known and is known says that something changed.
fn altered(
    field: Field,
    old: Option<impl Into<String>>,
    new: Option<impl Into<String>>,
    effect: Effect,
) -> Option<Found> {
    let (old, new) = (old?.into(), new?.into());
    (old != new).then_some((What::Altered { field, old, new }, Confidence::Sure, effect))
}

fn yes(of: Option<bool>) -> Option<&'static str> {
    of.map(|yes| if yes { "yes" } else { "no" })
}

fn by_number(serial: &Serial) -> Confidence {
    if serial.good().is_some() { Confidence::Sure } else { Confidence::Likely }
}

/// What only the one has, and what only the other: each counted as often as it is there.
fn pick<T: Clone, K: PartialEq>(old: &[T], new: &[T], key: impl Fn(&T) -> K) -> (Vec<T>, Vec<T>) {
    let mut come: Vec<T> = new.to_vec();
    let mut gone = Vec::new();
    for one in old {
        match come.iter().position(|other| key(other) == key(one)) {
            Some(at) => drop(come.remove(at)),
            None => gone.push(one.clone()),
        }
    }
    (gone, come)
}

/// Pairs what went with what came, one to one; what is over was added or removed.
fn replaced<T>(
    (gone, come): (Vec<T>, Vec<T>),
    part: impl Fn(T) -> Part,
    sure: impl Fn(&T) -> Confidence,
    effect: Effect,
) -> Vec<Found> {
    let mut come = come.into_iter();
    let mut found = Vec::new();
    for old in gone {
        let (what, confidence) = match come.next() {
            Some(new) => {
                let confidence = sure(&old).min(sure(&new));
                (What::Replaced { old: part(old), new: part(new) }, confidence)
            }
            None => {
                let confidence = sure(&old);
                (What::Removed(part(old)), confidence)
            }
        };
        found.push((what, confidence, effect));
    }
    found.extend(come.map(|new| {
        let confidence = sure(&new);
        (What::Added(part(new)), confidence, effect)
    }));
    found
}
