//! What the service decides: which offer it follows, what the desktop and the relay are told, when a session is over.
//!
//! Events in, commands out; the sealed conversation itself is the protocol's machine. No socket and no clock; the only thing
//! touched on disk is the [`Ledger`], because an epoch or a used ticket must be there before it counts.

mod beside;
mod command;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aval_protocol::firm::{Firm, Profile, Signer};
use aval_protocol::id::{Epoch, SessionId, UnixSeconds};
use aval_protocol::session::agent::{Local, Opener, Sealer, Session};
use aval_protocol::wire::beside::Way;
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::link::{Lane, Offer, Step, Uplink};
use aval_protocol::wire::promise::{Doubt, Moment, Promise};
use aval_protocol::wire::session::{Capabilities, Ticket};
use aval_transport::Random;

use crate::ipc::{Desk, FromSession};
use crate::service::desktop::DesktopEvent;
use crate::service::judge::{LIFETIME_S, Moments, judge};
use crate::service::limit::PromptLimit;
use crate::state::Ledger;

pub(crate) use self::command::Command;

/// Who this agent is and whom it believes.
#[derive(Clone, Debug)]
pub(crate) struct Own {
    pub(crate) signer: Arc<Signer>,
    pub(crate) firm: Firm,
    pub(crate) profile: Profile,
}

/// The service's head.
pub(crate) struct Engine {
    own: Own,
    ledger: Ledger,
    random: Random,
    limit: PromptLimit,
    /// What may be asked for on this PC at most.
    most: Capabilities,
    /// This program is older than a release lets serve.
    barred: bool,
    /// What the person has allowed in advance, and what time it is.
    kept: Option<(Promise, Moment)>,
    desk: Option<Desk>,
    /// The session, and the second one beside it, if there is one: see [`beside`].
    active: Vec<Active>,
    commands: VecDeque<Command>,
}

struct Active {
    ticket: Ticket,
    machine: Session,
    /// The epoch its grant would have, or has.
    epoch: Epoch,
    /// Every epoch it had: a turn or a lost line makes it a later one.
    epochs: Vec<Epoch>,
    /// What it is to the session that was there first, for as long as that one is.
    beside: Option<Way>,
    /// Another one was there when it came: that one's epochs go on while the person is asked.
    second: bool,
    /// Whether the person said yes to it.
    granted: bool,
    /// Whether that grant lives.
    living: bool,
    /// Whether its line is lost and may come back.
    waiting: bool,
}

// === impl Engine

impl Engine {
    pub(crate) fn new(own: Own, ledger: Ledger, random: Random) -> Self {
        Self {
            own,
            ledger,
            random,
            limit: PromptLimit::default(),
            most: Capabilities::KNOWN,
            barred: false,
            kept: None,
            desk: None,
            active: Vec::new(),
            commands: VecDeque::new(),
        }
    }

    /// The next command; `None` when there is nothing to do.
    pub(crate) fn poll(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// When to call [`tick`](Self::tick).
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.active.iter().filter_map(|active| active.machine.poll_timeout()).min()
    }

    /// Time passed.
    pub(crate) fn tick(&mut self, now: Instant, wall: UnixSeconds) {
        self.with_all(now, |machine| machine.handle_timeout(now, wall));
    }

    /// The session that is going on, or beginning; the one that was there first, where there are two.
    pub(crate) fn session(&self) -> Option<SessionId> {
        self.active.first().map(|active| active.ticket.session)
    }

    /// Whether a session is going on or beginning.
    pub(crate) fn has(&self, session: SessionId) -> bool {
        self.of(session).is_some()
    }

    /// The epoch under which frames and input of a session may pass now.
    pub(crate) fn living(&self, session: SessionId) -> Option<Epoch> {
        self.of(session).filter(|active| active.living).map(|active| active.epoch)
    }

    /// The session whose living epoch this is.
    pub(crate) fn lives(&self, epoch: Epoch) -> Option<SessionId> {
        self.active.iter().find(|it| it.living && it.epoch == epoch).map(|it| it.ticket.session)
    }

    /// Who this machine is attached to, by the firm's signed word.
    pub(crate) fn profile(&self) -> &Profile {
        &self.own.profile
    }

    /// Whether a session process is connected.
    pub(crate) fn has_desktop(&self) -> bool {
        self.desk.is_some()
    }

    /// What may be asked for on this PC at most, from the next offer on.
    pub(crate) fn allow(&mut self, most: Capabilities) {
        self.most = most;
    }

    /// Whether this program is too old to begin a session, from the next offer on.
    pub(crate) fn bar(&mut self, barred: bool) {
        self.barred = barred;
    }

