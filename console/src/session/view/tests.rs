//! The tests of `view.rs`, beside it so that both stay short.

use super::*;

const RECT: Rect = Rect { x: 10, y: 10, width: 10, height: 10 };

fn view() -> View {
    let view = View::new();
    view.begin(Epoch(1)).unwrap();
    view.apply(ScreenDown::Geometry { width: 4, height: 2 }).unwrap().unwrap();
    view
}

#[test]
fn nothing_is_seen_while_hidden_and_after_the_end() {
    let view = view();
    assert_eq!(view.pixel(3, 1), Some(0));
    assert_eq!(view.pixel(4, 1), None);
    view.hide(true);
    assert_eq!((view.pixel(3, 1), view.size(), view.hash().is_none()), (None, None, true));
    view.hide(false);
    assert_eq!(view.pixel(3, 1), Some(0));
    view.wipe();
    assert_eq!(view.pixel(3, 1), None);
    view.hide(false);
    assert_eq!(view.pixel(3, 1), None);
    assert!(view.apply(ScreenDown::Geometry { width: 4, height: 2 }).is_none());
}

#[test]
fn what_was_captured_before_a_later_epoch_is_passed_over_and_counted_no_more() {
    use aval_protocol::wire::screen::Cursor;
    let view = view();
    let cursor = |epoch| ScreenDown::Cursor { epoch: Epoch(epoch), shape: Cursor::default() };
    assert!(matches!(view.apply(cursor(1)), Some(Ok(Some(_)))));
    let painted = view.painted();
    view.restart(Epoch(3)).unwrap();
    assert_eq!(*painted.borrow(), (Epoch(3), 0));
    assert!(matches!(view.apply(cursor(2)), Some(Ok(None))));
    assert!(matches!(view.apply(cursor(3)), Some(Ok(Some(_)))));
    // A page that painted what was there before says nothing about what is there now.
    view.paint((Epoch(1), 500));
    assert_eq!(*painted.borrow(), (Epoch(3), 0));
    view.restart(Epoch(2)).unwrap();
    assert_eq!(*painted.borrow(), (Epoch(3), 0), "never back");
}

#[test]
fn the_hash_is_of_size_and_rgb_rows() {
    let mut bytes = vec![4, 0, 2, 0];
    bytes.extend([0; 4 * 2 * 3]);
    let want = aws_lc_rs::digest::digest(&SHA256, &bytes);
    assert_eq!(view().hash().unwrap().as_ref(), want.as_ref());
}

#[test]
fn a_change_touches_what_it_overlaps_and_only_later() {
    let view = view();
    view.sight().remember(5, &[RECT]);
    assert!(view.touched_since(4, RECT));
    assert!(!view.touched_since(5, RECT));
    assert!(view.touched_since(4, Rect { x: 19, y: 19, width: 1, height: 1 }));
    assert!(!view.touched_since(4, Rect { x: 20, y: 10, width: 5, height: 5 }));
    assert!(!view.touched_since(4, Rect { x: 0, y: 0, width: 10, height: 10 }));
    for _ in 0..REMEMBERED {
        view.sight().remember(6, &[RECT]);
    }
    assert!(
        view.touched_since(3, Rect { x: 0, y: 0, width: 1, height: 1 }),
        "what is forgotten counts as touched"
    );
    assert!(!view.touched_since(5, Rect { x: 0, y: 0, width: 1, height: 1 }));
}
