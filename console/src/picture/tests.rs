//! Hostile updates and their honest twins. The agreement with the agent's encoder is proven where both meet, in `tests`.

use super::*;
use aval_protocol::wire::screen::{
    ABOVE, MAX_CURSOR_SIDE, MAX_SIDE, Photo, ROWS, SOLID, TWO_COLOURS, WINDOW_LOG,
};
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

/// An update of nothing but copies and photographs.
fn other(seq: u32, copies: Vec<Copy>, photos: Vec<Photo>) -> ScreenDown {
    ScreenDown::Update { seq, epoch: EPOCH, copies, rects: vec![], pixels: vec![], photos }
}

fn jpeg(width: u16, height: u16, progressive: bool) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, 80);
    encoder.set_progressive(progressive);
    let grey = vec![0x80; usize::from(width) * usize::from(height) * 3];
    encoder.encode(&grey, width, height, jpeg_encoder::ColorType::Rgb).unwrap();
    jpeg
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

#[test]
fn every_kind_of_pixels_is_painted() {
    let (mut picture, mut agent) = honest();
    let (wide, one) = (Rect { x: 1, y: 0, width: 10, height: 2 }, Rect { x: 15, y: 7, width: 1, height: 1 });
    let two = [&[TWO_COLOURS, 0, 0, 1, 0, 0, 2][..], &[0b0100_0000, 0b0100_0000, 0b1000_0001, 0]].concat();
    let above = [ABOVE, 250, 0, 7, 1, 1, 1, 0, 0, 0, 10, 0, 1, 255, 255, 255, 0, 0, 0];
    let pixels = [&[SOLID, 1, 2, 3][..], &two, &above].concat();
    let applied = picture.apply(update(2, vec![one, wide, HERE], agent.pack(&pixels)));
    assert!(matches!(applied, Ok(Applied::Painted { rects, .. }) if rects == [one, wide, HERE]));
    let row = |y| (1..11).map(|x| picture.pixel(x, y).unwrap() >> 16).collect::<Vec<_>>();
    assert_eq!(row(0), [1, 2, 1, 1, 1, 1, 1, 1, 1, 2]);
    assert_eq!(row(1), [2, 1, 1, 1, 1, 1, 1, 2, 1, 1]);
    assert_eq!(picture.pixel(15, 7), Some(0x0003_0201));
    let rows: Vec<&[u32]> = picture.rows_of(HERE).unwrap().collect();
    assert_eq!(rows, [[0x0007_00fa, 0x0001_0101, 0], [0x0008_0004, 0, 0]]);
}

#[test]
fn copies_move_pixels_one_after_the_other_also_onto_themselves() {
    let (mut picture, _) = honest();
    let down = Copy { rect: Rect { x: 4, y: 2, width: 3, height: 3 }, dx: 0, dy: 1 };
    let right = Copy { rect: Rect { x: 4, y: 3, width: 8, height: 2 }, dx: 1, dy: 0 };
    let applied = picture.apply(other(2, vec![down, right], vec![])).unwrap();
    assert!(
        matches!(applied, Applied::Painted { copies, rects, .. } if copies == [down, right] && rects.is_empty())
    );
    let row = |y| (4..8).map(|x| picture.pixel(x, y).unwrap() & 0xff).collect::<Vec<_>>();
    assert_eq!(
        [row(2), row(3), row(4), row(5)],
        [[1, 4, 7, 0], [1, 1, 4, 7], [11, 11, 14, 17], [0, 0, 0, 0]]
    );
}

#[test]
fn a_photograph_is_painted_where_it_belongs() {
    let mut picture = picture();
    let rect = Rect { x: 3, y: 1, width: 9, height: 6 };
    let photos = vec![Photo { rect, jpeg: jpeg(9, 6, false) }];
    let applied = picture.apply(other(1, vec![], photos)).unwrap();
    assert!(matches!(applied, Applied::Painted { rects, .. } if rects == [rect]));
    assert!(picture.rows_of(rect).unwrap().flatten().all(|p| p.abs_diff(0x0080_8080) < 0x0004_0404));
    assert_eq!((picture.pixel(2, 1), picture.pixel(12, 6), picture.pixel(3, 7)), (Some(0), Some(0), Some(0)));
}

#[test]
fn wild_copies_are_refused() {
    let all = Rect { x: 0, y: 0, width: 16, height: 8 };
    for (rect, dx, dy) in [
        (HERE, -5, 0),
        (HERE, 10, 0),
        (HERE, i16::MIN, i16::MAX),
        (HERE, 0, 5),
        (Rect { width: 0, ..HERE }, 0, 0),
        (Rect { x: 20, ..HERE }, -18, 0),
        (Rect { x: u16::MAX, ..HERE }, i16::MAX, 0),
    ] {
        refused(honest().0, other(2, vec![Copy { rect, dx, dy }], vec![]), PictureError::Outside);
    }
    let again = Copy { rect: all, dx: 0, dy: 0 };
    refused(honest().0, other(2, vec![again, again], vec![]), PictureError::Area);
}

