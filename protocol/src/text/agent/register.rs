//! The journal as a file, and the receipt of a session: what the person keeps.

use super::super::Lang;
use super::super::keys::fingerprint;
use super::super::prompt::{phone, plain};
use super::here::AS_ADMIN;
use crate::id::KeyId;

/// Longest path or name shown, in characters.
const MAX: usize = 300;

/// The file could not be written.
pub fn register_not_written(lang: Lang, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => format!(
            "Le journal n’a pas été exporté ({why}). Choisissez un autre fichier, qui n’existe pas encore."
        ),
        Lang::En => {
            format!("The journal was not exported ({why}). Choose another file, one that does not exist yet.")
        }
    }
}

/// Both files are there.
pub fn register_written(lang: Lang, file: &str, words: &str, entries: u64) -> String {
    let (file, words) = (plain(file, MAX), plain(words, MAX));
    match lang {
        Lang::Fr => format!(
            "{entries} entrées exportées\u{a0}: {words} se lit, {file} se vérifie, sur n’importe quel PC, par «\u{a0}aval-agent register \
             verify --file\u{a0}»."
        ),
        Lang::En => format!(
            "{entries} entries exported: {words} is for reading, {file} is verified, on any PC, by “aval-agent register verify --file”."
        ),
    }
}

/// The last lines of the text.
pub fn register_ends(lang: Lang, seq: u64, hash: &str, key: KeyId, firm: &str, phone_e164: &str) -> String {
    let (firm, phone, key) = (plain(firm, MAX), phone(phone_e164), fingerprint(key));
    match lang {
        Lang::Fr => format!(
            "Fin du journal\u{a0}: entrée {seq}, empreinte {hash}\nClé de ce PC\u{a0}: {key}\nUne question\u{a0}? {firm}, {phone}"
        ),
        Lang::En => format!(
            "End of the journal: entry {seq}, hash {hash}\nThis PC’s key: {key}\nA question? {firm}, {phone}"
        ),
    }
}

/// A file that holds.
pub fn register_good(lang: Lang, entries: u64, key: KeyId, compared: bool) -> String {
    let key = fingerprint(key);
    match (lang, compared) {
        (Lang::Fr, true) => {
            format!("Journal intact\u{a0}: {entries} entrées signées par la clé attendue, {key}.")
        }
        (Lang::En, true) => {
            format!("The journal is intact: {entries} entries signed by the expected key, {key}.")
        }
        (Lang::Fr, false) => format!(
            "Journal intact\u{a0}: {entries} entrées signées par la clé {key}. Comparez-la à celle que montre «\u{a0}aval-agent status\u{a0}» \
             sur le PC lui-même, ou donnez-la avec --key."
        ),
        (Lang::En, false) => format!(
            "The journal is intact: {entries} entries signed by the key {key}. Compare it with the one that “aval-agent status” shows on \
             the PC itself, or give it with --key."
        ),
    }
}

/// A file that does not hold.
pub fn register_bad(lang: Lang, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => format!(
            "Ce fichier n’est pas le journal tel que le PC l’a signé ({why}). Exportez-le de nouveau sur le PC."
        ),
        Lang::En => {
            format!("This file is not the journal as the PC signed it ({why}). Export it again on the PC.")
        }
    }
}

/// The receipt of a session, which is left in the person's documents: who, for whom, what was allowed and how it ended as the journal has
/// it, where the journal ends, whom to call.
pub fn receipt(
    lang: Lang,
    firm: &str,
    technicians: &[String],
    journal: &[String],
    (seq, hash): (u64, &str),
    phone_e164: &str,
) -> String {
    let names: Vec<String> = technicians.iter().map(|name| plain(name, MAX)).collect();
    let (firm, names, journal, phone) =
        (plain(firm, MAX), names.join(", "), journal.join("\n"), phone(phone_e164));
    match lang {
        Lang::Fr => format!(
            "Reçu d’une session d’assistance à distance – {firm}\nTechnicien\u{a0}: {names}\n{journal}\nJournal de ce PC\u{a0}: entrée {seq}, \
             empreinte {hash}\nPour tout relire\u{a0}: {AS_ADMIN}aval-agent register. Une question\u{a0}? {phone}"
        ),
        Lang::En => format!(
            "Receipt of a remote assistance session – {firm}\nTechnician: {names}\n{journal}\nJournal of this PC: entry {seq}, hash \
             {hash}\nTo read all of it: {AS_ADMIN}aval-agent register. A question? {phone}"
        ),
    }
}
