//! The encoder against a scripted screen; that a console's picture becomes equal is proven where both meet, in `tests`.

use std::time::Duration;

use super::*;
use crate::platform::{Change, Pixels};

/// A screen in memory.
struct Script {
    size: (u16, u16),
    bytes: Vec<u8>,
    grabs: usize,
    stale: bool,
}

impl Script {
    fn new(width: u16, height: u16) -> Self {
        let bytes = vec![0; usize::from(width) * usize::from(height) * 4];
        Self { size: (width, height), bytes, grabs: 0, stale: false }
    }

    fn fill(&mut self, rect: Rect, mut colour: impl FnMut() -> [u8; 4]) -> Rect {
        for y in rect.y..rect.y + rect.height {
            for x in rect.x..rect.x + rect.width {
                let at = (usize::from(y) * usize::from(self.size.0) + usize::from(x)) * 4;
                self.bytes[at..at + 4].copy_from_slice(&colour());
            }
        }
        rect
    }
}

impl ScreenSource for Script {
    fn size(&self) -> (u16, u16) {
        self.size
    }

    fn wait(&mut self, _timeout: Duration) -> Result<Change, ScreenLost> {
        Ok(Change::default())
    }

    fn grab(&mut self, rect: Rect) -> Result<Pixels<'_>, ScreenLost> {
        assert!(rect.fits(self.size.0, self.size.1));
        if self.stale {
            return Err(ScreenLost::Stale);
        }
        self.grabs += 1;
        let stride = usize::from(self.size.0) * 4;
        let start = usize::from(rect.y) * stride + usize::from(rect.x) * 4;
        Ok(Pixels { stride, bytes: &self.bytes[start..] })
    }
}

const EPOCH: Epoch = Epoch(1);
const PLENTY: usize = 1000;

fn encode(
    encoder: &mut Encoder,
    damage: &[Rect],
    screen: &mut Script,
    updates: usize,
) -> Result<Vec<ScreenDown>, EncodeError> {
    let now = aval_transport::Clock::system().monotonic();
    encoder.encode(now, damage, screen, EPOCH, Allowance::updates(updates))
}

fn rect(x: u16, y: u16, width: u16, height: u16) -> Rect {
    Rect { x, y, width, height }
}

/// Noise that no compressor shrinks.
fn noise() -> impl FnMut() -> [u8; 4] {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes().as_chunks::<4>().0[0]
    }
}

fn updates(messages: Vec<ScreenDown>) -> Vec<(u32, Vec<Rect>, usize)> {
    let update = |message| match message {
        ScreenDown::Update { seq, mut rects, pixels, epoch, photos, .. } => {
            assert_eq!(epoch, EPOCH);
            let jpegs: usize = photos.iter().map(|photo| photo.jpeg.len()).sum();
            rects.extend(photos.iter().map(|photo| photo.rect));
            Some((seq, rects, pixels.len() + jpegs))
        }
        ScreenDown::Geometry { .. } | ScreenDown::Cursor { .. } | ScreenDown::Anew { .. } => None,
    };
    messages.into_iter().filter_map(update).collect()
}

#[test]
fn a_black_screen_is_a_size_and_then_silence() {
    let mut screen = Script::new(200, 100);
    let mut encoder = Encoder::new(200, 100).unwrap();
    let first = encode(&mut encoder, &[], &mut screen, 3).unwrap();
    assert_eq!(first, [ScreenDown::Geometry { width: 200, height: 100 }]);
    assert_eq!(encode(&mut encoder, &[rect(0, 0, 200, 100)], &mut screen, 3).unwrap(), []);
    assert!(!encoder.is_pending());
}

#[test]
fn a_typed_letter_is_a_small_aligned_box_and_few_bytes() {
    let mut screen = Script::new(640, 480);
    let mut encoder = Encoder::new(640, 480).unwrap();
    encode(&mut encoder, &[], &mut screen, PLENTY).unwrap();
    screen.fill(rect(101, 50, 6, 12), || [255, 255, 255, 0]);
    let sent = updates(encode(&mut encoder, &[rect(90, 40, 30, 30)], &mut screen, 3).unwrap());
    let [(1, rects, bytes)] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(rects, &[rect(96, 50, 16, 12)]);
    assert!(*bytes < 48, "{bytes}, with the stream's first bytes");
}

#[test]
fn the_unused_byte_of_a_pixel_is_no_change() {
    let mut screen = Script::new(64, 64);
    let mut encoder = Encoder::new(64, 64).unwrap();
    encode(&mut encoder, &[], &mut screen, PLENTY).unwrap();
    let all = screen.fill(rect(0, 0, 64, 64), || [0, 0, 0, 255]);
    assert_eq!(encode(&mut encoder, &[all], &mut screen, 3).unwrap(), []);
}

