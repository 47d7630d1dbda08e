//! The kept picture against the true one, pixel by pixel, whatever a driver says.

use proptest::prelude::*;

use super::*;

const TURNS: [Turn; 4] = [Turn::None, Turn::Quarter, Turn::Half, Turn::ThreeQuarters];
/// Unused bytes at the end of each of a surface's rows.
const GAP: usize = 12;

/// What a person sees on a monitor, as its surface holds it.
struct Truth {
    surface: Area,
    pixels: Vec<u32>,
}

impl Truth {
    fn new(surface: Area) -> Self {
        let pixels = (0..u32::try_from(surface.right * surface.bottom).unwrap()).collect();
        Self { surface, pixels }
    }

    fn place(&self, x: i32, y: i32) -> usize {
        usize::try_from(y * self.surface.right + x).unwrap()
    }

    fn draw(&mut self, area: Area, seed: u32) {
        for y in area.top..area.bottom {
            for x in area.left..area.right {
                let place = self.place(x, y);
                self.pixels[place] =
                    seed.wrapping_mul(0x9e37_79b9).wrapping_add(u32::try_from(place).unwrap());
            }
        }
    }

    /// As the graphics card does it: from the picture before this move, wherever both overlap.
    fn shift(&mut self, moved: Move) {
        let before = self.pixels.clone();
        for y in 0..moved.to.height() {
            for x in 0..moved.to.width() {
                let to = self.place(moved.to.left + x, moved.to.top + y);
                self.pixels[to] = before[self.place(moved.from.0 + x, moved.from.1 + y)];
            }
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let row = usize::try_from(self.surface.right).unwrap();
        let rows = self.pixels.chunks(row);
        rows.flat_map(|row| row.iter().flat_map(|pixel| pixel.to_le_bytes()).chain([0xee; GAP])).collect()
    }

    fn apply(&self, kept: &mut Kept, output: &Output, plan: &Plan) -> Vec<Area> {
        let (bytes, mut changed) = (self.bytes(), Vec::new());
        let stride = usize::try_from(self.surface.right).unwrap() * PIXEL + GAP;
        kept.apply(output, plan, Surface { stride, bytes: &bytes }, &mut changed).unwrap();
        changed
    }

    /// Pixel by pixel, by the one rule of turning.
    fn is_shown(&self, kept: &Kept, output: &Output) -> bool {
        (0..self.surface.bottom).all(|y| {
            (0..self.surface.right).all(|x| {
                let shown = output.in_picture(Area::of(x, y, 1, 1)).unwrap();
                let start = kept.start(shown, 0);
                kept.bytes[start..start + PIXEL] == self.pixels[self.place(x, y)].to_le_bytes()
            })
        })
    }
}

/// An area inside, by fractions.
fn inside(surface: Area, (x, y, w, h): (u8, u8, u8, u8)) -> Area {
    let part = |whole: i32, fraction: u8| whole * i32::from(fraction) / 256;
    let (left, top) = (part(surface.right, x), part(surface.bottom, y));
    Area::of(left, top, 1 + part(surface.right - left - 1, w), 1 + part(surface.bottom - top - 1, h))
}

fn moved(surface: Area, to: (u8, u8, u8, u8), (x, y): (u8, u8)) -> Move {
    let to = inside(surface, to);
    let part = |whole: i32, fraction: u8| whole * i32::from(fraction) / 255;
    Move { from: (part(surface.right - to.width(), x), part(surface.bottom - to.height(), y)), to }
}

type Part = (u8, u8, u8, u8);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn moves_then_drawings_leave_the_true_picture(
        turn in proptest::sample::select(&TURNS[..]),
        (width, height) in (1_i32..30, 1_i32..30),
        corner in (-20_i32..10, -20_i32..10),
        frames in proptest::collection::vec(
            (proptest::collection::vec((any::<Part>(), any::<(u8, u8)>()), 0..4),
             proptest::collection::vec(any::<Part>(), 0..4)),
            1..6,
        ),
    ) {
        let desktop = Area::of(-20, -20, 60, 60);
        let output = Output::new(Area::of(corner.0, corner.1, width, height), desktop, turn).unwrap();
        let mut truth = Truth::new(output.surface());
        let mut kept = Kept::new((60, 60));
        truth.apply(&mut kept, &output, &Plan::whole(output.surface()));
        prop_assert!(truth.is_shown(&kept, &output));
        let mut seed = 0;
        for (moves, drawings) in frames {
            let before = kept.bytes.clone();
            let moves: Vec<Move> =
                moves.into_iter().map(|(to, from)| moved(truth.surface, to, from)).collect();
            let dirty: Vec<Area> = drawings.into_iter().map(|part| inside(truth.surface, part)).collect();
            for moved in &moves {
                truth.shift(*moved);
            }
            for area in &dirty {
                seed += 1;
                truth.draw(*area, seed);
            }
            let changed = truth.apply(&mut kept, &output, &Plan::new(truth.surface, &moves, &dirty));
            prop_assert!(truth.is_shown(&kept, &output));
            // Nothing changed where nothing was told, on this monitor or beside it.
            for y in 0..60 {
                for x in 0..60 {
                    if !changed.iter().any(|area| area.within(Area::of(x, y, 1, 1)).is_some()) {
                        let start = kept.start(Area::of(x, y, 1, 1), 0);
                        prop_assert_eq!(&kept.bytes[start..start + PIXEL], &before[start..start + PIXEL]);
                    }
                }
            }
        }
    }

