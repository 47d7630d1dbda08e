//! The install page: who installs what, what it sends, what it can never do, and how to be rid of it (clause 4.5), in French first.
//!
//! These are plain sentences; the page that shows them escapes them. Names and numbers of others pass through [`plain`].

mod sheet;
mod system;

use super::Lang;
use super::prompt::{phone, plain};

pub use sheet::{sheet, sheet_end};
pub use system::{PackageKind, System, check, msi, parts, remove_how, steps, thanks};

/// Longest name shown, in characters.
const MAX: usize = 80;

/// What is asked for when a code does not hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CodeTrouble {
    /// Never issued, or mistyped.
    Unknown,
    /// Its time is over.
    Expired,
    /// It attached a machine, or brought too many downloads.
    Used,
    /// Too many attempts from one place.
    TooMany,
}

/// The title of the page.
pub fn title(lang: Lang, firm: &str) -> String {
    let firm = plain(firm, MAX);
    match lang {
        Lang::Fr => format!("Installer l’assistance à distance – {firm}"),
        Lang::En => format!("Install the remote assistance – {firm}"),
    }
}

/// What the page is for.
pub const fn lead(lang: Lang) -> &'static str {
    lang.pick(
        "Votre contrat de maintenance prévoit la prise en main à distance. Elle a besoin d’un petit programme sur votre ordinateur. \
         Voici tout ce qu’il faut savoir avant de l’installer.",
        "Your maintenance contract provides for remote assistance. It needs a small program on your computer. Here is all there is \
         to know before you install it.",
    )
}

/// The heading above the firm.
pub const fn who(lang: Lang) -> &'static str {
    lang.pick("Qui vous le propose", "Who offers it")
}

/// Whom to call.
pub fn call(lang: Lang, firm: &str, phone_e164: &str) -> String {
    let (firm, phone) = (plain(firm, MAX), phone(phone_e164));
    match lang {
        Lang::Fr => format!("{firm}, téléphone {phone}"),
        Lang::En => format!("{firm}, telephone {phone}"),
    }
}

/// Against fraud.
pub const fn careful(lang: Lang) -> &'static str {
    lang.pick(
        "Vérifiez que ce numéro est celui de votre contrat. Si quelqu’un que vous n’avez pas appelé vous envoie ici, n’installez rien \
         et appelez ce numéro.",
        "Check that this number is the one on your contract. If somebody whom you did not call sends you here, install nothing and \
         call this number.",
    )
}

/// The label of the key's fingerprint.
pub const fn key(lang: Lang) -> &'static str {
    lang.pick("Empreinte de la clé de la société", "Fingerprint of the company’s key")
}

/// The heading above what is installed.
pub const fn what(lang: Lang) -> &'static str {
    lang.pick("Ce qui sera installé", "What will be installed")
}

/// The labels of version, download, room taken, and hash.
pub const fn labels(lang: Lang) -> [&'static str; 4] {
    match lang {
        Lang::Fr => ["Version", "Téléchargement", "Place occupée", "SHA-256 du paquet"],
        Lang::En => ["Version", "Download", "Room taken", "SHA-256 of the package"],
    }
}

/// The same file for everybody.
pub const fn same_for_all(lang: Lang) -> &'static str {
    lang.pick(
        "Le paquet est le même pour tout le monde\u{a0}: rien n’y est ajouté pour vous. Votre code seul le relie à votre contrat.",
        "The package is the same for everybody: nothing is put into it for you. Your code alone links it to your contract.",
    )
}

/// A size for people.
pub fn size(lang: Lang, bytes: u64) -> String {
    let tenths = bytes.saturating_add(50_000) / 100_000;
    match lang {
        Lang::Fr => format!("{},{}\u{a0}Mo", tenths / 10, tenths % 10),
        Lang::En => format!("{}.{}\u{a0}MB", tenths / 10, tenths % 10),
    }
}

/// The heading above what is sent.
pub const fn sends(lang: Lang) -> &'static str {
    lang.pick("Ce qu’il envoie", "What it sends")
}

/// Where to, and when.
pub fn sends_to(lang: Lang, relay: &str) -> String {
    let relay = plain(relay, MAX);
    match lang {
        Lang::Fr => format!(
            "Au serveur {relay} et à lui seul, une fois l’ordinateur rattaché, la fiche de votre matériel\u{a0}:"
        ),
        Lang::En => format!(
            "To the server {relay} and to nobody else, once the computer is attached, a sheet of your equipment:"
        ),
    }
}

