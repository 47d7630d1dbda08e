//! What `aval-agent` says on a terminal: attaching a PC, its state, its journal.

mod attach;
mod here;
mod journal;
mod register;
mod service;
mod trouble;

pub use attach::*;
pub use journal::*;
pub use register::*;
pub use service::*;
pub use trouble::*;

use serde::{Deserialize, Serialize};

use super::Lang;
use super::keys::fingerprint;
use super::prompt::{phone, plain};
use crate::id::KeyId;
use crate::wire::codes::FaultCode;
use crate::wire::inventory::HardwareFacts;

/// Longest fact shown, in characters.
const MAX_FACT: usize = 80;

/// To whom the PC is about to be attached.
pub fn attaching(lang: Lang, firm: &str, phone_e164: &str) -> String {
    let (firm, phone) = (plain(firm, MAX_FACT), phone(phone_e164));
    match lang {
        Lang::Fr => format!("Rattachement à {firm}, {phone}"),
        Lang::En => format!("Attaching this PC to {firm}, {phone}"),
    }
}

/// To whom the PC is attached.
pub fn attached_to(lang: Lang, firm: &str, phone_e164: &str) -> String {
    let (firm, phone) = (plain(firm, MAX_FACT), phone(phone_e164));
    match lang {
        Lang::Fr => format!("Ce PC est rattaché à {firm}, {phone}."),
        Lang::En => format!("This PC is attached to {firm}, {phone}."),
    }
}

/// What a manager of the firm compares by telephone before approving this PC.
pub fn own_key(lang: Lang, key: KeyId) -> String {
    let key = fingerprint(key);
    match lang {
        Lang::Fr => format!("Empreinte de la clé de ce PC\u{a0}: {key}"),
        Lang::En => format!("Fingerprint of this PC’s key: {key}"),
    }
}

/// What being attached means.
pub const fn attaching_means(lang: Lang) -> &'static str {
    lang.pick(
        "Un technicien de cette société pourra vous demander de voir l’écran et d’utiliser la souris et le clavier.\n\
         Rien n’est montré sans votre accord, donné à chaque fois sur ce PC. Vous pourrez arrêter à tout moment.",
        "A technician of this company will be able to ask you to see the screen and to use mouse and keyboard.\n\
         Nothing is shown without your consent, given on this PC each time. You can stop at any time.",
    )
}

/// The heading above the facts.
pub const fn will_be_sent(lang: Lang) -> &'static str {
    lang.pick(
        "Ces informations sur le PC seront envoyées maintenant, et rien d’autre\u{a0}:",
        "This is what will be sent about the PC now, and nothing else:",
    )
}

/// What follows once somebody at the firm agreed.
pub const fn inventory_later(lang: Lang) -> &'static str {
    lang.pick(
        "Une fois le PC validé, le service envoie aussi l’inventaire du matériel, numéros de série compris, puis ce qui change.\n\
         Pour le lire en entier\u{a0}: aval-agent inventory",
        "Once the PC is approved, the service also sends its hardware inventory, serial numbers included, then what changes.\n\
         To read all of it: aval-agent inventory",
    )
}

/// The facts, one line each; what the machine does not tell is left out.
pub fn facts(lang: Lang, facts: &HardwareFacts) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = |fr: &'static str, en: &'static str, value: Option<String>| {
        if let Some(value) = value.filter(|v| !v.is_empty()) {
            lines.push(match lang {
                Lang::Fr => format!("{fr}\u{a0}: {value}"),
                Lang::En => format!("{en}: {value}"),
            });
        }
    };
    let foreign = |text: Option<&String>| text.map(|text| plain(text, MAX_FACT));
    line("Nom", "Name", foreign(Some(&facts.hostname)));
    line("Système", "System", foreign(facts.os.as_ref()));
    line("Version du noyau", "Kernel or build", foreign(facts.os_build.as_ref()));
    line("Architecture", "Architecture", foreign(facts.arch.as_ref()));
    line("Processeur", "Processor", foreign(facts.cpu.as_ref()));
    line("Processeurs logiques", "Logical processors", facts.logical_cpus.map(|n| n.to_string()));
    line("Mémoire", "Memory", facts.memory_mib.map(|mib| size(lang, u64::from(mib))));
    line("Disques", "Disks", facts.volumes_mib.map(|mib| size(lang, mib)));
    line("Fabricant", "Manufacturer", foreign(facts.vendor.as_ref()));
    line("Modèle", "Model", foreign(facts.model.as_ref()));
    line("Numéro de série", "Serial number", foreign(facts.serial.as_ref()));
    lines
}

