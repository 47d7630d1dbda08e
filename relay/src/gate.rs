//! The gate: may this technician ask for this machine now, by the contract? One pure function and a permit nobody can forge.
//!
//! Every reason is looked for, not the first, so that a technician can offer the help that is possible; security comes first in
//! the order. Each reason has its clause and the same sentence for technician, client and journal. The broker takes a
//! [`Permit`] by value, and only [`decide`] makes one: no path to a session skips the gate. A record or a clock that can't be
//! trusted refuses.

mod closing;
pub mod ends;
mod fallback;
pub mod hours;
pub mod link;
pub mod papers;
mod reasons;
pub mod standing;
pub mod term;
mod warnings;
mod when;
mod work;

use aval_protocol::firm::Profile;
use aval_protocol::id::{AgentId, ContractId, PersonId, UnixSeconds};
use aval_protocol::wire::closing::{Closing, Overrun};
use aval_protocol::wire::record::{ContractState, Decision, LineFacts, OfferKind, Reason};
use aval_protocol::wire::session::{Capabilities, MAX_TEXT, SessionRequest, WorkCategory};

use crate::records::{Contract, RecordFacts};
use hours::Holidays;
use link::{Insufficient, Thresholds};
use papers::Papers;
use term::NoticeCountsFrom;

pub use work::is_included;

/// Longest session that may be asked for, in minutes.
pub const MAX_MINUTES: u16 = 240;

/// Who asks for what: a request whose bounds hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    technician: PersonId,
    asked: SessionRequest,
}

/// A request out of bounds: the console is at fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadRequest {
    /// Free text too long.
    #[error("the client's request reference has at most {MAX_TEXT} characters")]
    ReferenceTooLong,
    /// No such duration.
    #[error("a session is asked for 1 to {MAX_MINUTES} minutes")]
    Minutes,
}

/// The firm's settings for the gate.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rules {
    /// Holidays of contracts that have no list of their own.
    pub holidays: Holidays,
    /// Where good, degraded and insufficient part.
    pub thresholds: Thresholds,
    /// Which day of a notice counts.
    pub notice_counts_from: NoticeCountsFrom,
    /// What an insufficient line does.
    pub insufficient: Insufficient,
    /// How long a session may go on after closing.
    pub overrun: Overrun,
}

/// Everything the gate judges by. Nothing here is guessed: what is not known has a value of its own, and refuses.
#[derive(Clone, PartialEq, Debug)]
pub struct Facts {
    /// The technician's certificate holds and its role may ask for sessions.
    pub technician_certified: bool,
    /// What the record says; `None` when it could not be read.
    pub record: Option<RecordFacts>,
    /// Where the machine is.
    pub presence: Presence,
    /// The newest measurement; `None` when there is none, or measuring failed.
    pub line: Option<LineFacts>,
    /// The relay's own clock is synchronised.
    pub clock_trusted: bool,
    /// Too many requests came from this technician for this machine; until when.
    pub throttled_until: Option<UnixSeconds>,
    /// The firm's name and telephone number, for the sentences.
    pub profile: Profile,
    /// The firm's settings.
    pub rules: Rules,
    /// What the contract's papers say beyond the record.
    pub papers: Papers,
}

/// Whether the machine can be reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Presence {
    /// Connected and free.
    Online,
    /// In a session already.
    Busy,
    /// Not connected here.
    Offline,
}

/// The gate's answer.
#[derive(Debug)]
pub enum Verdict {
    /// The broker may pair.
    Permit(Permit),
    /// No session; the decision says why and what helps instead.
    Refuse(Box<Decision>),
}

/// A yes. Not `Clone`, made only by [`decide`], used up by the broker.
#[derive(Debug)]
pub struct Permit {
    request: Request,
    contract: ContractId,
    line: LineFacts,
    decision: Box<Decision>,
    recheck_at: UnixSeconds,
    closing: Closing,
}

/// The final word, with the line measured.
pub fn decide(request: &Request, facts: &Facts, now: UnixSeconds) -> Verdict {
    let decision = judge(request, facts, now, Stage::Final);
    let contract = facts.record.as_ref().and_then(|record| record.contract.as_ref());
    match (decision.permitted, contract, facts.line) {
        (true, Some(contract), Some(line)) => Verdict::Permit(Permit {
            request: request.clone(),
            contract: contract.id.clone(),
            line,
            recheck_at: when::recheck_at(request, facts, contract, now),
            closing: closing::of(request, facts, contract, now),
            decision: Box::new(decision),
        }),
        _ => Verdict::Refuse(Box::new(Decision { permitted: false, ..decision })),
    }
}

