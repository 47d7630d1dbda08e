//! Lanes: what the other side sealed comes out, in order, and nothing else does.

use super::*;
use crate::firm::Signer;
use crate::firm::fixture::{NOW, firm, member, sophie};
use crate::id::Epoch;
use crate::wire::input::{InputEvent, InputUp, Key};
use crate::wire::link::Lane;
use crate::wire::screen::{ScreenDown, ScreenUp};
use crate::wire::{HEADER, Wire, decode_content, encode};

/// Two ends after the handshake.
fn channels() -> (Channel, Channel) {
    let firm = firm();
    let machine = Signer::generate().unwrap();
    let mut agent = Channel::agent(&machine, firm.file.firm().clone(), NOW).unwrap();
    let mut console = Channel::console(&member(&firm, &sophie()), machine.spki(), NOW).unwrap();
    for _ in 0..3 {
        if let Some(bytes) = console.outgoing() {
            agent.receive(NOW, &bytes).unwrap();
        }
        if let Some(bytes) = agent.outgoing() {
            console.receive(NOW, &bytes).unwrap();
        }
    }
    assert!(agent.is_open() && console.is_open());
    (agent, console)
}

/// The hands at the console and the eye at the agent.
fn input() -> (Sealer, Opener) {
    let (mut agent, mut console) = channels();
    (console.lane(Lane::Input).unwrap().0, agent.lane(Lane::Input).unwrap().1)
}

fn typed(event: InputEvent) -> Vec<u8> {
    encode(&InputUp { epoch: Epoch(7), event }).unwrap()
}

fn content<M: Wire>(opener: &mut Opener) -> Result<Option<M>, SealError> {
    Ok(opener.next()?.map(|content| decode_content(&content).unwrap()))
}

#[test]
fn there_are_no_keys_before_the_handshake() {
    let firm = firm();
    let mut agent = Channel::agent(&Signer::generate().unwrap(), firm.file.firm().clone(), NOW).unwrap();
    assert!(agent.lane(Lane::Screen).is_none());
    assert_eq!(agent.receipt_binding(), Err(SealError::NoKeys));
    assert_eq!(agent.send(&crate::wire::session::FromAgent::Asking { for_s: 1 }), Err(SealError::NoKeys));
}

#[test]
fn every_changed_byte_ends_the_lane() {
    let (mut sealer, _) = input();
    let length = sealer.seal(&typed(InputEvent::Char('a'))).unwrap().len();
    for at in 0..length {
        let (mut sealer, mut opener) = input();
        let mut sealed = sealer.seal(&typed(InputEvent::Char('a'))).unwrap();
        sealed[at] ^= 1;
        opener.push(&sealed);
        // A shorter or longer length in clear may ask for bytes that never come; the next read finds it out.
        opener.push(&sealer.seal(&typed(InputEvent::Char('b'))).unwrap());
        assert!(opener.next().is_err(), "byte {at}");
        assert_eq!(opener.next().err(), Some(SealError::Broken), "for good");
    }
}

#[test]
fn repeated_moved_and_dropped_frames_end_the_lane() {
    let frames = |sealer: &mut Sealer| -> Vec<_> {
        "abc".chars().map(|c| sealer.seal(&typed(InputEvent::Char(c))).unwrap()).collect()
    };
    for (order, good) in [(vec![0, 1, 2], 3), (vec![0, 0], 1), (vec![1, 0], 0), (vec![0, 2], 1)] {
        let (mut sealer, mut opener) = input();
        let frames = frames(&mut sealer);
        for &n in &order {
            opener.push(&frames[n]);
        }
        for n in 0..good {
            let event = InputEvent::Char("abc".chars().nth(n).unwrap());
            assert_eq!(content(&mut opener), Ok(Some(InputUp { epoch: Epoch(7), event })));
        }
        let rest = content::<InputUp>(&mut opener);
        assert_eq!(rest, if good == order.len() { Ok(None) } else { Err(SealError::Broken) });
    }
}

