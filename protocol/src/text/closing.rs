//! What people read when support closes under a session: the question whether to go on, the banner, the technician's line.

use super::{Lang, beside, promise, prompt, turn};
use crate::prompt::{Ask, Company, Extending};
use crate::wire::closing::{Closing, Extension};
use crate::wire::session::ClosingState;

/// A minute after midnight as people say it: `18 h 05`, `18:05`.
pub fn hour(lang: Lang, minute: u16) -> String {
    let (h, m) = (minute / 60 % 24, minute % 60);
    match lang {
        Lang::Fr => format!("{h}\u{a0}h\u{a0}{m:02}"),
        Lang::En => format!("{h}:{m:02}"),
    }
}

/// The title of the window that asks.
pub const fn title(lang: Lang, ask: &Ask) -> &'static str {
    if ask.returning {
        return promise::title(lang);
    }
    if let Some(Company { way, .. }) = &ask.beside {
        return beside::title(lang, *way);
    }
    match ask.extending {
        None if ask.widening.is_some() => turn::title(lang),
        None => prompt::title(lang),
        Some(_) => lang.pick("Aval – continuer après la fermeture\u{202f}?", "Aval – go on after closing?"),
    }
}

/// What is asked: who wants in, or whether they may stay.
pub fn headline(lang: Lang, ask: &Ask) -> String {
    if ask.returning {
        return promise::headline(lang, ask);
    }
    if let Some(company) = &ask.beside {
        return beside::headline(lang, ask, company);
    }
    let Some(Extending { closed_at, until, .. }) = ask.extending else {
        return match ask.widening {
            None => prompt::headline(lang, &ask.technician),
            Some(_) => turn::headline(lang, ask),
        };
    };
    let (closed, until) = (hour(lang, closed_at), hour(lang, until));
    match lang {
        Lang::Fr => format!("Le support a fermé à {closed}. Continuer jusqu’à {until}\u{202f}?"),
        Lang::En => format!("Support closed at {closed}. Go on until {until}?"),
    }
}

/// For whom the technician works; who it is, where the headline does not say.
pub fn from_firm(lang: Lang, ask: &Ask) -> String {
    let firm = prompt::from_firm(lang, &ask.firm, ask.contract.as_ref().map(|contract| contract.as_str()));
    match ask.extending {
        None => firm,
        Some(_) => format!("{}, {firm}", prompt::person(&ask.technician)),
    }
}

/// For how long, or what follows from silence.
pub fn duration(lang: Lang, ask: &Ask) -> String {
    if ask.returning {
        return promise::duration(lang).to_owned();
    }
    if let Some(company) = &ask.beside {
        return beside::duration(lang, ask, company);
    }
    let Some(Extending { unanswered_until, .. }) = ask.extending else {
        return match ask.widening {
            None => prompt::duration(lang, ask.minutes),
            Some(_) => turn::duration(lang, ask.minutes),
        };
    };
    let at = hour(lang, unanswered_until);
    match lang {
        Lang::Fr => format!(
            "Souris et clavier à distance sont arrêtés jusqu’à votre réponse. Sans elle, l’intervention prend fin à {at}."
        ),
        Lang::En => format!(
            "Remote mouse and keyboard stand still until you answer. Without an answer the session ends at {at}."
        ),
    }
}

/// The button that is the default.
pub const fn refuse(lang: Lang, ask: &Ask) -> &'static str {
    if ask.returning {
        return promise::refuse(lang);
    }
    match ask.extending {
        None => prompt::refuse(lang),
        Some(_) => lang.pick("Non, terminer", "No, end it"),
    }
}

/// The other button, and in how many seconds it can be pressed.
pub fn accept(lang: Lang, ask: &Ask, in_s: u64) -> String {
    if ask.returning {
        return match in_s {
            0 => promise::accept(lang).to_owned(),
            seconds => format!("{} ({seconds}\u{202f}s)", promise::accept(lang)),
        };
    }
    match (ask.extending, in_s) {
        (None, 0) => prompt::accept(lang).to_owned(),
        (None, seconds) => prompt::accept_in(lang, seconds),
        (Some(_), 0) => lang.pick("Oui, continuer", "Yes, go on").to_owned(),
        (Some(_), seconds) => format!("{} ({seconds}\u{202f}s)", lang.pick("Oui, continuer", "Yes, go on")),
    }
}

/// The clock that runs.
pub fn countdown(lang: Lang, ask: &Ask, seconds: u64) -> String {
    match (ask.extending, lang) {
        (None, _) if ask.widening.is_some() || ask.beside.is_some() => turn::countdown(lang, seconds),
        (None, _) => prompt::countdown(lang, seconds),
        (Some(_), Lang::Fr) => {
            format!("Sans réponse dans {seconds}\u{a0}s, le technicien ne pourra plus que voir l’écran.")
        }
        (Some(_), Lang::En) => {
            format!("Without an answer in {seconds}\u{a0}s, the technician can only see the screen.")
        }
    }
}

