//! Passwords (clause 8.2) between two machines: what is wished, what the desktop says, and what both journals hear.

use zeroize::Zeroizing;

use super::pair::{Pair, World};
use crate::id::{Epoch, SessionId};
use crate::journal::Event;
use crate::prompt::NoReason;
use crate::prompt::secret::{AskSecret, SecretAnswer};
use crate::seal::secret::{Context, SecretKey, seal_secret};
use crate::session::agent::{Local, Output};
use crate::session::{AtDesk, console};
use crate::wire::codes::EndReason;
use crate::wire::handover::{HandoverKind, Mask, Secret, Wish};
use crate::wire::link::Step;
use crate::wire::session::{Capabilities, FromConsole, Notice};

const KIND: HandoverKind = HandoverKind::Application;

impl Pair {
    fn wish(&mut self, wish: Wish) -> bool {
        let said = self.console.wish(wish);
        self.exchange();
        said
    }

    fn asked_for(&self) -> Option<AskSecret> {
        self.said.iter().rev().find_map(|output| match output {
            Output::AtDesk { word: AtDesk::Secret { ask }, .. } => Some((**ask).clone()),
            _ => None,
        })
    }

    fn answers(&mut self, answer: SecretAnswer) -> Option<SecretAnswer> {
        self.agent.secret(answer);
        self.exchange();
        self.heard.iter().rev().find_map(|output| match output {
            console::Output::Secret(answer) => Some(answer.clone()),
            _ => None,
        })
    }

    fn noted(&self) -> Vec<(HandoverKind, u8)> {
        let reported = self.said.iter().filter_map(|output| match output {
            Output::Report(Step::Handover { kind, count }) => Some((*kind, *count)),
            _ => None,
        });
        let journal = self.journal().filter_map(|event| match event {
            Event::Handover { kind, count, .. } => Some((*kind, *count)),
            _ => None,
        });
        let (reported, journal): (Vec<_>, Vec<_>) = (reported.collect(), journal.collect());
        assert_eq!(reported, journal, "both journals hear the same");
        journal
    }
}

fn key(session: SessionId) -> SecretKey {
    SecretKey::new(&Zeroizing::new([5; 32]), Context { session, kind: KIND }).unwrap()
}

fn wish(key: &SecretKey) -> Wish {
    Wish::Secret { kind: KIND, key: key.public() }
}

#[test]
fn clause_8_2_a_password_goes_from_the_window_to_the_one_who_asked() {
    let world = World::new();
    let mut pair = world.living();
    let key = key(world.session());
    assert!(pair.wish(wish(&key)));
    let ask = pair.asked_for().unwrap();
    assert_eq!((ask.check(), ask.kind, &*ask.technician), (Ok(()), KIND, "Sophie Martin"));
    let typed = Secret {
        identifier: Zeroizing::new("leroy".to_owned()),
        password: Zeroizing::new("sésame".to_owned()),
    };
    let sealed = seal_secret(&typed, &ask.key, ask.context()).unwrap();
    let SecretAnswer::Given { sealed, .. } = pair.answers(SecretAnswer::Given { sealed, count: 2 }).unwrap()
    else {
        panic!("not given")
    };
    assert_eq!(key.open(&sealed), Ok(typed));
    assert_eq!(pair.noted(), [(KIND, 2)]);
    assert_eq!(
        pair.answers(SecretAnswer::No(NoReason::Refused)),
        Some(SecretAnswer::Given { sealed, count: 2 })
    );
    assert_eq!(pair.noted(), [(KIND, 2)], "an answer to no question is nothing");
}

#[test]
fn clause_8_2_the_mask_is_told_and_noted_once_and_holds_hands_back() {
    let mut pair = World::new().living();
    assert!(pair.wish(Wish::Mask));
    assert!(pair.said.iter().any(|o| matches!(o, Output::AtDesk { word: AtDesk::Mask, .. })));
    assert!(pair.agent.may_move(), "the desktop has not said so yet");
    for mask in [Mask::ByHand, Mask::ByHand, Mask::Off, Mask::Window, Mask::Off] {
        pair.agent.masked(mask);
        assert_eq!(pair.agent.may_move(), mask == Mask::Off);
    }
    pair.exchange();
    let notices = pair.heard.iter().filter_map(|output| match output {
        console::Output::Notice(Notice::Masked { active }) => Some(*active),
        _ => None,
    });
    assert_eq!(notices.collect::<Vec<_>>(), [true, true, false, true, false]);
    assert_eq!(pair.noted(), [(HandoverKind::Masked, 1)]);
}

