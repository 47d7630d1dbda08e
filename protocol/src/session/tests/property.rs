//! Any order of any events at both ends: the screen opens only under a yes, never wider, never again after a stop.

use std::time::Duration;

use proptest::prelude::*;

use super::pair::{Pair, World};
use crate::id::Epoch;
use crate::prompt::{ARMING, Answer, NoReason};
use crate::session::agent::{Local, Output};
use crate::session::console;
use crate::wire::codes::EndReason;
use crate::wire::session::Capabilities;

#[derive(Clone, Debug)]
enum Act {
    Exchange,
    Pass(u64),
    Answer(u16, u32),
    Refuse,
    Banner(u64),
    Stop,
    End,
    Lost,
    Deaf,
    Garbage,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Exchange),
        4 => (1_u64..5_000).prop_map(Act::Pass),
        1 => (1_000_u64..4_000_000).prop_map(Act::Pass),
        4 => (0_u16..8, 2_000_u32..9_000).prop_map(|(bits, shown)| Act::Answer(bits, shown)),
        1 => Just(Act::Refuse),
        3 => (6_u64..9).prop_map(Act::Banner),
        1 => Just(Act::Stop),
        1 => Just(Act::End),
        1 => Just(Act::Lost),
        1 => Just(Act::Deaf),
        1 => Just(Act::Garbage),
    ]
}

fn perform(pair: &mut Pair, act: &Act) {
    match act {
        Act::Exchange => pair.exchange(),
        Act::Pass(ms) => pair.pass(Duration::from_millis(*ms)),
        Act::Answer(bits, shown_ms) => {
            let capabilities = Capabilities::from_bits(*bits);
            pair.agent(Local::Answer(Answer::Yes { capabilities, shown_ms: *shown_ms }));
        }
        Act::Refuse => pair.agent(Local::Answer(Answer::No(NoReason::Refused))),
        Act::Banner(epoch) => pair.agent(Local::BannerUp { epoch: Epoch(*epoch) }),
        Act::Stop => pair.agent(Local::Stop(EndReason::EndedByPerson)),
        Act::End => pair.console(console::Local::End),
        Act::Lost => pair.console(console::Local::Lost(EndReason::LinkLost)),
        Act::Deaf => pair.line = Box::new(|_, _| Vec::new()),
        Act::Garbage => pair.deliver(super::pair::Way::ToAgent, &[0x17, 3, 3, 0, 2, 9, 9]),
    }
}

/// What was true when the machine said something.
#[derive(Default)]
struct Witness {
    asked: Option<(Capabilities, Duration)>,
    yes: Option<Capabilities>,
    started: bool,
    banner: bool,
    stopped: bool,
    over: bool,
}

impl Witness {
    fn sees(&mut self, output: &Output, at: Duration) {
        assert!(!self.over, "nothing follows the end");
        match output {
            Output::Ask(ask) => {
                assert!(self.asked.is_none(), "one question");
                self.asked = Some((ask.capabilities, at));
            }
            Output::Start { capabilities, .. } => {
                let (asked, _) = self.asked.expect("asked first");
                let ticked = self.yes.expect("a yes first");
                assert!(!self.started && !self.stopped, "once, and never after a stop");
                assert!(asked.holds(*capabilities) && ticked.holds(*capabilities));
                assert!(capabilities.holds(Capabilities::VIEW));
                self.started = true;
            }
            Output::Stop { .. } => {
                assert!(self.started && !self.stopped);
                self.stopped = true;
            }
            Output::Over(_) => {
                assert_eq!(self.started, self.stopped, "what started was stopped");
                self.over = true;
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_screen_opens_only_under_a_yes(early in any::<bool>(), acts in prop::collection::vec(act(), 1..24)) {
        let mut pair = World::new().pair();
        if !early {
            pair.exchange();
        }
        let mut witness = Witness::default();
        let (mut said, mut datagrams) = (0, 0);
        for act in &acts {
            let before = pair.now - pair.start;
            if let Act::Answer(bits, shown_ms) = act
                && let Some((asked, at)) = witness.asked
                && witness.yes.is_none()
                && before < at + Duration::from_secs(60)
                && before >= at + ARMING
                && Duration::from_millis(u64::from(*shown_ms)) >= ARMING
            {
                let ticked = Capabilities::from_bits(*bits);
                if asked.holds(ticked) {
                    witness.yes = Some(ticked);
                }
            }
            witness.banner |= witness.started && matches!(act, Act::Banner(7));
            perform(&mut pair, act);
            for output in &pair.said[said..] {
                witness.sees(output, before);
            }
            said = pair.said.len();
            prop_assert!(pair.datagrams.len() == datagrams || witness.started, "no sign of life without a grant");
            prop_assert!(pair.datagrams.len() == datagrams || witness.banner || witness.stopped);
            datagrams = pair.datagrams.len();
            prop_assert!(!pair.lit() || witness.banner, "nothing is shown without a banner");
        }
        pair.pass(Duration::from_secs(5 * 3600));
        for output in &pair.said[said..] {
            witness.sees(output, Duration::MAX);
        }
        prop_assert!(witness.over, "every session ends by itself");
        prop_assert_eq!(pair.agent.poll_timeout(), None);
        prop_assert_eq!(pair.console.poll_timeout(), None);
    }
}
