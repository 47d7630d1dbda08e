//! What can go wrong before a session, and who mends it.

use super::super::Lang;
use super::super::prompt::plain;

/// Longest foreign text shown, in characters.
const MAX: usize = 160;

/// No key in the directory.
pub fn no_key(lang: Lang, path: &str) -> String {
    match lang {
        Lang::Fr => format!("Pas de clé dans {path}. Créez-la avec\u{a0}: aval-console key new"),
        Lang::En => format!("No key in {path}. Make one with: aval-console key new"),
    }
}

/// A key without certificates.
pub fn no_chain(lang: Lang, path: &str) -> String {
    match lang {
        Lang::Fr => format!(
            "Pas de certificat dans {path}. Envoyez votre demande à la personne qui garde la clé de l’entreprise, puis\u{a0}: \
             aval-console key install"
        ),
        Lang::En => format!(
            "No certificate in {path}. Send your request to the person who keeps the firm’s key, then: aval-console key install"
        ),
    }
}

/// No public part of the firm.
pub fn no_firm(lang: Lang, path: &str) -> String {
    match lang {
        Lang::Fr => format!("Pas de {path}. Copiez-y le fichier firm.pub de votre entreprise."),
        Lang::En => format!("No {path}. Copy your firm’s firm.pub there."),
    }
}

/// No relay configured.
pub fn no_relay(lang: Lang, path: &str) -> String {
    match lang {
        Lang::Fr => {
            format!("Aucun serveur dans {path}. Écrivez-y\u{a0}: relay = [\"relais.exemple.fr:4433\"]")
        }
        Lang::En => format!("No server in {path}. Write there: relay = [\"relay.example.com:4433\"]"),
    }
}

/// Other people of this computer can read the key.
pub fn key_open(lang: Lang, path: &str) -> String {
    match lang {
        Lang::Fr => {
            format!("D’autres utilisateurs peuvent lire {path}. Corrigez avec\u{a0}: chmod 600 {path}")
        }
        Lang::En => format!("Other users can read {path}. Mend it with: chmod 600 {path}"),
    }
}

/// A file is not what it should be.
pub fn unreadable(lang: Lang, path: &str, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => format!("{path} n’est pas lisible\u{a0}: {why}"),
        Lang::En => format!("{path} cannot be read: {why}"),
    }
}

/// The technician's own certificate does not hold.
pub fn own_certificate(lang: Lang, why: &str) -> String {
    match lang {
        Lang::Fr => format!(
            "Votre certificat n’est pas valable ({why}). La personne qui garde la clé de l’entreprise le renouvelle avec\u{a0}: \
             aval-console firm certify"
        ),
        Lang::En => format!(
            "Your certificate does not hold ({why}). The person who keeps the firm’s key renews it with: \
             aval-console firm certify"
        ),
    }
}

/// Nobody answers; what was tried follows, one line each.
pub const fn unreachable(lang: Lang) -> &'static str {
    lang.pick(
        "Aucun serveur ne répond. Vérifiez la connexion à Internet et que l’UDP peut sortir. Essayé\u{a0}:",
        "No server answers. Check the Internet connection and that UDP may leave. Tried:",
    )
}

/// One address that was tried.
pub fn tried(lang: Lang, address: &str, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => format!("  {address}\u{a0}: {why}"),
        Lang::En => format!("  {address}: {why}"),
    }
}

/// Why one address failed.
pub const fn no_answer(lang: Lang) -> &'static str {
    lang.pick("pas de réponse", "no answer")
}

/// A name without address.
pub const fn no_such_name(lang: Lang) -> &'static str {
    lang.pick("ce nom n’existe pas", "no such name")
}

/// What answers is not a relay of the firm.
pub fn foreign(lang: Lang, address: &str, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => format!(
            "{address} répond, mais n’est pas un serveur de votre entreprise ({why}). Rien n’a été envoyé. Vérifiez \
             l’adresse et firm.pub."
        ),
        Lang::En => format!(
            "{address} answers, but is not a server of your firm ({why}). Nothing was sent. Check the address and firm.pub."
        ),
    }
}

