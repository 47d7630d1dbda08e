//! Attaching a PC: through whom, by which key, what an invitation is, and what was wrong with it.

use super::super::Lang;
use super::super::keys::fingerprint;
use super::super::prompt::plain;
use super::here::{self, AS_ADMIN};
use crate::id::KeyId;

/// Longest foreign text shown, in characters.
const MAX: usize = 200;

/// Through which servers.
pub fn through(lang: Lang, relays: &str) -> String {
    let relays = plain(relays, MAX);
    match lang {
        Lang::Fr => format!("Serveur\u{a0}: {relays}"),
        Lang::En => format!("Server: {relays}"),
    }
}

/// The firm's key, to compare with the install page or on the phone.
pub fn firm_key(lang: Lang, key: KeyId) -> String {
    let key = fingerprint(key);
    match lang {
        Lang::Fr => format!("Empreinte de la clé de la société\u{a0}: {key}"),
        Lang::En => format!("Fingerprint of the company’s key: {key}"),
    }
}

/// What is on this PC now, and how it goes away again (clause 4.5).
pub fn installed_here(lang: Lang, version: &str) -> String {
    let remove = here::remove(lang);
    match lang {
        Lang::Fr => format!(
            "Installation (article 4.5 des conditions générales)\u{a0}: agent Aval {version}, un service qui démarre avec le PC et un \
             programme qui démarre avec votre bureau.\nVotre réponse vaut aussi pour cette installation\u{a0}; sa date et cette \
             version sont enregistrées. Tout retirer\u{a0}: {remove}"
        ),
        Lang::En => format!(
            "Installation (clause 4.5 of the general terms): Aval agent {version}, a service that starts with the PC and a program \
             that starts with your desktop.\nYour answer also counts for this installation; its date and this version are \
             recorded. To remove everything: {remove}"
        ),
    }
}

/// The title of the window that asks.
pub const fn attach_title(lang: Lang) -> &'static str {
    lang.pick("Aval – rattachement de cet ordinateur", "Aval – attaching this computer")
}

/// The button that attaches, and in how many seconds it can be pressed.
pub fn attach(lang: Lang, ready_in_s: u64) -> String {
    let word = lang.pick("Rattacher", "Attach");
    if ready_in_s == 0 { word.to_owned() } else { format!("{word} ({ready_in_s}\u{202f}s)") }
}

/// What was typed is no invitation.
pub fn no_invitation(lang: Lang, typed: &str) -> String {
    let typed = plain(typed, MAX);
    match lang {
        Lang::Fr => format!(
            "«\u{a0}{typed}\u{a0}» n’est pas une invitation complète. Copiez la commande entière de la page d’installation\u{a0}: \
             {AS_ADMIN}aval-agent enrol CODE@relais.exemple.fr/EMPREINTE"
        ),
        Lang::En => format!(
            "“{typed}” is not a whole invitation. Copy the whole command from the install page: \
             {AS_ADMIN}aval-agent enrol CODE@relay.example.com/FINGERPRINT"
        ),
    }
}

/// Whose relay it is was not said.
pub const fn no_firm(lang: Lang) -> &'static str {
    lang.pick(
        "Il manque l’empreinte de la clé de la société, qui protège d’un faux serveur. Copiez la commande entière de la page \
         d’installation, ou donnez le fichier de votre prestataire\u{a0}: --firm firm.pub",
        "The fingerprint of the company’s key is missing; it protects from a false server. Copy the whole command from the install \
         page, or give your provider’s file: --firm firm.pub",
    )
}

/// No relay of the invitation answers; nobody's telephone number is known yet.
pub fn unmet(lang: Lang, relays: &str) -> String {
    let relays = plain(relays, MAX);
    match lang {
        Lang::Fr => format!(
            "Le serveur {relays} ne répond pas. Vérifiez l’adresse et la connexion à Internet (UDP doit passer), ou appelez le \
             numéro qui figure sur la page d’installation. Rien n’a été envoyé."
        ),
        Lang::En => format!(
            "The server {relays} does not answer. Check the address and the Internet connection (UDP must pass), or call the \
             number on the install page. Nothing was sent."
        ),
    }
}

/// A relay that does not hold the key of the invitation.
pub fn other_firm(lang: Lang, relay: &str) -> String {
    let relay = plain(relay, MAX);
    match lang {
        Lang::Fr => format!(
            "Le serveur {relay} n’est pas celui de votre invitation\u{a0}: la clé de sa société a une autre empreinte. N’insistez pas \
             et appelez le numéro qui figure sur votre contrat. Rien n’a été envoyé."
        ),
        Lang::En => format!(
            "The server {relay} is not the one of your invitation: its company’s key has another fingerprint. Do not go on; call \
             the number on your contract. Nothing was sent."
        ),
    }
}

/// What to do once the package's PC is attached.
pub const fn start_now(lang: Lang) -> &'static str {
    lang.pick(
        "Redémarrez l’ordinateur\u{a0}: le service et le programme du bureau démarrent avec lui. Sans redémarrer\u{a0}: \
         sudo systemctl start aval-agent, puis fermez et rouvrez votre session.",
        "Restart the computer: the service and the desktop’s program start with it. Without a restart: \
         sudo systemctl start aval-agent, then log out and in again.",
    )
}
