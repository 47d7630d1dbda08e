//! Names of people, machines, contracts and sessions, each a type of its own so that one can't be passed for another.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest text an identifier chosen by people may have, in bytes of UTF-8.
pub const MAX_NAME: usize = 64;

/// SHA-256 of a public key's `SubjectPublicKeyInfo` (DER): what a key is called everywhere (RFC 7469 §2.4 pins the same bytes).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KeyId(pub [u8; 32]);

/// An enrolled machine: the first half of its key's [`KeyId`]. A new key is a new agent; which asset it is, the contract record says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AgentId(pub [u8; 16]);

/// A piece of equipment of one client, whatever key its agent has and whether it has one. Random, chosen by the relay; never the same
/// for two clients.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AssetId(pub [u8; 16]);

/// One session, from its request to its end. Random, chosen by the relay.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SessionId(pub [u8; 16]);

/// A member of the firm, as certified: `sophie.martin`. Lower-case letters, digits, `.`, `-`; 1 to [`MAX_NAME`] bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonId(String);

/// A maintenance contract's reference, as printed on it: `C-2026-014`. Printable ASCII, 1 to [`MAX_NAME`] bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContractId(String);

/// A grant's generation on one agent. It only grows; frames and input of an older epoch are void.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Debug, Default)]
pub struct Epoch(pub u64);

/// Seconds since 1970-01-01T00:00:00Z, on somebody's wall clock: whose, the field says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Debug, Default)]
pub struct UnixSeconds(pub i64);

/// A text that cannot name what it should.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadName {
    /// Empty, or longer than [`MAX_NAME`] bytes.
    #[error("must have 1 to {MAX_NAME} characters, has {0}")]
    Length(usize),
    /// Holds a character that its kind of name may not hold.
    #[error("may not contain {0:?}")]
    Character(char),
    /// Not the right number of hexadecimal digits.
    #[error("must be {0} hexadecimal digits")]
    Hex(usize),
}

// === impl PersonId, ContractId

impl PersonId {
    /// Parses what a certificate or a command line says.
    ///
    /// # Errors
    /// [`BadName`] when the text is empty, too long, or holds other characters than `a-z 0-9 . -`.
    pub fn new(text: impl Into<String>) -> Result<Self, BadName> {
        checked(text.into(), |c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-'))
            .map(Self)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ContractId {
    /// Parses a contract's reference.
    ///
    /// # Errors
    /// [`BadName`] when the text is empty, too long, or not printable ASCII.
    pub fn new(text: impl Into<String>) -> Result<Self, BadName> {
        checked(text.into(), |c| c.is_ascii_graphic()).map(Self)
    }

    /// The reference as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn checked(text: String, allowed: impl Fn(char) -> bool) -> Result<String, BadName> {
    if text.is_empty() || text.len() > MAX_NAME {
        return Err(BadName::Length(text.chars().count()));
    }
    match text.chars().find(|&c| !allowed(c)) {
        Some(c) => Err(BadName::Character(c)),
        None => Ok(text),
    }
}

macro_rules! text_name {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = BadName;
            fn try_from(text: String) -> Result<Self, BadName> {
                Self::new(text)
            }
        }
        impl std::str::FromStr for $name {
            type Err = BadName;
            fn from_str(text: &str) -> Result<Self, BadName> {
                Self::new(text)
            }
        }
        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
text_name!(PersonId);
text_name!(ContractId);

/// A name of so many bytes, written as hexadecimal digits.
macro_rules! hex_name {
    ($name:ident, $len:literal) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&$crate::hex::encode(&self.0))
            }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::id::BadName;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::hex::exactly::<$len>(text).map(Self).ok_or($crate::id::BadName::Hex(2 * $len))
            }
        }
    };
}
pub(crate) use hex_name;
hex_name!(KeyId, 32);
hex_name!(AgentId, 16);
hex_name!(AssetId, 16);
hex_name!(SessionId, 16);

// === impl KeyId, AgentId

impl KeyId {
    /// Names a public key by its `SubjectPublicKeyInfo` in DER.
    pub fn of_spki(spki: &[u8]) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, spki);
        let mut id = [0; 32];
        id.copy_from_slice(digest.as_ref());
        Self(id)
    }
}

impl From<KeyId> for AgentId {
    fn from(key: KeyId) -> Self {
        let mut id = [0; 16];
        id.copy_from_slice(&key.0[..16]);
        Self(id)
    }
}

#[cfg(test)]
mod tests;
