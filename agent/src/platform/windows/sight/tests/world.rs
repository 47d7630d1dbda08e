//! A desktop, a graphics card that looks at it, and a technician who sees what is told.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::super::super::kept::{Move, Plan, Surface};
use super::super::super::layout::{Output, Turn};
use super::super::*;

pub(super) const SIZE: (u16, u16) = (100, 70);
pub(super) const OTHER: (u16, u16) = (70, 130);
pub(super) const BEAT: Duration = Duration::from_millis(16);
/// Pumps after which a late picture comes.
pub(super) const LATE: usize = 3;
pub(super) const FAULTS: [Fault; 6] =
    [Fault::Lost, Fault::NotNow, Fault::Denied, Fault::Removed, Fault::Unsupported, Fault::Other];

/// What DXGI does wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Lie {
    None,
    /// It says nothing of changes.
    Stale,
    /// It is black.
    Black,
    /// The pointer is in it.
    Pointer,
    /// It never says anything.
    Silent,
    /// No lie: it sees each change later than GDI does.
    Late,
}

/// A desktop, and a graphics card that looks at it.
pub(super) struct Desktop {
    pub(super) size: (u16, u16),
    pub(super) pixels: Vec<u8>,
    pub(super) dirty: Vec<Area>,
    moves: Vec<Move>,
    pub(super) lie: Lie,
    /// What the next pump or opening answers.
    pub(super) fault: Option<Fault>,
    pub(super) opens: u32,
}

impl Desktop {
    fn whole(&self) -> Area {
        Area::of(0, 0, self.size.0.into(), self.size.1.into())
    }

    pub(super) fn draw(&mut self, area: Area, colour: u8) {
        let Some(area) = area.within(self.whole()).and_then(Area::rect) else { return };
        for y in area.y..area.y + area.height {
            for x in area.x..area.x + area.width {
                let at = (usize::from(y) * usize::from(self.size.0) + usize::from(x)) * PIXEL;
                self.pixels[at..at + 3].copy_from_slice(&[colour, colour ^ 0x55, 7]);
            }
        }
        self.dirty.push(area.into());
    }

    /// Everything goes up by some rows; below something new appears.
    pub(super) fn scroll(&mut self, rows: u16, colour: u8) {
        let (row, rows) = (usize::from(self.size.0) * PIXEL, rows.min(self.size.1 - 1));
        self.pixels.copy_within(usize::from(rows) * row.., 0);
        let (width, height, up) = (i32::from(self.size.0), i32::from(self.size.1), i32::from(rows));
        // What was dirty before is seen only now: the card tells both in the coordinates of the last picture.
        if self.dirty.is_empty() && self.moves.is_empty() {
            self.moves.push(Move { from: (0, up), to: Area::of(0, 0, width, height - up) });
        } else {
            self.dirty.push(self.whole());
        }
        self.draw(Area::of(0, height - up, width, up), colour);
    }
}

pub(super) struct Card {
    pub(super) desktop: Rc<RefCell<Desktop>>,
    pub(super) size: (u16, u16),
    seen: bool,
    /// What it will have seen, the next first.
    coming: VecDeque<(Vec<u8>, Plan)>,
}

impl Fast for Card {
    fn pump(&mut self, kept: &mut Kept, changed: &mut Vec<Area>) -> Result<bool, Fault> {
        let mut desktop = self.desktop.borrow_mut();
        if let Some(fault) = desktop.fault.take() {
            return Err(fault);
        }
        if desktop.size != self.size {
            return Err(Fault::Lost);
        }
        let whole = desktop.whole();
        let (moves, dirty) = (std::mem::take(&mut desktop.moves), std::mem::take(&mut desktop.dirty));
        let plan = if self.seen { Plan::new(whole, &moves, &dirty) } else { Plan::whole(whole) };
        if desktop.lie == Lie::Silent || desktop.lie == Lie::Stale && self.seen {
            return Ok(self.seen);
        }
        let (mut plan, mut bytes) = (plan, desktop.pixels.clone());
        if desktop.lie == Lie::Late {
            self.coming.push_back((bytes, plan));
            if self.coming.len() <= LATE {
                return Ok(self.seen);
            }
            (bytes, plan) = self.coming.pop_front().unwrap();
        }
        let black = desktop.lie == Lie::Black;
        for pixel in bytes.chunks_exact_mut(PIXEL) {
            pixel[3] = 255;
            if black {
                pixel.fill(0);
            }
        }
        if desktop.lie == Lie::Pointer {
            bytes[40..44].fill(0x80);
        }
        let output = Output::new(whole, whole, Turn::None).unwrap();
        let surface = Surface { stride: usize::from(self.size.0) * PIXEL, bytes: &bytes };
        kept.apply(&output, &plan, surface, changed).unwrap();
        self.seen = true;
        Ok(true)
    }
}

pub(super) struct World {
    pub(super) desktop: Rc<RefCell<Desktop>>,
    picture: Vec<u8>,
    pub(super) noted: bool,
    pub(super) refuses: bool,
    opening: bool,
    pub(super) distrusted: bool,
    /// By how many looks GDI is late, and what it will see, the next first.
    pub(super) late: usize,
    coming: VecDeque<Vec<u8>>,
}

impl World {
    /// As GDI sees it.
    fn seen(&mut self) -> Vec<u8> {
        let now = self.desktop.borrow().pixels.clone();
        self.coming.front().filter(|_| self.late > 0).cloned().unwrap_or(now)
    }
}

pub(super) fn strip((width, height): (u16, u16)) -> Area {
    Area::of(0, i32::from(height) - 10, width.into(), 10)
}

impl System for World {
    type Fast = Card;
    type Refused = ();

