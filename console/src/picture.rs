//! The technician's copy of the client's screen: sealed updates in, pixels out, in memory only.
//!
//! The agent is a stranger's machine. Everything an update claims is checked before a byte is allocated or decoded: geometry against
//! the wire's limits, rectangles and both ends of a copy against the screen, numbers against gaps, photographs against their
//! rectangle, and the decoder may yield exactly the bytes that the rectangles need.

mod photo;
mod stream;
mod surface;

use std::fmt;

use aval_protocol::id::Epoch;
use aval_protocol::wire::screen::{Copy, Cursor, Rect, ScreenDown};
use zeroize::{Zeroize, Zeroizing};

use stream::Stream;
use surface::Surface;

/// A framebuffer that follows the agent's updates.
pub struct Picture {
    surface: Surface,
    cursor: Option<Cursor>,
    seq: u32,
    broken: bool,
    stream: Stream,
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
    /// Something moved or has new pixels.
    Painted {
        /// The update's number, for [`aval_protocol::wire::screen::ScreenUp::Painted`].
        seq: u32,
        /// The grant under which it was captured.
        epoch: Epoch,
        /// What moved, one after the other, before there were new pixels.
        copies: Vec<Copy>,
        /// Where there are new pixels, photographs included; disjoint from an honest agent.
        rects: Vec<Rect>,
    },
    /// Everything is to be forgotten; a size follows.
    Anew,
    /// The pointer has another shape: [`Picture::cursor`].
    Cursor {
        /// The grant under which it was seen.
        epoch: Epoch,
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
    /// A rectangle, or one end of a copy, is empty or not inside the screen.
    #[error("a rectangle lies outside the screen")]
    Outside,
    /// Nothing at all changes, or together more pixels than the screen has.
    #[error("an update changes nothing, or more than the screen")]
    Area,
    /// Pixels that lie in a way this program does not know.
    #[error("an update's pixels are of an unknown kind")]
    Kind,
    /// A photograph is no JPEG of the agreed form, or not of its rectangle's size.
    #[error("an update's photograph cannot be read")]
    Photo,
    /// A pointer's shape is larger than agreed, or its bytes do not fit its size.
    #[error("the agent shows a pointer that cannot be")]
    Cursor,
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
        let (surface, stream) = (Surface::default(), Stream::new()?);
        Ok(Self { surface, cursor: None, seq: 0, broken: false, stream })
    }

