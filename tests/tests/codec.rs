//! The agent's encoder against the console's picture: whatever happens on the screen, both ends show the same, bit for bit.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test's helpers, too, are the test"
)]

use std::time::{Duration, Instant};

use aval_agent::encode::{Allowance, Encoder};
use aval_agent::platform::{Change, Pixels, ScreenLost, ScreenSource};
use aval_console::picture::{Applied, Picture};
use aval_protocol::id::Epoch;
use aval_protocol::wire::screen::{Rect, ScreenDown};
use aval_protocol::wire::{self, decode_content};
use aval_transport::Clock;
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
    /// A part moves by some rows, down if positive.
    Scroll(Place, i16),
    /// Lines of words, each another one.
    Text(Place, u64),
    Resize(u16, u16),
    /// An update leaves, with that budget.
    Send(usize),
}

type Place = (u32, u32, u32, u32);

const ALL: Place = (0, 0, 1000, 1000);

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

    fn scroll(&mut self, rect: Rect, rows: i16) {
        let stride = usize::from(self.width);
        let by = rows.unsigned_abs().min(rect.height);
        let mut line = |from: u16, to: u16| {
            let at = |y: u16| usize::from(rect.y + y) * stride + usize::from(rect.x);
            self.pixels.copy_within(at(from)..at(from) + usize::from(rect.width), at(to));
        };
        if rows > 0 {
            (by..rect.height).rev().for_each(|y| line(y - by, y));
        } else {
            (by..rect.height).for_each(|y| line(y, y - by));
        }
        self.damage.push(rect);
    }

    /// What looks like text: black on white, no line like another.
    fn write(&mut self, rect: Rect, seed: u64) {
        let (mut dice, mut run, mut ink) = (seed | 1, 0, false);
        self.paint(rect, || {
            if run == 0 {
                dice ^= dice << 13;
                dice ^= dice >> 7;
                dice ^= dice << 17;
                (run, ink) = (2 + dice % 9, !ink);
            }
            run -= 1;
            if ink { [0, 0, 0, 0] } else { [255, 255, 255, 0] }
        });
    }
}

impl ScreenSource for Script {
    fn size(&self) -> (u16, u16) {
        (self.width, self.height)
    }

    fn wait(&mut self, _timeout: Duration) -> Result<Change, ScreenLost> {
        Ok(Change { damage: std::mem::take(&mut self.damage), ..Change::default() })
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
    now: Instant,
    /// Of the updates so far: compressed bytes, copies, photographs.
    sent: [usize; 3],
}

impl Ends {
    fn new(width: u16, height: u16) -> Self {
        let encoder = Encoder::new(width, height).unwrap();
        let (screen, picture) = (Script::new(width, height), Picture::new().unwrap());
        Self { screen, encoder, picture, now: Clock::system().monotonic(), sent: [0; 3] }
    }

    fn send(&mut self, budget: usize) -> usize {
        let change = self.screen.wait(Duration::ZERO).unwrap();
        self.now += Duration::from_millis(5);
        let allowance = Allowance::updates(budget);
        let encoder = &mut self.encoder;
        let messages =
            encoder.encode(self.now, &change.damage, &mut self.screen, Epoch(1), allowance).unwrap();
        let updates: usize = messages.into_iter().map(|message| self.carry(&message)).sum();
        assert!(updates <= budget);
        updates
    }

    fn carry(&mut self, message: &ScreenDown) -> usize {
        let frame = wire::encode(message).unwrap();
        if let ScreenDown::Update { copies, pixels, photos, .. } = message {
            let jpegs: usize = photos.iter().map(|photo| photo.jpeg.len()).sum();
            let more = [pixels.len() + jpegs, copies.len(), photos.len()];
            self.sent = std::array::from_fn(|i| self.sent[i] + more[i]);
        }
        let message: ScreenDown = decode_content(&frame[wire::HEADER..]).unwrap();
        usize::from(matches!(self.picture.apply(message).unwrap(), Applied::Painted { .. }))
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
            Act::Scroll(place, rows) => self.screen.scroll(self.screen.place(place), rows),
            Act::Text(place, seed) => self.screen.write(self.screen.place(place), seed),
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
        // What is lossy becomes exact once it was left alone.
        self.now += Duration::from_secs(1);
        while let Some(update) = self.encoder.refine(self.now, Epoch(1), 20_000).unwrap() {
            self.carry(&update);
            rounds += 1;
            assert!(rounds < 1000, "never exact");
        }
        assert_eq!(self.encoder.refinable_at(), None);
        assert_eq!(self.wrong(), 0, "pixels differ");
        assert_eq!(self.send(3), 0, "what is equal is not sent again");
    }

