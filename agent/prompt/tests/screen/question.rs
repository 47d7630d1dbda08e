//! The consent window: only a person's own mouse and keyboard, only after reading time, and everything else is a no.

use aval_protocol::prompt::{Answer, Ask, Extending, NoReason};
use aval_protocol::wire::session::Capabilities;

use super::ask;
use super::desk::Desk;
use super::shared::{Prompt, both, pause, wait_until};

/// Longer than the time a question must be read: what is tried after it is tried on a button that would work.
const READ: u64 = 4000;
const ACCEPT: [i32; 2] = [238, -44];
const REFUSE: [i32; 2] = [80, -44];

/// Presses a key until the answer comes: presses before the button is ready do nothing.
fn insist(desk: &Desk, prompt: &Prompt<Answer>, key: &str) -> Answer {
    let mut answer = None;
    wait_until("an answer", || {
        answer = prompt.heard();
        if answer.is_none() {
            desk.person(&["key", key]);
            pause(600);
        }
        answer.is_some()
    });
    answer.unwrap()
}

/// A point of the window counted from its lower left corner.
fn at([x, y]: [i32; 2], [left, top, _, height]: [i32; 4]) -> [String; 2] {
    [(left + x).to_string(), (top + height + y).to_string()]
}

#[test]
fn a_persons_click_accepts_what_is_ticked() {
    let desk = Desk::new();
    let mut prompt = desk.start::<_, Answer>("ask", &ask());
    let (_, rect) = desk.window();
    let [x, y] = at(ACCEPT, rect);
    desk.person(&["mousemove", &x, &y, "click", "1"]);
    pause(500);
    assert_eq!(prompt.heard(), None, "accepted before it could be read");
    pause(READ);
    desk.person(&["click", "1"]);
    let answer: Answer = prompt.next();
    assert!(
        matches!(answer, Answer::Yes { capabilities: Capabilities::VIEW, shown_ms: 3000.. }),
        "{answer:?}"
    );
    assert_eq!(prompt.exit(), Some(0));
}

/// Support closed: whether what was granted goes on.
fn go_on() -> Ask {
    let extending =
        Some(Extending { closed_at: 18 * 60, until: 18 * 60 + 30, unanswered_until: 18 * 60 + 5 });
    Ask { ttl_s: 120, extending, ..ask() }
}

#[test]
fn clause_4_3_going_on_after_closing_takes_the_persons_own_hand() {
    let desk = Desk::new();
    let prompt = desk.start("ask", &go_on());
    desk.window();
    pause(1000);
    // What was granted is ticked: one button on from "Non, terminer".
    desk.person(&["key", "Tab"]);
    let answer = insist(&desk, &prompt, "Return");
    assert!(
        matches!(answer, Answer::Yes { capabilities, shown_ms: 3000.. } if capabilities == both()),
        "{answer:?}"
    );

    let desk = Desk::new();
    let prompt = desk.start::<_, Answer>("ask", &go_on());
    let (_, rect) = desk.window();
    pause(READ);
    let [x, y] = at(ACCEPT, rect);
    desk.program(&["mousemove", &x, &y, "click", "1"]);
    pause(1000);
    assert_eq!(prompt.heard(), None, "a program agreed");
    desk.person(&["key", "Escape"]);
    assert_eq!(prompt.next(), Answer::No(NoReason::Refused));
}

/// In a session that may only be looked at: whether mouse and keyboard may too.
fn more() -> Ask {
    Ask { widening: Some(Capabilities::VIEW), reference: "Réglage de l’imprimante".into(), ..ask() }
}

#[test]
fn more_is_given_by_the_persons_own_hand_only() {
    let desk = Desk::new();
    let prompt = desk.start::<_, Answer>("ask", &more());
    let (_, rect) = desk.window();
    pause(READ);
    let [x, y] = at(ACCEPT, rect);
    desk.program(&["mousemove", &x, &y, "click", "1"]);
    for key in ["Tab", "Return", "space"] {
        desk.program(&["key", key]);
        pause(200);
    }
    pause(500);
    assert_eq!(prompt.heard(), None, "a program gave itself more");
    desk.person(&["key", "Escape"]);
    assert_eq!(prompt.next(), Answer::No(NoReason::Refused));

    let prompt = desk.start("ask", &more());
    desk.window();
    pause(1000);
    // What is asked for is ticked: one button on from "Refuser".
    desk.person(&["key", "Tab"]);
    let answer = insist(&desk, &prompt, "Return");
    assert!(
        matches!(answer, Answer::Yes { capabilities, shown_ms: 3000.. } if capabilities == both()),
        "{answer:?}"
    );
}

