//! Consent as the threads that make system calls see it: one living epoch, its rights, the banner's lease, the granted time.
//!
//! Whoever captures or injects asks [`Guard::allows`] immediately before each frame handed over and each event. Stopping is one
//! store; no lock, no queue and no network stands between the person's click and the last thing seen or moved.

use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aval_protocol::id::Epoch;
use aval_protocol::wire::session::Capabilities;

/// A banner that has not been heard of for that long is gone: two beats of 250 ms.
pub const LEASE: Duration = Duration::from_millis(500);
/// How long a grant without a lease waits, closed, for the banner to come back before it ends. A PC so busy that a banner misses
/// two beats is common; nothing is seen or moved meanwhile.
pub const GRACE: Duration = Duration::from_millis(2500);

/// The technician's hands stand still for so long after each move of the person's.
pub const PERSON_FIRST: Duration = Duration::from_secs(1);

/// No epoch lives. The first real one is 1.
const NONE: u64 = 0;

/// The living grant, shared by all threads of the session process.
#[derive(Debug)]
pub struct Guard {
    origin: Instant,
    living: AtomicU64,
    /// Whoever joined: they see while the first does, and move nothing.
    joined: AtomicU64,
    joined_ends: AtomicU64,
    highest: AtomicU64,
    capabilities: AtomicU16,
    lease_until: AtomicU64,
    ends_at: AtomicU64,
    frozen: AtomicBool,
    person_until: AtomicU64,
    masked: AtomicBool,
    curtain: AtomicU64,
}

/// Why a frame or an event is void.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Void {
    /// Its epoch is not the living one.
    #[error("EPOCH")]
    Epoch,
    /// The banner has not been heard of in time.
    #[error("LEASE")]
    Lease,
    /// The granted time is over.
    #[error("EXPIRED")]
    Expired,
    /// The person did not grant that.
    #[error("CAPABILITY")]
    Capability,
    /// A question is on the screen: only the person's own hands may answer.
    #[error("PROMPT_UP")]
    Frozen,
    /// The person moves the mouse or types: theirs come first.
    #[error("PERSON_ACTS")]
    PersonActs,
    /// The person types a password: nothing is seen or moved.
    #[error("MASKED")]
    Masked,
}

// === impl Guard

impl Guard {
    /// Nothing granted. `origin` is any moment before all others.
    pub fn new(origin: Instant) -> Self {
        Self {
            origin,
            living: AtomicU64::new(NONE),
            joined: AtomicU64::new(NONE),
            joined_ends: AtomicU64::new(0),
            highest: AtomicU64::new(NONE),
            capabilities: AtomicU16::new(0),
            lease_until: AtomicU64::new(0),
            ends_at: AtomicU64::new(0),
            frozen: AtomicBool::new(false),
            person_until: AtomicU64::new(0),
            masked: AtomicBool::new(false),
            curtain: AtomicU64::new(0),
        }
    }

    /// The grant lives from now on: its banner is on the screen. `false`, and nothing lives, unless the epoch is newer than any before.
    pub fn begin(&self, now: Instant, epoch: Epoch, capabilities: Capabilities, length: Duration) -> bool {
        self.living.store(NONE, Ordering::SeqCst);
        self.part();
        if epoch.0 <= self.highest.load(Ordering::SeqCst) {
            return false;
        }
        self.highest.store(epoch.0, Ordering::SeqCst);
        self.mask(false);
        self.capabilities.store(capabilities.bits(), Ordering::SeqCst);
        self.lease_until.store(self.ms(now + LEASE), Ordering::SeqCst);
        self.ends_at.store(self.ms(now + length), Ordering::SeqCst);
        self.living.store(epoch.0, Ordering::SeqCst);
        true
    }

    /// The line is back: the grant that was stopped lives again, under a newer epoch, as long as before at most. The banner's lease is
    /// what it is: a banner that has gone quiet meanwhile keeps everything closed. `false`, and nothing lives, unless the epoch is newer.
    pub fn resume(&self, now: Instant, epoch: Epoch, capabilities: Capabilities, ends_at: Instant) -> bool {
        self.living.store(NONE, Ordering::SeqCst);
        if epoch.0 <= self.highest.load(Ordering::SeqCst) || now >= ends_at {
            return false;
        }
        self.highest.store(epoch.0, Ordering::SeqCst);
        self.capabilities.fetch_and(capabilities.bits(), Ordering::SeqCst);
        self.ends_at.fetch_min(self.ms(ends_at), Ordering::SeqCst);
        self.living.store(epoch.0, Ordering::SeqCst);
        true
    }

    /// The grant goes on under a newer epoch with these rights, which whoever calls has seen the person agree to, as long as before at
    /// most. The banner's lease is what it is. `false`, and nothing lives, unless the epoch is newer.
    pub fn turn(&self, now: Instant, epoch: Epoch, capabilities: Capabilities, ends_at: Instant) -> bool {
        self.living.store(NONE, Ordering::SeqCst);
        self.capabilities.store(capabilities.bits(), Ordering::SeqCst);
        self.resume(now, epoch, capabilities, ends_at)
    }

