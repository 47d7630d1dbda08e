//! The sessions of this desk: each is followed to its end, and how it stands is kept for whoever looks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aval_protocol::id::{AgentId, SessionId, UnixSeconds};
use aval_protocol::wire::beside::{Beside, Colleague};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::session::{Capabilities, ClosingState, Notice};
use aval_protocol::wire::turn::{Hold, More, Turning};
use aval_transport::Clock;
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::link::Console;
use crate::session::hands::Hands;
use crate::session::secret::{Handed, SHOWN_FOR};
use crate::session::{Happened, Running};

/// Sessions remembered after their end.
const REMEMBERED: usize = 20;
/// How long the ends of all sessions may take when the desk closes.
const GOOD_BYE: Duration = Duration::from_secs(3);

/// Whom a session is with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct With {
    pub(super) agent: AgentId,
    pub(super) hostname: String,
    pub(super) client: String,
    pub(super) technician: String,
    /// What the gate permitted at most.
    pub(super) asked: Capabilities,
    /// The session that a colleague is in there already.
    pub(super) beside: Option<Beside>,
    /// As the page shows them.
    pub(super) warnings: Vec<Value>,
}

/// One session.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) session: SessionId,
    pub(super) with: With,
    /// This computer's clock.
    pub(super) since: UnixSeconds,
    pub(super) hands: Hands,
    /// The line it runs over.
    pub(super) console: Arc<Console>,
    shown: watch::Receiver<Shown>,
    /// Who looks; a newer one ends the older.
    pub(super) chair: Chair,
}

/// The one place before a session's screen.
#[derive(Debug, Default)]
pub(super) struct Chair(Mutex<Option<Arc<Notify>>>);

/// How a session stands.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Shown {
    pub(super) match_code: Option<u32>,
    /// Until when the person may answer.
    pub(super) asking: Option<(u16, Instant)>,
    pub(super) granted: Option<(Capabilities, Instant)>,
    pub(super) hidden: bool,
    /// The line is lost, and may come back until then.
    pub(super) away: Option<Instant>,
    pub(super) paused: Option<Notice>,
    /// The machine is locked or sleeps; it waits until then.
    pub(super) stopped: Option<(Hold, Instant)>,
    /// What changed last in what may be done.
    pub(super) turned: Option<Turning>,
    /// What becomes of the wish for more.
    pub(super) more: Option<More>,
    /// What becomes of a colleague's question.
    pub(super) colleague: Option<Colleague>,
    pub(super) held: Option<Notice>,
    /// The person types a password.
    pub(super) masked: bool,
    /// Whether the person lets the technician come back once after a restart, once they were asked.
    pub(super) returning: Option<bool>,
    /// About a password that was asked for, and until when one that came may be looked at.
    pub(super) secret: Option<(Handed, Instant)>,
    /// Support closes, or has closed: where that stands, and the minute it is about.
    pub(super) closing: Option<(ClosingState, u16)>,
    pub(super) ended: Option<EndReason>,
}

/// All sessions of this desk.
#[derive(Debug)]
pub(super) struct Seats {
    clock: Clock,
    all: Mutex<Vec<Arc<Seat>>>,
    followers: Mutex<JoinSet<()>>,
    changes: watch::Sender<u64>,
}

// === impl Seats

impl Seats {
    pub(super) fn new(clock: Clock) -> Self {
        let (all, followers) = (Mutex::default(), Mutex::default());
        Self { clock, all, followers, changes: watch::Sender::new(0) }
    }

