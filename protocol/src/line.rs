//! The measurement of an agent's line: both ends as machines without socket or clock.
//!
//! The relay begins; the agent begins when the first packet reaches it. Each end sends numbered packets and counts the other's: a few
//! quiet ones, a load that grows until the line is full (its arrivals give the rate), quiet ones again to the end (they give
//! the loss: what the load itself made overflow does not count). Every packet carries what its sender has seen so far, so that
//! nothing must be delivered reliably within two seconds on a line that may lose a quarter.

pub mod estimate;
mod receiver;
mod sender;

use std::time::{Duration, Instant};

use receiver::{Receiver, micros};
use sender::Sender;

use crate::id::UnixSeconds;
use crate::wire::WireError;
use crate::wire::probe::{Echo, PACKET, PacketKind, ProbePacket, Seen};
use crate::wire::record::LineFacts;

/// From the relay's first packet to the result, at most.
pub const DURATION: Duration = Duration::from_secs(2);
/// Most bytes each way, IP and UDP headers and QUIC's acknowledgements included.
pub const BUDGET: u64 = 512 * 1024;
/// The top of the scale, kbit/s: a rate of this much means "at least".
pub const TOP_KBIT: u32 = 20_000;

/// A load packet on the line: [`PACKET`] and what QUIC, UDP and IP add.
const WIRE: u32 = 1160;
const _: () = assert!(WIRE as usize == PACKET + 32 + 28);
/// What of [`BUDGET`] the load may take; the rest is for quiet packets and acknowledgements.
const LOAD_BUDGET: u32 = 400_000;
/// Quiet packets before the load.
const LEAD: u32 = 10;
/// Quiet packets in all, at most.
const QUIET_MOST: u32 = 360;
/// With this many quiet packets counted both ways the result is good enough to stop early.
const ENOUGH: u16 = 200;

/// One end of a measurement.
#[derive(Debug)]
pub struct End {
    relay: bool,
    began: Instant,
    /// When this end stops sending; the relay's result is due then.
    until: Option<Instant>,
    over: bool,
    sender: Sender,
    receiver: Receiver,
    peer: Option<Seen>,
    rtt: Option<Duration>,
}

/// Why a line could not be measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LineError {
    /// Nothing came from the agent.
    #[error(
        "the agent sent no packet of the measurement: its line, or a firewall on it, lets no UDP datagrams through"
    )]
    Silent,
    /// Too little came to know a rate in each direction.
    #[error("too little came through to measure the line: try again, or help by phone")]
    TooLittle,
}

impl End {
    /// The relay's end: sends from now on.
    pub fn relay(now: Instant) -> Self {
        Self { relay: true, until: Some(now + DURATION), ..Self::agent(now) }
    }

    /// The agent's end: waits for the relay's first packet.
    pub fn agent(now: Instant) -> Self {
        Self {
            relay: false,
            began: now,
            until: None,
            over: false,
            sender: Sender::new(now),
            receiver: Receiver::new(now),
            peer: None,
            rtt: None,
        }
    }

    /// Takes a datagram. `volume`: bytes received on this connection so far, this datagram's and all headers included.
    ///
    /// # Errors
    /// [`WireError`] when it is none of the measurement: the peer is at fault, the measurement goes on without it.
    pub fn handle_packet(&mut self, now: Instant, bytes: &[u8], volume: u64) -> Result<(), WireError> {
        let packet = ProbePacket::decode(bytes)?;
        if self.until.is_none() {
            let elapsed = Duration::from_micros(packet.sent_us.into()).min(DURATION);
            *self = Self { until: Some(now + (DURATION - elapsed)), ..Self::agent(now) };
        }
        self.receiver.handle(now, &packet, volume);
        self.sender.handle_seen(packet.seen);
        self.peer = Some(packet.seen);
        if let Some(echo) = packet.echo {
            self.handle_echo(now, echo);
        }
        Ok(())
    }

    fn handle_echo(&mut self, now: Instant, Echo { sent_us, held_us }: Echo) {
        let sent = self.began + Duration::from_micros(sent_us.into());
        // Sent in the future, or held before it was sent: a lie, and ignored.
        let under_way = now
            .checked_duration_since(sent)
            .and_then(|t| t.checked_sub(Duration::from_micros(held_us.into())));
        if let Some(rtt) = under_way {
            let least = self.rtt.map_or(rtt, |least| least.min(rtt));
            self.rtt = Some(least);
            self.sender.handle_echo(sent, least);
        }
    }

    /// The next datagram to send now, if one is due. Ask until there is none.
    pub fn poll_transmit(&mut self, now: Instant) -> Option<Vec<u8>> {
        self.over = self.until.is_some_and(|until| now >= until);
        if self.over || self.until.is_none() {
            return None;
        }
        let (kind, seq) = self.sender.poll_transmit(now)?;
        let packet = ProbePacket {
            kind,
            seq,
            sent_us: micros(now.saturating_duration_since(self.began)),
            echo: self.receiver.echo(now),
            seen: self.receiver.seen(now),
        };
        packet.encode(if kind == PacketKind::Quiet { 0 } else { PACKET }).ok()
    }

    /// When to ask again although nothing came.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let until = self.until.filter(|_| !self.over)?;
        Some(self.sender.poll_timeout().map_or(until, |next| next.min(until)))
    }

    /// The relay's result, once there is one: when both ends have seen enough, or when the time is up.
    pub fn poll_result(&mut self, now: Instant, wall: UnixSeconds) -> Option<Result<LineFacts, LineError>> {
        let up = self.receiver.seen(now);
        let enough = |seen: Seen| seen.settled && seen.of >= ENOUGH && seen.rate_kbit > 0;
        let due = self.until.is_some_and(|until| now >= until);
        if !self.relay || !(due || (enough(up) && self.peer.is_some_and(enough))) {
            return None;
        }
        Some(self.result(up, wall))
    }

    fn result(&self, up: Seen, wall: UnixSeconds) -> Result<LineFacts, LineError> {
        if !self.receiver.heard() {
            return Err(LineError::Silent);
        }
        let (Some(down), Some(rtt)) = (self.peer, self.rtt) else { return Err(LineError::TooLittle) };
        if down.rate_kbit == 0 || up.rate_kbit == 0 {
            return Err(LineError::TooLittle);
        }
        let lost = |seen: Seen| (u32::from(seen.of.saturating_sub(seen.got)), u32::from(seen.of));
        let (loss, low) = estimate::loss(lost(down), lost(up));
        Ok(LineFacts {
            measured_at: wall,
            rtt_ms: u32::try_from(rtt.as_millis()).unwrap_or(u32::MAX),
            // What an agent claims of its own line is bounded by what was sent.
            down_kbit: down.rate_kbit.min(self.sender.fastest_kbit()).min(TOP_KBIT),
            up_kbit: up.rate_kbit.min(TOP_KBIT),
            loss_permille: permille(loss),
            loss_low_permille: permille(low),
        })
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share is 0 to 1")]
fn permille(share: f64) -> u16 {
    (share * 1000.0).round() as u16
}

#[cfg(test)]
mod tests;
