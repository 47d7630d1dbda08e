//! What people read when a machine is locked under a session, when they take their hands back, and when more is asked for.

use super::Lang;
use super::prompt::isolated_to;
use crate::prompt::{Ask, MAX_SHOWN};
use crate::wire::codes::EndReason;
use crate::wire::session::Capabilities;
use crate::wire::turn::{Hold, More, Turning};

/// The title of the window that asks for more.
pub const fn title(lang: Lang) -> &'static str {
    lang.pick("Aval – autoriser davantage\u{202f}?", "Aval – allow more?")
}

/// What is asked: more than before.
pub fn headline(lang: Lang, ask: &Ask) -> String {
    let name = isolated_to(&ask.technician, MAX_SHOWN);
    match lang {
        Lang::Fr => format!("{name} demande en plus\u{a0}: utiliser la souris et le clavier."),
        Lang::En => format!("{name} asks for more: to use the mouse and the keyboard."),
    }
}

/// What follows from a yes, and from silence.
pub fn duration(lang: Lang, minutes: u16) -> String {
    match lang {
        Lang::Fr => format!(
            "Rien n’est commandé à distance jusqu’à votre réponse. La fin ne change pas\u{a0}: dans {minutes}\u{a0}min au plus."
        ),
        Lang::En => format!(
            "Nothing is controlled remotely until you answer. The end stays the same: in {minutes}\u{a0}min at most."
        ),
    }
}

/// The reason the technician gives.
pub fn reason(lang: Lang, ask: &Ask) -> String {
    let reason = isolated_to(&ask.reference, 2 * MAX_SHOWN);
    match lang {
        Lang::Fr => format!("Raison donnée\u{a0}: {reason}"),
        Lang::En => format!("Reason given: {reason}"),
    }
}

/// The clock that runs.
pub fn countdown(lang: Lang, seconds: u64) -> String {
    match lang {
        Lang::Fr => format!("Sans réponse dans {seconds}\u{a0}s, rien ne change."),
        Lang::En => format!("Without an answer in {seconds}\u{a0}s, nothing changes."),
    }
}

/// The hotkey that takes control back, as the keys are labelled.
pub const fn hotkey(lang: Lang) -> &'static str {
    lang.pick("Ctrl\u{a0}+\u{a0}Maj\u{a0}+\u{a0}F10", "Ctrl\u{a0}+\u{a0}Shift\u{a0}+\u{a0}F10")
}

/// On the banner's second button.
pub const fn take_back(lang: Lang) -> &'static str {
    lang.pick("Reprendre la main", "Take control back")
}

/// What that button does, for who cannot see it.
pub const fn take_back_means(lang: Lang) -> &'static str {
    lang.pick(
        "Le technicien ne pourra plus que voir l’écran.",
        "The technician will only be able to see the screen.",
    )
}

/// On the banner: the machine is or was locked, or showed a protected screen.
pub fn banner_held(lang: Lang, for_s: u16) -> String {
    match lang {
        Lang::Fr => {
            format!(
                "En pause, écran verrouillé ou protégé\u{a0}: rien n’est vu ni commandé (encore {for_s}\u{a0}s)"
            )
        }
        Lang::En => {
            format!("Paused, locked or protected screen: nothing is seen or controlled ({for_s}\u{a0}s left)")
        }
    }
}

/// On the banner: the technician did nothing for long.
pub const fn banner_idle(lang: Lang) -> &'static str {
    lang.pick(
        "En pause, le technicien n’agit plus\u{a0}: rien n’est vu ni commandé",
        "Paused, the technician is not acting: nothing is seen or controlled",
    )
}

/// On the banner: hands were taken back.
pub const fn banner_taken_back(lang: Lang) -> &'static str {
    lang.pick("Vous avez repris la main.", "You took control back.")
}

/// To the technician: why nothing is to be seen.
pub const fn held_why(lang: Lang, why: Hold) -> &'static str {
    match why {
        Hold::Locked => lang.pick("La personne a verrouillé son poste.", "The person has locked the PC."),
        Hold::Asleep => lang.pick("Le poste s’est mis en veille.", "The PC has gone to sleep."),
        Hold::Idle => lang.pick(
            "Vous n’avez rien fait depuis 10\u{a0}min\u{a0}: l’écran du client n’est plus montré.",
            "You have done nothing for 10 min: the client’s screen is no longer shown.",
        ),
        Hold::Secure => lang.pick(
            "Windows demande un mot de passe ou une autorisation d’administrateur\u{a0}: la personne doit répondre sur le PC.",
            "Windows asks for a password or an administrator’s permission: the person has to answer on the PC.",
        ),
    }
}

/// The same, and for how long at most.
pub fn held(lang: Lang, why: Hold, left_s: u16) -> String {
    let what = held_why(lang, why);
    if why == Hold::Idle {
        return what.to_owned();
    }
    match lang {
        Lang::Fr => format!("{what} L’intervention attend encore {left_s}\u{a0}s."),
        Lang::En => format!("{what} The session waits for {left_s}\u{a0}s more."),
    }
}

