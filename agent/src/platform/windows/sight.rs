//! Seeing by the way that [`Path`] says: it always yields a picture of the size that was told, and where it changed.
//!
//! DXGI is believed after a comparison only, and never for good: every two seconds some rows of its picture are compared with GDI’s, each
//! in its turn, and now and then those under the pointer. What differs is compared again a second later; the second time DXGI is over for
//! this process. **If a driver lies** in what it says, the technician sees that part of the screen as it was, or black, for at most a round of these
//! comparisons: about 45 s at 1080 rows, 90 s at 2160, longer where the screen never stands still, since only what stands still can be compared. It is
//! never more than the person shows: both ways read the same desktop with the person’s own rights, and whether anything may be looked
//! at or sent is decided elsewhere, before and after. What both ways get wrong alike nobody notices.

use std::time::{Duration, Instant};

use aval_protocol::wire::screen::Rect;
use zeroize::Zeroize as _;

use super::agree::{Agree, TILE, Verdict};
use super::differ::differences;
use super::kept::{Kept, MANY};
use super::layout::Area;
use super::path::{Fault, Path, Step};

/// Bytes of a pixel: B G R and one unused.
const PIXEL: usize = 4;
/// Looks of one comparison of the whole screen.
const WINDOW: u8 = 4;
/// Comparisons after which DXGI is said to be silent, or the screen never to stand still.
const WINDOWS: u8 = 64;
/// From one comparison of some rows to the next.
const CHECK: Duration = Duration::from_secs(2);
/// To the next after one that differed.
const DOUBT: Duration = Duration::from_secs(1);
/// Looks that lie between both of its copies.
const CHECKED: u8 = 4;
/// Every so many comparisons it is the rows under the pointer: a driver that draws it into the picture is found out soon.
const POINTED: u32 = 4;

/// What the system does, on a machine or in a test.
pub(in crate::platform) trait System {
    /// An open duplication.
    type Fast: Fast;
    /// Why GDI refused.
    type Refused;

    /// Copies the screen by GDI into the picture.
    fn copy(&mut self) -> Result<(), Self::Refused>;
    /// The picture: rows of B G R and one unused byte.
    fn picture(&mut self) -> &mut [u8];
    /// Copies these rows by GDI, over the whole width. `None`: it refuses at the moment.
    fn rows(&mut self, top: u16, height: u16) -> Option<Vec<u8>>;
    /// The row that the pointer is in.
    fn pointer(&mut self) -> Option<u16>;
    /// Writes into the picture what a person reads there and the screen does not show. Where; `None` if there is nothing to say.
    fn note(&mut self) -> Option<Area>;
    /// Begins to open DXGI, beside all this.
    fn open(&mut self);
    /// Whether it is open by now. After the answer there is none until the next [`open`](Self::open).
    fn opened(&mut self) -> Option<Result<Self::Fast, Fault>>;
    /// Never again in this process.
    fn distrust(&mut self);
}

/// An open duplication of all monitors.
pub(in crate::platform) trait Fast {
    /// Brings over everything that is new, without waiting for anything. Whether each monitor has been seen by now.
    fn pump(&mut self, kept: &mut Kept, changed: &mut Vec<Area>) -> Result<bool, Fault>;
}

/// Which way is in use, and what it takes.
pub(in crate::platform) struct Sight<F> {
    path: Path,
    size: (u16, u16),
    /// What the picture held after GDI’s last copy; empty if nothing was told yet, or DXGI is in use.
    before: Vec<u8>,
    noted: Option<Area>,
    running: Option<Running<F>>,
}

struct Running<F> {
    fast: F,
    kept: Kept,
    agree: Agree,
    looks: u8,
    windows: u8,
    /// Nothing of it was shown yet.
    unseen: bool,
    checks: Checks,
}

/// The comparisons with GDI after DXGI was believed.
struct Checks {
    next: Instant,
    count: u32,
    /// The first row of the next in turn.
    turn: u16,
    doubts: u8,
    /// The last one differed: the next is of the same rows.
    again: bool,
    now: Option<Check>,
}

struct Check {
    top: u16,
    height: u16,
    first: Vec<u8>,
    agree: Agree,
    looks: u8,
}

// === impl Sight

impl<F: Fast> Sight<F> {
    /// For a picture of that size.
    pub(in crate::platform) fn new(now: Instant, size: (u16, u16), distrusted: bool) -> Self {
        Self { path: Path::new(now, distrusted), size, before: Vec::new(), noted: None, running: None }
    }

