//! Photographs: baseline JPEG of the one form the agent writes. Its headers are read here first, so that nothing of another size,
//! precision or number of passes reaches the decoder.

use aval_protocol::wire::screen::Rect;
use zeroize::Zeroizing;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::PictureError;

/// Bytes of a decoded pixel.
const RGB: usize = 3;

/// The size that a JPEG's headers announce, if it is of the agent's form: baseline, 8 bits, three components, one scan.
///
/// Markers are those of ITU-T T.81, table B.1.
fn announced(jpeg: &[u8]) -> Option<(u16, u16)> {
    let mut rest = jpeg.strip_prefix(&[0xff, 0xd8])?;
    let mut size = None;
    loop {
        let ([0xff, marker, high, low], _) = rest.split_first_chunk::<4>()? else { return None };
        let segment = rest.get(4..2 + usize::from(u16::from_be_bytes([*high, *low])))?;
        match (marker, segment) {
            // The frame: precision, height, width, number of components.
            (0xc0, [8, a, b, c, d, 3, ..]) if size.is_none() => {
                size = Some((u16::from_be_bytes([*c, *d]), u16::from_be_bytes([*a, *b])));
            }
            // Application data, comment, quantisation and Huffman tables.
            (0xe0 | 0xfe | 0xdb | 0xc4, _) => {}
            // The scan, of all components; what follows is the pixels.
            (0xda, [3, ..]) => return size,
            _ => return None,
        }
        rest = &rest[4 + segment.len()..];
    }
}

/// The rows of a photograph of that rectangle, as R G B bytes.
pub(super) fn decode(jpeg: &[u8], rect: Rect) -> Result<Zeroizing<Vec<u8>>, PictureError> {
    if announced(jpeg) != Some((rect.width, rect.height)) {
        return Err(PictureError::Photo);
    }
    let (width, height) = (usize::from(rect.width), usize::from(rect.height));
    let options = DecoderOptions::default()
        .set_max_width(width)
        .set_max_height(height)
        .set_strict_mode(true)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    decoder.decode_headers().map_err(|_| PictureError::Photo)?;
    let length = width * height * RGB;
    if decoder.dimensions() != Some((width, height)) || decoder.output_buffer_size() != Some(length) {
        return Err(PictureError::Photo);
    }
    let mut rows = Zeroizing::new(vec![0; length]);
    decoder.decode_into(&mut rows).map_err(|_| PictureError::Photo)?;
    Ok(rows)
}