/// Whether measuring the line is worth it: `Some` holds every reason that no line could mend, and is the answer.
pub fn decide_before_measuring(request: &Request, facts: &Facts, now: UnixSeconds) -> Option<Box<Decision>> {
    let decision = judge(request, facts, now, Stage::BeforeMeasuring);
    (!decision.permitted).then(|| Box::new(decision))
}

/// What the gate would say at a moment by the record alone. Presence, line, clock and throttle are of the moment, and left out.
pub fn explain(request: &Request, facts: &Facts, at: UnixSeconds) -> Decision {
    judge(request, facts, at, Stage::RecordOnly)
}

/// When a session that begins at a moment will have to close (clause 4.2); `None` without a contract to judge by.
pub fn closes(request: &Request, facts: &Facts, at: UnixSeconds) -> Option<Closing> {
    let contract = facts.record.as_ref().and_then(|record| record.contract.as_ref())?;
    Some(closing::of(request, facts, contract, at))
}

/// Whether the contract includes an offer, and the clause that it fulfils; `None` when it can't be made there.
pub fn priced(
    (contract, papers): (&Contract, &Papers),
    rules: &Rules,
    offer: (OfferKind, WorkCategory),
    in_session: bool,
    now: UnixSeconds,
) -> Option<(bool, &'static str)> {
    let in_force = standing::of(contract, papers, rules, now).state == ContractState::InForce;
    fallback::priced((contract, papers), in_force, offer, in_session)
}

/// How much is known at this point.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Final,
    BeforeMeasuring,
    RecordOnly,
}

fn judge(request: &Request, facts: &Facts, now: UnixSeconds, stage: Stage) -> Decision {
    let reasons = reasons::against(request, facts, now, stage);
    let permitted = reasons.is_empty();
    let contract = facts.record.as_ref().and_then(|record| record.contract.as_ref());
    Decision {
        permitted,
        at: now,
        contract: contract.map(|c| c.id.clone()),
        capabilities: if permitted { request.asked.capabilities } else { Capabilities::none() },
        retry_at: when::retry_at(request, &reasons, facts, now),
        offers: if permitted { Vec::new() } else { fallback::offers(request, facts, &reasons, now) },
        warnings: warnings::of(request, facts, now, (stage, permitted)),
        reasons,
        line: if stage == Stage::RecordOnly { None } else { facts.line },
    }
}

// === impl Request, Permit

impl Request {
    /// Checks the bounds of a request.
    ///
    /// # Errors
    /// [`BadRequest`]: answer with a fault, the gate has nothing to judge.
    pub fn new(technician: PersonId, asked: SessionRequest) -> Result<Self, BadRequest> {
        if asked.reference.chars().count() > MAX_TEXT {
            return Err(BadRequest::ReferenceTooLong);
        }
        if !(1..=MAX_MINUTES).contains(&asked.minutes) {
            return Err(BadRequest::Minutes);
        }
        Ok(Self { technician, asked })
    }

    /// Who asks.
    pub fn technician(&self) -> &PersonId {
        &self.technician
    }

    /// What is asked.
    pub fn asked(&self) -> &SessionRequest {
        &self.asked
    }
}

impl Permit {
    /// Who may ask the person.
    pub fn technician(&self) -> &PersonId {
        &self.request.technician
    }

    /// At which machine.
    pub fn agent(&self) -> AgentId {
        self.request.asked.agent
    }

    /// By which contract.
    pub fn contract(&self) -> &ContractId {
        &self.contract
    }

    /// What was asked, and passed.
    pub fn asked(&self) -> &SessionRequest {
        &self.request.asked
    }

    /// What the person may be asked for, at most.
    pub fn capabilities(&self) -> Capabilities {
        self.decision.capabilities
    }

    /// The line as measured.
    pub fn line(&self) -> LineFacts {
        self.line
    }

    /// Things to know that forbid nothing.
    pub fn warnings(&self) -> &[Reason] {
        &self.decision.warnings
    }

    /// The decision, for journal and technician.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// When time alone may change the answer for a new request: the end of the hours or exception it rests on, or of the contract.
    pub fn recheck_at(&self) -> UnixSeconds {
        self.recheck_at
    }

    /// When the session has to close, and the steps around it; counted from the moment of the decision.
    pub fn closing(&self) -> Closing {
        self.closing
    }
}

#[cfg(test)]
mod tests;
