//! The serial number on a screen's sticker, which some makers spread over two fields of the EDID.
//!
//! The rules are facts about these makers' screens, found by comparing EDIDs with stickers in the trackers of glpi-agent
//! (issues 1108, 622, 641, 328). A number made this way is a label for people; what tells screens apart is all fields together.

use super::items::Display;
use super::values::{Quality, Serial};

/// Acer writes twelve letters and puts the number between the first eight and the last four.
const ACER: (&str, usize, usize) = ("ACR", 8, 12);
const SAMSUNG: &str = "SAM";
const PHILIPS: &str = "PHL";

impl Display {
    /// The number as a person reads it on the sticker; `None` when the screen gives no usable one.
    pub fn sticker(&self) -> Option<String> {
        let letters = self.serial.good();
        let number = (self.number != 0).then_some(self.number);
        let made = match (self.vendor.as_str(), letters, number) {
            (vendor, Some(letters), Some(number))
                if vendor == ACER.0 && letters.len() == ACER.2 && letters.is_ascii() =>
            {
                format!("{}{number:08x}{}", &letters[..ACER.1], &letters[ACER.1..])
            }
            (SAMSUNG, Some(letters), Some(number)) => match spelled(number) {
                Some(first) => format!("{first}{letters}"),
                None => letters.to_owned(),
            },
            // Over HDMI these give the number alone, and the sticker has it in decimal.
            (PHILIPS, None, Some(number)) => format!("{number:06}"),
            (_, Some(letters), _) => letters.to_owned(),
            (_, None, Some(number)) => number.to_string(),
            (_, None, None) => return None,
        };
        (Serial::new(&made).quality() == Quality::Good).then_some(made)
    }
}

/// Four letters or digits that were put into a number, the first in its highest byte.
fn spelled(number: u32) -> Option<String> {
    let bytes = number.to_be_bytes();
    bytes.iter().all(u8::is_ascii_alphanumeric).then(|| bytes.iter().copied().map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::inventory::Text;

    fn screen(vendor: &str, letters: &str, number: u32) -> Option<String> {
        let vendor = Text::new(vendor).unwrap();
        let (year, week) = (Some(2019), Some(1));
        let serial = Serial::new(letters);
        let (width_cm, height_cm, internal) = (53, 30, false);
        Display { vendor, product: 1, model: None, serial, number, year, week, width_cm, height_cm, internal }
            .sticker()
    }

    /// Made-up numbers in each maker's form.
    #[test]
    fn the_number_on_the_sticker_is_put_together_as_its_maker_does() {
        let table = [
            ("ACR", "TBNSA0038530", 0x1122_33aa, Some("TBNSA003112233aa8530")),
            ("ACR", "TBNSA003", 0x1122_33aa, Some("TBNSA003")),
            ("SAM", "HTQK100123", u32::from_be_bytes(*b"H4ZN"), Some("H4ZNHTQK100123")),
            ("SAM", "HTQK100123", 0x0000_0001, Some("HTQK100123")),
            ("PHL", "", 4711, Some("004711")),
            ("PHL", "AU51234004711", 4711, Some("AU51234004711")),
            ("DEL", "8XK3J23", 0x4c33_4a33, Some("8XK3J23")),
            ("GSM", "", 398_211, Some("398211")),
            ("GSM", "0000000000", 0, None),
            ("GSM", "", 0x0101_0101, None),
            ("AUO", "", 0, None),
        ];
        for (vendor, letters, number, wanted) in table {
            assert_eq!(screen(vendor, letters, number).as_deref(), wanted, "{vendor} {letters} {number}");
        }
    }
}
