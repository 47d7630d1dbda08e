//! Steps: what a script tells a session to do, one JSON object per line, so that scripts and tests are real technicians.
//!
//! Keys and buttons have the names of [`aval_protocol::wire::input`], which are those of the W3C UI Events. A step that types may
//! hold a password, so `Debug` does not know any text.

pub mod read;
mod reader;
pub mod run;

use std::fmt;

use aval_protocol::wire::input::{Button, Key};
use serde::Deserialize;
use zeroize::Zeroize;

/// Longest line, in bytes.
pub const MAX_LINE: usize = 64 * 1024;
/// Most characters that one step types.
pub const MAX_TYPED: usize = 4096;
/// Longest wait, in ms.
pub const MAX_WAIT_MS: u64 = 10 * 60 * 1000;

/// One step.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// Types a text, character by character; a line feed is Enter, a tabulator Tab.
    Type {
        /// What.
        text: String,
    },
    /// Presses and releases a key, with others held.
    Key {
        /// Which.
        key: Key,
        /// Held meanwhile.
        #[serde(default)]
        mods: Vec<Key>,
    },
    /// Moves the pointer.
    Move {
        /// From the left.
        x: u16,
        /// From the top.
        y: u16,
    },
    /// Moves the pointer and clicks.
    Click {
        /// From the left.
        x: u16,
        /// From the top.
        y: u16,
        /// Which button.
        #[serde(default = "left")]
        button: Button,
        /// How often: 1 to 3.
        #[serde(default = "once")]
        count: u8,
    },
    /// Turns the wheel, in notches; positive is right and down.
    Wheel {
        /// Sideways.
        #[serde(default)]
        dx: i8,
        /// Up and down.
        #[serde(default)]
        dy: i8,
    },
    /// Waits until a pixel has a colour.
    WaitForPixel {
        /// From the left.
        x: u16,
        /// From the top.
        y: u16,
        /// The colour.
        rgb: Rgb,
        /// By how much each of red, green and blue may differ.
        #[serde(default)]
        tolerance: u8,
        /// How long at most, in ms.
        within_ms: u64,
    },
    /// Waits until an update has touched a part of the screen since the last step that did something began.
    WaitForChange {
        /// Left edge.
        x: u16,
        /// Top edge.
        y: u16,
        /// Width in pixels.
        width: u16,
        /// Height in pixels.
        height: u16,
        /// How long at most, in ms.
        within_ms: u64,
    },
    /// Waits until nothing has changed for a while.
    WaitForStill {
        /// How long nothing may change, in ms.
        for_ms: u64,
        /// How long at most, in ms.
        within_ms: u64,
    },
    /// Waits until a text can be read on the screen, by the program `tesseract`; white space does not count.
    WaitForText {
        /// What.
        text: String,
        /// How long at most, in ms.
        within_ms: u64,
    },
    /// Says the SHA-256 of the screen: width and height (u16 LE), then all rows, top to bottom, as R G B bytes.
    Hash,
    /// Waits until the session is over, whoever ends it.
    WaitForEnd,
    /// Asks the person whether the technician may come back once after a restart.
    AskReturn,
    /// Goes on, after nothing was done for long.
    GoOn,
    /// Ends the session.
    End,
}

/// A colour, written `#1e90ff`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Rgb(pub u32);

/// Why a line is no step.
#[derive(Debug, thiserror::Error)]
pub enum BadStep {
    /// Not JSON, not a step, or with fields that the step does not have.
    #[error("not a step: {0}")]
    Json(#[from] serde_json::Error),
    /// Something is out of bounds.
    #[error("{what}: from {low} to {high}")]
    Bounds {
        /// What.
        what: &'static str,
        /// At least.
        low: u64,
        /// At most.
        high: u64,
    },
    /// A key or button that does not exist.
    #[error("a key or button this version does not know")]
    Unknown,
}

// === impl Step

impl Step {
    /// From one line.
    ///
    /// # Errors
    /// [`BadStep`].
    pub fn parse(line: &str) -> Result<Self, BadStep> {
        // serde quotes what it met in its message; a typed text stays out of it because its field is a plain string.
        let step: Self = serde_json::from_str(line)?;
        step.check()?;
        Ok(step)
    }

