//! A screen whose pixels the test knows: noise that no compressor shortens and no other text contains, and squares painted on it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aval_agent::platform::{Change, Pixels, ScreenLost, ScreenSource};
use aval_protocol::wire::screen::Rect;

use crate::simnet::rng::Rng;

/// Its width.
pub const WIDTH: u16 = 160;
/// Its height.
pub const HEIGHT: u16 = 96;

/// The screen as its owner has it. Clones are the same screen.
#[derive(Clone, Debug)]
pub struct Screen(Arc<Mutex<Shown>>);

#[derive(Debug)]
struct Shown {
    /// Rows of B G R and one unused byte.
    bytes: Vec<u8>,
    damage: Vec<Rect>,
}

/// The screen as a capture sees it.
#[derive(Debug)]
pub struct Source {
    screen: Screen,
    grabbed: Vec<u8>,
}

// === impl Screen

impl Screen {
    /// Full of noise; each pixel twice, so that it passes for something drawn and travels to the bit.
    pub fn noise(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let pairs = usize::from(WIDTH) * usize::from(HEIGHT) / 2;
        let bytes = (0..pairs).flat_map(|_| rng.bits().to_le_bytes()[..4].repeat(2)).collect();
        Self(Arc::new(Mutex::new(Shown { bytes, damage: vec![whole()] })))
    }

    /// Paints a rectangle in one colour, `0x00RRGGBB`.
    pub fn paint(&self, rect: Rect, colour: u32) {
        let mut shown = self.shown();
        let [_, r, g, b] = colour.to_be_bytes();
        for y in usize::from(rect.y)..usize::from(rect.y + rect.height) {
            let from = (y * usize::from(WIDTH) + usize::from(rect.x)) * 4;
            let row = &mut shown.bytes[from..from + usize::from(rect.width) * 4];
            row.as_chunks_mut::<4>().0.fill([b, g, r, 0]);
        }
        shown.damage.push(rect);
    }

    /// Its pixels as `0x00RRGGBB`, row after row.
    pub fn pixels(&self) -> Vec<u32> {
        let shown = self.shown();
        shown
            .bytes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|[b, g, r, _]| u32::from_be_bytes([0, *r, *g, *b]))
            .collect()
    }

    /// A few pixels in a row, as a lane carries them: B G R.
    pub fn sample(&self) -> Vec<u8> {
        self.shown().bytes[4096..]
            .as_chunks::<4>()
            .0
            .iter()
            .take(4)
            .flat_map(|p| [p[0], p[1], p[2]])
            .collect()
    }

    /// For a capture that begins now: everything is new to it.
    pub fn source(&self) -> Source {
        self.shown().damage = vec![whole()];
        Source { screen: self.clone(), grabbed: Vec::new() }
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ScreenSource for Source {
    fn size(&self) -> (u16, u16) {
        (WIDTH, HEIGHT)
    }

    fn wait(&mut self, _timeout: Duration) -> Result<Change, ScreenLost> {
        let damage = std::mem::take(&mut self.screen.shown().damage);
        Ok(Change { damage, ..Change::default() })
    }

    fn grab(&mut self, rect: Rect) -> Result<Pixels<'_>, ScreenLost> {
        self.grabbed.clear();
        let shown = self.screen.shown();
        for y in usize::from(rect.y)..usize::from(rect.y + rect.height) {
            let from = (y * usize::from(WIDTH) + usize::from(rect.x)) * 4;
            self.grabbed.extend_from_slice(&shown.bytes[from..from + usize::from(rect.width) * 4]);
        }
        drop(shown);
        Ok(Pixels { stride: usize::from(rect.width) * 4, bytes: &self.grabbed })
    }
}

fn whole() -> Rect {
    Rect { x: 0, y: 0, width: WIDTH, height: HEIGHT }
}
