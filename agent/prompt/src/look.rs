//! How much of a window a person sees, by the rectangles of what lies over it. Pure; each system says where its windows are.

/// How much of a window a person must see for it to count as visible.
const ENOUGH: u32 = 75;
/// The window is judged at that many points across and down.
const GRID: (i32, i32) = (24, 12);

/// A window as a person sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Look {
    pub(crate) mapped: bool,
    /// Percent of it that is on the screen and uncovered.
    pub(crate) seen: u32,
    pub(crate) at: Rect,
}

/// A rectangle on the whole screen, in pixels.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Rect {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) w: i32,
    pub(crate) h: i32,
}

impl Look {
    /// A window that is `at` there, on this screen, under these rectangles.
    pub(crate) fn new(mapped: bool, at: Rect, screen: Rect, above: &[Rect]) -> Self {
        let seen = |x, y| screen.holds(x, y) && !above.iter().any(|r| r.holds(x, y));
        let points = (0..GRID.0).flat_map(|i| (0..GRID.1).map(move |j| (i, j)));
        let count = points
            .filter(|(i, j)| {
                seen(at.x + at.w * (2 * i + 1) / (2 * GRID.0), at.y + at.h * (2 * j + 1) / (2 * GRID.1))
            })
            .count();
        let all = usize::try_from(GRID.0 * GRID.1).unwrap_or(1);
        Self { mapped, seen: u32::try_from(100 * count / all).unwrap_or(0), at }
    }

    /// Whether a person can read it.
    pub(crate) fn visible(&self) -> bool {
        self.mapped && self.seen >= ENOUGH
    }
}

impl Rect {
    pub(crate) fn holds(&self, x: i32, y: i32) -> bool {
        x >= self.x && x < self.x + self.w && y >= self.y && y < self.y + self.h
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Rect = Rect { x: 0, y: 0, w: 1000, h: 800 };

    fn seen(at: Rect, above: &[Rect]) -> u32 {
        Look::new(true, at, SCREEN, above).seen
    }

    #[test]
    fn what_lies_over_it_and_off_the_screen_is_not_seen() {
        let at = Rect { x: 100, y: 100, w: 240, h: 120 };
        assert_eq!(seen(at, &[]), 100);
        assert_eq!(seen(at, &[Rect { x: 100, y: 100, w: 120, h: 120 }]), 50);
        assert_eq!(
            seen(at, &[Rect { x: 0, y: 0, w: 170, h: 800 }, Rect { x: 270, y: 0, w: 70, h: 800 }]),
            41
        );
        assert_eq!(seen(at, &[SCREEN]), 0);
        assert_eq!(seen(Rect { x: -120, ..at }, &[]), 50);
        assert_eq!(seen(Rect { y: 5000, ..at }, &[]), 0);
    }

    #[test]
    fn three_quarters_are_enough_and_only_where_it_is_mapped() {
        let at = Rect { x: 0, y: 0, w: 240, h: 120 };
        let quarter = Rect { x: 0, y: 0, w: 60, h: 120 };
        assert!(Look::new(true, at, SCREEN, &[quarter]).visible());
        assert!(!Look::new(false, at, SCREEN, &[]).visible());
        assert!(!Look::new(true, at, SCREEN, &[Rect { w: 70, ..quarter }]).visible());
    }
}
