//! What a relay asks of a machine beside sessions: to take note of a bulletin of the firm, and to measure the line.

use std::time::Instant;

use aval_protocol::firm::SignedBulletin;
use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::codes::CloseCode;

use super::{MEASUREMENTS, Run};
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
