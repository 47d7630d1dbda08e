//! A person locks the machine, takes their hands back and gives them again, in whole sessions: what the technician sees and may do, and what
//! both journals say.

use std::time::Duration;

use aval_console::session::Happened;
use aval_console::session::hands::InputError;
use aval_protocol::session::{AtDesk, HOLD};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::input::InputEvent;
use aval_protocol::wire::session::{Capabilities, Notice};
use aval_protocol::wire::turn::{More, Turning};
use aval_tests::trio::desk::{Does, Person};
use aval_tests::trio::{Seance, Setup, Trio};
use tokio::time::sleep;

const VIEW: Capabilities = Capabilities::VIEW;
const BOTH: Capabilities = Capabilities::KNOWN;

async fn seen_again(trio: &Trio, seance: &mut Seance) {
    seance.until(|h| *h == Happened::Hidden(false)).await;
    trio.until("the picture is whole again", || seance.shows(&trio.desk)).await;
}

async fn typed(trio: &Trio, seance: &Seance) -> Result<(), InputError> {
    let before = trio.desk.seen().inputs.len();
    seance.running.hands().input(InputEvent::Char('z')).await?;
    trio.until("it is typed", || trio.desk.seen().inputs.len() == before + 1).await;
    Ok(())
}

fn kept(journal: Vec<&'static str>) -> Vec<&'static str> {
    let of_this = ["HELD", "PERSON_BACK", "TAKEN_BACK", "WIDENING_ASKED", "WIDENED", "NOT_WIDENED", "ENDED"];
    journal.into_iter().filter(|label| of_this.contains(label)).collect()
}

#[tokio::test(start_paused = true)]
async fn locked_and_unlocked_in_time_the_same_consent_goes_on() {
    let trio = Trio::start(Setup::default()).await;
    let console = trio.console(&trio.technician).await;
    let mut seance = trio.seen(&console).await;
    typed(&trio, &seance).await.unwrap();
    for _ in 0..2 {
        trio.desk.does(Does::Lock);
        seance.until(|h| matches!(h, Happened::Held { left_s: 118..=120, .. })).await;
        assert_eq!(seance.running.hands().view().size(), None);
        assert_eq!(seance.running.hands().input(InputEvent::Char('x')).await, Err(InputError::Hidden));
        let frames = trio.desk.seen().frames;
        sleep(HOLD - Duration::from_secs(5)).await;
        assert_eq!(trio.desk.seen().frames, frames);
        trio.desk.does(Does::Unlock);
        seance.until(|h| matches!(h, Happened::Turned { why: Turning::PersonBack, .. })).await;
        seen_again(&trio, &mut seance).await;
        typed(&trio, &seance).await.unwrap();
    }
    trio.desk.does(Does::End);
    assert_eq!(seance.ended().await.0, EndReason::EndedByPerson);
    seance.over().await;
    let seen = trio.desk.seen();
    assert_eq!((seen.asked.len(), seen.inputs.len()), (1, 3), "asked once, and nothing of the time between");
    for journal in [trio.own_journal(), trio.relay_journal()] {
        assert_eq!(kept(journal), ["HELD", "PERSON_BACK", "HELD", "PERSON_BACK", "ENDED"]);
    }
}

#[tokio::test(start_paused = true)]
async fn locked_for_two_minutes_it_is_over_everywhere() {
    let trio = Trio::start(Setup::default()).await;
    let console = trio.console(&trio.technician).await;
    let mut seance = trio.seen(&console).await;
    trio.desk.does(Does::Lock);
    sleep(HOLD + Duration::from_secs(2)).await;
    assert_eq!(seance.ended().await.0, EndReason::LeftLocked);
    seance.over().await;
    assert_eq!(trio.desk.seen().stopped.len(), 1);
    for journal in [trio.own_journal(), trio.relay_journal()] {
        assert_eq!(kept(journal), ["HELD", "ENDED"]);
    }
}

#[tokio::test(start_paused = true)]
async fn hands_taken_back_come_again_only_by_an_answer() {
    let trio = Trio::start(Setup::default()).await;
    let console = trio.console(&trio.technician).await;
    let mut seance = trio.seen(&console).await;
    trio.desk.does(Does::TakeBack);
    seance.until(|h| matches!(h, Happened::Turned { capabilities: VIEW, why: Turning::TakenBack, .. })).await;
    seen_again(&trio, &mut seance).await;
    assert_eq!(typed(&trio, &seance).await, Err(InputError::NotGranted));
    // Refused: what was granted goes on.
    trio.desk.person(Person::Refuses);
    let hands = seance.running.hands().clone();
    hands.widen(BOTH, "Réglage de l’imprimante".into()).await;
    seance.until(|h| matches!(h, Happened::Notice(Notice::More(More::Asked { for_s: 60 })))).await;
    let refused = Turning::NotWidened { reason: EndReason::RefusedByPerson };
    seance.until(|h| matches!(h, Happened::Turned { why, .. } if *why == refused)).await;
    seen_again(&trio, &mut seance).await;
    assert_eq!(typed(&trio, &seance).await, Err(InputError::NotGranted));
    // Agreed: hands move again, and the question was the technician's own reason.
    trio.desk.person(Person::Grants(BOTH));
    hands.widen(BOTH, "Réglage de l’imprimante".into()).await;
    seance.until(|h| matches!(h, Happened::Turned { why: Turning::Widened { .. }, .. })).await;
    seen_again(&trio, &mut seance).await;
    typed(&trio, &seance).await.unwrap();
    let words = trio.desk.seen().closing;
    let reasons = words.iter().filter_map(|word| match word {
        AtDesk::Widen { ask } => Some((ask.reference.as_str(), ask.widening)),
        _ => None,
    });
    assert_eq!(reasons.collect::<Vec<_>>(), [("Réglage de l’imprimante", Some(VIEW)); 2]);
    // That was the third question.
    trio.desk.does(Does::TakeBack);
    seance.until(|h| matches!(h, Happened::Turned { why: Turning::TakenBack, .. })).await;
    seen_again(&trio, &mut seance).await;
    hands.widen(BOTH, "Encore".into()).await;
    let limit = Notice::More(More::NotAsked { reason: EndReason::PromptLimit });
    seance.until(|h| *h == Happened::Notice(limit)).await;
    hands.end().await;
    seance.over().await;
    for journal in [trio.own_journal(), trio.relay_journal()] {
        let all = [
            "TAKEN_BACK",
            "WIDENING_ASKED",
            "NOT_WIDENED",
            "WIDENING_ASKED",
            "WIDENED",
            "TAKEN_BACK",
            "ENDED",
        ];
        assert_eq!(kept(journal), all);
    }
}

#[tokio::test(start_paused = true)]
async fn who_looks_only_sends_nothing_and_may_stop_that_by_themselves() {
    let trio = Trio::start(Setup::default()).await;
    let console = trio.console(&trio.technician).await;
    let seance = trio.seen(&console).await;
    let hands = seance.running.hands().clone();
    hands.view_only(true).await;
    hands.until(|state| state.view_only).await;
    assert_eq!(typed(&trio, &seance).await, Err(InputError::ViewOnly));
    // What was held down was let go.
    trio.until("keys are up", || trio.desk.seen().inputs.len() == 1).await;
    hands.view_only(false).await;
    hands.until(|state| !state.view_only).await;
    typed(&trio, &seance).await.unwrap();
    let asked = trio.desk.seen().asked.len();
    assert_eq!(asked, 1, "it was granted all along");
}