    fn copy(&mut self) -> Result<(), ()> {
        if self.refuses {
            return Err(());
        }
        self.picture = self.seen();
        Ok(())
    }

    fn picture(&mut self) -> &mut [u8] {
        &mut self.picture
    }

    fn rows(&mut self, top: u16, height: u16) -> Option<Vec<u8>> {
        let row = usize::from(self.desktop.borrow().size.0) * PIXEL;
        let part = usize::from(top) * row..usize::from(top + height) * row;
        self.seen().get(part).map(<[u8]>::to_vec)
    }

    fn pointer(&mut self) -> Option<u16> {
        Some(0)
    }

    fn note(&mut self) -> Option<Area> {
        let size = self.desktop.borrow().size;
        let start = usize::from(size.1 - 10) * usize::from(size.0) * PIXEL;
        if self.noted {
            self.picture[start..].fill(0xcc);
        }
        self.noted.then(|| strip(size))
    }

    fn open(&mut self) {
        self.opening = true;
        self.desktop.borrow_mut().opens += 1;
    }

    fn opened(&mut self) -> Option<Result<Card, Fault>> {
        let mut desktop = self.desktop.borrow_mut();
        if !std::mem::take(&mut self.opening) {
            return None;
        }
        if let Some(fault) = desktop.fault.take() {
            return Some(Err(fault));
        }
        (desktop.moves, desktop.dirty) = (Vec::new(), Vec::new());
        Some(Ok(Card {
            desktop: self.desktop.clone(),
            size: desktop.size,
            seen: false,
            coming: VecDeque::new(),
        }))
    }

    fn distrust(&mut self) {
        self.distrusted = true;
    }
}

/// All of it, and a technician who sees what is told.
pub(super) struct Scene {
    pub(super) world: World,
    pub(super) sight: Sight<Card>,
    pub(super) now: Instant,
    pub(super) away: bool,
    pub(super) size: (u16, u16),
    theirs: Vec<u8>,
}

impl Scene {
    pub(super) fn new() -> Self {
        let now = aval_transport::Clock::system().monotonic();
        let mut desktop = Desktop {
            size: SIZE,
            pixels: vec![0; usize::from(SIZE.0) * usize::from(SIZE.1) * PIXEL],
            dirty: Vec::new(),
            moves: Vec::new(),
            lie: Lie::None,
            fault: None,
            opens: 0,
        };
        desktop.draw(desktop.whole(), 0x33);
        let theirs = vec![0; desktop.pixels.len()];
        let world = World {
            picture: theirs.clone(),
            desktop: Rc::new(RefCell::new(desktop)),
            noted: false,
            refuses: false,
            opening: false,
            distrusted: false,
            late: 0,
            coming: VecDeque::new(),
        };
        Self { world, sight: Sight::new(now, SIZE, false), now, away: false, size: SIZE, theirs }
    }

    pub(super) fn resize(&mut self, size: (u16, u16)) {
        let mut desktop = self.world.desktop.borrow_mut();
        desktop.size = size;
        desktop.pixels = vec![9; usize::from(size.0) * usize::from(size.1) * PIXEL];
        desktop.dirty = vec![desktop.whole()];
    }

    /// One look, as the driver does it. What they see is then the picture.
    pub(super) fn look(&mut self) {
        self.now += BEAT;
        let size = self.world.desktop.borrow().size;
        if size != self.size {
            self.size = size;
            self.world.picture = vec![0; usize::from(size.0) * usize::from(size.1) * PIXEL];
            self.theirs = self.world.picture.clone();
            self.sight.resized(self.now, size);
        }
        let pixels = self.world.desktop.borrow().pixels.clone();
        self.world.coming.push_back(pixels);
        while self.world.coming.len() > self.world.late + 1 {
            self.world.coming.pop_front();
        }
        let damage = self.sight.look(self.now, self.away, &mut self.world).unwrap();
        let row = usize::from(size.0) * PIXEL;
        assert_eq!(self.world.picture.len(), row * usize::from(size.1));
        for rect in damage {
            assert!(rect.x + rect.width <= size.0 && rect.y + rect.height <= size.1, "{rect:?} of {size:?}");
            for y in usize::from(rect.y)..usize::from(rect.y + rect.height) {
                let start = y * row + usize::from(rect.x) * PIXEL;
                let part = start..start + usize::from(rect.width) * PIXEL;
                self.theirs[part.clone()].copy_from_slice(&self.world.picture[part]);
            }
        }
    }

    pub(super) fn looks(&mut self, count: u32) {
        for _ in 0..count {
            self.look();
        }
    }

    /// Whether they see what is on the screen, and the note if there is one.
    pub(super) fn is_true(&self) -> bool {
        let desktop = self.world.desktop.borrow();
        let covered = usize::from(self.size.1 - 10) * usize::from(self.size.0);
        let noted = self.world.noted;
        let pixels = desktop.pixels.as_chunks::<PIXEL>().0.iter().zip(self.theirs.as_chunks::<PIXEL>().0);
        desktop.pixels.len() == self.theirs.len()
            && pixels.enumerate().all(|(at, (true_one, shown))| {
                let expected = if noted && at >= covered { &[0xcc; PIXEL] } else { true_one };
                expected[..3] == shown[..3]
            })
    }

    pub(super) fn is_fast(&self) -> bool {
        self.sight.running.as_ref().is_some_and(|running| !running.unseen)
    }

    pub(super) fn lie(&mut self, lie: Lie) {
        self.world.desktop.borrow_mut().lie = lie;
    }

    /// Until DXGI is in use.
    pub(super) fn fast() -> Self {
        let mut scene = Self::new();
        scene.looks(90);
        assert!(scene.is_fast() && scene.is_true());
        scene
    }
}
