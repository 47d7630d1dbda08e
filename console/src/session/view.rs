//! The client's screen as the technician may see it now: hidden while the lease is lost, gone and wiped when the session ends.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aval_protocol::id::Epoch;
use aval_protocol::wire::screen::{Rect, ScreenDown};
use aws_lc_rs::digest::{Context, Digest, SHA256};
use tokio::sync::watch;

use super::paint::{self, Messages};
use super::unseen::Unseen;
use crate::picture::{Applied, Picture, PictureError};

/// Changes remembered for [`View::touched_since`].
const REMEMBERED: usize = 4096;

/// The screen. Clones see the same one.
#[derive(Clone)]
pub struct View(Arc<Inner>);

struct Inner {
    sight: Mutex<Sight>,
    /// Counts what happened: a painted update, hidden, shown, gone.
    version: watch::Sender<u64>,
    /// Updates up to this one are painted where a person sees them; without a viewer, applied.
    painted: watch::Sender<Mark>,
}

/// An update, by its number and the epoch that counts it.
pub(crate) type Mark = (Epoch, u32);

/// One who looks through a browser. At most one at a time: attaching a second one blinds the first.
#[derive(Debug)]
pub(crate) struct Viewer {
    view: View,
    serial: u64,
}

struct Sight {
    /// `None` before the first update and after the end.
    picture: Option<Picture>,
    /// What was captured under an epoch before this one is passed over.
    least: Epoch,
    /// The epoch it began with: before that there was none.
    first: Epoch,
    hidden: bool,
    /// What is painted is of before a mask: it is not shown again, and the machine sends everything anew.
    stale: bool,
    recent: VecDeque<(u32, Rect)>,
    /// Updates up to this one are no longer in `recent`.
    forgotten: u32,
    /// Which viewer, and what it has not seen.
    viewer: Option<(u64, Unseen)>,
    viewers: u64,
}

// === impl View

impl View {
    pub(crate) fn new() -> Self {
        let sight = Sight {
            picture: None,
            least: Epoch(0),
            first: Epoch(0),
            hidden: false,
            stale: false,
            recent: VecDeque::new(),
            forgotten: 0,
            viewer: None,
            viewers: 0,
        };
        let (version, painted) = (watch::Sender::new(0), watch::Sender::new((Epoch(0), 0)));
        Self(Arc::new(Inner { sight: Mutex::new(sight), version, painted }))
    }

    /// Looks at the picture; `None` when there is nothing to be seen: before the first update, while hidden, after the end.
    pub fn look<T>(&self, with: impl FnOnce(&Picture) -> T) -> Option<T> {
        let sight = self.sight();
        if sight.hidden || sight.stale { None } else { sight.picture.as_ref().map(with) }
    }

    /// One pixel as `0x00RRGGBB`, if it can be seen.
    pub fn pixel(&self, x: u16, y: u16) -> Option<u32> {
        self.look(|picture| picture.pixel(x, y)).flatten()
    }

    /// Width and height in pixels, if the screen can be seen.
    pub fn size(&self) -> Option<(u16, u16)> {
        self.look(Picture::size)
    }

    /// The number of the last update painted; 0 before the first.
    pub fn seq(&self) -> u32 {
        self.sight().picture.as_ref().map_or(0, Picture::seq)
    }

    /// SHA-256 of width and height (u16 LE), then all rows, top to bottom, as R G B bytes.
    pub fn hash(&self) -> Option<Digest> {
        self.look(|picture| {
            let mut hash = Context::new(&SHA256);
            let (width, height) = picture.size();
            hash.update(&width.to_le_bytes());
            hash.update(&height.to_le_bytes());
            let mut row = zeroize::Zeroizing::new(Vec::new());
            for pixels in picture.rows() {
                row.clear();
                row.extend(pixels.iter().flat_map(|p| p.to_be_bytes().into_iter().skip(1)));
                hash.update(&row);
            }
            hash.finish()
        })
    }

    /// Whether an update after this one touched the rectangle. An update's edges are those of the agent's tiles.
    pub fn touched_since(&self, seq: u32, rect: Rect) -> bool {
        let sight = self.sight();
        seq < sight.forgotten || sight.recent.iter().any(|(s, r)| *s > seq && overlap(*r, rect))
    }

