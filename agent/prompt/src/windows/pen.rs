//! Where the controls of a dialog go: one under the other, each as high as its text needs. Pure; the dialog measures and obeys.

use crate::look::Rect;

/// How a text is written: its size in pixels at 96 dots per inch, and whether bold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Face {
    pub(super) pixels: i32,
    pub(super) bold: bool,
}

/// One control's place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Put {
    pub(super) id: u16,
    pub(super) at: Rect,
    pub(super) face: Face,
}

/// Lays controls out. Lengths that are said to it are at 96 dots per inch.
pub(super) struct Pen<'a> {
    /// Width and height of a control's text in that width.
    measure: &'a dyn Fn(u16, Face, i32) -> (i32, i32),
    dpi: i32,
    x: i32,
    y: i32,
    w: i32,
    puts: Vec<Put>,
    panels: Vec<Rect>,
}

/// What a pen has laid out: the inside's size, each control, and the panels behind them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Laid {
    pub(super) size: (i32, i32),
    pub(super) puts: Vec<Put>,
    pub(super) panels: Vec<Rect>,
}

/// Around everything.
const MARGIN: i32 = 22;
/// Between a panel's edge and its text.
const PADDING: i32 = 12;
/// The least a button measures, and around its text.
const BUTTON: (i32, i32) = (120, 40);
const AROUND: i32 = 32;
/// Before a box's text.
const TICK: i32 = 24;

pub(super) const fn face(pixels: i32, bold: bool) -> Face {
    Face { pixels, bold }
}

impl<'a> Pen<'a> {
    pub(super) fn new(width: i32, dpi: i32, measure: &'a dyn Fn(u16, Face, i32) -> (i32, i32)) -> Self {
        let scaled = |length: i32| length * dpi / 96;
        let margin = scaled(MARGIN);
        let w = scaled(width) - 2 * margin;
        Self { measure, dpi, x: margin, y: margin, w, puts: Vec::new(), panels: Vec::new() }
    }

    fn scaled(&self, length: i32) -> i32 {
        length * self.dpi / 96
    }

    fn put(&mut self, id: u16, face: Face, at: Rect) {
        self.puts.push(Put { id, at, face });
    }

    /// Leaves room.
    pub(super) fn gap(&mut self, length: i32) {
        self.y += self.scaled(length);
    }

    /// A text in the whole width.
    pub(super) fn text(&mut self, id: u16, face: Face) {
        let (_, h) = (self.measure)(id, face, self.w);
        self.put(id, face, Rect { x: self.x, y: self.y, w: self.w, h });
        self.y += h;
    }

    /// A box that can be ticked.
    pub(super) fn tick(&mut self, id: u16, face: Face) {
        let (_, h) = (self.measure)(id, face, self.w - self.scaled(TICK));
        let h = h.max(self.scaled(TICK));
        self.put(id, face, Rect { x: self.x, y: self.y, w: self.w, h });
        self.y += h;
    }

    /// A field to type in.
    pub(super) fn field(&mut self, id: u16, face: Face) {
        let h = self.scaled(face.pixels + 14);
        self.put(id, face, Rect { x: self.x, y: self.y, w: self.w, h });
        self.y += h;
    }

    /// A text of that height, which scrolls if it is longer.
    pub(super) fn scroll(&mut self, id: u16, face: Face, height: i32) {
        let h = self.scaled(height);
        self.put(id, face, Rect { x: self.x, y: self.y, w: self.w, h });
        self.y += h;
    }

    /// What `inside` lays out, on a ground of its own.
    pub(super) fn panel(&mut self, inside: impl FnOnce(&mut Self)) {
        let (top, padding) = (self.y, self.scaled(PADDING));
        (self.x, self.y, self.w) = (self.x + padding, self.y + padding, self.w - 2 * padding);
        inside(self);
        (self.x, self.y, self.w) = (self.x - padding, self.y + padding, self.w + 2 * padding);
        self.panels.push(Rect { x: self.x, y: top, w: self.w, h: self.y - top });
    }

    /// What `left` lays out, and one line of text right of it, at mid height.
    pub(super) fn beside(&mut self, right: u16, face: Face, left: impl FnOnce(&mut Self)) {
        let ((w, h), top, gap) = ((self.measure)(right, face, self.w), self.y, self.scaled(16));
        let w = w + self.scaled(4);
        self.w -= w + gap;
        left(self);
        let bottom = self.y.max(top + h);
        let at = Rect { x: self.x + self.w + gap, y: top + (bottom - top - h) / 2, w, h };
        self.put(right, face, at);
        self.w += w + gap;
        self.y = bottom;
    }

    /// Buttons in a row, the last one at the right edge.
    pub(super) fn buttons(&mut self, ids: &[u16], face: Face) {
        let (least, h) = (self.scaled(BUTTON.0), self.scaled(BUTTON.1));
        let (mut x, right) = (self.x, self.x + self.w);
        for (index, &id) in ids.iter().enumerate() {
            let w = least.max((self.measure)(id, face, self.w).0 + self.scaled(AROUND));
            let at = if index + 1 == ids.len() { right - w } else { x };
            self.put(id, face, Rect { x: at, y: self.y, w, h });
            x += w + self.scaled(16);
        }
        self.y += h;
    }

    pub(super) fn finish(self) -> Laid {
        let margin = self.scaled(MARGIN);
        let size = (self.w + 2 * margin, self.y + margin);
        Laid { size, puts: self.puts, panels: self.panels }
    }
}