    /// What the person has allowed in advance, for the next offer, and the moment by everything this machine knows.
    pub(crate) fn kept(&mut self, kept: Option<(Promise, Moment)>) {
        self.kept = kept;
    }

    /// The relay offers a session.
    pub(crate) fn offer(&mut self, now: Instant, wall: UnixSeconds, at: Moments, offer: &Offer) {
        let ticket = match judge(offer, &self.own.firm, self.own.signer.key_id(), at) {
            Ok(ticket) => ticket,
            // Nobody trustworthy is named in it: there is nobody to tell.
            Err(_) => return,
        };
        let session = ticket.session;
        if let Err(reason) = self.begin(now, wall, at, ticket) {
            tracing::info!(%reason, "an offered session was not begun");
            self.commands.push_back(Command::Uplink(Uplink::Step { session, step: Step::Ended { reason } }));
        }
    }

    /// Bytes of the control lane.
    pub(crate) fn control(&mut self, now: Instant, wall: UnixSeconds, session: SessionId, bytes: &[u8]) {
        let Self { active, limit, .. } = self;
        if let Some(active) = active.iter_mut().find(|active| active.ticket.session == session) {
            active.machine.may_ask(limit.may_ask(now, &active.ticket.technician));
        }
        self.with_machine(now, session, |machine| machine.handle_frame(now, wall, bytes));
        if let Some(epoch) = self.of(session).filter(|a| a.machine.wakes()).map(|a| a.epoch) {
            self.turn(now, wall, epoch, |epoch| Local::Awake { epoch });
        }
    }

    /// The technician's hands moved.
    pub(crate) fn moved(&mut self, now: Instant, session: SessionId) {
        // Whoever joined a session rests when its hands do.
        let first = self.session() == Some(session);
        let with = |it: &Active| {
            it.ticket.session == session || (first && it.beside == Some(Way::Joins) && it.granted)
        };
        for session in
            self.active.iter().filter(|it| with(it)).map(|it| it.ticket.session).collect::<Vec<_>>()
        {
            self.with_machine(now, session, |machine| machine.moved(now));
        }
    }

    /// Anything that ends a session, whatever stands.
    pub(crate) fn stop(&mut self, now: Instant, wall: UnixSeconds, session: SessionId, reason: EndReason) {
        self.with_machine(now, session, |machine| machine.handle(now, wall, Local::Stop(reason)));
    }

    /// Anything that ends every session.
    pub(crate) fn stop_all(&mut self, now: Instant, wall: UnixSeconds, reason: EndReason) {
        self.with_all(now, |machine| machine.handle(now, wall, Local::Stop(reason)));
    }

    /// The firm this agent believes.
    pub(crate) const fn firm(&self) -> &Firm {
        &self.own.firm
    }

    /// The firm's bulletin is another one: a session of somebody whose key counts no more is over.
    pub(crate) fn revoked(&mut self, now: Instant, wall: UnixSeconds) {
        let firm = &self.own.firm;
        let cut = self.active.iter().filter(|it| firm.revoked(it.ticket.technician_key).is_some());
        for session in cut.map(|it| it.ticket.session).collect::<Vec<_>>() {
            self.stop(now, wall, session, EndReason::SecurityCut);
        }
    }

    /// The relay says that a session is over.
    pub(crate) fn over(&mut self, now: Instant, wall: UnixSeconds, session: SessionId, reason: EndReason) {
        self.stop(now, wall, session, reason);
    }

