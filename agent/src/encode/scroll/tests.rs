//! The search against pages whose scroll is known.

use super::*;
use crate::encode::shadow::PIXEL;

const WIDTH: u16 = 200;
const HEIGHT: u16 = 300;
const WHOLE: Rect = Rect { x: 0, y: 0, width: WIDTH, height: HEIGHT };

/// A page whose row `y` shows line `line(x, y)` of a text; lines below 0 are blank.
fn page(line: impl Fn(u16, i32) -> i32) -> Vec<u8> {
    let pixel = |x: u16, y: u16| {
        let line = line(x, i32::from(y));
        let ink =
            if line < 0 { 0 } else { xxh3_64(&[line.to_le_bytes(), u32::from(x).to_le_bytes()].concat()) };
        [0xff * u8::from(ink & 1 == 1), 0, 0, 0]
    };
    (0..HEIGHT).flat_map(|y| (0..WIDTH).flat_map(move |x| pixel(x, y))).collect()
}

fn shadow(of: &[u8]) -> Shadow {
    let mut shadow = Shadow::default();
    shadow.resize(WIDTH, HEIGHT);
    shadow.compare(WHOLE, grabbed(of));
    shadow
}

fn grabbed(bytes: &[u8]) -> Grabbed<'_> {
    Grabbed { rect: WHOLE, stride: usize::from(WIDTH) * PIXEL, bytes }
}

#[test]
fn a_page_that_went_up_or_down_is_one_copy() {
    let before = page(|_, y| y);
    for by in [-100, -1, 1, 37] {
        let after = page(|_, y| y - by);
        let [copy] = search(&shadow(&before), grabbed(&after))[..] else { panic!("{by}: not one copy") };
        assert_eq!((i32::from(copy.dy), copy.dx, copy.rect.width), (by, 0, WIDTH));
        assert_eq!(i32::from(copy.rect.height), i32::from(HEIGHT) - by.abs());
        assert_eq!(i32::from(copy.rect.y), if by < 0 { -by } else { 0 });
    }
}

#[test]
fn a_part_that_stays_is_not_copied() {
    // The right-hand segments stay, and so do the upper 40 rows.
    let scrolls = |x: u16, y: i32| x < 64 && y >= 40;
    let before = page(|_, y| y);
    let after = page(|x, y| if scrolls(x, y) && y < 280 { y + 20 } else { y });
    let copies = search(&shadow(&before), grabbed(&after));
    assert_eq!(copies, [Copy { rect: Rect { x: 0, y: 60, width: 64, height: 240 }, dx: 0, dy: -20 }]);
}

#[test]
fn copies_are_ordered_so_that_none_reads_what_another_wrote() {
    for by in [-24, 24] {
        let before = page(|_, y| y);
        // A line in the middle is new, which parts the page.
        let after = page(|_, y| if (150..170).contains(&y) { 5000 + y } else { y - by });
        let mut shadow = shadow(&before);
        let copies = search(&shadow, grabbed(&after));
        assert!(copies.len() > 1, "{copies:?}");
        for copy in copies {
            shadow.copy(copy, copy.target(WIDTH, HEIGHT).unwrap());
        }
        let row = usize::from(WIDTH) * PIXEL;
        let right = |y: u16| shadow.row(0, y, WIDTH) == &after[usize::from(y) * row..][..row];
        let wrong = (0..HEIGHT).filter(|y| !right(*y)).count();
        assert!(wrong <= 20 + 24 + 32, "{wrong} rows are wrong: the new ones and the bands they part");
    }
}

#[test]
fn blank_pages_and_small_changes_are_no_scroll() {
    let (blank, text) = (page(|_, _| -1), page(|_, y| y));
    assert!(search(&shadow(&blank), grabbed(&text)).is_empty());
    assert!(search(&shadow(&text), grabbed(&blank)).is_empty());
    let letter = page(|_, y| if (10..23).contains(&y) { y + 1000 } else { y });
    assert!(search(&shadow(&text), grabbed(&letter)).is_empty());
    assert!(search(&shadow(&text), grabbed(&text)).is_empty());
}
