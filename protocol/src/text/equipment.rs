//! The covered-equipment list as people read it: names of its columns and of what stands in them. The annex that two people sign, and
//! what becomes of a file's lines, have files of their own.

pub mod annex;
pub mod import;
pub mod quote;

use super::Lang;
use super::gate::Sentence;
use crate::wire::equipment::{Entered, EquipmentKind};
use crate::wire::inventory::Day;

/// What a line says, as a column.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Column {
    /// The line's number.
    No,
    /// What kind of thing.
    Kind,
    /// What people call it.
    Label,
    /// Serial number.
    Serial,
    /// The establishment.
    Site,
    /// What it is priced as.
    Class,
    /// First day covered.
    From,
    /// First day no longer covered.
    Until,
    /// How it came in.
    Entered,
    /// The day that goes with it.
    EnteredOn,
    /// State when it came in.
    Grade,
    /// The day of that state.
    GradedOn,
    /// Hash of the checks it rests on.
    Checks,
    /// What it is in the record.
    Asset,
}

impl Column {
    /// Every column, in the order in which they are written.
    pub const ALL: [Self; 14] = [
        Self::No,
        Self::Kind,
        Self::Label,
        Self::Serial,
        Self::Site,
        Self::Class,
        Self::From,
        Self::Until,
        Self::Entered,
        Self::EnteredOn,
        Self::Grade,
        Self::GradedOn,
        Self::Checks,
        Self::Asset,
    ];

    /// Its name.
    pub const fn name(self, lang: Lang) -> &'static str {
        match self {
            Self::No => lang.pick("n°", "no."),
            Self::Kind => lang.pick("type", "kind"),
            Self::Label => lang.pick("libellé", "label"),
            Self::Serial => lang.pick("numéro de série", "serial number"),
            Self::Site => lang.pick("établissement (SIRET)", "establishment (SIRET)"),
            Self::Class => lang.pick("classe de prix", "price class"),
            Self::From => lang.pick("couvert à partir du", "covered from"),
            Self::Until => lang.pick("plus couvert à partir du", "no longer covered from"),
            Self::Entered => lang.pick("entrée", "entry"),
            Self::EnteredOn => lang.pick("entrée le", "entry on"),
            Self::Grade => lang.pick("état d’entrée", "entry state"),
            Self::GradedOn => lang.pick("état constaté le", "state seen on"),
            Self::Checks => lang.pick("empreinte des contrôles", "hash of checks"),
            Self::Asset => lang.pick("identifiant", "asset"),
        }
    }

    /// Its name within a sentence.
    pub fn named(self) -> Sentence {
        Sentence { fr: self.name(Lang::Fr).to_owned(), en: self.name(Lang::En).to_owned() }
    }
}

/// A kind of equipment.
pub const fn kind(lang: Lang, kind: EquipmentKind) -> &'static str {
    match kind {
        EquipmentKind::Computer => lang.pick("ordinateur", "computer"),
        EquipmentKind::Server => lang.pick("serveur", "server"),
        EquipmentKind::Screen => lang.pick("écran", "screen"),
        EquipmentKind::Printer => lang.pick("imprimante", "printer"),
        EquipmentKind::Network => lang.pick("réseau", "network"),
        EquipmentKind::Storage => lang.pick("stockage", "storage"),
        EquipmentKind::Power => lang.pick("onduleur", "power supply"),
        EquipmentKind::Phone => lang.pick("téléphone", "phone"),
        EquipmentKind::Other | EquipmentKind::Unknown(_) => lang.pick("autre", "other"),
    }
}

/// How a line came in.
pub const fn entered(lang: Lang, entered: Entered) -> &'static str {
    match entered {
        Entered::Agreed => lang.pick("convenu", "agreed"),
        Entered::Notified(_) => lang.pick("notifié", "notified"),
        Entered::Seen(_) => lang.pick("vu", "seen"),
    }
}

/// A day: `12/03/2026`, `2026-03-12`.
pub fn date(lang: Lang, day: Day) -> String {
    let (year, month, of) = day.parts();
    match lang {
        Lang::Fr => format!("{of:02}/{month:02}/{year}"),
        Lang::En => day.to_string(),
    }
}

fn both(fr: impl Into<String>, en: impl Into<String>) -> Sentence {
    Sentence { fr: fr.into(), en: en.into() }
}

#[cfg(test)]
mod tests;
