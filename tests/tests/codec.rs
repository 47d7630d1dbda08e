//! The agent's encoder against the console's picture: whatever happens on the screen, both ends show the same, bit for bit.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test's helpers, too, are the test"
)]

use std::time::Duration;

use aval_agent::encode::Encoder;
use aval_agent::platform::{Change, Pixels, ScreenLost, ScreenSource};
use aval_console::picture::{Applied, Picture};
use aval_protocol::id::Epoch;
use aval_protocol::wire::screen::{Rect, ScreenDown};
use aval_protocol::wire::{self, decode_content};
use proptest::prelude::*;

/// A screen in memory that says truly, but not tightly, where it changed.
struct Script {
    width: u16,
    height: u16,
    pixels: Vec<[u8; 4]>,
    damage: Vec<Rect>,
}

/// What happens on a screen. Places are in thousandths of it.
#[derive(Clone, Debug)]
enum Act {
    Fill(Place, [u8; 3]),
    Noise(Place, u64),
    /// Everything moves up by some rows.
    Scroll(u16),
    Resize(u16, u16),
    /// An update leaves, with that budget.
    Send(usize),
}

type Place = (u32, u32, u32, u32);

impl Script {
    fn new(width: u16, height: u16) -> Self {
        let pixels = vec![[0, 0, 0, 0xaa]; usize::from(width) * usize::from(height)];
        Self { width, height, pixels, damage: Vec::new() }
    }

    fn place(&self, (x, y, width, height): Place) -> Rect {
        let part = |thousandths: u32, whole: u16| (u32::from(whole) * thousandths / 1000) as u16;
        let (x, y) = (part(x, self.width - 1), part(y, self.height - 1));
        let (width, height) = (part(width, self.width - x).max(1), part(height, self.height - y).max(1));
        Rect { x, y, width, height }
    }

    fn paint(&mut self, rect: Rect, mut colour: impl FnMut() -> [u8; 4]) {
        for y in rect.y..rect.y + rect.height {
            for x in rect.x..rect.x + rect.width {
                self.pixels[usize::from(y) * usize::from(self.width) + usize::from(x)] = colour();
            }
        }
        self.damage.push(rect);
    }

    fn scroll(&mut self, rows: u16) {
        let by = usize::from(rows.min(self.height - 1)) * usize::from(self.width);
        self.pixels.copy_within(by.., 0);
        self.damage.push(Rect { x: 0, y: 0, width: self.width, height: self.height });
    }
}

impl ScreenSource for Script {
    fn size(&self) -> (u16, u16) {
        (self.width, self.height)
    }

    fn wait(&mut self, _timeout: Duration) -> Result<Change, ScreenLost> {
        Ok(Change { resized: None, damage: std::mem::take(&mut self.damage) })
    }

    fn grab(&mut self, rect: Rect) -> Result<Pixels<'_>, ScreenLost> {
        let start = usize::from(rect.y) * usize::from(self.width) + usize::from(rect.x);
        Ok(Pixels { stride: usize::from(self.width) * 4, bytes: self.pixels[start..].as_flattened() })
    }
}

/// Both ends, with the wire's framing between.
struct Ends {
    screen: Script,
    encoder: Encoder,
    picture: Picture,
}

impl Ends {
    fn new(width: u16, height: u16) -> Self {
        let encoder = Encoder::new(width, height).unwrap();
        Self { screen: Script::new(width, height), encoder, picture: Picture::new().unwrap() }
    }

    fn send(&mut self, budget: usize) -> usize {
        let change = self.screen.wait(Duration::ZERO).unwrap();
        let messages = self.encoder.encode(&change.damage, &mut self.screen, Epoch(1), budget).unwrap();
        let mut updates = 0;
        for message in messages.into_iter().flatten() {
            let frame = wire::encode(&message).unwrap();
            let message: ScreenDown = decode_content(&frame[wire::HEADER..]).unwrap();
            updates += usize::from(matches!(self.picture.apply(message).unwrap(), Applied::Painted { .. }));
        }
        assert!(updates <= budget);
        updates
    }

    fn act(&mut self, act: &Act) {
        match *act {
            Act::Fill(place, [b, g, r]) => {
                let rect = self.screen.place(place);
                self.screen.paint(rect, || [b, g, r, 0]);
            }
            Act::Noise(place, seed) => {
                let rect = self.screen.place(place);
                let mut state = seed | 1;
                self.screen.paint(rect, || {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    (state as u32).to_le_bytes()
                });
            }
            Act::Scroll(rows) => self.screen.scroll(rows),
            Act::Resize(width, height) => {
                self.screen = Script::new(width, height);
                self.encoder.resize(width, height).unwrap();
            }
            Act::Send(budget) => {
                self.send(budget);
            }
        }
    }

    /// Lets everything pending through and compares.
    fn settle(&mut self) {
        let mut rounds = 0;
        while self.encoder.is_pending() || !self.screen.damage.is_empty() {
            self.send(1);
            rounds += 1;
            assert!(rounds < 1000, "never quiet");
        }
        assert_eq!(self.picture.size(), self.screen.size());
        let shown = self.screen.pixels.chunks(usize::from(self.screen.width));
        for (y, (row, painted)) in shown.zip(self.picture.rows()).enumerate() {
            let row = row.iter().map(|[b, g, r, _]| u32::from_be_bytes([0, *r, *g, *b]));
            assert!(row.eq(painted.iter().copied()), "row {y} differs");
        }
        assert_eq!(self.send(3), 0, "what is equal is not sent again");
    }
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let place = || (0..1000_u32, 0..1000_u32, 0..1000_u32, 0..1000_u32);
    let act = prop_oneof![
        4 => (place(), any::<[u8; 3]>()).prop_map(|(place, colour)| Act::Fill(place, colour)),
        2 => (place(), any::<u64>()).prop_map(|(place, seed)| Act::Noise(place, seed)),
        1 => (1..80_u16).prop_map(Act::Scroll),
        1 => (1..400_u16, 1..300_u16).prop_map(|(width, height)| Act::Resize(width, height)),
        4 => (0..4_usize).prop_map(Act::Send),
    ];
    prop::collection::vec(act, 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn both_ends_show_the_same(width in 1..700_u16, height in 1..500_u16, acts in acts()) {
        let mut ends = Ends::new(width, height);
        for act in &acts {
            ends.act(act);
        }
        ends.settle();
    }
}

#[test]
fn a_large_screen_of_noise_twice_over() {
    let mut ends = Ends::new(2560, 1440);
    for seed in [7, 9] {
        ends.act(&Act::Noise((0, 0, 1000, 1000), seed));
        ends.act(&Act::Send(3));
        ends.act(&Act::Scroll(17));
        ends.settle();
    }
}

/// A top that never rests must not keep the bottom from being sent, even with one update at a time.
#[test]
fn a_busy_top_does_not_starve_the_bottom() {
    let mut ends = Ends::new(1024, 768);
    ends.act(&Act::Noise((0, 0, 1000, 1000), 3));
    let bottom = ends.screen.pixels.last().map(|[b, g, r, _]| u32::from_be_bytes([0, *r, *g, *b]));
    for seed in 0..100 {
        ends.act(&Act::Noise((0, 0, 1000, 500), 100 + seed));
        ends.send(1);
        if ends.picture.pixel(1023, 767) == bottom {
            return;
        }
    }
    panic!("the last pixel was never sent");
}