    /// Whether the step does something at the client's PC.
    pub fn acts(&self) -> bool {
        matches!(
            self,
            Self::Type { .. }
                | Self::Key { .. }
                | Self::Move { .. }
                | Self::Click { .. }
                | Self::Wheel { .. }
        )
    }

    /// The name in the stream of steps.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Type { .. } => "type",
            Self::Key { .. } => "key",
            Self::Move { .. } => "move",
            Self::Click { .. } => "click",
            Self::Wheel { .. } => "wheel",
            Self::WaitForPixel { .. } => "wait-for-pixel",
            Self::WaitForChange { .. } => "wait-for-change",
            Self::WaitForStill { .. } => "wait-for-still",
            Self::WaitForText { .. } => "wait-for-text",
            Self::Hash => "hash",
            Self::WaitForEnd => "wait-for-end",
            Self::AskReturn => "ask-return",
            Self::GoOn => "go-on",
            Self::End => "end",
        }
    }

    fn check(&self) -> Result<(), BadStep> {
        let bounds = |what, value: u64, low, high| {
            if (low..=high).contains(&value) { Ok(()) } else { Err(BadStep::Bounds { what, low, high }) }
        };
        let typed = |what, text: &str| bounds(what, text.chars().count() as u64, 1, MAX_TYPED as u64);
        match self {
            Self::Type { text } => typed("text", text),
            Self::Key { key, mods } if !known_key(*key) || !mods.iter().all(|m| known_key(*m)) => {
                Err(BadStep::Unknown)
            }
            Self::Key { mods, .. } => bounds("mods", mods.len() as u64, 0, 4),
            Self::Click { button: Button::Unknown(_), .. } => Err(BadStep::Unknown),
            Self::Click { count, .. } => bounds("count", u64::from(*count), 1, 3),
            Self::WaitForPixel { within_ms, .. } => bounds("within_ms", *within_ms, 1, MAX_WAIT_MS),
            Self::WaitForChange { width, height, within_ms, .. } => {
                bounds("width", u64::from(*width), 1, u64::from(u16::MAX))?;
                bounds("height", u64::from(*height), 1, u64::from(u16::MAX))?;
                bounds("within_ms", *within_ms, 1, MAX_WAIT_MS)
            }
            Self::WaitForStill { for_ms, within_ms } => {
                bounds("for_ms", *for_ms, 1, MAX_WAIT_MS)?;
                bounds("within_ms", *within_ms, *for_ms, MAX_WAIT_MS)
            }
            Self::WaitForText { text, within_ms } => {
                typed("text", text)?;
                bounds("within_ms", *within_ms, 1, MAX_WAIT_MS)
            }
            Self::Move { .. }
            | Self::Wheel { .. }
            | Self::Hash
            | Self::WaitForEnd
            | Self::AskReturn
            | Self::GoOn
            | Self::End => Ok(()),
        }
    }
}

// What is typed may be a password.
impl Drop for Step {
    fn drop(&mut self) {
        if let Self::Type { text } | Self::WaitForText { text, .. } = self {
            text.zeroize();
        }
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Step({})", self.name())
    }
}

// === impl Rgb

impl Rgb {
    /// Whether a pixel (`0x00RRGGBB`) is this colour, within a tolerance per channel.
    pub fn is(self, pixel: u32, tolerance: u8) -> bool {
        let (want, have) = (self.0.to_be_bytes(), pixel.to_be_bytes());
        want.iter().zip(have).skip(1).all(|(w, h)| w.abs_diff(h) <= tolerance)
    }
}

impl TryFrom<String> for Rgb {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let digits =
            text.strip_prefix('#').filter(|d| d.len() == 6 && d.chars().all(|c| c.is_ascii_hexdigit()));
        digits
            .and_then(|d| u32::from_str_radix(d, 16).ok())
            .map(Self)
            .ok_or_else(|| "a colour is written #1e90ff".to_owned())
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:06x}", self.0)
    }
}

fn known_key(key: Key) -> bool {
    !matches!(key, Key::Unknown(_))
}

const fn left() -> Button {
    Button::Left
}

const fn once() -> u8 {
    1
}

#[cfg(test)]
mod tests;
