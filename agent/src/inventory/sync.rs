//! When the inventory is read and what of it travels. Moments and words in, errands out; no clock, no socket, no file.
//!
//! Each round asks the relay what it holds and sends what differs, so a lost word, a relay restored from yesterday and one that
//! was emptied are all the same case. Rounds come after the start (spread over ten minutes, so that a fleet switched on at nine is
//! no storm), once a day, after each new line (with what was read last), and at once when a machine was just approved or the
//! relay holds nothing. Health is looked at each hour and told when a verdict changed. What is plugged in or out is read when it has
//! been quiet for a while. Without a line a machine that told before is read once a day, and what changed waits ([`Changes`]).

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use aval_protocol::wire::inventory::{
    Content, Digest, Held, InventoryDown, InventoryUp, Packed, Section, SectionKind, SectionRefused, root,
};

use super::changes::Changes;

/// Over which time machines that start together spread.
pub const SPREAD: Duration = Duration::from_secs(600);
/// From one reading to the next.
pub const DAY: Duration = Duration::from_secs(24 * 3600);
/// From one look at the health to the next.
pub const HOUR: Duration = Duration::from_secs(3600);
/// How long the relay may take to answer a word.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// How long nothing more must be plugged in or out before it is read.
pub const QUIET: Duration = Duration::from_secs(300);
/// From the first plug to the reading at most, however long somebody goes on.
pub const RESTLESS: Duration = Duration::from_secs(1800);
/// Told changes that are forgotten on disk at once: a crash tells at most so many twice.
const FORGOTTEN: u64 = 16;
/// How often a relay that does not answer is asked before an hour's rest.
const ATTEMPTS: u8 = 3;
/// How often what differs is sent in one round: a relay that keeps nothing, or something else, is left alone for an hour.
const SENDINGS: u8 = 2;

/// What is to be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Errand {
    /// Read everything; the answer is [`Sync::collected`].
    CollectAll,
    /// Read the health section; the answer is [`Sync::collected`].
    CollectHealth,
    /// Tell the relay.
    Say(InventoryUp),
    /// Keep [`Sync::changes`] on disk.
    Keep,
}

/// The agent's side of the conversation.
#[derive(Debug)]
pub struct Sync {
    online: bool,
    /// The machine was heard to be pending, so its approval is news.
    pending: bool,
    round: Round,
    /// A reading is under way.
    reading: bool,
    /// When the next round begins, if there is a line.
    due: Instant,
    health_due: Instant,
    taken: Option<Instant>,
    sections: BTreeMap<u16, Packed>,
    health: Option<Section>,
    /// The health's verdicts that the relay has.
    told: Option<Section>,
    /// What the relay said it will not keep.
    refused: BTreeSet<u16>,
    errands: VecDeque<Errand>,
    /// Without a line.
    changes: Changes,
    settled: u64,
    /// Something was plugged in or out: when to read, and when at the latest.
    plugged: Option<(Instant, Instant)>,
}

#[derive(Debug)]
enum Round {
    Idle,
    /// The relay is told what changed while there was no line, one at a time.
    Telling {
        until: Instant,
        attempts: u8,
    },
    /// The relay was asked what it holds.
    Asked {
        until: Instant,
        attempts: u8,
        sendings: u8,
    },
    /// The relay was sent these and has not said yet that it keeps them.
    Sent {
        waiting: BTreeMap<u16, Digest>,
        until: Instant,
        attempts: u8,
        sendings: u8,
    },
}

// === impl Sync

impl Sync {
    /// Of a service that starts, and what it kept on disk; `random` spreads the first round.
    pub fn new(now: Instant, random: u64, changes: Changes) -> Self {
        Self {
            online: false,
            pending: false,
            round: Round::Idle,
            reading: false,
            due: now + spread(random),
            health_due: now + HOUR + spread(random),
            taken: None,
            sections: BTreeMap::new(),
            health: None,
            told: None,
            refused: BTreeSet::new(),
            errands: VecDeque::new(),
            changes,
            settled: 0,
            plugged: None,
        }
    }

    /// The next errand.
    pub fn poll(&mut self) -> Option<Errand> {
        self.errands.pop_front()
    }

