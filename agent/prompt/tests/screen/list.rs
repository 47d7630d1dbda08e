//! The window for a version of the equipment list (clause 2.2): a person's own hand approves, once all of it could be read; nothing else does.

use aval_protocol::prompt::NoReason;
use aval_protocol::prompt::list::{AskList, ListAnswer};

use super::desk::Desk;
use super::shared::{Prompt, ask_list, pause};

fn asked(desk: &Desk, ask: &AskList) -> Prompt<ListAnswer> {
    let prompt = desk.start("list", ask);
    desk.window();
    pause(4000);
    prompt
}

#[test]
fn clause_2_2_only_the_person_approves_and_only_what_could_be_read() {
    for desk in [Desk::new(), Desk::without_manager()] {
        let mut prompt = asked(&desk, &ask_list(2));
        desk.person(&["key", "Tab"]);
        desk.program(&["key", "Return"]);
        pause(4000);
        assert_eq!(prompt.heard(), None, "a program approved it");
        desk.person(&["key", "Return"]);
        assert!(matches!(prompt.next(), ListAnswer::Yes { shown_ms: 3000.. }));
        assert_eq!(prompt.exit(), Some(0));

        // Sixty changes: not before the last one was on the screen.
        let prompt = asked(&desk, &ask_list(60));
        desk.person(&["key", "Tab"]);
        desk.person(&["key", "Return"]);
        pause(1000);
        assert_eq!(prompt.heard(), None, "approved unread");
        for _ in 0..24 {
            desk.person(&["key", "Next"]);
        }
        pause(1000);
        desk.person(&["key", "Return"]);
        assert!(matches!(prompt.next(), ListAnswer::Yes { .. }));
    }
}

#[test]
fn refusing_closing_silence_and_a_question_taken_back_approve_nothing() {
    let desk = Desk::new();
    let prompt = asked(&desk, &ask_list(2));
    // The refusal has the focus.
    desk.person(&["key", "Return"]);
    assert_eq!(prompt.next(), ListAnswer::No(NoReason::Refused));

    let prompt = asked(&desk, &ask_list(2));
    desk.person(&["key", "Escape"]);
    assert_eq!(prompt.next(), ListAnswer::No(NoReason::Refused));

    let mut prompt = asked(&desk, &ask_list(2));
    prompt.close();
    assert_eq!(prompt.next(), ListAnswer::No(NoReason::Withdrawn));

    let prompt = asked(&desk, &AskList { ttl_s: 3, ..ask_list(2) });
    assert_eq!(prompt.next(), ListAnswer::No(NoReason::TimedOut));

    let mut prompt: Prompt<ListAnswer> = desk.start("list", &AskList { changes: Vec::new(), ..ask_list(2) });
    assert_eq!(prompt.next(), ListAnswer::No(NoReason::PromptLost));
    assert_ne!(prompt.exit(), Some(0));
}
