//! Keys as the DevTools protocol wants them: what a press of one on a US keyboard says.

use serde_json::{Value, json};

/// The fields of a key event for a key by its W3C name (`Enter`, `ArrowDown`) or a single character.
pub(super) fn key(name: &str, modifiers: u8) -> Value {
    let (code, number, text): (String, u32, Option<&str>) = match name {
        "Control" => ("ControlLeft".into(), 17, None),
        "Enter" => (name.into(), 13, Some("\r")),
        "Escape" => (name.into(), 27, None),
        "Tab" => (name.into(), 9, None),
        "Backspace" => (name.into(), 8, None),
        "Delete" => (name.into(), 46, None),
        "Home" => (name.into(), 36, None),
        "End" => (name.into(), 35, None),
        "PageUp" => (name.into(), 33, None),
        "PageDown" => (name.into(), 34, None),
        "ArrowLeft" => (name.into(), 37, None),
        "ArrowUp" => (name.into(), 38, None),
        "ArrowRight" => (name.into(), 39, None),
        "ArrowDown" => (name.into(), 40, None),
        " " => ("Space".into(), 32, Some(" ")),
        letter if letter.len() == 1 && letter.as_bytes()[0].is_ascii_alphabetic() => {
            let upper = letter.to_ascii_uppercase();
            (format!("Key{upper}"), u32::from(upper.as_bytes()[0]), Some(letter))
        }
        other => (String::new(), 0, Some(other)),
    };
    // With Ctrl, Alt or Meta a key makes no text.
    let text = text.filter(|_| modifiers & 0b111 == 0).unwrap_or_default();
    json!({ "key": name, "code": code, "windowsVirtualKeyCode": number, "text": text, "modifiers": modifiers })
}
