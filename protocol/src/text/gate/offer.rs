//! What to propose instead of a session (clauses 3.6 and 4.8): phone, workshop, on-site visit, quote.

use super::{Moment, Sentence, both};
use crate::text::prompt::{phone, plain};

/// Help by phone. `opens`: when somebody answers next, outside support hours.
pub fn by_phone(firm: &str, phone_e164: &str, opens: Option<Moment>) -> Sentence {
    let (firm, phone) = (plain(firm, 80), phone(phone_e164));
    match opens {
        None => both(format!("Par téléphone\u{a0}: {firm}, {phone}."), format!("By phone: {firm}, {phone}.")),
        Some(opens) => both(
            format!("Par téléphone, {}\u{a0}: {firm}, {phone}.", opens.fr_from()),
            format!("By phone, from {}: {firm}, {phone}.", opens.en()),
        ),
    }
}

/// In the firm's workshop.
pub fn workshop() -> Sentence {
    both("En atelier, sur devis.", "In the workshop, by quote.")
}

/// At the client's, if the firm decides so and by appointment (5.4, 5.5).
pub fn onsite(included: bool) -> Sentence {
    if included {
        both(
            "Sur site, sur rendez-vous, compris dans l’option souscrite, si le prestataire le décide.",
            "On site, by appointment, included in the option subscribed, if the provider decides so.",
        )
    } else {
        both(
            "Sur site, sur rendez-vous et sur devis, si le prestataire le décide.",
            "On site, by appointment and by quote, if the provider decides so.",
        )
    }
}

/// A quote for work that the contract excludes (2.6), or to put a machine in order (2.1).
pub fn quote() -> Sentence {
    both("Un devis, à accepter avant l’intervention.", "A quote, to accept before the work.")
}