    /// Something happened on the desktop; frames do not come this way.
    #[allow(clippy::needless_pass_by_value, reason = "an event is used up")]
    pub(crate) fn desktop(&mut self, now: Instant, wall: UnixSeconds, event: DesktopEvent) {
        match event {
            DesktopEvent::Here(desk) => self.desk = Some(desk),
            DesktopEvent::Gone => {
                self.desk = None;
                self.stop_all(now, wall, EndReason::PersonLeft);
            }
            DesktopEvent::Said(FromSession::Desk(desk)) => {
                self.desk = Some(desk);
                if let Err(reason) = showable(self.desk) {
                    self.stop_all(now, wall, reason);
                }
            }
            DesktopEvent::Said(FromSession::Answer { session, answer }) => {
                self.answered(now, wall, session, answer);
            }
            DesktopEvent::Said(FromSession::Extend { epoch, answer }) => {
                self.under(now, epoch, |machine| machine.handle(now, wall, Local::Extend(answer)));
            }
            DesktopEvent::Said(FromSession::Held { epoch, why, left }) => {
                self.with_own(now, epoch, |machine| machine.handle(now, wall, Local::Held { why, left }));
            }
            DesktopEvent::Said(FromSession::PersonBack { epoch }) => {
                self.turn(now, wall, epoch, |epoch| Local::PersonBack { epoch });
            }
            DesktopEvent::Said(FromSession::TakenBack { epoch, .. }) => {
                self.turn(now, wall, epoch, |epoch| Local::TakenBack { epoch });
            }
            DesktopEvent::Said(FromSession::Widen { epoch, answer }) => {
                self.turn(now, wall, epoch, |epoch| Local::Widen { answer, epoch });
            }
            DesktopEvent::Said(FromSession::BannerUp { epoch }) => {
                self.with_own(now, epoch, |machine| machine.handle(now, wall, Local::BannerUp { epoch }));
            }
            DesktopEvent::Said(FromSession::Stopped { epoch, reason, .. }) => {
                self.with_own(now, epoch, |machine| machine.handle(now, wall, Local::Stop(reason)));
            }
            DesktopEvent::Said(FromSession::Masked { epoch, mask }) => {
                self.with_own(now, epoch, |machine| machine.masked(mask));
            }
            DesktopEvent::Said(FromSession::Return { epoch, answer }) => {
                self.under(now, epoch, |machine| machine.handle(now, wall, Local::Return(answer)));
            }
            DesktopEvent::Said(FromSession::PersonActs { epoch, active }) => {
                self.under(now, epoch, |machine| machine.person_acts(active));
            }
            DesktopEvent::Said(FromSession::Secret { epoch, answer }) => {
                self.with_own(now, epoch, |machine| machine.secret(answer));
            }
            // A list is no session's business: the service takes it before.
            DesktopEvent::Said(
                FromSession::Hello(_) | FromSession::Frame { .. } | FromSession::ListAnswered { .. },
            ) => {}
        }
    }

    /// The session that an epoch is or was one of. A word of the desktop that crosses a later epoch is of the one before.
    pub(crate) fn owner(&self, epoch: Epoch) -> Option<SessionId> {
        self.active.iter().find(|active| active.epochs.contains(&epoch)).map(|it| it.ticket.session)
    }

    /// Something on the desktop begins a later epoch: it is on disk before it counts.
    fn turn(&mut self, now: Instant, wall: UnixSeconds, of: Epoch, event: impl FnOnce(Epoch) -> Local) {
        let Some(session) = self.owner(of) else { return };
        match self.ledger.next_epoch() {
            Ok(epoch) => self.with_machine(now, session, |machine| machine.handle(now, wall, event(epoch))),
            Err(error) => {
                tracing::error!(%error, "no session can go on");
                self.stop(now, wall, session, EndReason::AgentStopping);
            }
        }
    }

    /// The line of a session to its console is gone and has been for `ago`.
    pub(crate) fn lost(&mut self, now: Instant, wall: UnixSeconds, session: SessionId, ago: Duration) {
        // Whoever joined has nothing that would be worth waiting for.
        let joined = self.of(session).is_some_and(|it| it.beside == Some(Way::Joins));
        let event = if joined { Local::Stop(EndReason::LinkLost) } else { Local::LineLost { ago } };
        self.with_machine(now, session, |machine| machine.handle(now, wall, event));
    }

    /// The whole line to the relay is gone.
    pub(crate) fn lost_all(&mut self, now: Instant, wall: UnixSeconds, ago: Duration) {
        for session in self.active.iter().map(|active| active.ticket.session).rev().collect::<Vec<_>>() {
            self.lost(now, wall, session, ago);
        }
    }

    /// The session whose line is lost and may come back.
    pub(crate) fn waiting(&self) -> Option<SessionId> {
        self.active.iter().find(|active| active.waiting).map(|active| active.ticket.session)
    }

    /// The relay says that the console of a session is back. `false`: no session waits for it.
    pub(crate) fn back(&mut self, now: Instant, wall: UnixSeconds, session: SessionId) -> bool {
        if self.waiting() != Some(session) {
            return false;
        }
        match self.ledger.next_epoch() {
            Ok(epoch) => {
                self.with_machine(now, session, |machine| machine.handle(now, wall, Local::Knock { epoch }));
                self.commands.push_back(Command::OpenMedia(session));
                true
            }
            Err(error) => {
                tracing::error!(%error, "no session can go on");
                self.stop(now, wall, session, EndReason::AgentStopping);
                false
            }
        }
    }

    /// The keys of a lane of the living session; each lane's once.
    pub(crate) fn lane(&mut self, session: SessionId, lane: Lane) -> Option<(Sealer, Opener)> {
        let active = self.active.iter_mut().find(|active| active.ticket.session == session)?;
        active.machine.channel()?.lane(lane)
    }

