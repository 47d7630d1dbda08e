//! What a relay asks of a machine beside sessions: to take note of the firm's bulletin and of its roots, and to measure the line.

use std::time::Instant;

use aval_protocol::firm::{SignedBulletin, SignedSuccession};
use aval_protocol::id::UnixSeconds;
use aval_protocol::journal::{Event, Told};
use aval_protocol::wire::codes::CloseCode;

use super::{MEASUREMENTS, Run};
use crate::keep::{self, JOURNAL};
use crate::link::trust::close;
use crate::measure;

impl Run {
    /// A relay that holds a newer bulletin back changes nothing of what is known here; an older one is not taken.
    pub(super) fn bulletin(&mut self, now: Instant, wall: UnixSeconds, signed: &SignedBulletin) {
        if !self.driver.home.learn(self.driver.engine.firm(), signed) {
            return;
        }
        self.driver.engine.revoked(now, wall);
        if let Some(up) = self.up.as_ref().filter(|up| self.driver.trust.revoked(&up.connection)) {
            tracing::warn!("the firm revoked this relay: another one is looked for");
            close(&up.connection, CloseCode::Revoked);
        }
    }

    /// Follows the firm's roots by their own words, whoever shows them.
    pub(super) fn successions(&mut self, all: &[SignedSuccession]) {
        if !self.driver.home.follow(self.driver.engine.firm(), all).is_empty() {
            self.tell_roots();
        }
    }

    /// Writes down each succession that the journal does not tell yet: also one that a crash came behind. What the firm's file said when
    /// this PC was attached is no news.
    pub(super) fn tell_roots(&mut self) {
        let firm = self.driver.engine.firm();
        let pinned = firm.root_key_id();
        let followed = firm.succeeded().into_iter().skip_while(|it| it.old != pinned);
        let mut untold: Vec<_> = followed.collect();
        if untold.is_empty() {
            return;
        }
        let path = self.driver.home.path(JOURNAL);
        let read = keep::read(&path, self.driver.signer.spki(), |entry| {
            if let Told::Known(Event::RootSucceeded { number, .. }) = entry.told() {
                untold.retain(|it| it.number != number);
            }
        });
        if let Err(error) = read {
            tracing::error!(%error, "the journal cannot be read");
            return;
        }
        for it in untold {
            tracing::warn!(old = %it.old, new = %it.new, "the firm’s root was succeeded by another one, as both signed");
            let event = Event::RootSucceeded { number: it.number, old: it.old, new: it.new };
            let (_, wall) = self.times();
            if let Err(error) = self.driver.keep.append(&self.driver.signer, wall, &event) {
                tracing::error!(%error, "the journal cannot be written; the next start tries again");
            }
        }
        self.tell_head();
    }

    pub(super) fn measure(&mut self, token: u64) {
        let Some(up) = self.up.as_ref().filter(|_| self.measurements.len() < MEASUREMENTS) else { return };
        let (dialer, address) = (self.driver.dialer.clone(), up.connection.remote_address());
        let clock = self.driver.clock.clone();
        self.measurements.spawn(async move {
            match dialer.dial_address(address).await {
                Ok(connection) => {
                    if let Err(error) = measure::run(connection, token, clock).await {
                        tracing::info!(%error, "the line was not measured");
                    }
                }
                Err(error) => tracing::info!(%error, "the line was not measured"),
            }
        });
    }
}
