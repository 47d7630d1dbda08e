//! The screen lane: what moved, what changed, what looks like a photograph; and the pointer's shape, which is never in the picture.
//!
//! Lossless rectangles come out of one compression context that lives as long as the stream. Whoever paints does it in this
//! order: copies, rectangles, photographs.

use serde::{Deserialize, Serialize};

use super::Wire;
use crate::id::Epoch;

/// Largest screen side this version handles, in pixels. Checked before a framebuffer is allocated.
pub const MAX_SIDE: u16 = 16_384;
/// Most pixels a screen may have: 64 Mpx, 256 MiB of framebuffer.
pub const MAX_PIXELS: u64 = 64 * 1024 * 1024;
/// Logarithm of the compression window (4 MiB): a decoder refuses more.
pub const WINDOW_LOG: u32 = 22;
/// Largest side of a pointer's shape, in pixels.
pub const MAX_CURSOR_SIDE: u16 = 128;
/// How a rectangle's pixels lie in the stream; the first byte of each says which. See [`ScreenDown::Update`].
pub const ROWS: u8 = 0;
/// One colour fills the rectangle: B G R follow.
pub const SOLID: u8 = 1;
/// Two colours: B G R of each, then one bit a pixel, rows padded to bytes, the highest bit leftmost; 1 is the second colour.
pub const TWO_COLOURS: u8 = 2;
/// As [`ROWS`], but each row below the first as its bytes' differences (modulo 256) from the row above.
pub const ABOVE: u8 = 3;

/// From agent to console, sealed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum ScreenDown {
    /// The screen's size; the framebuffer starts black. Sent first, and when the size changes.
    Geometry {
        /// Width in pixels.
        width: u16,
        /// Height in pixels.
        height: u16,
    },
    /// What changed since the update before.
    Update {
        /// Number of the update, from 1 under each epoch, without gaps. With a later epoch the screen is black, and the stream of
        /// pixels begins anew.
        seq: u32,
        /// The grant under which it was captured.
        epoch: Epoch,
        /// What moved, to be done first and one after the other. Together no more pixels than the screen has.
        copies: Vec<Copy>,
        /// Where there are new pixels, to the bit: all inside the screen.
        rects: Vec<Rect>,
        /// Continues the one zstd stream, flushed; out of it comes for each rectangle one byte, [`ROWS`], [`SOLID`],
        /// [`TWO_COLOURS`] or [`ABOVE`], and what it announces. After [`ROWS`]: rows, top to bottom, as B G R bytes.
        pixels: Vec<u8>,
        /// Where there are new pixels, nearly: what is refined to the bit once it is quiet.
        photos: Vec<Photo>,
    },
    /// What the pointer looks like from now on. Only the last one counts.
    Cursor {
        /// The grant under which it was seen.
        epoch: Epoch,
        /// Its shape.
        shape: Cursor,
    },
    /// The stream begins anew: no picture, no size, nothing of the compression's past. What was on the screen since the last update is in
    /// none that follows.
    Anew {
        /// The number that the next update's follows.
        seq: u32,
        /// The grant under which it is captured.
        epoch: Epoch,
    },
}

/// A part of the screen that is at another place now. What lay there is overwritten, also where both overlap.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Copy {
    /// Where it was.
    pub rect: Rect,
    /// How far to the right it went, in pixels.
    pub dx: i16,
    /// How far down it went, in pixels.
    pub dy: i16,
}

/// A rectangle as a baseline JPEG (ITU-T T.81) of exactly its size.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Photo {
    /// Where.
    pub rect: Rect,
    /// The picture.
    pub jpeg: Vec<u8>,
}

/// A pointer's shape; a width of 0 means that there is none to be seen.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cursor {
    /// Width in pixels, at most [`MAX_CURSOR_SIDE`].
    pub width: u16,
    /// Height in pixels, at most [`MAX_CURSOR_SIDE`].
    pub height: u16,
    /// The pixel that points, from the left.
    pub hot_x: u16,
    /// The pixel that points, from the top.
    pub hot_y: u16,
    /// Rows of R G B A, colours not multiplied by A.
    pub rgba: Vec<u8>,
}

/// A rectangle of pixels.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Rect {
    /// Left edge.
    pub x: u16,
    /// Top edge.
    pub y: u16,
    /// Width; never 0.
    pub width: u16,
    /// Height; never 0.
    pub height: u16,
}

/// From console to agent, sealed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ScreenUp {
    /// Everything up to this update is painted.
    Painted {
        /// Number of the update.
        seq: u32,
        /// The grant under which it was captured: each counts its updates anew.
        epoch: Epoch,
    },
}

impl Rect {
    /// Pixels in it.
    pub fn area(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Whether it is not empty and lies inside a screen of that size.
    pub fn fits(self, width: u16, height: u16) -> bool {
        self.width > 0
            && self.height > 0
            && u32::from(self.x) + u32::from(self.width) <= u32::from(width)
            && u32::from(self.y) + u32::from(self.height) <= u32::from(height)
    }
}

// === impl Copy, Cursor

impl Copy {
    /// Where it is afterwards, if both places lie inside a screen of that size.
    pub fn target(self, width: u16, height: u16) -> Option<Rect> {
        let target = Rect {
            x: self.rect.x.checked_add_signed(self.dx)?,
            y: self.rect.y.checked_add_signed(self.dy)?,
            ..self.rect
        };
        (self.rect.fits(width, height) && target.fits(width, height)).then_some(target)
    }
}

impl Cursor {
    /// Whether its bytes are as many as its size needs, its sides within limits and its point inside.
    pub fn is_sound(&self) -> bool {
        let Self { width, height, hot_x, hot_y, rgba } = self;
        let hidden = (*width, *height, *hot_x, *hot_y) == (0, 0, 0, 0);
        let seen = (1..=MAX_CURSOR_SIDE).contains(width) && (1..=MAX_CURSOR_SIDE).contains(height);
        rgba.len() == usize::from(*width) * usize::from(*height) * 4
            && (hidden || (seen && hot_x < width && hot_y < height))
    }
}

// A pointer's shape is of the client's screen: it must not reach a log.
impl std::fmt::Debug for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { width, height, .. } = self;
        f.debug_struct("Cursor").field("width", width).field("height", height).finish_non_exhaustive()
    }
}

impl Wire for ScreenDown {
    /// The encoder cuts larger changes into several updates.
    const LIMIT: usize = 1024 * 1024;
}
impl Wire for ScreenUp {
    const LIMIT: usize = 64;
}
