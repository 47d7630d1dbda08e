//! What is said while a firm is founded, keys are made and certificates given.

use super::Lang;
use super::prompt::{phone, plain};
use crate::firm::authority::day;
use crate::firm::{AuthorityError, Profile, Role, TrustError};
use crate::id::{KeyId, UnixSeconds};

/// Longest name or path shown, in characters.
const MAX_SHOWN: usize = 200;

/// A role.
pub const fn role(lang: Lang, role: Role) -> &'static str {
    match role {
        Role::Technician => lang.pick("technicien", "technician"),
        Role::Manager => lang.pick("responsable", "manager"),
        Role::Billing => lang.pick("facturation", "billing"),
        Role::Relay => lang.pick("relais", "relay"),
        Role::Release => lang.pick("publication", "release"),
    }
}

/// A day, as people write it: `23/12/2027`, `2027-12-23`.
pub fn date(lang: Lang, at: UnixSeconds) -> String {
    let iso = day(at);
    match (lang, iso.split('-').collect::<Vec<_>>().as_slice()) {
        (Lang::Fr, [year, month, day]) => format!("{day}/{month}/{year}"),
        _ => iso,
    }
}

/// A key's name in groups that can be read aloud.
pub fn fingerprint(key: KeyId) -> String {
    let hex = key.to_string();
    let groups: Vec<_> = hex.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    groups.join(" ")
}

/// The firm stands.
pub fn founded(lang: Lang, profile: &Profile, root: KeyId, until: UnixSeconds) -> String {
    let (name, phone, root) = (plain(&profile.name, MAX_SHOWN), phone(&profile.phone), fingerprint(root));
    let until = date(lang, until);
    match lang {
        Lang::Fr => format!(
            "La société {name}, {phone}, a ses clés. Empreinte de la racine\u{a0}: {root}. \
             La clé d’émission vaut jusqu’au {until}."
        ),
        Lang::En => format!(
            "The firm {name}, {phone}, has its keys. Fingerprint of the root: {root}. \
             The issuing key is valid until {until}."
        ),
    }
}

/// What to do with the files of a firm.
pub fn founded_next(lang: Lang, root_key: &str, issuing_key: &str, firm_file: &str) -> String {
    let (root_key, issuing_key) = (plain(root_key, MAX_SHOWN), plain(issuing_key, MAX_SHOWN));
    let firm_file = plain(firm_file, MAX_SHOWN);
    match lang {
        Lang::Fr => format!(
            "À faire maintenant\u{a0}:\n\
             1. Copiez {root_key} sur deux supports hors ligne, rangez-les en lieu sûr, puis effacez-le d’ici. \
             Il ne sert qu’à renouveler la clé d’émission.\n\
             2. Gardez {issuing_key} sur ce poste, et sur aucun relais.\n\
             3. Donnez {firm_file} aux relais, aux techniciens et aux PC des clients\u{a0}: il ne contient aucun secret."
        ),
        Lang::En => format!(
            "What to do now:\n\
             1. Copy {root_key} to two off-line media, put them in a safe place, then erase it here. It only serves to renew \
             the issuing key.\n\
             2. Keep {issuing_key} on this computer, and on no relay.\n\
             3. Give {firm_file} to relays, technicians and clients’ PCs: it holds no secret."
        ),
    }
}

/// A new issuing key.
pub fn renewed(lang: Lang, until: UnixSeconds, old: &str) -> String {
    let (until, old) = (date(lang, until), plain(old, MAX_SHOWN));
    match lang {
        Lang::Fr => format!(
            "La nouvelle clé d’émission vaut jusqu’au {until}. L’ancienne est gardée sous {old}. \
             Les PC déjà rattachés n’ont besoin de rien. Remettez la clé racine en lieu sûr."
        ),
        Lang::En => format!(
            "The new issuing key is valid until {until}. The old one is kept as {old}. \
             PCs attached already need nothing. Put the root key back in its safe place."
        ),
    }
}

/// Somebody was certified.
pub fn certified(lang: Lang, name: &str, as_role: Role, until: UnixSeconds, file: &str) -> String {
    let (name, file) = (plain(name, MAX_SHOWN), plain(file, MAX_SHOWN));
    let (until, as_role) = (date(lang, until), role(lang, as_role));
    match lang {
        Lang::Fr => format!(
            "{name} ({as_role}) est certifié jusqu’au {until}. Renvoyez {file} à qui a fait la demande, avec firm.pub."
        ),
        Lang::En => format!(
            "{name} ({as_role}) is certified until {until}. Send {file} back to whoever made the request, with firm.pub."
        ),
    }
}