/// The question; anything but a clear yes is a no.
pub const fn attach_question(lang: Lang) -> &'static str {
    lang.pick("Rattacher ce PC\u{202f}? [oui/NON] ", "Attach this PC? [yes/NO] ")
}

/// Whether a typed answer is a clear yes.
pub fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "oui" | "o" | "yes" | "y")
}

/// Nothing was done.
pub const fn not_attached(lang: Lang) -> &'static str {
    lang.pick("Ce PC n’est pas rattaché. Rien n’a été envoyé.", "This PC is not attached. Nothing was sent.")
}

/// Done; somebody at the firm has to agree.
pub fn attached(lang: Lang, firm: &str) -> String {
    let firm = plain(firm, MAX_FACT);
    match lang {
        Lang::Fr => format!("Ce PC est rattaché. Un responsable de {firm} doit encore le valider."),
        Lang::En => format!("This PC is attached. A manager of {firm} has yet to approve it."),
    }
}

/// Why a code attached nothing, and whom to call.
pub fn code_refused(lang: Lang, code: FaultCode, firm: &str, phone_e164: &str) -> String {
    let (firm, phone) = (plain(firm, MAX_FACT), phone(phone_e164));
    let why =
        match code {
            FaultCode::CodeUnknown => lang.pick("Ce code n’existe pas.", "There is no such code."),
            FaultCode::CodeExpired => lang.pick("Ce code a expiré.", "This code has expired."),
            FaultCode::CodeUsed => lang.pick("Ce code a déjà servi.", "This code was used already."),
            FaultCode::TooManyAttempts => lang
                .pick("Trop d’essais. Attendez quelques minutes.", "Too many attempts. Wait some minutes."),
            FaultCode::StoreUnavailable => lang
                .pick("Le serveur ne peut pas l’enregistrer maintenant.", "The server cannot record it now."),
            _ => lang.pick("Le serveur a refusé.", "The server refused."),
        };
    match lang {
        Lang::Fr => format!("{why} Ce PC n’est pas rattaché. Appelez {firm} au {phone}."),
        Lang::En => format!("{why} This PC is not attached. Call {firm} on {phone}."),
    }
}

/// The relay could not be reached.
pub fn unreachable(lang: Lang, relay: &str, firm: &str, phone_e164: &str) -> String {
    let (relay, firm, phone) = (plain(relay, MAX_FACT), plain(firm, MAX_FACT), phone(phone_e164));
    match lang {
        Lang::Fr => format!(
            "Le serveur {relay} ne répond pas comme un serveur de {firm}. Vérifiez l’adresse et la connexion à \
             Internet (UDP doit passer), ou appelez le {phone}."
        ),
        Lang::En => format!(
            "The server {relay} does not answer as a server of {firm}. Check the address and the Internet connection \
             (UDP must pass), or call {phone}."
        ),
    }
}

/// This PC's clock is wrong.
pub fn clock_wrong(lang: Lang, off_s: i64) -> String {
    let amount = off_s.unsigned_abs();
    let (fr, en) = match amount {
        0..=7199 => (format!("{}\u{a0}min", amount / 60), format!("{}\u{a0}min", amount / 60)),
        7200..=172_799 => (format!("{}\u{a0}h", amount / 3600), format!("{}\u{a0}h", amount / 3600)),
        _ => (format!("{}\u{a0}jours", amount / 86_400), format!("{} days", amount / 86_400)),
    };
    match (lang, off_s > 0) {
        (Lang::Fr, true) => format!("L’horloge de ce PC est fausse\u{a0}: elle retarde de {fr}. Réglez-la."),
        (Lang::Fr, false) => format!("L’horloge de ce PC est fausse\u{a0}: elle avance de {fr}. Réglez-la."),
        (Lang::En, true) => format!("This PC’s clock is wrong: it is {en} slow. Set it."),
        (Lang::En, false) => format!("This PC’s clock is wrong: it is {en} fast. Set it."),
    }
}

