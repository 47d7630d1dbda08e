//! Drives the inventory: reads on a thread that may block, speaks over whatever line there is, keeps what waits for one on disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aval_protocol::wire::inventory::{InventoryDown, Section, SectionKind};
use aval_protocol::wire::link::Uplink;
use aval_transport::{Clock, Random};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::inventory::Collect;
use crate::inventory::changes::Changes;
use crate::inventory::sync::{Errand, Sync};
use crate::state::{aside, replace};

/// What the service tells of the line.
#[derive(Debug)]
pub(super) enum Line {
    /// There is one.
    Up(mpsc::Sender<Uplink>),
    /// There is none any more.
    Down,
    /// What this machine is to the firm.
    Standing(Stands),
    /// A word of the relay about the inventory.
    Heard(InventoryDown),
}

/// Whether an inventory is any of the firm's business.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stands {
    Approved,
    Pending,
    Unknown,
}

/// Works until nobody tells it of the line any more.
pub(super) async fn run(
    collect: Arc<dyn Collect>,
    clock: Clock,
    random: Random,
    file: PathBuf,
    mut line: mpsc::Receiver<Line>,
) {
    let mut sync = Sync::new(clock.monotonic(), random.number(), kept(&file));
    let (tell, mut plugged) = mpsc::channel(1);
    // One event that waits to be heard is enough.
    collect.watch(Box::new(move || !matches!(tell.try_send(()), Err(TrySendError::Closed(())))));
    let mut uplink: Option<mpsc::Sender<Uplink>> = None;
    let mut readings: JoinSet<Vec<Section>> = JoinSet::new();
    loop {
        while let Some(errand) = sync.poll() {
            let (collect, now) = (Arc::clone(&collect), clock.wall());
            match errand {
                Errand::CollectAll => {
                    readings.spawn_blocking(move || collect.all(now));
                }
                Errand::CollectHealth => {
                    readings.spawn_blocking(move || vec![collect.section(SectionKind::Health, now)]);
                }
                Errand::Keep => {
                    if let Err(error) = replace(&file, &sync.changes().written()) {
                        tracing::warn!(%error, "what changed of the inventory is not on disk");
                    }
                }
                Errand::Say(word) => {
                    // A word that finds no room is asked for again.
                    if let Some(uplink) = &uplink
                        && uplink.try_send(Uplink::Inventory(word)).is_err()
                    {
                        tracing::debug!("the relay takes no more words of the inventory");
                    }
                }
            }
        }
        let due = sync.poll_timeout().map(|at| at.saturating_duration_since(clock.monotonic()));
        tokio::select! {
            biased;
            told = line.recv() => {
                let Some(told) = told else { return };
                let now = clock.monotonic();
                match told {
                    Line::Up(to_relay) => uplink = Some(to_relay),
                    Line::Down => {
                        uplink = None;
                        sync.offline();
                    }
                    Line::Standing(Stands::Approved) => sync.approved(now, random.number()),
                    Line::Standing(Stands::Pending) => sync.pending(),
                    Line::Standing(Stands::Unknown) => sync.offline(),
                    Line::Heard(word) => sync.heard(now, word),
                }
            }
            Some(read) = readings.join_next() => {
                let sections = read.inspect_err(|error| tracing::error!(%error, "a reading failed"));
                sync.collected(clock.monotonic(), sections.unwrap_or_default());
            }
            Some(()) = plugged.recv() => sync.plugged(clock.monotonic()),
            () = sleep(due.unwrap_or_default()), if due.is_some() => sync.tick(clock.monotonic()),
        }
    }
}

/// What waits on disk; a file that does not hold is kept aside, and what of it holds is told.
fn kept(file: &Path) -> Changes {
    let Ok(bytes) = std::fs::read(file) else { return Changes::default() };
    let (changes, broken) = Changes::read(&bytes);
    if broken > 0 || changes == Changes::default() {
        let aside = aside(file, "damaged");
        tracing::warn!(broken, kept = %aside.display(), "what waited to be told of the inventory is damaged");
        if let Err(error) = std::fs::rename(file, aside) {
            tracing::warn!(%error, "it can't be kept aside");
        }
    }
    if changes.lost() > 0 {
        tracing::info!(
            lost = changes.lost(),
            "changes of the inventory found no room while there was no line"
        );
    }
    changes
}
