//! Verdicts on a machine's state, each with what it was judged by and, where it is not good, by which threshold.

use super::super::Lang;
use super::{Both, Row, words};
use crate::wire::inventory::items::Check;
use crate::wire::inventory::{CheckKind, Grade, Unmeasured};

/// A verdict.
pub const fn grade(lang: Lang, grade: Grade) -> &'static str {
    match grade {
        Grade::Good => lang.pick("bon", "good"),
        Grade::Watch => lang.pick("à surveiller", "to be watched"),
        Grade::Failing => lang.pick("défaillant", "failing"),
        Grade::NotMeasurable | Grade::Unknown(_) => lang.pick("non mesurable", "not measurable"),
    }
}

/// A check with its verdict, what it was judged by, and why it is not good.
pub fn row(check: &Check) -> Row {
    let subject = check.subject.as_ref().map_or_else(String::new, |subject| format!(" {subject}"));
    let label = Both::by(|lang| format!("{}{subject}", kind(lang, check.kind)));
    let value = Both::by(|lang| {
        let verdict = grade(lang, check.grade);
        let measured = check.value.and_then(|value| measured(lang, check.kind, value));
        let measured = measured.map_or_else(String::new, |measured| format!(" ({measured})"));
        let reason = reason(lang, check).map_or_else(String::new, |reason| format!(" – {reason}"));
        format!("{verdict}{measured}{reason}")
    });
    Row { label, value, grade: Some(check.grade.label()) }
}

const fn kind(lang: Lang, kind: CheckKind) -> &'static str {
    match kind {
        CheckKind::FreeSpace => lang.pick("Espace libre", "Free space"),
        CheckKind::OsSupport => lang.pick("Support du système", "Support of the system"),
        CheckKind::Memory => lang.pick("Mémoire", "Memory"),
        CheckKind::BatteryWear => lang.pick("Usure de la batterie", "Battery wear"),
        CheckKind::DiskTemperature => lang.pick("Température du disque", "Drive temperature"),
        CheckKind::DiskVerdict => lang.pick("Disque selon lui-même (SMART)", "Drive by its own word (SMART)"),
        CheckKind::DiskReallocated => lang.pick("Secteurs remplacés du disque", "Drive’s replaced sectors"),
        CheckKind::DiskPending => lang.pick("Secteurs illisibles du disque", "Drive’s unreadable sectors"),
        CheckKind::DiskUncorrectable => {
            lang.pick("Secteurs irrécupérables du disque", "Drive’s uncorrectable sectors")
        }
        CheckKind::DiskAttribute => lang.pick("Attribut SMART du disque", "Drive’s SMART attribute"),
        CheckKind::DiskWear => lang.pick("Usure du disque", "Drive wear"),
        CheckKind::DiskSpare => lang.pick("Réserve du disque", "Drive’s reserve"),
        CheckKind::DiskMediaErrors => lang.pick("Données perdues par le disque", "Data lost by the drive"),
        CheckKind::DiskWarning => lang.pick("Avertissements du disque", "Drive’s warnings"),
        CheckKind::DiskDefects => lang.pick("Défauts apparus sur le disque", "Drive’s grown defects"),
        CheckKind::SecurityUpdates => lang.pick("Mises à jour de sécurité", "Security updates"),
        CheckKind::OtherUpdates => lang.pick("Autres mises à jour", "Other updates"),
        CheckKind::Restart => lang.pick("Redémarrage", "Restart"),
        CheckKind::Backup => lang.pick("Sauvegarde", "Backup"),
        CheckKind::Temperature => lang.pick("Température du processeur", "Processor temperature"),
        CheckKind::Antivirus => lang.pick("Antivirus", "Antivirus"),
        CheckKind::Unknown(_) => lang.pick("Contrôle d’une version plus récente", "Check of a newer version"),
    }
}

