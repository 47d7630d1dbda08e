//! What `aval-console` says at the technician's terminal. Each sentence that reports a failure says what to do next.

pub mod desk;
pub mod journal;
mod trouble;

pub use trouble::*;

use super::prompt::{code as shown_code, plain};
use super::{Lang, beside, closing, handover, promise, turn};
use crate::wire::codes::EndReason;
use crate::wire::record::{LineFacts, MachineRow};
use crate::wire::session::{Capabilities, Notice};

/// Longest name shown, in characters.
const MAX_SHOWN: usize = 60;

/// The match code, to be compared on the telephone.
pub fn match_code(lang: Lang, code: u32) -> String {
    let code = shown_code(code);
    match lang {
        Lang::Fr => {
            format!("Code à lire au téléphone\u{a0}: {code}. Il doit être le même sur le PC du client.")
        }
        Lang::En => format!("Code to read on the phone: {code}. The client’s PC must show the same one."),
    }
}

/// The gate said yes, the machine is being asked.
pub fn permitted(lang: Lang, hostname: &str, line: &LineFacts) -> String {
    let host = plain(hostname, MAX_SHOWN);
    let LineFacts { rtt_ms, down_kbit, up_kbit, .. } = line;
    match lang {
        Lang::Fr => format!(
            "Le contrat permet la session sur {host}. Ligne mesurée\u{a0}: {down_kbit}\u{a0}kbit/s vers le PC, \
             {up_kbit}\u{a0}kbit/s depuis le PC, {rtt_ms}\u{a0}ms."
        ),
        Lang::En => format!(
            "The contract allows the session on {host}. Line as measured: {down_kbit} kbit/s to the PC, {up_kbit} kbit/s \
             from the PC, {rtt_ms} ms."
        ),
    }
}

/// The person is being asked.
pub fn asking(lang: Lang, for_s: u16) -> String {
    match lang {
        Lang::Fr => {
            format!("La personne devant le PC voit la demande. Sans réponse dans {for_s}\u{a0}s, c’est non.")
        }
        Lang::En => format!("The person at the PC sees the request. No answer within {for_s} s means no."),
    }
}

/// What was granted, and for how long.
pub fn granted(lang: Lang, capabilities: Capabilities, for_s: u32) -> String {
    let minutes = for_s.div_ceil(60);
    let what = capabilities_named(lang, capabilities);
    match lang {
        Lang::Fr => format!("Accordé\u{a0}: {what}, pendant {minutes}\u{a0}min au plus."),
        Lang::En => format!("Granted: {what}, for {minutes} min at most."),
    }
}

/// What may be done, in words.
pub const fn capabilities_named(lang: Lang, capabilities: Capabilities) -> &'static str {
    match (capabilities.holds(Capabilities::VIEW), capabilities.holds(Capabilities::CONTROL)) {
        (true, true) => lang
            .pick("voir l’écran, utiliser la souris et le clavier", "see the screen, use mouse and keyboard"),
        (true, false) => lang.pick("voir l’écran, sans rien toucher", "see the screen, touching nothing"),
        (false, _) => lang.pick("rien", "nothing"),
    }
}

/// The person granted less than was asked for.
pub const fn granted_less(lang: Lang) -> &'static str {
    lang.pick("C’est moins que ce qui était demandé.", "That is less than was asked for.")
}

/// The lease is lost, or back.
pub const fn blank(lang: Lang, blank: bool) -> &'static str {
    if blank {
        lang.pick(
            "Le PC ne répond plus\u{a0}: l’écran est masqué et rien n’est envoyé.",
            "The PC does not answer: the screen is hidden and nothing is sent.",
        )
    } else {
        lang.pick("Le PC répond de nouveau.", "The PC answers again.")
    }
}

/// Something the machine lets the technician know.
pub fn notice(lang: Lang, notice: Notice) -> String {
    let said = match notice {
        Notice::LocalInput { active: true } => lang.pick(
            "La personne utilise la souris ou le clavier\u{a0}: ce que vous faites n’est pas exécuté.",
            "The person uses mouse or keyboard: what you do is not carried out.",
        ),
        Notice::LocalInput { active: false } => {
            lang.pick("Vous pouvez de nouveau agir.", "You can act again.")
        }
        Notice::Return { allowed } => promise::to_technician(lang, allowed),
        Notice::Masked { active } => handover::to_technician(lang, active),
        Notice::ScreenPaused { active: true } => lang.pick(
            "L’écran du PC ne peut pas être vu pour l’instant (verrouillé ou en veille).",
            "The PC’s screen cannot be seen for now (locked or asleep).",
        ),
        Notice::ScreenPaused { active: false } => {
            lang.pick("L’écran du PC est de nouveau visible.", "The PC’s screen can be seen again.")
        }
        Notice::Closing { state, at } => return closing::to_technician(lang, state, at),
        Notice::More(more) => return turn::more(lang, more),
        Notice::Colleague(word) => beside::to_technician(lang, word),
    };
    said.to_owned()
}

