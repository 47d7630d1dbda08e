//! Why a paper is not written down: which field, by which clause, and what to write instead.

mod names;

pub use names::{key, kind};

use super::gate::{Day, Sentence};
use super::prompt::plain;

/// Longest text shown back, in characters.
const MAX_SHOWN: usize = 60;

/// What a field needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs<'a> {
    /// A text of 1 to so many characters on one line.
    Text(usize),
    /// A day.
    Day,
    /// A moment with its offset.
    Moment,
    /// A month.
    Month,
    /// A whole number between these.
    Whole(i64, i64),
    /// Yes or no.
    Flag,
    /// One of these words.
    Word(&'a [&'a str]),
    /// An establishment's number.
    Siret,
    /// A firm's number.
    Siren,
    /// A postal code.
    Postal,
    /// A commune's code.
    Commune,
    /// A country's code.
    Country,
    /// A hash.
    Sha256,
    /// A person of the firm.
    Person,
    /// A day, or the word `unknown`.
    DayOrUnknown,
}

fn both(fr: impl Into<String>, en: impl Into<String>) -> Sentence {
    Sentence { fr: fr.into(), en: en.into() }
}

/// « Lettre (article 6.3) : … »
fn by_clause(label: &str, clause: &str, Sentence { fr, en }: &Sentence) -> Sentence {
    let title = kind(label);
    both(
        format!("{} (article\u{a0}{clause})\u{a0}: {fr}", title.fr),
        format!("{} (clause {clause}): {en}", title.en),
    )
}

/// A field that does not hold what it needs.
pub fn needs(label: &str, clause: &str, field: &str, needs: Needs<'_>) -> Sentence {
    let (name, wanted) = (key(field), needs.sentence());
    let said = both(
        format!("«\u{a0}{}\u{a0}» demande {}.", name.fr, wanted.fr),
        format!("“{}” needs {}.", name.en, wanted.en),
    );
    by_clause(label, clause, &said)
}

/// A body that is no such document at all.
pub fn unreadable(label: &str, clause: &str, why: &str) -> Sentence {
    let why = plain(why, 200);
    by_clause(label, clause, &both(format!("illisible ({why})."), format!("unreadable ({why}).")))
}

/// A field that the kind does not have.
pub fn no_such_field(label: &str, clause: &str, field: &str) -> Sentence {
    let field = plain(field, MAX_SHOWN);
    by_clause(
        label,
        clause,
        &both(
            format!("il n’y a pas de champ «\u{a0}{field}\u{a0}»."),
            format!("there is no field “{field}”."),
        ),
    )
}

/// No such kind of paper.
pub fn no_such_kind(text: &str) -> Sentence {
    let text = plain(text, MAX_SHOWN);
    both(
        format!(
            "«\u{a0}{text}\u{a0}» n’est pas un type de pièce connu\u{a0}: mettez à jour ce programme, ou choisissez un autre type."
        ),
        format!("“{text}” is no kind of paper known here: update this program, or choose another kind."),
    )
}

/// The second of two days must lie after the first.
pub fn out_of_order(label: &str, clause: &str, first: &str, second: &str) -> Sentence {
    let (a, b) = (key(first), key(second));
    let said = both(
        format!("«\u{a0}{}\u{a0}» doit venir après «\u{a0}{}\u{a0}»\u{a0}: vérifiez les deux.", b.fr, a.fr),
        format!("“{}” must come after “{}”: check both.", b.en, a.en),
    );
    by_clause(label, clause, &said)
}

/// What has not happened yet is not written down as done.
pub fn not_yet(label: &str, clause: &str, field: &str) -> Sentence {
    let name = key(field);
    let said = both(
        format!("«\u{a0}{}\u{a0}» est à venir\u{a0}: notez-le quand ce sera fait.", name.fr),
        format!("“{}” has not come yet: write it down once it has happened.", name.en),
    );
    by_clause(label, clause, &said)
}

