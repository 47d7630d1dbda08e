//! What is said when the line of a session is lost, and when it comes back.

use super::{SESSION, Sample, sample, signed, ticket};
use crate::id::{Epoch, KeyId};
use crate::prompt::{BannerNotice, BannerUpdate, ToBanner};
use crate::wire::enrol::Call;
use crate::wire::handover::Mask;
use crate::wire::link::{Downlink, Step, Uplink};
use crate::wire::session::{Capabilities, FromAgent, FromConsole, Resumption};

fn resumption() -> Resumption {
    Resumption {
        session: SESSION,
        agent_key: KeyId([0xa9; 32]),
        technician_key: KeyId([4; 32]),
        lost: Epoch(42),
        epoch: Epoch(43),
        capabilities: Capabilities::KNOWN,
        for_s: 3_120,
        away_s: 41,
        channel: [0x77; 32],
    }
}

pub(super) fn all() -> Vec<Sample> {
    let notice = Some(BannerNotice::LineLost(90));
    let update = BannerUpdate { remaining_s: 60, capabilities: Capabilities::KNOWN, notice, mask: Mask::Off };
    let step = |name: &str, step| sample(name, Uplink::Step { session: SESSION, step });
    vec![
        sample("downlink resume", Downlink::Resume { session: SESSION }),
        step("uplink step lost", Step::Lost),
        step("uplink step resumed", Step::Resumed(Box::new(signed(&resumption())))),
        sample("call resume", Call::Resume(Box::new(signed(&ticket())))),
        sample("from console resume", FromConsole::Resume { epoch: Epoch(42), proof: [0x31; 32] }),
        sample("from agent resumed", FromAgent::Resumed(Box::new(signed(&resumption())))),
        sample("banner line lost", ToBanner::Update(update)),
    ]
}
