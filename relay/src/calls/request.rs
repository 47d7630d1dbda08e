//! A request for a session: written down, judged, measured, judged again, and only then introduced.

use std::sync::Arc;

use aval_protocol::id::{AgentId, KeyId, PersonId, SessionId, UnixSeconds};
use aval_protocol::journal::{Event, commitment};
use aval_protocol::wire::codes::{EndReason, FaultCode};
use aval_protocol::wire::enrol::Reply;
use aval_protocol::wire::link::{Downlink, Offer};
use aval_protocol::wire::record::{Decision, LineFacts};
use aval_protocol::wire::session::{Capabilities, Permitted, SessionRequest};

use super::{Asking, Fault};
use crate::broker::{NotIntroduced, Party, Running};
use crate::gate::{self, Facts, Permit, Presence, Request, Verdict};
use crate::hub::{How, Hub, Link};
use crate::probe;
use crate::records::{AgentRow, SessionRow, StoreError};

/// What the gate would say, by the record.
pub(super) async fn explain(
    hub: &Hub,
    asking: &Asking<'_>,
    asked: SessionRequest,
    at: Option<UnixSeconds>,
) -> Result<Reply, Fault> {
    let request = bounds(&asking.member.person, asked)?;
    let at = at.unwrap_or_else(|| hub.clock.wall());
    let facts = hub.facts(&request, (true, false), at, None).await;
    Ok(Reply::Decision(Box::new(gate::explain(&request, &facts, at))))
}

/// A session, or every reason against it.
pub(super) async fn session(
    hub: &Arc<Hub>,
    asking: &Asking<'_>,
    asked: SessionRequest,
    joins: bool,
) -> Result<Reply, Fault> {
    if joins && asked.capabilities != Capabilities::VIEW {
        let why = "whoever joins a colleague’s session only looks".to_owned();
        return Err(Fault::Detail(FaultCode::Invalid, why));
    }
    let Some(console) = asking.link else {
        let why = "a session is asked for over a standing link".to_owned();
        return Err(Fault::Detail(FaultCode::Invalid, why));
    };
    let request = bounds(&asking.member.person, asked)?;
    let agent = request.asked().agent;
    let session = SessionId(random(hub)?);
    let throttled = hub.throttled(request.technician(), agent);
    let written = write_down(hub, &request, session).await?;
    tracing::info!(%session, %agent, technician = %request.technician(), "a session is asked for");

    let judge = |line| {
        let request = &request;
        async move {
            let mut facts = hub.facts(request, (asking.certified, joins), hub.clock.wall(), line).await;
            facts.throttled_until = throttled;
            if !written {
                // What can't be written down does not happen.
                facts.record = None;
            }
            facts
        }
    };
    let facts = judge(None).await;
    if let Some(decision) = gate::decide_before_measuring(&request, &facts, hub.clock.wall()) {
        return Ok(refuse(hub, agent, session, decision).await);
    }
    let link = hub.presence().agent(agent);
    let line = match link {
        Some(link) => measure(hub, agent, &link).await,
        None => None,
    };
    // Two seconds have passed, and with them whatever may have happened.
    let mut facts = judge(line).await;
    loop {
        let now = hub.clock.wall();
        let permit = match gate::decide(&request, &facts, now) {
            Verdict::Refuse(decision) => return Ok(refuse(hub, agent, session, decision).await),
            Verdict::Permit(permit) => permit,
        };
        let link = hub.presence().agent(agent);
        let Some(link) = link else {
            facts.presence = Presence::Offline;
            continue;
        };
        match introduce(hub, permit, (session, joins), (console, asking.member.key), &link).await? {
            Ok(permitted) => return Ok(Reply::Permitted(Box::new(permitted))),
            Err(Lost::Busy) => facts.presence = Presence::Busy,
            Err(Lost::Record) => facts.record = None,
        }
    }
}

/// What stood against an introduction after the gate had said yes; the gate is asked again with it.
enum Lost {
    Busy,
    Record,
}

async fn introduce(
    hub: &Arc<Hub>,
    permit: Permit,
    (session, joins): (SessionId, bool),
    (console, technician_key): (&Link, KeyId),
    agent: &Link,
) -> Result<Result<Permitted, Lost>, Fault> {
    let (id, contract) = (permit.agent(), permit.contract().clone());
    let (warnings, line) = (permit.warnings().to_vec(), permit.line());
    let (technician, request) = (permit.technician().clone(), permit.asked().clone());
    let row = hub.store(move |store| store.agent(id)).await;
    let Ok(Some(AgentRow { spki, approval: Some(approval), .. })) = row else { return Ok(Err(Lost::Record)) };
    let parties = (
        Party { serial: console.serial, link: console.clone(), key: technician_key },
        Party { serial: agent.serial, link: agent.clone(), key: KeyId::of_spki(&spki) },
    );
    let times = (hub.clock.wall(), hub.clock.monotonic(), hub.longest(request.minutes), joins);
    let at = times.0;
    // A session whose line is lost makes room: the person is asked anew. One that is handed over goes on until their yes.
    let lost =
        hub.broker().which(|it: &Running<_, _>| it.ticket.request.agent == id && it.is_lost() && !joins);
    lost.into_iter().for_each(|session| hub.end(session, EndReason::LinkLost, How::Orderly, None));
    let introduced = hub.broker().introduce(permit, session, parties.0, parties.1, &hub.signer, times);
    let ticket = match introduced {
        Ok(ticket) => ticket,
        Err(NotIntroduced::Busy) => return Ok(Err(Lost::Busy)),
        Err(NotIntroduced::Sign(error)) => {
            return Err(Fault::Detail(FaultCode::StoreUnavailable, error.to_string()));
        }
    };
    // From here on the machine is taken. Nobody hears of it before it is written down.
    let written = async {
        hub.journal(id, Event::Permitted { session, contract: contract.clone() }).await?;
        let row = SessionRow { id: session, technician, contract, request, at, steps: Vec::new() };
        hub.store(move |store| store.session_requested(&row)).await
    };
    if let Err(error) = written.await {
        tracing::error!(%session, %error, "a session can't be recorded, so it does not begin");
        drop(hub.broker().remove(session));
        return Ok(Err(Lost::Record));
    }
    // Whoever left meanwhile had no session to end yet, or has ended it.
    if hub.broker().get(session).is_none() || agent.connection.close_reason().is_some() {
        drop(hub.broker().remove(session));
        return Ok(Err(Lost::Busy));
    }
    tracing::info!(%session, agent = %id, "a session is offered");
    agent.say(Downlink::Offer(Box::new(Offer { ticket: ticket.clone() })));
    Ok(Ok(Permitted { ticket, agent_spki: spki, approval, warnings, line }))
}

