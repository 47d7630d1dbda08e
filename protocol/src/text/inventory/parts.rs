//! Each section's lines.

use std::fmt::Display as Shown;

use super::super::Lang;
use super::words::{self, numbered};
use super::{Both, Row, attached, health};
use crate::wire::inventory::items::{
    Battery, Bios, Board, Cpu, Disk, Display, Machine, Memory, Module, Nic, Os,
};
use crate::wire::inventory::items::{Security, Volume};
use crate::wire::inventory::values::Serial;
use crate::wire::inventory::{Content, Status, Text};

/// Lines in the making: what the machine does not give has none.
#[derive(Default)]
struct Rows(Vec<Row>);

/// The lines of a section's content, which is not all where `status` says so.
pub(super) fn rows(content: &Content, status: Status) -> Vec<Row> {
    let mut rows = Rows::default();
    match content {
        Content::Machine(machine) => machine_rows(&mut rows, machine),
        Content::Board(board) => board_rows(&mut rows, board),
        Content::Bios(bios) => bios_rows(&mut rows, bios),
        Content::Cpu(cpus) => rows.each(cpus, ("Processeur", "Processor"), |cpu| cpu.socket.as_ref(), cpu),
        Content::Memory(memory) => memory_rows(&mut rows, memory, status),
        Content::Disks(disks) => rows.each(disks, ("Disque", "Drive"), |_| None, disk),
        Content::Volumes(volumes) => {
            rows.each(volumes, ("Volume", "Volume"), |volume| volume.place.as_ref(), volume);
        }
        Content::Displays(screens) => rows.each(screens, ("Écran", "Screen"), |_| None, screen),
        Content::Nics(nics) => rows.each(nics, ("Carte", "Card"), |_| None, nic),
        Content::Os(os) => os_rows(&mut rows, os),
        Content::Batteries(all) => rows.each(all, ("Batterie", "Battery"), |_| None, battery),
        Content::Security(security) => security_rows(&mut rows, security),
        Content::Health(of) => rows.0.extend(of.checks.iter().map(health::row)),
        Content::Printers(all) => {
            rows.each(all, ("Imprimante", "Printer"), |printer| Some(&printer.name), attached::printer);
        }
        Content::Usb(all) => {
            for device in &**all {
                let (fr, en) = (words::usb(Lang::Fr, device.kind), words::usb(Lang::En, device.kind));
                rows.push(fr, en, Some(Both::by(|lang| attached::usb(lang, device))));
            }
        }
        Content::Protection(protection) => {
            rows.each(&protection.antivirus, ("Antivirus", "Antivirus"), |_| None, attached::guard);
            rows.each(&protection.firewalls, ("Pare-feu", "Firewall"), |_| None, attached::guard);
        }
    }
    rows.0
}

// === impl Rows

impl Rows {
    fn push(&mut self, fr: &str, en: &str, value: Option<Both>) {
        let label = Both { fr: fr.to_owned(), en: en.to_owned() };
        self.0.extend(value.map(|value| Row { label, value, grade: None }));
    }

    fn same<T: Shown>(&mut self, fr: &str, en: &str, value: Option<T>) {
        self.push(fr, en, value.map(|value| Both::same(&value)));
    }

    fn serial(&mut self, fr: &str, en: &str, value: &Serial) {
        self.push(
            fr,
            en,
            value.raw().map(|_| Both::by(|lang| words::serial(lang, value).unwrap_or_default())),
        );
    }

    fn yes(&mut self, fr: &str, en: &str, value: Option<bool>) {
        self.push(fr, en, value.map(|yes| Both::by(|lang| yes_no(lang, yes))));
    }

