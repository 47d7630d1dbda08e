//! Contracts on the command line: whoever may use the relay's host keeps the record.

use std::io::Write;

use anyhow::Result;
use aval_protocol::id::{ContractId, UnixSeconds};
use aval_protocol::text::gate::Sentence;
use aval_protocol::text::relay as text;
use aval_transport::Clock;
use jiff::civil::Date;

use super::{ContractCommand, bad, folder, paper, refused, say, trouble};
use crate::detail;
use crate::gate::ends::{self, Outlook};
use crate::gate::term::{Months, NoticeDays, Term};
use crate::gate::{Rules, hours};
use crate::papers::judged::Judged;
use crate::papers::{PaperError, registered_letter};
use crate::records::{Author, NewContract, Notice, Store, StoreError};

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
            let (rules, store) = (folder::settings(&data.data)?.rules, folder::record(&data)?);
            for judged in store.contracts_at(at).map_err(refused)? {
                show(&store, &judged, &rules, (at, json), out)?;
            }
            Ok(())
        }
        ContractCommand::Show { contract, json } => {
            let rules = folder::settings(&contract.data.data)?.rules;
            let store = folder::record(&contract.data)?;
            let judged = found(&store, &contract.id, at)?;
            show(&store, &judged, &rules, (at, json), out)?;
            if json { Ok(()) } else { terms(&judged, &rules, at, out) }
        }
        ContractCommand::Notice { contract, by, sent, received, proof } => {
            let days = NoticeDays::new(sent, received).map_err(bad)?;
            let (store, id) = (folder::record(&contract.data)?, contract.id);
            let rules = folder::settings(&contract.data.data)?.rules;
            let letter = registered_letter(&Notice { by, days, proof }).map_err(|said| told(&said))?;
            store.write_papers(&id, None, &[letter], &Author::Host, at).map_err(|error| unwritten(&error))?;
            let ends = detail::of(&found(&store, &id, at)?, 0, &rules, at).ends;
            let ends = ends.map(|ending| ending.on.0).unwrap_or_default();
            say(out, |lang| text::notice_added(lang, id.as_str(), &ends))
        }
        ContractCommand::Suspend { contract, reason } => {
            let store = folder::record(&contract.data)?;
            store.suspend(&contract.id, &reason, &Author::Host, at).map_err(refused)?;
            say(out, |lang| text::suspended(lang, contract.id.as_str()))
        }
        ContractCommand::Paper(command) => paper::run(command, out, at),
        ContractCommand::Resume { contract } => {
            folder::record(&contract.data)?.resume(&contract.id, &Author::Host, at).map_err(refused)?;
            say(out, |lang| text::resumed(lang, contract.id.as_str()))
        }
    }
}

/// The contract as it stands.
pub(super) fn found(store: &Store, id: &ContractId, at: UnixSeconds) -> Result<Judged> {
    let judged = store.contract_at(id, at).map_err(refused)?;
    judged.ok_or_else(|| refused(StoreError::NotFound(format!("contract {id}"))))
}

/// A sentence of the record's in both languages.
pub(super) fn told(said: &Sentence) -> anyhow::Error {
    trouble(|lang| lang.pick(&*said.fr, &*said.en).to_owned())
}

/// Why a paper was not written.
pub(super) fn unwritten(error: &PaperError) -> anyhow::Error {
    match error {
        PaperError::Wrong(said) => told(said),
        PaperError::Changed => told(&aval_protocol::text::papers::changed_meanwhile()),
        PaperError::Store(error) => refused(error),
    }
}

fn show(
    store: &Store,
    judged: &Judged,
    rules: &Rules,
    (at, json): (UnixSeconds, bool),
    out: &mut dyn Write,
) -> Result<()> {
    let contract = &judged.contract;
    let machines = store.machines_under(&contract.id).map_err(refused)?;
    if json {
        return Ok(writeln!(out, "{}", detail::json(judged, machines, rules, at))?);
    }
    let shaped = detail::of(judged, machines, rules, at);
    let ends = shaped.ends.map(|ending| ending.on.0);
    let from = shaped.effective_on.0;
    let hold = shaped.suspension.is_some();
    say(out, |lang| {
        text::contract_line(lang, contract.id.as_str(), &contract.client, &from, ends.as_deref(), hold)
    })
}

/// The term that runs now, or the first one before it began, or the last one once it is over.
fn terms(judged: &Judged, rules: &Rules, at: UnixSeconds, out: &mut dyn Write) -> Result<()> {
    let today = hours::day(at);
    let ending = ends::ending(&judged.contract, &judged.papers, rules.notice_counts_from);
    let outlook = Outlook::of(judged.contract.term, ending, today);
    let (number, from, until) = outlook.term;
    let shown = |day: Date| hours::shown_day(day);
    let told = outlook.renewal_notice.map(|(first, last)| (shown(first), shown(last)));
    let term = (number, shown(from), shown(until));
    say(out, |lang| text::contract_terms(lang, term, outlook.last_day_for_notice.map(shown), told))
}
