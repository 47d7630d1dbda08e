//! Whether the relay at the other end is the firm's, at a moment that can be believed.
//!
//! The handshake lets a relay through whose certificate is wrong in nothing but time, because this PC's clock may be the one that is
//! wrong. Then the relay's own time decides, and nothing else it says is believed before.

use std::sync::Arc;

use aval_protocol::firm::tls::{self, RelayTrust};
use aval_protocol::firm::{Firm, Member, Signer, TrustError};
use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::codes::CloseCode;
use aval_transport::Clock;
use quinn::{Connection, VarInt};
use rustls::time_provider::TimeProvider;
use rustls_pki_types::{CertificateDer, UnixTime};

/// The firm's relays, as an agent judges them.
#[derive(Clone, Debug)]
pub struct Relays {
    trust: RelayTrust,
    clock: Clock,
}

/// A relay that is the firm's by one of the two clocks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// By this PC's.
    Good(Member),
    /// Not by this PC's clock: ask the relay what time it is, and judge again.
    Doubt,
}

/// This program's clock as TLS asks it.
#[derive(Debug)]
pub(crate) struct Time(pub(crate) Clock);

// === impl Relays

impl Relays {
    /// The relays of this firm.
    pub fn new(firm: Firm, clock: Clock) -> Self {
        Self { trust: RelayTrust::new(firm), clock }
    }

    /// What a connection to them is made with.
    ///
    /// # Errors
    /// [`TrustError`] when the own key is of no use.
    pub fn tls(&self, own: &Signer) -> Result<rustls::ClientConfig, TrustError> {
        tls::client_config(own, self.trust.clone(), Arc::new(Time(self.clock.clone())))
    }

    /// What a connection to whoever answers is made with, to ask for the firm's file and nothing else. Nothing is said of this machine:
    /// the key is made for it.
    pub(crate) fn meeting(&self) -> Result<rustls::ClientConfig, TrustError> {
        tls::meeting_config(&Signer::generate()?, Arc::new(Time(self.clock.clone())))
    }

    /// Judges by this PC's clock.
    ///
    /// # Errors
    /// Any [`TrustError`] that no other moment would mend.
    pub fn judge(&self, connection: &Connection) -> Result<Verdict, TrustError> {
        match self.trust.judge_certs(&certificates(connection), self.clock.wall()) {
            Ok(member) => Ok(Verdict::Good(member)),
            Err(TrustError::Expired | TrustError::NotYetValid) => Ok(Verdict::Doubt),
            Err(error) => Err(error),
        }
    }

    /// Whether the firm's bulletin revokes the relay at the other end, or the key that certified it.
    pub(crate) fn revoked(&self, connection: &Connection) -> bool {
        let verdict = self.trust.judge_certs(&certificates(connection), self.clock.wall());
        verdict == Err(TrustError::Revoked)
    }

    /// Where the firm's bulletin says that its relays are.
    pub(crate) fn listed(&self) -> Vec<String> {
        self.trust.firm().bulletin().map_or_else(Vec::new, |bulletin| bulletin.relays.clone())
    }

    /// Judges by the relay's own clock.
    ///
    /// # Errors
    /// Any [`TrustError`]: then it is no relay of the firm, or one that was.
    pub fn judge_at(&self, connection: &Connection, relay_time: UnixSeconds) -> Result<Member, TrustError> {
        self.trust.judge_certs(&certificates(connection), relay_time)
    }
}

/// Closes a connection with a word.
pub(crate) fn close(connection: &Connection, code: CloseCode) {
    connection.close(VarInt::from_u32(u32::from(code.number())), code.label().as_bytes());
}

/// Whether two connections lead to the same key.
pub(crate) fn same_peer(one: &Connection, other: &Connection) -> bool {
    let (one, other) = (certificates(one), certificates(other));
    !one.is_empty() && one == other
}

/// The certificates that the other end showed; none if the handshake was none.
fn certificates(connection: &Connection) -> Vec<CertificateDer<'static>> {
    connection
        .peer_identity()
        .and_then(|identity| identity.downcast::<Vec<CertificateDer<'static>>>().ok())
        .map_or(Vec::new(), |certificates| *certificates)
}

impl TimeProvider for Time {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(self.0.wall_precise()))
    }
}
