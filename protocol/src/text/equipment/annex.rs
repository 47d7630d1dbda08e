//! The annex of the contract: what stands on the paper that the client and the firm sign.

use super::super::Lang;
use super::super::prompt::plain;
use super::date;
use crate::wire::inventory::Day;

/// Longest name or reference shown, in characters.
const MAX_SHOWN: usize = 120;

/// The paper's title.
pub const fn title(lang: Lang) -> &'static str {
    lang.pick("Annexe — Liste des équipements couverts", "Annex — List of covered equipment")
}

/// What stands above the table: by label and value.
pub const fn contract(lang: Lang) -> &'static str {
    lang.pick("Contrat n°", "Contract no.")
}

/// The client.
pub const fn client(lang: Lang) -> &'static str {
    lang.pick("Client", "Client")
}

/// The firm.
pub const fn provider(lang: Lang) -> &'static str {
    lang.pick("Prestataire", "Provider")
}

/// The version.
pub const fn version(lang: Lang) -> &'static str {
    lang.pick("Version", "Version")
}

/// The day from which it holds.
pub const fn holds_from(lang: Lang) -> &'static str {
    lang.pick("Applicable à partir du", "Holds from")
}

/// Its hash.
pub const fn hash(lang: Lang) -> &'static str {
    lang.pick("Empreinte", "Hash")
}

/// The version before it.
pub fn replaces(lang: Lang, version: u32, short: &str) -> String {
    match lang {
        Lang::Fr => format!("remplace la version {version} (empreinte {short}…)"),
        Lang::En => format!("replaces version {version} (hash {short}…)"),
    }
}

/// Heading of the lines that cover.
pub fn open(lang: Lang, count: usize) -> String {
    match (lang, count) {
        (Lang::Fr, 0 | 1) => format!("Équipements couverts ({count}\u{a0}ligne)"),
        (Lang::Fr, _) => format!("Équipements couverts ({count}\u{a0}lignes)"),
        (Lang::En, 1) => "Covered equipment (1 line)".to_owned(),
        (Lang::En, _) => format!("Covered equipment ({count} lines)"),
    }
}

/// Heading of the lines that have ended.
pub fn ended(lang: Lang, count: usize) -> String {
    match (lang, count) {
        (Lang::Fr, 0 | 1) => format!("Sortis de la liste ({count}\u{a0}ligne)"),
        (Lang::Fr, _) => format!("Sortis de la liste ({count}\u{a0}lignes)"),
        (Lang::En, 1) => "No longer on the list (1 line)".to_owned(),
        (Lang::En, _) => format!("No longer on the list ({count} lines)"),
    }
}

/// When there is no line that covers.
pub const fn none(lang: Lang) -> &'static str {
    lang.pick("Aucun équipement n’est couvert.", "No equipment is covered.")
}

/// A narrow column's name; what it means stands under the table.
pub const fn until(lang: Lang) -> &'static str {
    lang.pick("sorti le", "out on")
}

/// What a line says of its state: « bon, le 12/03/2026 ».
pub fn state(lang: Lang, grade: &str, on: Day) -> String {
    match lang {
        Lang::Fr => format!("{grade}, le\u{a0}{}", date(lang, on)),
        Lang::En => format!("{grade}, on\u{a0}{}", date(lang, on)),
    }
}

/// Where nobody noted a state.
pub const fn no_state(lang: Lang) -> &'static str {
    lang.pick("non relevé", "not noted")
}

/// What the two sign.
pub fn signing(lang: Lang, version: u32) -> String {
    match lang {
        Lang::Fr => format!(
            "Le Client et le Prestataire approuvent la version {version} de cette liste (articles 2.1 à 2.4 des conditions \
             générales). Elle est identifiée par l’empreinte imprimée au bas de chaque page."
        ),
        Lang::En => format!(
            "The Client and the Provider approve version {version} of this list (clauses 2.1 to 2.4 of the general terms). \
             It is identified by the hash printed at the foot of each page."
        ),
    }
}

/// The client's box.
pub const fn for_client(lang: Lang) -> &'static str {
    lang.pick("Pour le Client", "For the Client")
}

/// The firm's box.
pub const fn for_provider(lang: Lang) -> &'static str {
    lang.pick("Pour le Prestataire", "For the Provider")
}

/// The lines of a box: name, day, signature.
pub const fn fields(lang: Lang) -> [&'static str; 3] {
    match lang {
        Lang::Fr => ["Nom\u{a0}:", "Date\u{a0}:", "Signature\u{a0}:"],
        Lang::En => ["Name:", "Date:", "Signature:"],
    }
}

/// A party has approved it on a signed paper.
pub fn by_paper(lang: Lang, on: Day, reference: &str) -> String {
    let (on, reference) = (date(lang, on), plain(reference, MAX_SHOWN));
    match lang {
        Lang::Fr => format!("Approuvée le {on} sur papier signé, référence {reference}."),
        Lang::En => format!("Approved on {on} on a signed paper, reference {reference}."),
    }
}

/// A party has approved it on a machine.
pub fn by_machine(lang: Lang, on: Day, machine: &str) -> String {
    let (on, machine) = (date(lang, on), plain(machine, MAX_SHOWN));
    match lang {
        Lang::Fr => format!("Approuvée le {on} sur le poste {machine}, signée par la clé de ce poste."),
        Lang::En => format!("Approved on {on} on machine {machine}, signed by that machine’s key."),
    }
}

/// A manager has approved it.
pub fn by_manager(lang: Lang, on: Day, person: &str) -> String {
    let (on, person) = (date(lang, on), plain(person, MAX_SHOWN));
    match lang {
        Lang::Fr => format!("Approuvée le {on} par {person}."),
        Lang::En => format!("Approved on {on} by {person}."),
    }
}

/// « page 2 sur 3 ».
pub fn page(lang: Lang, page: usize, of: usize) -> String {
    match lang {
        Lang::Fr => format!("page\u{a0}{page} sur\u{a0}{of}"),
        Lang::En => format!("page\u{a0}{page} of\u{a0}{of}"),
    }
}

/// The foot of each page: contract and version.
pub fn foot(lang: Lang, contract: &str, version: u32) -> String {
    let contract = plain(contract, MAX_SHOWN);
    match lang {
        Lang::Fr => format!("Contrat {contract} – liste des équipements, version {version}"),
        Lang::En => format!("Contract {contract} – list of equipment, version {version}"),
    }
}
