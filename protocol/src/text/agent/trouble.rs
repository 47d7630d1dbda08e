//! What can go wrong on the client's PC, and what to do about it.

use super::super::Lang;
use super::super::prompt::{phone, plain};
use super::here::{AS_ADMIN, STOP};

/// Longest foreign text shown, in characters.
const MAX: usize = 200;

/// Nothing is enrolled in the folder.
pub fn not_enrolled(lang: Lang, dir: &str) -> String {
    let dir = plain(dir, MAX);
    match lang {
        Lang::Fr => format!(
            "Ce PC n’est pas rattaché (rien dans {dir}). Demandez un code à votre prestataire, puis\u{a0}: \
             {AS_ADMIN}aval-agent enrol CODE@relais.exemple.fr/EMPREINTE"
        ),
        Lang::En => format!(
            "This PC is not attached (nothing in {dir}). Ask your provider for a code, then: \
             {AS_ADMIN}aval-agent enrol CODE@relay.example.com/FINGERPRINT"
        ),
    }
}

/// Something is enrolled there already.
pub fn already_enrolled(lang: Lang, dir: &str) -> String {
    let dir = plain(dir, MAX);
    match lang {
        Lang::Fr => format!(
            "Ce PC est déjà rattaché ({dir}). Pour le rattacher à nouveau, détachez-le d’abord\u{a0}: aval-agent leave"
        ),
        Lang::En => {
            format!(
                "This PC is attached already ({dir}). To attach it anew, detach it first: aval-agent leave"
            )
        }
    }
}

/// A service works in the folder.
pub fn home_locked(lang: Lang, dir: &str) -> String {
    let dir = plain(dir, MAX);
    match lang {
        Lang::Fr => {
            format!("Un service aval-agent travaille déjà dans {dir}. Arrêtez-le d’abord\u{a0}: {STOP}")
        }
        Lang::En => {
            format!("An aval-agent service works in {dir} already. Stop it first: {STOP}")
        }
    }
}

/// The system refuses a file.
pub fn file_refused(lang: Lang, path: &str, why: &str) -> String {
    let (path, why) = (plain(path, MAX), plain(why, MAX));
    match lang {
        Lang::Fr => format!(
            "{path} n’est pas utilisable ({why}). Vérifiez que le dossier existe, que vous y avez accès (sinon sudo) et \
             que le disque n’est pas plein."
        ),
        Lang::En => format!(
            "{path} cannot be used ({why}). Check that the folder exists, that you may use it (else sudo) and that the \
             disk is not full."
        ),
    }
}

/// A file makes no sense.
pub fn file_damaged(lang: Lang, path: &str, why: &str) -> String {
    let (path, why) = (plain(path, MAX), plain(why, MAX));
    match lang {
        Lang::Fr => format!(
            "{path} est endommagé ({why}). Restaurez ce fichier d’une sauvegarde\u{a0}; sinon mettez son dossier de côté \
             et rattachez ce PC à nouveau avec un code de votre prestataire."
        ),
        Lang::En => format!(
            "{path} is damaged ({why}). Restore it from a backup; otherwise put its folder aside and attach this PC anew \
             with a code of your provider."
        ),
    }
}

/// Others may read the key.
pub fn key_exposed(lang: Lang, path: &str) -> String {
    let path = plain(path, MAX);
    match lang {
        Lang::Fr => {
            format!("D’autres utilisateurs peuvent lire {path}. Corrigez avec\u{a0}: chmod 600 {path}")
        }
        Lang::En => format!("Other users can read {path}. Mend it with: chmod 600 {path}"),
    }
}

/// No key or random number could be made.
pub fn no_randomness(lang: Lang, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => format!("Le système ne donne pas de nombres aléatoires ({why}). Redémarrez le PC."),
        Lang::En => format!("The system gives no random numbers ({why}). Restart the PC."),
    }
}

/// The firm's file is not there or not readable.
pub fn firm_file(lang: Lang, path: &str, why: &str) -> String {
    let (path, why) = (plain(path, MAX), plain(why, MAX));
    match lang {
        Lang::Fr => format!(
            "{path} n’est pas le fichier d’un prestataire ({why}). Demandez le fichier firm.pub à votre prestataire et \
             indiquez-le avec --firm."
        ),
        Lang::En => format!(
            "{path} is not a provider’s file ({why}). Ask your provider for the file firm.pub and name it with --firm."
        ),
    }
}

