//! What the inventory says of a computer, line by line, before anything is installed.

use super::Lang;
use crate::wire::inventory::SectionKind;

/// What is on the sheet: the computer's name, then each section of the inventory. A new section does not compile without its line.
pub fn sheet(lang: Lang) -> Vec<&'static str> {
    let name = lang.pick("Le nom de l’ordinateur", "The computer’s name");
    std::iter::once(name).chain(SectionKind::ALL.iter().filter_map(|kind| section(lang, *kind))).collect()
}

const fn section(lang: Lang, kind: SectionKind) -> Option<&'static str> {
    Some(match kind {
        SectionKind::Machine => lang.pick(
            "Ordinateur\u{a0}: type, fabricant, modèle, numéros de série, identifiant du micrologiciel, numéro d’inventaire",
            "Computer: kind, maker, model, serial numbers, firmware identifier, asset tag",
        ),
        SectionKind::Board => {
            lang.pick("Carte mère\u{a0}: fabricant, modèle, numéro de série", "Main board: maker, model, serial number")
        }
        SectionKind::Bios => {
            lang.pick("Micrologiciel\u{a0}: éditeur, version, date", "Firmware: maker, version, date")
        }
        SectionKind::Cpu => {
            lang.pick("Processeur\u{a0}: modèle, cœurs, fréquence", "Processor: model, cores, clock rate")
        }
        SectionKind::Memory => lang.pick(
            "Mémoire\u{a0}: emplacements, barrettes avec taille, type, référence et numéro de série",
            "Memory: slots, modules with size, type, part and serial number",
        ),
        SectionKind::Disks => lang.pick(
            "Disques\u{a0}: modèle, numéro de série, taille, type",
            "Drives: model, serial number, size, kind",
        ),
        SectionKind::Volumes => lang.pick(
            "Volumes\u{a0}: emplacement, système de fichiers, taille, chiffré ou non",
            "Volumes: place, file system, size, encrypted or not",
        ),
        SectionKind::Displays => lang.pick(
            "Écrans\u{a0}: fabricant, modèle, numéro de série, année, taille",
            "Screens: maker, model, serial number, year, size",
        ),
        SectionKind::Nics => lang.pick(
            "Cartes réseau\u{a0}: adresse matérielle (MAC), type, modèle",
            "Network cards: hardware (MAC) address, kind, model",
        ),
        SectionKind::Os => lang.pick(
            "Système\u{a0}: nom, version, architecture, fin du support",
            "System: name, version, architecture, end of support",
        ),
        SectionKind::Batteries => lang.pick(
            "Batteries\u{a0}: fabricant, modèle, numéro de série, capacité d’origine",
            "Batteries: maker, model, serial number, capacity when new",
        ),
        SectionKind::Security => lang.pick(
            "Sécurité du démarrage\u{a0}: UEFI, démarrage sécurisé, puce TPM",
            "Boot security: UEFI, secure boot, TPM chip",
        ),
        SectionKind::Health => lang.pick(
            "État de santé\u{a0}: place libre, disques (SMART), températures, usure, mises à jour en attente, comme appréciations et valeurs",
            "Health: free space, drives (SMART), temperatures, wear, updates that wait, as grades and values",
        ),
        SectionKind::Printers => lang.pick(
            "Imprimantes\u{a0}: nom, modèle, type de connexion, numéro de série",
            "Printers: name, model, kind of connection, serial number",
        ),
        SectionKind::Usb => lang.pick(
            "Périphériques USB\u{a0}: stations d’accueil, imprimantes, scanners, onduleurs et lecteurs de cartes seulement",
            "USB devices: docks, printers, scanners, UPS and card readers only",
        ),
        SectionKind::Protection => lang.pick(
            "Protection\u{a0}: antivirus et pare-feu, actifs ou non",
            "Protection: antivirus and firewall, on or off",
        ),
        SectionKind::Unknown(_) => return None,
    })
}

/// What is not in it, and how to see it oneself.
pub const fn sheet_end(lang: Lang) -> (&'static str, &'static str) {
    match lang {
        Lang::Fr => (
            "Ni vos fichiers, ni vos mots de passe, ni la liste de vos logiciels, ni ce que vous faites. Pour voir exactement ce qui \
             part\u{a0}:",
            "aval-agent inventory",
        ),
        Lang::En => (
            "Not your files, not your passwords, not the list of your software, not what you do. To see exactly what leaves:",
            "aval-agent inventory",
        ),
    }
}
