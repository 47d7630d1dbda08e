//! Contracts and what is written into them.

use super::{NOW, Sample, contract, sample};
use crate::wire::contract::{
    ContractAct, ContractDetail, ContractWrite, EndLine, IsoDay, NoticeLine, PartyCode, SuspensionLine,
    TermLine,
};
use crate::wire::enrol::{Call, Reply};
use crate::wire::record::{ContractLine, ContractStanding, ContractState};

fn day(text: &str) -> IsoDay {
    IsoDay(text.to_owned())
}

fn notice() -> NoticeLine {
    NoticeLine {
        by: PartyCode::Client,
        sent_on: Some(day("2026-09-01")),
        received_on: None,
        proof: "1A 234 567 8901 2".into(),
    }
}

fn detail() -> ContractDetail {
    let standing = ContractStanding { state: ContractState::Suspended, on: Some(NOW) };
    ContractDetail {
        line: ContractLine { contract: contract(), client: "Cabinet Leroy".into(), standing, machines: 3 },
        signed_on: day("2025-12-20"),
        effective_on: day("2026-01-01"),
        months: 12,
        postal: Some("94200".into()),
        onsite: true,
        notices: vec![notice()],
        ends: Some(EndLine { on: day("2027-01-01"), clause: "6.3".into(), edge: false }),
        terms: vec![TermLine { number: 1, from: day("2026-01-01"), until: day("2027-01-01") }],
        next_echeance: Some(day("2027-01-01")),
        last_day_for_notice: None,
        suspension: Some(SuspensionLine { by: "anne.leroy".into(), reason: "litige".into(), at: NOW }),
        today: day("2026-11-28"),
    }
}

pub(super) fn all() -> Vec<Sample> {
    let write = |name: &str, act| {
        let write = ContractWrite { contract: contract(), act };
        sample(&format!("call contract {name}"), Call::WriteContract(Box::new(write)))
    };
    let open = ContractAct::Open {
        client: "Cabinet Leroy".into(),
        signed_on: day("2025-12-20"),
        effective_on: Some(day("2026-01-01")),
        months: None,
        postal: Some("94200".into()),
        onsite: true,
    };
    vec![
        sample("call contract", Call::Contract { contract: contract() }),
        write("open", open),
        write("notice", ContractAct::Notice(notice())),
        write("suspend", ContractAct::Suspend { reason: "litige".into() }),
        write("resume", ContractAct::Resume),
        sample("reply contract", Reply::Contract(Box::new(detail()))),
    ]
}
