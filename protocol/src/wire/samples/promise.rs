//! What is said of one return after a restart, and of a session that changes hands.

use super::{SESSION, Sample, sample};
use crate::prompt::{BannerNotice, BannerUpdate, ToBanner};
use crate::wire::handover::{Mask, Wish};
use crate::wire::link::{Step, Uplink};
use crate::wire::session::{Capabilities, FromAgent, FromConsole, Notice};

pub(super) fn all() -> Vec<Sample> {
    let promised = Step::Promised { capabilities: Capabilities::VIEW };
    let returns = BannerUpdate {
        remaining_s: 3_600,
        capabilities: Capabilities::VIEW,
        notice: Some(BannerNotice::ReturnsIn(10)),
        mask: Mask::Off,
    };
    vec![
        sample("from console return", FromConsole::Wish(Wish::Return)),
        sample("from agent return", FromAgent::Notice(Notice::Return { allowed: true })),
        sample("uplink step promised", Uplink::Step { session: SESSION, step: promised }),
        sample("banner returns", ToBanner::Update(returns)),
    ]
}
