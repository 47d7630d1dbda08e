//! A second, much simpler account of what the person said, which the conductor is compared with.

use aval_protocol::session::HOLD;

use super::*;

/// What the person said and what became of it, told as simply as it can be.
#[derive(Default)]
pub(super) struct Account {
    asked: Option<(SessionId, Capabilities)>,
    /// And until when it is remembered.
    yes: Option<(SessionId, Capabilities, Instant)>,
    /// Whose grant it is, from the banner on.
    whose: Option<SessionId>,
    /// Somebody asks while a grant stands, until then; or was agreed to.
    second: Option<(SessionId, Capabilities, Way, Instant)>,
    second_yes: Option<(SessionId, Capabilities, Way, Instant)>,
    /// Somebody has joined, or will after so many signs of life; until then.
    joined: Option<(u64, u8, Instant)>,
    /// With its end, and until when the banner is waited for.
    raising: Option<(u64, Capabilities, Instant, Instant)>,
    pub(super) live: Option<(u64, Capabilities, Instant)>,
    /// The line is lost since.
    away: Option<Instant>,
    /// Since when it is asked whether to go on.
    question: Option<Instant>,
    /// The screen is masked: by hand, and by the window for a password.
    pub(super) masked: [bool; 2],
    /// The machine is locked.
    locked: bool,
    /// Nothing lives since; it was locked, or hands were taken back, and the later epoch has not come.
    dark: bool,
    /// The service's word of a later epoch is waited for until then.
    turning: Option<Instant>,
    /// Since when the grant waits for the person.
    since: Option<Instant>,
    /// Unlocked, and the banner was seen since.
    back: bool,
    /// Whether more is asked for, and what the person said to it.
    /// The technician did nothing for long.
    rests: bool,
    /// The person's own hands moved: theirs come first until then.
    acts: Option<Instant>,
    more: More,
    wider: Option<Capabilities>,
    /// The person is asked whether the technician may come back once.
    may_return: bool,
    /// Nobody agreed to go on after closing.
    closing: bool,
    /// The banner of a return is waited for until then.
    coming: Option<Instant>,
    /// It counts down: when the banner was last heard of, and to when.
    counting: Option<(Instant, Instant)>,
    pub(super) beat: Option<Instant>,
    begun: Option<Instant>,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum More {
    #[default]
    No,
    Asked,
    Answered,
}

impl Account {
    /// Nothing lives until a later epoch comes.
    fn darkens(&mut self) {
        (self.dark, self.more, self.wider, self.may_return) = (true, More::No, None, false);
        self.turning = None;
        if self.locked {
            self.masked[1] = false;
        }
    }

    fn comes(&self) -> bool {
        self.coming.is_some() || self.counting.is_some()
    }

    /// Whether a grant does, or is about to.
    fn stands(&self) -> bool {
        self.live.is_some() || self.raising.is_some() || self.comes()
    }

    fn over(&mut self) {
        *self = Self { beat: self.beat, locked: self.locked, acts: self.acts, ..Self::default() };
    }

    /// The first is over by itself: the second is the only one.
    fn over_alone(&mut self) {
        // They agreed to both, not to the second alone.
        let yes = self.second_yes.filter(|(_, _, way, _)| *way == Way::Follows);
        let asked = self.second.map(|(session, most, ..)| (session, most));
        self.over();
        (self.asked, self.yes) = (asked, yes.map(|(session, ticked, _, until)| (session, ticked, until)));
    }

    /// Whether remote hands stand still for the second.
    fn holds_second(&self) -> bool {
        self.shows_second() || self.second_yes.is_some()
    }

    /// Whether the second's question is on the screen.
    fn shows_second(&self) -> bool {
        let else_asked = self.question.is_some() || self.may_return || self.more != More::No;
        self.second.is_some() && self.live.is_some() && !self.locked && !else_asked && !self.masked[1]
    }

