//! Fewer, larger rectangles: one round trip per grab, and few bytes of geometry per update.

use aval_protocol::wire::screen::Rect;

use super::tiles::{Area, Tiles};

/// Most pixels of one sent rectangle. With an update cut at its soft limit, what zstd still holds (a block of 128 KiB) and one
/// such rectangle uncompressed (384 KiB) stay far below the wire's 1 MiB.
const RECT_AREA: u64 = 128 * 1024;
/// Unchanged pixels that may ride along to spare a rectangle.
const SLACK: u64 = 256;

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

/// Owed boxes, merged where that is cheap, in sending order. The areas are disjoint, so the boxes are.
pub(super) fn owed(tiles: &Tiles) -> Vec<(Area, Rect)> {
    let mut boxes: Vec<(Area, Rect)> = Vec::new();
    let mut above = 0;
    for row in tiles.rows_in_turn() {
        let start = boxes.len();
        for column in 0..tiles.columns() {
            let Some(rect) = tiles.owed(column, row) else { continue };
            let area = Area { left: column, top: row, right: column, bottom: row };
            match boxes[start..].last_mut() {
                Some(left) if left.0.right + 1 == column && worthwhile(left.1, rect) => {
                    *left = (joined(left.0, area), union(left.1, rect));
                }
                _ => boxes.push((area, rect)),
            }
        }
        let row_of_boxes = boxes.split_off(start);
        for (area, rect) in row_of_boxes {
            let upper = boxes[above..].iter_mut().find(|(upper, _)| {
                upper.bottom + 1 == row && upper.left == area.left && upper.right == area.right
            });
            match upper {
                Some(upper) if worthwhile(upper.1, rect) => {
                    *upper = (joined(upper.0, area), union(upper.1, rect));
                }
                _ => boxes.push((area, rect)),
            }
        }
        // Only boxes that reach into this row can grow further; those before the first of them are done.
        above += boxes[above..].iter().take_while(|(area, _)| area.bottom != row).count();
    }
    boxes
}

fn worthwhile(a: Rect, b: Rect) -> bool {
    let together = union(a, b).area();
    together <= RECT_AREA && together <= (a.area() + b.area()) * 5 / 4 + SLACK
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
