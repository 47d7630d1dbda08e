//! What is said of the firm's bulletin: which keys count no more, where its relays are.

use super::Lang;
use super::keys::{date, fingerprint};
use super::prompt::plain;
use crate::firm::{Bulletin, RevokedFor};

/// Longest path shown, in characters.
const MAX_SHOWN: usize = 200;

/// Why a key counts no more.
pub const fn reason(lang: Lang, reason: RevokedFor) -> &'static str {
    match reason {
        RevokedFor::Stolen => lang.pick("volée", "stolen"),
        RevokedFor::Lost => lang.pick("perdue", "lost"),
        RevokedFor::Left => lang.pick("départ de la personne", "its holder left"),
        RevokedFor::Replaced => lang.pick("remplacée", "replaced"),
    }
}

/// A bulletin was written.
pub fn written(lang: Lang, bulletin: &Bulletin, file: &str) -> String {
    let (listed, file) = (list(lang, bulletin), plain(file, MAX_SHOWN));
    match lang {
        Lang::Fr => format!(
            "{listed}\nPortez {file} sur chaque relais\u{a0}: aval-relay bulletin --data DOSSIER {file}. \
             Les postes et les techniciens l’ont dans la seconde où ils sont joints."
        ),
        Lang::En => format!(
            "{listed}\nTake {file} to each relay: aval-relay bulletin --data FOLDER {file}. Machines and technicians have it in \
             the second in which they are reached."
        ),
    }
}

/// A relay has it.
pub fn taken_in(lang: Lang, bulletin: &Bulletin) -> String {
    let listed = list(lang, bulletin);
    match lang {
        Lang::Fr => format!("{listed}\nLe relais en service le transmet aussitôt."),
        Lang::En => format!("{listed}\nThe relay, if it serves, hands it on at once."),
    }
}

/// A newer one is known.
pub fn older(lang: Lang, version: u32) -> String {
    match lang {
        Lang::Fr => format!(
            "Ce bulletin est plus ancien que le n°\u{a0}{version}, déjà connu ici\u{a0}: rien n’est changé. Prenez le dernier, dans \
             le dossier de la société."
        ),
        Lang::En => format!(
            "This bulletin is older than no. {version}, which is known here: nothing is changed. Take the newest one, in the \
             firm’s folder."
        ),
    }
}

/// What it says, a line to each key.
pub fn list(lang: Lang, bulletin: &Bulletin) -> String {
    let (version, day) = (bulletin.version, date(lang, bulletin.at));
    let mut said = match lang {
        Lang::Fr => format!("Bulletin n°\u{a0}{version} de la société, {day}."),
        Lang::En => format!("The firm’s bulletin no. {version}, {day}."),
    };
    for it in &bulletin.revoked {
        let (key, why, since) = (fingerprint(it.key), reason(lang, it.reason), date(lang, it.since));
        said.push_str(&match lang {
            Lang::Fr => format!("\nClé révoquée ({why}) depuis le {since}\u{a0}: {key}"),
            Lang::En => format!("\nRevoked key ({why}) since {since}: {key}"),
        });
    }
    if !bulletin.relays.is_empty() {
        let relays = bulletin.relays.join(", ");
        said.push_str(&match lang {
            Lang::Fr => format!("\nRelais\u{a0}: {relays}"),
            Lang::En => format!("\nRelays: {relays}"),
        });
    }
    said
}