    /// Hears of every change from now on, also of being hidden and gone.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.version.subscribe()
    }

    /// A viewer that is given the screen from now on; whoever was one is given nothing any more.
    pub(crate) fn attach(&self) -> Viewer {
        let serial = {
            let mut sight = self.sight();
            sight.viewers += 1;
            let serial = sight.viewers;
            sight.viewer = Some((serial, Unseen::nothing()));
            sight.show_all();
            serial
        };
        self.bump();
        Viewer { view: self.clone(), serial }
    }

    /// Hears up to which update the machine may be told that it is painted.
    pub(crate) fn painted(&self) -> watch::Receiver<Mark> {
        self.0.painted.subscribe()
    }

    pub(crate) fn begin(&self, epoch: Epoch) -> Result<(), PictureError> {
        let picture = Picture::new()?;
        let mut sight = self.sight();
        sight.recent.clear();
        (sight.picture, sight.forgotten, sight.stale) = (Some(picture), 0, false);
        (sight.least, sight.first) = (epoch, epoch);
        // The updates are counted anew.
        self.0.painted.send_replace((epoch, 0));
        Ok(())
    }

    /// The epoch that the picture began with.
    pub(crate) fn first(&self) -> Epoch {
        self.sight().first
    }

    /// Nothing of before this epoch is shown any more: black until its updates come.
    pub(crate) fn restart(&self, least: Epoch) -> Result<(), PictureError> {
        let mut sight = self.sight();
        if least <= sight.least {
            return Ok(());
        }
        sight.recent.clear();
        (sight.forgotten, sight.least, sight.stale) = (0, least, false);
        let restarted = sight.picture.as_mut().map_or(Ok(()), Picture::restart);
        self.0.painted.send_replace((least, 0));
        sight.show_all();
        drop(sight);
        self.bump();
        restarted
    }

    /// Paints. Also while hidden: the updates are one stream. `None` after the end; what an epoch before captured is passed over.
    pub(crate) fn apply(&self, update: ScreenDown) -> Option<Result<Option<Applied>, PictureError>> {
        let applied = {
            let mut sight = self.sight();
            let of = captured(&update);
            if sight.picture.is_some() && of.is_some_and(|of| of < sight.least) {
                return Some(Ok(None));
            }
            let applied = sight.picture.as_mut()?.apply(update);
            match &applied {
                Ok(Applied::Painted { seq, copies, rects, .. }) => {
                    let (width, height) = sight.picture.as_ref().map(Picture::size).unwrap_or_default();
                    let moved = copies.iter().filter_map(|copy| copy.target(width, height));
                    sight.remember(*seq, &moved.chain(rects.iter().copied()).collect::<Vec<_>>());
                }
                Ok(Applied::Resized { width, height }) => {
                    sight.stale = false;
                    let seq = sight.picture.as_ref().map_or(0, Picture::seq).saturating_add(1);
                    sight.remember(seq, &[Rect { x: 0, y: 0, width: *width, height: *height }]);
                }
                Ok(Applied::Anew) => {
                    sight.stale = false;
                    sight.recent.clear();
                    sight.forgotten = sight.picture.as_ref().map_or(0, Picture::seq);
                }
                Ok(Applied::Cursor { .. }) | Err(_) => {}
            }
            let Sight { picture, viewer, .. } = &mut *sight;
            let size = picture.as_ref().map(Picture::size).unwrap_or_default();
            if let (Ok(applied), Some((_, unseen))) = (&applied, viewer) {
                match applied {
                    Applied::Painted { copies, rects, .. } => {
                        unseen.shift(copies, size);
                        unseen.touch(rects);
                    }
                    Applied::Resized { .. } => unseen.resize(size),
                    Applied::Anew => *unseen = Unseen::nothing(),
                    Applied::Cursor { .. } => unseen.cursor = true,
                }
            }
            // Nobody can paint what may not be shown.
            if sight.hidden || sight.viewer.is_none() {
                self.all_painted(&sight);
            }
            applied
        };
        self.bump();
        Some(applied.map(Some))
    }

    pub(crate) fn hide(&self, hidden: bool) {
        {
            let mut sight = self.sight();
            sight.hidden = hidden;
            sight.show_all();
            if hidden {
                self.all_painted(&sight);
            }
        }
        self.bump();
    }

    /// What is painted is not shown again: the machine begins anew.
    pub(crate) fn outdate(&self) {
        {
            let mut sight = self.sight();
            sight.stale = sight.picture.is_some();
            sight.show_all();
            self.all_painted(&sight);
        }
        self.bump();
    }

    /// The end: the pixels are overwritten.
    pub(crate) fn wipe(&self) {
        let gone = {
            let mut sight = self.sight();
            sight.recent.clear();
            sight.hidden = true;
            let picture = sight.picture.take();
            sight.show_all();
            picture
        };
        drop(gone);
        self.bump();
    }

    fn sight(&self) -> MutexGuard<'_, Sight> {
        self.0.sight.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody sees anything: what was applied need not wait to be painted.
    fn all_painted(&self, sight: &Sight) {
        let seq = sight.picture.as_ref().map_or(0, Picture::seq);
        self.paint((sight.least, seq));
    }

    /// A mark of an epoch before counts other updates.
    fn paint(&self, mark: Mark) {
        self.0.painted.send_if_modified(|painted| {
            let more = painted.0 == mark.0 && *painted < mark;
            if more {
                *painted = mark;
            }
            more
        });
    }

    fn bump(&self) {
        self.0.version.send_modify(|version| *version += 1);
    }
}

