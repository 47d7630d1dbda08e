//! Hostile updates and their honest twins. The agreement with the agent's encoder is proven where both meet, in `tests`.

use super::*;
use aval_protocol::wire::screen::{MAX_SIDE, ROWS, WINDOW_LOG};
use zstd::stream::raw::{CParameter, Encoder, InBuffer, Operation, OutBuffer};

/// An agent's compressor, with a window of that size.
struct Agent(Encoder<'static>);

impl Agent {
    fn new(window_log: u32) -> Self {
        let mut zstd = Encoder::new(1).unwrap();
        zstd.set_parameter(CParameter::WindowLog(window_log)).unwrap();
        Self(zstd)
    }

    fn pack(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len() + 4096);
        let mut input = InBuffer::around(bytes);
        while input.pos() < bytes.len() {
            let at = out.len();
            self.0.run(&mut input, &mut OutBuffer::around_pos(&mut out, at)).unwrap();
        }
        let at = out.len();
        assert_eq!(self.0.flush(&mut OutBuffer::around_pos(&mut out, at)).unwrap(), 0);
        out
    }

    fn finish(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = self.pack(bytes);
        out.reserve(64);
        let at = out.len();
        assert_eq!(self.0.finish(&mut OutBuffer::around_pos(&mut out, at), true).unwrap(), 0);
        out
    }
}

const EPOCH: Epoch = Epoch(3);
const HERE: Rect = Rect { x: 4, y: 2, width: 3, height: 2 };
const BYTES: [u8; 19] = [ROWS, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19];

fn update(seq: u32, rects: Vec<Rect>, pixels: Vec<u8>) -> ScreenDown {
    ScreenDown::Update { seq, epoch: EPOCH, copies: vec![], rects, pixels, photos: vec![] }
}

fn picture() -> Picture {
    let mut picture = Picture::new().unwrap();
    let size = ScreenDown::Geometry { width: 16, height: 8 };
    assert_eq!(picture.apply(size), Ok(Applied::Resized { width: 16, height: 8 }));
    picture
}

/// The honest twin of everything below.
fn honest() -> (Picture, Agent) {
    let (mut picture, mut agent) = (picture(), Agent::new(WINDOW_LOG));
    let applied = picture.apply(update(1, vec![HERE], agent.pack(&BYTES)));
    assert_eq!(applied, Ok(Applied::Painted { seq: 1, epoch: EPOCH, copies: vec![], rects: vec![HERE] }));
    (picture, agent)
}

fn refused(mut picture: Picture, message: ScreenDown, error: PictureError) {
    assert_eq!(picture.apply(message), Err(error));
    let twin = ScreenDown::Geometry { width: 1, height: 1 };
    assert_eq!(picture.apply(twin), Err(PictureError::Broken));
}

#[test]
fn an_honest_update_is_painted_where_it_says() {
    let (mut picture, mut agent) = honest();
    assert_eq!(picture.pixel(4, 2), Some(0x0003_0201));
    assert_eq!(picture.pixel(6, 3), Some(0x0013_1211));
    assert_eq!(picture.pixel(3, 2), Some(0));
    assert_eq!(picture.pixel(16, 0), None);
    assert_eq!(picture.rows().count(), 8);
    let rows: Vec<&[u32]> = picture.rows_of(HERE).unwrap().collect();
    assert_eq!(rows, [[0x0003_0201, 0x0006_0504, 0x0009_0807], [0x000d_0c0b, 0x0010_0f0e, 0x0013_1211]]);
    picture.apply(ScreenDown::Geometry { width: 5, height: 5 }).unwrap();
    assert_eq!((picture.size(), picture.pixel(4, 2)), ((5, 5), Some(0)));
    picture
        .apply(update(2, vec![Rect { x: 0, y: 0, width: 1, height: 1 }], agent.pack(&[ROWS, 0, 0, 9])))
        .unwrap();
    assert_eq!((picture.seq(), picture.pixel(0, 0)), (2, Some(0x0009_0000)));
}