    /// Pixels that differ.
    fn wrong(&self) -> usize {
        assert_eq!(self.picture.size(), self.screen.size());
        let shown = self.screen.pixels.iter().map(|[b, g, r, _]| u32::from_be_bytes([0, *r, *g, *b]));
        shown.zip(self.picture.rows().flatten()).filter(|(shown, painted)| shown != *painted).count()
    }
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let place = || (0..1000_u32, 0..1000_u32, 0..1000_u32, 0..1000_u32);
    let act = prop_oneof![
        4 => (place(), any::<[u8; 3]>()).prop_map(|(place, colour)| Act::Fill(place, colour)),
        2 => (place(), any::<u64>()).prop_map(|(place, seed)| Act::Noise(place, seed)),
        3 => (place(), -90..90_i16).prop_map(|(place, rows)| Act::Scroll(place, rows)),
        2 => (place(), any::<u64>()).prop_map(|(place, seed)| Act::Text(place, seed)),
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
        ends.act(&Act::Noise(ALL, seed));
        ends.act(&Act::Send(3));
        ends.act(&Act::Scroll(ALL, -17));
        ends.settle();
    }
}

#[test]
fn a_scrolled_page_is_a_copy_and_few_bytes() {
    for rows in [-3, -48, -250, 7, 120] {
        let mut ends = Ends::new(1280, 800);
        ends.act(&Act::Fill(ALL, [200, 190, 180]));
        // Not at the tiles' edges, and with a bar at its side that stays.
        let page = (70, 90, 850, 830);
        ends.act(&Act::Text(page, 5));
        ends.settle();
        let [before, ..] = std::mem::take(&mut ends.sent);
        ends.act(&Act::Scroll(page, rows));
        assert_eq!(ends.send(1), 1);
        assert_eq!(ends.wrong(), 0, "a scroll leaves nothing lossy");
        let [bytes, copies, photos] = ends.sent;
        // What the 64-pixel segments at the page's edges lose is a twelfth of it, and new lines came.
        assert!(
            copies >= 1 && photos == 0 && bytes < before / 4,
            "{rows}: {copies} copies, {bytes} of {before} bytes"
        );
        ends.settle();
    }
}

/// A photograph is there at once, nearly; scrolled, it stays lossy where it is now, and becomes exact when it rests.
#[test]
fn a_scrolled_photograph_becomes_exact_where_it_went() {
    let mut ends = Ends::new(1000, 700);
    ends.act(&Act::Noise((100, 100, 700, 700), 11));
    ends.send(100);
    assert!(ends.sent[2] > 0 && ends.wrong() > 100_000, "{:?}", ends.sent);
    for rows in [-64, 37, -100] {
        ends.act(&Act::Scroll((100, 100, 700, 700), rows));
        ends.send(100);
    }
    assert!(ends.sent[1] > 0, "a photograph scrolls, too");
    ends.settle();
    // Not yet left alone for long enough: nothing to refine.
    ends.act(&Act::Noise((100, 100, 300, 300), 12));
    ends.send(100);
    assert_eq!(ends.encoder.refine(ends.now, Epoch(1), 20_000).unwrap(), None);
    ends.settle();
}

/// Owed pixels must move along with what was copied, however little leaves at a time.
#[test]
fn a_page_that_scrolls_faster_than_the_line_carries_it_becomes_right() {
    let mut ends = Ends::new(1280, 800);
    ends.act(&Act::Text(ALL, 9));
    for round in 0..40 {
        ends.act(&Act::Scroll((30, 0, 900, 1000), if round % 7 == 0 { 53 } else { -31 }));
        ends.act(&Act::Text((30, 960, 900, 40), round));
        let change = ends.screen.wait(Duration::ZERO).unwrap();
        let allowance = Allowance { updates: 1, bytes: 2_000, quality: 40 };
        let (now, screen) = (ends.now, &mut ends.screen);
        let messages = ends.encoder.encode(now, &change.damage, screen, Epoch(1), allowance).unwrap();
        messages.iter().for_each(|message| {
            ends.carry(message);
        });
    }
    assert!(ends.sent[1] > 20, "{} copies", ends.sent[1]);
    ends.settle();
}

/// A top that never rests must not keep the bottom from being sent, even with one update at a time.
#[test]
fn a_busy_top_does_not_starve_the_bottom() {
    let mut ends = Ends::new(1024, 768);
    ends.act(&Act::Noise((0, 0, 1000, 500), 3));
    ends.act(&Act::Text((0, 500, 1000, 1000), 5));
    ends.screen.paint(Rect { x: 1023, y: 767, width: 1, height: 1 }, || [1, 2, 3, 0]);
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
