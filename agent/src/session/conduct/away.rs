//! The line is lost (clause 4.4): this process stops here, keeps the person's yes for a while, and judges by its own clock whether what
//! comes back still falls under it.

use std::time::{Duration, Instant};

use aval_protocol::session::AWAY;

use aval_protocol::prompt::NoReason;
use aval_protocol::wire::handover::Mask;

use super::{Act, Conductor, EndReason, Epoch, Held, Live, State, stopped};
use crate::ipc::FromSession;

impl Conductor {
    /// Keys up, nothing is seen, and the banner says so. The person can end it as ever.
    pub(super) fn line_lost(&mut self, now: Instant, for_s: u16) -> Vec<Act> {
        let State::Live(live) = &mut self.state else { return Vec::new() };
        // Said twice, it lasts no longer.
        if live.away.is_none() {
            live.away = Some(now + AWAY.min(Duration::from_secs(u64::from(for_s))));
        }
        self.guard.stop();
        // What the service was to say about it comes with the line, if it does.
        (live.turning, live.yielding) = (None, None);
        if matches!(live.held, Held::Asked) {
            live.held = Held::No;
        }
        let asking = live.drop_more();
        let mut acts = vec![Act::Halt];
        acts.extend(asking.then_some(Act::CloseAsk));
        let banner = live.banner(now, None);
        acts.extend(self.close_window(now, NoReason::Withdrawn));
        acts.extend(self.close_return());
        acts.push(banner);
        acts
    }

    /// The same technician is back, says the service. The rights and the time are what they were here.
    pub(super) fn line_back(&mut self, now: Instant, epoch: Epoch) -> Vec<Act> {
        let State::Live(live) = &mut self.state else { return Vec::new() };
        let in_time = live.away.is_some_and(|until| now < until) && now < live.ends_at;
        if in_time && (live.idle || live.held.stands_still()) && epoch > live.epoch {
            (live.epoch, live.away) = (epoch, None);
            let mask = live.masked.now();
            let told = (mask != Mask::Off).then_some(Act::Tell(FromSession::Masked { epoch, mask }));
            let acts = [live.banner(now, None), Act::Tell(FromSession::BannerUp { epoch })];
            return acts.into_iter().chain(told).collect();
        }
        if !in_time || !self.guard.resume(now, epoch, live.capabilities, live.ends_at) {
            live.epoch = live.epoch.max(epoch);
            return self.end(EndReason::LinkLost, None);
        }
        (live.epoch, live.away) = (epoch, None);
        let (capabilities, mask) = (live.capabilities, live.masked.now());
        let mut acts = vec![live.banner(now, None), Act::Tell(FromSession::BannerUp { epoch })];
        if mask == Mask::Off {
            acts.insert(0, Act::Start { epoch, capabilities });
        } else {
            // The technician has forgotten it with the line.
            acts.push(Act::Tell(FromSession::Masked { epoch, mask }));
        }
        acts.extend(self.yields(now));
        acts
    }
}

impl Live {
    /// What is left for the line to come back, in seconds, if it is lost.
    pub(super) fn away_s(&self, now: Instant) -> Option<u16> {
        let left = self.away?.saturating_duration_since(now).as_secs();
        Some(u16::try_from(left).unwrap_or(u16::MAX))
    }
}

/// Nothing lives here that could come back: the service hears it at once.
pub(super) fn cannot_go_on(epoch: Epoch) -> Vec<Act> {
    vec![stopped(epoch, EndReason::EndedByPerson, None)]
}
