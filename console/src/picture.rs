//! The technician's copy of the client's screen: sealed updates in, pixels out, in memory only.
//!
//! The agent is a stranger's machine. Everything an update claims is checked before a byte is allocated or decoded: geometry against
//! the wire's limits, rectangles against the screen, numbers against gaps, and the decoder may yield exactly the bytes that the
//! rectangles need, so that a few compressed bytes cannot become gigabytes.

use std::fmt;

use aval_protocol::id::Epoch;
use aval_protocol::wire::screen::{MAX_PIXELS, MAX_SIDE, Rect, ScreenDown, WINDOW_LOG};
use zeroize::{Zeroize, Zeroizing};
use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

/// A framebuffer that follows the agent's updates.
pub struct Picture {
    width: u16,
    height: u16,
    pixels: Vec<u32>,
    seq: u32,
    broken: bool,
    zstd: Decoder<'static>,
    /// One row as it comes out of the decoder: B G R.
    row: Vec<u8>,
}

/// What one message changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Applied {
    /// The screen has this size and is black until updates follow.
    Resized {
        /// Width in pixels.
        width: u16,
        /// Height in pixels.
        height: u16,
    },
    /// These rectangles have new pixels.
    Painted {
        /// The update's number, for [`aval_protocol::wire::screen::ScreenUp::Painted`].
        seq: u32,
        /// The grant under which it was captured.
        epoch: Epoch,
        /// Where; disjoint from an honest agent.
        rects: Vec<Rect>,
    },
}

/// Why an update is refused. The agent is at fault in each case but [`Memory`](Self::Memory); the lane ends, the picture is of no
/// further use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PictureError {
    /// The screen's size is 0 or beyond the wire's limits.
    #[error("the agent announces a screen of {0} × {1} pixels")]
    Geometry(u16, u16),
    /// An update came before the size.
    #[error("an update came before the screen's size")]
    NoGeometry,
    /// An update is missing or came twice.
    #[error("update {got} came where {expected} should")]
    Gap {
        /// The number that should have come.
        expected: u32,
        /// The number that came.
        got: u32,
    },
    /// A rectangle is empty or not inside the screen.
    #[error("a rectangle lies outside the screen")]
    Outside,
    /// No rectangle at all, or together more pixels than the screen has.
    #[error("an update's rectangles are none, or more than the screen")]
    Area,
    /// The compressed bytes are no continuation of the stream, or want a larger window.
    #[error("an update's pixels cannot be decompressed")]
    Stream,
    /// Fewer bytes came out than the rectangles need.
    #[error("an update has fewer pixels than its rectangles")]
    Short,
    /// More bytes would come out than the rectangles need.
    #[error("an update has more pixels than its rectangles")]
    Long,
    /// An earlier update was refused.
    #[error("an earlier update was refused; start the session again")]
    Broken,
    /// This computer has no memory for the picture.
    #[error("not enough memory for the client's screen; close programs and start the session again")]
    Memory,
}

// === impl Picture

impl Picture {
    /// No size yet.
    ///
    /// # Errors
    /// [`PictureError::Memory`].
    pub fn new() -> Result<Self, PictureError> {
        Ok(Self {
            width: 0,
            height: 0,
            pixels: Vec::new(),
            seq: 0,
            broken: false,
            zstd: decoder()?,
            row: Vec::new(),
        })
    }

    /// Takes the agent's next message.
    ///
    /// # Errors
    /// [`PictureError`]; every later call says [`PictureError::Broken`].
    pub fn apply(&mut self, message: ScreenDown) -> Result<Applied, PictureError> {
        if self.broken {
            return Err(PictureError::Broken);
        }
        let applied = match message {
            ScreenDown::Geometry { width, height } => self.resize(width, height),
            ScreenDown::Update { seq, epoch, rects, pixels } => {
                let pixels = Zeroizing::new(pixels);
                self.paint(seq, &rects, &pixels).map(|()| Applied::Painted { seq, epoch, rects })
            }
        };
        self.broken = applied.is_err();
        applied
    }

    /// Width and height in pixels; zero before the agent told them.
    pub fn size(&self) -> (u16, u16) {
        (self.width, self.height)
    }

    /// The number of the last update applied; 0 before the first.
    pub fn seq(&self) -> u32 {
        self.seq
    }

    /// One pixel as `0x00RRGGBB`, if it is inside.
    pub fn pixel(&self, x: u16, y: u16) -> Option<u32> {
        let inside = x < self.width && y < self.height;
        inside.then(|| self.pixels[usize::from(y) * usize::from(self.width) + usize::from(x)])
    }

    /// All rows, top to bottom, each pixel as `0x00RRGGBB`.
    pub fn rows(&self) -> impl Iterator<Item = &[u32]> {
        self.pixels.chunks_exact(usize::from(self.width).max(1))
    }

    /// The rows of a rectangle, if it is inside.
    pub fn rows_of(&self, rect: Rect) -> Option<impl Iterator<Item = &[u32]>> {
        let (left, top) = (usize::from(rect.x), usize::from(rect.y));
        let (right, height) = (left + usize::from(rect.width), usize::from(rect.height));
        rect.fits(self.width, self.height)
            .then(|| self.rows().skip(top).take(height).map(move |row| &row[left..right]))
    }

    fn resize(&mut self, width: u16, height: u16) -> Result<Applied, PictureError> {
        let area = u64::from(width) * u64::from(height);
        if area == 0 || width > MAX_SIDE || height > MAX_SIDE || area > MAX_PIXELS {
            return Err(PictureError::Geometry(width, height));
        }
        let area = usize::try_from(area).map_err(|_| PictureError::Memory)?;
        self.pixels.zeroize();
        self.pixels.try_reserve_exact(area).map_err(|_| PictureError::Memory)?;
        self.pixels.resize(area, 0);
        (self.width, self.height) = (width, height);
        Ok(Applied::Resized { width, height })
    }

