//! What all connections of a relay share: record, keys, clock, who is connected, which sessions run.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use aval_protocol::firm::{FirmFile, Signer, TrustError};
use aval_protocol::id::{AgentId, KeyId, PersonId, SessionId, UnixSeconds};
use aval_protocol::journal::Event;
use aval_protocol::wire::codes::{CloseCode, EndReason};
use aval_protocol::wire::link::{Downlink, Farewell};
use aval_protocol::wire::record::LineFacts;
use aval_transport::{Clock, Random};
use quinn::{Connection, VarInt};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::broker::{Broker, Running, Side};
use crate::changes::Changes;
use crate::clock_trust::{ClockWatch, Doubt};
use crate::gate::Rules;
use crate::presence::Presence;

use crate::records::{SessionStep, Store, StoreError};
use crate::release::Releases;
use crate::throttle::{Throttle, neighbourhood};

/// What a party may still hear of a session that has ended in an orderly way.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// Requests of one technician for one machine within [`REQUESTS_WITHIN`]. Someone who is told to wait, phones and tries again makes a
/// handful; each may cost the client's line 512 KiB either way and the person a question.
const REQUESTS: usize = 10;
const REQUESTS_WITHIN: Duration = Duration::from_secs(600);
/// Enrolment codes tried from one address within [`CODES_WITHIN`]. A code has sixty random bits: this only spares the record.
const CODES: usize = 20;
const CODES_WITHIN: Duration = Duration::from_secs(600);
/// Calls without a standing link within [`VISITS_WITHIN`], of one key: a program makes one when it is attached, when it leaves, when it
/// asks whose relay this is; a script of the firm's perhaps one a second.
const VISITS: usize = 60;
/// The same of one neighbourhood, for keys cost nothing: an office of five hundred that all ask at once whose relay this is.
const VISITS_OF_ONE: usize = 600;
const VISITS_WITHIN: Duration = Duration::from_secs(60);

/// A standing link, as others see it.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) serial: u64,
    pub(crate) connection: Connection,
    pub(crate) out: mpsc::Sender<Downlink>,
}

/// A measurement that an agent was asked for.
#[derive(Debug)]
pub(crate) struct Awaited {
    pub(crate) agent: AgentId,
    pub(crate) result: oneshot::Sender<Option<LineFacts>>,
}

/// The sessions of this relay.
pub(crate) type Sessions = Broker<Link, Connection>;

/// What all connections share.
pub(crate) struct Hub {
    pub(crate) store: Store,
    pub(crate) signer: Arc<Signer>,
    pub(crate) firm: FirmFile,
    pub(crate) clock: Clock,
    pub(crate) rules: Rules,
    pub(crate) random: Random,
    /// What changed in the list of machines.
    pub(crate) changes: Changes,
    /// What is released, and how the machines' programs stand.
    pub(crate) releases: Releases,
    presence: Mutex<Presence<Link>>,
    broker: Mutex<Sessions>,
    probes: Mutex<HashMap<u64, Awaited>>,
    requests: Mutex<Throttle<(PersonId, AgentId)>>,
    codes: Mutex<Throttle<IpAddr>>,
    visits: Mutex<(Throttle<IpAddr>, Throttle<KeyId>)>,
    install_page: OnceLock<String>,
    clock_watch: Mutex<ClockWatch>,
    errands: Mutex<JoinSet<()>>,
    serial: AtomicU64,
}

/// How a session ends here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum How {
    /// What was said still reaches the other party.
    Orderly,
    /// Nothing passes any more, from this moment on.
    Cut,
}

// === impl Link

impl Link {
    /// Tells the party something. Whoever does not listen is hung up on.
    pub(crate) fn say(&self, word: Downlink) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.out.try_send(word) {
            close(&self.connection, CloseCode::Limit);
        }
    }

    /// The last word: the link ends after it.
    pub(crate) fn farewell(&self, farewell: Farewell) {
        self.say(Downlink::Farewell(farewell));
    }
}

