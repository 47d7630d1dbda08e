//! The tests of `steps.rs`, beside it so that both stay short.

use super::*;

#[test]
fn steps_are_read_as_documented() {
    for (line, step) in [
        (r#"{"do":"type","text":"bonjour"}"#, Step::Type { text: "bonjour".into() }),
        (
            r#"{"do":"key","key":"Enter","mods":["ControlLeft"]}"#,
            Step::Key { key: Key::Enter, mods: vec![Key::ControlLeft] },
        ),
        (r#"{"do":"key","key":"F12"}"#, Step::Key { key: Key::F12, mods: vec![] }),
        (r#"{"do":"move","x":3,"y":4}"#, Step::Move { x: 3, y: 4 }),
        (
            r#"{"do":"click","x":3,"y":4,"button":"right","count":2}"#,
            Step::Click { x: 3, y: 4, button: Button::Right, count: 2 },
        ),
        (r#"{"do":"click","x":3,"y":4}"#, Step::Click { x: 3, y: 4, button: Button::Left, count: 1 }),
        (r#"{"do":"wheel","dx":0,"dy":3}"#, Step::Wheel { dx: 0, dy: 3 }),
        (
            r##"{"do":"wait-for-pixel","x":1,"y":2,"rgb":"#1e90ff","tolerance":8,"within_ms":5000}"##,
            Step::WaitForPixel { x: 1, y: 2, rgb: Rgb(0x1e_90ff), tolerance: 8, within_ms: 5000 },
        ),
        (
            r#"{"do":"wait-for-still","for_ms":300,"within_ms":5000}"#,
            Step::WaitForStill { for_ms: 300, within_ms: 5000 },
        ),
        (r#"{"do":"hash"}"#, Step::Hash),
        (r#"{"do":"wait-for-end"}"#, Step::WaitForEnd),
        (r#"{"do":"end"}"#, Step::End),
    ] {
        assert!(Step::parse(line).unwrap() == step, "{line}");
    }
}

#[test]
fn what_is_no_step_is_refused() {
    for line in [
        "",
        "[]",
        r#"{"do":"format-disk"}"#,
        r#"{"do":"type"}"#,
        r#"{"do":"type","text":""}"#,
        r#"{"do":"type","text":"a","speed":3}"#,
        r#"{"do":"key","key":"Any"}"#,
        r#"{"do":"click","x":1,"y":1,"count":0}"#,
        r#"{"do":"click","x":1,"y":1,"count":9}"#,
        r#"{"do":"click","x":1,"y":1,"button":"fourth"}"#,
        r#"{"do":"move","x":-1,"y":0}"#,
        r#"{"do":"move","x":65536,"y":0}"#,
        r#"{"do":"wait-for-pixel","x":1,"y":2,"rgb":"blue","within_ms":5000}"#,
        r##"{"do":"wait-for-pixel","x":1,"y":2,"rgb":"#+12345","within_ms":5000}"##,
        r##"{"do":"wait-for-pixel","x":1,"y":2,"rgb":"#112233","within_ms":0}"##,
        r##"{"do":"wait-for-pixel","x":1,"y":2,"rgb":"#112233","within_ms":86400000}"##,
        r#"{"do":"wait-for-still","for_ms":500,"within_ms":100}"#,
        r#"{"do":"wait-for-change","x":0,"y":0,"width":0,"height":1,"within_ms":100}"#,
    ] {
        assert!(Step::parse(line).is_err(), "{line}");
    }
    let long = "é".repeat(MAX_TYPED + 1);
    assert!(Step::parse(&format!(r#"{{"do":"type","text":"{long}"}}"#)).is_err());
}

#[test]
fn a_typed_text_is_in_no_debug_output() {
    let step = Step::Type { text: "hunter2".into() };
    assert_eq!(format!("{step:?}"), "Step(type)");
    let error = Step::parse(r#"{"do":"type","text":"hunter2","x":1}"#).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
}

#[test]
fn a_colour_has_a_tolerance_per_channel() {
    let blue = Rgb(0x1e_90ff);
    assert!(blue.is(0x1e_90ff, 0));
    assert!(blue.is(0x26_88f7, 8));
    assert!(!blue.is(0x27_90ff, 8));
    assert!(!blue.is(0x1e_8fff, 0));
}