async fn measure(hub: &Hub, agent: AgentId, link: &Link) -> Option<LineFacts> {
    let line = probe::measured(hub, agent, link).await?;
    let kept = hub.store(move |store| store.measured(agent, &line)).await;
    let noted = hub.journal(agent, Event::LineMeasured(line)).await;
    if let Err(error) = kept.and(noted) {
        tracing::error!(%agent, %error, "a measurement can't be recorded");
    }
    Some(line)
}

/// `false`: the record can't be written now.
async fn write_down(hub: &Hub, request: &Request, session: SessionId) -> Result<bool, Fault> {
    let salt: [u8; 16] = random(hub)?;
    let reference = request.asked().reference.clone();
    let committed = commitment(&salt, &reference);
    let agent = request.asked().agent;
    let event = Event::Requested {
        session,
        technician: request.technician().clone(),
        capabilities: request.asked().capabilities,
        category: request.asked().category,
        reference: committed,
    };
    let (signer, at) = (Arc::clone(&hub.signer), hub.clock.wall());
    let written = hub.store(move |store| {
        // A machine that nobody knows has no journal.
        if store.agent(agent)?.is_some() {
            store.journal_append(agent, &signer, at, &event)?;
            if !reference.is_empty() {
                store.keep_text(committed, salt, &reference)?;
            }
        }
        Ok(())
    });
    match written.await {
        Ok(()) => Ok(true),
        Err(error) => {
            tracing::error!(%session, %error, "a request can't be recorded, so it is refused");
            Ok(false)
        }
    }
}

async fn refuse(hub: &Hub, agent: AgentId, session: SessionId, decision: Box<Decision>) -> Reply {
    let codes: Vec<_> = decision.reasons.iter().map(|reason| reason.code).collect();
    tracing::info!(%session, %agent, ?codes, "a session is refused");
    let (signer, at) = (Arc::clone(&hub.signer), hub.clock.wall());
    let event = Event::GateRefused { session, codes, at: decision.at };
    let written: Result<(), StoreError> = hub
        .store(move |store| match store.agent(agent)? {
            Some(_) => store.journal_append(agent, &signer, at, &event).map(drop),
            None => Ok(()),
        })
        .await;
    hub.note(session, "its refusal", written);
    Reply::Decision(decision)
}

fn bounds(technician: &PersonId, asked: SessionRequest) -> Result<Request, Fault> {
    Request::new(technician.clone(), asked)
        .map_err(|error| Fault::Detail(FaultCode::Invalid, error.to_string()))
}

fn random<const N: usize>(hub: &Hub) -> Result<[u8; N], Fault> {
    hub.random.bytes().map_err(|e| Fault::Detail(FaultCode::StoreUnavailable, e.to_string()))
}

impl Hub {
    /// Everything the gate judges by, as it is now; the record as of `at`.
    async fn facts(
        &self,
        request: &Request,
        (certified, joins): (bool, bool),
        at: UnixSeconds,
        line: Option<LineFacts>,
    ) -> Facts {
        let (technician, agent) = (request.technician().clone(), request.asked().agent);
        let record = self.store(move |store| store.facts_for(&technician, agent, at)).await;
        let read = record.inspect_err(|error| tracing::error!(%error, "the record can't be read")).ok();
        let (record, papers) = read.map_or_else(Default::default, |(record, papers)| (Some(record), papers));
        let online = self.presence().agent(agent).is_some();
        let now = self.clock.monotonic();
        let busy = match joins {
            true => self.broker().closed_to(agent, request.technician(), now),
            false => self.broker().busy_for(agent, request.technician(), now),
        };
        let presence = match (online, busy) {
            (false, _) => Presence::Offline,
            (true, true) => Presence::Busy,
            (true, false) => Presence::Online,
        };
        Facts {
            technician_certified: certified,
            record,
            presence,
            line,
            clock_trusted: self.clock_doubt().is_none(),
            throttled_until: None,
            profile: self.firm.profile().clone(),
            rules: self.rules.clone(),
            papers,
        }
    }
}
