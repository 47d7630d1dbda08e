//! A contract's equipment over the wire: read by everybody of the firm, written by managers, its amounts by whoever sees amounts.

use std::sync::Arc;

use aval_protocol::firm::Member;
use aval_protocol::id::{AgentId, ContractId, UnixSeconds};
use aval_protocol::text::fleet as text;
use aval_protocol::wire::codes::FaultCode;
use aval_protocol::wire::contract::IsoDay;
use aval_protocol::wire::enrol::Reply;
use aval_protocol::wire::equipment::{EquipmentList, ListHash};
use aval_protocol::wire::fleet::{
    EffectPage, EquipmentPage, EquipmentWrite, FindingAnswer, MachineEquipment,
};
use aval_protocol::wire::inventory::Day;

use super::Fault;
use super::papers::no_lines;
use crate::coverage::{Means, Standing};
use crate::hub::Hub;
use crate::papers::account;
use crate::records::identity::{Answer, AnswerError};
use crate::records::{Author, ListError, Party, StoreError};

mod assent;
mod import;
mod shown;

pub(crate) use assent::remind;
pub(super) use assent::{waiting, word};
pub(super) use import::import;

/// The equipment of a contract as it stands.
pub(super) async fn read(hub: &Hub, id: ContractId) -> Result<Reply, Fault> {
    let now = hub.clock.wall();
    let online = hub.presence().agents();
    let read = hub.store(move |store| {
        let Some(judged) = store.contract_at(&id, now)? else { return Ok(None) };
        let Some(fleet) = store.fleet(&id)? else { return Ok(None) };
        let asks = (store.representative(&id, now)?, store.list_asks(&id)?);
        Ok(Some((judged.contract, store.lists(&id)?, fleet, store.findings(Some(&id))?, asks)))
    });
    let (contract, lists, fleet, findings, (representative, asks)) =
        read.await?.ok_or(Fault::Code(FaultCode::NotFound))?;
    let today = crate::coverage::today(now);
    Ok(Reply::Equipment(Box::new(EquipmentPage {
        contract: contract.id,
        client: contract.client,
        today: IsoDay(today.to_string()),
        newest: lists.newest().cloned(),
        versions: lists.versions.iter().map(|list| shown::version(&lists, list, today)).collect(),
        proposed: proposed(&lists, today).cloned().collect(),
        machines: fleet.iter().map(|one| shown::machine(one, &lists, online.contains(&one.row.id))).collect(),
        suggestions: shown::suggestions(&lists, &fleet, today),
        findings: findings.iter().map(|one| shown::finding(one, &fleet)).collect(),
        representative: representative.map(|found| {
            let host = fleet.iter().find(|one| one.row.id == found.agent);
            let host = host.map(|one| one.row.facts.hostname.clone()).unwrap_or_default();
            (found.agent, host, found.person)
        }),
        asks: asks.iter().map(|one| assent::line(one, &fleet)).collect(),
    })))
}

/// Changes of one machine that are shown: the newest.
const CHANGES: usize = 200;

/// One machine as equipment, with what changed of it.
pub(super) async fn machine(hub: &Hub, agent: AgentId) -> Result<Reply, Fault> {
    let online = hub.presence().agent(agent).is_some();
    let read = hub.store(move |store| {
        let Some(one) = store.fleet_machine(agent)? else { return Ok(None) };
        let lists = store.lists(&one.row.contract)?;
        Ok(Some((store.machine_changes(agent)?, lists, one)))
    });
    let (changes, lists, one) = read.await?.ok_or(Fault::Code(FaultCode::NotFound))?;
    let row = shown::machine(&one, &lists, online);
    let line = lists.newest().and_then(|list| {
        let line = list.lines.iter().find(|line| Some(line.no) == row.line)?;
        Some((list.version, line.clone()))
    });
    let changes = changes.iter().rev().take(CHANGES).map(shown::change).collect();
    Ok(Reply::MachineEquipment(Box::new(MachineEquipment { row, line, changes })))
}

