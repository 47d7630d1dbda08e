//! One contract with its terms and letters, and what managers write into it. What is refused says which clause asks for what.

use std::sync::Arc;

use aval_protocol::firm::Member;
use aval_protocol::id::{ContractId, UnixSeconds};
use aval_protocol::text::gate::Sentence;
use aval_protocol::text::{contracts as text, relay};
use aval_protocol::wire::codes::FaultCode;
use aval_protocol::wire::contract::{ContractAct, ContractWrite, IsoDay, NoticeLine, PartyCode};
use aval_protocol::wire::enrol::Reply;
use jiff::civil::Date;

use super::Fault;
use crate::detail;
use crate::gate::hours;
use crate::gate::term::{BadTerm, Day, Months, NoticeDays, Term};
use crate::hub::Hub;
use crate::papers::{PaperError, registered_letter};
use crate::records::{Author, NewContract, Notice, Party, PostalCode, Store, StoreError, note};

pub(super) async fn contract(hub: &Hub, id: ContractId) -> Result<Reply, Fault> {
    let now = hub.clock.wall();
    let read = hub.store(move |store| Ok((store.contract_at(&id, now)?, store.machines_under(&id)?))).await?;
    let (Some(judged), machines) = read else { return Err(Fault::Code(FaultCode::NotFound)) };
    Ok(Reply::Contract(Box::new(detail::of(&judged, machines, &hub.rules, now))))
}

pub(super) async fn write(hub: &Arc<Hub>, by: &Member, write: ContractWrite) -> Result<Reply, Fault> {
    let ContractWrite { contract: id, act } = write;
    let at = hub.clock.wall();
    let author = Author::Member(by.person.clone());
    let act = Act::of(&id, act, hours::day(at)).map_err(|said| Fault::Said(FaultCode::Invalid, said))?;
    let (contract, conflict) = (id.clone(), act.conflict(&id));
    let written = hub
        .store(move |store| {
            // What contradicts the record is this answer; what can't be written at all is the store's.
            match act.write(store, &id, &author, at) {
                Err(PaperError::Store(StoreError::Conflict(_))) | Err(PaperError::Changed) => {
                    Ok(Err(Fault::Said(FaultCode::Conflict, conflict)))
                }
                Err(PaperError::Wrong(said)) => Ok(Err(Fault::Said(FaultCode::Invalid, said))),
                Err(PaperError::Store(error)) => Err(error),
                Ok(()) => Ok(Ok(())),
            }
        })
        .await?;
    written?;
    tracing::info!(%contract, person = %by.person, "a contract was written into");
    // Every machine of the contract stands otherwise now.
    hub.changes.everything();
    self::contract(hub, contract).await
}

/// An act whose days and texts were checked.
enum Act {
    Open(NewContract),
    Notice(Notice),
    Suspend(String),
    Resume,
}

impl Act {
    fn of(id: &ContractId, act: ContractAct, today: Date) -> Result<Self, Sentence> {
        Ok(match act {
            ContractAct::Open { client, signed_on, effective_on, months, postal, onsite } => {
                let signed_on = day(&signed_on)?;
                let effective_on = effective_on.as_ref().map(day).transpose()?.unwrap_or(signed_on);
                let months = match months {
                    Some(months) => Months::new(months).map_err(|_| text::bad_months(months))?,
                    None => Months::default(),
                };
                let postal = postal.filter(|postal| !postal.trim().is_empty());
                let postal = postal
                    .map(|postal| postal.trim().parse::<PostalCode>().map_err(|_| text::bad_postal(&postal)));
                Self::Open(NewContract {
                    id: id.clone(),
                    client: note(&client).ok_or_else(text::client_needed)?.to_owned(),
                    signed_on,
                    term: Term::new(effective_on, months),
                    postal: postal.transpose()?,
                    onsite,
                    holidays: None,
                })
            }
            ContractAct::Notice(line) => Self::Notice(notice(&line, today)?),
            ContractAct::Suspend { reason } => {
                Self::Suspend(note(&reason).ok_or_else(relay::reason_needed)?.to_owned())
            }
            ContractAct::Resume => Self::Resume,
        })
    }

    fn write(&self, store: &Store, id: &ContractId, by: &Author, at: UnixSeconds) -> Result<(), PaperError> {
        match self {
            Self::Open(new) => store.open_contract(new, by, at)?,
            Self::Notice(notice) => store.write_papers(id, None, &[registered_letter(notice)?], by, at)?,
            Self::Suspend(reason) => store.suspend(id, reason, by, at)?,
            Self::Resume => store.resume(id, by, at)?,
        }
        Ok(())
    }

    /// What to say when the record has it otherwise: the only contradiction that each act can meet.
    fn conflict(&self, id: &ContractId) -> Sentence {
        match self {
            Self::Open(_) => text::taken(id.as_str()),
            Self::Notice(_) => relay::fault(FaultCode::Conflict),
            Self::Suspend(_) => text::suspended_already(),
            Self::Resume => text::not_suspended(),
        }
    }
}

fn notice(line: &NoticeLine, today: Date) -> Result<Notice, Sentence> {
    let by = match line.by {
        PartyCode::Client => Party::Client,
        PartyCode::Provider => Party::Provider,
        PartyCode::Unknown(_) => return Err(relay::fault(FaultCode::Unsupported)),
    };
    let sent = line.sent_on.as_ref().map(day).transpose()?;
    let received = line.received_on.as_ref().map(day).transpose()?;
    if [sent, received].into_iter().flatten().any(|day| day.date() > today) {
        return Err(text::notice_in_future());
    }
    let days = NoticeDays::new(sent, received).map_err(|why| match why {
        BadTerm::ReceivedBeforeSent { .. } => text::received_before_sent(),
        _ => text::notice_without_day(),
    })?;
    Ok(Notice { by, days, proof: note(&line.proof).ok_or_else(text::proof_needed)?.to_owned() })
}

pub(super) fn day(iso: &IsoDay) -> Result<Day, Sentence> {
    let date = iso.0.parse::<Date>().ok().and_then(|date| Day::new(date).ok());
    date.ok_or_else(|| text::no_day(&iso.0))
}

#[cfg(test)]
mod tests;
