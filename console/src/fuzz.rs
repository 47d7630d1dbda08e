//! The doors of this crate that take a stranger's bytes, each as a function of bytes that panics when something is wrong: for the
//! fuzzers of `fuzz/`, and for the replay of what they found.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use arbitrary::{Result, Unstructured};
use aval_protocol::id::Epoch;
use aval_protocol::wire::screen::{Copy, Cursor, MAX_SIDE, Photo, Rect, ScreenDown, WINDOW_LOG};
use zstd::stream::raw::{CParameter, Encoder, InBuffer, Operation, OutBuffer};

use crate::desk::gesture::Gesture;
use crate::picture::{Picture, PictureError};
use crate::steps::Step;

/// Messages of one scenario at most.
const MOST: usize = 40;

/// A machine that says anything about its screen. It may be refused; what is refused once is refused from then on.
pub fn picture(bytes: &[u8]) {
    let mut bytes = Unstructured::new(bytes);
    let mut picture = Picture::new().unwrap();
    // Its window is megabytes: made for those who pack something.
    let mut zstd = None;
    let (mut seq, mut refused) = (0, false);
    for _ in 0..MOST {
        if bytes.is_empty() {
            break;
        }
        let Ok(message) = message(&mut bytes, &mut zstd, &mut seq) else { break };
        let applied = picture.apply(message);
        assert!(!refused || applied == Err(PictureError::Broken), "{applied:?} after a refusal");
        refused |= applied.is_err();
        let (width, height) = picture.size();
        assert!(width <= MAX_SIDE && height <= MAX_SIDE);
        assert_eq!(picture.rows().count(), usize::from(height));
        assert!(picture.rows().all(|row| row.len() == usize::from(width)));
    }
}

fn message(
    bytes: &mut Unstructured<'_>,
    zstd: &mut Option<Encoder<'static>>,
    seq: &mut u32,
) -> Result<ScreenDown> {
    Ok(match bytes.int_in_range(0..=9)? {
        0 => ScreenDown::Geometry { width: side(bytes)?, height: side(bytes)? },
        1 => {
            let length = bytes.int_in_range(0..=600)?;
            let (width, height) = (bytes.int_in_range(0..=12)?, bytes.int_in_range(0..=12)?);
            let (hot_x, hot_y) = (bytes.int_in_range(0..=12)?, bytes.int_in_range(0..=12)?);
            let rgba = bytes.bytes(length.min(bytes.len()))?.to_vec();
            ScreenDown::Cursor { epoch: Epoch(7), shape: Cursor { width, height, hot_x, hot_y, rgba } }
        }
        kind => {
            // Mostly the number that must come.
            *seq = if bytes.ratio(15, 16)? { seq.wrapping_add(1) } else { bytes.arbitrary()? };
            let copies = list(bytes, |bytes| {
                Ok(Copy { rect: rect(bytes)?, dx: bytes.arbitrary()?, dy: bytes.arbitrary()? })
            })?;
            let rects = list(bytes, rect)?;
            let photos = list(bytes, |bytes| {
                let length = bytes.int_in_range(0..=2_000)?;
                Ok(Photo { rect: rect(bytes)?, jpeg: bytes.bytes(length.min(bytes.len()))?.to_vec() })
            })?;
            let length = bytes.int_in_range(0..=4_000)?;
            let plain = bytes.bytes(length.min(bytes.len()))?;
            let pixels = if kind < 8 { packed(zstd, plain) } else { plain.to_vec() };
            ScreenDown::Update { seq: *seq, epoch: Epoch(7), copies, rects, pixels, photos }
        }
    })
}

fn list<T>(bytes: &mut Unstructured<'_>, one: impl Fn(&mut Unstructured<'_>) -> Result<T>) -> Result<Vec<T>> {
    (0..bytes.int_in_range(0..=3)?).map(|_| one(bytes)).collect()
}

/// Mostly small, so that rectangles meet.
fn side(bytes: &mut Unstructured<'_>) -> Result<u16> {
    if bytes.ratio(31, 32)? { bytes.int_in_range(1..=96) } else { bytes.arbitrary() }
}

fn rect(bytes: &mut Unstructured<'_>) -> Result<Rect> {
    let (x, y) = (bytes.int_in_range(0..=100)?, bytes.int_in_range(0..=100)?);
    Ok(Rect { x, y, width: side(bytes)?, height: side(bytes)? })
}

/// As an honest machine packs its pixels, whatever they are.
fn packed(zstd: &mut Option<Encoder<'static>>, plain: &[u8]) -> Vec<u8> {
    let zstd = zstd.get_or_insert_with(|| {
        let mut zstd = Encoder::new(1).unwrap();
        zstd.set_parameter(CParameter::WindowLog(WINDOW_LOG)).unwrap();
        zstd
    });
    let mut out = vec![0; plain.len() + 1024];
    let (mut input, mut output) = (InBuffer::around(plain), OutBuffer::around(&mut out[..]));
    while input.pos() < plain.len() {
        zstd.run(&mut input, &mut output).unwrap();
    }
    assert_eq!(zstd.flush(&mut output).unwrap(), 0);
    let length = output.pos();
    out.truncate(length);
    out
}

/// A photograph as it comes, on a screen that it fits.
pub fn photo(bytes: &[u8]) {
    let Some(([width, height], jpeg)) = bytes.split_first_chunk() else { return };
    let (width, height) = (u16::from(*width).max(1), u16::from(*height).max(1));
    let mut picture = Picture::new().unwrap();
    picture.apply(ScreenDown::Geometry { width: 256, height: 256 }).unwrap();
    let photos = vec![Photo { rect: Rect { x: 0, y: 0, width, height }, jpeg: jpeg.to_vec() }];
    let (copies, rects, pixels) = (vec![], vec![], vec![]);
    let _ = picture.apply(ScreenDown::Update { seq: 1, epoch: Epoch(7), copies, rects, pixels, photos });
}

/// What the page's hands and a script say.
pub fn gestures(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = Gesture::parse(&text);
    let _ = Step::parse(&text);
}

#[cfg(test)]
mod replayed {
    #[test]
    fn picture() {
        aval_corpus::replay("picture", super::picture);
    }

    #[test]
    fn photo() {
        aval_corpus::replay("photo", super::photo);
    }

    #[test]
    fn gestures() {
        aval_corpus::replay("gestures", super::gestures);
    }
}
