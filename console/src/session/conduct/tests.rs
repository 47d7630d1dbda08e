//! The tests of `conduct.rs`, beside it so that both stay short.

use super::*;

fn line(played: &Played) -> serde_json::Value {
    let mut out = Vec::new();
    tell(played, &mut Mouth { out: &mut out, json: true }).unwrap();
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn a_step_is_told_by_its_number_and_name_and_never_by_its_text() {
    let done = Played::Step { number: 3, name: "type", ms: 12, result: Ok(Found::default()) };
    assert_eq!(line(&done), json!({ "event": "step", "step": 3, "do": "type", "ok": true, "ms": 12 }));
    let hash = Found { sha256: Some("ab".into()) };
    assert_eq!(line(&Played::Step { number: 1, name: "hash", ms: 0, result: Ok(hash) })["sha256"], "ab");
    let late = Played::Step { number: 4, name: "wait-for-text", ms: 5, result: Err(StepTrouble::TimedOut) };
    assert_eq!((&line(&late)["ok"], &line(&late)["error"]), (&json!(false), &json!("TIMED_OUT")));
    assert_eq!(line(&Played::Bad { number: 1, why: "x".into() })["error"], "BAD_STEP");
}