/// What was typed can be no code.
pub const fn no_code(lang: Lang) -> &'static str {
    lang.pick(
        "Ce n’est pas un code de rattachement. Il est fait de lettres et de chiffres, comme K7QF-2M9X-RT4W\u{a0}; votre \
         prestataire vous le donne.",
        "This is no enrolment code. It is made of letters and digits, like K7QF-2M9X-RT4W; your provider gives it to you.",
    )
}

/// The question for the code.
pub const fn code_question(lang: Lang) -> &'static str {
    lang.pick(
        "Code de rattachement donné par votre prestataire\u{a0}: ",
        "Enrolment code from your provider: ",
    )
}

/// A relay's address is none.
pub fn no_relay_address(lang: Lang, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => format!(
            "L’adresse du serveur n’est pas utilisable ({why}). Écrivez-la avec son port\u{a0}: \
             --relay relais.exemple.fr:4433 (16 au plus)."
        ),
        Lang::En => format!(
            "The server’s address is of no use ({why}). Write it with its port: --relay relay.example.com:4433 (16 at most)."
        ),
    }
}

/// Why one relay gave no answer; a detail below a sentence that says what to do.
pub fn tried_relay(lang: Lang, relay: &str, why: &str) -> String {
    let (relay, why) = (plain(relay, MAX), plain(why, MAX));
    match lang {
        Lang::Fr => format!("  essayé {relay}\u{a0}: {why}"),
        Lang::En => format!("  tried {relay}: {why}"),
    }
}

/// The relay restarts.
pub fn relay_restarts(lang: Lang, in_s: u32) -> String {
    match lang {
        Lang::Fr => {
            format!("Le serveur redémarre. Recommencez dans {in_s}\u{a0}s\u{a0}: le code n’a pas servi.")
        }
        Lang::En => format!("The server restarts. Try again in {in_s} s: the code was not used."),
    }
}

/// The line broke before the answer: what became of the code is not known.
pub fn enrolment_interrupted(lang: Lang, why: &str, phone_e164: &str) -> String {
    let (why, phone) = (plain(why, MAX), phone(phone_e164));
    match lang {
        Lang::Fr => format!(
            "La connexion a été perdue avant la réponse ({why}). Recommencez avec le même code\u{a0}; s’il est refusé, \
             appelez le {phone}."
        ),
        Lang::En => format!(
            "The line was lost before the answer ({why}). Try again with the same code; if it is refused, call {phone}."
        ),
    }
}

/// There is no socket for the network.
pub fn no_socket(lang: Lang, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => {
            format!("Le réseau n’est pas utilisable ({why}). Vérifiez la connexion et redémarrez le PC.")
        }
        Lang::En => format!("The network cannot be used ({why}). Check the connection and restart the PC."),
    }
}

/// The local socket cannot be made.
pub fn local_socket(lang: Lang, path: &str, why: &str) -> String {
    let (path, why) = (plain(path, MAX), plain(why, MAX));
    match lang {
        Lang::Fr => format!(
            "La prise locale {path} ne peut pas être créée ({why}). Un autre service tourne-t-il\u{202f}? Avez-vous le droit \
             d’écrire à cet endroit\u{202f}? Sinon choisissez-en un autre avec --socket."
        ),
        Lang::En => format!(
            "The local socket {path} cannot be made ({why}). Does another service run? May you write there? Otherwise choose \
             another place with --socket."
        ),
    }
}

/// Somebody else than the service may sit behind the local socket.
pub fn local_socket_untrusted(lang: Lang, path: &str, why: &str) -> String {
    let (path, why) = (plain(path, MAX), plain(why, MAX));
    match lang {
        Lang::Fr => format!(
            "La prise locale {path} n’est pas sûre ({why}). Ne continuez pas\u{a0}; le service doit la créer dans un \
             dossier que lui seul peut modifier."
        ),
        Lang::En => format!(
            "The local socket {path} is not to be trusted ({why}). Do not go on; the service must make it in a folder that \
             it alone may change."
        ),
    }
}

/// The service does not take this session process.
pub fn session_refused(lang: Lang, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => format!(
            "Le service n’accepte pas ce programme ({why}). Fermez et rouvrez votre session Linux, puis recommencez."
        ),
        Lang::En => {
            format!("The service does not take this program ({why}). Log off and on again, then retry.")
        }
    }
}

