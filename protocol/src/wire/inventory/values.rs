//! Values of an inventory that are within bounds by their type: an agent is a stranger's machine, and so is whoever imitates one.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::junk::{self, JunkRule};
use crate::text::prompt::plain;

/// Longest text of one value, in characters.
pub const MAX_TEXT: usize = 80;
/// Most items of one section.
pub const MAX_ITEMS: usize = 64;

/// One line of 1 to [`MAX_TEXT`] characters, without control, direction and invisible characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Text(String);

/// At most [`MAX_ITEMS`] things in canonical order, so that the same things have the same bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct List<T>(Vec<T>);

/// A serial number as the machine gives it. Whether it identifies anything is judged by whoever reads it, by the newest rules.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Serial(Option<Text>);

/// What a serial number is worth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quality {
    /// It names this one thing.
    Good,
    /// It names many.
    Junk(JunkRule),
    /// There is none.
    Missing,
}

/// A firmware UUID, bytes in the order they are written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uuid(pub [u8; 16]);

/// A network card's address (IEEE 802).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mac(pub [u8; 6]);

/// A day of the calendar, somewhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

// === impl Text

impl Text {
    /// What of a foreign text may be kept; `None` when nothing is left.
    pub fn new(text: &str) -> Option<Self> {
        let text = plain(text, MAX_TEXT);
        (!text.is_empty()).then_some(Self(text))
    }

    /// What stands where nothing can be written.
    pub fn dash() -> Self {
        Self("–".to_owned())
    }

    /// The name of a maker or model, unless it is a blank form's.
    pub fn name(text: &str) -> Option<Self> {
        Self::new(text).filter(|text| junk::name(&text.0).is_none())
    }

    /// The line.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        match Self::new(&text) {
            Some(kept) if kept.0 == text => Ok(kept),
            _ => Err(D::Error::custom("a text that no inventory holds")),
        }
    }
}

// === impl List

impl<T: Ord> List<T> {
    /// Sorts; what is beyond the bound is left out.
    pub fn of(items: impl IntoIterator<Item = T>) -> Self {
        let mut items: Vec<T> = items.into_iter().collect();
        items.sort();
        items.truncate(MAX_ITEMS);
        Self(items)
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> AsRef<[T]> for List<T> {
    fn as_ref(&self) -> &[T] {
        &self.0
    }
}

impl<T> std::ops::Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de> + Ord> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let items = Vec::<T>::deserialize(d)?;
        if items.len() > MAX_ITEMS || !items.is_sorted() {
            return Err(D::Error::custom("a list that no inventory holds"));
        }
        Ok(Self(items))
    }
}

// === impl Serial

impl Serial {
    /// As the firmware has it.
    pub fn new(raw: &str) -> Self {
        Self(Text::new(raw))
    }

    /// As the machine gives it.
    pub fn raw(&self) -> Option<&str> {
        self.0.as_ref().map(Text::as_str)
    }

    /// For comparing: upper case, without white space.
    pub fn norm(&self) -> Option<String> {
        let kept = |text: &Text| {
            text.0.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect()
        };
        self.0.as_ref().map(kept)
    }

    /// What it is worth.
    pub fn quality(&self) -> Quality {
        match &self.0 {
            None => Quality::Missing,
            Some(text) => junk::serial(&text.0).map_or(Quality::Good, Quality::Junk),
        }
    }

    /// As the machine gives it, when it names this one thing.
    pub fn good(&self) -> Option<&str> {
        self.raw().filter(|_| self.quality() == Quality::Good)
    }
}

impl Serialize for Serial {
    /// Programs that read JSON get the judgement too.
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Judged<'a> {
            raw: Option<&'a str>,
            norm: Option<String>,
            quality: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            rule: Option<JunkRule>,
        }
        if !s.is_human_readable() {
            return self.0.serialize(s);
        }
        let (quality, rule) = match self.quality() {
            Quality::Good => ("good", None),
            Quality::Junk(rule) => ("junk", Some(rule)),
            Quality::Missing => ("missing", None),
        };
        Judged { raw: self.raw(), norm: self.norm(), quality, rule }.serialize(s)
    }
}

impl<'de> Deserialize<'de> for Serial {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Option::<Text>::deserialize(d).map(Self)
    }
}

// === impl Uuid, Mac, Day

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            let dash = if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(f, "{dash}{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            let colon = if at > 0 { ":" } else { "" };
            write!(f, "{colon}{byte:02x}")?;
        }
        Ok(())
    }
}

