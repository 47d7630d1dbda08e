//! What the technician's desk says in the browser and while it starts.

use crate::text::Lang;
use crate::text::prompt::plain;
use crate::wire::record::{ContractState, CoverageState, OfferAnswer, OfferKind};

/// Longest foreign text shown, in characters.
const MAX: usize = 160;

/// Nobody comes in without the launched page's key.
pub const fn no_key(lang: Lang) -> &'static str {
    lang.pick(
        "Cette page s’ouvre depuis le programme\u{a0}: fermez-la et lancez Aval.",
        "This page opens from the program: close it and start Aval.",
    )
}

/// Called by another name, or by another page.
pub const fn stranger(lang: Lang) -> &'static str {
    lang.pick(
        "Cette demande ne vient pas de la page d’Aval\u{a0}: elle est refusée.",
        "This request does not come from Aval’s page: it is refused.",
    )
}

/// No such path, machine or session.
pub const fn nothing_here(lang: Lang) -> &'static str {
    lang.pick(
        "Il n’y a rien à cette adresse. Revenez à la liste des machines.",
        "There is nothing at this address. Go back to the list of machines.",
    )
}

/// A body that is not what was agreed.
pub const fn bad_json(lang: Lang) -> &'static str {
    lang.pick(
        "La page a envoyé une demande illisible. Rechargez-la\u{a0}; si cela se répète, signalez-le.",
        "The page sent a request that cannot be read. Reload it; if it happens again, report it.",
    )
}

/// A value out of bounds.
pub fn invalid(lang: Lang, what: &str) -> String {
    let what = plain(what, MAX);
    match lang {
        Lang::Fr => format!("Cette valeur ne convient pas\u{a0}: {what}. Corrigez-la et recommencez."),
        Lang::En => format!("This value will not do: {what}. Correct it and try again."),
    }
}

/// The first connection is being made.
pub const fn connecting(lang: Lang) -> &'static str {
    lang.pick("Connexion au serveur…", "Connecting to the server…")
}

/// A call was not answered because the list is not there yet.
pub const fn loading(lang: Lang) -> &'static str {
    lang.pick(
        "La liste des machines se charge. Réessayez dans un instant.",
        "The list of machines is loading. Try again in a moment.",
    )
}

/// The desk is open.
pub const fn opened(lang: Lang) -> &'static str {
    lang.pick(
        "Le poste de travail est ouvert. Fermez sa fenêtre ou appuyez sur Ctrl+C pour quitter\u{a0}: les sessions en cours \
         se terminent.",
        "The desk is open. Close its window or press Ctrl+C to leave: running sessions end.",
    )
}

/// The person opens the launch file in a browser of their own.
pub const fn open_yourself(lang: Lang) -> &'static str {
    lang.pick(
        "Ouvrez ce fichier dans votre navigateur, sur cet ordinateur\u{a0}; il ne sert qu’une fois. Ctrl+C pour quitter\u{a0}: \
         les sessions en cours se terminent.",
        "Open this file in your browser, on this computer; it works once. Ctrl+C to leave: running sessions end.",
    )
}

/// There is no browser that could show the desk.
pub const fn no_browser(lang: Lang) -> &'static str {
    lang.pick(
        "Aucun navigateur trouvé. Installez Chromium, Chrome, Edge ou Firefox, ou lancez\u{a0}: aval-console desk --no-browser",
        "No browser found. Install Chromium, Chrome, Edge or Firefox, or run: aval-console desk --no-browser",
    )
}

/// Chromium refuses to run as root.
pub const fn root(lang: Lang) -> &'static str {
    lang.pick(
        "Ce navigateur ne démarre pas pour l’utilisateur root. Lancez Aval avec votre compte habituel, ou\u{a0}: \
         aval-console desk --no-browser",
        "This browser does not start for the user root. Start Aval with your usual account, or run: \
         aval-console desk --no-browser",
    )
}

/// The browser did not start, or ended at once.
pub fn browser_failed(lang: Lang, browser: &str, why: &str) -> String {
    let (browser, why) = (plain(browser, MAX), plain(why, MAX));
    match lang {
        Lang::Fr => {
            format!("{browser} n’a pas démarré ({why}). Essayez\u{a0}: aval-console desk --no-browser")
        }
        Lang::En => format!("{browser} did not start ({why}). Try: aval-console desk --no-browser"),
    }
}

/// No private folder for the launch file and the browser's profile.
pub fn no_folder(lang: Lang, path: &str, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => {
            format!(
                "Impossible de créer un dossier privé dans {path} ({why}). Vérifiez vos droits et l’espace libre."
            )
        }
        Lang::En => {
            format!("No private folder can be made in {path} ({why}). Check your rights and free space.")
        }
    }
}