    /// The picture has that size from now on, or shows other monitors.
    pub(in crate::platform) fn resized(&mut self, now: Instant, size: (u16, u16)) {
        self.size = size;
        self.before.zeroize();
        self.noted = None;
        if !self.path.is_slow() {
            self.fall(now, Fault::Moved);
        }
    }

    /// Whether a look costs next to nothing when nothing changed.
    pub(in crate::platform) const fn is_cheap(&self) -> bool {
        self.running.is_some()
    }

    /// Brings the picture up to date and says where it changed; too much perhaps, never too little. `away`: another desktop is in front.
    pub(in crate::platform) fn look<S: System<Fast = F>>(
        &mut self,
        now: Instant,
        away: bool,
        system: &mut S,
    ) -> Result<Vec<Rect>, S::Refused> {
        if away && !self.path.is_slow() {
            self.fall(now, Fault::Away);
        }
        match self.path.step(now, away) {
            Step::Slow => {}
            Step::Open => system.open(),
            Step::Opening => match system.opened() {
                Some(Ok(fast)) => {
                    self.path.opened();
                    self.running = Some(Running::new(fast, self.size, now));
                }
                Some(Err(fault)) => self.fall(now, fault),
                None if self.path.hangs(now) => self.fall(now, Fault::Hung),
                None => {}
            },
            Step::Trial => return self.trial(now, system),
            Step::Fast => match self.fast(now, system) {
                Ok(damage) => return Ok(damage),
                Err(fault) => {
                    if fault == Fault::Lied {
                        system.distrust();
                    }
                    self.fall(now, fault);
                }
            },
        }
        system.copy()?;
        Ok(self.copied(system))
    }

    /// After GDI’s copy: what differs from the one before.
    fn copied<S: System>(&mut self, system: &mut S) -> Vec<Rect> {
        self.noted = system.note();
        differences(&mut self.before, system.picture(), self.size)
    }

    /// GDI’s picture is told; DXGI’s is kept beside it and compared.
    fn trial<S: System<Fast = F>>(&mut self, now: Instant, system: &mut S) -> Result<Vec<Rect>, S::Refused> {
        let mut changed = Vec::new();
        let mut whole = self.running.as_mut().map_or(Err(Fault::Other), |running| running.pump(&mut changed));
        system.copy()?;
        if let (Ok(true), Some(running)) = (whole, &mut self.running) {
            // What came while GDI copied is in one of the two only.
            whole = running.pump(&mut changed);
            for area in changed.drain(..) {
                running.agree.touch(area);
            }
            running.agree.touch_changes(&self.before, system.picture());
        }
        let found = whole.and_then(|whole| {
            let running = self.running.as_mut().ok_or(Fault::Other)?;
            running.judge(whole, system.picture(), self.size)
        });
        match found {
            Ok(true) => {
                self.path.agreed();
                tracing::info!("the screen is read by Desktop Duplication (DXGI)");
            }
            Ok(false) => {}
            Err(fault) => self.fall(now, fault),
        }
        Ok(self.copied(system))
    }

    fn fast<S: System<Fast = F>>(&mut self, now: Instant, system: &mut S) -> Result<Vec<Rect>, Fault> {
        let running = self.running.as_mut().ok_or(Fault::Other)?;
        let mut changed = Vec::new();
        running.pump(&mut changed)?;
        running.check(now, system, self.size, &mut changed)?;
        let whole = Rect { x: 0, y: 0, width: self.size.0, height: self.size.1 };
        if running.unseen || changed.len() > MANY {
            running.unseen = false;
            self.before.zeroize();
            changed = vec![whole.into()];
        }
        for area in &changed {
            show(&running.kept, system.picture(), self.size, *area);
        }
        // A sentence covers what is there: it is put back first, so that it stays true if the sentence goes.
        if let Some(area) = self.noted {
            show(&running.kept, system.picture(), self.size, area);
        }
        let noted = system.note();
        if noted != self.noted {
            changed.extend(self.noted.into_iter().chain(noted));
        }
        self.noted = noted;
        Ok(changed.into_iter().filter_map(|area| area.within(whole.into())?.rect()).collect())
    }

    /// Back to GDI. If DXGI was in use nothing is left of GDI’s last copy, so that all of the next one is told.
    fn fall(&mut self, now: Instant, fault: Fault) {
        self.path.failed(now, fault);
        self.running = None;
        tracing::info!(reason = ?fault, "the screen is copied by GDI");
    }
}

impl<F> Drop for Sight<F> {
    fn drop(&mut self) {
        self.before.zeroize();
    }
}

// === impl Running

impl<F: Fast> Running<F> {
    fn new(fast: F, size: (u16, u16), now: Instant) -> Self {
        Self {
            fast,
            kept: Kept::new(size),
            agree: Agree::new(size.0, 0, size.1),
            looks: 0,
            windows: 0,
            unseen: true,
            checks: Checks { next: now + CHECK, count: 0, turn: 0, doubts: 0, again: false, now: None },
        }
    }