    /// What is over by itself.
    fn passes(&mut self, now: Instant) {
        use crate::session::guard::{GRACE, LEASE};
        let gone = self.live.is_some_and(|(_, _, until)| now >= until)
            || match (self.live, self.away) {
                (Some(_), _) if !self.back && self.since.is_some_and(|at| now >= at + HOLD) => true,
                (Some(_), Some(since)) => now >= since + aval_protocol::session::AWAY,
                (Some(_), None) if self.dark => self.turning.is_some_and(|at| now >= at),
                (Some(_), None) => self.beat.is_none_or(|at| now >= at + LEASE + GRACE),
                (None, _) => false,
            };
        let expired = self.live.is_some_and(|(_, _, until)| now >= until);
        let alone = match expired {
            true => self.question.is_none() && !self.closing,
            false => self.away.is_some_and(|since| now >= since + aval_protocol::session::AWAY),
        };
        match (gone, alone) {
            (true, true) => self.over_alone(),
            (true, false) => self.over(),
            (false, _) => {}
        }
        let shown = self.shows_second();
        self.second = self.second.filter(|(.., until)| shown || now < *until);
        self.joined = self.joined.filter(|(.., until)| now < *until);
        self.second_yes = self.second_yes.filter(|(.., until)| now < *until);
        self.coming = self.coming.filter(|at| now < *at);
        if let Some((beat, until)) = self.counting {
            let quiet = now >= beat + LEASE;
            if now >= beat + LEASE + GRACE || (now >= until && quiet) {
                self.over();
            } else if now >= until {
                self.counting = None;
                (self.live, self.beat) = (Some((9, VIEW, now + Duration::from_secs(600))), Some(now));
            }
        }
        self.raising = self.raising.filter(|(.., at)| now < *at);
        self.yes = self.yes.filter(|(.., at)| now < *at);
    }

    fn silence(&mut self) {
        if let (Some(asked), Some((_, rights, until))) = (self.question.take(), &mut self.live) {
            self.closing = true;
            (*rights, *until) = (rights.and(VIEW), (*until).min(asked + END));
        }
    }

