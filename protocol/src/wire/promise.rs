//! A yes in advance, once (clause 4.3): before a restart the person may let the same technician come back within ten minutes without the
//! whole question. Kept on the PC's disk under its own signature, used up by the first return, void on any doubt about the clock.

use serde::{Deserialize, Serialize};

use super::Wire;
use super::session::{Capabilities, Ticket};
use crate::firm::Statement;
use crate::id::{ContractId, KeyId, PersonId, SessionId, UnixSeconds};

/// Good for that long at most, in seconds.
pub const LONGEST_S: u16 = 600;
/// How far two accounts of the same time may differ, in seconds, before the clock counts as moved.
const SLACK_S: u64 = 5;

/// The agent's signed word of it, to itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Promise {
    /// The session in which it was given.
    pub session: SessionId,
    /// The machine's key.
    pub agent_key: KeyId,
    /// Who may come back.
    pub technician: PersonId,
    /// With which key: the same as in the session.
    pub technician_key: KeyId,
    /// Under which contract.
    pub contract: ContractId,
    /// With what, at most.
    pub capabilities: Capabilities,
    /// When it was given.
    pub made: Moment,
    /// For how long it is good, in seconds; at most [`LONGEST_S`].
    pub for_s: u16,
    /// Makes each one another.
    pub nonce: [u8; 16],
}

/// A moment by everything the machine knows: the wall clock, and how long which start of the machine is ago.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Moment {
    /// The machine's clock.
    pub wall: UnixSeconds,
    /// Drawn at each start of the machine.
    pub boot: [u8; 16],
    /// Seconds since then, sleep included.
    pub up_s: u64,
}

/// Why the whole question is put.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Doubt {
    /// It was given to somebody else, or for another contract or machine. It stays for whom it was given to.
    #[error("OTHER")]
    Other,
    /// Its time is over, or it never was a lawful one.
    #[error("LATE")]
    Late,
    /// The accounts of the time since do not agree: the clock was moved.
    #[error("CLOCK")]
    Clock,
}

impl Promise {
    /// What the technician of this ticket may come back with, at this moment.
    ///
    /// # Errors
    /// [`Doubt`].
    pub fn holds(&self, ticket: &Ticket, now: &Moment) -> Result<Capabilities, Doubt> {
        let same = (self.agent_key, self.technician_key) == (ticket.agent_key, ticket.technician_key)
            && (&self.technician, &self.contract) == (&ticket.technician, &ticket.contract);
        if !same {
            return Err(Doubt::Other);
        }
        self.is_in_time(now)?;
        let capabilities = self.capabilities.and(ticket.request.capabilities);
        let lawful = capabilities.holds(Capabilities::VIEW) && !self.capabilities.has_unknown();
        if lawful { Ok(capabilities) } else { Err(Doubt::Late) }
    }

    /// Whether its time has come and is not over, by all accounts.
    ///
    /// # Errors
    /// [`Doubt::Late`] or [`Doubt::Clock`].
    pub fn is_in_time(&self, now: &Moment) -> Result<(), Doubt> {
        let since = now.wall.0.checked_sub(self.made.wall.0).and_then(|s| u64::try_from(s).ok());
        let since = since.ok_or(Doubt::Clock)?;
        if self.made.boot == now.boot {
            // The same start of the machine: both clocks have counted, and must have counted the same.
            let up = now.up_s.checked_sub(self.made.up_s).ok_or(Doubt::Clock)?;
            if up.abs_diff(since) > SLACK_S {
                return Err(Doubt::Clock);
            }
        } else if now.up_s > since + SLACK_S {
            // It cannot have been started before the promise was made.
            return Err(Doubt::Clock);
        }
        if since >= u64::from(self.for_s.min(LONGEST_S)) || self.for_s > LONGEST_S {
            return Err(Doubt::Late);
        }
        Ok(())
    }
}

impl Wire for Promise {
    const LIMIT: usize = 1024;
}
impl Wire for crate::firm::Signed<Promise> {
    const LIMIT: usize = 2 * 1024;
}
impl Statement for Promise {
    const LABEL: &'static str = "aval/1 promise";
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::AgentId;
    use crate::wire::closing::{Closes, Closing, Overrun};
    use crate::wire::session::{SessionRequest, WorkCategory};

    const NOW: i64 = 1_800_000_000;

