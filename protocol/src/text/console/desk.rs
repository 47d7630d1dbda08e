//! What the technician's desk says in the browser and while it starts.

use crate::text::Lang;
use crate::text::prompt::plain;

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