/// The session is over. `beside`: it was asked for while a colleague was in one, and never began.
pub fn ended(lang: Lang, reason: EndReason, beside: bool) -> String {
    let why = ended_why(lang, reason, beside);
    match lang {
        Lang::Fr => format!("Session terminée\u{a0}: {why}"),
        Lang::En => format!("Session over: {why}"),
    }
}

/// Why, and what it means for the colleague where there is one.
pub fn ended_why(lang: Lang, reason: EndReason, beside: bool) -> String {
    let why = end_reason(lang, reason);
    if beside { format!("{why} {}", beside::nothing_changed(lang)) } else { why.to_owned() }
}

/// Why a session ended or never began, and what the technician can do.
pub const fn end_reason(lang: Lang, reason: EndReason) -> &'static str {
    let (fr, en) = match reason {
        EndReason::EndedByPerson => ("la personne y a mis fin.", "the person ended it."),
        EndReason::EndedByTechnician => ("vous y avez mis fin.", "you ended it."),
        EndReason::RefusedByPerson => ("la personne a refusé.", "the person said no."),
        EndReason::PromptTimedOut => (
            "personne n’a répondu à temps\u{a0}; appelez le client avant de redemander.",
            "nobody answered in time; call the client before asking again.",
        ),
        EndReason::PromptLost => (
            "la fenêtre de demande s’est fermée, ce qui veut dire non.",
            "the window with the question was closed, which means no.",
        ),
        EndReason::BannerLost => (
            "le bandeau a disparu du PC\u{a0}; redemandez l’accès.",
            "the banner disappeared from the PC; ask for access again.",
        ),
        EndReason::GrantExpired => ("le temps accordé est écoulé.", "the granted time is over."),
        EndReason::LinkLost => (
            "la liaison est coupée\u{a0}; vérifiez les connexions et redemandez l’accès.",
            "the line was lost; check the connections and ask for access again.",
        ),
        EndReason::TicketInvalid => (
            "le PC n’accepte pas le ticket du serveur\u{a0}; vérifiez l’heure du serveur.",
            "the PC does not accept the server’s ticket; check the server’s clock.",
        ),
        EndReason::TechnicianUntrusted => (
            "le PC n’accepte pas votre certificat\u{a0}; faites-le renouveler par votre entreprise.",
            "the PC does not accept your certificate; have your firm renew it.",
        ),
        EndReason::AgentUntrusted => (
            "la clé du PC n’est pas celle qu’un responsable a validée\u{a0}; ne continuez pas et prévenez-le.",
            "the PC’s key is not the one a manager approved; do not go on, tell the manager.",
        ),
        EndReason::SealBroken => (
            "le chiffrement de bout en bout a échoué ou quelqu’un a modifié des données\u{a0}; prévenez un responsable.",
            "the end-to-end encryption failed or somebody changed data; tell a manager.",
        ),
        EndReason::ProtocolViolation => (
            "l’un des programmes ne respecte pas le protocole\u{a0}; mettez-les à jour.",
            "one of the programs breaks the protocol; update them.",
        ),
        EndReason::NoDisplay => {
            ("ce PC n’a pas d’écran à montrer.", "there is no screen to show on this PC.")
        }
        EndReason::DisplayUnsupported => (
            "ce PC utilise Wayland, qui ne peut pas être montré\u{a0}; le client peut ouvrir une session X11.",
            "this PC uses Wayland, which cannot be shown; the client can log on to an X11 session.",
        ),
        EndReason::DisplayLost => ("l’écran du PC s’est arrêté.", "the PC’s screen went away."),
        EndReason::NobodyThere => ("personne n’est connecté sur ce PC.", "nobody is logged on at this PC."),
        EndReason::PersonLeft => (
            "la personne a quitté sa session, ou le PC s’est mis en veille.",
            "the person logged off or switched, or the PC went to sleep.",
        ),
        EndReason::SecurityCut => {
            ("un responsable l’a coupée par sécurité.", "a manager cut it for security.")
        }
        EndReason::ProgramTooOld => (
            "le programme de ce PC est trop ancien pour servir\u{a0}; il doit être mis à jour d’abord (voir sa fiche).",
            "this PC’s program is too old to serve; it must be updated first (see its page).",
        ),
        EndReason::HandedOver => (
            "vous l’avez passée à votre collègue, que la personne a accepté.",
            "you handed it over to your colleague, to whom the person said yes.",
        ),
        EndReason::FirstLeft => (
            "l’intervention que vous aviez rejointe est terminée ou en pause.",
            "the session you had joined is over or paused.",
        ),
        EndReason::RelayStopping => (
            "le serveur s’arrête ou redémarre\u{a0}; réessayez dans une minute.",
            "the server stops or restarts; try again in a minute.",
        ),
        EndReason::AgentStopping => (
            "l’agent s’arrête ou redémarre sur le PC\u{a0}; réessayez dans une minute.",
            "the agent stops or restarts on the PC; try again in a minute.",
        ),
        EndReason::PeerSilent => (
            "le PC ne répond plus\u{a0}; vérifiez sa connexion.",
            "the PC stopped answering; check its connection.",
        ),
        EndReason::PromptLimit => (
            "trop de demandes\u{a0}: ce PC n’en montre plus pendant quelques minutes.",
            "too many requests: this PC shows none for some minutes.",
        ),
        EndReason::Busy => {
            ("une autre session est en cours sur ce PC.", "another session is running on this PC.")
        }
        EndReason::MatchCodeDiffers => (
            "les codes diffèrent\u{a0}: quelqu’un s’est interposé. Prévenez un responsable.",
            "the codes differ: somebody sits in between. Tell a manager.",
        ),
        EndReason::SupportClosed => (
            "le support est fermé et la prolongation est terminée, ou n’a pas été accordée.",
            "support is closed, and going on is over or was not agreed to.",
        ),
        EndReason::DevicePolicy => (
            "le propriétaire de ce PC n’y autorise aucune prise en main.",
            "the owner of this PC allows no remote control on it.",
        ),
        EndReason::LeftLocked => (
            "le poste est resté verrouillé, en veille ou sur un écran protégé plus de deux minutes.",
            "the PC stayed locked, asleep or on a protected screen for more than two minutes.",
        ),
        EndReason::BeyondTicket => {
            ("l’intervention n’a pas été demandée pour cela.", "the session was not asked for with that.")
        }
        EndReason::Unknown(_) => (
            "pour une raison que cette version ne connaît pas\u{a0}; mettez aval-console à jour.",
            "for a reason this version does not know; update aval-console.",
        ),
    };
    lang.pick(fr, en)
}

