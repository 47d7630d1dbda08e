//! What a viewer has not been given yet: where the picture changed, never how. The pixels are read when there is room to send
//! them, so that a slow viewer gets the newest ones and never a queue.

use aval_protocol::wire::screen::{self, Rect};

/// Copies kept as such; more are new pixels at their targets.
const MOST_COPIES: usize = 64;
/// Rectangles kept apart; beyond it they become their bounding box.
const MOST: usize = 256;

/// Changes since the viewer was last given something.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Unseen {
    /// Nothing may be shown any more, before anything else.
    pub(crate) clear: bool,
    /// The screen has this size now, and is black where nothing follows.
    pub(crate) size: Option<(u16, u16)>,
    /// The pointer has another shape.
    pub(crate) cursor: bool,
    /// What moved before anything else changed.
    copies: Vec<screen::Copy>,
    /// Where pixels changed.
    rects: Vec<Rect>,
}

// === impl Unseen

impl Unseen {
    /// A screen of that size, of which nothing was seen.
    pub(crate) fn whole(size: (u16, u16)) -> Self {
        let mut unseen = Self { size: Some(size), cursor: true, ..Self::default() };
        unseen.touch(&[Rect { x: 0, y: 0, width: size.0, height: size.1 }]);
        unseen
    }

    /// The screen has this size from now on, and nothing of it was seen.
    pub(crate) fn resize(&mut self, size: (u16, u16)) {
        *self = Self { clear: self.clear, ..Self::whole(size) };
    }

    /// Nothing may be shown.
    pub(crate) fn nothing() -> Self {
        Self { clear: true, ..Self::default() }
    }

    /// Whether the viewer has everything.
    pub(crate) fn is_empty(&self) -> bool {
        !self.clear && self.size.is_none() && !self.cursor && self.copies.is_empty() && self.rects.is_empty()
    }

    /// These moved, on a screen of that size. Only before new pixels a copy can be told as such: what it would move may be of
    /// those that the viewer has not.
    pub(crate) fn shift(&mut self, copies: &[screen::Copy], (width, height): (u16, u16)) {
        for copy in copies {
            if self.rects.is_empty() && self.copies.len() < MOST_COPIES {
                self.copies.push(*copy);
            } else if let Some(target) = copy.target(width, height) {
                self.touch(&[target]);
            }
        }
    }

    /// Takes the copies out: they come before the rectangles.
    pub(crate) fn take_copies(&mut self) -> Vec<screen::Copy> {
        std::mem::take(&mut self.copies)
    }

    /// These changed.
    pub(crate) fn touch(&mut self, rects: &[Rect]) {
        for rect in rects.iter().filter(|rect| rect.area() > 0) {
            if self.rects.iter().any(|known| holds(*known, *rect)) {
                continue;
            }
            self.rects.retain(|known| !holds(*rect, *known));
            self.rects.push(*rect);
        }
        if self.rects.len() > MOST {
            let all = self.rects.drain(..).reduce(around);
            self.rects.extend(all);
        }
    }

    /// Takes rectangles of at most so many pixels out, cutting one across if need be. What is left stays unseen.
    pub(crate) fn take(&mut self, pixels: u64) -> Vec<Rect> {
        let (mut taken, mut room) = (Vec::new(), pixels);
        while let Some(rect) = self.rects.first().copied() {
            let rows = room / u64::from(rect.width);
            if rows >= u64::from(rect.height) {
                self.rects.remove(0);
                taken.push(rect);
                room -= rect.area();
                continue;
            }
            // At least one row each time, or nothing would ever be seen.
            let rows = if taken.is_empty() { rows.max(1) } else { rows };
            let rows = u16::try_from(rows).unwrap_or(rect.height).min(rect.height);
            if rows > 0 {
                taken.push(Rect { height: rows, ..rect });
                self.rects[0] = Rect { y: rect.y + rows, height: rect.height - rows, ..rect };
                if self.rects[0].height == 0 {
                    self.rects.remove(0);
                }
            }
            break;
        }
        taken
    }
}

fn holds(outer: Rect, inner: Rect) -> bool {
    let within = |o: u16, o_len: u16, i: u16, i_len: u16| {
        o <= i && u32::from(i) + u32::from(i_len) <= u32::from(o) + u32::from(o_len)
    };
    within(outer.x, outer.width, inner.x, inner.width) && within(outer.y, outer.height, inner.y, inner.height)
}

