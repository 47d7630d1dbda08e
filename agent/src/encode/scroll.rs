//! What scrolled: rows of 64 pixels that are found again above or below where they were.
//!
//! Each row's hash votes for a distance, if it occurs once before and once after: blank lines say nothing. The distance with enough
//! votes is tried in bands. A wrong guess costs bytes, never truth: whoever uses the copies compares afterwards.

use aval_protocol::wire::screen::{Copy, Rect};
use xxhash_rust::xxh3::xxh3_64;

use super::shadow::{Grabbed, Shadow};

/// Pixels of a row that are hashed together; tiles begin at its multiples.
const SEGMENT: u16 = 64;
/// Votes below which a distance is an accident.
const VOTES: u32 = 24;
/// Rows that must have moved together.
const BAND: usize = 16;
/// Changed row segments that make a copy worth its bytes.
const WORTH: usize = 8;
/// Most copies of one search.
const COPIES: usize = 64;

/// Rows of segments of a grabbed rectangle, before and after.
struct Rows {
    columns: usize,
    rows: usize,
    old: Vec<u64>,
    new: Vec<u64>,
    changed: Vec<bool>,
}

/// Segments `left..right`, rows `top..bottom`.
#[derive(Clone, Copy)]
struct Block {
    left: usize,
    right: usize,
    top: usize,
    bottom: usize,
}

/// Which copies inside the shadow bring it nearer to what was grabbed, in the order in which they have to be done. The rectangle
/// begins at a tile.
pub(super) fn search(shadow: &Shadow, grabbed: Grabbed<'_>) -> Vec<Copy> {
    let Some(rows) = Rows::read(shadow, grabbed) else { return Vec::new() };
    let Some(by) = rows.distance() else { return Vec::new() };
    let mut blocks = rows.blocks(by);
    blocks.retain(|block| rows.changed_in(*block) >= WORTH);
    blocks.sort_by_key(|block| std::cmp::Reverse((block.right - block.left) * (block.bottom - block.top)));
    blocks.truncate(COPIES);
    // A row must not be overwritten before it was copied from.
    blocks.sort_by_key(|block| if by > 0 { usize::MAX - block.bottom } else { block.top });
    blocks.into_iter().filter_map(|block| copy(block, by, grabbed.rect)).collect()
}

// === impl Rows

impl Rows {
    /// `None`: too little changed for a scroll.
    fn read(shadow: &Shadow, grabbed: Grabbed<'_>) -> Option<Self> {
        let rect = grabbed.rect;
        let (columns, rows) = (usize::from(rect.width.div_ceil(SEGMENT)), usize::from(rect.height));
        let segments = |y: u16| {
            (rect.x..rect.x + rect.width).step_by(usize::from(SEGMENT)).map(move |x| {
                let width = SEGMENT.min(rect.x + rect.width - x);
                (shadow.row(x, y, width), grabbed.row(x, y, width))
            })
        };
        let all = || (rect.y..rect.y + rect.height).flat_map(segments);
        let changed: Vec<bool> = all().map(|(old, new)| old != new).collect();
        let least = usize::try_from(VOTES).unwrap_or(usize::MAX);
        if changed.iter().filter(|changed| **changed).count() < least {
            return None;
        }
        let old = all().map(|(old, _)| xxh3_64(old)).collect();
        let new = all().map(|(_, new)| xxh3_64(new)).collect();
        Some(Self { columns, rows, old, new, changed })
    }

    fn at(&self, column: usize, row: usize) -> usize {
        row * self.columns + column
    }

    /// How far down most rows went.
    fn distance(&self) -> Option<isize> {
        let mut votes = vec![0_u32; 2 * self.rows];
        for column in 0..self.columns {
            let (before, after) = (self.unique(&self.old, column), self.unique(&self.new, column));
            let mut before = before.iter().peekable();
            for (hash, to) in after {
                while before.next_if(|(other, _)| *other < hash).is_some() {}
                if let Some((_, from)) = before.next_if(|(other, _)| *other == hash) {
                    votes[self.rows + to - from] += 1;
                }
            }
        }
        votes[self.rows] = 0;
        let (at, most) = votes.iter().enumerate().max_by_key(|(_, votes)| **votes)?;
        (*most >= VOTES).then(|| at.cast_signed() - self.rows.cast_signed())
    }

    /// Hashes that occur once among the changed rows of a column, in order, and their rows.
    fn unique(&self, hashes: &[u64], column: usize) -> Vec<(u64, usize)> {
        let places = (0..self.rows).filter(|row| self.changed[self.at(column, *row)]);
        let mut found: Vec<(u64, usize)> = places.map(|row| (hashes[self.at(column, row)], row)).collect();
        found.sort_unstable();
        let runs = found.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() == 1);
        runs.flatten().copied().collect()
    }

    fn moved(&self, column: usize, row: usize, by: isize) -> bool {
        let from = row.checked_add_signed(-by).filter(|from| *from < self.rows);
        from.is_some_and(|from| self.new[self.at(column, row)] == self.old[self.at(column, from)])
    }

    /// Whole bands that moved that far, joined, and then grown row by row.
    fn blocks(&self, by: isize) -> Vec<Block> {
        let bands = self.rows.div_ceil(BAND);
        let in_band = |band: usize| band * BAND..((band + 1) * BAND).min(self.rows);
        let moved: Vec<bool> = (0..bands)
            .flat_map(|band| (0..self.columns).map(move |column| (band, column)))
            .map(|(band, column)| in_band(band).all(|row| self.moved(column, row, by)))
            .collect();
        let whole = |column: usize, row: usize| moved[row / BAND * self.columns + column];
        let mut blocks: Vec<Block> = Vec::new();
        for band in 0..bands {
            let (top, bottom) = (in_band(band).start, in_band(band).end);
            let mut left = 0;
            while left < self.columns {
                let right = (left..self.columns).find(|c| !whole(*c, top)).unwrap_or(self.columns);
                if right > left {
                    let same = |b: &&mut Block| b.bottom == top && b.left == left && b.right == right;
                    match blocks.iter_mut().rev().find(same) {
                        Some(above) => above.bottom = bottom,
                        None => blocks.push(Block { left, right, top, bottom }),
                    }
                }
                left = right + 1;
            }
        }
        for block in &mut blocks {
            let more = |row: usize| {
                (block.left..block.right).all(|column| !whole(column, row) && self.moved(column, row, by))
            };
            let down = (block.bottom..self.rows).take_while(|row| more(*row)).count();
            let up = (0..block.top).rev().take_while(|row| more(*row)).count();
            (block.top, block.bottom) = (block.top - up, block.bottom + down);
        }
        blocks
    }

    fn changed_in(&self, block: Block) -> usize {
        let rows = (block.top..block.bottom).map(|row| self.at(block.left, row)..self.at(block.right, row));
        rows.map(|row| self.changed[row].iter().filter(|changed| **changed).count()).sum()
    }
}

fn copy(block: Block, by: isize, grabbed: Rect) -> Option<Copy> {
    let narrow = |value: usize| u16::try_from(value).ok();
    let segment = usize::from(SEGMENT);
    let x = grabbed.x + narrow(block.left * segment)?;
    let right = grabbed.x + narrow((block.right * segment).min(usize::from(grabbed.width)))?;
    let y = grabbed.y + narrow(block.top.checked_add_signed(-by)?)?;
    let rect = Rect { x, y, width: right - x, height: narrow(block.bottom - block.top)? };
    Some(Copy { rect, dx: 0, dy: i16::try_from(by).ok()? })
}

#[cfg(test)]
mod tests;