/// The relay hung up on this member of the firm.
pub fn turned_away(lang: Lang, address: &str, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => format!(
            "Le serveur {address} a raccroché ({why}). Demandez à un responsable si votre accès est bloqué."
        ),
        Lang::En => {
            format!("The server {address} hung up ({why}). Ask a manager whether your access is locked.")
        }
    }
}

/// This program is too old.
pub fn too_old(lang: Lang, oldest: u8) -> String {
    match lang {
        Lang::Fr => format!(
            "Cette version d’aval-console est trop ancienne\u{a0}: le serveur veut le protocole {oldest} ou plus récent. Mettez-la à jour."
        ),
        Lang::En => {
            format!("This aval-console is too old: the server wants protocol {oldest} or newer. Update it.")
        }
    }
}

/// The relay restarts.
pub fn restarting(lang: Lang, seconds: u32) -> String {
    match lang {
        Lang::Fr => format!("Le serveur redémarre. Réessayez dans {seconds}\u{a0}s."),
        Lang::En => format!("The server restarts. Try again in {seconds} s."),
    }
}

/// Redirected in circles.
pub const fn too_many_hops(lang: Lang) -> &'static str {
    lang.pick(
        "Les serveurs se renvoient la connexion. Prévenez la personne qui les exploite.",
        "The servers pass the connection on to each other. Tell the person who runs them.",
    )
}

/// The line was lost while something was asked.
pub fn line_lost(lang: Lang, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => format!("La liaison avec le serveur est coupée ({why}). Réessayez."),
        Lang::En => format!("The line to the server was lost ({why}). Try again."),
    }
}

/// The relay answered with something else than asked for.
pub const fn odd_answer(lang: Lang) -> &'static str {
    lang.pick(
        "Le serveur a répondu autre chose que ce qui était demandé. Mettez aval-console et aval-relay à la même version.",
        "The server answered something else than was asked. Bring aval-console and aval-relay to the same version.",
    )
}

/// What the relay hands over as a machine is none that a manager approved.
pub fn permit_untrusted(lang: Lang, why: &str) -> String {
    match lang {
        Lang::Fr => format!(
            "Le serveur présente une machine qui ne tient pas ({why}). Rien n’a été montré au client. Prévenez un responsable."
        ),
        Lang::En => format!(
            "The server presents a machine that does not hold ({why}). Nothing was shown to the client. Tell a manager."
        ),
    }
}

/// No machine of that name.
pub fn no_such_machine(lang: Lang, name: &str) -> String {
    let name = plain(name, MAX);
    match lang {
        Lang::Fr => format!("Aucune machine «\u{a0}{name}\u{a0}». Liste\u{a0}: aval-console machines"),
        Lang::En => format!("No machine “{name}”. List: aval-console machines"),
    }
}

/// Several machines of that name follow, one line each.
pub fn ambiguous_machine(lang: Lang, name: &str) -> String {
    let name = plain(name, MAX);
    match lang {
        Lang::Fr => {
            format!("Plusieurs machines répondent à «\u{a0}{name}\u{a0}». Donnez l’identifiant\u{a0}:")
        }
        Lang::En => format!("Several machines answer to “{name}”. Give the identifier:"),
    }
}

/// A machine that needs no approval, or whose key is not what its name says.
pub const fn wrong_machine_key(lang: Lang) -> &'static str {
    lang.pick(
        "La clé que le serveur donne pour cette machine ne correspond pas à son identifiant. Rien n’a été signé. Prévenez la \
         personne qui exploite le serveur.",
        "The key that the server gives for this machine does not match its identifier. Nothing was signed. Tell the person who \
         runs the server.",
    )
}

/// A value of the command line is out of bounds.
pub fn out_of_bounds(lang: Lang, what: &str, low: u64, high: u64) -> String {
    match lang {
        Lang::Fr => format!("{what}\u{a0}: de {low} à {high}."),
        Lang::En => format!("{what}: from {low} to {high}."),
    }
}

/// The system gives no randomness.
pub const fn no_randomness(lang: Lang) -> &'static str {
    lang.pick(
        "Ce système ne donne pas de nombres aléatoires\u{a0}: aucune session sûre n’est possible.",
        "This system gives no random numbers: no safe session is possible.",
    )
}

