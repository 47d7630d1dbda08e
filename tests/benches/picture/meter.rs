//! What went over the technician's line between two moments, and what it cost the agent.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;
use aval_console::session::view::View;
use aval_tests::figures::{Cost, now};

/// Reads the meters of one session.
pub(crate) struct Meter {
    /// Bytes of UDP payload that the technician's program received.
    pub(crate) received: Arc<AtomicU64>,
    /// Its picture.
    pub(crate) view: View,
    /// The agent's two processes: the one that looks, the one that seals.
    pub(crate) agent: [u32; 2],
}

/// What a scene cost.
pub(crate) struct Spent {
    took: Duration,
    bytes: u64,
    updates: u32,
    cpu: [Duration; 2],
    /// What each of these was, if there were any: a key, a notch.
    per: Option<(&'static str, u32)>,
}

impl Meter {
    /// Runs a scene and reads the meters before and after.
    pub(crate) async fn during(
        &self,
        per: Option<(&'static str, u32)>,
        scene: impl Future<Output = Result<()>>,
    ) -> Result<Spent> {
        let (begun, bytes, updates, cpu) = (now(), self.bytes(), self.view.seq(), self.cpu()?);
        scene.await?;
        let spent = self.cpu()?;
        Ok(Spent {
            took: now() - begun,
            bytes: self.bytes() - bytes,
            updates: self.view.seq() - updates,
            cpu: [spent[0] - cpu[0], spent[1] - cpu[1]],
            per,
        })
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    fn cpu(&self) -> Result<[Duration; 2]> {
        Ok([Cost::of(self.agent[0])?.cpu, Cost::of(self.agent[1])?.cpu])
    }
}

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.took.as_secs_f64();
        let share = |cpu: Duration| 100.0 * cpu.as_secs_f64() / seconds;
        write!(
            f,
            "{} updates in {seconds:.1} s, {:.0} B each, {:.1} kB/s",
            self.updates,
            self.bytes as f64 / f64::from(self.updates.max(1)),
            self.bytes as f64 / seconds / 1000.0,
        )?;
        if let Some((what, count)) = self.per {
            write!(f, ", {:.0} B a {what}", self.bytes as f64 / f64::from(count))?;
        }
        let [looks, seals] = self.cpu.map(share);
        write!(f, "; agent {looks:.1} % of a core to look and encode, {seals:.1} % to seal and send")
    }
}
