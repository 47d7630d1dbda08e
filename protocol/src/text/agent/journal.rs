//! The PC's own journal, as its person reads it: one sentence an entry, in their place, not the technician's.

use super::super::prompt::plain;
use super::super::{Lang, assent, handover, line, promise, release, renewal, succession, turn};
use crate::journal::{Event, Told};
use crate::wire::closing::Extension;
use crate::wire::codes::EndReason;
use crate::wire::session::Capabilities;

/// Longest name shown, in characters.
const MAX: usize = 64;

/// The heading, and what the journal is for.
pub const fn journal_heading(lang: Lang) -> &'static str {
    lang.pick(
        "Journal de ce PC\u{a0}: chaque demande, votre réponse et chaque session. Jamais ce qui était à l’écran ni ce qui a été tapé.",
        "Journal of this PC: each request, your answer and each session. Never what was on the screen or typed.",
    )
}

/// Nothing happened yet.
pub const fn journal_empty(lang: Lang) -> &'static str {
    lang.pick("Le journal est vide.", "The journal is empty.")
}

/// What an entry tells.
pub fn journal_entry(lang: Lang, told: &Told) -> String {
    match told {
        Told::Known(event) => known(lang, event),
        Told::Opaque => lang
            .pick(
                "Entrée d’une version plus récente (intacte, mais illisible ici).",
                "An entry of a newer version (intact, but not readable here).",
            )
            .to_owned(),
    }
}

fn known(lang: Lang, event: &Event) -> String {
    let fr = lang == Lang::Fr;
    match event {
        Event::Enrolled { .. } => lang.pick("Ce PC a été rattaché.", "This PC was attached.").to_owned(),
        Event::Asked { technician, .. } if fr => {
            format!(
                "{} a demandé à voir l’écran\u{a0}; la question vous a été posée.",
                plain(technician.as_str(), MAX)
            )
        }
        Event::Asked { technician, .. } => {
            format!("{} asked to see the screen; you were asked.", plain(technician.as_str(), MAX))
        }
        Event::Granted { capabilities, shown_ms, .. } if fr => format!(
            "Vous avez accepté\u{a0}: {} (question affichée {}\u{a0}s).",
            allowed(lang, *capabilities),
            shown_ms / 1000
        ),
        Event::Granted { capabilities, shown_ms, .. } => {
            format!(
                "You agreed: {} (question shown for {} s).",
                allowed(lang, *capabilities),
                shown_ms / 1000
            )
        }
        Event::Refused { reason, .. } if fr => format!("Pas de session\u{a0}: {}", why(lang, *reason)),
        Event::Refused { reason, .. } => format!("No session: {}", why(lang, *reason)),
        Event::Started { .. } => {
            lang.pick("L’écran a été montré à partir d’ici.", "The screen was shown from here on.").to_owned()
        }
        Event::Ended { reason, duration_s, .. } if fr => {
            format!("Fin de la session après {}\u{a0}: {}", lasted(*duration_s), why(lang, *reason))
        }
        Event::Ended { reason, duration_s, .. } => {
            format!("End of the session after {}: {}", lasted(*duration_s), why(lang, *reason))
        }
        Event::Extension { what, .. } => extension(lang, *what).to_owned(),
        Event::LineLost { .. } => line::lost_noted(lang).to_owned(),
        Event::Resumed { away_s, .. } => line::resumed_noted(lang, *away_s),
        Event::Promised { .. } => promise::promised_noted(lang).to_owned(),
        Event::Returned { .. } => promise::returned_noted(lang).to_owned(),
        Event::Handover { kind, count, .. } => handover::noted(lang, *kind, *count),
        Event::Held { why, .. } => turn::held_noted(lang, *why).to_owned(),
        Event::Widening { capabilities, .. } => turn::widening_noted(lang, *capabilities),
        Event::Turned { capabilities, why, .. } => turn::turned_noted(lang, *capabilities, *why),
        Event::ListAnswered { list, yes } => assent::answered_entry(lang, *list, *yes),
        Event::RootSucceeded { old, new, .. } => succession::noted(lang, *old, *new),
        Event::KeyRenewed { old_spki, new_spki } => renewal::noted(lang, old_spki, new_spki),
        Event::ProgramChanged { from, to } => release::changed(lang, *from, *to),
        Event::ProgramPutBack { version } => release::put_back(lang, *version),
        Event::Left => lang.pick("Ce PC a été détaché.", "This PC was detached.").to_owned(),
        // What only a relay writes down; named, in case a newer agent does.
        other => other.label().to_owned(),
    }
}

fn allowed(lang: Lang, capabilities: Capabilities) -> &'static str {
    if capabilities.holds(Capabilities::CONTROL) {
        lang.pick("voir l’écran, souris et clavier", "see the screen, mouse and keyboard")
    } else {
        lang.pick("voir l’écran", "see the screen")
    }
}

