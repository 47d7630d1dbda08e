//! The person's yes to one return after a restart, between the engine and the disk (clause 4.3).

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::promise::{LONGEST_S, Moment, Promise};
use aval_protocol::wire::session::{Capabilities, Ticket};

use super::drive::Run;

impl Run {
    /// The one that is kept and may still hold, with the moment it is to be judged at. A wrong clock is a doubt: then there is none.
    pub(super) fn kept(&self) -> Option<(Promise, Moment)> {
        let promise = self.driver.home.promise(&self.driver.signer)?;
        let now = self.moment()?;
        if self.status.clock_off_s.is_some() || promise.is_in_time(&now).is_err() {
            tracing::info!("a return was allowed, and is void");
            self.driver.home.forget_promise();
            return None;
        }
        Some((promise, now))
    }

    /// Keeps it from now on.
    pub(super) fn keep_promise(&self, ticket: &Ticket, capabilities: Capabilities) {
        let (Some(made), Ok(nonce)) = (self.moment(), self.driver.random.bytes()) else {
            return tracing::error!("this machine does not know how long it has been up: no return is kept");
        };
        let promise = Promise {
            session: ticket.session,
            agent_key: ticket.agent_key,
            technician: ticket.technician.clone(),
            technician_key: ticket.technician_key,
            contract: ticket.contract.clone(),
            capabilities,
            made,
            for_s: LONGEST_S,
            nonce,
        };
        if let Err(error) = self.driver.home.keep_promise(&self.driver.signer, &promise) {
            tracing::error!(%error, "a return that the person allowed cannot be kept");
        }
    }

    /// Now, by everything this machine knows.
    fn moment(&self) -> Option<Moment> {
        let wall: UnixSeconds = self.driver.clock.wall();
        Some(Moment { wall, boot: self.driver.boot, up_s: self.driver.clock.up()?.as_secs() })
    }
}
