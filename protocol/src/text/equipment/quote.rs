//! The quote that mends a machine before it comes into the list (clause 2.1): what stands on the paper, and what its command says.

use super::super::Lang;
use super::super::gate::Sentence;
use super::super::prompt::plain;
use super::both;

/// Longest name shown, in characters.
const MAX_SHOWN: usize = 120;

/// The paper's title.
pub fn title(lang: Lang, number: &str) -> String {
    let number = plain(number, MAX_SHOWN);
    match lang {
        Lang::Fr => format!("Devis de remise en état n°\u{a0}{number}"),
        Lang::En => format!("Quote for remediation no.\u{a0}{number}"),
    }
}

/// What stands above: by label and value.
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

/// The machine.
pub const fn machine(lang: Lang) -> &'static str {
    lang.pick("Équipement", "Equipment")
}

/// The day.
pub const fn on(lang: Lang) -> &'static str {
    lang.pick("Remis le", "Handed over on")
}

/// What for.
pub const fn what(lang: Lang) -> &'static str {
    lang.pick("Objet", "What for")
}

/// Heading of what was found.
pub const fn found(lang: Lang) -> &'static str {
    lang.pick(
        "État des lieux à l’entrée au contrat (article 2.1)",
        "State at the entry into the contract (clause 2.1)",
    )
}

/// Nothing measures it.
pub const fn nothing_found(lang: Lang) -> &'static str {
    lang.pick("Constaté sur place par le prestataire.", "Found on site by the provider.")
}

/// Heading of the lines.
pub const fn lines(lang: Lang) -> &'static str {
    lang.pick("Remise en état proposée", "Remediation proposed")
}

/// The table's columns.
pub const fn columns(lang: Lang) -> [&'static str; 5] {
    match lang {
        Lang::Fr => ["Libellé", "Nature", "Montant HT", "TVA", "Montant TTC"],
        Lang::En => ["What", "Kind", "Without tax", "Tax", "With tax"],
    }
}

/// The kind of a line, by its word in the papers.
pub fn kind(lang: Lang, word: &str) -> &'static str {
    match word {
        "part" => lang.pick("pièce", "part"),
        "software" => lang.pick("logiciel", "software"),
        "warranty_part" => lang.pick("pièce sous garantie", "part under warranty"),
        _ => lang.pick("main-d’œuvre", "work"),
    }
}

/// The sum without tax.
pub const fn net(lang: Lang) -> &'static str {
    lang.pick("Total HT", "Total without tax")
}

/// The tax, by its rate in hundredths of a percent.
pub fn tax(lang: Lang, rate: u16) -> String {
    let (whole, part) = (rate / 100, rate % 100);
    let digits = if part == 0 {
        String::new()
    } else {
        format!("{}{}", lang.pick(',', '.'), format!("{part:02}").trim_end_matches('0'))
    };
    match lang {
        Lang::Fr => format!("TVA à {whole}{digits}\u{a0}%"),
        Lang::En => format!("Tax at {whole}{digits}%"),
    }
}

/// The sum with tax.
pub const fn gross(lang: Lang) -> &'static str {
    lang.pick("Total TTC", "Total with tax")
}

/// What follows from an answer.
pub const fn means(lang: Lang) -> &'static str {
    lang.pick(
        "Seul un équipement en bon état de fonctionnement et inscrit à la liste est couvert (article 2.1). L’équipement est couvert une fois \
         cette remise en état acceptée\u{a0}; sans elle, il ne l’est pas, sauf réserve écrite des deux parties.",
        "Only equipment in good working order that is on the list is covered (clause 2.1). It is covered once this remediation is accepted; \
         without it, it is not, unless both parties write down a reserve.",
    )
}

/// The box to answer in.
pub const fn answer(lang: Lang) -> &'static str {
    lang.pick("Réponse du client", "The client’s answer")
}

/// What is filled in by hand.
pub const fn fields(lang: Lang) -> [&'static str; 4] {
    match lang {
        Lang::Fr => {
            ["□ Bon pour accord      □ Refusé", "Nom et qualité\u{a0}:", "Date\u{a0}:", "Signature\u{a0}:"]
        }
        Lang::En => ["□ Agreed      □ Refused", "Name and function:", "Date:", "Signature:"],
    }
}

/// The foot of each page.
pub fn foot(lang: Lang, number: &str, contract: &str) -> String {
    format!("{} – {} {contract}", title(lang, number), self::contract(lang))
}

/// It is written.
pub fn written(lang: Lang, path: &str, total: &str) -> String {
    let path = plain(path, 300);
    match lang {
        Lang::Fr => format!("Devis écrit dans {path}\u{a0}: {total} TTC."),
        Lang::En => format!("The quote is in {path}: {total} with tax."),
    }
}

/// No such quote.
pub fn none(number: &str) -> Sentence {
    let number = plain(number, MAX_SHOWN);
    both(
        format!(
            "Aucun devis de remise en état n° {number}\u{a0}: notez d’abord la pièce «\u{a0}Devis\u{a0}» pour «\u{a0}remediation\u{a0}», puis ses lignes."
        ),
        format!(
            "There is no quote for remediation no. {number}: write down the paper “Quote” for “remediation” first, then its lines."
        ),
    )
}

/// It has no line.
pub fn no_lines(number: &str) -> Sentence {
    let number = plain(number, MAX_SHOWN);
    both(
        format!(
            "Le devis n° {number} n’a pas encore de ligne\u{a0}: notez au moins une pièce «\u{a0}Ligne de devis\u{a0}»."
        ),
        format!("Quote no. {number} has no line yet: write down at least one paper “Line of a quote”."),
    )
}

/// No such rate.
pub fn no_rate(text: &str) -> Sentence {
    let text = plain(text, 20);
    both(
        format!("«\u{a0}{text}\u{a0}» n’est pas un taux de TVA français\u{a0}: 20, 10, 5,5, 2,1 ou 0."),
        format!("“{text}” is no French rate of tax: 20, 10, 5.5, 2.1 or 0."),
    )
}

/// A machine that is not in good working order, and how far its mending has come.
pub fn machine_found(lang: Lang, host: &str, id: &str, settled: bool) -> String {
    match (lang, settled) {
        (Lang::Fr, true) => format!("{host} ({id})\u{a0}: suite connue (devis accepté ou réserve)"),
        (Lang::Fr, false) => format!("{host} ({id})\u{a0}: ni devis accepté, ni réserve"),
        (Lang::En, true) => format!("{host} ({id}): settled (quote accepted, or a reserve)"),
        (Lang::En, false) => format!("{host} ({id}): neither a quote accepted nor a reserve"),
    }
}

/// All of them do well.
pub const fn all_good(lang: Lang) -> &'static str {
    lang.pick("Aucun poste n’est défaillant ni à surveiller.", "No machine is failing or to be watched.")
}

/// Why a version can't be approved.
pub fn unmended(no: u32, label: &str) -> Sentence {
    let label = plain(label, MAX_SHOWN);
    both(
        format!(
            "Ligne {no}, «\u{a0}{label}\u{a0}»\u{a0}: l’équipement est défaillant à l’entrée (article\u{a0}2.1). Notez d’abord l’accord du client sur le devis \
             de remise en état, ou une réserve écrite."
        ),
        format!(
            "Line {no}, “{label}”: the equipment is failing at its entry (clause 2.1). Write down first that the client agreed to the quote for \
             remediation, or a reserve."
        ),
    )
}