    #[test]
    fn wild_rectangles_leave_a_true_picture_too(
        moves in proptest::collection::vec(any::<(i32, i32, i32, i32, i32, i32)>(), 0..4),
        near in proptest::collection::vec((-9_i32..30, -9_i32..30, -9_i32..30, -9_i32..30, -9_i32..30, -9_i32..30), 0..4),
        turn in proptest::sample::select(&TURNS[..]),
    ) {
        let output = Output::new(Area::of(0, 0, 20, 10), Area::of(0, 0, 20, 10), turn).unwrap();
        let surface = output.surface();
        let mut truth = Truth::new(surface);
        let mut kept = Kept::new((20, 10));
        truth.apply(&mut kept, &output, &Plan::whole(surface));
        let wild = moves.into_iter().chain(near).map(|(x, y, left, top, right, bottom)| {
            Move { from: (x, y), to: Area { left, top, right, bottom } }
        });
        let moves: Vec<Move> = wild.collect();
        // Wherever it lies, the surface is what is true there.
        let plan = Plan::new(surface, &moves, &moves.iter().map(|moved| moved.to).collect::<Vec<_>>());
        for moved in &plan.moves {
            truth.shift(*moved);
        }
        truth.apply(&mut kept, &output, &plan);
        prop_assert!(truth.is_shown(&kept, &output));
    }
}

#[test]
fn what_nobody_says_the_order_of_is_copied() {
    let surface = Area::of(0, 0, 100, 100);
    let first = Move { from: (0, 0), to: Area::of(0, 50, 10, 10) };
    let reads = Move { from: (0, 55), to: Area::of(50, 50, 10, 10) };
    let covers = Move { from: (80, 80), to: Area::of(5, 55, 10, 10) };
    let plan = Plan::new(surface, &[first, reads, covers], &[]);
    assert_eq!(plan.moves, [first]);
    assert_eq!(plan.copies, [reads.to, covers.to]);
    assert_eq!(Plan::new(surface, &[first; MANY], &[surface]), Plan::whole(surface), "too many to look at");
}

#[test]
fn a_surface_that_is_too_short_is_told_and_nothing_is_read_beyond() {
    let place = Area::of(0, 0, 4, 4);
    for turn in TURNS {
        let output = Output::new(place, place, turn).unwrap();
        let bytes = vec![0; 4 * 4 * PIXEL - 1];
        let short = Surface { stride: 4 * PIXEL, bytes: &bytes };
        let told = Kept::new((4, 4)).apply(&output, &Plan::whole(place), short, &mut Vec::new());
        assert_eq!(told, Err(TooShort));
    }
}
