//! A second technician where one is in a session: the first one's ends at the person's yes to the second, and at nothing else.

use aval_protocol::prompt::{Company, NoReason};
use aval_protocol::wire::beside::{Beside, Colleague, Way};

use super::*;

const FIRST: SessionId = SessionId([1; 16]);
const SECOND: SessionId = SessionId([2; 16]);
const FOLLOWS: Option<Beside> = Some(Beside { session: FIRST, way: Way::Follows });
const ASKED: Colleague = Colleague::Asked { way: Way::Follows, for_s: 60 };

fn not(reason: EndReason) -> Colleague {
    Colleague::Not { way: Way::Follows, reason }
}

impl World {
    fn answers_second(&mut self, answer: Answer) {
        self.pass(Duration::from_secs(4));
        self.said(FromSession::Answer { session: SECOND, answer });
    }

    fn second_over(&self) -> Option<EndReason> {
        self.second_heard.iter().find_map(|output| match output {
            console::Output::Over(reason) => Some(*reason),
            _ => None,
        })
    }
}

/// Where in the log it is.
fn place(world: &World, what: impl Fn(&Command) -> bool) -> Option<usize> {
    world.log.iter().position(what)
}

#[test]
fn the_first_ends_at_the_yes_to_the_second_and_before_anything_of_it_begins() {
    let mut world = World::living();
    world.offer_second(2, FOLLOWS);
    let ask = world.log.iter().rev().find_map(|command| match command {
        Command::Order(ToSession::Ask { session: SECOND, ask }) => Some(ask.clone()),
        _ => None,
    });
    let ask = ask.unwrap();
    assert_eq!(ask.technician, "Paul Beaurepaire");
    assert_eq!(ask.beside, Some(Company { technician: "Sophie Martin".into(), way: Way::Follows }));
    assert_eq!(world.heard_of_colleague(), [ASKED]);
    assert!(world.engine.living(FIRST) == Some(Epoch(1)) && world.lit(), "it goes on until then");
    // It turns meanwhile: what is granted next is later than that.
    world.said(FromSession::TakenBack { epoch: Epoch(1), at_ms: 1 });
    let turned = world.engine.living(FIRST).unwrap();
    world.said(FromSession::BannerUp { epoch: turned });
    world.answers_second(yes(BOTH));
    assert_eq!(world.console_over(), Some(EndReason::HandedOver));
    assert!(world.engine.living(FIRST).is_none());
    let granted = world.engine.living(SECOND).unwrap();
    assert!(granted > turned);
    let ended = |c: &Command| {
        matches!(c, Command::Order(ToSession::End { session: FIRST, reason: EndReason::HandedOver }))
    };
    let noted = |c: &Command| matches!(c, Command::Record(Event::Ended { session: FIRST, .. }));
    let wrote = |c: &Command| matches!(c, Command::Record(Event::Granted { session: SECOND, .. }));
    let begun = |c: &Command| matches!(c, Command::Order(ToSession::Begin { session: SECOND, .. }));
    let order = [place(&world, ended), place(&world, noted), place(&world, wrote), place(&world, begun)];
    assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{order:?}");
    world.said(FromSession::BannerUp { epoch: granted });
    world.pass(Duration::from_secs(30));
    assert!(world.engine.living(SECOND).is_some() && !world.engine.has(FIRST));
}

#[test]
fn no_and_silence_leave_the_first_as_it_was_and_both_are_told() {
    for (answer, reason) in
        [(Some(Answer::No(NoReason::Refused)), EndReason::RefusedByPerson), (None, EndReason::PromptTimedOut)]
    {
        let mut world = World::living();
        world.offer_second(2, FOLLOWS);
        match answer {
            Some(answer) => world.answers_second(answer),
            None => world.pass(Duration::from_secs(61)),
        }
        assert_eq!(world.second_over(), Some(reason));
        assert_eq!(world.heard_of_colleague(), [ASKED, not(reason)]);
        assert!(world.engine.living(FIRST) == Some(Epoch(1)) && world.lit(), "{reason}");
        assert!(!world.did(|c| matches!(c, Command::Order(ToSession::End { session: FIRST, .. }))));
        assert!(world.recorded(&Event::Refused { session: SECOND, reason }));
    }
}

#[test]
fn the_first_ends_meanwhile_and_the_question_stands_by_itself() {
    let mut world = World::living();
    world.offer_second(2, FOLLOWS);
    world.console_event(console::Local::End);
    assert_eq!(world.console_over(), Some(EndReason::EndedByTechnician));
    assert_eq!(world.second_over(), None);
    world.answers_second(yes(Capabilities::VIEW));
    assert!(world.engine.living(SECOND).is_some());
    assert!(world.did(|c| matches!(c, Command::Order(ToSession::Begin { session: SECOND, .. }))));
}

#[test]
fn nobody_is_asked_about_a_second_who_is_not_named_to_follow_the_one_who_is_there() {
    let other = Beside { session: SessionId([9; 16]), way: Way::Follows };
    for beside in [None, Some(other)] {
        let mut world = World::living();
        let mark = world.log.len();
        world.offer_second(2, beside);
        assert_eq!(world.refusal(mark), Some(EndReason::Busy));
        assert!(world.lit() && world.heard_of_colleague().is_empty());
    }
    // Whoever is only asked about has nothing that could be taken over.
    let mut world = World::with_desk(SCREEN);
    world.offer(1);
    let mark = world.log.len();
    world.offer_second(2, FOLLOWS);
    assert_eq!(world.refusal(mark), Some(EndReason::Busy));
    // Never three.
    let mut world = World::living();
    world.offer_second(2, FOLLOWS);
    let mark = world.log.len();
    world.offer_second(3, FOLLOWS);
    assert_eq!(world.refusal(mark), Some(EndReason::Busy));
    assert!(world.engine.has(FIRST) && world.engine.has(SECOND));
}

#[test]
fn whoever_joins_only_looks_under_a_yes_of_their_own_and_goes_with_the_first() {
    let joins = Some(Beside { session: FIRST, way: Way::Joins });
    let together = || {
        let mut world = World::living();
        world.offer_second(2, joins);
        world.answers_second(yes(Capabilities::VIEW));
        let granted = world.engine.living(SECOND).unwrap();
        assert!(granted > Epoch(1) && world.engine.living(FIRST) == Some(Epoch(1)) && world.lit());
        world.said(FromSession::BannerUp { epoch: granted });
        world
    };
    let mut world = together();
    let begun = world.log.iter().find_map(|command| match command {
        Command::Order(ToSession::Begin { session: SECOND, capabilities, banner, .. }) => {
            Some((*capabilities, banner.technicians.clone()))
        }
        _ => None,
    });
    let both = vec!["Sophie Martin".to_owned(), "Paul Beaurepaire".to_owned()];
    assert_eq!(begun, Some((Capabilities::VIEW, both)));
    assert_eq!(world.heard_of_colleague().last(), Some(&Colleague::Joined));
    world.said(FromSession::Stopped { epoch: Epoch(2), reason: EndReason::EndedByPerson, at_ms: None });
    // The epoch that was drawn at the offer is theirs, too.
    world.pass(Duration::from_secs(1));
    assert!(world.lit() && !world.engine.has(SECOND));
    assert_eq!(world.heard_of_colleague().last(), Some(&Colleague::Left));
    let mut world = together();
    world.console_event(console::Local::End);
    world.pass(Duration::from_secs(1));
    assert_eq!(world.second_over(), Some(EndReason::FirstLeft));
    assert!(!world.engine.has(FIRST) && !world.engine.has(SECOND));
}