/// Standard output is gone.
pub fn output_failed(lang: Lang, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => format!("Impossible d’écrire la sortie\u{a0}: {why}"),
        Lang::En => format!("The output cannot be written: {why}"),
    }
}

/// Nobody told who asked.
pub const fn no_reference(lang: Lang) -> &'static str {
    lang.pick(
        "Dites qui a demandé l’intervention\u{a0}: --reference \"appel de Mme Leroy, 10\u{a0}h\u{a0}12\" (200 caractères au plus).",
        "Say who asked for help: --reference \"call of Mrs Leroy, 10:12\" (at most 200 characters).",
    )
}

/// A line of the script is no step.
pub fn bad_step(lang: Lang, why: &str) -> String {
    match lang {
        Lang::Fr => format!("Cette ligne n’est pas une étape valable\u{a0}: {why}"),
        Lang::En => format!("This line is no valid step: {why}"),
    }
}

/// A step could not be done.
pub const fn step_failed(lang: Lang, why: StepTrouble) -> &'static str {
    let (fr, en) = match why {
        StepTrouble::TimedOut => ("Le délai est écoulé.", "The time is over."),
        StepTrouble::NoControl => (
            "La personne n’a pas accordé la souris et le clavier.",
            "The person did not grant mouse and keyboard.",
        ),
        StepTrouble::Hidden => (
            "L’écran est masqué\u{a0}: le PC ne répond pas.",
            "The screen is hidden: the PC does not answer.",
        ),
        StepTrouble::Over => ("La session est terminée.", "The session is over."),
        StepTrouble::NoPicture => {
            ("Rien n’a encore été reçu de l’écran.", "Nothing of the screen has come yet.")
        }
        StepTrouble::NoReader => (
            "Le programme tesseract manque. Installez tesseract-ocr et tesseract-ocr-fra.",
            "The program tesseract is missing. Install tesseract-ocr and tesseract-ocr-fra.",
        ),
        StepTrouble::ReaderFailed => (
            "Le programme tesseract a échoué. Vérifiez que sa langue «\u{a0}fra\u{a0}» est installée.",
            "The program tesseract failed. Check that its language “fra” is installed.",
        ),
        StepTrouble::ReaderUnsafe => (
            "Sur ce système, tesseract écrirait l’écran dans un fichier\u{a0}: étape refusée.",
            "On this system tesseract would write the screen to a file: step refused.",
        ),
    };
    lang.pick(fr, en)
}

/// Why a step could not be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StepTrouble {
    /// What was waited for did not come.
    TimedOut,
    /// Control was not granted.
    NoControl,
    /// The lease is lost.
    Hidden,
    /// The session is over.
    Over,
    /// No picture yet.
    NoPicture,
    /// `tesseract` is not installed.
    NoReader,
    /// `tesseract` did not work.
    ReaderFailed,
    /// `tesseract` would put the picture on the disk here.
    ReaderUnsafe,
}

impl StepTrouble {
    /// The name in JSON.
    pub const fn label(self) -> &'static str {
        match self {
            Self::TimedOut => "TIMED_OUT",
            Self::NoControl => "NO_CONTROL",
            Self::Hidden => "HIDDEN",
            Self::Over => "OVER",
            Self::NoPicture => "NO_PICTURE",
            Self::NoReader => "NO_READER",
            Self::ReaderFailed => "READER_FAILED",
            Self::ReaderUnsafe => "READER_UNSAFE",
        }
    }
}

/// This computer gives no socket.
pub fn no_socket(lang: Lang, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => format!("Cet ordinateur ne peut pas ouvrir de connexion\u{a0}: {why}"),
        Lang::En => format!("This computer cannot open a connection: {why}"),
    }
}

/// What is configured as a relay is no address.
pub fn bad_relay(lang: Lang, path: &str, relay: &str) -> String {
    let relay = plain(relay, MAX);
    match lang {
        Lang::Fr => format!(
            "«\u{a0}{relay}\u{a0}» dans {path} n’est pas une adresse. Écrivez l’hôte et le port\u{a0}: relais.exemple.fr:4433"
        ),
        Lang::En => {
            format!("“{relay}” in {path} is no address. Write host and port: relay.example.com:4433")
        }
    }
}
