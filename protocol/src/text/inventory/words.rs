//! Names of sections, states and kinds, and sizes as people write them.

use super::super::Lang;
use crate::wire::inventory::junk::JunkRule;
use crate::wire::inventory::values::{Quality, Serial};
use crate::wire::inventory::{Bus, Chassis, Day, Media, NicKind, PrinterPort, SectionKind, Status, UsbKind};

const MIB_PER_GIB: u64 = 1024;

/// A section's title.
pub const fn kind(lang: Lang, kind: SectionKind) -> &'static str {
    match kind {
        SectionKind::Machine => lang.pick("Ordinateur", "Computer"),
        SectionKind::Board => lang.pick("Carte mère", "Main board"),
        SectionKind::Bios => lang.pick("Micrologiciel (BIOS)", "Firmware (BIOS)"),
        SectionKind::Cpu => lang.pick("Processeur", "Processor"),
        SectionKind::Memory => lang.pick("Mémoire", "Memory"),
        SectionKind::Disks => lang.pick("Disques", "Drives"),
        SectionKind::Volumes => lang.pick("Volumes", "Volumes"),
        SectionKind::Displays => lang.pick("Écrans", "Screens"),
        SectionKind::Nics => lang.pick("Cartes réseau", "Network cards"),
        SectionKind::Os => lang.pick("Système", "System"),
        SectionKind::Batteries => lang.pick("Batteries", "Batteries"),
        SectionKind::Security => lang.pick("Sécurité du démarrage", "Boot security"),
        SectionKind::Health => lang.pick("État de santé", "Health"),
        SectionKind::Printers => lang.pick("Imprimantes", "Printers"),
        SectionKind::Usb => lang.pick("Périphériques USB", "USB devices"),
        SectionKind::Protection => lang.pick("Protection", "Protection"),
        SectionKind::Unknown(_) => {
            lang.pick("Section d’une version plus récente", "Section of a newer version")
        }
    }
}

/// How reading went.
pub(super) const fn status(lang: Lang, status: Status) -> &'static str {
    match status {
        Status::Collected => lang.pick("relevé complet", "read in full"),
        Status::NoPrivilege => lang.pick(
            "relevé partiel\u{a0}: le reste n’est lisible que par root",
            "read in part: only root can read the rest",
        ),
        Status::TimedOut => lang.pick("n’a pas répondu à temps", "did not answer in time"),
        Status::Unsupported => lang.pick("non mesurable", "not measurable"),
        Status::Denied => lang.pick("refusé par le client", "denied by the client"),
        Status::Error => lang.pick("illisible", "unreadable"),
        Status::Unknown(_) => lang.pick("état d’une version plus récente", "state of a newer version"),
    }
}

/// A body of a newer schema.
pub(super) const fn newer(lang: Lang) -> &'static str {
    lang.pick("relevé par une version plus récente", "read by a newer version")
}

/// Above values of an older reading.
pub(super) const fn last_whole(lang: Lang) -> &'static str {
    lang.pick("Dernier relevé complet", "Last complete reading")
}

/// A section that was read in full and holds nothing.
pub(super) const fn nothing(lang: Lang, kind: SectionKind) -> &'static str {
    match kind {
        SectionKind::Batteries | SectionKind::Nics | SectionKind::Printers => lang.pick("aucune", "none"),
        SectionKind::Disks | SectionKind::Volumes | SectionKind::Displays | SectionKind::Usb => {
            lang.pick("aucun", "none")
        }
        SectionKind::Protection => lang.pick("aucun produit connu", "no known product"),
        _ => lang.pick("rien à dire", "nothing to tell"),
    }
}

pub(super) const fn chassis(lang: Lang, chassis: Chassis) -> &'static str {
    match chassis {
        Chassis::Desktop => lang.pick("ordinateur de bureau", "desktop"),
        Chassis::Laptop => lang.pick("ordinateur portable", "laptop"),
        Chassis::Server => lang.pick("serveur", "server"),
        Chassis::AllInOne => lang.pick("tout-en-un", "all-in-one"),
        Chassis::Mini => lang.pick("mini-PC", "mini PC"),
        Chassis::Tablet => lang.pick("tablette", "tablet"),
        Chassis::Virtual => lang.pick("machine virtuelle", "virtual machine"),
        Chassis::Unknown(_) => lang.pick("autre", "other"),
    }
}

