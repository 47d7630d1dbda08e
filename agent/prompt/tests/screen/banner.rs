//! The banner: it stays where a person sees it, beats only then, and ends by a person's hand.

use aval_protocol::prompt::{BannerUpdate, FromBanner, ToBanner};
use aval_protocol::wire::handover::Mask;
use aval_protocol::wire::session::Capabilities;

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, WindowClass};
use x11rb::rust_connection::RustConnection;

use super::desk::Desk;
use super::shared::{Prompt, both, pause, wait_until};
use super::show;

type Shown = Prompt<FromBanner>;

fn start(desk: &Desk) -> (Shown, String, [i32; 4]) {
    let prompt: Shown = desk.start("banner", &ToBanner::Show(show()));
    assert_eq!(prompt.next(), FromBanner::Up);
    assert_eq!(prompt.next(), FromBanner::Alive);
    let (id, rect) = desk.window();
    (prompt, id, rect)
}

/// What it said so far apart from its beat, and whether it beat.
fn lately(prompt: &Shown) -> (Vec<FromBanner>, bool) {
    let heard: Vec<_> = std::iter::from_fn(|| prompt.heard()).collect();
    let beat = heard.contains(&FromBanner::Alive);
    (heard.into_iter().filter(|&m| m != FromBanner::Alive).collect(), beat)
}

fn next_end(prompt: &Shown) -> FromBanner {
    loop {
        match prompt.next() {
            FromBanner::Alive => {}
            other => return other,
        }
    }
}

#[test]
fn a_person_ends_by_button_and_by_hotkey_and_a_program_cannot() {
    for desk in [Desk::new(), Desk::without_manager()] {
        let (mut prompt, _, [x, y, w, h]) = start(&desk);
        let (x, y) = ((x + w - 70).to_string(), (y + h / 2).to_string());
        desk.program(&["mousemove", &x, &y, "click", "1"]);
        desk.program(&["key", "ctrl+shift+F12"]);
        pause(600);
        assert_eq!(lately(&prompt).0, [], "a program ended the session in the person's name");
        desk.person(&["mousemove", "5", "760", "mousemove", &x, &y, "click", "1"]);
        assert!(matches!(next_end(&prompt), FromBanner::End { at_ms: 1.. }));
        desk.person(&["mousemove", "5", "700", "key", "ctrl+shift+F12"]);
        assert!(matches!(next_end(&prompt), FromBanner::End { at_ms: 1.. }));
        prompt.close();
        assert_eq!(prompt.exit(), Some(0));
    }
}

#[test]
fn a_person_takes_hands_back_by_button_and_by_hotkey_and_a_program_cannot() {
    for desk in [Desk::new(), Desk::without_manager()] {
        let (mut prompt, _, [x, y, w, h]) = start(&desk);
        let (button, y) = ((x + w - 250).to_string(), (y + h / 2).to_string());
        desk.program(&["mousemove", &button, &y, "click", "1"]);
        desk.program(&["key", "ctrl+shift+F10"]);
        pause(600);
        assert_eq!(lately(&prompt).0, [], "a program took hands back in the person's name");
        desk.person(&["mousemove", "5", "760", "mousemove", &button, &y, "click", "1"]);
        assert!(matches!(next_end(&prompt), FromBanner::TakeBack { at_ms: 1.. }));
        desk.person(&["mousemove", "5", "700", "key", "ctrl+shift+F10"]);
        assert!(matches!(next_end(&prompt), FromBanner::TakeBack { at_ms: 1.. }));
        // Without hands to take back there is no such button.
        let view =
            BannerUpdate { remaining_s: 60, capabilities: Capabilities::VIEW, notice: None, mask: Mask::Off };
        prompt.send(&ToBanner::Update(view));
        pause(600);
        desk.person(&["mousemove", "5", "760", "mousemove", &button, &y, "click", "1"]);
        pause(600);
        assert!(!lately(&prompt).0.iter().any(|m| matches!(m, FromBanner::TakeBack { .. })));
    }
}

#[test]
fn hidden_moved_or_covered_it_comes_back() {
    let desk = Desk::new();
    let (prompt, id, rect) = start(&desk);
    desk.program(&["windowunmap", &id]);
    wait_until("the banner's return", || desk.tool("xwininfo", &["-id", &id]).contains("IsViewable"));
    desk.program(&["windowmove", &id, "300", "5000"]);
    wait_until("the banner's way back", || desk.window().1 == rect);
    let _cover = cover(desk.display());
    wait_until("the banner over the cover", || on_top(&desk, &id));
    lately(&prompt);
    wait_until("its beat", || lately(&prompt).1);
}

/// A window over everything that no window manager touches.
fn cover(display: &str) -> RustConnection {
    let (conn, screen) = x11rb::connect(Some(display)).unwrap();
    let root = conn.setup().roots[screen].root;
    let window = conn.generate_id().unwrap();
    let look = CreateWindowAux::new().override_redirect(1).background_pixel(0x00_ff_00);
    let class = WindowClass::INPUT_OUTPUT;
    conn.create_window(0, window, root, 0, 0, 1024, 768, 0, class, 0, &look).unwrap();
    conn.map_window(window).unwrap().check().unwrap();
    conn
}

/// Whether the topmost window is this one.
fn on_top(desk: &Desk, id: &str) -> bool {
    let (conn, screen) = x11rb::connect(Some(desk.display())).unwrap();
    let stack = conn.query_tree(conn.setup().roots[screen].root).unwrap().reply().unwrap().children;
    stack.last().is_some_and(|top| top.to_string() == id)
}

#[test]
fn a_banner_that_is_gone_does_not_beat() {
    let desk = Desk::new();
    let (mut prompt, id, _) = start(&desk);
    desk.tool("xkill", &["-id", &id]);
    assert_ne!(prompt.exit(), Some(0), "the program outlived its window");
}

#[test]
fn updates_show_and_nonsense_ends_it() {
    let desk = Desk::new();
    let (mut prompt, ..) = start(&desk);
    prompt.send(&ToBanner::Update(BannerUpdate {
        remaining_s: 5,
        capabilities: both(),
        notice: None,
        mask: Mask::Off,
    }));
    pause(500);
    assert!(lately(&prompt).1);
    prompt.send(&ToBanner::Show(show()));
    assert_eq!(prompt.exit(), Some(1));
}

#[test]
fn clause_8_2_a_person_masks_and_shows_by_keyboard_and_a_program_cannot() {
    let desk = Desk::new();
    let (mut prompt, _, _) = start(&desk);
    desk.program(&["key", "ctrl+shift+F11"]);
    pause(600);
    assert_eq!(lately(&prompt).0, [], "a program masked the screen in the person's name");
    desk.person(&["key", "ctrl+shift+F11"]);
    assert_eq!(next_end(&prompt), FromBanner::Mask { on: true });
    let masked = BannerUpdate { remaining_s: 600, capabilities: both(), notice: None, mask: Mask::ByHand };
    prompt.send(&ToBanner::Update(masked));
    pause(300);
    desk.program(&["key", "ctrl+shift+F11"]);
    pause(600);
    assert_eq!(lately(&prompt).0, [], "a program showed the screen again");
    desk.person(&["key", "ctrl+shift+F11"]);
    assert_eq!(next_end(&prompt), FromBanner::Mask { on: false });
}