const fn extension(lang: Lang, what: Extension) -> &'static str {
    match what {
        Extension::Asked => lang.pick(
            "Le support a fermé\u{a0}: il vous a été demandé si l’intervention pouvait continuer.",
            "Support closed: you were asked whether the session may go on.",
        ),
        Extension::Granted => lang
            .pick("Vous avez accepté que l’intervention continue.", "You agreed that the session goes on."),
        Extension::Refused => lang
            .pick("Vous avez refusé que l’intervention continue.", "You refused that the session goes on."),
        Extension::Unanswered => lang.pick(
            "Pas de réponse\u{a0}: souris et clavier du technicien arrêtés.",
            "No answer: the technician’s mouse and keyboard were stopped.",
        ),
    }
}

fn lasted(seconds: u32) -> String {
    match seconds {
        0..=59 => format!("{seconds}\u{a0}s"),
        _ => format!("{}\u{a0}min\u{a0}{:02}\u{a0}s", seconds / 60, seconds % 60),
    }
}

fn why(lang: Lang, reason: EndReason) -> String {
    let (fr, en) = match reason {
        EndReason::EndedByPerson => ("vous y avez mis fin.", "you ended it."),
        EndReason::EndedByTechnician => ("le technicien y a mis fin.", "the technician ended it."),
        EndReason::RefusedByPerson => ("vous avez refusé.", "you said no."),
        EndReason::PromptTimedOut => ("personne n’a répondu à temps.", "nobody answered in time."),
        EndReason::PromptLost => ("la fenêtre de la question s’est fermée.", "the question’s window closed."),
        EndReason::BannerLost => ("le bandeau a disparu.", "the banner went away."),
        EndReason::GrantExpired => ("le temps accordé était écoulé.", "the granted time was over."),
        EndReason::LinkLost | EndReason::PeerSilent => ("la connexion a été perdue.", "the line was lost."),
        EndReason::TicketInvalid => {
            ("l’autorisation du serveur n’était pas valable.", "the server’s ticket did not hold.")
        }
        EndReason::TechnicianUntrusted => {
            ("le technicien n’a pas pu prouver son identité.", "the technician could not prove who they are.")
        }
        EndReason::AgentUntrusted => ("ce PC n’a pas été reconnu.", "this PC was not recognised."),
        EndReason::SealBroken => {
            ("le chiffrement a été altéré en route.", "the encryption was tampered with on the way.")
        }
        EndReason::ProtocolViolation => ("une erreur de dialogue.", "an error of conversation."),
        EndReason::NoDisplay => ("il n’y avait pas d’écran.", "there was no screen."),
        EndReason::DisplayUnsupported => {
            ("le bureau (Wayland) ne peut pas être montré.", "the desktop (Wayland) cannot be shown.")
        }
        EndReason::DisplayLost => ("l’écran s’est arrêté.", "the screen went away."),
        EndReason::NobodyThere => ("personne n’était connecté à ce PC.", "nobody was logged on."),
        EndReason::PersonLeft => ("votre bureau a été fermé.", "your desktop was closed."),
        EndReason::SecurityCut => ("coupée par sécurité.", "cut for security."),
        EndReason::ProgramTooOld => (
            "le programme de ce PC est trop ancien\u{a0}; il doit d’abord être mis à jour.",
            "this PC’s program is too old; it must be updated first.",
        ),
        EndReason::HandedOver => (
            "passée à un autre technicien, que vous avez accepté.",
            "handed over to another technician, to whom you said yes.",
        ),
        EndReason::FirstLeft => (
            "terminée ou mise en pause avec celle du premier technicien.",
            "over or paused with the first technician’s.",
        ),
        EndReason::RelayStopping => ("le serveur s’est arrêté.", "the server stopped."),
        EndReason::AgentStopping => ("le service de ce PC s’est arrêté.", "this PC’s service stopped."),
        EndReason::PromptLimit => ("trop de demandes en peu de temps.", "too many requests in a short time."),
        EndReason::Busy => ("une autre session était en cours.", "another session was going on."),
        EndReason::MatchCodeDiffers => ("les codes étaient différents.", "the codes differed."),
        EndReason::SupportClosed => ("le support était fermé.", "support was closed."),
        EndReason::DevicePolicy => ("la règle de ce PC l’interdit.", "this PC’s policy forbids it."),
        EndReason::LeftLocked => (
            "le poste est resté verrouillé, en veille ou sur un écran protégé plus de deux minutes.",
            "the PC stayed locked, asleep or on a protected screen for more than two minutes.",
        ),
        EndReason::BeyondTicket => {
            ("la session n’avait pas été demandée pour cela.", "the session was not asked for with that.")
        }
        EndReason::Unknown(_) => return reason.to_string(),
    };
    lang.pick(fr, en).to_owned()
}

#[cfg(test)]
mod tests;