#[test]
fn photographs_of_another_size_form_or_length_are_refused() {
    let rect = Rect { x: 0, y: 0, width: 16, height: 8 };
    let good = jpeg(16, 8, false);
    let frame = good.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    let bent = |at: usize, byte: u8| {
        let mut jpeg = good.clone();
        jpeg[frame + at] = byte;
        jpeg
    };
    let ended = good.len() - 2;
    for jpeg in [
        jpeg(16, 7, false),
        jpeg(8, 16, false),
        jpeg(16, 8, true),
        // 12 bits, 65,280 rows, 2 components.
        bent(4, 12),
        bent(5, 255),
        bent(9, 2),
        good[..ended / 2].to_vec(),
        vec![],
        vec![0xff, 0xd8, 0xff, 0xda, 0, 0],
    ] {
        refused(picture(), other(1, vec![], vec![Photo { rect, jpeg }]), PictureError::Photo);
    }
    let outside = Photo { rect: Rect { x: 1, ..rect }, jpeg: good.clone() };
    refused(picture(), other(1, vec![], vec![outside]), PictureError::Outside);
    let twice = vec![Photo { rect, jpeg: good.clone() }; 2];
    refused(picture(), other(1, vec![], twice), PictureError::Area);
}

#[test]
fn a_photograph_with_any_byte_changed_is_an_error_or_a_picture_never_a_panic() {
    let rect = Rect { x: 0, y: 0, width: 16, height: 8 };
    let good = jpeg(16, 8, false);
    for at in 0..good.len() {
        for byte in [0, 1, 0x7f, 0x80, 0xc2, 0xff, good[at] ^ 1, good[at].wrapping_add(1)] {
            let mut jpeg = good.clone();
            jpeg[at] = byte;
            let _ = picture().apply(other(1, vec![], vec![Photo { rect, jpeg }]));
        }
    }
}

#[test]
fn pixels_of_an_unknown_kind_or_without_a_rectangle_are_refused() {
    let (picture, mut agent) = honest();
    refused(picture, update(2, vec![HERE], agent.pack(&[4; 19])), PictureError::Kind);
    let (picture, mut agent) = honest();
    let message = match other(2, vec![Copy { rect: HERE, dx: 1, dy: 0 }], vec![]) {
        ScreenDown::Update { seq, epoch, copies, rects, photos, .. } => {
            ScreenDown::Update { seq, epoch, copies, rects, pixels: agent.pack(&BYTES), photos }
        }
        other => other,
    };
    refused(picture, message, PictureError::Long);
}

#[test]
fn a_pointer_is_kept_and_an_impossible_one_refused() {
    let shape = Cursor { width: 2, height: 1, hot_x: 1, hot_y: 0, rgba: vec![9; 8] };
    let shown = |shape: &Cursor| ScreenDown::Cursor { epoch: EPOCH, shape: shape.clone() };
    let mut before = Picture::new().unwrap();
    assert_eq!(before.cursor(), None);
    assert_eq!(before.apply(shown(&shape)), Ok(Applied::Cursor { epoch: EPOCH }));
    assert_eq!(before.cursor(), Some(&shape));
    before.apply(shown(&Cursor::default())).unwrap();
    assert_eq!(before.cursor().map(|c| c.width), Some(0));
    let large = MAX_CURSOR_SIDE + 1;
    for wrong in [
        Cursor { hot_x: 2, ..shape.clone() },
        Cursor { hot_y: 1, ..shape.clone() },
        Cursor { rgba: vec![9; 7], ..shape.clone() },
        Cursor { width: large, height: 1, hot_x: 0, hot_y: 0, rgba: vec![0; usize::from(large) * 4] },
        Cursor { width: 0, height: 1, hot_x: 0, hot_y: 0, rgba: vec![] },
        Cursor { hot_x: 1, ..Cursor::default() },
    ] {
        refused(picture(), shown(&wrong), PictureError::Cursor);
    }
}

#[test]
fn a_picture_begins_anew_and_forgets_what_it_was() {
    let mut picture = Picture::new().unwrap();
    let mut agent = Agent::new(WINDOW_LOG);
    picture.apply(ScreenDown::Geometry { width: 20, height: 10 }).unwrap();
    picture.apply(update(1, vec![HERE], agent.pack(&BYTES))).unwrap();
    assert_ne!(picture.pixel(4, 2), Some(0));
    assert_eq!(picture.apply(ScreenDown::Anew { seq: 5, epoch: EPOCH }), Ok(Applied::Anew));
    assert_eq!((picture.size(), picture.pixel(4, 2)), ((0, 0), None));
    // Another compressor, numbers that follow, and nothing of the picture before.
    let mut agent = Agent::new(WINDOW_LOG);
    picture.apply(ScreenDown::Geometry { width: 20, height: 10 }).unwrap();
    assert_eq!(picture.pixel(4, 2), Some(0));
    picture.apply(update(6, vec![HERE], agent.pack(&BYTES))).unwrap();
    assert_eq!(picture.seq(), 6);
    assert_eq!(
        picture.apply(ScreenDown::Anew { seq: 3, epoch: EPOCH }),
        Err(PictureError::Gap { expected: 6, got: 3 })
    );
}