    pub(super) fn takes(&mut self, now: Instant, step: Step) {
        let living = self.live.map(|(epoch, ..)| epoch);
        // Silence for so long is no yes: the screen may be seen for a little longer.
        if self.question.is_some_and(|asked| now >= asked + ANSWER) {
            self.silence();
        }
        if matches!(step, Step::Pass(_)) {
            self.passes(now);
        }
        match step {
            Step::Ask(session, most) if self.live.is_none() && self.raising.is_none() && !self.comes() => {
                (self.asked, self.yes) = (Some((session, most)), None);
            }
            Step::AskBeside(session, most, way) => {
                if !self.stands() {
                    (self.asked, self.yes) = (Some((session, most)), None);
                } else if self.second.is_none() && self.second_yes.is_none() && self.joined.is_none() {
                    self.second = Some((session, most, way, now + Duration::from_secs(60)));
                }
            }
            Step::Withdraw => {
                self.asked = self.asked.filter(|(session, _)| *session != SESSION);
                self.yes = self.yes.filter(|(session, ..)| *session != SESSION);
            }
            // Nobody sees a question behind a locked screen.
            Step::Yes(_) if self.locked => {}
            Step::Yes(ticked) if self.shows_second() => {
                let agreed = |(session, _, way, _)| (session, ticked, way, now + YES_KEEPS);
                self.second_yes = self.second.take().map(agreed);
            }
            Step::No(_) if self.shows_second() => self.second = None,
            Step::Yes(_) | Step::No(_) if self.may_return => self.may_return = false,
            Step::Return => {
                let idle = self.asked.is_none() && self.yes.is_none() && self.raising.is_none();
                if idle && self.live.is_none() && !self.comes() && !self.locked {
                    (self.coming, self.whose) = (Some(now + RAISING), Some(SESSION));
                }
            }
            Step::MayReturn(epoch) if living == Some(epoch) => {
                let still = self.masked[1] || self.dark || self.away.is_some() || self.question.is_some();
                self.may_return |= !still && self.more == More::No && !self.closing && !self.holds_second();
            }
            Step::Yes(ticked) if self.question.is_some() => {
                self.question = None;
                self.live = self.live.map(|(epoch, rights, until)| (epoch, rights.and(ticked), until));
            }
            Step::Yes(ticked) if self.live.is_some() && self.more == More::Asked => {
                (self.more, self.wider) = (More::Answered, Some(ticked));
            }
            Step::Yes(_) if self.live.is_some() => {}
            Step::Yes(ticked) => {
                self.yes = self.asked.take().map(|(session, _)| (session, ticked, now + YES_KEEPS));
            }
            Step::No(reason) if self.question.is_some() => {
                self.silence();
                if reason == NoReason::Refused {
                    self.over();
                }
            }
            Step::No(_) if self.more == More::Asked => self.more = More::Answered,
            Step::No(_) => self.asked = None,
            Step::Begin(session, epoch, rights, for_s)
                if self.live.is_some() && self.second_yes.is_some_and(|(_, _, way, _)| way == Way::Joins) =>
            {
                let until = now + Duration::from_secs(for_s.into());
                self.joined = self
                    .second_yes
                    .take()
                    .filter(|(agreed, ..)| {
                        *agreed == session
                            && rights == VIEW
                            && for_s <= 3600
                            && living.is_some_and(|it| epoch > it)
                    })
                    .map(|_| (epoch, 2, until));
            }
            Step::Begin(session, epoch, rights, for_s) => {
                let covered = self.yes.take().is_some_and(|(agreed, ticked, _)| {
                    agreed == session && ticked.holds(rights) && for_s <= 3600
                });
                if covered {
                    let until = now + Duration::from_secs(for_s.into());
                    self.whose = Some(session);
                    (self.raising, self.begun) = (Some((epoch, rights, until, now + RAISING)), Some(now));
                }
            }
            Step::Up if self.coming.is_some() => {
                (self.coming, self.counting) =
                    (None, Some((now, now + crate::session::conduct::promise::COUNTDOWN)));
            }
            Step::Up => {
                if let Some((epoch, rights, until, _)) = self.raising.take() {
                    // Its time begins when it can be seen.
                    let for_s = until.saturating_duration_since(self.begun.unwrap_or(now));
                    (self.live, self.beat) = (Some((epoch, rights, now + for_s)), Some(now));
                    if self.locked {
                        self.darkens();
                        self.since = Some(now);
                    }
                }
            }
            Step::Alive => {
                self.beat = Some(now);
                self.joined = self.joined.map(|(epoch, left, until)| (epoch, left.saturating_sub(1), until));
                if self.since.is_some() && !self.locked {
                    let first = !self.back && self.away.is_none();
                    self.turning = first.then_some(now + RAISING).or(self.turning);
                    (self.back, self.since) = (true, self.since.filter(|_| self.away.is_none()));
                }
                self.counting = self.counting.map(|(_, until)| (now, until));
            }
            // Nobody sees it count down.
            Step::Lock(true) if !self.locked && self.comes() => {
                self.over();
                self.locked = true;
            }
            Step::Lock(true) if !self.locked => {
                self.locked = true;
                self.joined = None;
                if self.live.is_some() {
                    self.darkens();
                    // It went on waiting, unless it was about to go on.
                    self.since = Some(self.since.filter(|_| !self.back).unwrap_or(now));
                    self.back = false;
                }
            }
            Step::Lock(locked) => self.locked = locked,
            Step::TakeBack if self.counting.is_some() => self.over(),
            Step::TakeBack => {
                if let Some((_, rights, _)) = &mut self.live
                    && (rights.holds(Capabilities::CONTROL) || self.more != More::No)
                {
                    *rights = rights.and(VIEW);
                    let still = self.dark || self.away.is_some();
                    let turning = if still { self.turning } else { Some(now + RAISING) };
                    self.darkens();
                    self.turning = turning;
                }
            }
            Step::More(epoch) if living == Some(epoch) => {
                let still = self.masked[1] || self.dark || self.away.is_some() || self.question.is_some();
                if !still && self.more == More::No && !self.may_return && !self.holds_second() {
                    self.more = More::Asked;
                }
            }
            Step::Turn(before, epoch) if living == Some(before) => {
                let wider = self.wider.take().unwrap_or(Capabilities::none());
                (self.more, self.turning) = (More::No, None);
                self.live = self.live.map(|(_, rights, until)| (epoch, rights.with(wider), until));
                if !self.locked && (self.since.is_none() || self.back) {
                    let dark = self.rests || (self.away.is_some() && self.dark);
                    (self.dark, self.since, self.back) = (dark, None, false);
                }
            }
            Step::Rest(epoch) if living == Some(epoch) => {
                self.darkens();
                (self.rests, self.masked[1], self.joined) = (true, false, None);
            }
            Step::Awake(epoch) if living == Some(epoch) => {
                let still =
                    self.away.is_some() || self.turning.is_some() || (self.since.is_some() && !self.back);
                if std::mem::take(&mut self.rests) && !still {
                    self.turning = Some(now + RAISING);
                }
            }
            Step::PersonActs => self.acts = Some(now + crate::session::guard::PERSON_FIRST),
            Step::Left => self.over(),
            Step::Press | Step::Lost | Step::DisplayLost => self.over(),
            Step::OrderEnd if self.stands() && self.whose == Some(SESSION) => self.over_alone(),
            Step::OrderEnd if self.stands() => {}
            Step::OrderEnd => {
                self.asked = self.asked.filter(|(session, _)| *session != SESSION);
                self.yes = self.yes.filter(|(session, ..)| *session != SESSION);
            }
            Step::GoOn(epoch) if living == Some(epoch) => {
                self.question.get_or_insert(now);
                (self.masked[1], self.may_return) = (false, false);
                (self.more, self.wider) = (More::No, None);
            }
            Step::MaskWished(epoch) if living == Some(epoch) => self.masked[0] = true,
            Step::SecretWished(epoch) if living == Some(epoch) => {
                let busy = self.dark || self.more != More::No || self.may_return || self.holds_second();
                self.masked[1] |= self.away.is_none() && self.question.is_none() && !busy;
            }
            Step::Mask(on) if living.is_some() => self.masked[0] = on,
            Step::Handed(_) => self.masked[1] = false,
            Step::ViewOnly if living == Some(1) => {
                self.live = self.live.map(|(epoch, rights, until)| (epoch, rights.and(VIEW), until));
                self.closing |= self.question.take().is_some();
            }
            Step::LineLost(epoch) if living == Some(epoch) => {
                self.away.get_or_insert(now);
                (self.turning, self.joined) = (None, None);
                (self.masked[1], self.may_return) = (false, false);
                (self.more, self.wider) = (More::No, None);
                self.since = self.since.filter(|_| !self.back);
                self.back = false;
            }
            Step::Back(lost, epoch) if living == Some(lost) => match self.away.take() {
                Some(since) if now < since + aval_protocol::session::AWAY && epoch > lost => {
                    self.live = self.live.map(|(_, rights, until)| (epoch, rights, until));
                    self.dark = self.since.is_some() || self.rests;
                }
                _ => self.over(),
            },
            _ => {}
        }
    }

    /// Whether it may be, by this account.
    pub(super) fn allows(&self, now: Instant, epoch: u64, need: Capabilities) -> bool {
        let asked =
            self.question.is_some() || self.asked.is_some() || self.may_return || self.more != More::No;
        let asked = asked || self.holds_second();
        // Whoever joined sees while the first may, and does nothing.
        let joined = need == VIEW
            && self.joined.is_some_and(|(joined, left, until)| joined == epoch && left == 0 && now < until);
        let own = |living, rights: Capabilities| living == epoch && rights.holds(need);
        self.live.is_some_and(|(living, rights, until)| (own(living, rights) || joined) && now < until)
            && self.away.is_none()
            && self.masked == [false; 2]
            && !self.dark
            && !self.locked
            && self.beat.is_some_and(|at| now < at + crate::session::guard::LEASE)
            && !(need.holds(Capabilities::CONTROL) && (asked || self.acts.is_some_and(|until| now < until)))
    }
}