#[test]
fn a_full_screen_of_noise_keeps_to_budget_and_limit() {
    let (width, height) = (1366, 768);
    let mut screen = Script::new(width, height);
    let all = screen.fill(rect(0, 0, width, height), noise());
    let mut encoder = Encoder::new(width, height).unwrap();
    let (mut area, mut next, mut damage) = (0, 1, vec![all]);
    while encoder.is_pending() {
        let messages = encode(&mut encoder, &damage, &mut screen, 2).unwrap();
        for message in &messages {
            assert!(aval_protocol::wire::encode(message).is_ok());
        }
        let sent = updates(messages);
        assert!((1..=2).contains(&sent.len()));
        for (seq, rects, _) in sent {
            assert_eq!(seq, next);
            next += 1;
            area += rects.iter().map(|rect| rect.area()).sum::<u64>();
        }
        damage.clear();
    }
    assert_eq!(area, all.area(), "each pixel once, nearly");
    let (later, mut exact) = (aval_transport::Clock::system().monotonic() + tiles::QUIET, 0);
    while let Some(message) = encoder.refine(later, EPOCH, 20_000).unwrap() {
        assert!(aval_protocol::wire::encode(&message).is_ok_and(|frame| frame.len() < 100_000));
        exact += updates(vec![message])[0].1.iter().map(|rect| rect.area()).sum::<u64>();
    }
    assert!(exact > area * 9 / 10 && exact <= area, "{exact} of {area} were photographs");
}

#[test]
fn without_a_budget_nothing_is_read_and_nothing_forgotten() {
    let mut screen = Script::new(256, 256);
    let mut encoder = Encoder::new(256, 256).unwrap();
    encode(&mut encoder, &[], &mut screen, PLENTY).unwrap();
    let grabs = screen.grabs;
    let changed = screen.fill(rect(70, 70, 8, 8), || [1, 2, 3, 0]);
    assert_eq!(encode(&mut encoder, &[changed], &mut screen, 0).unwrap(), []);
    assert_eq!((screen.grabs, encoder.is_pending()), (grabs, true));
    assert_eq!(updates(encode(&mut encoder, &[], &mut screen, 1).unwrap()).len(), 1);
}

#[test]
fn a_resize_that_overtook_the_damage_waits_for_the_new_size() {
    let mut screen = Script::new(256, 256);
    let mut encoder = Encoder::new(256, 256).unwrap();
    encode(&mut encoder, &[], &mut screen, PLENTY).unwrap();
    screen.stale = true;
    assert_eq!(encode(&mut encoder, &[rect(0, 0, 256, 256)], &mut screen, 3).unwrap(), []);
    let mut screen = Script::new(128, 64);
    screen.fill(rect(0, 0, 1, 1), || [9, 9, 9, 0]);
    encoder.resize(128, 64).unwrap();
    let messages = encode(&mut encoder, &[], &mut screen, 3).unwrap();
    assert_eq!(messages[0], ScreenDown::Geometry { width: 128, height: 64 });
    assert_eq!(updates(messages)[0].1, [rect(0, 0, 8, 1)]);
}

#[test]
fn wild_damage_and_sizes_are_survived() {
    let mut screen = Script::new(100, 100);
    let mut encoder = Encoder::new(100, 100).unwrap();
    let wild = [rect(65535, 65535, 65535, 65535), rect(0, 0, 0, 0), rect(99, 99, 65535, 65535)];
    assert!(encode(&mut encoder, &wild, &mut screen, 3).is_ok());
    for (width, height) in [(0, 5), (5, 0), (MAX_SIDE + 1, 1), (MAX_SIDE, MAX_SIDE)] {
        assert_eq!(Encoder::new(width, height).err(), Some(EncodeError::Size(width, height)));
    }
}

#[test]
fn what_moves_is_no_better_than_a_film_needs_and_what_rests_is() {
    let mut screen = Script::new(128, 128);
    let all = Rect { x: 0, y: 0, width: 128, height: 128 };
    let mut encoder = Encoder::new(128, 128).unwrap();
    let begun = aval_transport::Clock::system().monotonic();
    let mut seed = 1_u32;
    let mut frame = |at: u64| {
        screen.fill(all, || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            [100 + (seed >> 28) as u8, 120, 140, 0]
        });
        let now = begun + Duration::from_millis(at);
        let allowance = Allowance { quality: 85, ..Allowance::updates(PLENTY) };
        let messages = encoder.encode(now, &[all], &mut screen, EPOCH, allowance).unwrap();
        let photos = messages.iter().filter_map(|message| match message {
            ScreenDown::Update { photos, .. } => Some(photos),
            _ => None,
        });
        photos.flatten().map(|photo| photo.jpeg.len()).sum::<usize>()
    };
    let (first, second, third, rested) = (frame(0), frame(40), frame(80), frame(1_000));
    assert!(second < first && third < first, "{first} {second} {third}");
    assert!(rested > second, "{rested} after a rest");
}

#[test]
fn a_photograph_between_tiles_is_one_with_its_edges() {
    let mut screen = Script::new(512, 512);
    let mut encoder = Encoder::new(512, 512).unwrap();
    encode(&mut encoder, &[], &mut screen, 3).unwrap();
    // Twenty pixels of it lie in the tiles on the left and at the top.
    let place = screen.fill(rect(108, 108, 212, 212), noise());
    let sent = encode(&mut encoder, &[place], &mut screen, PLENTY).unwrap();
    for message in sent {
        let ScreenDown::Update { rects, photos, .. } = message else { continue };
        assert_eq!(rects, [], "none of it to the bit at first");
        assert!(photos.len() <= 2, "{}", photos.len());
    }
    // Grain by itself is sent as it is: too small for a JPEG.
    let spot = screen.fill(rect(400, 400, 16, 16), noise());
    let sent = encode(&mut encoder, &[spot], &mut screen, PLENTY).unwrap();
    assert!(
        matches!(&sent[..], [ScreenDown::Update { rects, photos, .. }] if rects.len() == 1 && photos.is_empty())
    );
}