    /// Follows a session that has begun.
    pub(super) fn add(self: &Arc<Self>, running: Running, with: With, console: Arc<Console>) -> SessionId {
        let (out, shown) = watch::channel(Shown::default());
        let session = running.session();
        let seat = Arc::new(Seat {
            session,
            with,
            since: self.clock.wall(),
            hands: running.hands().clone(),
            console,
            shown,
            chair: Chair::default(),
        });
        {
            let mut all = lock(&self.all);
            let over = all.iter().filter(|seat| seat.shown().ended.is_some()).count();
            if over >= REMEMBERED
                && let Some(oldest) = all.iter().position(|seat| seat.shown().ended.is_some())
            {
                all.remove(oldest);
            }
            all.push(seat);
        }
        let seats = Arc::clone(self);
        let mut followers = lock(&self.followers);
        while followers.try_join_next().is_some() {}
        followers.spawn(async move { seats.follow(running, out).await });
        drop(followers);
        self.bump();
        session
    }

    /// A session of this desk.
    pub(super) fn get(&self, session: SessionId) -> Option<Arc<Seat>> {
        lock(&self.all).iter().find(|seat| seat.session == session).cloned()
    }

    /// Whether a session with this machine runs.
    pub(super) fn runs(&self, agent: AgentId) -> bool {
        lock(&self.all).iter().any(|seat| seat.with.agent == agent && seat.shown().ended.is_none())
    }

    /// Every session, the oldest first.
    pub(super) fn rows(&self) -> Value {
        let all = lock(&self.all);
        let rows = all.iter().map(|seat| {
            let shown = seat.shown();
            json!({
                "session": seat.session.to_string(),
                "agent": seat.with.agent.to_string(),
                "hostname": seat.with.hostname,
                "client": seat.with.client,
                "technician": seat.with.technician,
                "since": seat.since.0,
                "state": shown.phase(),
                "ended": shown.ended.map(super::shape::ended),
            })
        });
        Value::Array(rows.collect())
    }

    /// Hears when a session begins, changes or ends.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Ends every session and waits until the machines have heard of it, for a moment.
    pub(super) async fn end_all(&self) {
        let all = lock(&self.all).clone();
        for seat in &all {
            seat.hands.end().await;
        }
        let mut followers = std::mem::take(&mut *lock(&self.followers));
        let _ = timeout(GOOD_BYE, async { while followers.join_next().await.is_some() {} }).await;
    }

    async fn follow(&self, mut running: Running, out: watch::Sender<Shown>) {
        while let Some(happened) = running.next().await {
            let now = self.clock.monotonic();
            out.send_modify(|shown| shown.take(happened, now));
            self.bump();
        }
        // Events may have been dropped; the end is never.
        let ended = running.hands().state().ended.unwrap_or(EndReason::LinkLost);
        out.send_modify(|shown| _ = shown.ended.get_or_insert(ended));
        self.bump();
    }

    fn bump(&self) {
        self.changes.send_modify(|version| *version += 1);
    }
}

// === impl Seat

impl Seat {
    /// How it stands.
    pub(super) fn shown(&self) -> Shown {
        self.shown.borrow().clone()
    }

    /// Hears of every change.
    pub(super) fn watch(&self) -> watch::Receiver<Shown> {
        self.shown.clone()
    }
}

// === impl Chair

impl Chair {
    /// Sits down if nobody does. What is notified when somebody else takes over.
    pub(super) fn sit(&self) -> Option<Arc<Notify>> {
        let mut chair = lock(&self.0);
        chair.is_none().then(|| Arc::clone(chair.insert(Arc::default())))
    }

    /// Sits down, and whoever sat there leaves.
    pub(super) fn take_over(&self) -> Arc<Notify> {
        let own = Arc::<Notify>::default();
        if let Some(other) = lock(&self.0).replace(Arc::clone(&own)) {
            other.notify_one();
        }
        own
    }

    /// Stands up, if it is still one's own.
    pub(super) fn leave(&self, own: &Arc<Notify>) {
        let mut chair = lock(&self.0);
        if chair.as_ref().is_some_and(|sitting| Arc::ptr_eq(sitting, own)) {
            *chair = None;
        }
    }
}

// === impl Shown