/// On the banner: support is about to close.
pub fn banner_closes(lang: Lang, at: u16) -> String {
    let at = hour(lang, at);
    match lang {
        Lang::Fr => format!("Le support ferme à {at}."),
        Lang::En => format!("Support closes at {at}."),
    }
}

/// On the banner: the person agreed to go on.
pub fn banner_extended(lang: Lang, until: u16) -> String {
    let until = hour(lang, until);
    match lang {
        Lang::Fr => format!("Fin à {until}, avec votre accord."),
        Lang::En => format!("Ends at {until}, as you agreed."),
    }
}

/// On the banner: nobody agreed to go on.
pub fn banner_view_only(lang: Lang, until: u16) -> String {
    let until = hour(lang, until);
    match lang {
        Lang::Fr => format!("Support fermé\u{a0}: lecture seule, fin à {until}."),
        Lang::En => format!("Support is closed: view only, ends at {until}."),
    }
}

/// When a session that may begin will have to close: the steps on a Paris clock.
pub fn closes(lang: Lang, closing: &Closing) -> String {
    let before = |minutes: u32| {
        let back = u16::try_from(minutes).unwrap_or_default();
        hour(lang, (closing.closes_at + 24 * 60 - back) % (24 * 60))
    };
    let warned = [closing.warn_technician_s, closing.warn_both_s].map(|at| (closing.ask_s - at) / 60);
    let [technician, both] = warned.map(before);
    let (at, unanswered, hard) = (
        hour(lang, closing.closes_at),
        hour(lang, closing.ends_unanswered_at()),
        hour(lang, closing.ends_at),
    );
    match lang {
        Lang::Fr => format!(
            "Fermeture à {at} (art.\u{a0}{}). Annoncée à {technician} au technicien, à {both} aux deux\u{a0}; la personne est interrogée à {at}\u{a0}: sans réponse, fin à {unanswered}\u{a0}; avec son accord, fin à {hard} au plus tard.",
            closing.what.clause()
        ),
        Lang::En => format!(
            "Closes at {at} (art. {}). The technician hears of it at {technician}, both at {both}; the person is asked at {at}: without an answer it ends at {unanswered}, with their yes at {hard} at the latest.",
            closing.what.clause()
        ),
    }
}

/// To the technician.
pub fn to_technician(lang: Lang, state: ClosingState, at: u16) -> String {
    let at = hour(lang, at);
    match (state, lang) {
        (ClosingState::Soon, Lang::Fr) => format!("Le support ferme à {at}."),
        (ClosingState::Soon, Lang::En) => format!("Support closes at {at}."),
        (ClosingState::Asked, Lang::Fr) => {
            format!("Prolongation demandée au client (jusqu’à {at})\u{a0}: vos gestes attendent.")
        }
        (ClosingState::Asked, Lang::En) => {
            format!("The client is asked whether to go on (until {at}): your input is held back.")
        }
        (ClosingState::Extended, Lang::Fr) => format!("Le client a accepté de continuer. Fin à {at}."),
        (ClosingState::Extended, Lang::En) => format!("The client agreed to go on. Ends at {at}."),
        (ClosingState::ViewOnly, Lang::Fr) => format!("Lecture seule\u{a0}: pas de réponse. Fin à {at}."),
        (ClosingState::ViewOnly, Lang::En) => format!("View only: no answer. Ends at {at}."),
    }
}

/// In a journal, as technicians and managers read it.
pub const fn extension_noted(lang: Lang, what: Extension) -> &'static str {
    match what {
        Extension::Asked => lang.pick(
            "Support fermé\u{a0}: la personne devant le PC a été interrogée sur la suite.",
            "Support closed: the person at the PC was asked whether to go on.",
        ),
        Extension::Granted => lang.pick("La personne a accepté de continuer.", "The person agreed to go on."),
        Extension::Refused => lang.pick("La personne a refusé de continuer.", "The person refused to go on."),
        Extension::Unanswered => lang.pick(
            "La personne n’a pas répondu\u{a0}: lecture seule jusqu’à la fin.",
            "The person did not answer: view only until the end.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_said_as_people_say_them() {
        assert_eq!(hour(Lang::Fr, 18 * 60 + 5), "18\u{a0}h\u{a0}05");
        assert_eq!(hour(Lang::En, 30), "0:30");
        let said = to_technician(Lang::Fr, ClosingState::ViewOnly, 18 * 60 + 5);
        assert_eq!(said, "Lecture seule\u{a0}: pas de réponse. Fin à 18\u{a0}h\u{a0}05.");
    }
}