/// In a session.
pub const fn in_session(lang: Lang) -> &'static str {
    lang.pick(
        "Pendant une session que vous avez acceptée, l’image de votre écran va au technicien, chiffrée de bout en bout\u{a0}: le \
         serveur ne peut pas la lire. Rien n’en est enregistré.",
        "In a session that you agreed to, the picture of your screen goes to the technician, encrypted from end to end: the server \
         cannot read it. Nothing of it is recorded.",
    )
}

/// The heading above what it can't do.
pub const fn never(lang: Lang) -> &'static str {
    lang.pick("Ce qu’il ne peut jamais faire", "What it can never do")
}

/// What it can't do.
pub const fn never_list(lang: Lang) -> [&'static str; 6] {
    match lang {
        Lang::Fr => [
            "Montrer votre écran sans un «\u{a0}oui\u{a0}» donné sur cet ordinateur, à chaque fois. Sans réponse, c’est non.",
            "Rester caché\u{a0}: un bandeau reste au premier plan, avec un bouton qui arrête tout aussitôt.",
            "Enregistrer l’écran, ce que vous tapez ou le presse-papiers.",
            "Prendre la main en votre absence, ou garder un mot de passe pour revenir.",
            "Noircir votre écran, bloquer votre souris ou votre clavier.",
            "Fouiller, copier ou envoyer vos fichiers.",
        ],
        Lang::En => [
            "Show your screen without a “yes” given on this computer, each time. No answer means no.",
            "Hide: a banner stays on top, with a button that stops everything at once.",
            "Record the screen, what you type, or the clipboard.",
            "Take over while you are away, or keep a password to come back.",
            "Black out your screen, block your mouse or your keyboard.",
            "Search, copy or send your files.",
        ],
    }
}

/// The heading above removal.
pub const fn remove(lang: Lang) -> &'static str {
    lang.pick("Comment le retirer", "How to remove it")
}

/// The heading above the rights.
pub const fn rights(lang: Lang) -> &'static str {
    lang.pick("Vos droits", "Your rights")
}

/// The rights (clause 14.1), and what this page keeps.
pub const fn rights_text(lang: Lang) -> [&'static str; 2] {
    match lang {
        Lang::Fr => [
            "Vous disposez d’un droit d’accès, de modification, de rectification et de suppression des données qui vous concernent \
             (article 14.1). Un appel ou un courrier à votre prestataire suffit.",
            "Si vous acceptez, sont enregistrés\u{a0}: la date et l’heure, la version, l’empreinte SHA-256 du paquet, la langue de cette \
             page et l’empreinte de votre code. Ni votre nom ni votre adresse sur Internet. Cette page ne pose aucun cookie.",
        ],
        Lang::En => [
            "You have the right to access, change, correct and delete the data that concern you (clause 14.1). A call or a letter to \
             your provider is enough.",
            "If you agree, this is recorded: date and time, the version, the SHA-256 of the package, the language of this page and a \
             hash of your code. Neither your name nor your Internet address. This page sets no cookie.",
        ],
    }
}

/// The heading above the form.
pub const fn agree(lang: Lang) -> &'static str {
    lang.pick("Accepter et télécharger", "Agree and download")
}

/// The label of the code's field, and a hint.
pub const fn code(lang: Lang) -> (&'static str, &'static str) {
    match lang {
        Lang::Fr => {
            ("Code d’invitation", "Douze caractères, donnés par votre prestataire\u{a0}: K7QF-2M9X-RT4W")
        }
        Lang::En => ("Invitation code", "Twelve characters, given by your provider: K7QF-2M9X-RT4W"),
    }
}

/// The button.
pub const fn button(lang: Lang) -> &'static str {
    lang.pick("J’accepte et je télécharge", "I agree and download")
}

/// What the button means (4.5).
pub const fn button_means(lang: Lang) -> &'static str {
    lang.pick(
        "En cliquant, vous acceptez l’installation décrite ci-dessus (article 4.5 des conditions générales). Vous restez libre de la \
         retirer, et de refuser chaque session.",
        "By clicking you agree to the installation described above (clause 4.5 of the general terms). You stay free to remove it, \
         and to refuse each session.",
    )
}

/// There is nothing to download yet.
pub fn no_package(lang: Lang, firm: &str, phone_e164: &str) -> String {
    let (firm, phone) = (plain(firm, MAX), phone(phone_e164));
    match lang {
        Lang::Fr => format!("Aucun paquet n’est disponible pour le moment. Appelez {firm} au {phone}."),
        Lang::En => format!("No package is available at the moment. Call {firm} on {phone}."),
    }
}