fn measured(lang: Lang, kind: CheckKind, value: i64) -> Option<String> {
    Some(match kind {
        CheckKind::FreeSpace | CheckKind::BatteryWear | CheckKind::DiskWear | CheckKind::DiskSpare => {
            format!("{value}{}", lang.pick("\u{a0}%", "%"))
        }
        CheckKind::OsSupport if value < 0 => match lang {
            Lang::Fr => format!("terminé depuis {}", days(lang, value.saturating_neg())),
            Lang::En => format!("over for {}", days(lang, value.saturating_neg())),
        },
        CheckKind::OsSupport => match lang {
            Lang::Fr => format!("encore {}", days(lang, value)),
            Lang::En => format!("{} left", days(lang, value)),
        },
        CheckKind::Memory => words::size(lang, u64::try_from(value).ok()?),
        CheckKind::DiskTemperature | CheckKind::Temperature => format!("{value}\u{a0}°C"),
        CheckKind::DiskReallocated
        | CheckKind::DiskPending
        | CheckKind::DiskUncorrectable
        | CheckKind::DiskMediaErrors
        | CheckKind::DiskDefects => value.to_string(),
        CheckKind::DiskAttribute => format!("{}\u{a0}{value}", lang.pick("n°", "no.")),
        CheckKind::DiskWarning => format!("0x{value:02x}"),
        CheckKind::SecurityUpdates | CheckKind::OtherUpdates => match lang {
            Lang::Fr => format!("{value} en attente"),
            Lang::En => format!("{value} waiting"),
        },
        CheckKind::Restart => match lang {
            Lang::Fr => format!("attendu depuis {}", days(lang, value)),
            Lang::En => format!("due for {}", days(lang, value)),
        },
        CheckKind::Backup => match lang {
            Lang::Fr => format!("la dernière il y a {}", days(lang, value)),
            Lang::En => format!("the last {} ago", days(lang, value)),
        },
        CheckKind::Antivirus => match lang {
            Lang::Fr => format!("signatures d’il y a {}", days(lang, value)),
            Lang::En => format!("signatures {} old", days(lang, value)),
        },
        CheckKind::DiskVerdict | CheckKind::Unknown(_) => return None,
    })
}

fn days(lang: Lang, days: i64) -> String {
    let unit = if days.abs() < 2 { lang.pick("jour", "day") } else { lang.pick("jours", "days") };
    format!("{days}\u{a0}{unit}")
}

/// By which threshold a verdict is not good; the thresholds are those of the agent that graded.
const fn reason(lang: Lang, check: &Check) -> Option<&'static str> {
    match check.grade {
        Grade::Watch => watched(lang, check.kind),
        Grade::Failing => failing(lang, check.kind),
        Grade::NotMeasurable => match check.why {
            Some(why) => unmeasured(lang, why),
            None => None,
        },
        Grade::Good | Grade::Unknown(_) => None,
    }
}

const fn watched(lang: Lang, kind: CheckKind) -> Option<&'static str> {
    Some(match kind {
        CheckKind::FreeSpace => lang.pick("moins de 15\u{a0}% ou de 20\u{a0}Gio", "below 15% or 20\u{a0}GiB"),
        CheckKind::OsSupport => lang.pick(
            "le support normal finit dans moins de six mois ou est fini",
            "regular support ends within six months or has ended",
        ),
        CheckKind::Memory => lang.pick("moins de 8\u{a0}Gio", "below 8\u{a0}GiB"),
        CheckKind::BatteryWear => lang.pick("plus de 30\u{a0}% perdus", "more than 30% lost"),
        CheckKind::DiskTemperature => {
            lang.pick("60\u{a0}°C ou plus (NVMe\u{a0}: 70)", "60\u{a0}°C or more (NVMe: 70)")
        }
        CheckKind::DiskReallocated
        | CheckKind::DiskPending
        | CheckKind::DiskUncorrectable
        | CheckKind::DiskMediaErrors
        | CheckKind::DiskDefects => lang.pick("un disque sain n’en a aucun", "a healthy drive has none"),
        CheckKind::DiskAttribute => {
            lang.pick("a déjà dépassé le seuil du fabricant", "was beyond its maker’s threshold before")
        }
        CheckKind::DiskWear => lang.pick("80\u{a0}% ou plus", "80% or more"),
        CheckKind::DiskWarning => lang.pick("trop chaud", "too hot"),
        CheckKind::SecurityUpdates => lang.pick(
            "en attente, et rien n’est installé depuis plus de 14\u{a0}jours",
            "waiting, and nothing was installed for more than 14 days",
        ),
        CheckKind::Backup => lang.pick("plus de 2\u{a0}jours", "more than 2 days"),
        CheckKind::Temperature => lang.pick("proche de la limite du fabricant", "close to the maker’s limit"),
        CheckKind::Antivirus => {
            lang.pick("signatures de plus de 7\u{a0}jours", "signatures older than 7 days")
        }
        CheckKind::DiskVerdict
        | CheckKind::DiskSpare
        | CheckKind::OtherUpdates
        | CheckKind::Restart
        | CheckKind::Unknown(_) => return None,
    })
}

