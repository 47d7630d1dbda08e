//! Fewer, larger rectangles: one round trip per grab, and few bytes of geometry per update.

use aval_protocol::wire::screen::Rect;

use super::pack::Look;
use super::tiles::{Area, Tiles};

/// Unchanged pixels that may ride along to spare a rectangle.
const SLACK: u64 = 256;

/// A rectangle to be sent and the tiles it lies in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) area: Area,
    pub(super) rect: Rect,
    pub(super) look: Look,
}

/// Damaged tiles as few areas, each of at most `most` pixels.
pub(super) fn damaged(tiles: &Tiles, most: usize) -> Vec<Area> {
    let mut areas: Vec<Area> = Vec::new();
    for row in 0..tiles.rows() {
        let row_starts = areas.len();
        let mut column = 0;
        while column < tiles.columns() {
            if !tiles.is_damaged(column, row) {
                column += 1;
                continue;
            }
            let left = column;
            while column < tiles.columns() && tiles.is_damaged(column, row) {
                column += 1;
            }
            let run = Area { left, top: row, right: column - 1, bottom: row };
            let above = areas[..row_starts]
                .iter_mut()
                .rev()
                .find(|area| area.bottom + 1 == row && area.left == run.left && area.right == run.right);
            match above {
                Some(area) if tiles.rect_of(joined(*area, run)).area() <= most as u64 => {
                    *area = joined(*area, run);
                }
                _ => areas.push(run),
            }
        }
    }
    areas
}

/// Boxes of tiles, merged where that is cheap and they look alike, in the order of rows given. The areas are disjoint, so the
/// boxes are.
pub(super) fn boxes(
    rows: impl Iterator<Item = usize>,
    columns: usize,
    most: u64,
    mut of: impl FnMut((usize, usize)) -> Option<(Rect, Look)>,
) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut above = 0;
    for row in rows {
        let start = pieces.len();
        for column in 0..columns {
            let Some((rect, look)) = of((column, row)) else { continue };
            let piece =
                Piece { area: Area { left: column, top: row, right: column, bottom: row }, rect, look };
            match pieces[start..].last_mut() {
                Some(left) if left.area.right + 1 == column && left.may_join(&piece, most) => {
                    left.join(&piece)
                }
                _ => pieces.push(piece),
            }
        }
        for piece in pieces.split_off(start) {
            let upper = pieces[above..].iter_mut().find(|upper| {
                upper.area.bottom + 1 == row
                    && (upper.area.left, upper.area.right) == (piece.area.left, piece.area.right)
            });
            match upper {
                Some(upper) if upper.may_join(&piece, most) => upper.join(&piece),
                _ => pieces.push(piece),
            }
        }
        // Only pieces that reach into this row can grow further; those before the first of them are done.
        above += pieces[above..].iter().take_while(|piece| piece.area.bottom != row).count();
    }
    pieces
}

// === impl Piece

impl Piece {
    fn may_join(&self, other: &Self, most: u64) -> bool {
        let together = union(self.rect, other.rect).area();
        self.look.beside(other.look).is_some()
            && together <= most
            && together <= (self.rect.area() + other.rect.area()) * 5 / 4 + SLACK
    }

    fn join(&mut self, other: &Self) {
        self.look = self.look.beside(other.look).unwrap_or(self.look);
        self.area = joined(self.area, other.area);
        self.rect = union(self.rect, other.rect);
    }
}

fn joined(a: Area, b: Area) -> Area {
    Area {
        left: a.left.min(b.left),
        top: a.top.min(b.top),
        right: a.right.max(b.right),
        bottom: a.bottom.max(b.bottom),
    }
}

fn union(a: Rect, b: Rect) -> Rect {
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    let right = (a.x + a.width).max(b.x + b.width);
    let bottom = (a.y + a.height).max(b.y + b.height);
    Rect { x, y, width: right - x, height: bottom - y }
}
