//! What the page's hands do, as JSON texts, strictly read: what is not understood is nothing.

use aval_protocol::wire::handover::HandoverKind;
use aval_protocol::wire::input::{Button, InputEvent, Key};
use serde::Deserialize;

use crate::session::hands::Wanted;

/// One message of the page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Gesture {
    /// Everything up to this message is painted.
    Painted(u32),
    /// For the client's PC.
    Input(InputEvent),
    /// The technician wants mouse and keyboard, which the person did not grant or took back.
    Widen {
        /// What for, for the person to read.
        reason: String,
    },
    /// The technician only looks, or no longer only.
    ViewOnly(bool),
    /// The technician ends the session.
    End,
    /// The technician wishes something of the person.
    Wish(Wanted),
    /// The technician looks at what was handed over.
    Reveal,
    /// The technician is done with it.
    Forget,
    /// The page wants to be the one that looks.
    Here,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Raw {
    Painted { seq: u32 },
    Move { x: u16, y: u16 },
    Button { button: Button, down: bool },
    Wheel { dx: i16, dy: i16 },
    Char { char: char },
    Key { key: Key, down: bool },
    // Braces, so that what else is said is refused: serde lets it pass beside a bare name.
    ReleaseAll {},
    Widen { reason: String },
    ViewOnly { on: bool },
    End {},
    Mask {},
    Return {},
    GoOn {},
    Secret { kind: HandoverKind },
    Reveal {},
    Forget {},
    Here {},
}

// === impl Gesture

impl Gesture {
    /// The message, if it is one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        // What it says is never told on: it may be a letter of a password.
        Some(match serde_json::from_str(text).ok()? {
            Raw::Painted { seq } => Self::Painted(seq),
            Raw::Move { x, y } => Self::Input(InputEvent::Move { x, y }),
            Raw::Button { button, down } => Self::Input(InputEvent::Button { button, down }),
            Raw::Wheel { dx, dy } => Self::Input(InputEvent::Wheel { dx, dy }),
            Raw::Char { char } => Self::Input(InputEvent::Char(char)),
            Raw::Key { key, down } => Self::Input(InputEvent::Key { key, down }),
            Raw::ReleaseAll {} => Self::Input(InputEvent::ReleaseAll),
            Raw::Widen { reason } => Self::Widen { reason },
            Raw::ViewOnly { on } => Self::ViewOnly(on),
            Raw::End {} => Self::End,
            Raw::GoOn {} => Self::Wish(Wanted::GoOn),
            Raw::Return {} => Self::Wish(Wanted::Return),
            Raw::Mask {} => Self::Wish(Wanted::Mask),
            Raw::Secret { kind } if kind.can_be_asked() => Self::Wish(Wanted::Secret(kind)),
            Raw::Secret { .. } => return None,
            Raw::Reveal {} => Self::Reveal,
            Raw::Forget {} => Self::Forget,
            Raw::Here {} => Self::Here,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gesture_is_read_as_documented() {
        for (text, gesture) in [
            (r#"{"type":"painted","seq":7}"#, Gesture::Painted(7)),
            (r#"{"type":"move","x":1,"y":2}"#, Gesture::Input(InputEvent::Move { x: 1, y: 2 })),
            (
                r#"{"type":"button","button":"right","down":true}"#,
                Gesture::Input(InputEvent::Button { button: Button::Right, down: true }),
            ),
            (r#"{"type":"wheel","dx":0,"dy":-120}"#, Gesture::Input(InputEvent::Wheel { dx: 0, dy: -120 })),
            (r#"{"type":"char","char":"é"}"#, Gesture::Input(InputEvent::Char('é'))),
            (
                r#"{"type":"key","key":"Enter","down":false}"#,
                Gesture::Input(InputEvent::Key { key: Key::Enter, down: false }),
            ),
            (r#"{"type":"release_all"}"#, Gesture::Input(InputEvent::ReleaseAll)),
            (r#"{"type":"widen","reason":"imprimante"}"#, Gesture::Widen { reason: "imprimante".into() }),
            (r#"{"type":"view_only","on":true}"#, Gesture::ViewOnly(true)),
            (r#"{"type":"end"}"#, Gesture::End),
            (r#"{"type":"return"}"#, Gesture::Wish(Wanted::Return)),
            (r#"{"type":"go_on"}"#, Gesture::Wish(Wanted::GoOn)),
            (r#"{"type":"mask"}"#, Gesture::Wish(Wanted::Mask)),
            (r#"{"type":"secret","kind":"wifi"}"#, Gesture::Wish(Wanted::Secret(HandoverKind::Wifi))),
            (r#"{"type":"reveal"}"#, Gesture::Reveal),
            (r#"{"type":"forget"}"#, Gesture::Forget),
            (r#"{"type":"here"}"#, Gesture::Here),
        ] {
            assert_eq!(Gesture::parse(text), Some(gesture), "{text}");
        }
    }

    #[test]
    fn anything_else_is_nothing() {
        for text in [
            "",
            "null",
            r#"{"type":"exec"}"#,
            r#"{"type":"move","x":-1,"y":2}"#,
            r#"{"type":"move","x":65536,"y":2}"#,
            r#"{"type":"move","x":1}"#,
            r#"{"type":"char","char":"ab"}"#,
            r#"{"type":"char","char":""}"#,
            r#"{"type":"key","key":"Power","down":true}"#,
            r#"{"type":"key","key":7,"down":true}"#,
            r#"{"type":"wheel","dx":0,"dy":33000}"#,
            r#"{"type":"end","force":true}"#,
            r#"{"type":"secret","kind":"masked"}"#,
            r#"{"type":"secret","kind":"bank"}"#,
            r#"{"type":"unmask"}"#,
            r#"{"type":"widen"}"#,
            r#"{"type":"view_only","on":1}"#,
        ] {
            assert_eq!(Gesture::parse(text), None, "{text}");
        }
    }
}
