//! What the relay says at its terminal about copies of its record.

use super::Lang;
use super::prompt::plain;

/// Longest path shown, in characters.
const MAX_SHOWN: usize = 300;

/// A backup is written.
pub fn backed_up(lang: Lang, path: &str) -> String {
    let path = plain(path, MAX_SHOWN);
    match lang {
        Lang::Fr => {
            format!("Copie complète du registre écrite dans {path}. Elle ne contient pas la clé du relais.")
        }
        Lang::En => format!("A complete copy of the record is in {path}. It does not hold the relay’s key."),
    }
}

/// The record is in a file that any engine takes over.
pub fn exported(lang: Lang, path: &str, rows: u64) -> String {
    let path = plain(path, MAX_SHOWN);
    match lang {
        Lang::Fr => format!(
            "Registre exporté dans {path} ({rows} lignes). Gardez ce fichier comme le registre lui-même\u{a0}: il contient les noms \
             des clients, mais pas la clé du relais."
        ),
        Lang::En => format!(
            "The record is exported to {path} ({rows} rows). Guard it as you do the record: it holds clients’ names, but not the \
             relay’s key."
        ),
    }
}

/// The record was taken over from a file.
pub fn imported(lang: Lang, path: &str, rows: u64) -> String {
    let path = plain(path, MAX_SHOWN);
    match lang {
        Lang::Fr => {
            format!("Registre repris de {path}\u{a0}: {rows} lignes. Tous les journaux ont été vérifiés.")
        }
        Lang::En => {
            format!("The record was taken over from {path}: {rows} rows. Every journal was verified.")
        }
    }
}

/// A copy was put in the record's place.
pub fn restored(lang: Lang, ended: u64) -> String {
    match lang {
        Lang::Fr => format!(
            "Le dossier est celui de la copie\u{a0}: {ended} code(s) d’invitation encore ouverts sont annulés, car ils ont pu servir \
             depuis. Les postes rattachés depuis la copie doivent l’être à nouveau\u{a0}; contrats, heures et verrous écrits depuis sont \
             à ressaisir."
        ),
        Lang::En => format!(
            "The record is the copy’s: {ended} invitation code(s) that were open are ended, for they may have been used since. \
             Machines attached since the copy must be attached anew; contracts, hours and locks written since are to be entered again."
        ),
    }
}
