//! What is said when a key's passphrase is asked for.

use super::Lang;
use super::prompt::plain;

/// Longest path shown, in characters.
const MAX_SHOWN: usize = 200;

/// Opens a key.
pub fn ask(lang: Lang, path: &str) -> String {
    let path = plain(path, MAX_SHOWN);
    match lang {
        Lang::Fr => format!("Phrase secrète de {path}\u{a0}: "),
        Lang::En => format!("Passphrase of {path}: "),
    }
}

/// A new one, for keys that are made.
pub fn ask_new(lang: Lang, shortest: usize) -> String {
    match lang {
        Lang::Fr => format!(
            "Nouvelle phrase secrète ({shortest}\u{a0}caractères au moins, par exemple quatre mots)\u{a0}: "
        ),
        Lang::En => format!("New passphrase (at least {shortest} characters, for example four words): "),
    }
}

/// The same once more.
pub const fn ask_again(lang: Lang) -> &'static str {
    lang.pick("La même, encore une fois\u{a0}: ", "The same once more: ")
}

/// Too short, or nothing.
pub fn too_short(lang: Lang, shortest: usize) -> String {
    match lang {
        Lang::Fr => format!(
            "La phrase secrète doit avoir au moins {shortest}\u{a0}caractères\u{a0}: rien n’a été fait. Pour garder la clé sans \
             protection, dites-le\u{a0}: --no-passphrase."
        ),
        Lang::En => format!(
            "The passphrase must have at least {shortest} characters: nothing was done. To keep the key without protection, say \
             so: --no-passphrase."
        ),
    }
}

/// The two differ.
pub const fn differs(lang: Lang) -> &'static str {
    lang.pick(
        "Les deux phrases secrètes ne sont pas les mêmes\u{a0}: rien n’a été fait. Recommencez.",
        "The two passphrases differ: nothing was done. Try again.",
    )
}

/// The terminal can't hide what is typed.
pub fn no_terminal(lang: Lang, why: &str) -> String {
    let why = plain(why, MAX_SHOWN);
    match lang {
        Lang::Fr => {
            format!("La phrase secrète ne peut pas être demandée ici ({why})\u{a0}: ouvrez un terminal.")
        }
        Lang::En => format!("The passphrase can’t be asked for here ({why}): open a terminal."),
    }
}

/// A key's file is another one now.
pub fn changed(lang: Lang, path: &str, locked: bool) -> String {
    let path = plain(path, MAX_SHOWN);
    match (lang, locked) {
        (Lang::Fr, true) => {
            format!("{path} est derrière sa phrase secrète. Sans elle, il n’y a pas d’autre accès.")
        }
        (Lang::En, true) => format!("{path} is behind its passphrase. Without it there is no other way in."),
        (Lang::Fr, false) => format!("{path} n’est plus protégé\u{a0}: qui copie ce fichier a la clé."),
        (Lang::En, false) => format!("{path} is protected no more: whoever copies this file has the key."),
    }
}