    fn at(wall: i64, boot: u8, up_s: u64) -> Moment {
        Moment { wall: UnixSeconds(NOW + wall), boot: [boot; 16], up_s }
    }

    fn promise() -> Promise {
        Promise {
            session: SessionId([1; 16]),
            agent_key: KeyId([3; 32]),
            technician: PersonId::new("sophie.martin").unwrap(),
            technician_key: KeyId([4; 32]),
            contract: ContractId::new("C-2026-014").unwrap(),
            capabilities: Capabilities::KNOWN,
            made: at(0, 1, 5_000),
            for_s: 600,
            nonce: [9; 16],
        }
    }

    fn ticket() -> Ticket {
        Ticket {
            session: SessionId([2; 16]),
            technician: PersonId::new("sophie.martin").unwrap(),
            technician_key: KeyId([4; 32]),
            agent_key: KeyId([3; 32]),
            contract: ContractId::new("C-2026-014").unwrap(),
            request: SessionRequest {
                agent: AgentId::from(KeyId([3; 32])),
                capabilities: Capabilities::KNOWN,
                category: WorkCategory::Maintenance,
                reference: "Appel".into(),
                minutes: 60,
            },
            issued_at: UnixSeconds(NOW),
            expires_at: UnixSeconds(NOW + 120),
            closing: Closing::after(3600, Overrun::default(), Closes::SupportHours, 1080, 1110),
            beside: None,
        }
    }

    #[test]
    fn it_holds_for_the_same_technician_after_a_restart_and_for_ten_minutes() {
        let promise = promise();
        for now in [at(90, 2, 40), at(599, 2, 599), at(90, 1, 5_090), at(92, 1, 5_090), at(3, 2, 8)] {
            assert_eq!(promise.holds(&ticket(), &now), Ok(Capabilities::KNOWN), "{now:?}");
        }
        let mut narrow = ticket();
        narrow.request.capabilities = Capabilities::VIEW;
        assert_eq!(promise.holds(&narrow, &at(90, 2, 40)), Ok(Capabilities::VIEW));
    }

    #[test]
    fn any_doubt_about_the_clock_voids_it() {
        for now in [
            at(-1, 2, 40),
            at(-90_000, 2, 40),
            at(90, 2, 200),
            at(90, 1, 5_000),
            at(90, 1, 4_000),
            at(90, 1, 9_000),
            at(300, 1, 5_290),
        ] {
            assert_eq!(promise().holds(&ticket(), &now), Err(Doubt::Clock), "{now:?}");
        }
        for now in [at(600, 2, 40), at(601, 1, 5_601), at(90_000, 2, 40)] {
            assert_eq!(promise().holds(&ticket(), &now), Err(Doubt::Late), "{now:?}");
        }
        let longer = Promise { for_s: 601, ..promise() };
        assert_eq!(longer.holds(&ticket(), &at(90, 2, 40)), Err(Doubt::Late));
    }

    #[test]
    fn it_is_for_nobody_else_and_nothing_else() {
        let with = |change: fn(&mut Ticket)| {
            let mut ticket = ticket();
            change(&mut ticket);
            promise().holds(&ticket, &at(90, 2, 40))
        };
        assert_eq!(with(|t| t.technician_key = KeyId([5; 32])), Err(Doubt::Other));
        assert_eq!(with(|t| t.technician = PersonId::new("luc.bernard").unwrap()), Err(Doubt::Other));
        assert_eq!(with(|t| t.contract = ContractId::new("C-2026-015").unwrap()), Err(Doubt::Other));
        assert_eq!(with(|t| t.agent_key = KeyId([6; 32])), Err(Doubt::Other));
        assert_eq!(with(|t| t.request.capabilities = Capabilities::CONTROL), Err(Doubt::Late));
    }

    proptest! {
        #[test]
        fn whenever_it_holds_ten_minutes_have_not_passed_by_any_account(
            wall in -2000_i64..4000, boot in 1_u8..3, up_s in 0_u64..12_000, for_s in 0_u16..2000,
        ) {
            let promise = Promise { for_s, ..promise() };
            let now = at(wall, boot, up_s);
            if promise.holds(&ticket(), &now).is_ok() {
                prop_assert!((0..600).contains(&wall));
                if boot == 1 {
                    prop_assert!((5_000..5_606).contains(&up_s));
                } else {
                    prop_assert!(up_s <= u64::try_from(wall).unwrap() + 5);
                }
            }
        }
    }
}
