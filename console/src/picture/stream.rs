//! Lossless pixels out of the lane's one zstd stream: exactly as many bytes as the rectangles need, so that a few compressed bytes
//! cannot become gigabytes.

use aval_protocol::wire::screen::{ABOVE, ROWS, Rect, SOLID, TWO_COLOURS, WINDOW_LOG};
use zeroize::Zeroize;
use zstd::stream::raw::{CParameter, DParameter, Decoder, Encoder, InBuffer, Operation, OutBuffer};

use super::{PictureError, surface::Surface};

/// The decompression context and what it decodes into.
pub(super) struct Stream {
    zstd: Decoder<'static>,
    /// One row as it comes out of the decoder, and the one above it.
    row: Vec<u8>,
    above: Vec<u8>,
}

// === impl Stream

impl Stream {
    pub(super) fn new() -> Result<Self, PictureError> {
        let mut zstd = Decoder::new().map_err(|_| PictureError::Memory)?;
        zstd.set_parameter(DParameter::WindowLogMax(WINDOW_LOG)).map_err(|_| PictureError::Memory)?;
        Ok(Self { zstd, row: Vec::new(), above: Vec::new() })
    }

    /// Paints rectangles, which lie inside the surface, with what an update brought.
    pub(super) fn paint(
        &mut self,
        surface: &mut Surface,
        rects: &[Rect],
        compressed: &[u8],
    ) -> Result<(), PictureError> {
        let mut input = InBuffer::around(compressed);
        for rect in rects {
            match self.take::<1>(&mut input)? {
                [ROWS] => self.rows(surface, *rect, &mut input)?,
                [SOLID] => {
                    let colour = pixel(self.take(&mut input)?);
                    surface.rows_mut(*rect).for_each(|row| row.fill(colour));
                }
                [ABOVE] => self.above(surface, *rect, &mut input)?,
                [TWO_COLOURS] => self.two_colours(surface, *rect, &mut input)?,
                [_] => return Err(PictureError::Kind),
            }
        }
        drained(&mut self.zstd, &mut input)
    }

    fn rows(
        &mut self,
        surface: &mut Surface,
        rect: Rect,
        input: &mut InBuffer<'_>,
    ) -> Result<(), PictureError> {
        self.row.resize(usize::from(rect.width) * 3, 0);
        for pixels in surface.rows_mut(rect) {
            fill(&mut self.zstd, input, &mut self.row)?;
            for (to, from) in pixels.iter_mut().zip(self.row.as_chunks::<3>().0) {
                *to = pixel(*from);
            }
        }
        Ok(())
    }

    fn above(
        &mut self,
        surface: &mut Surface,
        rect: Rect,
        input: &mut InBuffer<'_>,
    ) -> Result<(), PictureError> {
        self.above.clear();
        self.above.resize(usize::from(rect.width) * 3, 0);
        self.row.resize(usize::from(rect.width) * 3, 0);
        for pixels in surface.rows_mut(rect) {
            fill(&mut self.zstd, input, &mut self.row)?;
            for (byte, more) in self.above.iter_mut().zip(&self.row) {
                *byte = byte.wrapping_add(*more);
            }
            for (to, from) in pixels.iter_mut().zip(self.above.as_chunks::<3>().0) {
                *to = pixel(*from);
            }
        }
        Ok(())
    }

    fn two_colours(
        &mut self,
        surface: &mut Surface,
        rect: Rect,
        input: &mut InBuffer<'_>,
    ) -> Result<(), PictureError> {
        let colours = [pixel(self.take(input)?), pixel(self.take(input)?)];
        self.row.resize(usize::from(rect.width).div_ceil(8), 0);
        for pixels in surface.rows_mut(rect) {
            fill(&mut self.zstd, input, &mut self.row)?;
            for (eight, bits) in pixels.chunks_mut(8).zip(&self.row) {
                for (at, to) in eight.iter_mut().enumerate() {
                    *to = colours[usize::from(bits >> (7 - at) & 1)];
                }
            }
        }
        Ok(())
    }

    fn take<const N: usize>(&mut self, input: &mut InBuffer<'_>) -> Result<[u8; N], PictureError> {
        let mut bytes = [0; N];
        fill(&mut self.zstd, input, &mut bytes)?;
        Ok(bytes)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.row.zeroize();
        self.above.zeroize();
        wipe(&mut self.zstd);
    }
}

/// B G R as the framebuffer has it.
fn pixel([b, g, r]: [u8; 3]) -> u32 {
    u32::from_be_bytes([0, r, g, b])
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
    let Ok(mut black) = Encoder::new(1) else { return };
    if black.set_parameter(CParameter::WindowLog(WINDOW_LOG)).is_err() || zstd.reinit().is_err() {
        return;
    }
    let (zeros, mut compressed, mut sink) = (vec![0_u8; 1 << 20], vec![0_u8; 1 << 16], vec![0_u8; 1 << 16]);
    for _ in 0..=(1_usize << WINDOW_LOG >> 20) {
        let Ok(_) = feed(&mut black, zstd, &zeros, &mut compressed, &mut sink) else { return };
    }
}

fn feed(
    black: &mut Encoder<'static>,
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