impl Day {
    /// The calendar's last day here.
    pub const LAST: Self = Self { year: 9999, month: 12, day: 31 };

    /// `None` when there is no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        ((1970..=9999).contains(&year) && (1..=last).contains(&day)).then_some(Self { year, month, day })
    }

    /// Of `2028-06-30`.
    pub fn of_iso(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let day =
            Self::new(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        day.filter(|_| parts.next().is_none())
    }

    /// Year, month, day.
    pub const fn parts(self) -> (u16, u8, u8) {
        (self.year, self.month, self.day)
    }

    /// Days since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`).
    pub fn since_epoch(self) -> i64 {
        let (year, month, day) = (i64::from(self.year), i64::from(self.month), i64::from(self.day));
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Bytes on the wire, text in JSON and in a debugger.
macro_rules! shown {
    ($name:ident, $bytes:ty, $to:expr, $from:expr) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                if s.is_human_readable() { s.collect_str(self) } else { $to(*self).serialize(s) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                <$bytes>::deserialize(d).and_then(|bytes| {
                    $from(bytes).ok_or_else(|| D::Error::custom(concat!("no ", stringify!($name))))
                })
            }
        }
    };
}

shown!(Uuid, [u8; 16], |uuid: Uuid| uuid.0, |bytes| Some(Uuid(bytes)));
shown!(Mac, [u8; 6], |mac: Mac| mac.0, |bytes| Some(Mac(bytes)));
shown!(Day, (u16, u8, u8), Day::parts, |(year, month, day)| Day::new(year, month, day));

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: for<'a> Deserialize<'a>>(bytes: &[u8]) -> Result<T, postcard::Error> {
        postcard::from_bytes(bytes)
    }

    #[test]
    fn a_text_has_bounds_that_its_bytes_cannot_leave() {
        assert_eq!(Text::new(" Dell\u{7}  Inc. ").unwrap().as_str(), "Dell Inc.");
        assert_eq!(Text::new("\u{202e}\t"), None);
        assert_eq!(Text::new(&"x".repeat(500)).unwrap().as_str().chars().count(), MAX_TEXT);
        assert_eq!(Text::name("System manufacturer"), None);
        for bad in ["", " x", "a\nb", "a\u{202e}b", &"x".repeat(81)] {
            assert!(read::<Text>(&postcard::to_stdvec(bad).unwrap()).is_err(), "{bad:?}");
        }
        assert!(read::<Text>(&postcard::to_stdvec("Dell Inc.").unwrap()).is_ok());
    }

    #[test]
    fn a_list_is_sorted_and_bounded_also_when_a_stranger_wrote_it() {
        assert_eq!(&*List::of([3_u8, 1, 2]), &[1, 2, 3]);
        assert_eq!(List::of(0..1000_u16).len(), MAX_ITEMS);
        assert!(read::<List<u8>>(&postcard::to_stdvec(&[2_u8, 1][..]).unwrap()).is_err());
        assert!(read::<List<u8>>(&postcard::to_stdvec(&[0_u8; 65][..]).unwrap()).is_err());
    }

    #[test]
    fn a_serial_number_is_judged_where_it_is_read() {
        let serial = Serial::new(" pf 1x2y3z ");
        assert_eq!((serial.raw(), serial.norm().as_deref()), (Some("pf 1x2y3z"), Some("PF1X2Y3Z")));
        assert_eq!(serial.quality(), Quality::Good);
        assert_eq!(Serial::new("00000000").quality(), Quality::Junk(JunkRule::Repeated));
        assert_eq!((Serial::new("").quality(), Serial::default().good()), (Quality::Missing, None));
        assert_eq!(postcard::to_stdvec(&Serial::new("AB")).unwrap(), [1, 2, b'A', b'B']);
    }

    #[test]
    fn days_exist_or_are_none() {
        assert_eq!(Day::of_iso("2028-02-29").unwrap().to_string(), "2028-02-29");
        for none in ["2027-02-29", "2027-13-01", "2027-00-01", "27-01-01", "2027-01", "2027-01-01-01", ""] {
            assert_eq!(Day::of_iso(none), None, "{none}");
        }
        assert_eq!(Day::of_iso("1970-01-01").unwrap().since_epoch(), 0);
        assert_eq!(Day::of_iso("2000-03-01").unwrap().since_epoch(), 11_017);
        assert_eq!(Day::of_iso("2026-11-28").unwrap().since_epoch(), 20_785);
    }
}