/// The smallest rectangle around both; the wire's limits keep it within `u16`.
fn around(a: Rect, b: Rect) -> Rect {
    let span = |a: u16, a_len: u16, b: u16, b_len: u16| {
        let (from, to) = (a.min(b), a.saturating_add(a_len).max(b.saturating_add(b_len)));
        (from, to - from)
    };
    let (x, width) = span(a.x, a.width, b.x, b.width);
    let (y, height) = span(a.y, a.height, b.y, b.height);
    Rect { x, y, width, height }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rect(x: u16, y: u16, width: u16, height: u16) -> Rect {
        Rect { x, y, width, height }
    }

    #[test]
    fn what_lies_in_another_is_told_once() {
        let mut unseen = Unseen::default();
        unseen.touch(&[rect(0, 0, 10, 10), rect(2, 2, 3, 3), rect(0, 0, 0, 5)]);
        unseen.touch(&[rect(0, 0, 20, 20), rect(30, 0, 1, 1)]);
        assert_eq!(unseen.take(u64::MAX), [rect(0, 0, 20, 20), rect(30, 0, 1, 1)]);
        assert!(unseen.is_empty());
    }

    #[test]
    fn many_small_changes_become_one_box() {
        let mut unseen = Unseen::default();
        for i in 0..1000 {
            unseen.touch(&[rect(2 * i, 3 * i % 500, 1, 1)]);
            assert!(unseen.rects.len() <= MOST);
        }
        let all = unseen.take(u64::MAX);
        assert!((0..1000).all(|i| all.iter().any(|r| holds(*r, rect(2 * i, 3 * i % 500, 1, 1)))));
    }

    #[test]
    fn a_large_change_leaves_in_pieces_and_all_of_it_leaves() {
        let mut unseen = Unseen::whole((100, 50));
        assert_eq!(unseen.size.take(), Some((100, 50)));
        assert!(std::mem::take(&mut unseen.cursor), "the pointer's shape too");
        let (mut rows, mut pieces) = (0, 0);
        while !unseen.is_empty() {
            let taken = unseen.take(730);
            assert!(taken.iter().map(|r| r.area()).sum::<u64>() <= 730);
            assert_eq!((taken[0].y, taken[0].x, taken[0].width), (rows, 0, 100));
            rows += taken[0].height;
            pieces += 1;
        }
        assert_eq!((rows, pieces), (50, 8));
        let mut wide = Unseen::whole((100, 2));
        assert_eq!(wide.take(1), [rect(0, 0, 100, 1)], "one row, however small the room");
        assert_eq!(wide.take(1), [rect(0, 1, 100, 1)]);
        assert!(wide.take(1).is_empty());
    }

    #[test]
    fn a_copy_is_told_before_new_pixels_and_is_new_pixels_after_them() {
        let copy = screen::Copy { rect: rect(0, 10, 50, 20), dx: 0, dy: -10 };
        let mut unseen = Unseen::default();
        unseen.shift(&[copy], (50, 50));
        unseen.touch(&[rect(0, 20, 50, 10)]);
        unseen.shift(&[copy], (50, 50));
        assert_eq!(unseen.take_copies(), [copy]);
        assert_eq!(unseen.take(u64::MAX), [rect(0, 20, 50, 10), rect(0, 0, 50, 20)]);
        assert!(unseen.is_empty());
        for _ in 0..1000 {
            unseen.shift(&[copy], (50, 50));
        }
        assert_eq!(unseen.take_copies().len(), MOST_COPIES);
        assert_eq!(unseen.take(u64::MAX), [rect(0, 0, 50, 20)]);
    }

    #[test]
    fn a_piece_is_left_for_the_next_when_there_is_no_room_for_a_row() {
        let mut unseen = Unseen::default();
        unseen.touch(&[rect(0, 0, 10, 1), rect(0, 5, 100, 1)]);
        assert_eq!(unseen.take(50), [rect(0, 0, 10, 1)]);
        assert_eq!(unseen.take(50), [rect(0, 5, 100, 1)]);
    }
}
