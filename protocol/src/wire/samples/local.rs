//! What the consent window and the agent say to each other on the PC.

use super::{Sample, contract, sample};
use crate::prompt::{
    Answer, Ask, Banner, BannerNotice, BannerUpdate, Extending, FromBanner, NoReason, ToBanner,
};
use crate::text::Lang;
use crate::wire::handover::Mask;
use crate::wire::session::{Capabilities, WorkCategory};

pub(super) fn ask() -> Ask {
    Ask {
        firm: "Atelier Beaurepaire Informatique".into(),
        phone: "+33199001234".into(),
        technician: "Sophie Martin".into(),
        contract: Some(contract()),
        category: WorkCategory::Maintenance,
        reference: "appel de Mme Leroy, 10 h 12".into(),
        capabilities: Capabilities::KNOWN,
        minutes: 60,
        match_code: 4_711,
        ttl_s: 60,
        lang: Some(Lang::Fr),
        extending: None,
        widening: None,
        returning: false,
        beside: None,
    }
}

fn going_on() -> Extending {
    Extending { closed_at: 1080, until: 1110, unanswered_until: 1085 }
}

fn banner() -> Banner {
    Banner {
        technicians: vec!["Sophie Martin".into()],
        firm: "Atelier Beaurepaire Informatique".into(),
        phone: "+33199001234".into(),
        capabilities: Capabilities::VIEW,
        remaining_s: 3_599,
        lang: None,
    }
}

pub(super) fn prompts() -> Vec<Sample> {
    let no = |name: &str, reason| sample(&format!("answer {name}"), Answer::No(reason));
    let update = |notice| {
        ToBanner::Update(BannerUpdate {
            remaining_s: 60,
            capabilities: Capabilities::KNOWN,
            notice,
            mask: Mask::Off,
        })
    };
    vec![
        sample("ask", ask()),
        sample("ask to go on", Ask { ttl_s: 120, extending: Some(going_on()), ..ask() }),
        sample("answer yes", Answer::Yes { capabilities: Capabilities::KNOWN, shown_ms: 7_312 }),
        no("refused", NoReason::Refused),
        no("timed out", NoReason::TimedOut),
        no("withdrawn", NoReason::Withdrawn),
        no("prompt lost", NoReason::PromptLost),
        sample("banner show", ToBanner::Show(banner())),
        sample("banner update", update(None)),
        sample("banner you have control", update(Some(BannerNotice::YouHaveControl))),
        sample("banner paused", update(Some(BannerNotice::Paused))),
        sample("banner reconnecting", update(Some(BannerNotice::Reconnecting))),
        sample("banner ends soon", update(Some(BannerNotice::EndsSoon))),
        sample("banner closes at", update(Some(BannerNotice::ClosesAt(1080)))),
        sample("banner extended", update(Some(BannerNotice::Extended(1110)))),
        sample("banner view only", update(Some(BannerNotice::ViewOnly(1085)))),
        sample("from banner up", FromBanner::Up),
        sample("from banner alive", FromBanner::Alive),
        sample("from banner end", FromBanner::End { at_ms: 123_456_789 }),
    ]
}

/// The question for more.
pub(super) fn ask_for_more() -> Ask {
    Ask { widening: Some(Capabilities::VIEW), ..ask() }
}
