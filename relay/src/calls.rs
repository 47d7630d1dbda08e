//! The answers to calls. Who may ask is [`roles`]' to say; what a manager decides is in [`manage`], a request for a session in
//! [`request`].

mod contracts;
pub(crate) mod equipment;
pub(crate) mod handover;
mod list;
mod manage;
mod offer;
mod papers;
mod renew;
mod request;
mod resume;

use std::net::IpAddr;
use std::sync::Arc;

use aval_protocol::firm::Member;
use aval_protocol::firm::tls::Peer;
use aval_protocol::id::{AgentId, KeyId, UnixSeconds};
use aval_protocol::journal::Event;
use aval_protocol::text::gate::Sentence;
use aval_protocol::text::relay as text;
use aval_protocol::wire::Wire;
use aval_protocol::wire::codes::{EndReason, FaultCode};
use aval_protocol::wire::enrol::{Accepted, Call, Reply};
use aval_protocol::wire::inventory::HardwareFacts;
use aval_protocol::wire::link::{Downlink, Standing};
use aval_protocol::wire::record::JournalPage;

use crate::hub::{How, Hub, Link};
use crate::papers::Sort;
use crate::records::{AgentStanding, RedeemError, StoreError};
use crate::roles;

/// Entries of one page of a journal: with the largest body each, a page stays well below an answer's limit.
const PAGE: usize = 200;

/// Who calls.
#[derive(Debug)]
pub(crate) struct Caller {
    /// Who that is.
    pub(crate) peer: Peer,
    /// Its standing link, if the call came over one.
    pub(crate) link: Option<Link>,
    /// Where from.
    pub(crate) from: IpAddr,
}

/// A member who may ask.
struct Asking<'a> {
    member: &'a Member,
    link: Option<&'a Link>,
    /// The certificate holds still.
    certified: bool,
}

/// Answers one call.
pub(crate) async fn answer(hub: &Arc<Hub>, caller: &Caller, call: Call) -> Reply {
    if caller.link.is_none() && !hub.may_visit(caller.peer.key(), caller.from) {
        return fault(FaultCode::TooManyAttempts);
    }
    if !roles::may(roles::Caller::of(&caller.peer), &call) {
        return fault(FaultCode::Forbidden);
    }
    let answered = match &caller.peer {
        Peer::Agent { spki, key_id } => match call {
            Call::Enrol { code, facts, accepted } => {
                enrol(hub, caller, (spki, *key_id), code, facts, accepted).await
            }
            Call::Firm => firm(hub),
            Call::Leave => leave(hub, AgentId::from(*key_id)).await,
            Call::Renew(word) => renew::renew(hub, (spki, AgentId::from(*key_id)), *word).await,
            Call::ListAsk => equipment::waiting(hub, AgentId::from(*key_id)).await,
            Call::ListWord(signed) => {
                equipment::word(hub, (spki.as_slice(), AgentId::from(*key_id)), *signed).await
            }
            Call::ReleasePart { sha256, from } => release_part(hub, (*key_id).into(), (sha256, from)).await,
            _ => Err(Fault::Code(FaultCode::Forbidden)),
        },
        Peer::Member(member, chain) => {
            // A connection may outlive the certificate it was made with.
            let certified = hub.firm.firm().verify_chain(chain, hub.clock.wall()).is_ok();
            let asking = Asking { member, link: caller.link.as_ref(), certified };
            of_member(hub, &asking, call).await
        }
    };
    answered.unwrap_or_else(Fault::into_reply)
}

