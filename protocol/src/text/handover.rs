//! What people read about passwords: the mask, the window in which one is typed, and what the journals say (clause 8.2).

use super::Lang;
use super::prompt::{person, plain};
use crate::prompt::MAX_SHOWN;
use crate::wire::handover::HandoverKind;

/// On the banner's button: nothing is to be seen.
pub const fn mask(lang: Lang) -> &'static str {
    lang.pick("Masquer mon écran", "Mask my screen")
}

/// On the banner's button: the screen may be seen again.
pub const fn unmask(lang: Lang) -> &'static str {
    lang.pick("Montrer mon écran", "Show my screen")
}

/// The keys that do the same, as they are labelled.
pub const fn mask_hotkey(lang: Lang) -> &'static str {
    lang.pick("Ctrl\u{a0}+\u{a0}Maj\u{a0}+\u{a0}F11", "Ctrl\u{a0}+\u{a0}Shift\u{a0}+\u{a0}F11")
}

/// On the banner while it is masked.
pub const fn banner_masked(lang: Lang) -> &'static str {
    lang.pick("Écran masqué\u{a0}: rien n’est vu ni touché", "Screen masked: nothing is seen or touched")
}

/// To the technician.
pub const fn to_technician(lang: Lang, active: bool) -> &'static str {
    if active {
        lang.pick(
            "La personne saisit un mot de passe, son écran est masqué.",
            "The person types a password; the screen is masked.",
        )
    } else {
        lang.pick("L’écran est de nouveau montré.", "The screen is shown again.")
    }
}

/// The window's title.
pub const fn title(lang: Lang) -> &'static str {
    lang.pick("Aval – transmettre un mot de passe", "Aval – hand over a password")
}

/// Who asks for what.
pub fn headline(lang: Lang, technician: &str, kind: HandoverKind) -> String {
    let (name, what) = (person(technician), kind_named(lang, kind));
    match lang {
        Lang::Fr => format!("{name} vous demande {what}"),
        Lang::En => format!("{name} asks you for {what}"),
    }
}

/// For whom the technician works.
pub fn from_firm(firm: &str) -> String {
    plain(firm, MAX_SHOWN)
}

/// A kind within a sentence.
pub const fn kind_named(lang: Lang, kind: HandoverKind) -> &'static str {
    match kind {
        HandoverKind::Masked => lang.pick("un mot de passe saisi à l’abri", "a password typed unseen"),
        HandoverKind::Windows => lang.pick("un mot de passe Windows", "a Windows password"),
        HandoverKind::Application => {
            lang.pick("un mot de passe d’application", "the password of an application")
        }
        HandoverKind::Wifi => lang.pick("une clé Wi-Fi", "a Wi-Fi key"),
        HandoverKind::Other | HandoverKind::Unknown(_) => {
            lang.pick("un autre mot de passe", "another password")
        }
    }
}

/// What becomes of it.
pub const fn becomes(lang: Lang) -> &'static str {
    lang.pick(
        "Il est chiffré ici, affiché une seule fois au technicien pendant 60\u{a0}s, puis effacé. Ni le serveur ni les journaux ne le reçoivent.",
        "It is sealed here, shown to the technician once for 60 s, then wiped. Neither the server nor any journal gets it.",
    )
}

/// What never to do, and what to do after.
pub const fn advice(lang: Lang) -> &'static str {
    lang.pick(
        "Jamais un code de banque ou de carte. Vous pouvez refuser, ou masquer votre écran et le saisir vous-même. Changez-le ensuite.",
        "Never a bank’s or a card’s code. You may refuse, or mask your screen and type it yourself. Change it afterwards.",
    )
}

/// The first field.
pub const fn identifier(lang: Lang, kind: HandoverKind) -> &'static str {
    match kind {
        HandoverKind::Wifi => lang.pick("Nom du réseau (facultatif)", "Name of the network (optional)"),
        _ => lang.pick("Identifiant (facultatif)", "Identifier (optional)"),
    }
}

/// The second field.
pub const fn password(lang: Lang, kind: HandoverKind) -> &'static str {
    match kind {
        HandoverKind::Wifi => lang.pick("Clé Wi-Fi", "Wi-Fi key"),
        _ => lang.pick("Mot de passe", "Password"),
    }
}

/// The box that shows what is typed.
pub const fn reveal(lang: Lang) -> &'static str {
    lang.pick("Afficher ce que je tape", "Show what I type")
}

/// The button.
pub const fn give(lang: Lang) -> &'static str {
    lang.pick("Transmettre une fois", "Hand over once")
}

/// How long it waits, and that nothing is seen.
pub fn countdown(lang: Lang, seconds: u64) -> String {
    match lang {
        Lang::Fr => format!("Votre écran est masqué. Sans réponse, c’est non (encore {seconds}\u{a0}s)."),
        Lang::En => format!("Your screen is masked. No answer means no ({seconds} s left)."),
    }
}

/// To the technician: nothing was handed over.
pub const fn not_given(lang: Lang) -> &'static str {
    lang.pick("La personne n’a pas transmis de mot de passe.", "The person handed over no password.")
}

/// In a journal.
pub fn noted(lang: Lang, kind: HandoverKind, count: u8) -> String {
    match (kind, lang) {
        (HandoverKind::Masked, Lang::Fr) => {
            "Un mot de passe a été saisi sur le PC, écran masqué\u{a0}; le technicien n’a rien vu.".to_owned()
        }
        (HandoverKind::Masked, Lang::En) => {
            "A password was typed at the PC, the screen masked; the technician saw nothing.".to_owned()
        }
        (kind, Lang::Fr) => format!(
            "La personne a transmis {} ({count} valeur{}), affiché une fois puis effacé\u{a0}; il n’est écrit nulle part.",
            kind_named(lang, kind),
            if count > 1 { "s" } else { "" }
        ),
        (kind, Lang::En) => format!(
            "The person handed over {} ({count} value{}), shown once and wiped; it is written nowhere.",
            kind_named(lang, kind),
            if count > 1 { "s" } else { "" }
        ),
    }
}
