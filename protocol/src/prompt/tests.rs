//! The tests of `prompt.rs`, beside it so that both stay short.

use super::*;

fn ask() -> Ask {
    Ask {
        firm: "Atelier Beaurepaire Informatique".into(),
        phone: "+33199001234".into(),
        technician: "Sophie Martin".into(),
        contract: None,
        category: WorkCategory::Assistance,
        reference: "Appel de Mme Leroy".into(),
        capabilities: Capabilities::VIEW,
        minutes: 60,
        match_code: 123_456,
        ttl_s: 60,
        lang: None,
        extending: None,
        widening: None,
        returning: false,
        beside: None,
    }
}

#[test]
fn a_question_nobody_could_understand_is_not_asked() {
    assert_eq!(ask().check(), Ok(()));
    let with = |change: fn(&mut Ask)| {
        let mut ask = ask();
        change(&mut ask);
        ask.check()
    };
    assert_eq!(with(|a| a.capabilities = Capabilities::none()), Err(BadAsk::Capabilities));
    assert_eq!(with(|a| a.capabilities = Capabilities::CONTROL), Err(BadAsk::Capabilities));
    assert_eq!(with(|a| a.capabilities = Capabilities::from_bits(0x8001)), Err(BadAsk::Capabilities));
    assert_eq!(with(|a| a.technician = "\u{a0} ".into()), Err(BadAsk::Text));
    assert_eq!(with(|a| a.match_code = 1_000_000), Err(BadAsk::Number));
    assert_eq!(with(|a| a.minutes = 241), Err(BadAsk::Number));
}

#[test]
fn a_yes_to_more_than_was_asked_or_too_soon_is_a_no() {
    let lost = Answer::No(NoReason::PromptLost);
    let yes = |capabilities, shown_ms| Answer::Yes { capabilities, shown_ms };
    let both = Capabilities::VIEW.with(Capabilities::CONTROL);
    assert_eq!(ask().judge(yes(Capabilities::VIEW, 3000)), yes(Capabilities::VIEW, 3000));
    assert_eq!(ask().judge(yes(both, 3000)), lost);
    assert_eq!(ask().judge(yes(Capabilities::none(), 3000)), lost);
    assert_eq!(ask().judge(yes(Capabilities::VIEW, 2999)), lost);
}

#[test]
fn silence_never_lasts_longer_than_the_rule() {
    let mut ask = ask();
    ask.ttl_s = u16::MAX;
    assert_eq!(ask.ttl(), TTL);
}
