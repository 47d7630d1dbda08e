//! What the relay says: why a call was not carried out, and to whoever runs it at its terminal. Each fault says what to do.

use super::Lang;
use super::gate::{Day, Sentence};
use super::prompt::plain;
use crate::wire::codes::FaultCode;

/// Longest detail or path shown, in characters.
const MAX_SHOWN: usize = 300;

fn both(fr: impl Into<String>, en: impl Into<String>) -> Sentence {
    Sentence { fr: fr.into(), en: en.into() }
}

/// Why a call was not carried out.
pub fn fault(code: FaultCode) -> Sentence {
    match code {
        FaultCode::Forbidden => both(
            "Votre certificat ne permet pas cette action, n’est plus valable ou est verrouillé. Adressez-vous à votre responsable.",
            "Your certificate does not allow this, is no longer valid, or is locked. Ask your manager.",
        ),
        FaultCode::NotFound => both(
            "Rien de ce nom n’est connu du relais. Vérifiez le nom.",
            "The relay knows nothing of that name. Check the name.",
        ),
        FaultCode::CodeUnknown => both(
            "Ce code n’existe pas. Vérifiez chaque caractère, ou demandez un nouveau code.",
            "There is no such code. Check each character, or ask for a new code.",
        ),
        FaultCode::CodeExpired => {
            both("Ce code a expiré. Demandez un nouveau code.", "This code has expired. Ask for a new code.")
        }
        FaultCode::CodeUsed => both(
            "Ce code a déjà servi à un autre PC. Demandez un nouveau code.",
            "Another PC has used this code. Ask for a new code.",
        ),
        FaultCode::Invalid => both(
            "La demande est hors limites. Corrigez-la et recommencez.",
            "The request is out of bounds. Correct it and try again.",
        ),
        FaultCode::StoreUnavailable => both(
            "Le relais ne peut pas lire ou écrire son registre pour le moment. Réessayez, et prévenez qui gère le relais si cela dure.",
            "The relay can’t read or write its record now. Try again, and tell whoever runs the relay if it lasts.",
        ),
        FaultCode::TooManyAttempts => both(
            "Trop d’essais. Attendez dix minutes avant de réessayer.",
            "Too many attempts. Wait ten minutes before you try again.",
        ),
        FaultCode::Conflict => both(
            "C’est déjà le cas, ou contredit ce qui est enregistré. Rien n’a été changé.",
            "It is so already, or contradicts what is recorded. Nothing was changed.",
        ),
        FaultCode::Offline => both(
            "Le PC n’est pas connecté. Vérifiez qu’il est allumé et relié à Internet.",
            "The PC is not connected. Check that it is on and has an Internet connection.",
        ),
        FaultCode::Unsupported | FaultCode::Unknown(_) => both(
            "Ce relais ne connaît pas cette demande. Mettez-le à jour.",
            "This relay does not know this request. Update it.",
        ),
    }
}

/// The same with what exactly was found, which programs say in English.
pub fn fault_detail(code: FaultCode, detail: &str) -> Sentence {
    let Sentence { fr, en } = fault(code);
    let detail = plain(detail, MAX_SHOWN);
    both(format!("{fr} (Détail, en anglais\u{a0}: {detail}.)"), format!("{en} ({detail}.)"))
}

/// A lock needs its reason.
pub fn reason_needed() -> Sentence {
    both(
        "Indiquez le motif en 1 à 200\u{a0}caractères\u{a0}: il est écrit au journal.",
        "Give the reason in 1 to 200 characters: it is written into the journal.",
    )
}

/// An offer that can't be made for this client.
pub fn not_offered_there() -> Sentence {
    both(
        "Le déplacement se propose en Île-de-France seulement (articles 3.6 et 4.8)\u{a0}: vérifiez le code postal du contrat, \
         ou proposez l’atelier.",
        "A visit can be proposed in Île-de-France only (clauses 3.6 and 4.8): check the contract’s postal code, or propose the \
         workshop.",
    )
}

/// The relay serves.
pub fn listening(lang: Lang, address: &str) -> String {
    match lang {
        Lang::Fr => format!("Le relais écoute sur {address} (UDP)."),
        Lang::En => format!("The relay listens on {address} (UDP)."),
    }
}

/// The port is another program's.
pub fn port_in_use(lang: Lang, address: &str) -> String {
    match lang {
        Lang::Fr => format!(
            "Un autre programme occupe déjà {address} (UDP), peut-être un relais qui tourne encore. Arrêtez-le, ou choisissez \
             un autre port avec --listen."
        ),
        Lang::En => format!(
            "Another program holds {address} (UDP) already, perhaps a relay that still runs. Stop it, or choose another port \
             with --listen."
        ),
    }
}

