//! One machine on the command line: what the gate would say, its journal, its revocation.

use std::io::Write;

use anyhow::Result;
use aval_protocol::id::{PersonId, UnixSeconds};
use aval_protocol::journal::{Chain, Entry, Told};
use aval_protocol::text::relay as text;
use aval_protocol::wire::session::{Capabilities, SessionRequest, WorkCategory};
use aval_transport::Clock;
use serde_json::json;

use super::explain::tell;
use super::{Machine, Store, bad, folder, refused, rfc3339, say, trouble};
use crate::gate::{self, Facts, Presence, Request};
use crate::records::{Author, StoreError};

/// Entries read at once.
const PAGE: usize = 200;
/// Stands for the client's own request in a question about the contract alone.
const NO_REFERENCE: &str = "explain";

/// What is asked of the gate.
pub(super) struct Asked {
    pub(super) technician: PersonId,
    pub(super) at: UnixSeconds,
    pub(super) category: WorkCategory,
}

pub(super) fn explain(machine: &Machine, asked: Asked, as_json: bool, out: &mut dyn Write) -> Result<()> {
    let dir = &machine.data.data;
    let (firm, settings, store) =
        (folder::firm(dir)?, folder::settings(dir)?, folder::record(&machine.data)?);
    let (record, papers) = store.facts_for(&asked.technician, machine.machine, asked.at).map_err(refused)?;
    let asked_for = SessionRequest {
        agent: machine.machine,
        capabilities: Capabilities::VIEW,
        category: asked.category,
        reference: NO_REFERENCE.to_owned(),
        minutes: 60,
    };
    let request = Request::new(asked.technician, asked_for).map_err(bad)?;
    let facts = Facts {
        technician_certified: true,
        record: Some(record),
        presence: Presence::Online,
        line: None,
        clock_trusted: true,
        throttled_until: None,
        profile: firm.profile().clone(),
        rules: settings.rules,
        papers,
    };
    let decision = gate::explain(&request, &facts, asked.at);
    tell(&decision, None, gate::closes(&request, &facts, asked.at), as_json, out)
}

pub(super) fn journal(machine: &Machine, as_json: bool, out: &mut dyn Write) -> Result<()> {
    let store = folder::record(&machine.data)?;
    each_page(&store, machine, |entries| {
        for entry in entries {
            let told = entry.told();
            let (label, session) = match &told {
                Told::Known(event) => (event.label(), event.session()),
                Told::Opaque => ("UNKNOWN", None),
            };
            let session = session.map(|id| id.to_string());
            if as_json {
                let event = match &told {
                    Told::Known(event) => serde_json::to_value(event)?,
                    Told::Opaque => serde_json::Value::Null,
                };
                let line = json!({
                    "seq": entry.seq, "at": rfc3339(entry.at), "kind": label, "session": session, "event": event,
                });
                writeln!(out, "{line}")?;
            } else {
                let session = session.unwrap_or_default();
                writeln!(out, "{:>6}  {}  {label}  {session}", entry.seq, rfc3339(entry.at))?;
            }
        }
        Ok(())
    })
}

pub(super) fn verify(machine: &Machine, out: &mut dyn Write) -> Result<()> {
    let dir = &machine.data.data;
    let (store, signer) = (folder::record(&machine.data)?, folder::signer(dir)?);
    let mut chain = Chain::new();
    each_page(&store, machine, |entries| {
        for entry in entries {
            let held = chain.follow(entry, signer.spki());
            held.map_err(|e| trouble(|lang| text::journal_broken(lang, e.seq, &e.why.to_string())))?;
        }
        Ok(())
    })?;
    say(out, |lang| text::journal_holds(lang, chain.head().seq))
}

pub(super) fn revoke(machine: &Machine, reason: &str, out: &mut dyn Write, clock: &Clock) -> Result<()> {
    let store = folder::record(&machine.data)?;
    store.revoke_agent(machine.machine, reason, &Author::Host, clock.wall()).map_err(refused)?;
    say(out, |lang| text::revoked(lang, &machine.machine.to_string()))
}

fn each_page(store: &Store, machine: &Machine, mut each: impl FnMut(&[Entry]) -> Result<()>) -> Result<()> {
    let agent = machine.machine;
    if store.agent(agent).map_err(refused)?.is_none() {
        return Err(refused(StoreError::NotFound(format!("machine {agent}"))));
    }
    let mut from = 1;
    loop {
        let (entries, more) = store.journal_page(agent, from, PAGE).map_err(refused)?;
        each(&entries)?;
        match entries.last() {
            Some(last) if more => from = last.seq + 1,
            _ => return Ok(()),
        }
    }
}