    /// What follows was captured under a later epoch: black, and counted anew.
    ///
    /// # Errors
    /// [`PictureError::Memory`]; the picture is of no further use.
    pub fn restart(&mut self) -> Result<(), PictureError> {
        let (width, height) = self.size();
        *self = Self::new().inspect_err(|_| self.broken = true)?;
        if width > 0 { self.surface.resize(width, height) } else { Ok(()) }
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
            ScreenDown::Geometry { width, height } => {
                self.surface.resize(width, height).map(|()| Applied::Resized { width, height })
            }
            ScreenDown::Update { seq, epoch, copies, mut rects, pixels, photos } => {
                let pixels = Zeroizing::new(pixels);
                let photos: Vec<_> = photos.into_iter().map(|p| (p.rect, Zeroizing::new(p.jpeg))).collect();
                self.paint(seq, &copies, &rects, &pixels, &photos).map(|()| {
                    rects.extend(photos.iter().map(|(rect, _)| *rect));
                    Applied::Painted { seq, epoch, copies, rects }
                })
            }
            ScreenDown::Anew { seq, .. } => self.forget(seq).map(|()| Applied::Anew),
            ScreenDown::Cursor { epoch, shape } => self.point(shape).map(|()| Applied::Cursor { epoch }),
        };
        self.broken = applied.is_err();
        applied
    }

    /// What was seen is overwritten, and so is what the decoder remembers. The next update follows this number, which never goes back.
    fn forget(&mut self, seq: u32) -> Result<(), PictureError> {
        if seq < self.seq {
            return Err(PictureError::Gap { expected: self.seq, got: seq });
        }
        (self.surface, self.stream) = (Surface::default(), Stream::new()?);
        (self.cursor, self.seq) = (None, seq);
        Ok(())
    }

    /// Width and height in pixels; zero before the agent told them.
    pub fn size(&self) -> (u16, u16) {
        self.surface.size()
    }

    /// The number of the last update applied; 0 before the first.
    pub fn seq(&self) -> u32 {
        self.seq
    }

    /// What the client's pointer looks like; `None` before the agent told it. Its place is not told: it is the technician's.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    /// One pixel as `0x00RRGGBB`, if it is inside.
    pub fn pixel(&self, x: u16, y: u16) -> Option<u32> {
        self.surface.pixel(x, y)
    }

    /// All rows, top to bottom, each pixel as `0x00RRGGBB`.
    pub fn rows(&self) -> impl Iterator<Item = &[u32]> {
        self.surface.rows()
    }

    /// The rows of a rectangle, if it is inside.
    pub fn rows_of(&self, rect: Rect) -> Option<impl Iterator<Item = &[u32]>> {
        let (width, height) = self.size();
        let (left, top) = (usize::from(rect.x), usize::from(rect.y));
        let (right, count) = (left + usize::from(rect.width), usize::from(rect.height));
        rect.fits(width, height).then(|| self.rows().skip(top).take(count).map(move |row| &row[left..right]))
    }

    fn paint(
        &mut self,
        seq: u32,
        copies: &[Copy],
        rects: &[Rect],
        compressed: &[u8],
        photos: &[(Rect, Zeroizing<Vec<u8>>)],
    ) -> Result<(), PictureError> {
        let (width, height) = self.size();
        if width == 0 {
            return Err(PictureError::NoGeometry);
        }
        let expected = self.seq.checked_add(1).ok_or(PictureError::Gap { expected: self.seq, got: seq })?;
        if seq != expected {
            return Err(PictureError::Gap { expected, got: seq });
        }
        let targets: Option<Vec<Rect>> = copies.iter().map(|copy| copy.target(width, height)).collect();
        let targets = targets.ok_or(PictureError::Outside)?;
        let new = || rects.iter().chain(photos.iter().map(|(rect, _)| rect));
        if !new().all(|rect| rect.fits(width, height)) {
            return Err(PictureError::Outside);
        }
        let (all, moved) = (Rect { x: 0, y: 0, width, height }.area(), area(&targets));
        let painted: u64 = new().map(|rect| rect.area()).sum();
        if moved + painted == 0 || moved > all || painted > all {
            return Err(PictureError::Area);
        }
        for (copy, target) in copies.iter().zip(targets) {
            self.surface.copy(*copy, target);
        }
        if !rects.is_empty() {
            self.stream.paint(&mut self.surface, rects, compressed)?;
        } else if !compressed.is_empty() {
            return Err(PictureError::Long);
        }
        for (rect, jpeg) in photos {
            let rows = photo::decode(jpeg, *rect)?;
            let rows = rows.chunks_exact(usize::from(rect.width) * 3);
            for (to, from) in self.surface.rows_mut(*rect).zip(rows) {
                for (pixel, [r, g, b]) in to.iter_mut().zip(from.as_chunks::<3>().0) {
                    *pixel = u32::from_be_bytes([0, *r, *g, *b]);
                }
            }
        }
        self.seq = seq;
        Ok(())
    }

    fn point(&mut self, shape: Cursor) -> Result<(), PictureError> {
        if !shape.is_sound() {
            return Err(PictureError::Cursor);
        }
        if let Some(mut before) = self.cursor.replace(shape) {
            before.rgba.zeroize();
        }
        Ok(())
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        if let Some(cursor) = &mut self.cursor {
            cursor.rgba.zeroize();
        }
    }
}

// A picture must not reach a log by way of `Debug`.
impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((width, height), Self { seq, broken, .. }) = (self.size(), self);
        f.debug_struct("Picture")
            .field("width", &width)
            .field("height", &height)
            .field("seq", seq)
            .field("broken", broken)
            .finish_non_exhaustive()
    }
}

fn area(rects: &[Rect]) -> u64 {
    rects.iter().map(|rect| rect.area()).sum()
}

#[cfg(test)]
mod tests;