    /// A line for each item: named by its place, else numbered where there are several.
    fn each<T>(
        &mut self,
        items: &[T],
        (fr, en): (&str, &str),
        name: impl Fn(&T) -> Option<&Text>,
        value: impl Fn(Lang, &T) -> String,
    ) {
        for (at, item) in items.iter().enumerate() {
            let suffix = match name(item) {
                Some(name) => format!("\u{a0}{name}"),
                None if items.len() > 1 => format!("\u{a0}{}", at + 1),
                None => String::new(),
            };
            let shown = Both::by(|lang| value(lang, item));
            self.push(&format!("{fr}{suffix}"), &format!("{en}{suffix}"), Some(shown));
        }
    }
}

fn machine_rows(rows: &mut Rows, machine: &Machine) {
    rows.push("Type", "Type", machine.chassis.map(|kind| Both::by(|lang| words::chassis(lang, kind))));
    rows.same("Fabricant", "Maker", machine.vendor.as_ref());
    rows.same("Modèle", "Model", machine.model.as_ref());
    rows.same("Référence", "Order number", machine.sku.as_ref());
    rows.same("Gamme", "Family", machine.family.as_ref());
    rows.serial("Numéro de série", "Serial number", &machine.serial);
    rows.same("UUID", "UUID", machine.uuid);
    if machine.chassis_serial != machine.serial {
        rows.serial("Numéro de série du châssis", "Serial number of the case", &machine.chassis_serial);
    }
    rows.same("Étiquette d’inventaire", "Asset tag", machine.asset_tag.good());
}

fn board_rows(rows: &mut Rows, board: &Board) {
    rows.same("Fabricant", "Maker", board.vendor.as_ref());
    rows.same("Modèle", "Model", board.model.as_ref());
    rows.same("Révision", "Revision", board.version.as_ref());
    rows.serial("Numéro de série", "Serial number", &board.serial);
}

fn bios_rows(rows: &mut Rows, bios: &Bios) {
    rows.same("Fabricant", "Maker", bios.vendor.as_ref());
    rows.same("Version", "Version", bios.version.as_ref());
    rows.push("Date", "Date", bios.date.map(|at| Both::by(|lang| words::day(lang, at))));
}

/// A processor in a line.
pub fn cpu(lang: Lang, cpu: &Cpu) -> String {
    let count =
        |n: Option<u16>, one, many| n.map(|n| format!("{n}\u{a0}{}", if n == 1 { one } else { many }));
    joined([
        cpu.model.as_ref().map(ToString::to_string),
        count(cpu.cores, lang.pick("cœur", "core"), lang.pick("cœurs", "cores")),
        count(cpu.threads, "thread", "threads"),
        cpu.max_mhz.map(|mhz| format!("{mhz}\u{a0}MHz")),
    ])
}

fn memory_rows(rows: &mut Rows, memory: &Memory, status: Status) {
    let total = memory.modules.iter().fold(0, |sum: u64, module| sum.saturating_add(module.size_mib));
    if status == Status::Collected && total > 0 {
        rows.push("Total", "Total", Some(Both::by(|lang| words::size(lang, total))));
    }
    rows.push(
        "Emplacements",
        "Sockets",
        memory.slots.map(|slots| {
            let used = memory.modules.len();
            Both::by(|lang| format!("{slots}{}{used}", lang.pick(", dont occupés\u{a0}: ", ", in use: ")))
        }),
    );
    rows.push("Maximum", "Maximum", memory.max_mib.map(|mib| Both::by(|lang| words::size(lang, mib))));
    rows.each(&memory.modules, ("Barrette", "Module"), |module| module.slot.as_ref(), module);
}

/// A memory module in a line.
pub fn module(lang: Lang, module: &Module) -> String {
    let size = words::size(lang, module.size_mib);
    let first = module.kind.as_ref().map_or(size.clone(), |kind| format!("{size} {kind}"));
    joined([
        Some(first),
        module.speed_mts.map(|rate| format!("{rate}\u{a0}MT/s")),
        module.vendor.as_ref().map(ToString::to_string),
        module.part.as_ref().map(ToString::to_string),
        numbered(lang, &module.serial),
    ])
}