    /// When to call [`tick`](Self::tick); `None` while there is nothing to wait for.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let daily = match self.taken {
            // The next round is due when there is a line; until then a reading a day is enough.
            Some(taken) if !self.online => self.due.max(taken + DAY),
            _ => self.due,
        };
        let to_read = self.plugged.map_or(daily, |(at, _)| at.min(daily));
        match &self.round {
            Round::Telling { until, .. } | Round::Asked { until, .. } | Round::Sent { until, .. } => {
                Some(*until)
            }
            Round::Idle if self.reading => None,
            Round::Idle if self.online => Some(to_read.min(self.health_due)),
            Round::Idle => self.changes.begun().then_some(to_read),
        }
    }

    /// The relay says that this machine waits for its approval.
    pub fn pending(&mut self) {
        self.pending = true;
        self.offline();
    }

    /// There is a line, and the relay says that this machine is approved.
    pub fn approved(&mut self, now: Instant, random: u64) {
        if std::mem::replace(&mut self.online, true) {
            return;
        }
        self.refused.clear();
        let wait = if std::mem::take(&mut self.pending) { Duration::ZERO } else { spread(random) };
        self.due = self.due.max(now).min(now + wait);
    }

    /// There is no line, or no standing, any more. What was under way begins anew with the next line.
    pub fn offline(&mut self) {
        self.online = false;
        self.round = Round::Idle;
        self.errands.retain(|errand| !matches!(errand, Errand::Say(_)));
    }

    /// Something was plugged in or out.
    pub fn plugged(&mut self, now: Instant) {
        let latest = self.plugged.map_or(now + RESTLESS, |(_, latest)| latest);
        self.plugged = Some(((now + QUIET).min(latest), latest));
    }

    /// What is to be kept on disk.
    pub const fn changes(&self) -> &Changes {
        &self.changes
    }

    /// Time passed.
    pub fn tick(&mut self, now: Instant) {
        if self.poll_timeout().is_none_or(|at| at > now) {
            return;
        }
        match &self.round {
            Round::Telling { attempts, .. } => match *attempts + 1 {
                attempts if attempts < ATTEMPTS => self.tell(now, attempts),
                _ => self.rest(now, HOUR),
            },
            Round::Asked { attempts, sendings, .. } | Round::Sent { attempts, sendings, .. } => {
                let (attempts, sendings) = (*attempts + 1, *sendings);
                if attempts < ATTEMPTS {
                    self.ask(now, attempts, sendings);
                } else {
                    self.rest(now, HOUR);
                }
            }
            Round::Idle if self.plugged.is_some_and(|(at, _)| at <= now) => self.read(),
            Round::Idle if !self.online => self.read(),
            Round::Idle if self.due <= now => self.begin(now),
            Round::Idle => {
                self.health_due = now + HOUR;
                self.reading = true;
                self.errands.push_back(Errand::CollectHealth);
            }
        }
    }

    /// What was read.
    pub fn collected(&mut self, now: Instant, sections: Vec<Section>) {
        self.reading = false;
        if sections.is_empty() {
            self.due = self.due.max(now + HOUR);
        }
        let whole = sections.iter().any(|section| !section.kind.volatile());
        if whole && !self.online && self.changes.begun() && self.changes.note(&sections) {
            self.errands.push_back(Errand::Keep);
        }
        for section in sections {
            if section.kind == SectionKind::Health {
                self.health = Some(section);
            } else {
                self.sections.insert(section.kind.number(), section.pack());
            }
        }
        if whole {
            self.taken = Some(now);
        }
        if !self.online {
            return;
        }
        if whole {
            self.start(now);
        } else {
            self.tell_health();
        }
    }

    /// The relay says something.
    pub fn heard(&mut self, now: Instant, word: InventoryDown) {
        if !self.online {
            return;
        }
        match word {
            InventoryDown::Wanted => {
                if matches!(self.round, Round::Idle) {
                    self.due = now;
                    self.told = None;
                }
            }
            InventoryDown::Same { root } if self.asked() && root == self.root() => self.done(now),
            InventoryDown::Same { .. } => {}
            InventoryDown::Held(held) => self.answer(now, &held),
            InventoryDown::Kept(Held { kind, digest }) => self.settled(now, kind, Some(digest)),
            InventoryDown::Refused { why: SectionRefused::Unavailable, .. } if self.telling() => {
                self.rest(now, HOUR);
            }
            InventoryDown::Refused { kind, .. } if self.telling() => self.told(now, kind, None),
            InventoryDown::Refused { kind, why } => {
                if why != SectionRefused::Unavailable {
                    self.refused.insert(kind.number());
                }
                self.settled(now, kind, None);
            }
        }
    }

    /// Reads, or takes what was read within the day.
    fn begin(&mut self, now: Instant) {
        let fresh = self.taken.is_some_and(|taken| now.saturating_duration_since(taken) < DAY);
        if fresh {
            self.start(now);
        } else {
            self.read();
        }
    }

    fn read(&mut self) {
        self.plugged = None;
        self.reading = true;
        self.errands.push_back(Errand::CollectAll);
    }

    /// What changed without a line comes first, so that what holds is told last.
    fn start(&mut self, now: Instant) {
        match self.changes.first() {
            Some(_) => self.tell(now, 0),
            None => self.ask(now, 0, 0),
        }
    }

    fn tell(&mut self, now: Instant, attempts: u8) {
        self.round = Round::Telling { until: now + PATIENCE, attempts };
        let first = self.changes.first().cloned();
        self.errands.extend(first.map(|section| Errand::Say(InventoryUp::Section(section))));
    }

    const fn telling(&self) -> bool {
        matches!(self.round, Round::Telling { .. })
    }

    /// The relay keeps a change, or never will.
    fn told(&mut self, now: Instant, kind: SectionKind, digest: Option<Digest>) {
        let meant =
            |first: &Packed| first.kind == kind && digest.is_none_or(|digest| digest == first.digest());
        if !self.changes.first().is_some_and(meant) {
            return;
        }
        self.changes.settle();
        self.settled += 1;
        if self.changes.first().is_none() || self.settled.is_multiple_of(FORGOTTEN) {
            self.errands.push_back(Errand::Keep);
        }
        self.start(now);
    }

    fn ask(&mut self, now: Instant, attempts: u8, sendings: u8) {
        self.round = Round::Asked { until: now + PATIENCE, attempts, sendings };
        self.errands.push_back(Errand::Say(InventoryUp::Check { root: self.root() }));
    }

    const fn asked(&self) -> bool {
        matches!(self.round, Round::Asked { .. })
    }

    fn root(&self) -> Digest {
        root(self.sections.values().map(|packed| (packed.kind, packed.digest())))
    }

    /// Sends what the relay lacks or holds otherwise.
    fn answer(&mut self, now: Instant, held: &[Held]) {
        let Round::Asked { attempts, sendings, .. } = self.round else { return };
        let held: BTreeMap<_, _> = held.iter().map(|held| (held.kind.number(), held.digest)).collect();
        let differs = |(number, packed): &(&u16, &Packed)| {
            held.get(number) != Some(&packed.digest()) && !self.refused.contains(number)
        };
        let wanted: Vec<_> = self.sections.iter().filter(differs).map(|(_, packed)| packed.clone()).collect();
        if wanted.is_empty() {
            return self.done(now);
        }
        if sendings >= SENDINGS {
            return self.rest(now, HOUR);
        }
        let waiting = wanted.iter().map(|packed| (packed.kind.number(), packed.digest())).collect();
        self.errands.extend(wanted.into_iter().map(|packed| Errand::Say(InventoryUp::Section(packed))));
        self.round = Round::Sent { waiting, until: now + PATIENCE, attempts, sendings: sendings + 1 };
    }

    /// The relay keeps a section, or never will.
    fn settled(&mut self, now: Instant, kind: SectionKind, digest: Option<Digest>) {
        if kind == SectionKind::Health {
            let sent = self.health.as_ref().map(|section| section.pack().digest());
            if digest.is_none() || digest == sent {
                self.told.clone_from(&self.health);
            }
            return;
        }
        if self.telling() {
            return self.told(now, kind, digest);
        }
        let number = kind.number();
        let Round::Sent { waiting, attempts, sendings, .. } = &mut self.round else { return };
        match digest {
            Some(digest) if waiting.get(&number) != Some(&digest) => {}
            _ => drop(waiting.remove(&number)),
        }
        if waiting.is_empty() {
            // What the relay then says is the proof.
            let (attempts, sendings) = (*attempts, *sendings);
            self.ask(now, attempts, sendings);
        }
    }

    fn done(&mut self, now: Instant) {
        let rest = self.taken.map_or(DAY, |taken| (taken + DAY).saturating_duration_since(now));
        self.rest(now, if rest.is_zero() { DAY } else { rest });
        if self.changes.all_told(self.sections.values()) {
            self.errands.push_back(Errand::Keep);
        }
        self.tell_health();
    }

    fn rest(&mut self, now: Instant, rest: Duration) {
        self.round = Round::Idle;
        self.due = now + rest;
    }

    fn tell_health(&mut self) {
        if let Some(health) = &self.health
            && verdicts(Some(health)) != verdicts(self.told.as_ref())
        {
            self.errands.push_back(Errand::Say(InventoryUp::Section(health.pack())));
        }
    }
}

/// What of the health is worth a word.
fn verdicts(section: Option<&Section>) -> Option<String> {
    let section = section?;
    let grades = match &section.content {
        Some(Content::Health(health)) => health.grades(),
        _ => Vec::new(),
    };
    Some(format!("{:?} {grades:?}", section.status))
}

fn spread(random: u64) -> Duration {
    let most = u64::try_from(SPREAD.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(random % most)
}

#[cfg(test)]
mod tests;