    /// Follows an offer whose ticket holds.
    fn begin(
        &mut self,
        now: Instant,
        wall: UnixSeconds,
        at: Moments,
        ticket: Ticket,
    ) -> Result<(), EndReason> {
        // One that waits for its line has no right of way over a new question: the person decides.
        if let Some(waiting) = self.waiting() {
            self.stop(now, wall, waiting, EndReason::LinkLost);
        }
        // One that is over here, and of which the others are being told still, makes room.
        self.with_all(now, Session::hurry);
        if self.barred {
            return Err(EndReason::ProgramTooOld);
        }
        let company = self.company(&ticket)?;
        if !self.most.holds(Capabilities::VIEW) {
            return Err(EndReason::DevicePolicy);
        }
        showable(self.desk)?;
        if !self.limit.may_ask(now, &ticket.technician) {
            return Err(EndReason::PromptLimit);
        }
        let broken = |error: &dyn std::fmt::Display| {
            tracing::error!(%error, "no session can begin");
            EndReason::AgentStopping
        };
        let fresh = self.ledger.spend(ticket.session, ticket.issued_at, ticket.expires_at, at.relay);
        if !fresh.map_err(|e| broken(&e))? {
            return Err(EndReason::TicketInvalid);
        }
        let epoch = self.ledger.next_epoch().map_err(|e| broken(&e))?;
        let nonce = self.random.bytes().map_err(|e| broken(&e))?;
        let Own { signer, firm, profile } = self.own.clone();
        let session = ticket.session;
        let issued = issued(now, ticket.issued_at, at.relay);
        let mut machine =
            Session::new(ticket.clone(), signer, firm, profile, epoch, (now, issued), wall, nonce)?;
        machine.allow(self.most);
        let beside = company.as_ref().map(|company| company.way);
        if let Some(company) = company {
            if company.way == Way::Joins {
                machine.allow(Capabilities::VIEW);
            }
            machine.beside(company);
        } else if let Some((promise, moment)) = self.kept.take() {
            match promise.holds(&ticket, &moment) {
                // It stays for whom it was given to.
                Err(Doubt::Other) => {}
                held => {
                    // Used up before anything follows from it.
                    self.commands.push_back(Command::ForgetPromise);
                    match held {
                        Ok(capabilities) => machine.promised(capabilities),
                        Err(doubt) => tracing::info!(%doubt, "a return was allowed, and is void"),
                    }
                }
            }
        }
        tracing::info!(%session, "a session is offered");
        let epochs = vec![epoch];
        let second = beside.is_some();
        let active = Active {
            ticket,
            machine,
            epoch,
            epochs,
            beside,
            second,
            granted: false,
            living: false,
            waiting: false,
        };
        self.active.push(active);
        self.commands.push_back(Command::OpenMedia(session));
        self.drain(now);
        Ok(())
    }

    fn of(&self, session: SessionId) -> Option<&Active> {
        self.active.iter().find(|active| active.ticket.session == session)
    }

    fn with_machine(&mut self, now: Instant, session: SessionId, turn: impl FnOnce(&mut Session)) {
        if let Some(active) = self.active.iter_mut().find(|active| active.ticket.session == session) {
            turn(&mut active.machine);
            self.drain(now);
        }
    }

    fn with_all(&mut self, now: Instant, mut turn: impl FnMut(&mut Session)) {
        for session in self.active.iter().map(|active| active.ticket.session).collect::<Vec<_>>() {
            self.with_machine(now, session, &mut turn);
        }
    }

    /// For whoever's epoch this is or was.
    fn with_own(&mut self, now: Instant, epoch: Epoch, turn: impl FnOnce(&mut Session)) {
        if let Some(session) = self.owner(epoch) {
            self.with_machine(now, session, turn);
        }
    }

    /// For whoever's epoch this is now.
    fn under(&mut self, now: Instant, epoch: Epoch, turn: impl FnOnce(&mut Session)) {
        let now_under = |active: &&Active| active.epoch == epoch;
        if let Some(session) = self.active.iter().find(now_under).map(|active| active.ticket.session) {
            self.with_machine(now, session, turn);
        }
    }
}

/// When the ticket was issued, by this machine's monotonic clock: never after now, never longer ago than a ticket lives.
fn issued(now: Instant, at: UnixSeconds, relay: UnixSeconds) -> Instant {
    let age = u64::try_from(relay.0.saturating_sub(at.0)).unwrap_or(0).min(LIFETIME_S);
    now.checked_sub(Duration::from_secs(age)).unwrap_or(now)
}

/// Whether a screen can be shown and a person asked.
fn showable(desk: Option<Desk>) -> Result<(), EndReason> {
    match desk {
        Some(Desk::Screen { .. }) => Ok(()),
        Some(Desk::Wayland) => Err(EndReason::DisplayUnsupported),
        Some(Desk::Terminal | Desk::None) => Err(EndReason::NoDisplay),
        None => Err(EndReason::NobodyThere),
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("session", &self.session()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
