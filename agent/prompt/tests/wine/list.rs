//! The window for a version of the equipment list (clause 2.2): a person's own hand approves, once all of it could be read; nothing else does.

use aval_protocol::prompt::NoReason;
use aval_protocol::prompt::list::{AskList, ListAnswer};

use super::desk::Desk;
use super::shared::{Prompt, ask_list, pause, wait_until};

/// The controls' numbers in `src/windows/list.rs`.
const CHANGES: u16 = 102;
const STAYS: u16 = 105;
const APPROVE: u16 = 106;
const REFUSE: u16 = 2;

const REFUSED: ListAnswer = ListAnswer::No(NoReason::Refused);

fn asked(desk: &Desk, ask: &AskList) -> Prompt<ListAnswer> {
    let prompt = desk.start("list", ask);
    wait_until("the changes", || desk.state(CHANGES).starts_with("Edit enabled focused"));
    // The keyboard follows the focus a little later.
    pause(1000);
    prompt
}

/// Until a yes would count.
fn armed(desk: &Desk) {
    wait_until("the button's readiness", || {
        desk.state(APPROVE).contains("enabled") && desk.text(APPROVE) == "Approuver"
    });
}

#[test]
fn clause_2_2_only_the_person_approves() {
    let desk = Desk::new();
    let mut prompt = asked(&desk, &ask_list(2));
    assert!(desk.text(CHANGES).contains("ACCUEIL-2"));
    armed(&desk);
    desk.program_clicks(APPROVE);
    desk.hand(&["keys", "09"]);
    desk.hand(&["keys", "0d"]);
    pause(500);
    assert_eq!(prompt.heard(), None, "a program's input answered");
    armed(&desk);
    desk.hand(&["press", &APPROVE.to_string()]);
    pause(500);
    assert_eq!(prompt.heard(), None, "a program's message answered");
    armed(&desk);
    desk.person_clicks(APPROVE);
    assert!(matches!(prompt.next(), ListAnswer::Yes { shown_ms: 3000.. }));
    assert_eq!(prompt.exit(), Some(0));
}

#[test]
fn clause_2_2_only_what_could_be_read_is_approved() {
    let desk = Desk::new();
    let prompt = asked(&desk, &ask_list(60));
    pause(4000);
    assert!(desk.text(STAYS).contains("dernier changement"), "{}", desk.text(STAYS));
    assert!(desk.state(APPROVE).contains("disabled"));
    desk.person_clicks(APPROVE);
    // No letter is a shortcut.
    desk.person(&["key", "a"]);
    pause(500);
    assert_eq!(prompt.heard(), None, "approved unread");
    for _ in 0..24 {
        desk.person(&["key", "Next"]);
    }
    armed(&desk);
    for key in ["Tab", "Tab"] {
        desk.person(&["key", key]);
        pause(200);
    }
    assert!(desk.state(APPROVE).contains(" focused"), "{}", desk.state(APPROVE));
    desk.person(&["key", "Return"]);
    assert!(matches!(prompt.next(), ListAnswer::Yes { .. }));
}

#[test]
fn refusing_closing_silence_and_a_question_taken_back_approve_nothing() {
    let desk = Desk::new();
    for key in ["Return", "Escape", "alt+F4"] {
        let prompt = asked(&desk, &ask_list(2));
        desk.person(&["key", key]);
        assert_eq!(prompt.next(), REFUSED, "{key}");
    }
    let prompt = asked(&desk, &ask_list(2));
    desk.person_clicks(REFUSE);
    assert_eq!(prompt.next(), REFUSED);

    let mut prompt = asked(&desk, &ask_list(2));
    prompt.close();
    assert_eq!(prompt.next(), ListAnswer::No(NoReason::Withdrawn));

    let prompt: Prompt<ListAnswer> = desk.start("list", &AskList { ttl_s: 3, ..ask_list(2) });
    assert_eq!(prompt.next(), ListAnswer::No(NoReason::TimedOut));

    let mut prompt: Prompt<ListAnswer> = desk.start("list", &AskList { changes: Vec::new(), ..ask_list(2) });
    assert_eq!(prompt.next(), ListAnswer::No(NoReason::PromptLost));
    assert_ne!(prompt.exit(), Some(0));
}