#[test]
fn a_persons_keyboard_ticks_and_accepts_with_and_without_a_window_manager() {
    for desk in [Desk::new(), Desk::without_manager()] {
        let prompt = desk.start("ask", &ask());
        desk.window();
        pause(1000);
        // From "Refuser" back to the box for control, and on to "Accepter".
        desk.person(&["key", "shift+Tab"]);
        desk.person(&["key", "space"]);
        desk.person(&["key", "Tab"]);
        desk.person(&["key", "Tab"]);
        let answer = insist(&desk, &prompt, "Return");
        assert!(
            matches!(answer, Answer::Yes { capabilities, shown_ms: 3000.. } if capabilities == both()),
            "{answer:?}"
        );
    }
}

#[test]
fn a_program_cannot_answer_and_the_person_still_can() {
    let desk = Desk::new();
    let prompt = desk.start("ask", &ask());
    let (_, rect) = desk.window();
    pause(READ);
    let [x, y] = at(ACCEPT, rect);
    desk.program(&["mousemove", &x, &y, "click", "1"]);
    pause(700);
    for key in ["Tab", "space", "Return", "Escape"] {
        desk.program(&["key", key]);
        pause(200);
    }
    let [x, y] = at(REFUSE, rect);
    desk.program(&["mousemove", &x, &y, "click", "1"]);
    pause(500);
    assert_eq!(prompt.heard(), None, "a program answered");
    // The pointer lies where the program left it; a person's press now only counts after reading time again.
    let [x, y] = at(ACCEPT, rect);
    desk.person(&["mousemove", &x, &y, "click", "1"]);
    pause(300);
    assert_eq!(prompt.heard(), None, "accepted right after a program was at work");
    let answer = insist(&desk, &prompt, "space");
    assert!(matches!(answer, Answer::Yes { capabilities: Capabilities::VIEW, .. }), "{answer:?}");
}

#[test]
fn escape_refusing_closing_silence_and_withdrawal_are_a_no() {
    let desk = Desk::new();
    let no = |reason| Answer::No(reason);

    for key in ["Escape", "Return", "space", "alt+F4"] {
        let prompt = desk.start("ask", &ask());
        desk.window();
        assert_eq!(insist(&desk, &prompt, key), no(NoReason::Refused), "{key}");
    }
    let mut short = ask();
    short.ttl_s = 2;
    assert_eq!(desk.start::<_, Answer>("ask", &short).next(), no(NoReason::TimedOut));

    let mut prompt = desk.start::<_, Answer>("ask", &ask());
    desk.window();
    prompt.close();
    assert_eq!(prompt.next(), no(NoReason::Withdrawn));

    let mut prompt = desk.start::<_, Answer>("ask", &ask());
    desk.window();
    prompt.send(&ask());
    assert_eq!(prompt.next(), no(NoReason::PromptLost));

    let mut unknown = ask();
    unknown.capabilities = Capabilities::from_bits(0b101);
    assert_eq!(desk.start::<_, Answer>("ask", &unknown).next(), no(NoReason::PromptLost));
}

#[test]
fn without_a_view_there_is_nothing_to_accept() {
    let desk = Desk::new();
    let mut prompt = desk.start::<_, Answer>("ask", &ask());
    let (_, rect) = desk.window();
    pause(READ);
    // Shift+Tab twice from "Refuser": the box for view. Unticked, nothing is left.
    for key in ["shift+Tab", "shift+Tab", "space"] {
        desk.person(&["key", key]);
        pause(200);
    }
    let [x, y] = at(ACCEPT, rect);
    desk.person(&["mousemove", &x, &y, "click", "1"]);
    pause(500);
    assert_eq!(prompt.heard(), None);
    prompt.close();
    assert_eq!(prompt.next(), Answer::No(NoReason::Withdrawn));
}

#[test]
fn no_display_is_a_no_with_an_error() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_aval-agent-prompt"));
    command.arg("ask").env_remove("DISPLAY").env("WAYLAND_DISPLAY", "wayland-77");
    let mut prompt = Prompt::<Answer>::start(command, &ask());
    assert_eq!(prompt.next(), Answer::No(NoReason::PromptLost));
    assert_eq!(prompt.exit(), Some(1));
}