/// To the technician: what changed.
pub fn turned(lang: Lang, why: Turning) -> String {
    let said = match why {
        Turning::PersonBack => lang.pick(
            "La personne est de retour\u{a0}: l’intervention continue avec le même accord.",
            "The person is back: the session goes on under the same consent.",
        ),
        Turning::TakenBack => lang.pick(
            "La personne a repris la main\u{a0}: l’écran peut seulement être vu.",
            "The person took control back: the screen may only be seen.",
        ),
        Turning::Widened { .. } => lang.pick(
            "La personne a accepté\u{a0}: souris et clavier sont autorisés.",
            "The person agreed: mouse and keyboard are allowed.",
        ),
        Turning::NotWidened { reason: EndReason::PromptTimedOut } => lang.pick(
            "La personne n’a pas répondu\u{a0}: rien ne change.",
            "The person did not answer: nothing changes.",
        ),
        Turning::NotWidened { .. } => lang.pick(
            "La personne n’a pas accepté\u{a0}: rien ne change.",
            "The person did not agree: nothing changes.",
        ),
        Turning::Awake => lang.pick("L’intervention continue.", "The session goes on."),
    };
    said.to_owned()
}

/// To the technician: what becomes of the wish for more.
pub fn more(lang: Lang, more: More) -> String {
    let said = match more {
        More::Asked { for_s } => {
            return match lang {
                Lang::Fr => format!(
                    "La personne est interrogée ({for_s}\u{a0}s)\u{a0}: souris et clavier attendent sa réponse."
                ),
                Lang::En => {
                    format!("The person is being asked ({for_s}\u{a0}s): mouse and keyboard wait for the answer.")
                }
            };
        }
        More::NotAsked { reason: EndReason::BeyondTicket } => lang.pick(
            "Cette intervention n’a pas été demandée pour cela, ou ce poste ne le permet pas\u{a0}: demandez une nouvelle intervention.",
            "This session was not asked for with that, or this PC does not allow it: ask for a new session.",
        ),
        More::NotAsked { reason: EndReason::PromptLimit } => lang.pick(
            "Trop de questions en peu de temps\u{a0}: la personne n’est pas dérangée. Téléphonez-lui.",
            "Too many questions in a short time: the person is not disturbed. Telephone.",
        ),
        More::NotAsked { reason: EndReason::Busy } => lang.pick(
            "La personne ne peut pas être interrogée maintenant. Réessayez plus tard.",
            "The person cannot be asked now. Try again later.",
        ),
        More::NotAsked { .. } => {
            lang.pick("La question n’est plus posée\u{a0}: rien ne change.", "The question was taken back: nothing changes.")
        }
    };
    said.to_owned()
}

/// In a journal: nothing was seen from here on.
pub const fn held_noted(lang: Lang, why: Hold) -> &'static str {
    match why {
        Hold::Locked => lang.pick(
            "Poste verrouillé\u{a0}: rien n’a été vu ni touché à partir d’ici.",
            "The PC was locked: nothing was seen or touched from here on.",
        ),
        Hold::Asleep => lang.pick(
            "Poste en veille\u{a0}: rien n’a été vu ni touché à partir d’ici.",
            "The PC went to sleep: nothing was seen or touched from here on.",
        ),
        Hold::Idle => lang.pick(
            "Le technicien n’a rien fait pendant 10\u{a0}min\u{a0}: rien n’a été vu ni touché à partir d’ici.",
            "The technician did nothing for 10 min: nothing was seen or touched from here on.",
        ),
        Hold::Secure => lang.pick(
            "Écran protégé de Windows\u{a0}: rien n’a été vu ni touché à partir d’ici.",
            "A protected screen of Windows: nothing was seen or touched from here on.",
        ),
    }
}

/// In a journal: more was asked for.
pub fn widening_noted(lang: Lang, capabilities: Capabilities) -> String {
    let what = what(lang, capabilities);
    match lang {
        Lang::Fr => format!("Le technicien a demandé davantage\u{a0}: {what}."),
        Lang::En => format!("The technician asked for more: {what}."),
    }
}

/// In a journal: what held from here on, and why.
pub fn turned_noted(lang: Lang, capabilities: Capabilities, why: Turning) -> String {
    let what = what(lang, capabilities);
    match (lang, why) {
        (Lang::Fr, Turning::PersonBack) => {
            format!("La personne est revenue\u{a0}; la session a continué\u{a0}: {what}.")
        }
        (Lang::En, Turning::PersonBack) => format!("The person came back; the session went on: {what}."),
        (Lang::Fr, Turning::TakenBack) => format!("La personne a repris la main\u{a0}: {what}."),
        (Lang::En, Turning::TakenBack) => format!("The person took control back: {what}."),
        (Lang::Fr, Turning::Widened { shown_ms }) => format!(
            "La personne a accepté davantage\u{a0}: {what} (question affichée {}\u{a0}s).",
            shown_ms / 1000
        ),
        (Lang::En, Turning::Widened { shown_ms }) => {
            format!("The person agreed to more: {what} (question shown for {} s).", shown_ms / 1000)
        }
        (Lang::Fr, Turning::NotWidened { reason }) => {
            format!("La personne n’a pas accepté davantage ({reason})\u{a0}: {what}.")
        }
        (Lang::En, Turning::NotWidened { reason }) => {
            format!("The person did not agree to more ({reason}): {what}.")
        }
        (Lang::Fr, Turning::Awake) => format!("Le technicien a repris la session\u{a0}: {what}."),
        (Lang::En, Turning::Awake) => format!("The technician went on with the session: {what}."),
    }
}

fn what(lang: Lang, capabilities: Capabilities) -> &'static str {
    if capabilities.holds(Capabilities::CONTROL) {
        lang.pick("voir l’écran, souris et clavier", "see the screen, mouse and keyboard")
    } else {
        lang.pick("voir l’écran", "see the screen")
    }
}