/// Why a code does not hold, and whom to call.
pub fn code_trouble(lang: Lang, trouble: CodeTrouble, firm: &str, phone_e164: &str) -> String {
    let (firm, phone) = (plain(firm, MAX), phone(phone_e164));
    let why = match trouble {
        CodeTrouble::Unknown => lang.pick(
            "Ce code n’existe pas. Vérifiez chaque caractère.",
            "There is no such code. Check each character.",
        ),
        CodeTrouble::Expired => lang.pick("Ce code a expiré.", "This code has expired."),
        CodeTrouble::Used => lang.pick("Ce code a déjà servi.", "This code was used already."),
        CodeTrouble::TooMany => lang.pick(
            "Trop d’essais. Attendez dix minutes avant de réessayer.",
            "Too many attempts. Wait ten minutes before you try again.",
        ),
    };
    match lang {
        Lang::Fr => format!("{why} Pour un nouveau code, appelez {firm} au {phone}."),
        Lang::En => format!("{why} For a new code, call {firm} on {phone}."),
    }
}

/// When the acceptance was recorded.
pub fn recorded(lang: Lang, when: &str, version: &str) -> String {
    match lang {
        Lang::Fr => format!("Votre accord est enregistré\u{a0}: {when}, version {version}."),
        Lang::En => format!("Your agreement is recorded: {when}, version {version}."),
    }
}

/// For how long the link works.
pub const fn link_lasts(lang: Lang) -> &'static str {
    lang.pick("Ce lien fonctionne pendant 24\u{a0}heures.", "This link works for 24 hours.")
}

/// In place of the code in the command, where it is not known any more.
pub const fn your_code(lang: Lang) -> &'static str {
    lang.pick("VOTRE-CODE", "YOUR-CODE")
}

/// Where to be, when a terminal is opened.
pub const fn downloads_folder(lang: Lang) -> &'static str {
    lang.pick("~/Téléchargements", "~/Downloads")
}

/// A page that does not exist, or whose link is over.
pub const fn not_found(lang: Lang) -> (&'static str, &'static str) {
    match lang {
        Lang::Fr => (
            "Cette page n’existe pas, ou plus",
            "Un lien de téléchargement fonctionne pendant 24\u{a0}heures, après acceptation. Reprenez depuis le début\u{a0}:",
        ),
        Lang::En => (
            "This page does not exist, or no longer does",
            "A download link works for 24 hours, after agreeing. Begin again:",
        ),
    }
}

/// To the beginning.
pub const fn beginning(lang: Lang) -> &'static str {
    lang.pick("Lire et accepter", "Read and agree")
}

/// The label of the choice between systems.
pub const fn for_system(lang: Lang) -> &'static str {
    lang.pick("Cette page est écrite pour", "This page is written for")
}

/// Something failed on the server's side.
pub fn failed(lang: Lang, firm: &str, phone_e164: &str) -> String {
    let (firm, phone) = (plain(firm, MAX), phone(phone_e164));
    match lang {
        Lang::Fr => {
            format!(
                "Le serveur ne peut pas répondre pour le moment. Réessayez plus tard, ou appelez {firm} au {phone}."
            )
        }
        Lang::En => format!("The server cannot answer now. Try again later, or call {firm} on {phone}."),
    }
}

/// Too many requests from one place.
pub const fn too_many(lang: Lang) -> &'static str {
    lang.pick(
        "Trop de demandes depuis votre adresse. Attendez une minute.",
        "Too many requests from your address. Wait a minute.",
    )
}

/// The footer: whose software it is.
pub const fn made_with(lang: Lang) -> &'static str {
    lang.pick(
        "Aval est un logiciel libre. Sa fenêtre de consentement est faite avec Slint.",
        "Aval is free software. Its consent window is made with Slint.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_does_not_hold_says_whom_to_call() {
        for trouble in [CodeTrouble::Unknown, CodeTrouble::Expired, CodeTrouble::Used, CodeTrouble::TooMany] {
            for lang in [Lang::Fr, Lang::En] {
                let said = code_trouble(lang, trouble, "Atelier Beaurepaire", "+33199001234");
                assert!(said.contains("Atelier Beaurepaire") && said.contains("01\u{a0}99"), "{said}");
            }
        }
    }

    #[test]
    fn sizes_are_rounded_and_written_as_people_write_them() {
        assert_eq!(size(Lang::Fr, 9_449_999), "9,4\u{a0}Mo");
        assert_eq!(size(Lang::En, 9_450_000), "9.5\u{a0}MB");
        assert_eq!(size(Lang::Fr, 0), "0,0\u{a0}Mo");
    }
}