/// Closes a connection for this reason.
pub(crate) fn close(connection: &Connection, code: CloseCode) {
    connection.close(VarInt::from_u32(u32::from(code.number())), code.label().as_bytes());
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

// === impl Hub

impl Hub {
    /// `recorded` is the newest moment in the record.
    pub(crate) fn new(
        store: Store,
        (signer, firm): (Arc<Signer>, FirmFile),
        clock: Clock,
        rules: Rules,
        random: Random,
        recorded: UnixSeconds,
    ) -> Self {
        let watch = ClockWatch::new(clock.wall(), clock.monotonic(), recorded);
        Self {
            store,
            signer,
            firm,
            clock,
            rules,
            changes: Changes::new(random.number()),
            releases: Releases::new(),
            random,
            presence: Mutex::default(),
            broker: Mutex::default(),
            probes: Mutex::default(),
            requests: Mutex::new(Throttle::new(REQUESTS, REQUESTS_WITHIN)),
            codes: Mutex::new(Throttle::new(CODES, CODES_WITHIN)),
            visits: Mutex::new((
                Throttle::new(VISITS_OF_ONE, VISITS_WITHIN),
                Throttle::new(VISITS, VISITS_WITHIN),
            )),
            install_page: OnceLock::new(),
            clock_watch: Mutex::new(watch),
            errands: Mutex::default(),
            serial: AtomicU64::new(1),
        }
    }

    pub(crate) fn next_serial(&self) -> u64 {
        self.serial.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn presence(&self) -> MutexGuard<'_, Presence<Link>> {
        lock(&self.presence)
    }

    pub(crate) fn broker(&self) -> MutexGuard<'_, Sessions> {
        lock(&self.broker)
    }

    pub(crate) fn probes(&self) -> MutexGuard<'_, HashMap<u64, Awaited>> {
        lock(&self.probes)
    }

    /// Counts a request of a technician for a machine; until when there may be no more, if there are too many.
    pub(crate) fn throttled(&self, technician: &PersonId, agent: AgentId) -> Option<UnixSeconds> {
        let wait = lock(&self.requests).admit((technician.clone(), agent), self.clock.monotonic()).err()?;
        let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX).saturating_add(1);
        Some(UnixSeconds(self.clock.wall().0.saturating_add(seconds)))
    }

    /// Counts an attempt with an enrolment code from an address.
    pub(crate) fn may_try_code(&self, from: IpAddr) -> bool {
        lock(&self.codes).admit(neighbourhood(from), self.clock.monotonic()).is_ok()
    }

    /// Counts a call without a standing link, of this key from that address.
    pub(crate) fn may_visit(&self, key: KeyId, from: IpAddr) -> bool {
        let (mut visits, now) = (lock(&self.visits), self.clock.monotonic());
        // The neighbourhood first: a flood of fresh keys is forgotten with it.
        visits.0.admit(neighbourhood(from), now).is_ok() && visits.1.admit(key, now).is_ok()
    }

    /// From now on invitations lead to the install page at this address: `https://aide.example.fr`.
    pub(crate) fn invite_to(&self, page: String) {
        // One page to a relay: a second one changes nothing.
        let _ = self.install_page.set(page);
    }

    /// Where somebody with this code reads what is installed, agrees and downloads it.
    pub(crate) fn invitation(&self, code: &str) -> Option<String> {
        self.install_page.get().map(|page| format!("{page}/i/{code}"))
    }

    /// What speaks against the relay's clock now.
    pub(crate) fn clock_doubt(&self) -> Option<Doubt> {
        let wall = self.clock.wall();
        let own = self.firm.firm().verify_chain(self.signer.chain(), wall).map(|_| ());
        let own = own.as_ref().map(|&()| ()).map_err(|error: &TrustError| error);
        lock(&self.clock_watch).look(wall, self.clock.monotonic(), own).err()
    }

    /// Uses the record on a thread that may wait for the disk.
    pub(crate) async fn store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.store.clone();
        let done = tokio::task::spawn_blocking(move || work(&store)).await;
        done.unwrap_or_else(|error| Err(StoreError::Unavailable(error.to_string())))
    }

    /// Writes an event into a machine's journal.
    pub(crate) async fn journal(&self, agent: AgentId, event: Event) -> Result<(), StoreError> {
        let (signer, at) = (Arc::clone(&self.signer), self.clock.wall());
        self.store(move |store| store.journal_append(agent, &signer, at, &event).map(drop)).await
    }

    /// A task that outlives the connection it came from; the relay waits for it when it stops.
    pub(crate) fn errand(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut errands = lock(&self.errands);
        while errands.try_join_next().is_some() {}
        errands.spawn(task);
    }

    /// Waits for the errands, at most that long.
    pub(crate) async fn settle(&self, patience: Duration) {
        let mut errands = std::mem::take(&mut *lock(&self.errands));
        let _ = tokio::time::timeout(patience, async { while errands.join_next().await.is_some() {} }).await;
    }

    /// Ends a session: both parties hear of it, except `teller` who said so. Does nothing when it is over already.
    pub(crate) fn end(
        self: &Arc<Self>,
        session: SessionId,
        reason: EndReason,
        how: How,
        teller: Option<Side>,
    ) {
        let Some(running) = self.broker().remove(session) else { return };
        let over = Downlink::Over { session, reason };
        if teller != Some(Side::Agent) {
            running.agent.link.say(over.clone());
        }
        if teller != Some(Side::Console) {
            running.console.link.say(over);
        }
        let (agent, granted_at) = (running.ticket.request.agent, running.granted_at);
        tracing::info!(%session, %agent, %reason, "a session is over");
        let hub = Arc::clone(self);
        let record = async move {
            let at = hub.clock.wall();
            let event = match granted_at {
                Some(since) => {
                    let duration_s = u32::try_from(at.0.saturating_sub(since.0)).unwrap_or(0);
                    Event::Ended { session, reason, duration_s }
                }
                None => Event::Refused { session, reason },
            };
            hub.note(session, "its end", hub.journal(agent, event).await);
            let step =
                hub.store(move |store| store.session_step(session, at, SessionStep::Ended(reason))).await;
            hub.note(session, "its end", step);
        };
        match how {
            How::Cut => {
                dismantle(running, CloseCode::Revoked);
                self.errand(record);
            }
            How::Orderly => {
                let mut running = running;
                running.bulk.abort_all();
                self.errand(async move {
                    record.await;
                    let drained = async { while running.control.join_next().await.is_some() {} };
                    let _ = tokio::time::timeout(LAST_WORDS, drained).await;
                    dismantle(running, CloseCode::Done);
                });
            }
        }
    }

    /// The line of a session is lost: what is left of it is closed, and the two may come back to it for a while. `false` when it has no
    /// yes that could be waited for.
    pub(crate) fn lose(self: &Arc<Self>, session: SessionId, turn: u32) -> bool {
        let torn = {
            let mut broker = self.broker();
            let now = self.clock.monotonic();
            let torn = broker.lose(session, turn, now);
            torn.zip(broker.get(session).map(|running| running.ticket.request.agent))
        };
        let Some((torn, agent)) = torn else { return false };
        for connection in &torn.media {
            close(connection, CloseCode::Done);
        }
        drop(torn);
        tracing::info!(%session, %agent, "the line of a session is lost; it may come back");
        let hub = Arc::clone(self);
        self.errand(async move {
            hub.note(session, "its lost line", hub.journal(agent, Event::LineLost { session }).await);
        });
        true
    }

    /// The same, and the end where nothing can be waited for; nothing at all where the line is another one by now, or lost already.
    pub(crate) fn lose_or_end(self: &Arc<Self>, session: SessionId, turn: u32) {
        let waits = self.broker().get(session).is_none_or(|it| it.turn != turn || it.is_lost());
        if !waits && !self.lose(session, turn) {
            self.end(session, EndReason::LinkLost, How::Orderly, None);
        }
    }

    /// What could not be written down. The session goes on or ends as it would: the parties' own journals have it.
    pub(crate) fn note(&self, session: SessionId, what: &str, done: Result<(), StoreError>) {
        if let Err(error) = done {
            tracing::error!(%session, %error, "{what} could not be recorded");
        }
    }

    /// Until when a session lasts at most, from now: the ticket's time, the question's, what was asked for, and some.
    pub(crate) fn longest(&self, minutes: u16) -> Instant {
        self.clock.monotonic() + Duration::from_secs(u64::from(minutes) * 60 + 300)
    }

    /// The key of whoever signs here.
    pub(crate) fn own_key(&self) -> KeyId {
        self.signer.key_id()
    }
}

/// Resets every lane and closes the media connections.
fn dismantle(running: Running<Link, Connection>, code: CloseCode) {
    for media in &running.media {
        if let Some(connection) = media.borrow().as_ref() {
            close(connection, code);
        }
    }
    // Dropping the pumps resets their streams.
    drop(running);
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("key", &self.own_key()).finish_non_exhaustive()
    }
}
