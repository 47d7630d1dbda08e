//! Documents that people and programs hand in as JSON: read strictly, so that nothing is guessed. Each document is declared once, as
//! [`Shape`]s; the reader checks by them and the published JSON Schema is made of them. A key that is not declared, a key written
//! twice, a fraction where whole units are counted, a day that no calendar has: each is an error that names its place.

pub mod json;
pub mod schema;
pub mod view;

use std::fmt;

pub use json::Json;
pub use view::{List, Object};

/// Longest document, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;

/// What is wrong with a document, and where.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{at}: {why}")]
pub struct Bad {
    /// The place, as a JSON pointer (RFC 6901); `/` for the whole document.
    pub at: String,
    /// What is wrong, and what to write instead.
    pub why: String,
}

/// An object of a document.
#[derive(Debug)]
pub struct Shape {
    /// Its name in the schema.
    pub name: &'static str,
    /// What it is.
    pub what: &'static str,
    /// Its keys; there are no others.
    pub fields: &'static [Field],
}

/// A key of an object.
#[derive(Debug)]
pub struct Field {
    /// The key.
    pub key: &'static str,
    /// Whether it may be left out.
    pub need: Need,
    /// What it holds.
    pub kind: Kind,
    /// What it means, with its clause and unit; what it is when left out.
    pub what: &'static str,
}

/// Whether a key may be left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// It must be there, with a value.
    Must,
    /// It must be there; `null` says that there is none.
    OrNull,
    /// It may be left out, or `null`.
    May,
}

/// What a value is.
pub enum Kind {
    /// A text of 1 to so many characters on one line.
    Text(usize),
    /// A text of a form: its pattern for the schema, and the check that holds.
    Formed(&'static str, fn(&str) -> Result<(), String>),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A civil day, `2026-11-24`, of the years 1990 to 2199.
    Day,
    /// A moment with its offset, `2026-11-24T09:00:00+01:00`.
    Moment,
    /// A whole number between these, both included.
    Whole(i64, i64),
    /// `true` or `false`.
    Flag,
    /// Another object.
    Of(&'static Shape),
    /// At most so many of these.
    Many(&'static Self, usize),
}

/// A key of an object, for a table of them.
pub(crate) const fn field(key: &'static str, need: Need, kind: Kind, what: &'static str) -> Field {
    Field { key, need, kind, what }
}

/// Reads and checks a document.
///
/// # Errors
/// [`Bad`]: the first thing that is wrong.
pub fn read(bytes: &[u8], shape: &'static Shape) -> Result<Json, Bad> {
    let whole = |why: String| Bad { at: "/".to_owned(), why };
    if bytes.len() > MAX_BYTES {
        return Err(whole(format!("a document has at most {MAX_BYTES} bytes, this one has {}", bytes.len())));
    }
    if let Err(error) = std::str::from_utf8(bytes) {
        let at = error.valid_up_to();
        return Err(whole(format!("not UTF-8 from byte {at} on: save the document as UTF-8")));
    }
    // A byte order mark is what some editors put in front of UTF-8; it means nothing.
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let json: Json = serde_json::from_slice(text).map_err(|error| whole(format!("not JSON: {error}")))?;
    object(&json, shape, "")?;
    Ok(json)
}

fn object(json: &Json, shape: &Shape, at: &str) -> Result<(), Bad> {
    let Json::Object(found) = json else {
        return Err(bad(at, format!("an object is needed here, not {}", json.name())));
    };
    for (n, (key, _)) in found.iter().enumerate() {
        if !shape.fields.iter().any(|field| field.key == key) {
            let known: Vec<_> = shape.fields.iter().map(|field| field.key).collect();
            return Err(bad(
                &below(at, key),
                format!("there is no such key; the keys are {}", known.join(", ")),
            ));
        }
        if found[..n].iter().any(|(other, _)| other == key) {
            return Err(bad(&below(at, key), "this key is there twice: keep one".to_owned()));
        }
    }
    for field in shape.fields {
        let here = below(at, field.key);
        match (found.iter().find(|(key, _)| key == field.key), field.need) {
            (None, Need::Must) => return Err(bad(&here, format!("this key is missing: {}", field.what))),
            (None, Need::OrNull) => {
                return Err(bad(
                    &here,
                    format!("this key is missing; write null if there is none: {}", field.what),
                ));
            }
            (None, Need::May) | (Some((_, Json::Null)), Need::OrNull | Need::May) => {}
            (Some((_, value)), _) => check(value, &field.kind, &here)?,
        }
    }
    Ok(())
}

fn check(json: &Json, kind: &Kind, at: &str) -> Result<(), Bad> {
    let wanted = |what: &str| bad(at, format!("{what} is needed here, not {}", json.name()));
    match (kind, json) {
        (Kind::Of(shape), _) => object(json, shape, at),
        (Kind::Flag, Json::Flag(_)) => Ok(()),
        (Kind::Flag, _) => Err(wanted("true or false")),
        (Kind::Whole(least, most), Json::Whole(number)) => {
            if (i128::from(*least)..=i128::from(*most)).contains(number) {
                Ok(())
            } else {
                Err(bad(at, format!("{number} is out of bounds: {least} to {most}")))
            }
        }
        (Kind::Whole(..), _) => Err(wanted("a whole number, without fraction or exponent,")),
        (Kind::Many(each, most), Json::List(list)) => {
            if list.len() > *most {
                return Err(bad(at, format!("at most {most} are allowed here, not {}", list.len())));
            }
            list.iter().enumerate().try_for_each(|(n, one)| check(one, each, &below(at, &n.to_string())))
        }
        (Kind::Many(..), _) => Err(wanted("a list")),
        (_, Json::Text(text)) => check_text(text, kind).map_err(|why| bad(at, why)),
        (Kind::Day, _) => Err(wanted("a day such as \"2026-11-24\"")),
        (Kind::Moment, _) => Err(wanted("a moment such as \"2026-11-24T09:00:00+01:00\"")),
        (Kind::Word(words), _) => Err(wanted(&format!("one of {}", words.join(", ")))),
        (Kind::Text(_) | Kind::Formed(..), _) => Err(wanted("a text")),
    }
}

fn check_text(text: &str, kind: &Kind) -> Result<(), String> {
    match kind {
        Kind::Text(most) => {
            let count = text.chars().count();
            if text.trim().is_empty() || count > *most {
                Err(format!("a text of 1 to {most} characters is needed here, not {count}"))
            } else if text.chars().any(char::is_control) {
                Err("a text on one line is needed here, without control characters".to_owned())
            } else {
                Ok(())
            }
        }
        Kind::Formed(_, check) => check(text),
        Kind::Word(words) if words.contains(&text) => Ok(()),
        Kind::Word(words) => Err(format!("{text:?} is none of {}", words.join(", "))),
        Kind::Day => view::day(text).map(drop),
        Kind::Moment => view::moment(text).map(drop),
        Kind::Whole(..) | Kind::Flag | Kind::Of(_) | Kind::Many(..) => {
            Err("a text has no place here".to_owned())
        }
    }
}

/// An error at a place.
pub fn bad(at: &str, why: impl Into<String>) -> Bad {
    Bad { at: if at.is_empty() { "/".to_owned() } else { at.to_owned() }, why: why.into() }
}

/// The place of a key or number below another.
pub fn below(at: &str, key: &str) -> String {
    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"))
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kind")
    }
}

#[cfg(test)]
pub(crate) mod tests;
