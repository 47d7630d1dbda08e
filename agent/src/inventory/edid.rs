//! What a screen says of itself (VESA E-EDID, release A.2: the base block of 128 bytes).
//!
//! A wrong checksum is no reason to doubt the text: long cables and cheap adapters break single bits, and a screen that is left
//! out looks like one that was taken away.

use aval_protocol::wire::inventory::items::Display;
use aval_protocol::wire::inventory::{Serial, Text};

const BLOCK: usize = 128;
const MAGIC: [u8; 8] = [0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0];
/// Where the four descriptors of 18 bytes begin.
const DESCRIPTORS: [usize; 4] = [54, 72, 90, 108];
const NAME: u8 = 0xfc;
const SERIAL: u8 = 0xff;
/// In place of a week: the year is the model's.
const MODEL_YEAR: u8 = 0xff;

/// The screen that these bytes describe; `internal` is for whoever knows the connector.
pub fn parse(bytes: &[u8], internal: bool) -> Option<Display> {
    let block = bytes.first_chunk::<BLOCK>()?;
    if !block.starts_with(&MAGIC) {
        return None;
    }
    let (week, year) = (block[16], u16::from(block[17]));
    Some(Display {
        vendor: vendor(u16::from_be_bytes([block[8], block[9]]))?,
        product: u16::from_le_bytes([block[10], block[11]]),
        model: descriptor(block, NAME).as_deref().and_then(Text::name),
        serial: Serial::new(&descriptor(block, SERIAL).unwrap_or_default()),
        number: u32::from_le_bytes([block[12], block[13], block[14], block[15]]),
        year: (year > 0).then_some(1990 + year),
        week: (1..=54).contains(&week).then_some(week).filter(|_| week != MODEL_YEAR),
        width_cm: block[21],
        height_cm: block[22],
        internal,
    })
}

/// Three letters of five bits.
fn vendor(packed: u16) -> Option<Text> {
    let letter = |shift: u16| {
        let of_alphabet = u8::try_from(packed >> shift & 0x1f).ok().filter(|n| (1..=26).contains(n))?;
        Some(char::from(b'A' + of_alphabet - 1))
    };
    Text::new(&[letter(10)?, letter(5)?, letter(0)?].iter().collect::<String>())
}

/// The text of a display descriptor, which ends with a line feed where it is shorter than its place.
fn descriptor(block: &[u8; BLOCK], tag: u8) -> Option<String> {
    let found =
        DESCRIPTORS.iter().map(|at| &block[*at..at + 18]).find(|d| d[..3] == [0, 0, 0] && d[3] == tag)?;
    let text = found[5..].split(|byte| *byte == b'\n').next().unwrap_or_default();
    Some(String::from_utf8_lossy(text).trim_end_matches('\0').to_owned())
}

#[cfg(test)]
mod tests {
    use aval_protocol::wire::inventory::List;
    use proptest::prelude::*;

    use super::*;

    /// Put together here, after the layout of E-EDID A.2; the screen does not exist.
    fn block() -> Vec<u8> {
        let mut block = vec![0; BLOCK];
        block[..8].copy_from_slice(&MAGIC);
        // D = 4, E = 5, L = 12.
        block[8..10].copy_from_slice(&(4_u16 << 10 | 5 << 5 | 12).to_be_bytes());
        block[10..12].copy_from_slice(&0xa0c4_u16.to_le_bytes());
        block[12..16].copy_from_slice(&0x4c33_4a33_u32.to_le_bytes());
        (block[16], block[17], block[21], block[22]) = (32, 29, 53, 30);
        let text = |tag: u8, text: &[u8]| {
            let mut descriptor = vec![0, 0, 0, tag, 0];
            descriptor.extend(text);
            descriptor.push(b'\n');
            descriptor.resize(18, b' ');
            descriptor
        };
        block[72..90].copy_from_slice(&text(SERIAL, b"8XK3J23"));
        block[90..108].copy_from_slice(&text(NAME, b"DELL P2419H"));
        let sum = block.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        block[127] = 0_u8.wrapping_sub(sum);
        block
    }

    #[test]
    fn a_screen_is_read_also_with_a_wrong_checksum() {
        let screen = parse(&block(), false).unwrap();
        assert_eq!((screen.vendor.as_str(), screen.product, screen.number), ("DEL", 0xa0c4, 0x4c33_4a33));
        assert_eq!(screen.model.as_ref().unwrap().as_str(), "DELL P2419H");
        assert_eq!(screen.serial.good(), Some("8XK3J23"));
        assert_eq!((screen.year, screen.week, screen.width_cm), (Some(2019), Some(32), 53));
        let mut broken = block();
        broken[127] ^= 0x55;
        assert_eq!(parse(&broken, false), Some(screen));
    }

    #[test]
    fn a_year_of_the_model_has_no_week_and_a_full_text_no_line_feed() {
        let mut block = block();
        block[16] = MODEL_YEAR;
        block[77..90].copy_from_slice(b"ABCDEFGHIJKLM");
        let screen = parse(&block, true).unwrap();
        assert_eq!((screen.week, screen.year, screen.internal), (None, Some(2019), true));
        assert_eq!(screen.serial.good(), Some("ABCDEFGHIJKLM"));
    }

    /// As makers do it: one serial number in letters for every unit, or zeros in both places.
    #[test]
    fn screens_that_share_a_serial_number_stay_two_and_their_number_is_not_good() {
        let made = |letters: &[u8], number: u32, week: u8| {
            let mut block = block();
            block[77..90].fill(b' ');
            block[77..77 + letters.len()].copy_from_slice(letters);
            block[12..16].copy_from_slice(&number.to_le_bytes());
            block[16] = week;
            parse(&block, false).unwrap()
        };
        let shared =
            List::of([made(b"TBNSA0038530", 0x1122_33aa, 12), made(b"TBNSA0038530", 0x1122_33ab, 12)]);
        assert_eq!(shared.len(), 2);
        assert_ne!(shared[0], shared[1], "the number in bits tells them apart");
        let (zeros, others) = (made(b"00000000", 0, 12), made(b"00000000", 0, 13));
        assert_ne!(zeros, others, "and the week where even that is zero");
        for screen in [&zeros, &others, &made(b"1234567890123", 1, 12)] {
            assert_eq!((screen.serial.good(), screen.sticker()), (None, None), "{screen:?}");
        }
    }

    #[test]
    fn what_is_no_edid_is_no_screen() {
        assert_eq!(parse(&[], false), None);
        assert_eq!(parse(&block()[..127], false), None);
        assert_eq!(parse(&[0; BLOCK], false), None);
        let mut no_vendor = block();
        no_vendor[8..10].copy_from_slice(&[0, 0]);
        assert_eq!(parse(&no_vendor, false), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, tail in prop::collection::vec(any::<u8>(), BLOCK)) {
            let _ = parse(&bytes, false);
            let _ = parse(&[&MAGIC[..], &tail].concat(), false);
        }
    }
}