/// Another relay serves this folder.
pub fn already_runs(lang: Lang, dir: &str) -> String {
    let dir = plain(dir, MAX_SHOWN);
    match lang {
        Lang::Fr => format!(
            "Un relais tourne déjà avec {dir}. Arrêtez-le d’abord, ou nommez un autre dossier avec --data."
        ),
        Lang::En => {
            format!("A relay runs with {dir} already. Stop it first, or name another folder with --data.")
        }
    }
}

/// The gate's word in a line.
pub const fn verdict(lang: Lang, permitted: bool) -> &'static str {
    if permitted {
        lang.pick(
            "Le contrat permet la prise en main à ce moment.",
            "The contract allows remote control at that moment.",
        )
    } else {
        lang.pick(
            "Le contrat ne permet pas la prise en main à ce moment\u{a0}:",
            "The contract does not allow remote control at that moment:",
        )
    }
}

/// The relay's endpoint failed time and again.
pub fn endpoint_broken(lang: Lang, address: &str) -> String {
    match lang {
        Lang::Fr => format!(
            "Le relais ne peut plus recevoir sur {address} et s’arrête\u{a0}; le journal dit pourquoi. Relancez-le\u{a0}: systemd le fait de lui-même."
        ),
        Lang::En => format!(
            "The relay can’t receive on {address} any more and stops; the log says why. Start it again: systemd does so by itself."
        ),
    }
}

/// No socket for another reason.
pub fn no_socket(lang: Lang, address: &str, why: &str) -> String {
    let why = plain(why, MAX_SHOWN);
    match lang {
        Lang::Fr => {
            format!("Impossible d’écouter sur {address} ({why}). Choisissez une autre adresse avec --listen.")
        }
        Lang::En => format!("Can’t listen on {address} ({why}). Choose another address with --listen."),
    }
}

/// Something in the data folder is missing.
pub fn missing(lang: Lang, path: &str, how: &str) -> String {
    let path = plain(path, MAX_SHOWN);
    match lang {
        Lang::Fr => format!("{path} manque. Créez-le avec\u{a0}: {how}"),
        Lang::En => format!("{path} is missing. Make it with: {how}"),
    }
}

/// A file of settings that makes no sense.
pub fn bad_settings(lang: Lang, path: &str, why: &str) -> String {
    let (path, why) = (plain(path, MAX_SHOWN), plain(why, MAX_SHOWN));
    match lang {
        Lang::Fr => format!("{path} n’est pas compris (détail, en anglais\u{a0}: {why}). Corrigez-le."),
        Lang::En => format!("{path} makes no sense ({why}). Correct it."),
    }
}

/// What the record said, in the language of programs.
pub fn record_refuses(lang: Lang, why: &str) -> String {
    // With what to do about it.
    let why = plain(why, 2 * MAX_SHOWN);
    match lang {
        Lang::Fr => format!("Le registre refuse (détail, en anglais\u{a0}: {why}). Rien n’a été changé."),
        Lang::En => format!("The record refuses: {why}. Nothing was changed."),
    }
}

/// What was asked for on the command line makes no sense.
pub fn bad_value(lang: Lang, why: &str) -> String {
    let why = plain(why, MAX_SHOWN);
    match lang {
        Lang::Fr => format!("Valeur refusée (détail, en anglais\u{a0}: {why})."),
        Lang::En => format!("Value refused: {why}."),
    }
}

/// A contract was recorded.
pub fn contract_opened(lang: Lang, id: &str, client: &str, from: &str) -> String {
    let (id, client) = (plain(id, MAX_SHOWN), plain(client, MAX_SHOWN));
    match lang {
        Lang::Fr => format!("Contrat {id} enregistré pour {client}, à compter du {from}."),
        Lang::En => format!("Contract {id} recorded for {client}, from {from} on."),
    }
}

/// A notice was recorded.
pub fn notice_added(lang: Lang, id: &str, ends: &str) -> String {
    let id = plain(id, MAX_SHOWN);
    match lang {
        Lang::Fr => format!("Congé enregistré\u{a0}: le contrat {id} prend fin le {ends}."),
        Lang::En => format!("Notice recorded: contract {id} ends on {ends}."),
    }
}

/// A contract was suspended.
pub fn suspended(lang: Lang, id: &str) -> String {
    let id = plain(id, MAX_SHOWN);
    match lang {
        Lang::Fr => format!("Contrat {id} suspendu\u{a0}: aucune nouvelle prise en main."),
        Lang::En => format!("Contract {id} suspended: no new remote control."),
    }
}

/// A suspension is over.
pub fn resumed(lang: Lang, id: &str) -> String {
    let id = plain(id, MAX_SHOWN);
    match lang {
        Lang::Fr => format!("La suspension du contrat {id} est levée."),
        Lang::En => format!("The suspension of contract {id} is lifted."),
    }
}

