//! The banner: it stays where a person sees it, beats only then, and ends by a person's hand.

use aval_protocol::prompt::{BannerUpdate, FromBanner, ToBanner};
use aval_protocol::wire::handover::Mask;
use aval_protocol::wire::session::Capabilities;

use super::desk::Desk;
use super::shared::{Prompt, both, pause, wait_until};
use super::show;

/// The controls' numbers in `src/windows/banner.rs`.
const HEADLINE: u16 = 100;
const MASK: u16 = 102;
const TAKE_BACK: u16 = 103;
const END: u16 = 104;
/// Ctrl, Shift and F10, F11, F12, as virtual keys.
const INJECTED: [[&str; 4]; 3] =
    [["keys", "a2", "a0", "79"], ["keys", "a2", "a0", "7a"], ["keys", "a2", "a0", "7b"]];

type Shown = Prompt<FromBanner>;

fn start(desk: &Desk) -> Shown {
    let prompt: Shown = desk.start("banner", &ToBanner::Show(show()));
    assert_eq!(prompt.next(), FromBanner::Up);
    assert_eq!(prompt.next(), FromBanner::Alive);
    prompt
}

/// What it said so far apart from its beat, and whether it beat.
fn lately(prompt: &Shown) -> (Vec<FromBanner>, bool) {
    let heard: Vec<_> = std::iter::from_fn(|| prompt.heard()).collect();
    let beat = heard.contains(&FromBanner::Alive);
    (heard.into_iter().filter(|&m| m != FromBanner::Alive).collect(), beat)
}

fn next_word(prompt: &Shown) -> FromBanner {
    loop {
        match prompt.next() {
            FromBanner::Alive => {}
            other => return other,
        }
    }
}

fn update(capabilities: Capabilities, mask: Mask) -> ToBanner {
    ToBanner::Update(BannerUpdate { remaining_s: 60, capabilities, notice: None, mask })
}

#[test]
fn a_persons_buttons_and_hotkeys_are_told_and_a_programs_are_not() {
    let desk = Desk::new();
    let mut prompt = start(&desk);
    for button in [END, TAKE_BACK, MASK] {
        desk.program_clicks(button);
        desk.hand(&["press", &button.to_string()]);
    }
    for keys in INJECTED {
        desk.hand(&keys);
    }
    pause(600);
    assert_eq!(lately(&prompt).0, [], "a program spoke in the person's name");
    desk.person_clicks(END);
    assert!(matches!(next_word(&prompt), FromBanner::End { at_ms: 1.. }));
    desk.person_clicks(TAKE_BACK);
    assert!(matches!(next_word(&prompt), FromBanner::TakeBack { at_ms: 1.. }));
    desk.person_clicks(MASK);
    assert_eq!(next_word(&prompt), FromBanner::Mask { on: true });
    pause(600);
    lately(&prompt);
    desk.person(&["key", "ctrl+shift+F12"]);
    assert!(matches!(next_word(&prompt), FromBanner::End { at_ms: 1.. }));
    desk.person(&["key", "ctrl+shift+F10"]);
    assert!(matches!(next_word(&prompt), FromBanner::TakeBack { at_ms: 1.. }));
    desk.person(&["key", "ctrl+shift+F11"]);
    assert_eq!(next_word(&prompt), FromBanner::Mask { on: true });
    pause(600);
    assert_eq!(lately(&prompt).0, [], "one press, one word");
    prompt.close();
    assert_eq!(prompt.exit(), Some(0));
}

#[test]
fn a_persons_end_is_told_though_another_program_holds_their_click_up() {
    let desk = Desk::new();
    let mut slow = desk.dawdles();
    let prompt = start(&desk);
    desk.person_clicks(END);
    wait_until("the end", || lately(&prompt).0.iter().any(|word| matches!(word, FromBanner::End { .. })));
    desk.person_clicks(MASK);
    wait_until("the mask", || lately(&prompt).0.contains(&FromBanner::Mask { on: true }));
    slow.kill().unwrap();
    slow.wait().unwrap();
}

#[test]
fn clause_8_2_a_program_cannot_show_the_screen_again() {
    let desk = Desk::new();
    let mut prompt = start(&desk);
    prompt.send(&update(both(), Mask::ByHand));
    wait_until("the mask", || desk.text(HEADLINE).starts_with("Écran masqué"));
    assert_eq!(desk.text(MASK), "Montrer mon écran\nCtrl\u{a0}+\u{a0}Maj\u{a0}+\u{a0}F11");
    desk.program_clicks(MASK);
    desk.hand(&INJECTED[1]);
    pause(700);
    assert_eq!(lately(&prompt).0, [], "a program showed the screen again");
    desk.person_clicks(MASK);
    assert_eq!(next_word(&prompt), FromBanner::Mask { on: false });
}

#[test]
fn hidden_moved_covered_or_closed_it_comes_back() {
    let desk = Desk::new();
    let prompt = start(&desk);
    let place = desk.place(0);
    assert_eq!((place[0], place[1], place[2]), (0, 0, 1024));
    for attack in [&["hide"][..], &["away"], &["close"], &["cover", "1500"]] {
        desk.hand(attack);
        wait_until("its return", || desk.place(0) == place);
        lately(&prompt);
        wait_until("its beat", || lately(&prompt).1);
    }
}

#[test]
fn updates_show_and_nonsense_ends_it() {
    let desk = Desk::new();
    let mut prompt = start(&desk);
    assert!(desk.text(HEADLINE).contains("contrôle votre PC"));
    prompt.send(&update(Capabilities::VIEW, Mask::Off));
    wait_until("the news", || desk.text(HEADLINE) == "Sophie & Martin voit votre écran");
    prompt.send(&ToBanner::Show(show()));
    assert_eq!(prompt.exit(), Some(1));
}
