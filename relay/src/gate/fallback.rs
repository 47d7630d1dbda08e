//! What to propose when there is no session (clauses 3.6, 4.8, 5.2 to 5.4): phone always, workshop, on-site in Île-de-France, a quote.

use aval_protocol::id::UnixSeconds;
use aval_protocol::text::gate::{Sentence, offer as text};
use aval_protocol::wire::codes::RefusalCode;
use aval_protocol::wire::record::{OfferKind, OfferLine, Reason};
use aval_protocol::wire::session::WorkCategory;

use super::papers::{Commune, Papers};
use super::{Facts, Request, hours, reasons, when, work};
use crate::records::{Contract, PostalCode};

/// The offers, in the order in which they cost the client effort.
pub(super) fn offers(
    request: &Request,
    facts: &Facts,
    against: &[Reason],
    now: UnixSeconds,
) -> Vec<OfferLine> {
    let has = |code| against.iter().any(|reason| reason.code == code);
    let opens = when::support_opens(facts, now).filter(|&at| at > now).map(hours::shown_moment);
    let contract = reasons::contract(facts);
    let in_force = contract
        .filter(|_| !has(RefusalCode::NotYetInForce) && !has(RefusalCode::Lapsed))
        .filter(|_| !has(RefusalCode::Suspended));

    let by_phone = text::by_phone(&facts.profile.name, &facts.profile.phone, opens);
    let mut offers = vec![line("phone", in_force.is_some(), "3.2", by_phone)];
    // Who can't be checked is told to phone, and nothing that costs is promised.
    if facts.record.is_none() {
        return offers;
    }
    offers.push(line("workshop", false, "4.8", text::workshop()));
    if let Some(contract) = contract
        && within_reach(contract, &facts.papers) == Some(true)
    {
        let included = in_force.is_some() && contract.onsite && work::is_included(request.asked().category);
        offers.push(line("onsite", included, if included { "5.2" } else { "4.8" }, text::onsite(included)));
    }
    if has(RefusalCode::ExcludedOperation) {
        offers.push(line("quote", false, "2.6", text::quote()));
    } else if has(RefusalCode::DeviceNotCovered) {
        offers.push(line("quote", false, "2.1", text::quote()));
    }
    offers
}

/// Whether technicians travel to the site (3.6, 4.8): by its commune if that is known, else by the postal code, else nobody can say.
pub(super) fn within_reach(contract: &Contract, papers: &Papers) -> Option<bool> {
    let commune = papers.commune.as_ref().map(Commune::in_ile_de_france);
    commune.or_else(|| contract.postal.as_ref().map(PostalCode::in_ile_de_france))
}

/// Whether the contract includes what is proposed, and the clause that the proposal fulfils. `None`: it can't be proposed there,
/// because no technician travels outside Île-de-France (3.6, 4.8).
pub(super) fn priced(
    (contract, papers): (&Contract, &Papers),
    in_force: bool,
    (kind, category): (OfferKind, WorkCategory),
    in_session: bool,
) -> Option<(bool, &'static str)> {
    let limits = if in_session { "4.8" } else { "3.6" };
    let replaces = if in_session { "4.7" } else { "3.5" };
    Some(match kind {
        OfferKind::Phone => (in_force, "3.2"),
        OfferKind::Remote => (in_force, "3.6"),
        OfferKind::Workshop => (false, limits),
        OfferKind::Onsite => {
            within_reach(contract, papers).filter(|&reach| reach)?;
            // The option covers assistance and maintenance, nothing new (5.3).
            let included = in_force && contract.onsite && work::is_included(category);
            (included, if included { "5.2" } else { limits })
        }
        OfferKind::Quote => (false, if work::is_included(category) { "2.1" } else { "2.6" }),
        // Parts and software are never included (2.5).
        OfferKind::ReplacePart | OfferKind::ReplaceSoftware => (false, replaces),
        OfferKind::Unknown(_) => return None,
    })
}

fn line(kind: &str, included: bool, clause: &str, Sentence { fr, en }: Sentence) -> OfferLine {
    OfferLine { kind: kind.to_owned(), included, clause: clause.to_owned(), fr, en }
}