/// What a manager decides.
pub(super) async fn write(hub: &Arc<Hub>, by: &Member, write: EquipmentWrite) -> Result<Reply, Fault> {
    let (at, author) = (hub.clock.wall(), Author::Member(by.person.clone()));
    let id = match write {
        EquipmentWrite::Propose { contract, read, from, changes } => {
            let id = contract.clone();
            let made = hub.store(move |store| {
                settled(store.propose_list(&id, read, from, &changes, &author, at).map(drop))
            });
            made.await?.map_err(|error| said(&error))?;
            contract
        }
        EquipmentWrite::Approve { contract, list, paper } => {
            let id = contract.clone();
            let (party, means) = match paper {
                Some((sha256, reference)) => (Party::Client, Means::Paper { sha256, reference }),
                None => (Party::Provider, Means::Manager { person: by.person.clone() }),
            };
            let kept =
                hub.store(move |store| settled(store.approve_list(&id, list, party, &means, &author, at)));
            kept.await?.map_err(|error| said(&error))?;
            contract
        }
        EquipmentWrite::Answer { finding, answer, why } => {
            let answer = match answer {
                FindingAnswer::Same => Answer::Same,
                FindingAnswer::Is(asset) => Answer::Is(asset),
                FindingAnswer::Other => Answer::Other,
            };
            let n = i64::try_from(finding).unwrap_or(i64::MAX);
            let answered = hub.store(move |store| match store.answer_finding(n, answer, &why, &author, at) {
                Ok(agent) => Ok(Ok(store.agent(agent)?.map(|row| row.contract))),
                Err(AnswerError::Store(error)) => Err(error),
                Err(AnswerError::Gone) => Ok(Err(text::question_gone())),
                Err(AnswerError::Unfit) => Ok(Err(text::unfit_answer())),
            });
            let contract = answered.await?.map_err(|said| Fault::Said(FaultCode::Conflict, said))?;
            contract.ok_or(Fault::Code(FaultCode::NotFound))?
        }
        EquipmentWrite::Ask { contract, list } => {
            assent::ask(hub, by, contract.clone(), list).await?;
            contract
        }
        EquipmentWrite::Unlink { agent, why } => {
            let contract = hub.store(move |store| {
                store.unlink(agent, &why, &author, at)?;
                Ok(store.agent(agent)?.map(|row| row.contract))
            });
            contract.await?.ok_or(Fault::Code(FaultCode::NotFound))?
        }
    };
    tracing::info!(contract = %id, person = %by.person, "the equipment was written");
    hub.changes.everything();
    read(hub, id).await
}

/// What a version changes in what is charged, in the period that runs.
pub(super) async fn effect(hub: &Hub, id: ContractId, hash: ListHash) -> Result<Reply, Fault> {
    let now = hub.clock.wall();
    let read = hub.store(move |store| match store.contract_at(&id, now)? {
        None => Ok(None),
        Some(judged) => Ok(Some((judged, store.papers(&id)?, store.lists(&id)?))),
    });
    let (judged, rows, lists) = read.await?.ok_or(Fault::Code(FaultCode::NotFound))?;
    let list = lists.versions.iter().find(|list| list.hash() == hash);
    let list = list.ok_or(Fault::Code(FaultCode::NotFound))?;
    let before = lists.versions.iter().find(|other| Some(other.hash()) == list.before);
    let page = effect_of(&judged, &rows, (before, list), now)?;
    Ok(Reply::EquipmentEffect(Box::new(page)))
}

fn effect_of(
    judged: &crate::papers::judged::Judged,
    rows: &[crate::papers::PaperRow],
    (before, list): (Option<&EquipmentList>, &EquipmentList),
    now: UnixSeconds,
) -> Result<EffectPage, Fault> {
    let day = crate::gate::hours::day(now);
    let (tariff, period) = account::tariff(judged, rows, day).map_err(no_lines)?;
    let effect = crate::coverage::effect::effect(before, list, &tariff, period)
        .map_err(|_| Fault::Said(FaultCode::Invalid, aval_protocol::text::papers::beyond_reckoning()))?;
    let day = |date: jiff::civil::Date| IsoDay(date.to_string());
    Ok(EffectPage {
        list: list.hash(),
        period: (day(period.0), day(period.1)),
        lines: effect.lines.iter().map(shown::effect_line).collect(),
        now: effect.now.0,
        later: effect.later.0,
    })
}

/// Versions that can still be approved.
fn proposed(lists: &crate::coverage::Lists, today: Day) -> impl Iterator<Item = &EquipmentList> {
    lists.versions.iter().filter(move |list| matches!(lists.standing(list, today), Standing::Proposed { .. }))
}

/// The record's own troubles apart from what a person can mend.
fn settled(done: Result<(), ListError>) -> Result<Result<(), ListError>, StoreError> {
    match done {
        Err(ListError::Store(error)) => Err(error),
        other => Ok(other),
    }
}

fn said(error: &ListError) -> Fault {
    let code = match error {
        ListError::Changed | ListError::Approved | ListError::Failing(..) => FaultCode::Conflict,
        ListError::Bad(_) | ListError::Store(_) => FaultCode::Invalid,
    };
    Fault::Said(code, crate::coverage::said(error))
}