/// Whether the service runs.
pub const fn service_runs(lang: Lang, runs: bool) -> &'static str {
    if runs {
        lang.pick("Le service fonctionne.", "The service is running.")
    } else {
        lang.pick(
            "Le service est arrêté. Lancez\u{a0}: aval-agent service",
            "The service is stopped. Start: aval-agent service",
        )
    }
}

/// Whether there is a line.
pub fn line_state(lang: Lang, relay: Option<&str>) -> String {
    match (lang, relay.map(|relay| plain(relay, MAX_FACT))) {
        (Lang::Fr, Some(relay)) => format!("Connecté au serveur {relay}."),
        (Lang::En, Some(relay)) => format!("Connected to the server {relay}."),
        (_, None) => lang
            .pick("Pas de connexion au serveur pour l’instant.", "Not connected to the server for now.")
            .to_owned(),
    }
}

/// What this machine is to the firm.
pub const fn standing(lang: Lang, standing: Standing) -> &'static str {
    match standing {
        Standing::Unknown => lang.pick(
            "Ce PC n’est pas (ou plus) connu du prestataire\u{a0}: aucune session n’est possible.",
            "This PC is not (or no longer) known to the provider: no session is possible.",
        ),
        Standing::Pending => lang.pick(
            "Ce PC attend la validation d’un responsable du prestataire.",
            "This PC waits for the approval of a manager of the provider.",
        ),
        Standing::Approved => lang.pick("Ce PC est validé.", "This PC is approved."),
    }
}

/// What this machine is to the firm, without the proof.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Not enrolled, or revoked.
    Unknown,
    /// Not approved yet.
    Pending,
    /// Approved.
    Approved,
}

/// The relay no longer speaks to this version.
pub const fn too_old(lang: Lang) -> &'static str {
    lang.pick(
        "Cette version est trop ancienne pour le serveur. Demandez la mise à jour à votre prestataire.",
        "This version is too old for the server. Ask your provider for the update.",
    )
}

/// Whether somebody could be asked, and whether somebody is in.
pub const fn desktop(lang: Lang, connected: bool, in_session: bool) -> &'static str {
    match (connected, in_session) {
        (_, true) => lang.pick("Une session est en cours.", "A session is going on."),
        (true, false) => lang.pick("Aucune session en cours.", "No session is going on."),
        (false, false) => lang.pick(
            "Personne ne peut être sollicité\u{a0}: lancez «\u{a0}aval-agent session\u{a0}» dans le bureau.",
            "Nobody can be asked: start “aval-agent session” on the desktop.",
        ),
    }
}

/// The journal holds together.
pub fn journal_good(lang: Lang, entries: u64) -> String {
    match lang {
        Lang::Fr => format!("Journal intact\u{a0}: {entries} entrées, chaînées et signées."),
        Lang::En => format!("The journal is intact: {entries} entries, chained and signed."),
    }
}

/// The journal does not hold together.
pub fn journal_bad(lang: Lang, after: u64, phone_e164: Option<&str>) -> String {
    let call = match (lang, phone_e164.map(phone)) {
        (Lang::Fr, Some(phone)) => format!(" Appelez le {phone}."),
        (Lang::En, Some(phone)) => format!(" Call {phone}."),
        (_, None) => String::new(),
    };
    match lang {
        Lang::Fr => format!("Journal altéré après l’entrée {after}. Ne supprimez rien.{call}"),
        Lang::En => format!("The journal was changed after entry {after}. Delete nothing.{call}"),
    }
}

fn size(lang: Lang, mib: u64) -> String {
    let tenths = mib * 10 / 1024;
    match lang {
        Lang::Fr => format!("{},{}\u{a0}Gio", tenths / 10, tenths % 10),
        Lang::En => format!("{}.{}\u{a0}GiB", tenths / 10, tenths % 10),
    }
}

#[cfg(test)]
mod tests;
