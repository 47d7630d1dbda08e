//! Contracts on the command line: whoever may use the relay's host keeps the record.

use std::io::Write;

use anyhow::Result;
use aval_protocol::text::relay as text;
use aval_transport::Clock;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{ContractCommand, bad, folder, refused, rfc3339, say};
use crate::gate::ends::{self, Outlook};
use crate::gate::hours;
use crate::gate::papers::Papers;
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
            folder::record(&contract.data)?.open_contract(&new, &Author::Host, at).map_err(refused)?;
            let from = term.effective_on().to_string();
            say(out, |lang| text::contract_opened(lang, contract.id.as_str(), &client, &from))
        }
        ContractCommand::List { data, json } => {
            let counts = folder::settings(&data.data)?.rules.notice_counts_from;
            for contract in folder::record(&data)?.contracts().map_err(refused)? {
                show(&contract, counts, (hours::day(at), json), out)?;
            }
            Ok(())
        }
        ContractCommand::Show { contract, json } => {
            let counts = folder::settings(&contract.data.data)?.rules.notice_counts_from;
            let found = folder::record(&contract.data)?.contract(&contract.id).map_err(refused)?;
            let found =
                found.ok_or_else(|| refused(StoreError::NotFound(format!("contract {}", contract.id))))?;
            let today = hours::day(at);
            show(&found, counts, (today, json), out)?;
            if json { Ok(()) } else { terms(&found, ending(&found, counts), today, out) }
        }
        ContractCommand::Notice { contract, by, sent, received, proof } => {
            let days = NoticeDays::new(sent, received).map_err(bad)?;
            let (store, id) = (folder::record(&contract.data)?, contract.id);
            let counts = folder::settings(&contract.data.data)?.rules.notice_counts_from;
            store.add_notice(&id, &Notice { by, days, proof }, &Author::Host, at).map_err(refused)?;
            let ends = store.contract(&id).map_err(refused)?.and_then(|found| ending(&found, counts));
            let ends = ends.map(|ending| ending.on.to_string()).unwrap_or_default();
            say(out, |lang| text::notice_added(lang, id.as_str(), &ends))
        }
        ContractCommand::Suspend { contract, reason } => {
            let store = folder::record(&contract.data)?;
            store.suspend(&contract.id, &reason, &Author::Host, at).map_err(refused)?;
            say(out, |lang| text::suspended(lang, contract.id.as_str()))
        }
        ContractCommand::Resume { contract } => {
            folder::record(&contract.data)?.resume(&contract.id, &Author::Host, at).map_err(refused)?;
            say(out, |lang| text::resumed(lang, contract.id.as_str()))
        }
    }
}

fn ending(contract: &Contract, counts: NoticeCountsFrom) -> Option<Ending> {
    ends::ending(contract, &Papers::default(), counts)
}

fn show(
    contract: &Contract,
    counts: NoticeCountsFrom,
    (today, json): (Date, bool),
    out: &mut dyn Write,
) -> Result<()> {
    let ending = ending(contract, counts);
    if json {
        return Ok(writeln!(out, "{}", as_json(contract, ending, today))?);
    }
    let ends = ending.map(|ending| ending.on.to_string());
    let from = contract.term.effective_on().to_string();
    let hold = contract.suspension.is_some();
    say(out, |lang| {
        text::contract_line(lang, contract.id.as_str(), &contract.client, &from, ends.as_deref(), hold)
    })
}

/// The term that runs on a day, or the first one before it began, or the last one once it is over.
fn terms(contract: &Contract, ending: Option<Ending>, today: Date, out: &mut dyn Write) -> Result<()> {
    let outlook = Outlook::of(contract.term, ending, today);
    let (number, from, until) = outlook.term;
    let shown = |day: Date| hours::shown_day(day);
    let told = outlook.renewal_notice.map(|(first, last)| (shown(first), shown(last)));
    let term = (number, shown(from), shown(until));
    say(out, |lang| text::contract_terms(lang, term, outlook.last_day_for_notice.map(shown), told))
}

fn as_json(contract: &Contract, ending: Option<Ending>, today: Date) -> Value {
    let outlook = Outlook::of(contract.term, ending, today);
    let day = |day: Option<Date>| day.map(|day| day.to_string());
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
        "ends": day(ending.map(|ending| ending.on)),
        "ends_by_clause": ending.map(|ending| ending.clause),
        "end_needs_review": ending.is_some_and(|ending| ending.edge),
        "today": today.to_string(),
        "in_force": contract.term.in_force(today, ending),
        "terms": outlook.all.iter().map(|(number, from, until)| json!({
            "number": number, "from": from.to_string(), "until": until.to_string(),
        })).collect::<Vec<_>>(),
        "next_echeance": day(outlook.next_echeance),
        "last_day_for_notice": day(outlook.last_day_for_notice),
        "renewal_notice": outlook.renewal_notice.map(|(first, last)| json!({
            "first_day": first.to_string(), "last_day": last.to_string(),
        })),
        "suspended": suspension.map(|s| json!({
            "by": s.by.to_string(), "reason": s.reason, "at": rfc3339(s.at),
        })),
    })
}