/// 127.0.0.1 cannot be listened on.
pub fn no_port(lang: Lang, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => {
            format!("Impossible d’écouter sur 127.0.0.1 ({why}). Fermez des programmes et recommencez.")
        }
        Lang::En => format!("127.0.0.1 cannot be listened on ({why}). Close programs and try again."),
    }
}

/// How good the line is: `good`, `fair`, anything else is poor.
pub fn quality(lang: Lang, code: &str) -> &'static str {
    match code {
        "good" => lang.pick("bonne liaison", "good line"),
        "fair" => lang.pick("liaison moyenne", "fair line"),
        _ => lang.pick("liaison faible", "poor line"),
    }
}

/// How a contract stands; `day` is when it ends, begins, ended, or since when.
pub fn contract_state(lang: Lang, state: ContractState, day: Option<&str>) -> String {
    let (fr, en) = match state {
        ContractState::InForce => (("En vigueur", " jusqu’au "), ("In force", " until ")),
        ContractState::NotYetInForce => {
            (("Pas encore en vigueur", ", à partir du "), ("Not yet in force", ", from "))
        }
        ContractState::Lapsed => (("Terminé", " depuis le "), ("Ended", " on ")),
        ContractState::Suspended => (("Suspendu", " depuis le "), ("Suspended", " since ")),
        ContractState::Unknown(_) => (("État inconnu", ", "), ("Unknown state", ", ")),
    };
    let (word, joint) = lang.pick(fr, en);
    day.map_or_else(|| word.to_owned(), |day| format!("{word}{joint}{day}"))
}

/// Whether the contract covers a machine.
pub const fn coverage(lang: Lang, state: CoverageState) -> &'static str {
    match state {
        CoverageState::Covered => lang.pick("Couverte", "Covered"),
        CoverageState::NeedsRemediation => {
            lang.pick("À remettre en état avant d’être couverte", "To be mended before it is covered")
        }
        CoverageState::OtherEstablishment => lang.pick(
            "D’un établissement que le contrat ne couvre pas",
            "Of an establishment that the contract does not cover",
        ),
        CoverageState::OffTheList => lang
            .pick("Sortie de la liste approuvée des deux parties", "Has left the list both parties approved"),
        CoverageState::Unknown(_) => lang.pick("Inconnue", "Unknown"),
    }
}

/// A session that has not ended.
pub const fn still_running(lang: Lang) -> &'static str {
    lang.pick("En cours.", "Running.")
}

/// What is proposed to a client.
pub const fn offer(lang: Lang, kind: OfferKind) -> &'static str {
    match kind {
        OfferKind::Phone => lang.pick("Aide par téléphone", "Help by telephone"),
        OfferKind::Workshop => lang.pick("Intervention en atelier", "Work in the workshop"),
        OfferKind::Onsite => lang.pick("Déplacement chez le client", "Visit to the client"),
        OfferKind::Quote => lang.pick("Devis", "Quote"),
        OfferKind::ReplacePart => lang.pick("Remplacement d’une pièce", "Replacement of a part"),
        OfferKind::ReplaceSoftware => lang.pick("Remplacement d’un logiciel", "Replacement of software"),
        OfferKind::Remote => lang.pick("Télémaintenance", "Remote session"),
        OfferKind::Unknown(_) => lang.pick("Autre proposition", "Another proposal"),
    }
}

/// Where an offer stands.
pub const fn offer_state(lang: Lang, answer: Option<OfferAnswer>) -> &'static str {
    match answer {
        None => lang.pick(
            "Proposé, sans réponse\u{a0}: la proposition tient toujours.",
            "Proposed, not answered: the offer stands.",
        ),
        Some(OfferAnswer::Accepted) => lang.pick("Accepté par le client.", "Accepted by the client."),
        Some(OfferAnswer::Refused) => lang.pick(
            "Refusé par le client\u{a0}: l’obligation est remplie, sans conséquence pour lui.",
            "Refused by the client: the obligation is fulfilled, and nothing follows for them.",
        ),
        Some(OfferAnswer::Unknown(_)) => lang.pick("Réponse inconnue.", "Unknown answer."),
    }
}

/// An offer was written down.
pub fn offered(lang: Lang, number: u64, kind: OfferKind, included: bool, clause: &str) -> String {
    let (kind, included) = (offer(lang, kind), super::offer_included(lang, included));
    let clause = super::clause(lang, clause);
    match lang {
        Lang::Fr => format!("Proposition {number}\u{a0}: {kind}, {included} ({clause})."),
        Lang::En => format!("Offer {number}: {kind}, {included} ({clause})."),
    }
}