/// The heading above a refusal's reasons.
pub const fn refused(lang: Lang) -> &'static str {
    lang.pick("La session ne peut pas être ouverte\u{a0}:", "The session cannot be opened:")
}

/// The heading of a permitted decision.
pub const fn would_permit(lang: Lang) -> &'static str {
    lang.pick("Le contrat permettrait la session.", "The contract would allow the session.")
}

/// A clause of the general terms.
pub fn clause(lang: Lang, clause: &str) -> String {
    let clause = plain(clause, MAX_SHOWN);
    match lang {
        Lang::Fr => format!("article {clause}"),
        Lang::En => format!("clause {clause}"),
    }
}

/// When it is worth trying again.
pub fn retry_at(lang: Lang, moment: &str) -> String {
    match lang {
        Lang::Fr => format!("Possible à partir du {moment} (heure de Paris)."),
        Lang::En => format!("Possible from {moment} (Paris time)."),
    }
}

/// The heading above the offers.
pub const fn offers(lang: Lang) -> &'static str {
    lang.pick("À proposer au client\u{a0}:", "To propose to the client:")
}

/// Whether an offer is in the contract.
pub const fn offer_included(lang: Lang, included: bool) -> &'static str {
    if included {
        lang.pick("compris dans le contrat", "included in the contract")
    } else {
        lang.pick("sur devis", "by quote")
    }
}