async fn of_member(hub: &Arc<Hub>, asking: &Asking<'_>, call: Call) -> Result<Reply, Fault> {
    // The gate says what is wrong with whom.
    let call = match call {
        Call::RequestSession(request) => return request::session(hub, asking, request, false).await,
        Call::Join(request) => return request::session(hub, asking, request, true).await,
        call => call,
    };
    if let Call::News { since, wait_s } = call {
        // The waiting comes first: who was locked meanwhile hears nothing more.
        list::wait(hub, since, wait_s).await;
        allowed(hub, asking).await?;
        return list::news(hub, since).await;
    }
    allowed(hub, asking).await?;
    match call {
        Call::Machines { after } => list::machines(hub, after).await,
        Call::Machine { agent } => list::machine(hub, agent).await,
        Call::People => list::people(hub).await,
        Call::Contracts { after } => list::contracts(hub, after).await,
        Call::Contract { contract } => contracts::contract(hub, contract).await,
        Call::WriteContract(write) => contracts::write(hub, asking.member, *write).await,
        Call::Papers { contract } => papers::read(hub, contract, false).await,
        Call::Money { contract } => papers::read(hub, contract, true).await,
        Call::WritePapers(new) => papers::write(hub, asking.member, *new, Sort::Contract).await,
        Call::WriteWork(new) => papers::write(hub, asking.member, *new, Sort::Work).await,
        Call::WriteMoney(new) => papers::write(hub, asking.member, *new, Sort::Money).await,
        Call::Lines { contract, from, to } => papers::lines(hub, contract, (from, to)).await,
        Call::Equipment { contract } => equipment::read(hub, contract).await,
        Call::WriteEquipment(write) => equipment::write(hub, asking.member, *write).await,
        Call::EquipmentEffect { contract, list } => equipment::effect(hub, contract, list).await,
        Call::ImportEquipment(import) => equipment::import(hub, asking.member, *import).await,
        Call::MachineEquipment { agent } => equipment::machine(hub, agent).await,
        Call::Offer(made) => offer::offer(hub, asking.member, *made).await,
        Call::HandOver { agent, to } => handover::hand_over(hub, asking, agent, &to),
        Call::Resume(ticket) => resume::resume(hub, asking, *ticket).await,
        Call::Answer { offer, answer } => offer::answer(hub, asking.member, offer, answer).await,
        Call::Explain { request, at } => request::explain(hub, asking, request, at).await,
        Call::Journal { agent, from } => journal(hub, agent, from).await,
        Call::Inventory { agent } => {
            Ok(Reply::Inventory(Box::new(hub.store(move |store| store.inventory(agent)).await?)))
        }
        Call::IssueCode { contract, valid_minutes } => {
            manage::issue(hub, asking.member, contract, valid_minutes).await
        }
        Call::Approve(approval) => manage::approve(hub, asking.member, *approval).await,
        Call::GrantException(exception) => manage::except(hub, asking.member, exception).await,
        Call::Lock { technician, locked, reason } => {
            manage::lock(hub, asking.member, technician, locked, reason).await
        }
        Call::Enrol { .. }
        | Call::Firm
        | Call::Leave
        | Call::ListAsk
        | Call::ListWord(_)
        | Call::Renew(_)
        | Call::ReleasePart { .. }
        | Call::RequestSession(_)
        | Call::Join(_)
        | Call::News { .. } => Err(Fault::Code(FaultCode::Forbidden)),
    }
}

/// Whether this member may be answered at all.
async fn allowed(hub: &Hub, asking: &Asking<'_>) -> Result<(), Fault> {
    let person = asking.member.person.clone();
    if !asking.certified || hub.store(move |store| store.locked(&person)).await? {
        return Err(Fault::Code(FaultCode::Forbidden));
    }
    Ok(())
}

async fn enrol(
    hub: &Arc<Hub>,
    caller: &Caller,
    (spki, key): (&[u8], KeyId),
    code: String,
    facts: HardwareFacts,
    accepted: Accepted,
) -> Result<Reply, Fault> {
    if !hub.may_try_code(caller.from) {
        return Err(Fault::Code(FaultCode::TooManyAttempts));
    }
    if postcard::to_stdvec(&facts).map_or(usize::MAX, |bytes| bytes.len()) > HardwareFacts::LIMIT {
        return Err(Fault::Code(FaultCode::Invalid));
    }
    let (spki, at) = (spki.to_vec(), hub.clock.wall());
    let redeemed = hub.store(move |store| Ok(store.redeem(&code, &spki, &facts, &accepted, at))).await?;
    let row = redeemed.map_err(|error| match error {
        RedeemError::Unknown => Fault::Code(FaultCode::CodeUnknown),
        RedeemError::Expired => Fault::Code(FaultCode::CodeExpired),
        RedeemError::Used => Fault::Code(FaultCode::CodeUsed),
        RedeemError::AlreadyEnrolled => Fault::Code(FaultCode::Conflict),
        RedeemError::Store(error) => error.into(),
    })?;
    tracing::info!(agent = %row.id, contract = %row.contract, "a machine is attached");
    if row.enrolled_at == at {
        hub.journal(row.id, Event::Enrolled { agent_key: key }).await?;
    }
    hub.changes.touch(row.id);
    if row.standing == AgentStanding::Pending
        && let Some(link) = hub.presence().agent(row.id)
    {
        link.say(Downlink::Standing(Standing::Pending));
    }
    Ok(Reply::Enrolled { agent: row.id })
}

