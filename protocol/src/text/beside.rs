//! What people read when a second technician asks for a PC where one is in a session already.

use super::Lang;
use super::prompt::{duration as plain_duration, isolated_to};
use crate::prompt::{Ask, Company, MAX_SHOWN};
use crate::wire::beside::{Colleague, Way};
use crate::wire::codes::EndReason;

/// The title of the window.
pub const fn title(lang: Lang, way: Way) -> &'static str {
    match way {
        Way::Follows => lang.pick("Aval – changer de technicien\u{202f}?", "Aval – another technician?"),
        Way::Joins => lang.pick("Aval – un second technicien\u{202f}?", "Aval – a second technician?"),
    }
}

/// Who wants what, and who is there.
pub fn headline(lang: Lang, ask: &Ask, company: &Company) -> String {
    let (name, first) =
        (isolated_to(&ask.technician, MAX_SHOWN), isolated_to(&company.technician, MAX_SHOWN));
    match (lang, company.way) {
        (Lang::Fr, Way::Follows) => format!("{first} a accès. {name} demande à prendre sa place."),
        (Lang::En, Way::Follows) => format!("{first} has access. {name} asks to take over."),
        (Lang::Fr, Way::Joins) => format!("{first} a déjà accès. {name} demande à voir votre écran aussi."),
        (Lang::En, Way::Joins) => format!("{first} has access already. {name} asks to see your screen too."),
    }
}

/// For how long, and what follows from a yes and from a no.
pub fn duration(lang: Lang, ask: &Ask, company: &Company) -> String {
    let first = isolated_to(&company.technician, MAX_SHOWN);
    let (plain, still) = (
        plain_duration(lang, ask.minutes),
        lang.pick(
            "D’ici là, rien n’est commandé à distance.",
            "Until you answer nothing is controlled remotely.",
        ),
    );
    match (lang, company.way) {
        (Lang::Fr, Way::Follows) => {
            format!(
                "{plain} Si vous acceptez, l’accès de {first} prend fin\u{a0}; sinon, il continue. {still}"
            )
        }
        (Lang::En, Way::Follows) => {
            format!("{plain} If you accept, the access of {first} ends; if not, it goes on. {still}")
        }
        (_, Way::Joins) => format!("{plain} {still}"),
    }
}

/// To whoever is in the session: what becomes of the colleague's question.
pub const fn to_technician(lang: Lang, word: Colleague) -> &'static str {
    match word {
        Colleague::Asked { way: Way::Follows, .. } => lang.pick(
            "La personne décide si votre collègue prend la suite\u{a0}; souris et clavier attendent sa réponse.",
            "The person decides whether your colleague takes over; mouse and keyboard wait for the answer.",
        ),
        Colleague::Asked { way: Way::Joins, .. } => lang.pick(
            "La personne décide si votre collègue vous rejoint\u{a0}; souris et clavier attendent sa réponse.",
            "The person decides whether your colleague joins you; mouse and keyboard wait for the answer.",
        ),
        Colleague::Not { way: Way::Follows, reason: EndReason::RefusedByPerson } => lang.pick(
            "La personne a refusé votre collègue\u{a0}: vous gardez la main.",
            "The person said no to your colleague: the session stays yours.",
        ),
        Colleague::Not { way: Way::Follows, reason: EndReason::PromptTimedOut } => lang.pick(
            "La personne n’a pas répondu pour votre collègue\u{a0}: vous gardez la main.",
            "The person did not answer about your colleague: the session stays yours.",
        ),
        Colleague::Not { way: Way::Follows, .. } => lang.pick(
            "Votre collègue n’a pas pris la suite\u{a0}: vous gardez la main.",
            "Your colleague did not take over: the session stays yours.",
        ),
        Colleague::Not { way: Way::Joins, reason: EndReason::RefusedByPerson } => lang.pick(
            "La personne a refusé votre collègue\u{a0}: vous continuez seul.",
            "The person said no to your colleague: you go on alone.",
        ),
        Colleague::Not { way: Way::Joins, .. } => lang.pick(
            "Votre collègue ne vous a pas rejoint\u{a0}: vous continuez seul.",
            "Your colleague did not join you: you go on alone.",
        ),
        Colleague::Joined => lang.pick(
            "Votre collègue voit maintenant l’écran, lui aussi.",
            "Your colleague now sees the screen, too.",
        ),
        Colleague::Left => {
            lang.pick("Votre collègue ne voit plus l’écran.", "Your colleague does not see the screen any more.")
        }
    }
}

/// To the second one, after a no.
pub const fn nothing_changed(lang: Lang) -> &'static str {
    lang.pick("Rien n’a changé pour votre collègue.", "Nothing has changed for your colleague.")
}