/// A drive in a line.
pub fn disk(lang: Lang, disk: &Disk) -> String {
    let kind = disk.bus.filter(|_| disk.size > 0).map(|bus| words::bus(lang, bus).to_owned());
    joined([
        disk.model.as_ref().map(ToString::to_string),
        Some(words::sold(lang, disk.size)),
        kind,
        disk.media.and_then(|media| words::media(lang, media)).map(str::to_owned),
        numbered(lang, &disk.serial),
        disk.firmware
            .as_ref()
            .map(|version| format!("{}\u{a0}{version}", lang.pick("micrologiciel", "firmware"))),
    ])
}

fn volume(lang: Lang, volume: &Volume) -> String {
    joined([
        Some(words::size(lang, volume.size_mib)),
        volume.fs.as_ref().map(ToString::to_string),
        volume.encrypted.map(|yes| match yes {
            true => lang.pick("chiffré", "encrypted").to_owned(),
            false => lang.pick("non chiffré", "not encrypted").to_owned(),
        }),
    ])
}

/// A screen in a line.
pub fn screen(lang: Lang, screen: &Display) -> String {
    let named = match &screen.model {
        Some(model) => model.to_string(),
        None => format!("{} {:04X}", screen.vendor, screen.product),
    };
    let size = (screen.width_cm > 0)
        .then(|| format!("{}\u{a0}×\u{a0}{}\u{a0}cm", screen.width_cm, screen.height_cm));
    let number = match screen.sticker() {
        Some(number) => format!("{}\u{a0}{number}", lang.pick("n°", "no.")),
        None => lang.pick("sans numéro de série", "without serial number").to_owned(),
    };
    joined([
        Some(named),
        size,
        screen.year.map(|year| year.to_string()),
        screen.internal.then(|| lang.pick("intégré", "built in").to_owned()),
        (!screen.internal).then_some(number),
    ])
}

fn nic(lang: Lang, nic: &Nic) -> String {
    joined([
        Some(words::nic(lang, nic.kind).to_owned()),
        Some(nic.mac.map_or_else(
            || lang.pick("adresse d’origine inconnue", "original address unknown").to_owned(),
            |mac| mac.to_string(),
        )),
        nic.driver.as_ref().map(ToString::to_string),
        nic.model.as_ref().map(ToString::to_string),
    ])
}

fn os_rows(rows: &mut Rows, os: &Os) {
    rows.same("Nom", "Name", os.name.as_ref());
    rows.same("Version", "Version", os.version.as_ref());
    rows.same("Architecture", "Architecture", os.arch.as_ref());
    let day = |at| Both::by(|lang| words::day(lang, at));
    rows.push("Fin du support", "End of support", os.support_end.map(day));
    rows.push("Fin du support prolongé", "End of extended support", os.extended_end.map(day));
}

/// A battery in a line.
pub fn battery(lang: Lang, battery: &Battery) -> String {
    joined([
        battery.vendor.as_ref().map(ToString::to_string),
        battery.model.as_ref().map(ToString::to_string),
        battery.chemistry.as_ref().map(ToString::to_string),
        battery.design_mwh.map(|mwh| format!("{}\u{a0}Wh", mwh / 1000)),
        numbered(lang, &battery.serial),
    ])
}

fn security_rows(rows: &mut Rows, security: &Security) {
    rows.yes("Démarrage UEFI", "UEFI boot", security.uefi);
    rows.yes("Démarrage sécurisé", "Secure boot", security.secure_boot);
    rows.push(
        "TPM",
        "TPM",
        security.tpm.map(|there| {
            Both::by(|lang| match (&security.tpm_version, there) {
                (Some(version), true) => version.to_string(),
                _ => yes_no(lang, there).to_owned(),
            })
        }),
    );
}

const fn yes_no(lang: Lang, yes: bool) -> &'static str {
    if yes { lang.pick("oui", "yes") } else { lang.pick("non", "no") }
}

pub(super) fn joined<const N: usize>(parts: [Option<String>; N]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
