//! What is said when a machine's own key is replaced by another one.

use super::Lang;
use super::keys::fingerprint;
use super::prompt::{phone, plain};
use crate::id::KeyId;

/// A journal's entry, the machine's own or the relay's.
pub fn noted(lang: Lang, old_spki: &[u8], new_spki: &[u8]) -> String {
    let [old, new] = [old_spki, new_spki].map(|spki| fingerprint(KeyId::of_spki(spki)));
    match lang {
        Lang::Fr => format!(
            "La clé du PC a été renouvelée\u{a0}; l’ancienne et la nouvelle l’ont signé. Ancienne\u{a0}: {old}. Nouvelle\u{a0}: {new}."
        ),
        Lang::En => {
            format!(
                "The PC’s key was renewed; the old one and the new one signed it. Old: {old}. New: {new}."
            )
        }
    }
}

/// It is done: what the person does next.
pub fn done(lang: Lang, (old, new): (KeyId, KeyId), firm: &str, phone_e164: &str) -> String {
    let (old, new) = (fingerprint(old), fingerprint(new));
    let (firm, phone) = (plain(firm, 64), phone(phone_e164));
    match lang {
        Lang::Fr => format!(
            "La clé de ce PC est renouvelée.\nAncienne empreinte\u{a0}: {old}\nNouvelle empreinte\u{a0}: {new}\nRedémarrez le service. Avant \
             toute session, un responsable de {firm} ({phone}) valide la nouvelle clé\u{a0}: lisez-lui l’empreinte au téléphone."
        ),
        Lang::En => format!(
            "This PC’s key is renewed.\nOld fingerprint: {old}\nNew fingerprint: {new}\nStart the service again. Before any session a manager \
             of {firm} ({phone}) approves the new key: read the fingerprint to them on the phone."
        ),
    }
}

/// The service can't go on with the old key, which a renewal that was interrupted has ended.
pub const fn unfinished(lang: Lang) -> &'static str {
    lang.pick(
        "Le renouvellement de la clé de ce PC a été interrompu\u{a0}; le service redémarre pour l’achever.",
        "The renewal of this PC’s key was interrupted; the service starts again to finish it.",
    )
}