    /// A second technician, whom the banner names, sees what the first sees, for so long at most. `false`, and they see nothing, unless a
    /// grant lives and the epoch is newer than any before.
    pub fn join(&self, now: Instant, epoch: Epoch, length: Duration) -> bool {
        self.part();
        if self.living().is_none() || epoch.0 <= self.highest.load(Ordering::SeqCst) {
            return false;
        }
        self.highest.store(epoch.0, Ordering::SeqCst);
        self.joined_ends.store(self.ms(now + length), Ordering::SeqCst);
        self.joined.store(epoch.0, Ordering::SeqCst);
        true
    }

    /// Whoever joined sees nothing any more.
    pub fn part(&self) {
        self.joined.store(NONE, Ordering::SeqCst);
    }

    /// The banner is still on the screen.
    pub fn beat(&self, now: Instant) {
        self.lease_until.fetch_max(self.ms(now + LEASE), Ordering::SeqCst);
    }

    /// Nothing lives any more. The epoch that did.
    pub fn stop(&self) -> Option<Epoch> {
        match self.living.swap(NONE, Ordering::SeqCst) {
            NONE => None,
            epoch => Some(Epoch(epoch)),
        }
    }

    /// Rights of the living grant only ever narrow. What holds from now on.
    pub fn narrow(&self, to: Capabilities) -> Capabilities {
        let before = self.capabilities.fetch_and(to.bits(), Ordering::SeqCst);
        Capabilities::from_bits(before & to.bits())
    }

    /// Over by then, if not before.
    pub fn shorten(&self, until: Instant) {
        self.ends_at.fetch_min(self.ms(until), Ordering::SeqCst);
    }

    /// While a question is on the screen no remote event is done.
    pub fn freeze(&self, frozen: bool) {
        self.frozen.store(frozen, Ordering::SeqCst);
    }

    /// The person's own hands moved: no remote event is done for [`PERSON_FIRST`].
    pub fn person_acts(&self, now: Instant) {
        self.person_until.fetch_max(self.ms(now + PERSON_FIRST), Ordering::SeqCst);
    }

    /// Until when no remote event is done because the person's own hands moved.
    pub fn person_until(&self) -> Instant {
        self.origin + Duration::from_millis(self.person_until.load(Ordering::SeqCst))
    }

    /// Whether nothing may be seen or moved because the person types a password. Each time it begins, whatever was seen or came before is
    /// void for good: see [`curtain`](Self::curtain).
    pub fn mask(&self, masked: bool) {
        if masked {
            self.masked.store(true, Ordering::SeqCst);
            self.curtain.fetch_add(1, Ordering::SeqCst);
        } else {
            self.masked.store(false, Ordering::SeqCst);
        }
    }

    /// How often the screen was masked so far. What was captured or queued under another number is never sent or done.
    pub fn curtain(&self) -> u64 {
        self.curtain.load(Ordering::SeqCst)
    }

    /// [`allows`](Self::allows), for something that began under this number of masks.
    ///
    /// # Errors
    /// [`Void`].
    pub fn allows_since(
        &self,
        now: Instant,
        epoch: Epoch,
        need: Capabilities,
        curtain: u64,
    ) -> Result<(), Void> {
        self.allows(now, epoch, need)?;
        if self.curtain() == curtain { Ok(()) } else { Err(Void::Masked) }
    }

    /// Whether a frame ([`Capabilities::VIEW`]) or an event ([`Capabilities::CONTROL`]) of this epoch may happen right now.
    ///
    /// # Errors
    /// [`Void`]: the enumerated reason for dropping it.
    pub fn allows(&self, now: Instant, epoch: Epoch, need: Capabilities) -> Result<(), Void> {
        let now = self.ms(now);
        let living = self.living.load(Ordering::SeqCst);
        if epoch.0 == NONE || living == NONE {
            return Err(Void::Epoch);
        }
        if living != epoch.0 {
            if self.joined.load(Ordering::SeqCst) != epoch.0 {
                return Err(Void::Epoch);
            }
            if need != Capabilities::VIEW {
                return Err(Void::Capability);
            }
            if now >= self.joined_ends.load(Ordering::SeqCst) {
                return Err(Void::Expired);
            }
        }
        if self.masked.load(Ordering::SeqCst) {
            return Err(Void::Masked);
        }
        if now >= self.lease_until.load(Ordering::SeqCst) {
            return Err(Void::Lease);
        }
        if now >= self.ends_at.load(Ordering::SeqCst) {
            return Err(Void::Expired);
        }
        if !Capabilities::from_bits(self.capabilities.load(Ordering::SeqCst)).holds(need) {
            return Err(Void::Capability);
        }
        if need.holds(Capabilities::CONTROL) && self.frozen.load(Ordering::SeqCst) {
            return Err(Void::Frozen);
        }
        if need.holds(Capabilities::CONTROL) && now < self.person_until.load(Ordering::SeqCst) {
            return Err(Void::PersonActs);
        }
        Ok(())
    }

    /// The living epoch.
    pub fn living(&self) -> Option<Epoch> {
        Some(Epoch(self.living.load(Ordering::SeqCst))).filter(|e| e.0 != NONE)
    }

    /// When the living grant dies by itself: its banner silent for [`LEASE`] and [`GRACE`], or its time over.
    pub fn deadline(&self) -> Option<Instant> {
        self.living()?;
        let silent = self.origin + Duration::from_millis(self.lease_until.load(Ordering::SeqCst)) + GRACE;
        let over = self.origin + Duration::from_millis(self.ends_at.load(Ordering::SeqCst));
        Some(silent.min(over))
    }

    fn ms(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.origin).as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests;