    fn pump(&mut self, changed: &mut Vec<Area>) -> Result<bool, Fault> {
        self.fast.pump(&mut self.kept, changed)
    }

    /// Whether DXGI is to be believed by now. `picture` is GDI’s of this moment.
    fn judge(&mut self, whole: bool, picture: &[u8], size: (u16, u16)) -> Result<bool, Fault> {
        self.looks += 1;
        if self.looks < WINDOW {
            return Ok(false);
        }
        (self.looks, self.windows) = (0, self.windows + 1);
        let agree = std::mem::replace(&mut self.agree, Agree::new(size.0, 0, size.1));
        let over = self.windows >= WINDOWS;
        if !whole {
            return if over { Err(Fault::Silent) } else { Ok(false) };
        }
        match agree.verdict(picture, self.kept.bytes()) {
            Verdict::Same => Ok(true),
            Verdict::Differs => Err(Fault::Differs),
            Verdict::Unknown if over => Err(Fault::Unsettled),
            Verdict::Unknown => Ok(false),
        }
    }

    /// Compares some rows with GDI’s, when it is time.
    fn check<S: System>(
        &mut self,
        now: Instant,
        system: &mut S,
        size: (u16, u16),
        changed: &mut Vec<Area>,
    ) -> Result<(), Fault> {
        let Some(mut check) = self.checks.now.take() else {
            if now >= self.checks.next {
                self.checks.begin(system, size);
                if self.checks.now.is_none() {
                    self.checks.next = now + CHECK;
                }
            }
            return Ok(());
        };
        check.looks += 1;
        let ends = check.looks >= CHECKED;
        let mut second = if ends { system.rows(check.top, check.height) } else { None };
        if ends {
            // As in a trial: what came while GDI copied.
            self.fast.pump(&mut self.kept, changed)?;
        }
        for area in changed.iter() {
            check.agree.touch(*area);
        }
        if !ends {
            self.checks.now = Some(check);
            return Ok(());
        }
        let mut differs = false;
        if let Some(second) = &mut second {
            check.agree.touch_changes(&check.first, second);
            let row = usize::from(size.0) * PIXEL;
            let (start, end) = (usize::from(check.top) * row, usize::from(check.top + check.height) * row);
            let kept = self.kept.bytes().get(start..end).unwrap_or_default();
            differs = check.agree.verdict(second, kept) == Verdict::Differs;
            second.zeroize();
        }
        self.checks.next = now + if differs { DOUBT } else { CHECK };
        self.checks.again = differs;
        if differs {
            self.checks.doubts += 1;
            self.checks.turn = check.top;
            tracing::debug!(doubts = self.checks.doubts, "DXGI shows what GDI does not");
        }
        if self.checks.doubts >= 2 { Err(Fault::Lied) } else { Ok(()) }
    }
}

// === impl Checks

impl Checks {
    /// The rows in turn, or those under the pointer.
    fn begin<S: System>(&mut self, system: &mut S, (width, height): (u16, u16)) {
        let tile = u16::try_from(TILE).unwrap_or(u16::MAX);
        self.count = self.count.wrapping_add(1);
        let pointed = self.count.is_multiple_of(POINTED) && !self.again;
        let top = match system.pointer().filter(|row| pointed && *row < height) {
            Some(row) => row / tile * tile,
            None => {
                let top = if self.turn < height { self.turn } else { 0 };
                self.turn = top.saturating_add(tile);
                top
            }
        };
        let rows = tile.min(height - top);
        if let Some(first) = system.rows(top, rows) {
            self.now =
                Some(Check { top, height: rows, first, agree: Agree::new(width, top, rows), looks: 0 });
        }
    }
}

impl Drop for Check {
    fn drop(&mut self) {
        self.first.zeroize();
    }
}

/// Copies a part of what is kept into the picture.
fn show(kept: &Kept, picture: &mut [u8], (width, height): (u16, u16), area: Area) {
    let Some(part) = area.within(Area::of(0, 0, width.into(), height.into())).and_then(Area::rect) else {
        return;
    };
    for y in part.y..part.y + part.height {
        let start = (usize::from(y) * usize::from(width) + usize::from(part.x)) * PIXEL;
        let row = start..start + usize::from(part.width) * PIXEL;
        if let (Some(to), Some(from)) = (picture.get_mut(row.clone()), kept.bytes().get(row)) {
            to.copy_from_slice(from);
        }
    }
}

#[cfg(test)]
mod tests;
