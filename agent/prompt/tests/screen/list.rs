//! The window for a version of the equipment list (clause 2.2): a person's own hand approves, once all of it could be read; nothing else does.

use aval_protocol::id::ContractId;
use aval_protocol::prompt::NoReason;
use aval_protocol::prompt::list::{AskList, ListAnswer};
use aval_protocol::wire::assent::{ListChange, ListEffect};
use aval_protocol::wire::equipment::{Entered, EquipmentKind, EquipmentLine, ListHash};
use aval_protocol::wire::inventory::{Day, Serial, Text};

use super::desk::{Desk, Prompt, pause};

fn day(text: &str) -> Day {
    Day::of_iso(text).unwrap()
}

fn ask(changes: u32) -> AskList {
    let line = |no: u32| EquipmentLine {
        no,
        kind: EquipmentKind::Computer,
        label: Text::new(&format!("Dell OptiPlex 7090 (ACCUEIL-{no})")).unwrap(),
        serial: Serial::new("7HJ2K33"),
        asset: None,
        site: None,
        class: Text::new("poste").unwrap(),
        entered: Entered::Agreed,
        from: day("2026-03-11"),
        until: None,
        state: None,
    };
    AskList {
        firm: "Atelier Beaurepaire Informatique".into(),
        phone: "+33199001234".into(),
        client: "Cabinet Leroy".into(),
        contract: ContractId::new("C-2026-014").unwrap(),
        version: 3,
        list: ListHash([0x3c; 32]),
        from: day("2026-03-11"),
        covering: 12,
        changes: (1..=changes).map(|no| ListChange::Comes(Box::new(line(no)))).collect(),
        effect: Some(ListEffect { period: (day("2026-03-05"), day("2026-04-05")), now: 1694, later: 2500 }),
        ttl_s: 14_400,
        lang: None,
    }
}

fn asked(desk: &Desk, ask: &AskList) -> Prompt<ListAnswer> {
    let prompt = desk.start("list", ask);
    desk.window();
    pause(4000);
    prompt
}

#[test]
fn clause_2_2_only_the_person_approves_and_only_what_could_be_read() {
    for desk in [Desk::new(), Desk::without_manager()] {
        let mut prompt = asked(&desk, &ask(2));
        desk.person(&["key", "Tab"]);
        desk.program(&["key", "Return"]);
        pause(4000);
        assert_eq!(prompt.heard(), None, "a program approved it");
        desk.person(&["key", "Return"]);
        assert!(matches!(prompt.next(), ListAnswer::Yes { shown_ms: 3000.. }));
        assert_eq!(prompt.exit(), Some(0));

        // Sixty changes: not before the last one was on the screen.
        let prompt = asked(&desk, &ask(60));
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
    let prompt = asked(&desk, &ask(2));
    // The refusal has the focus.
    desk.person(&["key", "Return"]);
    assert_eq!(prompt.next(), ListAnswer::No(NoReason::Refused));

    let prompt = asked(&desk, &ask(2));
    desk.person(&["key", "Escape"]);
    assert_eq!(prompt.next(), ListAnswer::No(NoReason::Refused));

    let mut prompt = asked(&desk, &ask(2));
    prompt.close();
    assert_eq!(prompt.next(), ListAnswer::No(NoReason::Withdrawn));

    let prompt = asked(&desk, &AskList { ttl_s: 3, ..ask(2) });
    assert_eq!(prompt.next(), ListAnswer::No(NoReason::TimedOut));

    let mut prompt: Prompt<ListAnswer> = desk.start("list", &AskList { changes: Vec::new(), ..ask(2) });
    assert_eq!(prompt.next(), ListAnswer::No(NoReason::PromptLost));
    assert_ne!(prompt.exit(), Some(0));
}
