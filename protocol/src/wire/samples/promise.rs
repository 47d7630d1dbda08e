//! What is said of one return after a restart, and of a technician who does nothing for long.

use super::{AGENT, SESSION, Sample, sample};
use crate::id::{Epoch, PersonId};
use crate::prompt::{BannerNotice, BannerUpdate, ToBanner};
use crate::wire::enrol::Call;
use crate::wire::handover::{Mask, Wish};
use crate::wire::link::{Step, Uplink};
use crate::wire::session::{Capabilities, FromAgent, FromConsole, Notice, Pulse};
use crate::wire::turn::Hold;

pub(super) fn all() -> Vec<Sample> {
    let promised = Step::Promised { capabilities: Capabilities::VIEW };
    let returns = BannerUpdate {
        remaining_s: 3_600,
        capabilities: Capabilities::VIEW,
        notice: Some(BannerNotice::ReturnsIn(10)),
        mask: Mask::Off,
    };
    let colleague = PersonId::new("paul.beaurepaire").unwrap();
    vec![
        sample("from console return", FromConsole::Wish(Wish::Return)),
        sample("from agent return", FromAgent::Notice(Notice::Return { allowed: true })),
        sample("uplink step promised", Uplink::Step { session: SESSION, step: promised }),
        sample("banner returns", ToBanner::Update(returns)),
        sample("from console go on", FromConsole::Wish(Wish::GoOn)),
        sample("uplink step idle", Uplink::Step { session: SESSION, step: Step::Held(Hold::Idle) }),
        sample("pulse idle", Pulse::Held { epoch: Epoch(42), why: Hold::Idle, left_s: 2_400 }),
        sample("call hand over", Call::HandOver { agent: AGENT, to: colleague }),
    ]
}
