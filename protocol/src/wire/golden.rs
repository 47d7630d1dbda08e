//! Frames written today are read by every later version of the same number: committed copies of each kind, and every way of
//! spoiling them.
//!
//! A change that makes this file's first test fail is a change of the protocol: it takes a new [`VERSION`], not a new copy.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::samples::all;
use super::*;

const GOLDEN: &str = include_str!("../../tests/golden/wire.txt");

#[test]
fn every_kind_of_frame_is_written_and_read_as_ever() {
    // While nothing is released: AVAL_WRITE_PAGES=1 writes them anew, and whoever does it looks at the difference.
    if std::env::var_os("AVAL_WRITE_PAGES").is_some() {
        let lines = all().into_iter().map(|sample| format!("{} {}\n", hex(&sample.frame), sample.name));
        std::fs::write("tests/golden/wire.txt", lines.collect::<String>()).unwrap();
        return;
    }
    let mut lines = GOLDEN.lines();
    for sample in all() {
        let written = format!("{} {}", hex(&sample.frame), sample.name);
        assert_eq!(lines.next(), Some(written.as_str()));
        let header = *sample.frame.first_chunk::<HEADER>().unwrap();
        let length = content_length(header, sample.limit).unwrap();
        assert!((sample.is)(&sample.frame[HEADER..HEADER + length]), "{}", sample.name);
        assert_eq!(HEADER + length, sample.frame.len());
    }
    assert_eq!(lines.next(), None);
}

#[test]
fn a_frame_cut_anywhere_is_no_message() {
    for sample in all() {
        let content = &sample.frame[HEADER..];
        for at in 0..content.len() {
            assert_eq!((sample.read)(&content[..at]), Err(WireError::Malformed), "{} at {at}", sample.name);
        }
        let longer = [content, &[0]].concat();
        assert!((sample.read)(&longer).is_err(), "{} with a byte behind it", sample.name);
    }
}

#[test]
fn a_frame_of_another_version_says_so_and_one_too_large_is_not_read() {
    for sample in all() {
        let header = *sample.frame.first_chunk::<HEADER>().unwrap();
        for version in [0, 2, 255] {
            let [a, b, c, d, _] = header;
            let other = content_length([a, b, c, d, version], sample.limit);
            assert_eq!(other, Err(WireError::Version(version)));
        }
        for announced in [sample.limit + 1, 0xffff_fffe] {
            let [a, b, c, d] = u32::try_from(announced + 1).unwrap().to_le_bytes();
            let error = WireError::TooLong { announced, limit: sample.limit };
            assert_eq!(content_length([a, b, c, d, VERSION], sample.limit), Err(error));
        }
        assert_eq!(content_length([0, 0, 0, 0, VERSION], sample.limit), Err(WireError::Malformed));
        let too_long = vec![0; sample.limit + 1];
        assert!(matches!((sample.read)(&too_long), Err(WireError::TooLong { .. })), "{}", sample.name);
    }
}

#[test]
fn frames_come_out_of_the_inbox_whole_and_one_by_one() {
    use super::session::FromConsole;
    let frame = encode(&FromConsole::End).unwrap();
    let mut inbox = Inbox::default();
    let mut came = 0;
    for byte in frame.repeat(3) {
        inbox.push(&[byte]);
        while let Some(word) = inbox.next::<FromConsole>().unwrap() {
            assert_eq!((word, inbox.is_empty()), (FromConsole::End, true));
            came += 1;
        }
    }
    assert_eq!(came, 3);
    inbox.push(&frame[..3]);
    assert_eq!(inbox.next::<FromConsole>(), Ok(None));
    assert!(!inbox.is_empty(), "a frame is cut short");
}

#[test]
fn a_message_larger_than_its_kind_may_be_is_not_written() {
    use super::screen::ScreenDown;
    use crate::id::Epoch;
    let update = |size| ScreenDown::Update {
        seq: 1,
        epoch: Epoch(1),
        copies: Vec::new(),
        rects: Vec::new(),
        pixels: vec![0; size],
        photos: Vec::new(),
    };
    assert!(encode(&update(ScreenDown::LIMIT - 16)).is_ok());
    assert!(matches!(encode(&update(ScreenDown::LIMIT)), Err(WireError::TooLong { .. })));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm_as_any_kind(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        for sample in all() {
            let _ = (sample.read)(&bytes);
        }
    }

    #[test]
    fn a_spoiled_frame_is_read_without_harm(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        for mut sample in all() {
            let content = &mut sample.frame[HEADER..];
            if !content.is_empty() {
                let at = at.index(content.len());
                content[at] = to;
            }
            let _ = (sample.read)(&sample.frame[HEADER..]);
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