/// Two facts that contradict each other.
pub fn overlaps(label: &str, clause: &str, other: i64) -> Sentence {
    let said = both(
        format!(
            "la pièce n°\u{a0}{other} dit déjà autre chose pour ces jours\u{a0}: corrigez-la, ou changez les dates."
        ),
        format!(
            "paper no. {other} says something else for these days already: correct it, or change the days."
        ),
    );
    by_clause(label, clause, &said)
}

/// A fact that was written down before.
pub fn there_already(label: &str, clause: &str, other: i64) -> Sentence {
    let said = both(
        format!("c’est déjà noté, pièce n°\u{a0}{other}\u{a0}: corrigez-la si elle est fausse."),
        format!("it is written down already, paper no. {other}: correct that one if it is wrong."),
    );
    by_clause(label, clause, &said)
}

/// A paper that names another one which is not there.
pub fn nothing_of_that_name(label: &str, clause: &str, field: &str, text: &str) -> Sentence {
    let (name, text) = (key(field), plain(text, MAX_SHOWN));
    let said = both(
        format!("«\u{a0}{} {text}\u{a0}» n’existe pas dans ce contrat.", name.fr),
        format!("there is no “{} {text}” in this contract.", name.en),
    );
    by_clause(label, clause, &said)
}

/// Exactly one of two fields is needed.
pub fn one_of_two(label: &str, clause: &str, first: &str, second: &str) -> Sentence {
    let (a, b) = (key(first), key(second));
    let said = both(
        format!("donnez soit «\u{a0}{}\u{a0}», soit «\u{a0}{}\u{a0}».", a.fr, b.fr),
        format!("give either “{}” or “{}”.", a.en, b.en),
    );
    by_clause(label, clause, &said)
}

/// At least one of two fields is needed.
pub fn one_at_least(label: &str, clause: &str, first: &str, second: &str) -> Sentence {
    let (a, b) = (key(first), key(second));
    let said = both(
        format!("donnez «\u{a0}{}\u{a0}» ou «\u{a0}{}\u{a0}».", a.fr, b.fr),
        format!("give “{}” or “{}”.", a.en, b.en),
    );
    by_clause(label, clause, &said)
}

/// A field that has no place beside the others.
pub fn no_place(label: &str, clause: &str, field: &str) -> Sentence {
    let name = key(field);
    let said = both(
        format!("«\u{a0}{}\u{a0}» n’a pas sa place ici\u{a0}: laissez ce champ vide.", name.fr),
        format!("“{}” has no place here: leave it empty.", name.en),
    );
    by_clause(label, clause, &said)
}

/// A sentence of the clause's own, under the kind's title.
pub fn as_clause(label: &str, clause: &str, said: &Sentence) -> Sentence {
    by_clause(label, clause, said)
}

/// Clause 6.2.
pub fn within_france() -> Sentence {
    both(
        "un déménagement en France ne met pas fin au contrat\u{a0}: terminez le site à cette date et notez le nouveau.",
        "a move within France ends no contract: end the site on that day and write down the new one.",
    )
}

/// Clauses 6.2 and 15.1.
pub fn site_abroad() -> Sentence {
    both(
        "un site est en France, outre-mer compris\u{a0}; un départ à l’étranger se note comme tel (article\u{a0}6.2).",
        "a site lies in France, overseas included; a move abroad is written down as one (clause 6.2).",
    )
}

/// Clause 2.5.
pub fn never_included() -> Sentence {
    both(
        "les pièces et les logiciels ne sont jamais compris\u{a0}: donnez leur prix, ou «\u{a0}pièce sous garantie\u{a0}» à 0\u{a0}€.",
        "parts and software are never included: give their price, or “part under warranty” at €0.",
    )
}

/// Clause 10.4.
pub fn fee_on_the_firm() -> Sentence {
    both(
        "les frais de prélèvement sont à la charge du prestataire\u{a0}: pas de ligne pour le client.",
        "the fees of a direct debit are borne by the provider: no line for the client.",
    )
}