impl Shown {
    fn take(&mut self, happened: Happened, now: Instant) {
        match happened {
            Happened::MatchCode(code) => self.match_code = Some(code),
            Happened::Asking { for_s } => {
                self.asking = Some((for_s, now + Duration::from_secs(u64::from(for_s))));
            }
            Happened::Granted { capabilities, for_s } => {
                self.granted = Some((capabilities, now + Duration::from_secs(u64::from(for_s))));
                // Until the first sign of life says that the banner is up.
                self.hidden = true;
            }
            Happened::Hidden(hidden) => self.hidden = hidden,
            Happened::Away { for_s } => {
                self.away = Some(now + Duration::from_secs(u64::from(for_s)));
                (self.paused, self.held, self.masked, self.more) = (None, None, false, None);
                self.colleague = None;
            }
            Happened::Resumed { capabilities, for_s } => {
                self.granted = Some((capabilities, now + Duration::from_secs(u64::from(for_s))));
                (self.away, self.stopped, self.hidden, self.held) = (None, None, true, None);
            }
            Happened::Held { why, left_s } => {
                self.stopped = Some((why, now + Duration::from_secs(u64::from(left_s))));
                (self.hidden, self.more, self.held) = (true, None, None);
            }
            Happened::Turned { capabilities, why, .. } => {
                self.granted = self.granted.map(|(_, until)| (capabilities, until));
                (self.stopped, self.more, self.turned, self.held) = (None, None, Some(why), None);
                self.colleague = None;
                self.hidden = true;
            }
            Happened::Notice(Notice::More(more)) => {
                (self.more, self.turned, self.colleague) = (Some(more), None, None);
            }
            Happened::Notice(Notice::Colleague(word)) => {
                (self.colleague, self.more, self.turned) = (Some(word), None, None);
            }
            Happened::Notice(notice @ Notice::ScreenPaused { active }) => {
                self.paused = active.then_some(notice);
            }
            Happened::Notice(Notice::Return { allowed }) => self.returning = Some(allowed),
            Happened::Notice(Notice::Masked { active }) => self.masked = active,
            Happened::Secret(handed) => self.secret = Some((handed, now + SHOWN_FOR)),
            Happened::Notice(Notice::Closing { state, at }) => self.closing = Some((state, at)),
            Happened::Notice(notice @ Notice::LocalInput { active }) => self.held = active.then_some(notice),
            Happened::Ended(reason) => self.ended = Some(reason),
        }
    }

    /// In one word.
    pub(super) fn phase(&self) -> &'static str {
        match self {
            Self { ended: Some(_), .. } => "ended",
            Self { away: Some(_), .. } => "away",
            Self { granted: Some(_), masked: true, .. } => "masked",
            Self { granted: Some(_), hidden: true, .. } => "hidden",
            Self { granted: Some(_), .. } => "live",
            Self { asking: Some(_), .. } => "asking",
            Self { match_code: Some(_), .. } => "match_code",
            _ => "connecting",
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sits_and_the_one_who_takes_over_sends_the_other_away() {
        let chair = Chair::default();
        let first = chair.sit().unwrap();
        assert!(chair.sit().is_none());
        let second = chair.take_over();
        // The first one's leaving does not free the chair of the second.
        chair.leave(&first);
        assert!(chair.sit().is_none());
        chair.leave(&second);
        assert!(chair.sit().is_some());
    }

    #[tokio::test]
    async fn a_session_is_hidden_until_the_banner_is_up() {
        let now = Clock::system().monotonic();
        let mut shown = Shown::default();
        let mut phases = vec![shown.phase()];
        for happened in [
            Happened::MatchCode(123_456),
            Happened::Asking { for_s: 60 },
            Happened::Granted { capabilities: Capabilities::VIEW, for_s: 600 },
            Happened::Hidden(false),
            Happened::Hidden(true),
            Happened::Ended(EndReason::EndedByPerson),
        ] {
            shown.take(happened, now);
            phases.push(shown.phase());
        }
        assert_eq!(phases, ["connecting", "match_code", "asking", "hidden", "live", "hidden", "ended"]);
    }
}
