//! Both ways of seeing against a desktop that is known, with every trouble that a graphics card may make.

use proptest::prelude::*;

use super::super::path::TRIES;
use super::*;
use world::{FAULTS, LATE, Lie, OTHER, SIZE, Scene};

mod world;

#[derive(Clone, Debug)]
enum Event {
    Draw((i32, i32, i32, i32), u8),
    Scroll(u16, u8),
    Fault(Fault),
    Resize(bool),
    Away(bool),
    Note(bool),
    Later(u64),
    Look(u32),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => ((-20..140, -20..140, 1..60, 1..60), any::<u8>()).prop_map(|(area, colour)| Event::Draw(area, colour)),
        2 => (1_u16..100, any::<u8>()).prop_map(|(rows, colour)| Event::Scroll(rows, colour)),
        1 => proptest::sample::select(&FAULTS[..]).prop_map(Event::Fault),
        1 => any::<bool>().prop_map(Event::Resize),
        1 => any::<bool>().prop_map(Event::Away),
        1 => any::<bool>().prop_map(Event::Note),
        2 => (1_u64..40).prop_map(Event::Later),
        4 => (1_u32..30).prop_map(Event::Look),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_happens_each_look_yields_the_true_picture_at_its_true_size(
        events in proptest::collection::vec(event(), 1..60),
    ) {
        let mut scene = Scene::new();
        for event in events {
            match event {
                Event::Draw((x, y, w, h), colour) => {
                    scene.world.desktop.borrow_mut().draw(Area::of(x, y, w, h), colour);
                }
                Event::Scroll(rows, colour) => scene.world.desktop.borrow_mut().scroll(rows, colour),
                Event::Fault(fault) => scene.world.desktop.borrow_mut().fault = Some(fault),
                Event::Resize(other) => scene.resize(if other { OTHER } else { SIZE }),
                Event::Away(away) => scene.away = away,
                Event::Note(noted) => scene.world.noted = noted,
                Event::Later(seconds) => scene.now += Duration::from_secs(seconds),
                Event::Look(count) => scene.looks(count - 1),
            }
            scene.look();
            prop_assert!(scene.is_true());
            prop_assert!(!(scene.away && scene.is_fast()));
        }
        prop_assert!(scene.world.desktop.borrow().opens <= TRIES);
        prop_assert!(!scene.world.distrusted);
    }
}

#[test]
fn the_fast_path_takes_over_and_every_fault_gives_it_back_without_a_lost_picture() {
    for fault in FAULTS {
        let mut scene = Scene::fast();
        scene.world.refuses = true;
        scene.world.desktop.borrow_mut().draw(Area::of(3, 3, 9, 9), 1);
        scene.look();
        assert!(scene.is_true(), "GDI is not needed any more");
        scene.world.refuses = false;
        // As it was when GDI last saw it.
        scene.world.desktop.borrow_mut().draw(Area::of(3, 3, 9, 9), 0x33);
        scene.world.desktop.borrow_mut().fault = Some(fault);
        scene.look();
        assert!(scene.is_true() && !scene.is_fast());
        scene.looks(60);
        assert!(!scene.is_fast(), "not at once");
        scene.looks(300);
        assert_eq!(scene.is_fast(), fault != Fault::Unsupported);
        assert!(scene.is_true());
    }
}

#[test]
fn what_lies_from_the_beginning_is_never_shown() {
    for lie in [Lie::Black, Lie::Pointer, Lie::Silent] {
        let mut scene = Scene::new();
        scene.lie(lie);
        for _ in 0..80 {
            scene.looks(10);
            assert!(!scene.is_fast() && scene.is_true());
        }
        assert!(scene.world.desktop.borrow().opens <= 4);
    }
}

#[test]
fn a_screen_that_never_stands_still_or_is_black_proves_nothing() {
    let mut scene = Scene::new();
    for colour in 0..400_u32 {
        let colour = u8::try_from(colour % 200).unwrap();
        scene.world.desktop.borrow_mut().draw(Area::of(0, 0, 100, 70), colour);
        scene.look();
        assert!(!scene.is_fast() && scene.is_true());
    }
    let mut scene = Scene::new();
    scene.world.desktop.borrow_mut().pixels.fill(0);
    scene.looks(900);
    assert!(!scene.is_fast());
}

