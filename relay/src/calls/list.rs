//! What desks read: the machines page by page and what changed among them, one machine, the people, the contracts.
//!
//! Changes are asked for and the answer waits until there are some, instead of being said to everybody: a desk that is slow or
//! away asks later and is told the newest once, so that five thousand machines coming back fill nobody's queue.

use std::collections::HashSet;
use std::time::Duration;

use aval_protocol::id::{AgentId, ContractId, UnixSeconds};
use aval_protocol::wire::codes::FaultCode;
use aval_protocol::wire::enrol::Reply;
use aval_protocol::wire::record::{
    ContractPage, CoverageState, MachineDetail, MachineNews, MachinePage, MachineRow, Mark, PersonLine,
    SessionLine,
};
use aval_protocol::wire::session::Capabilities;
use tokio::time::timeout;

use super::Fault;
use crate::changes::Since;
use crate::detail::line;
use crate::gate::{Rules, standing};
use crate::hub::Hub;
use crate::records::{AgentStanding, Coverage, MachineRecord, SessionRow, SessionStep};

/// Rows of one page.
const PAGE: usize = 500;
/// Sessions and offers of one machine.
const RECENT: usize = 50;
/// Longest wait for news, in seconds: below a console's patience.
const LONGEST_S: u8 = 25;
/// Changes that come together are told together.
const TOGETHER: Duration = Duration::from_millis(100);

pub(super) async fn machines(hub: &Hub, after: Option<AgentId>) -> Result<Reply, Fault> {
    // Before reading: what changes meanwhile is told once more, never missed.
    let mark = hub.changes.mark();
    let now = hub.clock.wall();
    let (records, more) = hub.store(move |store| store.machines_after(after, PAGE, now)).await?;
    let rows = rows(hub, records);
    Ok(Reply::Machines(MachinePage { rows, more, mark }))
}

/// Waits until something has changed since, or for a while.
pub(super) async fn wait(hub: &Hub, since: Mark, wait_s: u8) {
    let mut bell = hub.changes.bell();
    let rings = async {
        while hub.changes.since(since, 1) == Since::Nothing {
            if bell.changed().await.is_err() {
                return;
            }
        }
        tokio::time::sleep(TOGETHER).await;
    };
    let _ = timeout(Duration::from_secs(u64::from(wait_s.min(LONGEST_S))), rings).await;
}

pub(super) async fn news(hub: &Hub, since: Mark) -> Result<Reply, Fault> {
    let (mark, all, agents) = match hub.changes.since(since, PAGE) {
        Since::Nothing => (since, false, Vec::new()),
        Since::Everything(mark) => (mark, true, Vec::new()),
        Since::These(agents, mark) => (mark, false, agents),
    };
    let (asked, now) = (agents.clone(), hub.clock.wall());
    let records = hub.store(move |store| store.machines_of(&asked, now)).await?;
    let rows = rows(hub, records);
    let here: HashSet<AgentId> = rows.iter().map(|row| row.agent).collect();
    let gone = agents.into_iter().filter(|agent| !here.contains(agent)).collect();
    Ok(Reply::News(MachineNews { mark, all, rows, gone }))
}

pub(super) async fn machine(hub: &Hub, agent: AgentId) -> Result<Reply, Fault> {
    let now = hub.clock.wall();
    let read = hub.store(move |store| {
        let Some(record) = store.machines_of(&[agent], now)?.pop() else { return Ok(None) };
        let most = u32::try_from(RECENT).unwrap_or(u32::MAX);
        Ok(Some((record, store.approved_by(agent)?, store.sessions(agent)?, store.offers(agent, most)?)))
    });
    let (record, approved, sessions, offers) = read.await?.ok_or(Fault::Code(FaultCode::NotFound))?;
    let sessions = sessions.iter().rev().take(RECENT).map(session).collect();
    let row = rows(hub, vec![record]).pop().ok_or(Fault::Code(FaultCode::NotFound))?;
    Ok(Reply::Machine(Box::new(MachineDetail {
        row,
        approved,
        sessions,
        offers,
        program: hub.releases.word(agent),
    })))
}

pub(super) async fn people(hub: &Hub) -> Result<Reply, Fault> {
    let people = hub.store(|store| store.people()).await?;
    let online: HashSet<_> = hub.presence().members().into_iter().collect();
    let people = people.into_iter().map(|row| PersonLine {
        online: online.contains(&row.person),
        person: row.person,
        name: row.name,
        roles: row.roles,
        locked: row.locked,
        last_seen: row.last_seen,
    });
    Ok(Reply::People(people.collect()))
}

pub(super) async fn contracts(hub: &Hub, after: Option<ContractId>) -> Result<Reply, Fault> {
    let now = hub.clock.wall();
    let read = hub.store(move |store| store.contracts_after(after.as_ref(), PAGE, now));
    let (contracts, more) = read.await?;
    let rows = contracts.iter().map(|(contract, machines)| line(contract, *machines, &hub.rules, now));
    Ok(Reply::Contracts(ContractPage { rows: rows.collect(), more }))
}

fn rows(hub: &Hub, records: Vec<MachineRecord>) -> Vec<MachineRow> {
    let now = hub.clock.wall();
    let presence = hub.presence();
    records
        .into_iter()
        .map(|record| {
            let online = presence.agent(record.row.id).is_some();
            row(record, online, &hub.rules, now)
        })
        .collect()
}

fn row(record: MachineRecord, online: bool, rules: &Rules, now: UnixSeconds) -> MachineRow {
    let MachineRecord { row, coverage, contract, papers } = record;
    MachineRow {
        agent: row.id,
        facts: row.facts,
        client: row.client,
        contract: row.contract,
        spki: row.spki,
        approved: row.standing == AgentStanding::Approved,
        online,
        last_seen: row.last_seen,
        standing: standing::of(&contract, &papers, rules, now),
        coverage: match coverage {
            Coverage::Covered => CoverageState::Covered,
            Coverage::NeedsRemediation => CoverageState::NeedsRemediation,
            Coverage::OtherEstablishment => CoverageState::OtherEstablishment,
            Coverage::OffTheList => CoverageState::OffTheList,
        },
    }
}

fn session(row: &SessionRow) -> SessionLine {
    let mut granted = (Capabilities::none(), None);
    let mut ended = None;
    for (at, step) in &row.steps {
        match step {
            SessionStep::Asked => {}
            SessionStep::Granted(capabilities) => granted = (*capabilities, Some(*at)),
            SessionStep::Ended(reason) => ended = Some((*at, *reason)),
        }
    }
    let lasted = match (granted.1, ended) {
        (Some(from), Some((to, _))) => to.0.saturating_sub(from.0),
        _ => 0,
    };
    SessionLine {
        session: row.id,
        at: row.at,
        technician: row.technician.clone(),
        category: row.request.category,
        reference: row.request.reference.clone(),
        granted: granted.0,
        duration_s: u32::try_from(lasted).unwrap_or(0),
        ended: ended.map(|(_, reason)| reason),
    }
}
