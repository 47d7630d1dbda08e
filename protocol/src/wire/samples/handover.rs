//! What is said about passwords.

use super::{SESSION, Sample, sample};
use crate::id::Epoch;
use crate::prompt::secret::{AskSecret, SecretAnswer};
use crate::prompt::{BannerUpdate, FromBanner, NoReason, ToBanner};
use crate::text::Lang;
use crate::wire::handover::{HandoverKind, Mask, SealedSecret, Wish};
use crate::wire::link::{Step, Uplink};
use crate::wire::screen::ScreenDown;
use crate::wire::session::{Capabilities, FromAgent, FromConsole, Notice};

pub(super) fn all() -> Vec<Sample> {
    let ask = AskSecret {
        firm: "Atelier Beaurepaire Informatique".into(),
        technician: "Sophie Martin".into(),
        kind: HandoverKind::Wifi,
        session: SESSION,
        key: [0x2f; 32],
        ttl_s: 180,
        lang: Some(Lang::Fr),
    };
    let sealed = SealedSecret { key: [0x1d; 32], bytes: vec![0xb1; 4] };
    let given = SecretAnswer::Given { sealed, count: 2 };
    let masked =
        |mask| BannerUpdate { remaining_s: 60, capabilities: Capabilities::KNOWN, notice: None, mask };
    let handover = Step::Handover { kind: HandoverKind::Windows, count: 1 };
    vec![
        sample("from console mask", FromConsole::Wish(Wish::Mask)),
        sample(
            "from console secret",
            FromConsole::Wish(Wish::Secret { kind: HandoverKind::Other, key: [0x2f; 32] }),
        ),
        sample("from agent masked", FromAgent::Notice(Notice::Masked { active: true })),
        sample("from agent secret", FromAgent::Secret(given.clone())),
        sample("uplink step handover", Uplink::Step { session: SESSION, step: handover }),
        sample("ask secret", ask),
        sample("secret given", given),
        sample("secret refused", SecretAnswer::No(NoReason::Refused)),
        sample("banner masked by hand", ToBanner::Update(masked(Mask::ByHand))),
        sample("banner masked by a window", ToBanner::Update(masked(Mask::Window))),
        sample("banner mask pressed", FromBanner::Mask { on: true }),
        sample("screen anew", ScreenDown::Anew { seq: 300, epoch: Epoch(42) }),
    ]
}
