//! One viewer's share of the screen, as binary messages: size, changed pixels, clear. `docs/desk-api.md` has the format.

use std::time::Duration;

use aval_protocol::wire::handover::Secret;
use aval_protocol::wire::screen::{self, Cursor, Rect};
use zeroize::Zeroizing;

use super::unseen::Unseen;
use crate::picture::Picture;

/// Pixels of one message at most: 4 MiB. A larger change leaves in several, the newest pixels each time.
const PIXELS: u64 = 1024 * 1024;

const SIZE: u8 = 1;
const UPDATE: u8 = 2;
const CURSOR: u8 = 3;
const CLEAR: u8 = 4;
const SECRET: u8 = 5;

/// What to send now, in this order.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    /// Each one a binary message.
    pub(crate) parts: Vec<Zeroizing<Vec<u8>>>,
    /// The last of them holds pixels: it waits to be painted.
    pub(crate) paints: bool,
}

/// Takes what the viewer has not seen, under this number.
pub(crate) fn messages(unseen: &mut Unseen, picture: Option<&Picture>, number: u32) -> Messages {
    let mut out = Messages::default();
    if std::mem::take(&mut unseen.clear) {
        out.parts.push(Zeroizing::new(vec![CLEAR]));
    }
    let Some(picture) = picture else { return out };
    if let Some((width, height)) = unseen.size.take() {
        let [w0, w1] = width.to_le_bytes();
        let [h0, h1] = height.to_le_bytes();
        out.parts.push(Zeroizing::new(vec![SIZE, w0, w1, h0, h1]));
    }
    if std::mem::take(&mut unseen.cursor)
        && let Some(cursor) = picture.cursor()
    {
        out.parts.push(shape(cursor));
    }
    let (copies, rects) = (unseen.take_copies(), unseen.take(PIXELS));
    if !copies.is_empty() || !rects.is_empty() {
        out.parts.push(update(picture, number, &copies, &rects));
        out.paints = true;
    }
    out
}

/// What was handed over, and for how long still it may be shown. Wiped when it has left.
pub(crate) fn secret(secret: &Secret, left: Duration) -> Zeroizing<Vec<u8>> {
    let texts = [&secret.identifier, &secret.password];
    let mut out = Zeroizing::new(Vec::with_capacity(7 + texts.iter().map(|text| text.len()).sum::<usize>()));
    out.push(SECRET);
    out.extend(u16::try_from(left.as_secs()).unwrap_or(0).to_le_bytes());
    for text in texts {
        out.extend(u16::try_from(text.len()).unwrap_or(0).to_le_bytes());
        out.extend(text.as_bytes());
    }
    out
}

fn shape(cursor: &Cursor) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(9 + cursor.rgba.len()));
    out.push(CURSOR);
    for side in [cursor.width, cursor.height, cursor.hot_x, cursor.hot_y] {
        out.extend(side.to_le_bytes());
    }
    out.extend(&cursor.rgba);
    out
}

fn update(picture: &Picture, number: u32, copies: &[screen::Copy], rects: &[Rect]) -> Zeroizing<Vec<u8>> {
    let area: u64 = rects.iter().map(|rect| rect.area()).sum();
    let length = 9 + 12 * copies.len() + 8 * rects.len() + 4 * usize::try_from(area).unwrap_or(0);
    let mut out = Zeroizing::new(Vec::with_capacity(length));
    out.push(UPDATE);
    out.extend(number.to_le_bytes());
    out.extend(u16::try_from(copies.len()).unwrap_or(u16::MAX).to_le_bytes());
    for copy in copies {
        for side in [copy.rect.x, copy.rect.y, copy.rect.width, copy.rect.height] {
            out.extend(side.to_le_bytes());
        }
        out.extend(copy.dx.to_le_bytes());
        out.extend(copy.dy.to_le_bytes());
    }
    out.extend(u16::try_from(rects.len()).unwrap_or(u16::MAX).to_le_bytes());
    for rect in rects {
        for side in [rect.x, rect.y, rect.width, rect.height] {
            out.extend(side.to_le_bytes());
        }
        for row in picture.rows_of(*rect).into_iter().flatten() {
            out.extend(row.iter().flat_map(|pixel| {
                let [_, r, g, b] = pixel.to_be_bytes();
                [r, g, b, 0xff]
            }));
        }
    }
    out
}