/// A firm, shown.
pub fn shows_firm(lang: Lang, profile: &Profile, root: KeyId, until: UnixSeconds) -> String {
    let (name, phone, root) = (plain(&profile.name, MAX_SHOWN), phone(&profile.phone), fingerprint(root));
    let until = date(lang, until);
    match lang {
        Lang::Fr => format!(
            "Société\u{a0}: {name}\nTéléphone\u{a0}: {phone}\nEmpreinte de la racine\u{a0}: {root}\n\
             Clé d’émission valable jusqu’au {until}"
        ),
        Lang::En => format!(
            "Firm: {name}\nTelephone: {phone}\nFingerprint of the root: {root}\nIssuing key valid until {until}"
        ),
    }
}

/// A member, shown.
pub fn shows_member(
    lang: Lang,
    name: &str,
    person: &str,
    as_role: Role,
    key: KeyId,
    until: UnixSeconds,
) -> String {
    let (name, person, key) = (plain(name, MAX_SHOWN), plain(person, MAX_SHOWN), fingerprint(key));
    let (until, as_role) = (date(lang, until), role(lang, as_role));
    match lang {
        Lang::Fr => format!(
            "{name} ({person}), {as_role}, certifié par cette société jusqu’au {until}\nEmpreinte de la clé\u{a0}: {key}"
        ),
        Lang::En => {
            format!(
                "{name} ({person}), {as_role}, certified by this firm until {until}\nFingerprint of the key: {key}"
            )
        }
    }
}

/// One's own key is made.
pub fn key_made(lang: Lang, request: &str, key: KeyId) -> String {
    let (request, key) = (plain(request, MAX_SHOWN), fingerprint(key));
    match lang {
        Lang::Fr => format!(
            "Votre clé est faite\u{a0}; elle ne quitte pas ce poste. Envoyez {request} à votre responsable et lisez-lui \
             l’empreinte au téléphone\u{a0}: {key}."
        ),
        Lang::En => format!(
            "Your key is made; it never leaves this computer. Send {request} to your manager and read the fingerprint to them \
             on the phone: {key}."
        ),
    }
}

/// A certificate is in its place.
pub fn installed(lang: Lang, name: &str, as_role: Role, until: UnixSeconds) -> String {
    let (name, until, as_role) = (plain(name, MAX_SHOWN), date(lang, until), role(lang, as_role));
    match lang {
        Lang::Fr => format!("Certificat installé\u{a0}: {name} ({as_role}), jusqu’au {until}."),
        Lang::En => format!("Certificate installed: {name} ({as_role}), until {until}."),
    }
}

/// A file is there already.
pub fn exists(lang: Lang, path: &str) -> String {
    let path = plain(path, MAX_SHOWN);
    match lang {
        Lang::Fr => format!(
            "{path} existe déjà et n’est pas remplacé\u{a0}: choisissez un autre dossier ou déplacez-le."
        ),
        Lang::En => {
            format!("{path} exists already and is not replaced: choose another folder or move it away.")
        }
    }
}

/// A key is open to others.
pub fn exposed(lang: Lang, path: &str) -> String {
    let path = plain(path, MAX_SHOWN);
    match lang {
        Lang::Fr => format!("D’autres utilisateurs peuvent lire {path}. Tapez\u{a0}: chmod 600 {path}"),
        Lang::En => format!("Other users may read {path}. Type: chmod 600 {path}"),
    }
}

/// The system refuses a file.
pub fn unusable(lang: Lang, path: &str, why: &str) -> String {
    let (path, why) = (plain(path, MAX_SHOWN), plain(why, MAX_SHOWN));
    match lang {
        Lang::Fr => {
            format!("{path} ne peut pas être lu ou écrit ({why})\u{a0}: vérifiez le chemin et les droits.")
        }
        Lang::En => format!("{path} can’t be read or written ({why}): check the path and its permissions."),
    }
}

/// A file does not hold what it should.
pub fn unfit(lang: Lang, path: &str, error: &TrustError) -> String {
    let (path, why) = (plain(path, MAX_SHOWN), trust(lang, error));
    match lang {
        Lang::Fr => format!("{path}\u{a0}: {why}"),
        Lang::En => format!("{path}: {why}"),
    }
}

