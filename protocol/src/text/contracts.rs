//! Why something was not written into a contract: each sentence names its clause and says what to do.

use super::gate::Sentence;
use super::prompt::plain;

/// Longest text shown back, in characters.
const MAX_SHOWN: usize = 40;

fn both(fr: impl Into<String>, en: impl Into<String>) -> Sentence {
    Sentence { fr: fr.into(), en: en.into() }
}

/// A text that is no day of the calendar, or none that a contract can bear.
pub fn no_day(text: &str) -> Sentence {
    let text = plain(text, MAX_SHOWN);
    both(
        format!(
            "«\u{a0}{text}\u{a0}» n’est pas une date possible\u{a0}: donnez un jour du calendrier entre 1990 et 2199."
        ),
        format!("“{text}” is no possible date: give a day of the calendar between 1990 and 2199."),
    )
}

/// Clause 6.1: a term has 1 to 600 months.
pub fn bad_months(months: u32) -> Sentence {
    both(
        format!(
            "Une période de {months}\u{a0}mois n’est pas possible (article 6.1)\u{a0}: indiquez de 1 à 600\u{a0}mois, ou rien pour douze."
        ),
        format!(
            "A term of {months} months is not possible (clause 6.1): give 1 to 600 months, or nothing for twelve."
        ),
    )
}

/// Clauses 3.6 and 4.8 need to know where the site is.
pub fn bad_postal(text: &str) -> Sentence {
    let text = plain(text, MAX_SHOWN);
    both(
        format!(
            "«\u{a0}{text}\u{a0}» n’est pas un code postal français (articles 3.6 et 4.8)\u{a0}: écrivez cinq chiffres, comme 94200, \
             ou laissez le champ vide."
        ),
        format!(
            "“{text}” is no French postal code (clauses 3.6 and 4.8): write five digits, such as 94200, or leave it empty."
        ),
    )
}

/// Clause 6.3: a letter has a day.
pub fn notice_without_day() -> Sentence {
    both(
        "Donnez le jour d’envoi de la lettre, ou celui de sa réception (article 6.3).",
        "Give the day on which the letter was sent, or the one on which it was received (clause 6.3).",
    )
}

/// A letter that came before it left.
pub fn received_before_sent() -> Sentence {
    both(
        "Une lettre n’est pas reçue avant d’être envoyée\u{a0}: vérifiez les deux dates (article 6.3).",
        "A letter is not received before it is sent: check both days (clause 6.3).",
    )
}

/// A letter of tomorrow.
pub fn notice_in_future() -> Sentence {
    both(
        "Cette date est à venir\u{a0}: enregistrez la lettre quand elle est partie ou reçue (article 6.3).",
        "That day has not come yet: write the letter down once it was sent or received (clause 6.3).",
    )
}

/// Clause 6.3: a registered letter with receipt, and nothing else, ends a contract.
pub fn proof_needed() -> Sentence {
    both(
        "Donnez le numéro du recommandé ou l’endroit où se trouve l’avis de réception, en 1 à 200\u{a0}caractères\u{a0}: seule une lettre \
         recommandée avec avis de réception met fin au contrat (article 6.3).",
        "Give the number of the registered letter or the place of its receipt, in 1 to 200 characters: only a registered letter with \
         receipt ends a contract (clause 6.3).",
    )
}

/// A client without a name.
pub fn client_needed() -> Sentence {
    both(
        "Donnez le nom du client, en 1 à 200\u{a0}caractères sur une ligne.",
        "Give the client’s name, 1 to 200 characters on one line.",
    )
}

/// The reference is another contract's.
pub fn taken(contract: &str) -> Sentence {
    both(
        format!(
            "Il y a déjà un contrat {contract}\u{a0}: rien n’a été changé. Ouvrez-le, ou donnez une autre référence."
        ),
        format!(
            "There is a contract {contract} already: nothing was changed. Open it, or give another reference."
        ),
    )
}

/// Somebody was faster, or the page is old.
pub fn suspended_already() -> Sentence {
    both(
        "Ce contrat est déjà suspendu\u{a0}: rien n’a été changé. Relisez la page, quelqu’un d’autre l’a peut-être suspendu.",
        "This contract is suspended already: nothing was changed. Read the page again, somebody else may have suspended it.",
    )
}

/// The same for a suspension that is over.
pub fn not_suspended() -> Sentence {
    both(
        "Ce contrat n’est pas suspendu\u{a0}: rien n’a été changé. Relisez la page, quelqu’un d’autre l’a peut-être repris.",
        "This contract is not suspended: nothing was changed. Read the page again, somebody else may have resumed it.",
    )
}
