//! Verdicts on a machine's state, each with what it was judged by.

use super::super::Lang;
use super::{Both, Row, words};
use crate::wire::inventory::items::Check;
use crate::wire::inventory::{CheckKind, Grade};

/// A verdict.
pub(super) const fn grade(lang: Lang, grade: Grade) -> &'static str {
    match grade {
        Grade::Good => lang.pick("bon", "good"),
        Grade::Watch => lang.pick("à surveiller", "to be watched"),
        Grade::Failing => lang.pick("défaillant", "failing"),
        Grade::NotMeasurable | Grade::Unknown(_) => lang.pick("non mesurable", "not measurable"),
    }
}

pub(super) fn row(check: &Check) -> Row {
    let subject = check.subject.as_ref().map_or_else(String::new, |subject| format!(" {subject}"));
    let label = Both::by(|lang| format!("{}{subject}", kind(lang, check.kind)));
    let value = Both::by(|lang| {
        let verdict = grade(lang, check.grade);
        match check.value.and_then(|value| measured(lang, check.kind, value)) {
            Some(measured) => format!("{verdict} ({measured})"),
            None => verdict.to_owned(),
        }
    });
    Row { label, value }
}

const fn kind(lang: Lang, kind: CheckKind) -> &'static str {
    match kind {
        CheckKind::FreeSpace => lang.pick("Espace libre", "Free space"),
        CheckKind::OsSupport => lang.pick("Support du système", "Support of the system"),
        CheckKind::Memory => lang.pick("Mémoire", "Memory"),
        CheckKind::BatteryWear => lang.pick("Usure de la batterie", "Battery wear"),
        CheckKind::DiskTemperature => lang.pick("Température du disque", "Drive temperature"),
        CheckKind::Unknown(_) => lang.pick("Contrôle d’une version plus récente", "Check of a newer version"),
    }
}

fn measured(lang: Lang, kind: CheckKind, value: i64) -> Option<String> {
    Some(match kind {
        CheckKind::FreeSpace | CheckKind::BatteryWear => format!("{value}{}", lang.pick("\u{a0}%", "%")),
        CheckKind::OsSupport if value < 0 => match lang {
            Lang::Fr => format!("terminé depuis {}\u{a0}jours", value.saturating_neg()),
            Lang::En => format!("over for {} days", value.saturating_neg()),
        },
        CheckKind::OsSupport => match lang {
            Lang::Fr => format!("encore {value}\u{a0}jours"),
            Lang::En => format!("{value} days left"),
        },
        CheckKind::Memory => words::size(lang, u64::try_from(value).ok()?),
        CheckKind::DiskTemperature => format!("{value}\u{a0}°C"),
        CheckKind::Unknown(_) => return None,
    })
}