#[test]
fn a_frame_comes_out_when_its_last_byte_is_there() {
    let (mut sealer, mut opener) = input();
    let sealed = sealer.seal(&typed(InputEvent::ReleaseAll)).unwrap();
    for byte in &sealed[..sealed.len() - 1] {
        opener.push(&[*byte]);
        assert_eq!(content::<InputUp>(&mut opener), Ok(None));
    }
    opener.push(&sealed[sealed.len() - 1..]);
    assert!(content::<InputUp>(&mut opener).unwrap().is_some());
}

#[test]
fn a_length_beyond_the_lanes_limit_is_refused_before_a_byte_of_it_is_read() {
    for length in [u32::MAX, 1024 * 1024, 161] {
        let (_, mut opener) = input();
        opener.push(&length.to_le_bytes());
        assert!(matches!(opener.next(), Err(SealError::Nonsense(WireError::TooLong { .. }))));
    }
    let (mut agent, _) = channels();
    let (mut screen, mut marks) = agent.lane(Lane::Screen).unwrap();
    let too_large = vec![0; HEADER + ScreenDown::LIMIT + 1];
    assert!(matches!(screen.seal(&too_large), Err(SealError::Nonsense(WireError::TooLong { .. }))));
    marks.push(&100_000_u32.to_le_bytes());
    assert!(marks.next().is_err(), "each direction has its own limit");
}

#[test]
fn neither_another_lane_nor_the_other_direction_opens_it() {
    let (mut agent, mut console) = channels();
    let (mut screen_out, _) = agent.lane(Lane::Screen).unwrap();
    let (mut marks_out, mut screen_in) = console.lane(Lane::Screen).unwrap();
    let (_, mut input_in) = agent.lane(Lane::Input).unwrap();
    let mark =
        marks_out.seal(&encode(&ScreenUp::Painted { seq: 1, epoch: crate::id::Epoch(1) }).unwrap()).unwrap();
    screen_in.push(&mark);
    assert_eq!(screen_in.next().err(), Some(SealError::Broken), "reflected");
    input_in.push(&mark);
    assert_eq!(input_in.next().err(), Some(SealError::Broken), "another lane's");
    let (mut other_agent, _) = channels();
    let (_, mut other_marks) = other_agent.lane(Lane::Screen).unwrap();
    other_marks.push(&mark);
    assert_eq!(other_marks.next().err(), Some(SealError::Broken), "another session's");
    let frame = encode(&ScreenDown::Geometry { width: 1, height: 1 }).unwrap();
    assert_ne!(screen_out.seal(&frame), screen_out.seal(&frame), "the same twice looks different");
}

#[test]
fn key_strokes_all_have_the_same_size() {
    let (mut sealer, _) = input();
    let events = [
        InputEvent::Char('a'),
        InputEvent::Char('é'),
        InputEvent::Char('🦀'),
        InputEvent::Key { key: Key::F12, down: true },
        InputEvent::Move { x: 0, y: 0 },
        InputEvent::Move { x: u16::MAX, y: u16::MAX },
        InputEvent::ReleaseAll,
    ];
    let sizes: Vec<_> = events.iter().map(|event| sealer.seal(&typed(*event)).unwrap().len()).collect();
    assert_eq!(sizes, [4 + PAD + 16; 7]);
}

#[test]
fn a_large_frame_is_not_padded_and_comes_through() {
    let (mut agent, mut console) = channels();
    let (mut out, _) = agent.lane(Lane::Screen).unwrap();
    let (_, mut into) = console.lane(Lane::Screen).unwrap();
    for size in [900, 1000, 1010, 1011, 1012, 5000, 900_000] {
        let update = ScreenDown::Update {
            seq: 1,
            epoch: Epoch(7),
            copies: Vec::new(),
            rects: Vec::new(),
            pixels: vec![0xa5; size],
            photos: Vec::new(),
        };
        let frame = encode(&update).unwrap();
        let sealed = out.seal(&frame).unwrap();
        assert!(sealed.len() - frame.len() < 4 + PAD + 16);
        into.push(&sealed);
        assert_eq!(content(&mut into), Ok(Some(update)));
    }
}
