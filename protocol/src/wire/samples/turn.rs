//! What is said when a grant stands still, becomes wider or narrower.

use super::{SESSION, Sample, local, sample, signed};
use crate::id::{Epoch, KeyId};
use crate::prompt::{BannerNotice, BannerUpdate, FromBanner, ToBanner};
use crate::wire::codes::EndReason;
use crate::wire::handover::Mask;
use crate::wire::link::{Step, Uplink};
use crate::wire::session::{Capabilities, FromAgent, FromConsole, Notice, Pulse};
use crate::wire::turn::{Hold, More, Turn, Turning, Widening};

fn turn(why: Turning) -> Turn {
    Turn {
        session: SESSION,
        agent_key: KeyId([0xa9; 32]),
        technician_key: KeyId([4; 32]),
        before: Epoch(42),
        epoch: Epoch(43),
        capabilities: Capabilities::KNOWN,
        for_s: 3_120,
        why,
        channel: [0x77; 32],
    }
}

pub(super) fn all() -> Vec<Sample> {
    let banner = |notice| {
        let notice = Some(notice);
        ToBanner::Update(BannerUpdate {
            remaining_s: 60,
            capabilities: Capabilities::VIEW,
            notice,
            mask: Mask::Off,
        })
    };
    let step = |name: &str, step| sample(name, Uplink::Step { session: SESSION, step });
    let widening = Widening {
        session: SESSION,
        epoch: Epoch(42),
        capabilities: Capabilities::KNOWN,
        reason: "Réglage de l’imprimante".into(),
    };
    let refused = Turning::NotWidened { reason: EndReason::RefusedByPerson };
    let more = |name: &str, more| sample(name, FromAgent::Notice(Notice::More(more)));
    vec![
        step("uplink step held", Step::Held(Hold::Asleep)),
        step("uplink step widening", Step::Widening(Capabilities::KNOWN)),
        step("uplink step turned", Step::Turned(Box::new(signed(&turn(Turning::PersonBack))))),
        sample("from console widen", FromConsole::Widen(Box::new(signed(&widening)))),
        sample("from agent taken back", FromAgent::Turned(Box::new(signed(&turn(Turning::TakenBack))))),
        sample(
            "from agent widened",
            FromAgent::Turned(Box::new(signed(&turn(Turning::Widened { shown_ms: 4_000 })))),
        ),
        sample("from agent not widened", FromAgent::Turned(Box::new(signed(&turn(refused))))),
        more("from agent wish asked", More::Asked { for_s: 60 }),
        more("from agent wish not asked", More::NotAsked { reason: EndReason::BeyondTicket }),
        sample("pulse held", Pulse::Held { epoch: Epoch(42), why: Hold::Locked, left_s: 97 }),
        sample("ask for more", local::ask_for_more()),
        sample("banner held", banner(BannerNotice::Held(90))),
        sample("banner taken back", banner(BannerNotice::TakenBack)),
        sample("from banner take back", FromBanner::TakeBack { at_ms: 123_456 }),
        sample("pulse secure", Pulse::Held { epoch: Epoch(42), why: Hold::Secure, left_s: 118 }),
    ]
}