/// Clause 5.5.
pub fn trip_not_the_clients() -> Sentence {
    both(
        "un retard ou une annulation du prestataire n’est jamais facturé.",
        "the provider’s being late or calling off is never charged.",
    )
}

/// Clause 10.1.
pub fn between_two_periods(day: Day) -> Sentence {
    both(
        format!(
            "le rythme de facturation ne change qu’entre deux périodes\u{a0}; la prochaine commence le {}.",
            day.fr_plain()
        ),
        format!(
            "the rhythm of invoices changes only between two periods; the next one begins on {}.",
            day.en_plain()
        ),
    )
}

/// Clause 10.5.
pub fn index_after_its_month() -> Sentence {
    both(
        "un indice paraît après son mois\u{a0}: vérifiez les deux.",
        "an index is published after its month: check both.",
    )
}

/// The kind is about a machine, and none is named, or the other way round.
pub fn about(label: &str, clause: &str, machine: bool) -> Sentence {
    let said = if machine {
        both(
            "choisissez le poste concerné, parmi ceux du contrat.",
            "choose the machine it is about, among the contract’s.",
        )
    } else {
        both(
            "cette pièce concerne tout le contrat\u{a0}: ne nommez pas de poste.",
            "this paper is about the whole contract: name no machine.",
        )
    };
    by_clause(label, clause, &said)
}

/// A correction of something that is not there, or was corrected before.
pub fn not_to_correct(number: i64) -> Sentence {
    both(
        format!(
            "La pièce n°\u{a0}{number} n’est pas à corriger\u{a0}: elle est d’un autre type ou contrat, ou déjà corrigée. Relisez la page."
        ),
        format!(
            "Paper no. {number} is not there to be corrected: it is of another kind or contract, or corrected already. Read the page again."
        ),
    )
}

/// A correction without its reason.
pub fn why_needed() -> Sentence {
    both(
        "Dites en 1 à 200\u{a0}caractères pourquoi la pièce est corrigée\u{a0}: l’ancienne reste lisible à côté.",
        "Say in 1 to 200 characters why the paper is corrected: the old one stays readable beside it.",
    )
}

/// Somebody was faster.
pub fn changed_meanwhile() -> Sentence {
    both(
        "Quelqu’un d’autre a écrit dans ce contrat depuis que vous l’avez lu\u{a0}: rien n’a été changé. Relisez la page, votre saisie reste ici.",
        "Somebody else has written into this contract since you read it: nothing was changed. Read the page again, what you typed stays here.",
    )
}

/// Too many at once, or none.
pub fn how_many(most: usize) -> Sentence {
    both(
        format!("Écrivez de 1 à {most}\u{a0}pièces à la fois."),
        format!("Write 1 to {most} papers at once."),
    )
}

/// Clause 10.1: without a rhythm there are no invoices.
pub fn no_rhythm() -> Sentence {
    both(
        "Notez d’abord comment le contrat est facturé (article\u{a0}10.1)\u{a0}: pièce «\u{a0}Facturation\u{a0}».",
        "Write down first how the contract is invoiced (clause 10.1): paper “Invoicing”.",
    )
}

/// Clause 10.5: prices are revalued each July by an index that nobody gave.
pub fn no_index(day: Day) -> Sentence {
    both(
        format!(
            "Aucun indice Syntec n’est connu au {} (article\u{a0}10.5)\u{a0}: notez le dernier paru à cette date.",
            day.fr_plain()
        ),
        format!(
            "No Syntec index is known on {} (clause 10.5): write down the last one published by then.",
            day.en_plain()
        ),
    )
}

/// Clause 10.5: the newer index is of the older series.
pub fn index_series(month: Day) -> Sentence {
    both(
        format!(
            "L’indice de {} est de l’ancienne série, celui d’avant de la nouvelle (article\u{a0}10.5)\u{a0}: vérifiez les deux.",
            month.fr_month()
        ),
        format!(
            "The index of {} is of the old series, the one before of the new one (clause 10.5): check both.",
            month.en_month()
        ),
    )
}