/// The firm's file, for somebody who knows the fingerprint of its key and nothing else yet.
fn firm(hub: &Hub) -> Result<Reply, Fault> {
    let text = hub.firm.to_pem().map_err(|e| Fault::Detail(FaultCode::StoreUnavailable, e.to_string()))?;
    Ok(Reply::Firm(text))
}

/// Bytes of a released file, for a machine that was attached.
async fn release_part(hub: &Hub, agent: AgentId, (sha256, from): ([u8; 32], u64)) -> Result<Reply, Fault> {
    if hub.store(move |store| store.agent(agent)).await?.is_none() {
        return Err(Fault::Code(FaultCode::Forbidden));
    }
    let bytes = hub.releases.part(sha256, from).await.ok_or(Fault::Code(FaultCode::NotFound))?;
    Ok(Reply::ReleasePart(bytes))
}

/// A machine leaves: what runs on it is over, and its key never comes back.
async fn leave(hub: &Arc<Hub>, agent: AgentId) -> Result<Reply, Fault> {
    let at = hub.clock.wall();
    // Read first: whoever was never attached makes the record write nothing.
    if hub.store(move |store| store.agent(agent)).await?.is_none() {
        return Err(Fault::Code(FaultCode::NotFound));
    }
    if hub.store(move |store| store.leave(agent, at)).await? {
        tracing::info!(%agent, "a machine has left");
        hub.journal(agent, Event::Left).await?;
    }
    hub.changes.touch(agent);
    let running = hub.broker().which(|it| it.ticket.request.agent == agent);
    for session in running {
        hub.end(session, EndReason::AgentStopping, How::Orderly, None);
    }
    if let Some(link) = hub.presence().agent(agent) {
        link.say(Downlink::Standing(Standing::Unknown));
    }
    Ok(Reply::Done)
}

async fn journal(hub: &Hub, agent: AgentId, from: u64) -> Result<Reply, Fault> {
    let page = hub.store(move |store| match store.agent(agent)? {
        Some(_) => store.journal_page(agent, from, PAGE).map(Some),
        None => Ok(None),
    });
    let (entries, more) = page.await?.ok_or(Fault::Code(FaultCode::NotFound))?;
    Ok(Reply::Journal(JournalPage { entries, spki: hub.signer.spki().to_vec(), more }))
}

/// Why a call is not carried out.
enum Fault {
    /// The catalogue's sentence for the code says it all.
    Code(FaultCode),
    /// With a detail, which programs write in English.
    Detail(FaultCode, String),
    /// With a sentence of its own.
    Said(FaultCode, Sentence),
}

fn fault(code: FaultCode) -> Reply {
    let sentence = text::fault(code);
    Reply::Fault { code, fr: sentence.fr, en: sentence.en }
}

impl Fault {
    fn into_reply(self) -> Reply {
        match self {
            Self::Code(code) => fault(code),
            Self::Detail(code, detail) => {
                let sentence = text::fault_detail(code, &detail);
                Reply::Fault { code, fr: sentence.fr, en: sentence.en }
            }
            Self::Said(code, sentence) => Reply::Fault { code, fr: sentence.fr, en: sentence.en },
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            // What exactly the disk said is for the relay's log, not for whoever asks.
            StoreError::Unavailable(why) => {
                tracing::error!(why, "the record can't be used");
                Self::Code(FaultCode::StoreUnavailable)
            }
            StoreError::NotFound(what) => Self::Detail(FaultCode::NotFound, format!("there is no {what}")),
            StoreError::Conflict(why) => Self::Detail(FaultCode::Conflict, why),
            StoreError::Invalid(why) => Self::Detail(FaultCode::Invalid, why),
        }
    }
}

/// Some seconds after a moment.
fn later(at: UnixSeconds, seconds: i64) -> UnixSeconds {
    UnixSeconds(at.0.saturating_add(seconds))
}