// What is on the screen must not reach a log.
impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("View(..)")
    }
}

// === impl Viewer

impl Viewer {
    /// What to send now, and the machine's update that it brings the viewer to, if that is all there is.
    pub(crate) fn take(&self, number: u32) -> (Messages, Option<Mark>) {
        let mut sight = self.view.sight();
        let Sight { picture, hidden, stale, viewer, least, .. } = &mut *sight;
        let Some((_, unseen)) = viewer.as_mut().filter(|(serial, _)| *serial == self.serial) else {
            return (Messages::default(), None);
        };
        let picture = picture.as_ref().filter(|_| !*hidden && !*stale);
        let messages = paint::messages(unseen, picture, number);
        let seq = picture.filter(|_| unseen.is_empty()).map(|picture| (*least, picture.seq()));
        (messages, seq)
    }

    /// The viewer has painted what brought it to this update.
    pub(crate) fn painted(&self, seq: Mark) {
        let own = self.view.sight().viewer.as_ref().is_some_and(|(serial, _)| *serial == self.serial);
        if own {
            self.view.paint(seq);
        }
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        let mut sight = self.view.sight();
        if sight.viewer.as_ref().is_some_and(|(serial, _)| *serial == self.serial) {
            sight.viewer = None;
            self.view.all_painted(&sight);
        }
    }
}

// === impl Sight

impl Sight {
    /// The viewer starts anew: with the whole screen, or with nothing.
    fn show_all(&mut self) {
        let Some((_, unseen)) = &mut self.viewer else { return };
        let size =
            self.picture.as_ref().map(Picture::size).filter(|size| size.0 > 0 && !self.hidden && !self.stale);
        *unseen = size.map_or_else(Unseen::nothing, Unseen::whole);
    }

    fn remember(&mut self, seq: u32, rects: &[Rect]) {
        for rect in rects {
            if self.recent.len() == REMEMBERED
                && let Some((old, _)) = self.recent.pop_front()
            {
                self.forgotten = old;
            }
            self.recent.push_back((seq, *rect));
        }
    }
}

/// The epoch under which a piece was captured, where it says so.
pub(crate) fn captured(piece: &ScreenDown) -> Option<Epoch> {
    match piece {
        ScreenDown::Update { epoch, .. }
        | ScreenDown::Cursor { epoch, .. }
        | ScreenDown::Anew { epoch, .. } => Some(*epoch),
        ScreenDown::Geometry { .. } => None,
    }
}

fn overlap(a: Rect, b: Rect) -> bool {
    let meet = |a: u16, a_len: u16, b: u16, b_len: u16| {
        u32::from(a) < u32::from(b) + u32::from(b_len) && u32::from(b) < u32::from(a) + u32::from(a_len)
    };
    meet(a.x, a.width, b.x, b.width) && meet(a.y, a.height, b.y, b.height)
}

#[cfg(test)]
mod tests;
