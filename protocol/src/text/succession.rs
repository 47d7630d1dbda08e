//! What is said when the firm's root is succeeded by another one: to whoever does it, and to the person at each PC.

use super::Lang;
use super::keys::{date, fingerprint};
use super::prompt::plain;
use crate::firm::Succeeded;
use crate::id::{KeyId, UnixSeconds};

/// Longest path shown, in characters.
const MAX_SHOWN: usize = 200;

/// A PC's journal: whom it believed, whom it believes now.
pub fn noted(lang: Lang, old: KeyId, new: KeyId) -> String {
    let (old, new) = (fingerprint(old), fingerprint(new));
    match lang {
        Lang::Fr => format!(
            "La clé de votre prestataire a changé, par une déclaration que l’ancienne et la nouvelle ont signée. \
             Ancienne\u{a0}: {old}. Nouvelle\u{a0}: {new}."
        ),
        Lang::En => format!(
            "Your provider’s key has changed, by a statement that the old one and the new one signed. Old: {old}. New: {new}."
        ),
    }
}

/// A former key of the firm, on the status of a PC or beside a firm's file.
pub fn former(lang: Lang, it: &Succeeded) -> String {
    let (old, since, until) = (fingerprint(it.old), date(lang, it.since), date(lang, it.until));
    match lang {
        Lang::Fr => format!(
            "Ancienne clé de la société, remplacée le {since}\u{a0}: {old}. Ce qu’elle a certifié avant ne vaut plus rien à partir du \
             {until}."
        ),
        Lang::En => format!(
            "Former key of the company, replaced on {since}: {old}. What it certified before is worth nothing from {until} on."
        ),
    }
}

/// A new root stands, and what is to be done next.
pub fn done(
    lang: Lang,
    it: &Succeeded,
    (root, issuing, firm): (&str, &str, &str),
    until: UnixSeconds,
) -> String {
    let [root, issuing, firm] = [root, issuing, firm].map(|path| plain(path, MAX_SHOWN));
    let (old, new, last) = (fingerprint(it.old), fingerprint(it.new), date(lang, it.until));
    let until = date(lang, until);
    match lang {
        Lang::Fr => format!(
            "La racine est remplacée.\nAncienne empreinte\u{a0}: {old}\nNouvelle empreinte\u{a0}: {new}\n\
             La nouvelle clé d’émission vaut jusqu’au {until}.\nÀ faire maintenant\u{a0}:\n\
             1. Copiez {root} sur deux supports hors ligne, rangez-les en lieu sûr, puis effacez-le d’ici\u{a0}; {issuing} reste sur ce \
             poste.\n\
             2. Portez {firm} et le bulletin sur chaque relais\u{a0}: aval-relay firm --data DOSSIER {firm}, puis redémarrez-le.\n\
             3. Avant le {last}, faites certifier de nouveau chaque relais et chaque membre\u{a0}: ce que l’ancienne racine a certifié \
             ne vaut plus rien à partir de ce jour.\n\
             Les PC suivent d’eux-mêmes et l’écrivent dans leur journal. Les invitations déjà données ne valent plus."
        ),
        Lang::En => format!(
            "The root is replaced.\nOld fingerprint: {old}\nNew fingerprint: {new}\nThe new issuing key is valid until {until}.\n\
             What to do now:\n\
             1. Copy {root} to two off-line media, put them in a safe place, then erase it here; {issuing} stays on this computer.\n\
             2. Take {firm} and the bulletin to each relay: aval-relay firm --data FOLDER {firm}, then restart it.\n\
             3. Before {last}, have every relay and every member certified again: what the old root certified is worth nothing from that \
             day on.\n\
             PCs follow by themselves and write it into their journal. Invitations given out before count no more."
        ),
    }
}

/// A relay's folder has the firm's newest file.
pub fn taken_in(lang: Lang, root: KeyId, new: &[Succeeded]) -> String {
    let key = fingerprint(root);
    match (lang, new.is_empty()) {
        (Lang::Fr, true) => format!(
            "Fichier de la société mis à jour. Empreinte de la racine\u{a0}: {key}. Redémarrez le relais."
        ),
        (Lang::En, true) => {
            format!("The firm’s file is up to date. Fingerprint of the root: {key}. Restart the relay.")
        }
        (Lang::Fr, false) => format!(
            "La racine de la société a été remplacée, l’ancienne l’a signé. Nouvelle empreinte\u{a0}: {key}. Redémarrez le relais\u{a0}: il le \
             transmettra à chaque poste et à chaque technicien."
        ),
        (Lang::En, false) => format!(
            "The firm’s root was replaced, as the old one signed. New fingerprint: {key}. Restart the relay: it will hand this on to every \
             machine and every technician."
        ),
    }
}

/// A firm's file is older than the one that is here.
pub const fn older(lang: Lang) -> &'static str {
    lang.pick(
        "Ce fichier de la société est plus ancien que celui d’ici\u{a0}: rien n’est changé. Prenez le dernier, dans le dossier de la société.",
        "This firm’s file is older than the one here: nothing is changed. Take the newest one, in the firm’s folder.",
    )
}
