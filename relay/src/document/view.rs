//! Values of a checked document by their keys, each with its place for what only the whole can show to be wrong.

use aval_protocol::id::UnixSeconds;

use super::{Bad, Json, bad, below};
use crate::gate::term::Day;

/// An object and its place.
#[derive(Clone, Debug)]
pub struct Object<'a> {
    keys: &'a [(String, Json)],
    at: String,
}

/// A list and its place.
#[derive(Clone, Debug)]
pub struct List<'a> {
    values: &'a [Json],
    at: String,
}

/// The day of a text.
///
/// # Errors
/// What to write instead.
pub fn day(text: &str) -> Result<Day, String> {
    let well_formed = text.len() == 10 && text.is_ascii();
    let date = text.parse::<jiff::civil::Date>().ok().filter(|_| well_formed);
    let date = date.ok_or_else(|| format!("{text:?} is no day of the calendar: write it as 2026-11-24"))?;
    Day::new(date).map_err(|error| error.to_string())
}

/// The moment of a text.
///
/// # Errors
/// What to write instead.
pub fn moment(text: &str) -> Result<UnixSeconds, String> {
    text.parse::<jiff::Timestamp>()
        .map(|stamp| UnixSeconds(stamp.as_second()))
        .map_err(|_| format!("{text:?} is no moment: write it with its offset, as 2026-11-24T09:00:00+01:00"))
}

impl<'a> Object<'a> {
    /// The whole document.
    pub fn whole(json: &'a Json) -> Self {
        Self::of(json, "")
    }

    fn of(json: &'a Json, at: &str) -> Self {
        let keys: &[(String, Json)] = if let Json::Object(keys) = json { keys } else { &[] };
        Self { keys, at: at.to_owned() }
    }

    /// An error at a key.
    pub fn bad(&self, key: &str, why: impl Into<String>) -> Bad {
        bad(&below(&self.at, key), why)
    }

    fn value(&self, key: &str) -> Option<&'a Json> {
        self.keys.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Whether both hold the same at a key; an empty one is the same as one left out.
    pub fn same(&self, other: &Object<'_>, key: &str) -> bool {
        let value = |json: Option<&Json>| json.filter(|json| **json != Json::Null).cloned();
        value(self.value(key)) == value(other.value(key))
    }

    /// What must be there, after the check that it is.
    ///
    /// # Errors
    /// [`Bad`] when it is not.
    pub fn need<T>(&self, key: &str, found: Option<T>) -> Result<T, Bad> {
        found.ok_or_else(|| self.bad(key, "this key is missing"))
    }

    /// A text.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        if let Some(Json::Text(text)) = self.value(key) { Some(text) } else { None }
    }

    /// `true` only when it says so.
    pub fn flag(&self, key: &str) -> bool {
        matches!(self.value(key), Some(Json::Flag(true)))
    }

    /// A whole number of the type that holds its bounds.
    pub fn whole_number<T: TryFrom<i128>>(&self, key: &str) -> Option<T> {
        if let Some(Json::Whole(number)) = self.value(key) { T::try_from(*number).ok() } else { None }
    }

    /// A day.
    pub fn day(&self, key: &str) -> Option<Day> {
        self.text(key).and_then(|text| day(text).ok())
    }

    /// A moment.
    pub fn moment(&self, key: &str) -> Option<UnixSeconds> {
        self.text(key).and_then(|text| moment(text).ok())
    }

    /// A text read as another type.
    ///
    /// # Errors
    /// [`Bad`] with what that type says.
    pub fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(&self, key: &str) -> Result<Option<T>, Bad> {
        self.text(key).map(|text| text.parse().map_err(|e: T::Err| self.bad(key, e.to_string()))).transpose()
    }

    /// The one of these that the word names.
    pub fn word<T: Copy>(&self, key: &str, all: &[T], label: impl Fn(T) -> &'static str) -> Option<T> {
        let word = self.text(key)?;
        all.iter().copied().find(|&one| label(one) == word)
    }

    /// An object below.
    pub fn object(&self, key: &str) -> Option<Self> {
        match self.value(key) {
            Some(json @ Json::Object(_)) => Some(Self::of(json, &below(&self.at, key))),
            _ => None,
        }
    }

    /// A list below; empty when it is left out.
    pub fn list(&self, key: &str) -> List<'a> {
        let values: &[Json] = if let Some(Json::List(values)) = self.value(key) { values } else { &[] };
        List { values, at: below(&self.at, key) }
    }
}

impl<'a> List<'a> {
    /// Its objects.
    pub fn objects(&self) -> impl Iterator<Item = Object<'a>> {
        let at = self.at.clone();
        self.values.iter().enumerate().map(move |(n, json)| Object::of(json, &below(&at, &n.to_string())))
    }

    /// Its days.
    pub fn days(&self) -> impl Iterator<Item = Day> {
        self.values.iter().filter_map(|json| if let Json::Text(text) = json { day(text).ok() } else { None })
    }

    /// Its words.
    pub fn words(&self) -> impl Iterator<Item = &'a str> {
        self.values
            .iter()
            .filter_map(|json| if let Json::Text(text) = json { Some(text.as_str()) } else { None })
    }
}
