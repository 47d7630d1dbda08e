//! The consent window: only a person's own mouse and keyboard, only after reading time, and everything else is a no.

use aval_protocol::prompt::{Answer, Ask, NoReason};
use aval_protocol::wire::session::Capabilities;

use super::ask;
use super::desk::Desk;
use super::shared::{Prompt, both, pause, wait_until};

/// The controls' numbers in `src/windows`.
const HEADLINE: u16 = 100;
const CODE: u16 = 106;
const VIEW: u16 = 109;
const CONTROL: u16 = 110;
const ACCEPT: u16 = 112;
const LANGUAGE: u16 = 3;
const REFUSE: u16 = 2;

const REFUSED: Answer = Answer::No(NoReason::Refused);

fn start(desk: &Desk, ask: &Ask) -> Prompt<Answer> {
    let prompt = desk.start("ask", ask);
    desk.place(ACCEPT);
    prompt
}

/// Until a yes would count.
fn armed(desk: &Desk) {
    wait_until("the button's readiness", || {
        desk.state(ACCEPT).contains("enabled") && desk.text(ACCEPT) == "Accepter"
    });
}

#[test]
fn a_persons_click_accepts_what_is_ticked_and_not_before_it_could_be_read() {
    let desk = Desk::new();
    let mut prompt = start(&desk, &ask());
    desk.person_clicks(ACCEPT);
    pause(300);
    assert_eq!(prompt.heard(), None, "accepted before it could be read");
    armed(&desk);
    desk.person_clicks(ACCEPT);
    let answer = prompt.next();
    assert!(
        matches!(answer, Answer::Yes { capabilities: Capabilities::VIEW, shown_ms: 3000.. }),
        "{answer:?}"
    );
    assert_eq!(prompt.exit(), Some(0));
}

#[test]
fn a_persons_keyboard_ticks_and_accepts() {
    let desk = Desk::new();
    let prompt = start(&desk, &ask());
    assert_eq!(desk.state(REFUSE), "Button enabled focused unchecked");
    assert_eq!(desk.state(VIEW), "Button enabled unfocused checked");
    armed(&desk);
    // From "Refuser" back to the box for control, and on to "Accepter". No letter is a shortcut.
    for key in ["a", "shift+Tab", "space", "Tab", "Tab"] {
        desk.person(&["key", key]);
        pause(200);
    }
    assert_eq!(prompt.heard(), None);
    assert_eq!(desk.state(CONTROL), "Button enabled unfocused checked");
    assert_eq!(desk.state(ACCEPT), "Button enabled focused unchecked");
    desk.person(&["key", "Return"]);
    let answer = prompt.next();
    assert!(matches!(answer, Answer::Yes { capabilities, .. } if capabilities == both()), "{answer:?}");
}

#[test]
fn a_program_cannot_answer_and_the_person_still_can() {
    let desk = Desk::new();
    let prompt = start(&desk, &ask());
    armed(&desk);
    desk.program_clicks(ACCEPT);
    for keys in [&["keys", "09"][..], &["keys", "20"], &["keys", "0d"], &["keys", "1b"]] {
        desk.hand(keys);
    }
    desk.program_clicks(REFUSE);
    desk.program_clicks(CONTROL);
    pause(500);
    assert_eq!(prompt.heard(), None, "a program's input answered");
    assert!(desk.state(CONTROL).ends_with("unchecked"), "a program's input ticked");
    armed(&desk);
    desk.hand(&["press", &ACCEPT.to_string()]);
    pause(500);
    assert_eq!(prompt.heard(), None, "a program's message answered");
    armed(&desk);
    desk.person_clicks(ACCEPT);
    let answer = prompt.next();
    assert!(matches!(answer, Answer::Yes { capabilities: Capabilities::VIEW, .. }), "{answer:?}");
}

#[test]
fn escape_refusing_closing_silence_and_withdrawal_are_a_no() {
    let desk = Desk::new();
    for key in ["Escape", "Return", "space", "alt+F4"] {
        let prompt = start(&desk, &ask());
        pause(1000);
        desk.person(&["key", key]);
        assert_eq!(prompt.next(), REFUSED, "{key}");
    }
    let prompt = start(&desk, &ask());
    pause(1000);
    desk.person_clicks(REFUSE);
    assert_eq!(prompt.next(), REFUSED);
    let prompt = start(&desk, &ask());
    desk.hand(&["close"]);
    assert_eq!(prompt.next(), REFUSED);

    let short = Ask { ttl_s: 2, ..ask() };
    assert_eq!(desk.start::<_, Answer>("ask", &short).next(), Answer::No(NoReason::TimedOut));
    let mut prompt = start(&desk, &ask());
    prompt.close();
    assert_eq!(prompt.next(), Answer::No(NoReason::Withdrawn));
    let mut prompt = start(&desk, &ask());
    prompt.send(&ask());
    assert_eq!(prompt.next(), Answer::No(NoReason::PromptLost));
    let unknown = Ask { capabilities: Capabilities::from_bits(0b101), ..ask() };
    assert_eq!(desk.start::<_, Answer>("ask", &unknown).next(), Answer::No(NoReason::PromptLost));
}

#[test]
fn a_question_that_is_covered_is_not_read_and_comes_back() {
    let desk = Desk::new();
    let prompt = start(&desk, &ask());
    armed(&desk);
    desk.hand(&["hide"]);
    wait_until("its return", || desk.place(0)[3] > 0);
    desk.person_clicks(ACCEPT);
    pause(300);
    assert_eq!(prompt.heard(), None, "accepted what was hidden a moment ago");
    armed(&desk);
    desk.person(&["key", "Escape"]);
    assert_eq!(prompt.next(), REFUSED);
}

#[test]
fn without_a_view_there_is_nothing_to_accept_and_it_is_said_in_two_languages() {
    let desk = Desk::new();
    let prompt = start(&desk, &ask());
    assert_eq!(desk.text(HEADLINE), "Sophie & Martin demande l’accès à votre ordinateur");
    assert_eq!(desk.text(CODE), "1 2 3   4 5 6");
    armed(&desk);
    desk.person_clicks(VIEW);
    wait_until("the button's end", || desk.state(ACCEPT).contains("disabled"));
    desk.person_clicks(LANGUAGE);
    wait_until("English", || desk.text(HEADLINE) == "Sophie & Martin asks for access to your computer");
    assert_eq!(desk.text(REFUSE), "Refuse");
    drop(prompt);
}
