//! Any order of what parties and strangers do to the broker, against a slow model that keeps every fact in a list.

use std::time::{Duration, Instant};

use arbitrary::{Result, Unstructured};
use aval_protocol::firm::Signer;
use aval_protocol::id::{AgentId, KeyId, SessionId, UnixSeconds};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::link::Lane;

use super::{NOW, permit_for};
use crate::broker::{Broker, NotIntroduced, Origin, Party, Side};

/// Acts of one scenario at most.
const MOST: usize = 100;
/// Until when every session here is over, whatever the parties say.
const UNTIL: Duration = Duration::from_secs(3600);

/// One session as the model knows it.
struct Known {
    session: SessionId,
    agent: AgentId,
    /// Console and agent: number of the link, key, media connection.
    parties: [(u64, KeyId, Option<u8>); 2],
    lanes: Vec<Lane>,
    introduced: Duration,
}

struct World {
    broker: Broker<u64, u8>,
    known: Vec<Known>,
    start: Instant,
    now: Duration,
}

thread_local! {
    static SIGNER: Signer = Signer::generate().unwrap();
}

/// A fuzzer's scenario.
#[allow(clippy::disallowed_methods, reason = "any moment will do to start from")]
pub(crate) fn run(bytes: &[u8]) {
    let mut bytes = Unstructured::new(bytes);
    let (broker, known) = (Broker::default(), Vec::new());
    let mut world = World { broker, known, start: Instant::now(), now: Duration::ZERO };
    for _ in 0..MOST {
        if bytes.is_empty() || world.act(&mut bytes).is_err() {
            return;
        }
    }
}

impl World {
    fn act(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let session = SessionId([bytes.int_in_range(0..=4)?; 16]);
        let at = self.known.iter().position(|known| known.session == session);
        match bytes.int_in_range(0..=9)? {
            0 | 1 => self.introduce(session, bytes)?,
            2 | 3 => {
                let lane = *bytes.choose(&[Lane::Control, Lane::Screen, Lane::Input])?;
                let origin = match bytes.arbitrary()? {
                    true => Origin::Link(bytes.int_in_range(0..=8)?),
                    false => Origin::Media(key(bytes)?),
                };
                let claimed = self.broker.claim(session, lane, origin).map(|(link, _)| link);
                assert_eq!(claimed, at.and_then(|at| self.known[at].claim(lane, origin)));
            }
            4 => {
                let (key, media) = (key(bytes)?, bytes.arbitrary()?);
                let side = self.broker.media(session, key, media);
                assert_eq!(side, at.and_then(|at| self.known[at].media(key, media)));
            }
            5 => {
                assert_eq!(self.broker.remove(session).is_some(), at.is_some());
                at.map(|at| self.known.swap_remove(at));
            }
            6 => {
                let serial = bytes.int_in_range(0..=8)?;
                let other = at.and_then(|at| match self.known[at].side(serial)? {
                    Side::Console => Some(self.known[at].parties[1].0),
                    Side::Agent => Some(self.known[at].parties[0].0),
                });
                assert_eq!(self.broker.other(session, serial), other);
            }
            7 => {
                let wall = self.wall();
                if let Some(running) = self.broker.get(session) {
                    running.granted(wall);
                }
            }
            _ => self.now += Duration::from_secs(bytes.int_in_range(0..=12 * 3600)?),
        }
        self.agree();
        Ok(())
    }

    fn introduce(&mut self, session: SessionId, bytes: &mut Unstructured<'_>) -> Result<()> {
        let agent = AgentId([bytes.int_in_range(0..=3)?; 16]);
        let console = (bytes.int_in_range(0..=8)?, key(bytes)?);
        let machine = (bytes.int_in_range(0..=8)?, key(bytes)?);
        let free = self.known.iter().all(|known| known.session != session && known.agent != agent);
        let party = |(serial, key): (u64, KeyId)| Party { serial, link: serial, key };
        let now = self.start + self.now;
        let times = (self.wall(), now, now + UNTIL, false);
        let permit = permit_for(agent);
        SIGNER.with(|signer| {
            match self.broker.introduce(permit, session, party(console), party(machine), signer, times) {
                Ok(signed) => {
                    assert!(free, "a machine is in one session at a time");
                    let ticket = signed.open_by_key(signer.spki()).unwrap();
                    assert_eq!((ticket.session, ticket.request.agent), (session, agent));
                    assert_eq!((ticket.technician_key, ticket.agent_key), (console.1, machine.1));
                }
                Err(NotIntroduced::Busy) => assert!(!free),
                Err(NotIntroduced::Sign(error)) => panic!("{error}"),
            }
        });
        if free {
            let parties = [(console.0, console.1, None), (machine.0, machine.1, None)];
            self.known.push(Known { session, agent, parties, lanes: Vec::new(), introduced: self.now });
        }
        Ok(())
    }

    /// The wall's clock, which nobody sets here.
    fn wall(&self) -> UnixSeconds {
        UnixSeconds(NOW.0 + i64::try_from(self.now.as_secs()).unwrap())
    }

    /// What can be asked without changing anything.
    fn agree(&mut self) {
        let (now, wall) = (self.start + self.now, self.wall());
        let mut all = self.broker.which(|_| true);
        let mut known: Vec<_> = self.known.iter().map(|known| known.session).collect();
        all.sort();
        known.sort();
        assert_eq!(all, known);
        for known in &self.known {
            assert!(self.broker.busy(known.agent));
            let running = self.broker.get(known.session).unwrap();
            assert_eq!(running.begun(), known.lanes.contains(&Lane::Control));
            let since = self.now - known.introduced;
            match running.overdue(now, wall) {
                None => assert!(since < UNTIL, "over by its time, whatever the parties say"),
                Some(EndReason::PeerSilent) => assert!(since.as_secs() > 120 && !running.begun()),
                Some(EndReason::GrantExpired) => assert!(since >= UNTIL),
                // Every permit here is of ten o'clock, and support closes eight hours later.
                Some(EndReason::SupportClosed) => assert!(self.now >= Duration::from_secs(8 * 3600)),
                Some(reason) => panic!("{reason}"),
            }
        }
    }
}

impl Known {
    fn side(&self, serial: u64) -> Option<Side> {
        let place = self.parties.iter().position(|party| party.0 == serial)?;
        Some([Side::Console, Side::Agent][place])
    }

    fn claim(&mut self, lane: Lane, origin: Origin) -> Option<u64> {
        let console = self.parties[0];
        let allowed = match origin {
            Origin::Link(serial) => lane == Lane::Control && serial == console.0,
            Origin::Media(key) => lane != Lane::Control && key == console.1,
        };
        if !allowed || self.lanes.contains(&lane) {
            return None;
        }
        self.lanes.push(lane);
        Some(self.parties[1].0)
    }

    fn media(&mut self, key: KeyId, media: u8) -> Option<Side> {
        let place = self.parties.iter().position(|party| party.1 == key)?;
        let slot = &mut self.parties[place].2;
        if slot.is_some() {
            return None;
        }
        *slot = Some(media);
        Some([Side::Console, Side::Agent][place])
    }
}

fn key(bytes: &mut Unstructured<'_>) -> Result<KeyId> {
    Ok(KeyId([bytes.int_in_range(0..=5)?; 32]))
}
