//! The screen lane: lossless rectangles, in order, out of one compression context that lives as long as the stream.

use serde::{Deserialize, Serialize};

use super::Wire;
use crate::id::Epoch;

/// Largest screen side this version handles, in pixels. Checked before a framebuffer is allocated.
pub const MAX_SIDE: u16 = 16_384;
/// Most pixels a screen may have: 64 Mpx, 256 MiB of framebuffer.
pub const MAX_PIXELS: u64 = 64 * 1024 * 1024;
/// Logarithm of the compression window (4 MiB): a decoder refuses more.
pub const WINDOW_LOG: u32 = 22;

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
    /// What changed. `pixels` continues the one zstd stream; out of it come the rectangles' rows, top to bottom, as B G R bytes.
    Update {
        /// Number of the update, from 1, without gaps.
        seq: u32,
        /// The grant under which it was captured.
        epoch: Epoch,
        /// Where: all inside the screen.
        rects: Vec<Rect>,
        /// Compressed rows of all rectangles, flushed.
        pixels: Vec<u8>,
    },
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

impl Wire for ScreenDown {
    /// The encoder cuts larger changes into several updates.
    const LIMIT: usize = 1024 * 1024;
}
impl Wire for ScreenUp {
    const LIMIT: usize = 64;
}