/// Why a certificate, key or file is not accepted, and what to do.
pub fn trust(lang: Lang, error: &TrustError) -> String {
    match error {
        TrustError::Foreign => lang
            .pick(
                "une autre société l’a émis. Demandez le fichier à votre responsable.",
                "another firm issued it. Ask your manager for the file.",
            )
            .into(),
        TrustError::Expired => lang
            .pick(
                "le certificat a expiré. Demandez-en un nouveau à votre responsable.",
                "the certificate expired. Ask your manager for a new one.",
            )
            .into(),
        TrustError::Revoked => lang
            .pick(
                "la société a révoqué cette clé\u{a0}: elle n’ouvre plus rien. Faites-en une nouvelle (aval-console key new) \
                 et demandez-en le certificat.",
                "the firm revoked this key: it opens nothing any more. Make a new one (aval-console key new) and ask for its \
                 certificate.",
            )
            .into(),
        TrustError::Succeeded => lang
            .pick(
                "une ancienne clé racine de la société l’a émis, après avoir été remplacée. Demandez un certificat à votre responsable.",
                "a former root key of the firm issued it, after it had been replaced. Ask your manager for a certificate.",
            )
            .into(),
        TrustError::NotYetValid => lang
            .pick(
                "le certificat n’est pas encore valable. Vérifiez la date de ce poste.",
                "the certificate is not valid yet. Check this computer’s date.",
            )
            .into(),
        TrustError::WrongRole(found) => match lang {
            Lang::Fr => format!("le certificat est celui d’un autre rôle ({}).", role(lang, *found)),
            Lang::En => format!("the certificate is one of another role ({}).", role(lang, *found)),
        },
        TrustError::BadSignature => lang
            .pick(
                "la signature ne correspond pas\u{a0}: le fichier a été modifié. Redemandez-le.",
                "the signature does not match: the file was changed. Ask for it again.",
            )
            .into(),
        TrustError::Unreadable(what) => match lang {
            Lang::Fr => format!("ce n’est pas le contenu attendu (détail, en anglais\u{a0}: {what})."),
            Lang::En => format!("not what it should hold ({what})."),
        },
        TrustError::WrongPassphrase => lang
            .pick(
                "la phrase secrète n’ouvre pas cette clé. Recommencez\u{a0}; sans elle, faites-vous certifier une nouvelle clé.",
                "the passphrase does not open this key. Try again; without it, have a new key certified.",
            )
            .into(),
        TrustError::CannotSign => lang
            .pick(
                "la clé n’a pas pu signer. Réessayez\u{a0}; si cela dure, ce poste ne donne plus d’aléa.",
                "the key could not sign. Try again; if it lasts, this computer gives no randomness.",
            )
            .into(),
    }
}

/// Why nothing was founded or certified, and what to do.
pub fn refused(lang: Lang, error: &AuthorityError) -> String {
    match error {
        AuthorityError::Name(_) => lang
            .pick(
                "Ce nom ne convient pas\u{a0}: 1 à 64 caractères, sans caractère invisible ni changement de sens d’écriture.",
                "This name won’t do: 1 to 64 characters, none of them invisible or turning the text around.",
            )
            .into(),
        AuthorityError::Phone => lang
            .pick(
                "Le téléphone s’écrit au format international, par exemple +33199001234.",
                "Write the telephone number in international form, for example +33199001234.",
            )
            .into(),
        AuthorityError::Span => lang
            .pick(
                "Cette durée n’est pas possible, ou la date de ce poste est fausse\u{a0}: vérifiez les deux.",
                "This length of time is not possible, or this computer’s date is wrong: check both.",
            )
            .into(),
        AuthorityError::Request(error) => match lang {
            Lang::Fr => format!("La demande n’est pas acceptée\u{a0}: {}", trust(lang, error)),
            Lang::En => format!("The request is not accepted: {}", trust(lang, error)),
        },
        AuthorityError::Outlives { until, days_left } => {
            let until = date(lang, *until);
            match lang {
                Lang::Fr => format!(
                    "La clé qui signe finit le {until}\u{a0}: demandez au plus {days_left}\u{a0}jours, ou renouvelez-la d’abord."
                ),
                Lang::En => {
                    format!("The signing key ends on {until}: ask for at most {days_left} days, or renew it first.")
                }
            }
        }
        AuthorityError::IssuingExpired { since } => {
            let since = date(lang, *since);
            match lang {
                Lang::Fr => format!(
                    "La clé d’émission est finie depuis le {since}. Renouvelez-la avec la clé racine\u{a0}: \
                     aval-console firm renew."
                ),
                Lang::En => {
                    format!("The issuing key ended on {since}. Renew it with the root key: aval-console firm renew.")
                }
            }
        }
        AuthorityError::Trust(error) => match lang {
            Lang::Fr => format!("Les clés de la société ne conviennent pas\u{a0}: {}", trust(lang, error)),
            Lang::En => format!("The firm’s keys won’t do: {}", trust(lang, error)),
        },
    }
}