/// A machine was revoked.
pub fn revoked(lang: Lang, machine: &str) -> String {
    match lang {
        Lang::Fr => {
            format!("Le PC {machine} est révoqué\u{a0}; une session en cours est coupée dans la seconde.")
        }
        Lang::En => format!("The PC {machine} is revoked; a running session is cut within a second."),
    }
}

/// A contract in a line, for people.
pub fn contract_line(
    lang: Lang,
    id: &str,
    client: &str,
    from: &str,
    ends: Option<&str>,
    suspended: bool,
) -> String {
    let (id, client) = (plain(id, MAX_SHOWN), plain(client, MAX_SHOWN));
    let end = match (lang, ends) {
        (Lang::Fr, Some(day)) => format!("prend fin le {day}"),
        (Lang::En, Some(day)) => format!("ends on {day}"),
        (Lang::Fr, None) => "reconduit tacitement".to_owned(),
        (Lang::En, None) => "renewed tacitly".to_owned(),
    };
    let hold = if suspended { lang.pick(", suspendu", ", suspended") } else { "" };
    match lang {
        Lang::Fr => format!("{id}  {client}, à compter du {from}, {end}{hold}"),
        Lang::En => format!("{id}  {client}, from {from} on, {end}{hold}"),
    }
}

/// The terms of a contract on a day, for people: which runs, until when a letter ends it, when a consumer is to be told.
pub fn contract_terms(
    lang: Lang,
    (number, from, until): (u32, Day, Day),
    last_day: Option<Day>,
    told: Option<(Day, Day)>,
) -> String {
    let (from_fr, until_fr) = (from.fr_plain(), until.fr_plain());
    let mut said = match lang {
        Lang::Fr => format!("Période {number}, du {from_fr}\u{a0}; échéance le {until_fr}."),
        Lang::En => {
            format!("Term {number}, from {}; it falls due on {}.", from.en_plain(), until.en_plain())
        }
    };
    match (lang, last_day) {
        (_, None) => {}
        (Lang::Fr, Some(day)) => {
            said += &format!(" Dernier jour pour envoyer un congé\u{a0}: {}.", day.fr());
        }
        (Lang::En, Some(day)) => said += &format!(" Last day to send a notice: {}.", day.en()),
    }
    match (lang, told) {
        (_, None) => {}
        (Lang::Fr, Some((first, last))) => {
            said += &format!(
                " Un client consommateur ou non professionnel est prévenu par écrit entre le {} et le {}.",
                first.fr_plain(),
                last.fr_plain()
            );
        }
        (Lang::En, Some((first, last))) => {
            said += &format!(
                " A client who is a consumer or no professional is told in writing between {} and {}.",
                first.en_plain(),
                last.en_plain()
            );
        }
    }
    said
}

/// A document can't be read at all.
pub fn no_document(lang: Lang, path: &str, why: &str) -> String {
    let (path, why) = (plain(path, MAX_SHOWN), plain(why, MAX_SHOWN));
    match lang {
        Lang::Fr => format!("{path} ne peut pas être lu (détail, en anglais\u{a0}: {why})."),
        Lang::En => format!("{path} can’t be read: {why}."),
    }
}

/// A place of a document holds something that makes no sense: `at` is its JSON pointer.
pub fn bad_document(lang: Lang, path: &str, at: &str, why: &str) -> String {
    let (path, at, why) = (plain(path, MAX_SHOWN), plain(at, MAX_SHOWN), plain(why, MAX_SHOWN));
    match lang {
        Lang::Fr => format!(
            "{path}, à l’endroit {at}\u{a0}: valeur refusée (détail, en anglais\u{a0}: {why}). Rien n’a été deviné\u{a0}; corrigez le document."
        ),
        Lang::En => format!("{path}, at {at}: {why}. Nothing was guessed; correct the document."),
    }
}

/// A journal holds.
pub fn journal_holds(lang: Lang, entries: u64) -> String {
    match lang {
        Lang::Fr => format!("Le journal est intact\u{a0}: {entries}\u{a0}entrées, chaînées et signées."),
        Lang::En => format!("The journal holds: {entries} entries, chained and signed."),
    }
}

/// A journal does not hold.
pub fn journal_broken(lang: Lang, seq: u64, why: &str) -> String {
    match lang {
        Lang::Fr => format!(
            "Le journal a été modifié\u{a0}: l’entrée {seq} ne tient pas (détail, en anglais\u{a0}: {why}). Gardez le fichier et \
             comparez avec le journal du PC."
        ),
        Lang::En => format!(
            "The journal was changed: entry {seq} does not hold ({why}). Keep the file and compare with the PC’s own journal."
        ),
    }
}

