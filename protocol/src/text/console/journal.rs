//! A relay's journal of a machine as a technician reads it: one sentence an entry.

use super::{capabilities_named, end_reason};
use crate::journal::{Event, Told};
use crate::text::gate::shown;
use crate::text::prompt::{category, plain};
use crate::text::{Lang, assent, closing, handover, line, promise, release, renewal, succession, turn};

/// Longest name shown, in characters.
const MAX: usize = 64;

/// What an entry tells. `moment` shows moments in that language.
pub fn journal_entry(lang: Lang, told: &Told, moment: &dyn Fn(i64) -> String) -> String {
    let Told::Known(event) = told else {
        return lang
            .pick(
                "Entrée d’une version plus récente (intacte, mais illisible ici).",
                "An entry of a newer version (intact, but not readable here).",
            )
            .to_owned();
    };
    match lang {
        Lang::Fr => french(event, moment),
        Lang::En => english(event, moment),
    }
}

fn french(event: &Event, moment: &dyn Fn(i64) -> String) -> String {
    const L: Lang = Lang::Fr;
    let name = |text: &str| plain(text, MAX);
    match event {
        Event::Enrolled { .. } => "La machine a été rattachée.".to_owned(),
        Event::Approved { by, contract } => {
            format!("{} a validé la machine pour le contrat {}.", name(by.as_str()), name(contract.as_str()))
        }
        Event::CodeIssued { by, contract, .. } => {
            format!("{} a créé un code pour le contrat {}.", name(by.as_str()), name(contract.as_str()))
        }
        Event::Requested { technician, capabilities, category: kind, .. } => format!(
            "{} a demandé une session\u{a0}: {} ({}).",
            name(technician.as_str()),
            capabilities_named(L, *capabilities),
            category(L, *kind)
        ),
        Event::GateRefused { codes, .. } => {
            format!("Le contrat ne l’a pas permise\u{a0}: {}.", listed(codes))
        }
        Event::Permitted { contract, .. } => format!("Le contrat {} l’a permise.", name(contract.as_str())),
        Event::Asked { .. } => "La personne devant le PC a été interrogée.".to_owned(),
        Event::Granted { capabilities, shown_ms, .. } => format!(
            "La personne a accepté\u{a0}: {} (question affichée {}\u{a0}s).",
            capabilities_named(L, *capabilities),
            shown_ms / 1000
        ),
        Event::Refused { reason, .. } => format!("Pas de session\u{a0}: {}", end_reason(L, *reason)),
        Event::Started { .. } => "L’écran a été montré à partir d’ici.".to_owned(),
        Event::Ended { reason, duration_s, .. } => {
            format!("Fin de la session après {}\u{a0}: {}", lasted(*duration_s), end_reason(L, *reason))
        }
        Event::ExceptionGranted { by, until, .. } => {
            format!("{} a permis des sessions hors horaires jusqu’au {}.", name(by.as_str()), moment(until.0))
        }
        Event::Locked { technician, by, locked: true } => {
            format!("{} a bloqué {}.", name(by.as_str()), name(technician.as_str()))
        }
        Event::Locked { technician, by, locked: false } => {
            format!("{} a débloqué {}.", name(by.as_str()), name(technician.as_str()))
        }
        Event::LineMeasured(line) => format!("Ligne mesurée\u{a0}: {}.", shown::line(L, line)),
        Event::PeerHead { seq, .. } => {
            format!("Le journal du PC en est à son entrée {seq}\u{a0}; son empreinte est gardée ici.")
        }
        Event::Extension { what, .. } => closing::extension_noted(L, *what).to_owned(),
        Event::LineLost { .. } => line::lost_noted(L).to_owned(),
        Event::Resumed { away_s, .. } => line::resumed_noted(L, *away_s),
        Event::Promised { .. } => promise::promised_noted(L).to_owned(),
        Event::Returned { .. } => promise::returned_noted(L).to_owned(),
        Event::Handover { kind, count, .. } => handover::noted(L, *kind, *count),
        Event::Erased { texts } => {
            format!(
                "Effacement demandé par une personne nommée ici\u{a0}: {texts} textes sont partis du registre."
            )
        }
        Event::Held { why, .. } => turn::held_noted(L, *why).to_owned(),
        Event::Widening { capabilities, .. } => turn::widening_noted(L, *capabilities),
        Event::Turned { capabilities, why, .. } => turn::turned_noted(L, *capabilities, *why),
        Event::ListAsked { by, list } => assent::asked_entry(L, by.as_str(), *list),
        Event::ListAnswered { list, yes } => assent::answered_entry(L, *list, *yes),
        Event::RootSucceeded { old, new, .. } => succession::noted(L, *old, *new),
        Event::KeyRenewed { old_spki, new_spki } => renewal::noted(L, old_spki, new_spki),
        Event::ProgramChanged { from, to } => release::changed(L, *from, *to),
        Event::ProgramPutBack { version } => release::put_back(L, *version),
        Event::Left => "La personne devant le PC l’a détaché\u{a0}: sa clé ne revient jamais.".to_owned(),
    }
}