/// Nobody can be asked here: the consent program is missing or does not start.
pub fn nobody_can_be_asked(lang: Lang, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => format!(
            "La fenêtre d’accord ne peut pas s’ouvrir\u{a0}: aucune session n’est possible. Réinstallez aval-agent. ({why})"
        ),
        Lang::En => {
            format!("The consent window cannot open: no session is possible. Reinstall aval-agent. ({why})")
        }
    }
}

/// The desktop is one this version cannot show.
pub const fn on_wayland(lang: Lang) -> &'static str {
    lang.pick(
        "Ce bureau fonctionne sous Wayland\u{a0}: cette version ne peut pas le montrer, et toute demande sera refusée. \
         Déconnectez-vous, puis choisissez une session «\u{a0}Xorg\u{a0}» ou «\u{a0}X11\u{a0}».",
        "This desktop runs on Wayland: this version cannot show it, and every request will be refused. Log off and choose \
         an “Xorg” or “X11” session.",
    )
}

/// There is no screen where the session process runs.
pub const fn no_screen(lang: Lang) -> &'static str {
    lang.pick(
        "Il n’y a pas d’écran ici (DISPLAY n’est pas défini)\u{a0}: rien ne peut être montré, et toute demande sera refusée. \
         Lancez «\u{a0}aval-agent session\u{a0}» dans le bureau de la personne.",
        "There is no screen here (DISPLAY is not set): nothing can be shown, and every request will be refused. Start \
         “aval-agent session” on the person’s desktop.",
    )
}

/// The display that was named does not answer.
pub fn screen_unreachable(lang: Lang, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => format!("L’écran n’est pas joignable\u{a0}; une nouvelle tentative suit. ({why})"),
        Lang::En => format!("The screen cannot be reached; it will be tried again. ({why})"),
    }
}

/// This system is not supported yet.
pub const fn not_this_system(lang: Lang) -> &'static str {
    lang.pick(
        "Cette version fonctionne sous Linux avec X11 seulement.",
        "This version runs on Linux with X11 only.",
    )
}

/// The last trouble with the line.
pub fn line_trouble(lang: Lang, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => format!("Dernier incident de connexion\u{a0}: {why}"),
        Lang::En => format!("Last trouble with the line: {why}"),
    }
}

/// Something that has no sentence of its own.
pub fn unexpected(lang: Lang, why: &str) -> String {
    let why = plain(why, MAX);
    match lang {
        Lang::Fr => format!(
            "Cela n’a pas marché\u{a0}: {why}. Recommencez\u{a0}; si cela dure, appelez votre prestataire."
        ),
        Lang::En => format!("This did not work: {why}. Try again; if it goes on, call your provider."),
    }
}

/// What detaching means.
pub fn leaving_means(lang: Lang, firm: &str) -> String {
    let firm = plain(firm, MAX);
    match lang {
        Lang::Fr => format!(
            "Détacher ce PC de {firm}\u{a0}: sa clé est effacée et plus aucune session n’est possible. Le journal reste sur \
             ce PC. Pour revenir, il faudra un nouveau code."
        ),
        Lang::En => format!(
            "Detach this PC from {firm}: its key is erased and no session is possible any more. The journal stays on this PC. \
             Coming back takes a new code."
        ),
    }
}

/// The question; anything but a clear yes is a no.
pub const fn leave_question(lang: Lang) -> &'static str {
    lang.pick("Détacher ce PC\u{202f}? [oui/NON] ", "Detach this PC? [yes/NO] ")
}

/// Done; where the journal is now, and who else should know.
pub fn left(lang: Lang, journal: Option<&str>, told: bool) -> String {
    let kept = journal.map(|journal| plain(journal, MAX));
    let kept = match (lang, kept) {
        (Lang::Fr, Some(path)) => format!(" Son journal est gardé dans {path}."),
        (Lang::En, Some(path)) => format!(" Its journal is kept in {path}."),
        (_, None) => String::new(),
    };
    let firm = if told {
        lang.pick("Votre prestataire en est informé.", "Your provider has been told.")
    } else {
        lang.pick(
            "Votre prestataire n’a pas pu être joint. Prévenez-le, qu’il le retire de sa liste.",
            "Your provider could not be reached. Tell them, so that they take it off the list.",
        )
    };
    match lang {
        Lang::Fr => format!("Ce PC est détaché.{kept} {firm}"),
        Lang::En => format!("This PC is detached.{kept} {firm}"),
    }
}

/// Nothing was changed.
pub const fn not_left(lang: Lang) -> &'static str {
    lang.pick("Ce PC reste rattaché.", "This PC stays attached.")
}

#[cfg(test)]
mod tests;