/// What to do after `init`.
pub fn certify_next(lang: Lang, request: &str, dir: &str) -> String {
    let (request, dir) = (plain(request, MAX_SHOWN), plain(dir, MAX_SHOWN));
    match lang {
        Lang::Fr => format!(
            "À faire maintenant, sur le poste de la société\u{a0}:\n\
             aval-console firm certify --dir DOSSIER --request {request} --role relay --person NOM --name NOM --out relay.pem\n\
             puis ici\u{a0}: aval-relay install --data {dir} relay.pem"
        ),
        Lang::En => format!(
            "What to do now, on the firm’s computer:\n\
             aval-console firm certify --dir FOLDER --request {request} --role relay --person NAME --name NAME --out relay.pem\n\
             then here: aval-relay install --data {dir} relay.pem"
        ),
    }
}

/// The install page is served.
pub fn install_page(lang: Lang, address: &str, listen: &str) -> String {
    match lang {
        Lang::Fr => format!("La page d’installation {address} est servie sur {listen} (TCP)."),
        Lang::En => format!("The install page {address} is served on {listen} (TCP)."),
    }
}

/// The install page has no socket.
pub fn no_page_socket(lang: Lang, address: &str, why: &str) -> String {
    let why = plain(why, MAX_SHOWN);
    match lang {
        Lang::Fr => format!(
            "La page d’installation ne peut pas écouter sur {address} (TCP\u{a0}: {why}). Arrêtez le programme qui l’occupe, ou \
             changez [install] listen dans relay.toml. Un port en dessous de 1024 demande le droit CAP_NET_BIND_SERVICE."
        ),
        Lang::En => format!(
            "The install page can’t listen on {address} (TCP: {why}). Stop the program that holds it, or change [install] listen in \
             relay.toml. A port below 1024 takes the right CAP_NET_BIND_SERVICE."
        ),
    }
}

/// The install page has no certificate.
pub fn no_certificate(lang: Lang, path: &str, dir: &str) -> String {
    let (path, dir) = (plain(path, MAX_SHOWN), plain(dir, MAX_SHOWN));
    match lang {
        Lang::Fr => format!(
            "La page d’installation n’a pas de certificat\u{a0}: {path} manque. Faites-en établir un (docs/install.md), ou, pour un \
             essai seulement\u{a0}: aval-relay trial-certificate --data {dir} --host NOM"
        ),
        Lang::En => format!(
            "The install page has no certificate: {path} is missing. Have one issued (docs/install.md), or, for a trial only: \
             aval-relay trial-certificate --data {dir} --host NAME"
        ),
    }
}

/// The install page's certificate makes no sense.
pub fn bad_certificate(lang: Lang, path: &str, why: &str) -> String {
    let (path, why) = (plain(path, MAX_SHOWN), plain(why, MAX_SHOWN));
    match lang {
        Lang::Fr => format!(
            "{path} ne convient pas à la page d’installation (détail, en anglais\u{a0}: {why}). Il faut, en PEM, le certificat suivi \
             de ceux qui l’ont signé, et sa clé privée."
        ),
        Lang::En => format!(
            "{path} is of no use for the install page ({why}). It takes, as PEM, the certificate followed by those that signed it, \
             and its private key."
        ),
    }
}

/// A certificate for trials is made.
pub fn trial_certificate(lang: Lang, path: &str, host: &str) -> String {
    let (path, host) = (plain(path, MAX_SHOWN), plain(host, MAX_SHOWN));
    match lang {
        Lang::Fr => format!(
            "Certificat d’essai pour {host} écrit dans {path}, valable 90\u{a0}jours. Personne ne le garantit\u{a0}: les navigateurs \
             mettent en garde, à juste titre. Ne le montrez pas à des clients\u{a0}; pour eux, voyez docs/install.md."
        ),
        Lang::En => format!(
            "A trial certificate for {host} is in {path}, valid for 90 days. Nobody vouches for it: browsers warn, and are right. Do \
             not show it to clients; for them see docs/install.md."
        ),
    }
}

/// A package is handed out from now on.
pub fn package_added(lang: Lang, file: &str, sha256: &str) -> String {
    match lang {
        Lang::Fr => format!("{file} est désormais distribué.\nSHA-256\u{a0}: {sha256}"),
        Lang::En => format!("{file} is handed out from now on.\nSHA-256: {sha256}"),
    }
}

/// Nobody agreed to anything yet.
pub const fn no_installs(lang: Lang) -> &'static str {
    lang.pick("Aucune installation acceptée pour l’instant.", "No installation was agreed to yet.")
}

/// Papers were written into a contract.
pub fn papers_written(lang: Lang, contract: &str, count: usize) -> String {
    match lang {
        Lang::Fr if count == 1 => format!("Pièce notée dans le contrat {contract}."),
        Lang::Fr => format!("{count} pièces notées dans le contrat {contract}."),
        Lang::En if count == 1 => format!("Paper written into contract {contract}."),
        Lang::En => format!("{count} papers written into contract {contract}."),
    }
}

#[cfg(test)]
mod tests;