pub(super) const fn bus(lang: Lang, bus: Bus) -> &'static str {
    match bus {
        Bus::Ata => "SATA",
        Bus::Nvme => "NVMe",
        Bus::Scsi => "SCSI",
        Bus::Mmc => "eMMC",
        Bus::Virtual => lang.pick("virtuel", "virtual"),
        Bus::Unknown(_) => lang.pick("autre", "other"),
    }
}

pub(super) const fn media(lang: Lang, media: Media) -> Option<&'static str> {
    match media {
        Media::Hdd => Some(lang.pick("disque dur", "hard disk")),
        Media::Ssd => Some("SSD"),
        Media::Virtual | Media::Unknown(_) => None,
    }
}

pub(super) const fn nic(lang: Lang, kind: NicKind) -> &'static str {
    match kind {
        NicKind::Ethernet => "Ethernet",
        NicKind::Wifi => lang.pick("Wi-Fi", "Wi-Fi"),
        NicKind::Mobile => lang.pick("réseau mobile", "mobile network"),
        NicKind::Unknown(_) => lang.pick("autre", "other"),
    }
}

pub(super) const fn port(lang: Lang, port: PrinterPort) -> &'static str {
    match port {
        PrinterPort::Usb => "USB",
        PrinterPort::Network => lang.pick("réseau", "network"),
        PrinterPort::Shared => lang.pick("partagée par un autre ordinateur", "shared by another computer"),
        PrinterPort::Other | PrinterPort::Unknown(_) => lang.pick("autre connexion", "other connection"),
    }
}

pub(super) const fn usb(lang: Lang, kind: UsbKind) -> &'static str {
    match kind {
        UsbKind::Dock => lang.pick("Station d’accueil", "Dock"),
        UsbKind::Printer => lang.pick("Imprimante", "Printer"),
        UsbKind::Scanner => lang.pick("Scanner", "Scanner"),
        UsbKind::Ups => lang.pick("Onduleur", "UPS"),
        UsbKind::Token => lang.pick("Lecteur de cartes ou clé de sécurité", "Card reader or security key"),
        UsbKind::Unknown(_) => lang.pick("Autre", "Other"),
    }
}

/// A serial number, and whether it identifies anything.
pub(super) fn serial(lang: Lang, serial: &Serial) -> Option<String> {
    let raw = serial.raw()?;
    let useless = match serial.quality() {
        Quality::Good | Quality::Missing => return Some(raw.to_owned()),
        Quality::Junk(JunkRule::Placeholder) => {
            lang.pick("valeur d’usine, n’identifie rien", "factory value, identifies nothing")
        }
        Quality::Junk(_) => lang.pick("valeur commune, n’identifie rien", "shared value, identifies nothing"),
    };
    Some(format!("{raw} ({useless})"))
}

/// A serial number inside a list of properties.
pub(super) fn numbered(lang: Lang, of: &Serial) -> Option<String> {
    serial(lang, of).map(|text| format!("{}\u{a0}{text}", lang.pick("n°", "no.")))
}

/// A day, as people write it.
pub(super) fn day(lang: Lang, at: Day) -> String {
    let (year, month, day) = at.parts();
    match lang {
        Lang::Fr => format!("{day:02}/{month:02}/{year}"),
        Lang::En => at.to_string(),
    }
}

/// A size in binary units, as memory is sold: `8 Gio`, `15,5 Gio`, `512 Mio`.
pub fn size(lang: Lang, mib: u64) -> String {
    if mib < MIB_PER_GIB {
        return format!("{mib}\u{a0}{}", lang.pick("Mio", "MiB"));
    }
    decimal(lang, mib.saturating_mul(10) / MIB_PER_GIB, lang.pick("Gio", "GiB"))
}

/// A size in decimal units, as drives are sold: `256 Go`, `1 To`.
pub(super) fn sold(lang: Lang, bytes: u64) -> String {
    const GB: u64 = 1_000_000_000;
    match bytes / GB {
        0 => format!("{}\u{a0}{}", bytes / 1_000_000, lang.pick("Mo", "MB")),
        gb @ 1..=999 => format!("{gb}\u{a0}{}", lang.pick("Go", "GB")),
        _ => decimal(lang, bytes / (100 * GB), lang.pick("To", "TB")),
    }
}

fn decimal(lang: Lang, tenths: u64, unit: &str) -> String {
    match (tenths % 10, lang) {
        (0, _) => format!("{}\u{a0}{unit}", tenths / 10),
        (rest, Lang::Fr) => format!("{},{rest}\u{a0}{unit}", tenths / 10),
        (rest, Lang::En) => format!("{}.{rest}\u{a0}{unit}", tenths / 10),
    }
}
