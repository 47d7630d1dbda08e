//! Passwords (clause 8.2): the person types one where the technician sees nothing, or hands one over that is sealed to be read once.
//!
//! What is written down is the kind and how many, never more. A handed-over value is sealed where it was typed, to a key that the
//! technician's program made for this one question; no program in between can read it, those of the PC included.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::codes::codes;
use super::{Wire, WireError};
use crate::wire::session::MAX_TEXT;

/// Longest identifier or password, in characters.
pub const MAX_SECRET: usize = 128;
/// A handed-over value fills that many bytes, however long it is: its size tells nothing.
pub const BLOCK: usize = 1088;

codes! {
    /// What was handed over, or what is asked for.
    HandoverKind {
        /// The person typed it themselves, behind the mask. Never asked for as a value.
        Masked = 1 "masked",
        /// The password of a Windows account.
        Windows = 2 "windows",
        /// The password of a program or a site.
        Application = 3 "application",
        /// The key of a Wi-Fi network.
        Wifi = 4 "wifi",
        /// Another one.
        Other = 5 "other",
    }
}

/// What a technician may wish in a session. The person may always say no.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Wish {
    /// That the person types a password unseen: the screen is masked until the person says otherwise.
    Mask,
    /// That the person hands over a password.
    Secret {
        /// Which.
        kind: HandoverKind,
        /// The public key that the value is sealed to: X25519 (RFC 7748), made for this question.
        key: [u8; 32],
    },
    /// That the person lets them come back once after a restart (clause 4.3).
    Return,
    /// To go on, after doing nothing for long.
    GoOn,
}

/// Why the person's screen is masked now, if it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Mask {
    /// It is not.
    #[default]
    Off,
    /// The person types a password in a program of theirs. Only they end it.
    ByHand,
    /// The window for a password is open.
    Window,
}

/// A value on its way to the technician's program, and readable there only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedSecret {
    /// The sender's half of the key agreement.
    pub(crate) key: [u8; 32],
    /// [`BLOCK`] bytes and a tag.
    pub(crate) bytes: Vec<u8>,
}

/// What the person typed. Wiped when it is dropped, and shown to no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// The account, the network; may be empty.
    pub identifier: Zeroizing<String>,
    /// The password.
    pub password: Zeroizing<String>,
}

// === impl HandoverKind

impl HandoverKind {
    /// Whether a person can be asked for one of this kind.
    pub const fn can_be_asked(self) -> bool {
        matches!(self, Self::Windows | Self::Application | Self::Wifi | Self::Other)
    }
}

// === impl Secret

impl Secret {
    /// How many values it holds.
    pub fn count(&self) -> u8 {
        u8::from(!self.identifier.is_empty()) + u8::from(!self.password.is_empty())
    }

    /// Whether it can be handed over: a password, and nothing too long.
    pub fn is_sound(&self) -> bool {
        let short = |text: &str| text.chars().count() <= MAX_SECRET;
        !self.password.is_empty() && short(&self.identifier) && short(&self.password)
    }

    /// All of it in [`BLOCK`] bytes.
    pub(crate) fn block(&self) -> Option<Zeroizing<Vec<u8>>> {
        let mut block = Zeroizing::new(Vec::with_capacity(BLOCK));
        for text in [&self.identifier, &self.password] {
            block.extend_from_slice(&u16::try_from(text.len()).ok()?.to_le_bytes());
            block.extend_from_slice(text.as_bytes());
        }
        (self.is_sound() && block.len() <= BLOCK).then(|| {
            block.resize(BLOCK, 0);
            block
        })
    }

    /// Back from [`block`](Self::block).
    pub(crate) fn from_block(block: &[u8]) -> Option<Self> {
        let mut rest = block;
        let mut text = || {
            let (length, after) = rest.split_first_chunk::<2>()?;
            let (text, after) = after.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
            rest = after;
            Some(Zeroizing::new(str::from_utf8(text).ok()?.to_owned()))
        };
        let secret = Self { identifier: text()?, password: text()? };
        (block.len() == BLOCK && secret.is_sound() && rest.iter().all(|&byte| byte == 0)).then_some(secret)
    }
}

// What was typed must not reach a log.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedSecret(..)")
    }
}

impl SealedSecret {
    /// Whether it has the size that every one has.
    ///
    /// # Errors
    /// [`WireError::Malformed`].
    pub fn check(&self) -> Result<(), WireError> {
        if self.bytes.len() == BLOCK + 16 { Ok(()) } else { Err(WireError::Malformed) }
    }
}

impl Wire for Wish {
    const LIMIT: usize = 128;
}

const _: () = assert!(BLOCK >= 4 + 2 * 4 * MAX_SECRET && MAX_SECRET <= MAX_TEXT);

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(identifier: &str, password: &str) -> Secret {
        Secret {
            identifier: Zeroizing::new(identifier.to_owned()),
            password: Zeroizing::new(password.to_owned()),
        }
    }

    #[test]
    fn a_value_comes_back_out_of_its_block_and_its_length_is_not_told() {
        for (identifier, password) in
            [("", "x"), ("leroy", "été 2026 !"), (&"é".repeat(128), &"\u{10ffff}".repeat(128))]
        {
            let secret = secret(identifier, password);
            let block = secret.block().unwrap();
            assert_eq!(block.len(), BLOCK);
            assert_eq!(Secret::from_block(&block), Some(secret));
        }
    }

    #[test]
    fn what_is_no_value_is_not_sent_and_not_read() {
        assert!(secret("leroy", "").block().is_none(), "no password");
        assert!(secret("", &"a".repeat(129)).block().is_none(), "too long");
        let mut block = secret("a", "b").block().unwrap();
        block[BLOCK - 1] = 1;
        assert!(Secret::from_block(&block).is_none(), "something behind it");
        for junk in [&[0xff; BLOCK][..], &[0; BLOCK], &[0; 4], &[]] {
            assert!(Secret::from_block(junk).is_none());
        }
        assert_eq!(format!("{:?}", secret("a", "b")), "Secret(..)");
    }
}
