//! Contracts on the command line: whoever may use the relay's host keeps the record.

use std::io::Write;

use anyhow::Result;
use aval_protocol::text::relay as text;
use aval_transport::Clock;
use serde_json::{Value, json};

use super::{ContractCommand, bad, folder, refused, rfc3339, say};
use crate::gate::term::{Ending, Months, NoticeCountsFrom, NoticeDays, Term};
use crate::records::{Author, Contract, NewContract, Notice, PostalCode, StoreError};

pub(super) fn run(command: ContractCommand, out: &mut dyn Write, clock: &Clock) -> Result<()> {
    let at = clock.wall();
    match command {
        ContractCommand::New { contract, client, signed, effective, months, postal, onsite, holidays } => {
            let term = Term::new(effective.unwrap_or(signed), Months::new(months).map_err(bad)?);
            let new = NewContract {
                id: contract.id.clone(),
                client: client.clone(),
                signed_on: signed,
                term,
                postal,
                onsite,
                holidays,
            };
            folder::record(&contract.data.data)?.open_contract(&new, &Author::Host, at).map_err(refused)?;
            let from = term.effective_on().to_string();
            say(out, |lang| text::contract_opened(lang, contract.id.as_str(), &client, &from))
        }
        ContractCommand::List { data, json } => {
            let counts = folder::settings(&data.data)?.rules.notice_counts_from;
            for contract in folder::record(&data.data)?.contracts().map_err(refused)? {
                show(&contract, counts, json, out)?;
            }
            Ok(())
        }
        ContractCommand::Show { contract, json } => {
            let counts = folder::settings(&contract.data.data)?.rules.notice_counts_from;
            let found = folder::record(&contract.data.data)?.contract(&contract.id).map_err(refused)?;
            let found =
                found.ok_or_else(|| refused(StoreError::NotFound(format!("contract {}", contract.id))))?;
            show(&found, counts, json, out)
        }
        ContractCommand::Notice { contract, by, sent, received, proof } => {
            let days = NoticeDays::new(sent, received).map_err(bad)?;
            let (store, id) = (folder::record(&contract.data.data)?, contract.id);
            let counts = folder::settings(&contract.data.data)?.rules.notice_counts_from;
            store.add_notice(&id, &Notice { by, days, proof }, &Author::Host, at).map_err(refused)?;
            let ends = store.contract(&id).map_err(refused)?.and_then(|found| ending(&found, counts));
            let ends = ends.map(|ending| ending.on.to_string()).unwrap_or_default();
            say(out, |lang| text::notice_added(lang, id.as_str(), &ends))
        }
        ContractCommand::Suspend { contract, reason } => {
            let store = folder::record(&contract.data.data)?;
            store.suspend(&contract.id, &reason, &Author::Host, at).map_err(refused)?;
            say(out, |lang| text::suspended(lang, contract.id.as_str()))
        }
        ContractCommand::Resume { contract } => {
            folder::record(&contract.data.data)?.resume(&contract.id, &Author::Host, at).map_err(refused)?;
            say(out, |lang| text::resumed(lang, contract.id.as_str()))
        }
    }
}

fn ending(contract: &Contract, counts: NoticeCountsFrom) -> Option<Ending> {
    let days: Vec<_> = contract.notices.iter().map(|notice| notice.days).collect();
    contract.term.ending(&days, counts)
}

fn show(contract: &Contract, counts: NoticeCountsFrom, json: bool, out: &mut dyn Write) -> Result<()> {
    let ends = ending(contract, counts).map(|ending| ending.on.to_string());
    if json {
        return Ok(writeln!(out, "{}", as_json(contract, ends.as_deref()))?);
    }
    let from = contract.term.effective_on().to_string();
    let hold = contract.suspension.is_some();
    say(out, |lang| {
        text::contract_line(lang, contract.id.as_str(), &contract.client, &from, ends.as_deref(), hold)
    })
}

fn as_json(contract: &Contract, ends: Option<&str>) -> Value {
    let notices = contract.notices.iter().map(|notice| {
        json!({
            "by": notice.by.label(),
            "sent": notice.days.sent().map(|day| day.date().to_string()),
            "received": notice.days.received().map(|day| day.date().to_string()),
            "proof": notice.proof,
        })
    });
    let suspension = contract.suspension.as_ref();
    json!({
        "id": contract.id.as_str(),
        "client": contract.client,
        "signed": contract.signed_on.date().to_string(),
        "effective": contract.term.effective_on().to_string(),
        "months": contract.term.months().get(),
        "postal": contract.postal.as_ref().map(PostalCode::as_str),
        "onsite": contract.onsite,
        "holidays": contract.holidays.as_ref().map(ToString::to_string),
        "notices": notices.collect::<Vec<_>>(),
        "ends": ends,
        "suspended": suspension.map(|s| json!({
            "by": s.by.to_string(), "reason": s.reason, "at": rfc3339(s.at),
        })),
    })
}