#[test]
fn what_lies_later_is_found_out_and_done_with() {
    for lie in [Lie::Stale, Lie::Black, Lie::Pointer] {
        let mut scene = Scene::fast();
        scene.lie(lie);
        scene.world.desktop.borrow_mut().draw(Area::of(0, 0, 40, 40), 0x99);
        scene.look();
        assert!(!scene.is_true(), "a driver that lies is believed at first");
        let mut looks = 0;
        while scene.is_fast() {
            scene.look();
            looks += 1;
            assert!(looks < 10 * 60, "in this small picture within ten seconds");
        }
        assert!(scene.is_true() && scene.world.distrusted);
        scene.looks(900);
        assert!(scene.is_true() && !scene.is_fast());
        assert_eq!(scene.world.desktop.borrow().opens, 1);
    }
}

#[test]
fn one_difference_alone_is_no_lie() {
    let mut scene = Scene::fast();
    scene.lie(Lie::Stale);
    scene.world.desktop.borrow_mut().draw(Area::of(0, 0, 40, 40), 0x99);
    while scene.sight.running.as_ref().is_some_and(|running| running.checks.doubts == 0) {
        scene.look();
    }
    scene.lie(Lie::None);
    scene.world.desktop.borrow_mut().draw(Area::of(0, 0, 100, 70), 0x77);
    scene.looks(900);
    assert!(scene.is_fast() && scene.is_true() && !scene.world.distrusted);
}

#[test]
fn one_that_sees_later_than_the_other_is_no_lie() {
    for (lie, late) in [(Lie::Late, 0), (Lie::None, 2)] {
        let mut scene = Scene::new();
        scene.lie(lie);
        scene.world.late = late;
        let mut began = 0;
        for look in 0..1200_u32 {
            // A caret that blinks, and something typed now and then; at the moment of trust too.
            if look.is_multiple_of(7) || !scene.is_fast() && look > 60 {
                let colour = if look.is_multiple_of(2) { 1 } else { 2 };
                scene.world.desktop.borrow_mut().draw(Area::of(3, 3, 2, 9), colour);
            }
            if look.is_multiple_of(41) {
                let left = i32::try_from(look).unwrap() % 90;
                scene.world.desktop.borrow_mut().draw(Area::of(left, 40, 9, 9), 3);
            }
            scene.look();
            began += u32::from(scene.is_fast());
            assert!(look < 200 || scene.is_fast());
            assert!(began != 1 || scene.is_true() || lie == Lie::Late, "all of it is shown at once");
        }
        scene.looks(1 + u32::try_from(LATE).unwrap());
        assert!(scene.is_true() && !scene.world.distrusted);
        assert_eq!(scene.sight.running.as_ref().map(|running| running.checks.doubts), Some(0));
    }
}

/// One change, whenever it comes while both are compared: the slower one has it later, and that is no difference.
#[test]
fn a_change_at_any_moment_of_the_trial_spoils_nothing() {
    for at in 55..80_u32 {
        for (lie, late) in [(Lie::None, 0), (Lie::Late, 0), (Lie::None, 2)] {
            let mut scene = Scene::new();
            scene.lie(lie);
            scene.world.late = late;
            scene.looks(at);
            scene.world.desktop.borrow_mut().draw(Area::of(3, 3, 9, 9), 1);
            scene.looks(110 - at);
            assert!(scene.is_fast() && scene.is_true(), "{lie:?} {late} {at}");
            assert_eq!(scene.world.desktop.borrow().opens, 1);
        }
    }
}

/// The same while some rows are compared.
#[test]
fn a_change_at_any_moment_of_a_check_spoils_nothing() {
    for (lie, late) in [(Lie::Late, 0), (Lie::None, 2)] {
        let mut scene = Scene::new();
        scene.lie(lie);
        scene.world.late = late;
        scene.looks(110);
        for look in 0..40_u32 {
            scene.looks(120 + look % 13);
            scene.world.desktop.borrow_mut().draw(Area::of(3, 3, 9, 9), u8::try_from(look).unwrap());
        }
        scene.looks(10);
        assert!(scene.is_fast() && scene.is_true() && !scene.world.distrusted);
        assert_eq!(scene.sight.running.as_ref().map(|running| running.checks.doubts), Some(0));
    }
}

#[test]
fn a_sentence_across_the_picture_comes_and_goes_without_a_trace() {
    let mut scene = Scene::fast();
    for noted in [true, false, true, true, false] {
        scene.world.noted = noted;
        scene.look();
        assert!(scene.is_true() && scene.is_fast());
        scene.world.desktop.borrow_mut().draw(Area::of(10, 55, 20, 12), 4 + u8::from(noted));
        scene.look();
        assert!(scene.is_true() && scene.is_fast());
    }
}

#[test]
fn gdis_refusal_is_told_as_ever() {
    let mut scene = Scene::new();
    scene.world.refuses = true;
    assert_eq!(scene.sight.look(scene.now, false, &mut scene.world), Err(()));
}
