//! One question to a relay of the firm outside the standing line, and what each way to fail means.

use std::collections::VecDeque;
use std::time::Duration;

use aval_protocol::firm::Profile;
use aval_protocol::wire::enrol::Call;
use aval_protocol::wire::link::Farewell;
use aval_protocol::wire::machine::MachineReply;
use aval_transport::Clock;
use tokio::time::timeout;

use super::EnrolError;
use crate::link::dial::Dialer;
use crate::link::greet::{Greeted, greet};
use crate::link::trust::Relays;
use crate::link::{self, LinkError};
use crate::service::relay_clock::RelayClock;

/// The relay writes one record; a slow disk has that long.
const PATIENCE: Duration = Duration::from_secs(15);
/// Addresses a relay may send a machine to, all in all.
const MAX_REDIRECTED: usize = 8;

/// What a connection takes.
pub(crate) struct Line<'a> {
    pub(crate) dialer: &'a Dialer,
    pub(crate) trust: &'a Relays,
    pub(crate) clock: &'a Clock,
    pub(crate) boot: [u8; 16],
}

impl Line<'_> {
    /// Asks the first relay that proves to be the firm's. Its answer, and by how many seconds this PC's clock is wrong, if it is.
    pub(crate) async fn ask(
        &self,
        relays: &[String],
        firm: &Profile,
        call: Call,
    ) -> Result<(MachineReply, Option<i64>), EnrolError> {
        let mut queue: VecDeque<String> = relays.iter().cloned().collect();
        let mut redirected = 0;
        let mut tried = Vec::new();
        while let Some(relay) = queue.pop_front() {
            tracing::info!(relay, "asking the relay");
            match greet(self.dialer, self.trust, &relay, self.boot).await {
                Ok(line) => {
                    let off = RelayClock::default().welcome(self.clock, line.relay_time, line.clock_doubt);
                    return self.call(line, firm, call).await.map(|reply| (reply, off));
                }
                Err(LinkError::Farewell(_, Farewell::TooOld { .. })) => return Err(EnrolError::TooOld),
                Err(LinkError::Farewell(_, Farewell::Restarting { reconnect_in_s, .. })) => {
                    return Err(EnrolError::Restarting { in_s: reconnect_in_s });
                }
                Err(LinkError::Farewell(why, Farewell::Redirect { to, .. })) => {
                    tried.push((relay, why));
                    let to: Vec<_> = to.into_iter().take(MAX_REDIRECTED - redirected).collect();
                    redirected += to.len();
                    to.into_iter().rev().for_each(|other| queue.push_front(other));
                }
                Err(error) => tried.push((relay, error.to_string())),
            }
        }
        Err(EnrolError::Unreachable { tried, firm: firm.clone() })
    }

    async fn call(&self, line: Greeted, firm: &Profile, call: Call) -> Result<MachineReply, EnrolError> {
        let interrupted = |why: String| EnrolError::Interrupted { why, firm: firm.clone() };
        let asked = timeout(PATIENCE, link::call::call(&line.connection, call)).await;
        asked.unwrap_or_else(|late| Err(late.to_string())).map_err(interrupted)
    }
}