fn english(event: &Event, moment: &dyn Fn(i64) -> String) -> String {
    const L: Lang = Lang::En;
    let name = |text: &str| plain(text, MAX);
    match event {
        Event::Enrolled { .. } => "The machine was attached.".to_owned(),
        Event::Approved { by, contract } => {
            format!("{} approved the machine for contract {}.", name(by.as_str()), name(contract.as_str()))
        }
        Event::CodeIssued { by, contract, .. } => {
            format!("{} issued a code for contract {}.", name(by.as_str()), name(contract.as_str()))
        }
        Event::Requested { technician, capabilities, category: kind, .. } => format!(
            "{} asked for a session: {} ({}).",
            name(technician.as_str()),
            capabilities_named(L, *capabilities),
            category(L, *kind)
        ),
        Event::GateRefused { codes, .. } => format!("The contract did not allow it: {}.", listed(codes)),
        Event::Permitted { contract, .. } => format!("Contract {} allowed it.", name(contract.as_str())),
        Event::Asked { .. } => "The person at the PC was asked.".to_owned(),
        Event::Granted { capabilities, shown_ms, .. } => format!(
            "The person agreed: {} (question shown for {} s).",
            capabilities_named(L, *capabilities),
            shown_ms / 1000
        ),
        Event::Refused { reason, .. } => format!("No session: {}", end_reason(L, *reason)),
        Event::Started { .. } => "The screen was shown from here on.".to_owned(),
        Event::Ended { reason, duration_s, .. } => {
            format!("End of the session after {}: {}", lasted(*duration_s), end_reason(L, *reason))
        }
        Event::ExceptionGranted { by, until, .. } => {
            format!(
                "{} let sessions start outside support hours until {}.",
                name(by.as_str()),
                moment(until.0)
            )
        }
        Event::Locked { technician, by, locked: true } => {
            format!("{} locked {}.", name(by.as_str()), name(technician.as_str()))
        }
        Event::Locked { technician, by, locked: false } => {
            format!("{} unlocked {}.", name(by.as_str()), name(technician.as_str()))
        }
        Event::LineMeasured(line) => format!("Line measured: {}.", shown::line(L, line)),
        Event::PeerHead { seq, .. } => {
            format!("The PC’s journal is at its entry {seq}; its fingerprint is kept here.")
        }
        Event::Extension { what, .. } => closing::extension_noted(L, *what).to_owned(),
        Event::LineLost { .. } => line::lost_noted(L).to_owned(),
        Event::Resumed { away_s, .. } => line::resumed_noted(L, *away_s),
        Event::Promised { .. } => promise::promised_noted(L).to_owned(),
        Event::Returned { .. } => promise::returned_noted(L).to_owned(),
        Event::Handover { kind, count, .. } => handover::noted(L, *kind, *count),
        Event::Erased { texts } => {
            format!("Somebody named here had themselves erased: {texts} texts are gone from the record.")
        }
        Event::Held { why, .. } => turn::held_noted(L, *why).to_owned(),
        Event::Widening { capabilities, .. } => turn::widening_noted(L, *capabilities),
        Event::Turned { capabilities, why, .. } => turn::turned_noted(L, *capabilities, *why),
        Event::ListAsked { by, list } => assent::asked_entry(L, by.as_str(), *list),
        Event::ListAnswered { list, yes } => assent::answered_entry(L, *list, *yes),
        Event::RootSucceeded { old, new, .. } => succession::noted(L, *old, *new),
        Event::KeyRenewed { old_spki, new_spki } => renewal::noted(L, old_spki, new_spki),
        Event::ProgramChanged { from, to } => release::changed(L, *from, *to),
        Event::ProgramPutBack { version } => release::put_back(L, *version),
        Event::Left => "The person at the PC detached it: its key never comes back.".to_owned(),
    }
}

fn listed(codes: &[crate::wire::codes::RefusalCode]) -> String {
    codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn lasted(seconds: u32) -> String {
    match seconds {
        0..=59 => format!("{seconds}\u{a0}s"),
        _ => format!("{}\u{a0}min\u{a0}{:02}\u{a0}s", seconds / 60, seconds % 60),
    }
}
