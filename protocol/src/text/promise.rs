//! What people read about the one return after a restart: the question, the countdown, what the journals say (clause 4.3).

use super::Lang;
use super::prompt::person;
use crate::prompt::Ask;

/// The title of the window that asks.
pub const fn title(lang: Lang) -> &'static str {
    lang.pick("Aval – reconnexion après redémarrage", "Aval – coming back after a restart")
}

/// What is asked.
pub fn headline(lang: Lang, ask: &Ask) -> String {
    let name = person(&ask.technician);
    match lang {
        Lang::Fr => format!("{name} demande à revenir une fois après le redémarrage"),
        Lang::En => format!("{name} asks to come back once after the restart"),
    }
}

/// For how long, and how it can be stopped.
pub const fn duration(lang: Lang) -> &'static str {
    lang.pick(
        "Valable 10\u{a0}min, une seule fois, pour ce technicien. Un bandeau l’annoncera 10\u{a0}s avant, avec un bouton «\u{a0}Annuler\u{a0}».",
        "Good for 10 min, once, for this technician. A banner announces it 10 s before, with a “Cancel” button.",
    )
}

/// The button that is the default.
pub const fn refuse(lang: Lang) -> &'static str {
    lang.pick("Non", "No")
}

/// The other button.
pub const fn accept(lang: Lang) -> &'static str {
    lang.pick("Oui, une fois", "Yes, once")
}

/// On the banner: who comes back, in how many seconds.
pub fn returns_in(lang: Lang, seconds: u16) -> String {
    match lang {
        Lang::Fr => format!("Le technicien revient dans {seconds}\u{a0}s, comme vous l’avez permis"),
        Lang::En => format!("The technician comes back in {seconds} s, as you allowed"),
    }
}

/// On the banner's button meanwhile.
pub const fn cancel(lang: Lang) -> &'static str {
    lang.pick("Annuler", "Cancel")
}

/// To the technician.
pub const fn to_technician(lang: Lang, allowed: bool) -> &'static str {
    if allowed {
        lang.pick(
            "La personne vous permet de revenir une fois, dans les 10\u{a0}min après maintenant.",
            "The person lets you come back once, within 10 min from now.",
        )
    } else {
        lang.pick(
            "La personne ne permet pas de retour\u{a0}: après le redémarrage elle sera interrogée de nouveau.",
            "The person allows no return: after the restart they will be asked again.",
        )
    }
}

/// In a journal: it was allowed.
pub const fn promised_noted(lang: Lang) -> &'static str {
    lang.pick(
        "La personne a permis au technicien de revenir une fois après redémarrage, dans les 10\u{a0}min.",
        "The person let the technician come back once after a restart, within 10 min.",
    )
}

/// In a journal: it was made use of.
pub const fn returned_noted(lang: Lang) -> &'static str {
    lang.pick(
        "Le technicien est revenu comme permis, bandeau affiché 10\u{a0}s auparavant\u{a0}; la permission est épuisée.",
        "The technician came back as allowed, the banner shown 10 s before; the permission is used up.",
    )
}