const fn failing(lang: Lang, kind: CheckKind) -> Option<&'static str> {
    Some(match kind {
        CheckKind::FreeSpace => lang.pick("moins de 5\u{a0}% ou de 5\u{a0}Gio", "below 5% or 5\u{a0}GiB"),
        CheckKind::OsSupport => lang.pick("plus aucun correctif", "no more fixes"),
        CheckKind::BatteryWear => lang.pick("plus de la moitié perdue", "more than half lost"),
        CheckKind::DiskVerdict => lang.pick("le disque annonce sa panne", "the drive says it fails"),
        CheckKind::DiskAttribute => {
            lang.pick("dépasse le seuil du fabricant", "is beyond its maker’s threshold")
        }
        CheckKind::DiskSpare => lang.pick("sous le seuil du fabricant", "below its maker’s threshold"),
        CheckKind::DiskWarning => lang.pick(
            "réserve épuisée, fiabilité perdue ou lecture seule",
            "reserve spent, unreliable or read-only",
        ),
        CheckKind::SecurityUpdates => lang.pick(
            "en attente, et rien n’est installé depuis plus de 45\u{a0}jours",
            "waiting, and nothing was installed for more than 45 days",
        ),
        CheckKind::Restart => lang.pick("plus de 14\u{a0}jours", "more than 14 days"),
        CheckKind::Backup => lang.pick("plus de 7\u{a0}jours", "more than 7 days"),
        CheckKind::Antivirus => lang.pick("installé et inactif", "installed and off"),
        _ => return None,
    })
}

const fn unmeasured(lang: Lang, why: Unmeasured) -> Option<&'static str> {
    Some(match why {
        Unmeasured::NoSource => lang.pick("rien ne le dit sur ce PC", "nothing on this PC tells it"),
        Unmeasured::NoProgram => lang
            .pick("le paquet smartmontools n’est pas installé", "the package smartmontools is not installed"),
        Unmeasured::NoPrivilege => lang.pick("lisible par root seulement", "only root can read it"),
        Unmeasured::Asleep => lang.pick("le disque dort", "the drive sleeps"),
        Unmeasured::TimedOut => lang.pick("n’a pas répondu à temps", "did not answer in time"),
        Unmeasured::Unreadable => lang.pick("réponse illisible", "unreadable answer"),
        Unmeasured::Virtual => lang.pick("machine virtuelle", "virtual machine"),
        Unmeasured::NoProduct => lang.pick("aucun produit connu", "no known product"),
        Unmeasured::Stale => {
            lang.pick("la liste des mises à jour est trop ancienne", "the list of updates is too old")
        }
        Unmeasured::Unknown(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::inventory::Text;

    #[test]
    fn every_check_that_is_not_good_says_why() {
        let of = |kind, grade, value, why| {
            row(&Check { kind, subject: Text::new("KXG60ZNV256G"), grade, value, why })
        };
        let failing = of(CheckKind::DiskVerdict, Grade::Failing, Some(0), None);
        assert_eq!(failing.label.fr, "Disque selon lui-même (SMART) KXG60ZNV256G");
        assert_eq!(failing.value.fr, "défaillant – le disque annonce sa panne");
        let asleep = of(CheckKind::DiskVerdict, Grade::NotMeasurable, None, Some(Unmeasured::Asleep));
        assert_eq!(asleep.value.fr, "non mesurable – le disque dort");
        let sectors = of(CheckKind::DiskPending, Grade::Watch, Some(8), None);
        assert_eq!(sectors.value.fr, "à surveiller (8) – un disque sain n’en a aucun");
        let good = of(CheckKind::DiskPending, Grade::Good, Some(0), None);
        assert_eq!((good.value.fr.as_str(), good.value.en.as_str()), ("bon (0)", "good (0)"));
        for why in Unmeasured::ALL {
            assert!(unmeasured(Lang::Fr, *why).is_some_and(|text| !text.is_empty()), "{why}");
        }
        for kind in CheckKind::ALL {
            assert!(measured(Lang::Fr, *kind, 3).is_some() || *kind == CheckKind::DiskVerdict, "{kind}");
        }
    }
}