    fn paint(&mut self, seq: u32, rects: &[Rect], compressed: &[u8]) -> Result<(), PictureError> {
        if self.width == 0 {
            return Err(PictureError::NoGeometry);
        }
        let expected = self.seq.checked_add(1).ok_or(PictureError::Gap { expected: self.seq, got: seq })?;
        if seq != expected {
            return Err(PictureError::Gap { expected, got: seq });
        }
        if !rects.iter().all(|rect| rect.fits(self.width, self.height)) {
            return Err(PictureError::Outside);
        }
        let area: u64 = rects.iter().map(|rect| rect.area()).sum();
        if area == 0 || area > u64::from(self.width) * u64::from(self.height) {
            return Err(PictureError::Area);
        }
        let mut input = InBuffer::around(compressed);
        for rect in rects {
            for y in rect.y..rect.y + rect.height {
                self.row.resize(usize::from(rect.width) * 3, 0);
                fill(&mut self.zstd, &mut input, &mut self.row)?;
                let start = usize::from(y) * usize::from(self.width) + usize::from(rect.x);
                let pixels = &mut self.pixels[start..start + usize::from(rect.width)];
                for (pixel, [b, g, r]) in pixels.iter_mut().zip(self.row.as_chunks::<3>().0) {
                    *pixel = u32::from_be_bytes([0, *r, *g, *b]);
                }
            }
        }
        drained(&mut self.zstd, &mut input)?;
        self.seq = seq;
        Ok(())
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        self.pixels.zeroize();
        self.row.zeroize();
        wipe(&mut self.zstd);
    }
}

// A picture must not reach a log by way of `Debug`.
impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { width, height, seq, broken, .. } = self;
        f.debug_struct("Picture")
            .field("width", width)
            .field("height", height)
            .field("seq", seq)
            .field("broken", broken)
            .finish_non_exhaustive()
    }
}

fn decoder() -> Result<Decoder<'static>, PictureError> {
    let mut zstd = Decoder::new().map_err(|_| PictureError::Memory)?;
    zstd.set_parameter(DParameter::WindowLogMax(WINDOW_LOG)).map_err(|_| PictureError::Memory)?;
    Ok(zstd)
}

/// Decodes exactly as many bytes as `row` holds.
fn fill(zstd: &mut Decoder<'static>, input: &mut InBuffer<'_>, row: &mut [u8]) -> Result<(), PictureError> {
    let mut filled = 0;
    while filled < row.len() {
        let before = input.pos();
        let mut output = OutBuffer::around(&mut row[filled..]);
        let hint = zstd.run(input, &mut output).map_err(|_| PictureError::Stream)?;
        let got = output.pos();
        filled += got;
        if hint == 0 {
            // The agent's stream lives as long as the lane; a frame that ends is none of its making.
            return Err(PictureError::Stream);
        }
        if got == 0 && input.pos() == before {
            return Err(PictureError::Short);
        }
    }
    Ok(())
}

/// Makes sure that nothing more comes out and every byte went in.
fn drained(zstd: &mut Decoder<'static>, input: &mut InBuffer<'_>) -> Result<(), PictureError> {
    loop {
        let before = input.pos();
        let mut spare = [0];
        let mut output = OutBuffer::around(&mut spare[..]);
        let hint = zstd.run(input, &mut output).map_err(|_| PictureError::Stream)?;
        if output.pos() > 0 {
            return Err(PictureError::Long);
        }
        if hint == 0 {
            return Err(PictureError::Stream);
        }
        if input.pos() == input.src.len() {
            return Ok(());
        }
        if input.pos() == before {
            return Err(PictureError::Stream);
        }
    }
}

/// The decoder's window still holds what was on the screen: a window of black pushes it out.
fn wipe(zstd: &mut Decoder<'static>) {
    let Ok(mut black) = zstd::stream::raw::Encoder::new(1) else { return };
    if black.set_parameter(zstd::stream::raw::CParameter::WindowLog(WINDOW_LOG)).is_err()
        || zstd.reinit().is_err()
    {
        return;
    }
    let (zeros, mut compressed, mut sink) = (vec![0_u8; 1 << 20], vec![0_u8; 1 << 16], vec![0_u8; 1 << 16]);
    for _ in 0..=(1_usize << WINDOW_LOG >> 20) {
        let Ok(_) = feed(&mut black, zstd, &zeros, &mut compressed, &mut sink) else { return };
    }
}

fn feed(
    black: &mut zstd::stream::raw::Encoder<'static>,
    zstd: &mut Decoder<'static>,
    zeros: &[u8],
    compressed: &mut [u8],
    sink: &mut [u8],
) -> std::io::Result<()> {
    let mut input = InBuffer::around(zeros);
    let mut pending = 1;
    while input.pos() < zeros.len() || pending > 0 {
        let mut output = OutBuffer::around(&mut *compressed);
        if input.pos() < zeros.len() {
            black.run(&mut input, &mut output)?;
        } else {
            pending = black.flush(&mut output)?;
        }
        let length = output.pos();
        let mut packed = InBuffer::around(&compressed[..length]);
        loop {
            let mut out = OutBuffer::around(&mut *sink);
            zstd.run(&mut packed, &mut out)?;
            if out.pos() == 0 && packed.pos() == length {
                break;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