/// Amounts beyond what any contract bears.
pub fn beyond_reckoning() -> Sentence {
    both(
        "Un montant dépasse ce qu’un contrat peut porter\u{a0}: vérifiez les prix.",
        "An amount is beyond what a contract can bear: check the prices.",
    )
}

/// Days of lines that make no sense.
pub fn days_of_lines() -> Sentence {
    both(
        "Le dernier jour vient après le premier, et au plus vingt ans après\u{a0}: vérifiez les deux dates.",
        "The last day comes after the first, and at most twenty years after it: check both days.",
    )
}

/// Clause 7.1: a line of a table of volumes that says nothing.
pub fn bad_table(line: usize) -> Sentence {
    both(
        format!(
            "Volumes sauvegardés (article\u{a0}7.1), ligne\u{a0}{line}\u{a0}: écrivez un mois et des octets entiers, comme 2026-07;112345678901. Rien n’a été noté."
        ),
        format!(
            "Volumes saved (clause 7.1), line {line}: write a month and whole bytes, such as 2026-07;112345678901. Nothing was written down."
        ),
    )
}

/// Clause 2.6: a quote that nobody has answered is no invoice.
pub fn quote_unanswered(quote: &str) -> Sentence {
    let quote = plain(quote, MAX_SHOWN);
    both(
        format!("Le devis {quote} attend la réponse du client\u{a0}: rien n’est facturé."),
        format!("The quote {quote} waits for the client’s answer: nothing is invoiced."),
    )
}

impl Needs<'_> {
    fn sentence(self) -> Sentence {
        match self {
            Self::Text(most) => both(
                format!("un texte de 1 à {most}\u{a0}caractères sur une ligne"),
                format!("a text of 1 to {most} characters on one line"),
            ),
            Self::Day => both(
                "un jour du calendrier entre 1990 et 2199, comme 2026-11-24",
                "a day of the calendar between 1990 and 2199, such as 2026-11-24",
            ),
            Self::Moment => both(
                "un jour et une heure, comme 2026-11-24T09:00:00+01:00",
                "a day and a time, such as 2026-11-24T09:00:00+01:00",
            ),
            Self::Month => both("un mois, comme 2026-07", "a month, such as 2026-07"),
            Self::Whole(least, most) => both(
                format!("un nombre entier de {least} à {most}"),
                format!("a whole number from {least} to {most}"),
            ),
            Self::Flag => both("oui ou non", "yes or no"),
            Self::Word(words) => {
                let all = words.join(", ");
                both(format!("l’un de ces mots\u{a0}: {all}"), format!("one of these words: {all}"))
            }
            Self::Siret => both(
                "un SIRET\u{a0}: 14\u{a0}chiffres dont la clé est juste, comme 73282932000074",
                "a SIRET: 14 digits whose check digit is right, such as 73282932000074",
            ),
            Self::Siren => both(
                "un SIREN\u{a0}: 9\u{a0}chiffres dont la clé est juste, comme 732829320",
                "a SIREN: 9 digits whose check digit is right, such as 732829320",
            ),
            Self::Postal => both(
                "un code postal français de cinq chiffres, comme 94200",
                "a French postal code of five digits, such as 94200",
            ),
            Self::Commune => {
                both("un code INSEE de commune, comme 94041", "a commune’s INSEE code, such as 94041")
            }
            Self::Country => both(
                "le code d’un pays en deux lettres, comme FR ou BE",
                "a country’s code in two letters, such as FR or BE",
            ),
            Self::Sha256 => both(
                "une empreinte SHA-256 de 64\u{a0}chiffres hexadécimaux",
                "a SHA-256 of 64 hexadecimal digits",
            ),
            Self::Person => both(
                "le nom d’une personne de la firme, comme sophie.martin",
                "the name of a person of the firm, such as sophie.martin",
            ),
            Self::DayOrUnknown => {
                both("un jour comme 2026-11-24, ou unknown", "a day such as 2026-11-24, or unknown")
            }
        }
    }
}