#[test]
fn gaps_and_repeats_are_refused() {
    for got in [0, 1, 3, u32::MAX] {
        let (picture, mut agent) = honest();
        let message = update(got, vec![HERE], agent.pack(&BYTES));
        refused(picture, message, PictureError::Gap { expected: 2, got });
    }
}

#[test]
fn wild_rectangles_are_refused() {
    let wild = [
        Rect { x: 14, ..HERE },
        Rect { y: 7, ..HERE },
        Rect { x: u16::MAX, width: u16::MAX, ..HERE },
        Rect { height: 0, ..HERE },
    ];
    for rect in wild {
        let (picture, mut agent) = honest();
        refused(picture, update(2, vec![HERE, rect], agent.pack(&BYTES)), PictureError::Outside);
    }
    refused(honest().0, update(2, vec![], vec![]), PictureError::Area);
    let all = Rect { x: 0, y: 0, width: 16, height: 8 };
    refused(honest().0, update(2, vec![all, HERE], vec![0; 64]), PictureError::Area);
}

#[test]
fn a_screen_beyond_the_limits_is_refused_before_memory_is_taken() {
    for (width, height) in [(0, 9), (9, 0), (MAX_SIDE + 1, 1), (MAX_SIDE, MAX_SIDE), (u16::MAX, u16::MAX)] {
        refused(picture(), ScreenDown::Geometry { width, height }, PictureError::Geometry(width, height));
    }
    refused(Picture::new().unwrap(), update(1, vec![HERE], vec![]), PictureError::NoGeometry);
}

#[test]
fn too_few_and_too_many_pixels_are_refused() {
    let (picture, mut agent) = honest();
    refused(picture, update(2, vec![HERE], agent.pack(&BYTES[..18])), PictureError::Short);
    let (picture, mut agent) = honest();
    let mut packed = agent.pack(&BYTES);
    packed.truncate(packed.len() / 2);
    refused(picture, update(2, vec![HERE], packed), PictureError::Short);
    let (picture, mut agent) = honest();
    let message = update(2, vec![HERE], agent.pack(&[&BYTES[..], &[0]].concat()));
    refused(picture, message, PictureError::Long);
}

#[test]
fn a_bomb_is_refused_without_being_unpacked() {
    let (picture, mut agent) = honest();
    let bomb = agent.pack(&vec![0; 64 << 20]);
    assert!(bomb.len() < 64 << 10);
    refused(picture, update(2, vec![HERE], bomb), PictureError::Long);
}

#[test]
fn a_larger_window_an_ended_stream_and_garbage_are_refused() {
    let message = update(1, vec![HERE], Agent::new(WINDOW_LOG + 1).pack(&BYTES));
    refused(picture(), message, PictureError::Stream);
    let (picture, mut agent) = honest();
    refused(picture, update(2, vec![HERE], agent.finish(&BYTES)), PictureError::Stream);
    let (picture, _) = honest();
    refused(picture, update(2, vec![HERE], vec![0xff; 40]), PictureError::Stream);
}

#[test]
fn every_cut_and_every_flipped_bit_is_an_error_or_a_picture_never_a_panic() {
    let packed = Agent::new(WINDOW_LOG).pack(&BYTES);
    for cut in 0..packed.len() {
        assert!(picture().apply(update(1, vec![HERE], packed[..cut].to_vec())).is_err());
    }
    for bit in 0..packed.len() * 8 {
        let mut bent = packed.clone();
        bent[bit / 8] ^= 1 << (bit % 8);
        let _ = picture().apply(update(1, vec![HERE], bent));
    }
}

#[test]
fn a_picture_says_nothing_of_its_content() {
    let (picture, _) = honest();
    assert_eq!(format!("{picture:?}"), "Picture { width: 16, height: 8, seq: 1, broken: false, .. }");
}
