//! What was true when a session began and no longer is: looked at every second while sessions run.
//!
//! A lock is cut at once by the call that sets it. This finds what other programs wrote into the record (the command line on the
//! relay's host), and sessions whose time is over without anybody having said so.

use std::sync::Arc;
use std::time::Duration;

use aval_protocol::wire::codes::EndReason;
use tokio::time::sleep;

use crate::gate::hours;
use crate::hub::{How, Hub};
use crate::records::{AgentStanding, RecordFacts};

const EVERY: Duration = Duration::from_secs(1);

/// Looks until it is dropped.
pub(crate) async fn run(hub: Arc<Hub>) {
    let mut day = hours::day(hub.clock.wall());
    let mut foreign = None;
    loop {
        sleep(EVERY).await;
        let (now, wall) = (hub.clock.monotonic(), hub.clock.wall());
        // Contracts begin and end at midnight; the command line on the relay's host writes past this process.
        let found = hub.store(|store| store.foreign_changes()).await.ok();
        if hours::day(wall) != day || (found.is_some() && foreign.is_some() && found != foreign) {
            hub.changes.everything();
        }
        (day, foreign) = (hours::day(wall), found.or(foreign));
        // Keeps the watch on the clock going, so that a jump is seen when it happens.
        let _ = hub.clock_doubt();
        let mut over = Vec::new();
        let mut running = Vec::new();
        {
            let mut broker = hub.broker();
            for session in broker.which(|_| true) {
                let Some(it) = broker.get(session) else { continue };
                match it.overdue(now, wall) {
                    Some(reason) => over.push((session, reason)),
                    None => running.push((session, it.ticket.technician.clone(), it.ticket.request.agent)),
                }
            }
        }
        for (session, reason) in over {
            hub.end(session, reason, How::Orderly, None);
        }
        for (session, technician, agent) in running {
            // A record that can't be read now refuses new sessions; it does not throw people out of theirs.
            let facts = hub.store(move |store| store.facts_for(&technician, agent, wall)).await;
            if facts.is_ok_and(|(facts, _)| cuts(&facts)) {
                hub.end(session, EndReason::SecurityCut, How::Cut, None);
            }
        }
    }
}

/// Whether what the record says now cuts a session that runs: security only. A suspension, an end, another list or coverage is for the
/// next session; an invoice is nobody's business here.
pub(crate) fn cuts(facts: &RecordFacts) -> bool {
    facts.technician_locked || facts.quarantined || facts.agent != AgentStanding::Approved
}

#[cfg(test)]
mod tests;
