//! The tests of `show.rs`, beside it so that both stay short.

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::codes::RefusalCode;

use super::*;

fn lapsed() -> Decision {
    Decision {
        permitted: false,
        at: UnixSeconds(1_795_000_000),
        contract: None,
        capabilities: Capabilities::none(),
        reasons: vec![Reason {
            code: RefusalCode::Lapsed,
            clause: "6.3".into(),
            fr: "Le contrat est terminé.\u{1b}[2J".into(),
            en: "The contract has ended.".into(),
        }],
        warnings: vec![],
        retry_at: Some(UnixSeconds(1_795_003_600)),
        offers: vec![OfferLine {
            kind: "quote".into(),
            included: false,
            clause: "2.6".into(),
            fr: "Un devis.".into(),
            en: "A quote.".into(),
        }],
        line: None,
    }
}

fn shown(json: bool) -> String {
    let mut out = Vec::new();
    decision("refused", &lapsed(), &mut Mouth { out: &mut out, json }).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_refusal_shows_every_reason_with_its_clause_and_what_to_propose() {
    let text = shown(false);
    for part in
        ["article 6.3", "clause 6.3", "LAPSED", "Un devis. (sur devis, article 2.6)", "by quote", "Possible"]
    {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(text.find("Le contrat").unwrap() < text.find("The contract has").unwrap(), "French first");
}

#[test]
fn no_escape_sequence_of_others_reaches_the_terminal() {
    assert!(!shown(false).contains('\u{1b}'));
    assert!(!shown(true).contains("\\u001b"));
}

#[test]
fn a_refusal_is_one_json_line() {
    let text = shown(true);
    assert_eq!(text.lines().count(), 1);
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["event"], "refused");
    assert_eq!(value["reasons"][0]["code"], "LAPSED");
    assert_eq!(value["retry_at"], moment::rfc3339(UnixSeconds(1_795_003_600)));
}