/// One machine of the list: name, client, state.
pub fn machine_state(lang: Lang, row: &MachineRow, last_seen: Option<&str>) -> String {
    let approved = if row.approved {
        lang.pick("validé", "approved")
    } else {
        lang.pick("à valider", "to be approved")
    };
    match (lang, row.online, last_seen) {
        (_, true, _) => format!("{approved}, {}", lang.pick("connecté", "online")),
        (Lang::Fr, false, Some(seen)) => format!("{approved}, hors ligne, vu le {seen}"),
        (Lang::En, false, Some(seen)) => format!("{approved}, offline, seen {seen}"),
        (Lang::Fr, false, None) => format!("{approved}, jamais connecté"),
        (Lang::En, false, None) => format!("{approved}, never online"),
    }
}

/// No machine at all.
pub const fn no_machines(lang: Lang) -> &'static str {
    lang.pick(
        "Aucune machine. Un responsable crée un code avec\u{a0}: aval-console code new --contract …",
        "No machine. A manager issues a code with: aval-console code new --contract …",
    )
}

/// A code was issued.
pub fn code_issued(lang: Lang, code: &str, until: &str, link: Option<&str>) -> String {
    let link = match (lang, link.map(|link| plain(link, 200))) {
        (Lang::Fr, Some(link)) => format!("\nLien à envoyer au client\u{a0}: {link}"),
        (Lang::En, Some(link)) => format!("\nLink to send to the client: {link}"),
        (_, None) => String::new(),
    };
    match lang {
        Lang::Fr => {
            format!("Code de rattachement, à usage unique\u{a0}: {code}, valable jusqu’au {until}.{link}")
        }
        Lang::En => format!("Single-use enrolment code: {code}, valid until {until}.{link}"),
    }
}

/// A machine was approved.
pub fn approved(lang: Lang, hostname: &str, client: &str, contract: &str, key: &str) -> String {
    let (host, client) = (plain(hostname, MAX_SHOWN), plain(client, MAX_SHOWN));
    match lang {
        Lang::Fr => {
            format!("{host} est validé pour {client}, contrat {contract}.\nEmpreinte de sa clé\u{a0}: {key}")
        }
        Lang::En => {
            format!("{host} is approved for {client}, contract {contract}.\nFingerprint of its key: {key}")
        }
    }
}

/// An exception was granted.
pub fn excepted(lang: Lang, hostname: &str, until: &str) -> String {
    let host = plain(hostname, MAX_SHOWN);
    match lang {
        Lang::Fr => format!(
            "Sessions possibles hors horaires sur {host} jusqu’au {until}. La personne devant le PC décide toujours."
        ),
        Lang::En => format!(
            "Sessions may start outside support hours on {host} until {until}. The person at the PC still decides."
        ),
    }
}

/// A technician was locked or unlocked.
pub fn locked(lang: Lang, person: &str, locked: bool) -> String {
    match (lang, locked) {
        (Lang::Fr, true) => format!("{person} est bloqué\u{a0}; ses sessions en cours sont coupées."),
        (Lang::En, true) => format!("{person} is locked; running sessions are cut."),
        (Lang::Fr, false) => format!("{person} n’est plus bloqué."),
        (Lang::En, false) => format!("{person} is no longer locked."),
    }
}

/// A session is to be handed over.
pub fn handed_over(lang: Lang, person: &str) -> String {
    match lang {
        Lang::Fr => format!(
            "{person} peut demander ce poste pendant 10\u{a0}min. La personne est interrogée à son nom\u{a0}; votre session continue jusqu’à son accord."
        ),
        Lang::En => format!(
            "{person} may ask for this machine for 10 min. The person is asked by their name; your session goes on until the yes."
        ),
    }
}

/// How a person of the firm stands.
pub const fn person_state(lang: Lang, locked: bool, online: bool) -> &'static str {
    match (locked, online) {
        (true, _) => lang.pick("bloqué", "locked"),
        (false, true) => lang.pick("connecté", "online"),
        (false, false) => lang.pick("hors ligne", "offline"),
    }
}

/// The journal holds.
pub fn journal_good(lang: Lang, entries: u64, key: &str) -> String {
    match lang {
        Lang::Fr => format!("Journal intact\u{a0}: {entries} entrées, signées par la clé {key}."),
        Lang::En => format!("Journal intact: {entries} entries, signed by the key {key}."),
    }
}

/// The journal does not hold.
pub fn journal_bad(lang: Lang, after: u64, why: &str) -> String {
    match lang {
        Lang::Fr => format!(
            "JOURNAL ALTÉRÉ après l’entrée {after}\u{a0}: {why}. Ne modifiez rien sur le serveur et prévenez un responsable."
        ),
        Lang::En => format!(
            "JOURNAL ALTERED after entry {after}: {why}. Change nothing on the server and tell a manager."
        ),
    }
}
