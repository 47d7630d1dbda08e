//! What the relay says at its terminal when somebody asks what its record says of them (clause 14.1).

use super::Lang;
use super::prompt::plain;

/// Longest text shown, in characters: as much as a reason may have, and some.
const MAX_SHOWN: usize = 300;

/// Why a value that names somebody is not erased.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stays {
    /// The contract and its papers, which accounts are made of.
    Papers,
    /// Who did what to which machine: signed, or the fact that a signed entry is about.
    Evidence,
    /// What the contract's machines are.
    Inventory,
    /// Kept for a court.
    Held,
}

impl Stays {
    /// As programs read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Papers => "papers",
            Self::Evidence => "evidence",
            Self::Inventory => "inventory",
            Self::Held => "legal_hold",
        }
    }

    /// The reason, with what it rests on.
    pub const fn why(self, lang: Lang) -> &'static str {
        match self {
            Self::Papers => lang.pick(
                "contrat et pièces signées ou comptables\u{a0}: dix ans (Code de commerce, art. L123-22)",
                "contract and papers signed or of account: ten years (Code de commerce, art. L123-22)",
            ),
            Self::Evidence => lang.pick(
                "preuve de qui a fait quoi sur un poste, journal signé\u{a0}: cinq ans (Code civil, art. 2224)",
                "evidence of who did what to a machine, signed journal: five years (Code civil, art. 2224)",
            ),
            Self::Inventory => lang.pick(
                "inventaire du matériel, objet du contrat (clause 2.2)\u{a0}: changez le nom du poste pour l’avenir",
                "inventory of the hardware, which the contract is about (clause 2.2): rename the machine for the future",
            ),
            Self::Held => lang.pick(
                "conservé pour un litige (clause 15.3)\u{a0}: effaçable une fois celui-ci clos",
                "kept for a dispute (clause 15.3): erasable once that is over",
            ),
        }
    }
}

/// One value that was found: where, and what it says.
pub fn found(lang: Lang, place: &str, of: &str, text: &str, stays: Option<Stays>) -> String {
    let (place, text) = (where_from(lang, place), plain(text, MAX_SHOWN));
    let of = if of.is_empty() { String::new() } else { format!(" ({of})") };
    match (lang, stays) {
        (Lang::Fr, None) => format!("effaçable – {place}{of}\u{a0}: {text}"),
        (Lang::En, None) => format!("may go – {place}{of}: {text}"),
        (Lang::Fr, Some(stays)) => format!("reste – {place}{of}\u{a0}: {text}\n    {}", stays.why(lang)),
        (Lang::En, Some(stays)) => format!("stays – {place}{of}: {text}\n    {}", stays.why(lang)),
    }
}

/// A table in words for people; its own name where there are none.
fn where_from(lang: Lang, place: &str) -> String {
    let known = match place {
        "suspensions" => lang.pick("motif d’une suspension", "reason of a suspension"),
        "agent_acts" => lang.pick("motif d’une révocation de poste", "reason of a machine’s revocation"),
        "exceptions" => {
            lang.pick("motif d’une exception aux horaires", "reason of an exception to the hours")
        }
        "locks" => lang.pick("blocage d’un technicien", "lock of a technician"),
        "offers" => lang.pick("proposition faite au client", "offer made to the client"),
        "sessions" => lang.pick("demande de session", "request for a session"),
        "journal" => lang.pick("journal d’un poste", "journal of a machine"),
        "members" => lang.pick("personnel connecté", "member who was connected"),
        "contracts" => lang.pick("contrat", "contract"),
        "notices" => lang.pick("lettre de résiliation", "letter of termination"),
        "papers" => lang.pick("pièce du contrat", "paper of the contract"),
        "agent_facts" | "inventory" => lang.pick("inventaire d’un poste", "inventory of a machine"),
        other => other,
    };
    known.to_owned()
}

/// How much was found.
pub fn counted(lang: Lang, goes: usize, stays: usize) -> String {
    match lang {
        Lang::Fr => format!("{goes} textes effaçables, {stays} valeurs qui restent. Rien n’a été changé."),
        Lang::En => format!("{goes} texts that may go, {stays} values that stay. Nothing was changed."),
    }
}

/// How to erase what was shown.
pub fn how_to_erase(lang: Lang, goes: usize) -> String {
    match lang {
        Lang::Fr => format!(
            "Pour effacer ces {goes} textes et aucun autre\u{a0}: la même commande avec --texts {goes}. C’est définitif."
        ),
        Lang::En => {
            format!(
                "To erase these {goes} texts and no other: the same command with --texts {goes}. It is final."
            )
        }
    }
}

/// It is done.
pub fn erased(lang: Lang, texts: usize, stay: usize) -> String {
    match lang {
        Lang::Fr => format!(
            "{texts} textes effacés avec leur sel ; les journaux restent vérifiables. {stay} valeurs restent, avec leur raison. Les \
             sauvegardes et exports d’avant les contiennent encore\u{a0}: détruisez-les ou laissez-les expirer."
        )
        .replace(" ;", "\u{a0};"),
        Lang::En => format!(
            "{texts} texts are erased with their salts; the journals still verify. {stay} values stay, with their reason. Backups and \
             exports from before still hold them: destroy them, or let them expire."
        ),
    }
}

/// What was found is in a file.
pub fn exported(lang: Lang, path: &str, values: usize) -> String {
    let path = plain(path, MAX_SHOWN);
    match lang {
        Lang::Fr => format!(
            "{values} valeurs écrites dans {path}, à remettre à la personne elle-même et à personne d’autre."
        ),
        Lang::En => format!("{values} values are in {path}, to be given to that person and to nobody else."),
    }
}

/// A name that would be found everywhere.
pub fn too_short(lang: Lang) -> String {
    let sentence = lang.pick(
        "Ce nom est trop court pour désigner quelqu’un\u{a0}: écrivez au moins trois lettres.",
        "This name is too short to mean somebody: write at least three letters.",
    );
    sentence.to_owned()
}
