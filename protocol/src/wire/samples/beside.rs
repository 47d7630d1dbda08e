//! What is said where a second technician asks for a machine that one is in a session with.

use super::{AGENT, SESSION, Sample, local, request, sample, signed, ticket};
use crate::id::SessionId;
use crate::prompt::{Ask, Company, ToBanner};
use crate::wire::beside::{Beside, Colleague, Way};
use crate::wire::codes::EndReason;
use crate::wire::enrol::Call;
use crate::wire::link::{Downlink, Handed, Offer};
use crate::wire::session::{Capabilities, FromAgent, Notice, SessionRequest, Ticket};

pub(super) fn all() -> Vec<Sample> {
    let colleague = |name: &str, word| sample(name, FromAgent::Notice(Notice::Colleague(word)));
    let offer = |way| {
        let beside = Some(Beside { session: SessionId([0x5f; 16]), way });
        Downlink::Offer(Box::new(Offer { ticket: signed(&Ticket { session: SESSION, beside, ..ticket() }) }))
    };
    let company = Company { technician: "Sophie Martin".into(), way: Way::Follows };
    let (way, reason) = (Way::Follows, EndReason::RefusedByPerson);
    let handed = Handed { agent: AGENT, by: "Sophie Martin".into(), for_s: 600 };
    vec![
        sample("downlink offer follows", offer(Way::Follows)),
        sample("downlink offer joins", offer(Way::Joins)),
        sample("ask beside", Ask { beside: Some(company), ..local::ask() }),
        colleague("from agent colleague asked", Colleague::Asked { way, for_s: 60 }),
        colleague("from agent colleague not", Colleague::Not { way: Way::Joins, reason }),
        colleague("from agent colleague joined", Colleague::Joined),
        colleague("from agent colleague left", Colleague::Left),
        sample("call join", Call::Join(SessionRequest { capabilities: Capabilities::VIEW, ..request() })),
        sample(
            "banner technicians",
            ToBanner::Technicians(vec!["Sophie Martin".into(), "Hugo Lambert".into()]),
        ),
        sample("downlink handed over", Downlink::HandedOver(Box::new(handed))),
    ]
}
