//! The window for a password: what is typed comes out sealed, by the person's own hand, or not at all.

use aval_protocol::prompt::NoReason;
use aval_protocol::prompt::secret::{AskSecret, SecretAnswer};
use aval_protocol::wire::handover::HandoverKind;

use super::desk::Desk;
use super::shared::{Prompt, ask_secret, key, pause};

fn asked(desk: &Desk, ask: &AskSecret) -> Prompt<SecretAnswer> {
    let prompt = desk.start("secret", ask);
    desk.window();
    pause(2000);
    prompt
}

#[test]
fn clause_8_2_what_a_person_types_comes_out_sealed_to_whoever_asked() {
    for desk in [Desk::new(), Desk::without_manager()] {
        let mut prompt = asked(&desk, &ask_secret());
        desk.person(&["type", "--delay", "40", "leroy"]);
        desk.person(&["key", "Tab"]);
        // Return in a field hands nothing over.
        desk.person(&["type", "--delay", "40", "Sesame-2026"]);
        desk.person(&["key", "Return"]);
        desk.person(&["key", "Tab", "Tab", "Tab"]);
        desk.program(&["key", "Return"]);
        pause(1000);
        assert_eq!(prompt.heard(), None, "a program handed it over");
        desk.person(&["key", "Return"]);
        let SecretAnswer::Given { sealed, count: 2 } = prompt.next() else { panic!("not given") };
        let secret = key().open(&sealed).unwrap();
        assert_eq!((&**secret.identifier, &**secret.password), ("leroy", "Sesame-2026"));
        assert_eq!(prompt.exit(), Some(0));
    }
}

#[test]
fn escape_closing_silence_and_a_question_taken_back_are_a_no() {
    let desk = Desk::new();
    let prompt = asked(&desk, &ask_secret());
    desk.person(&["type", "--delay", "40", "x"]);
    desk.person(&["key", "Escape"]);
    assert_eq!(prompt.next(), SecretAnswer::No(NoReason::Refused));

    let mut prompt = asked(&desk, &ask_secret());
    prompt.close();
    assert_eq!(prompt.next(), SecretAnswer::No(NoReason::Withdrawn));

    let prompt = asked(&desk, &AskSecret { ttl_s: 3, ..ask_secret() });
    assert_eq!(prompt.next(), SecretAnswer::No(NoReason::TimedOut));

    let mut prompt: Prompt<SecretAnswer> =
        desk.start("secret", &AskSecret { kind: HandoverKind::Masked, ..ask_secret() });
    assert_eq!(prompt.next(), SecretAnswer::No(NoReason::PromptLost));
    assert_ne!(prompt.exit(), Some(0));
}

#[test]
fn no_password_is_no_answer() {
    let desk = Desk::new();
    let prompt = asked(&desk, &ask_secret());
    desk.person(&["type", "--delay", "40", "leroy"]);
    desk.person(&["key", "Tab", "Tab", "Tab", "Tab", "Return"]);
    pause(1000);
    assert_eq!(prompt.heard(), None, "an empty password was handed over");
    desk.person(&["key", "Escape"]);
    assert_eq!(prompt.next(), SecretAnswer::No(NoReason::Refused));
}
