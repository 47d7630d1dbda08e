//! The tests of `tell.rs`, beside it so that both stay short.

use super::*;

#[test]
fn exit_codes_are_those_documented() {
    for (reason, granted, step_failed, want) in [
        (EndReason::EndedByTechnician, true, false, EXIT_DONE),
        (EndReason::EndedByTechnician, false, false, EXIT_DONE),
        (EndReason::EndedByTechnician, true, true, EXIT_STEP),
        (EndReason::EndedByPerson, true, false, EXIT_DONE),
        (EndReason::EndedByPerson, true, true, EXIT_STEP),
        (EndReason::GrantExpired, true, false, EXIT_DONE),
        (EndReason::RefusedByPerson, false, false, EXIT_REFUSED_BY_PERSON),
        (EndReason::PromptTimedOut, false, true, EXIT_REFUSED_BY_PERSON),
        (EndReason::PersonLeft, false, false, EXIT_REFUSED_BY_PERSON),
        (EndReason::NobodyThere, false, false, EXIT_REFUSED_BY_PERSON),
        (EndReason::LinkLost, true, true, EXIT_LOST),
        (EndReason::SealBroken, true, false, EXIT_LOST),
        (EndReason::Unknown(999), true, false, EXIT_LOST),
    ] {
        assert_eq!(exit(reason, granted, step_failed), want, "{reason} {granted} {step_failed}");
    }
}