#[test]
fn nobody_is_worn_down() {
    let world = World::new();
    let mut pair = world.living();
    for refusals in 0..3 {
        assert!(pair.wish(wish(&key(world.session()))));
        let before = pair.said.len();
        // A second question while one is open is answered by the machine.
        pair.wish(wish(&key(world.session())));
        assert_eq!(pair.said.len(), before, "after {refusals} refusals");
        pair.answers(SecretAnswer::No(NoReason::Refused));
    }
    let before = pair.said.len();
    pair.wish(wish(&key(world.session())));
    assert_eq!(pair.said.len(), before, "three refusals are enough");
    assert_eq!(pair.noted(), []);
}

#[test]
fn what_makes_no_sense_ends_the_session_and_before_a_grant_nothing_can_be_wished() {
    let mut early = World::new().pair();
    early.exchange();
    assert!(!early.wish(Wish::Mask), "there is nobody to wish it of");
    for kind in [HandoverKind::Masked, HandoverKind::Unknown(9)] {
        let mut pair = World::new().living();
        pair.console
            .channel()
            .unwrap()
            .send(&FromConsole::Wish(Wish::Secret { kind, key: [1; 32] }))
            .unwrap();
        assert!(pair.wish(Wish::Mask), "the bytes leave");
        assert_eq!(pair.console_over(), Some(EndReason::ProtocolViolation));
    }
}

#[test]
fn a_lost_line_takes_the_question_along() {
    let world = World::new();
    let mut pair = world.living();
    let key = key(world.session());
    pair.wish(wish(&key));
    let ask = pair.asked_for().unwrap();
    pair.lose();
    pair.reunite(8);
    let typed = Secret { identifier: String::new().into(), password: "sésame".to_owned().into() };
    let sealed = seal_secret(&typed, &ask.key, ask.context()).unwrap();
    assert_eq!(pair.answers(SecretAnswer::Given { sealed, count: 1 }), None);
    assert_eq!(pair.noted(), []);
}

#[test]
fn clause_4_3_a_return_takes_the_persons_yes_and_begins_without_another_question() {
    let world = World::new();
    let mut pair = world.living();
    pair.wish(Wish::Return);
    let asked = pair.said.iter().any(|o| matches!(o, Output::AtDesk { word: AtDesk::AskReturn { .. }, .. }));
    assert!(asked);
    pair.pass_s(5);
    let yes = super::pair::yes(Capabilities::VIEW);
    pair.agent(Local::Return(yes));
    let kept = pair.said.iter().find_map(|output| match output {
        Output::Promise { capabilities } => Some(*capabilities),
        _ => None,
    });
    assert_eq!(kept, Some(Capabilities::VIEW), "no more than the person ticked");
    assert!(pair.journal().any(|event| matches!(event, Event::Promised { .. })));
    pair.agent(Local::Return(yes));
    assert_eq!(pair.said.iter().filter(|o| matches!(o, Output::Promise { .. })).count(), 1, "asked once");

    let mut agent = world.agent(world.ticket()).unwrap();
    agent.promised(Capabilities::VIEW);
    let mut next = Pair::new(agent, world.console(&world.honestly()).unwrap(), world.start);
    next.exchange();
    assert!(next.ask().is_none(), "nobody is asked again");
    let back = next.said.iter().find_map(|output| match output {
        Output::Return { capabilities, epoch, .. } => Some((*capabilities, *epoch)),
        _ => None,
    });
    assert_eq!(back, Some((Capabilities::VIEW, Epoch(7))));
    next.pass_s(10);
    assert!(!next.lit(), "the banner counts down");
    next.agent(Local::BannerUp { epoch: Epoch(7) });
    assert!(next.lit() && !next.agent.may_move(), "only to see");
}

#[test]
fn clause_4_3_no_yes_no_return() {
    let mut pair = World::new().living();
    pair.wish(Wish::Return);
    pair.pass_s(5);
    pair.agent(Local::Return(crate::prompt::Answer::No(NoReason::Refused)));
    assert!(!pair.said.iter().any(|o| matches!(o, Output::Promise { .. })));
    let told = pair
        .heard
        .iter()
        .any(|output| matches!(output, console::Output::Notice(Notice::Return { allowed: false })));
    assert!(told);
}
