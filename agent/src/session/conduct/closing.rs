//! Closing time on the person's desktop: remote hands stand still while the person is asked, and stay still without their own yes.

use std::time::Instant;

use super::away::cannot_go_on;
use super::{
    Act, Answer, AtDesk, BannerNotice, BannerUpdate, Capabilities, Closing, Conductor, EndReason, Epoch,
    Live, NoReason, State,
};
use crate::ipc::FromSession;
use aval_protocol::prompt::secret::SecretAnswer;

impl Conductor {
    /// The service says that it is closing time. What is of another grant concerns nobody.
    pub(super) fn at_desk(&mut self, now: Instant, epoch: Epoch, word: AtDesk) -> Vec<Act> {
        let State::Live(live) = &mut self.state else { return cannot(epoch, &word) };
        if live.epoch != epoch {
            return cannot(epoch, &word);
        }
        match word {
            AtDesk::Soon { at } => vec![live.banner(now, Some(BannerNotice::ClosesAt(at)))],
            AtDesk::Ask { .. } if !matches!(live.closing, Closing::Not) => Vec::new(),
            AtDesk::Ask { ask, answer_within, end_within } => {
                self.guard.freeze(true);
                // One question at a time.
                let mut acts = Vec::from_iter(live.drop_more().then_some(Act::CloseAsk));
                let (view_only_at, end_at) = (now + answer_within, now + end_within);
                let bad = ask.check().is_err() || ask.extending.is_none();
                live.closing = Closing::Asking { ask: ask.clone(), view_only_at, end_at };
                let seen = !live.held.stands_still();
                acts.extend(self.close_window(now, NoReason::Withdrawn));
                acts.extend(self.close_return());
                if bad {
                    acts.extend(self.extended(now, Answer::No(NoReason::PromptLost)));
                } else if seen {
                    acts.push(Act::Ask(ask));
                }
                acts
            }
            // Hands stay only by the person's own answer, which came here first.
            AtDesk::Extended { at, capabilities } => {
                live.capabilities = self.guard.narrow(capabilities).and(live.capabilities);
                vec![live.banner(now, Some(BannerNotice::Extended(at)))]
            }
            AtDesk::ViewOnly { at } => {
                live.capabilities = self.guard.narrow(Capabilities::VIEW).and(live.capabilities);
                let asking = matches!(live.closing, Closing::Asking { .. });
                if asking {
                    return self.extended(now, Answer::No(NoReason::Withdrawn));
                }
                vec![live.banner(now, Some(BannerNotice::ViewOnly(at)))]
            }
            AtDesk::Mask => self.mask_wished(now),
            AtDesk::AskReturn { ask } => self.ask_return(ask),
            AtDesk::Secret { ask } => self.ask_secret(now, ask),
            AtDesk::Widen { ask } => self.widen(now, ask),
            AtDesk::Turn { epoch, capabilities } => self.turn(now, epoch, capabilities),
            AtDesk::Idle => self.idle(now),
            AtDesk::Awake => self.awake(now),
            AtDesk::LineLost { for_s } => self.line_lost(now, for_s),
            AtDesk::Back { epoch } => self.line_back(now, epoch),
        }
    }

    /// The person answered whether it goes on, or nobody will.
    pub(super) fn extended(&mut self, now: Instant, answer: Answer) -> Vec<Act> {
        let State::Live(live) = &mut self.state else { return Vec::new() };
        let Closing::Asking { end_at, .. } = live.closing else { return Vec::new() };
        let told = Act::Tell(FromSession::Extend { epoch: live.epoch, answer });
        match answer {
            Answer::Yes { capabilities, .. } => {
                live.capabilities = self.guard.narrow(capabilities).and(live.capabilities);
                live.closing = Closing::Not;
                vec![Act::CloseAsk, told, live.banner(now, None)]
            }
            Answer::No(NoReason::Refused) => {
                let mut acts = self.end(EndReason::EndedByPerson, None);
                // First it stops here; then why, before that it has.
                let at = acts.iter().position(|act| matches!(act, Act::Tell(_))).unwrap_or(acts.len());
                acts.insert(at, told);
                acts
            }
            Answer::No(_) => {
                live.capabilities = self.guard.narrow(Capabilities::VIEW).and(live.capabilities);
                live.ends_at = live.ends_at.min(end_at);
                live.closing = Closing::ViewOnly;
                self.guard.shorten(live.ends_at);
                vec![Act::CloseAsk, told, live.banner(now, None)]
            }
        }
    }
}

impl Live {
    pub(super) fn banner(&self, now: Instant, notice: Option<BannerNotice>) -> Act {
        // While the line is lost nothing else is as urgent.
        let held = self.held.left_s(now).map(BannerNotice::Held);
        let idle = self.idle.then_some(BannerNotice::Idle);
        let notice = self.away_s(now).map(BannerNotice::LineLost).or(held).or(idle).or(notice);
        let left = self.ends_at.saturating_duration_since(now).as_secs();
        let remaining_s = u32::try_from(left).unwrap_or(u32::MAX);
        let mask = self.masked.now();
        Act::UpdateBanner(BannerUpdate { remaining_s, capabilities: self.capabilities, notice, mask })
    }
}

/// A question that nobody here can be asked is answered: with silence.
fn cannot(epoch: Epoch, word: &AtDesk) -> Vec<Act> {
    match word {
        AtDesk::AskReturn { .. } => {
            vec![Act::Tell(FromSession::Return { epoch, answer: Answer::No(NoReason::PromptLost) })]
        }
        AtDesk::Secret { .. } => {
            let answer = SecretAnswer::No(NoReason::PromptLost);
            vec![Act::Tell(FromSession::Secret { epoch, answer })]
        }
        AtDesk::Back { epoch } | AtDesk::Turn { epoch, .. } => cannot_go_on(*epoch),
        AtDesk::Widen { .. } => {
            vec![Act::Tell(FromSession::Widen { epoch, answer: Answer::No(NoReason::PromptLost) })]
        }
        AtDesk::Ask { .. } => {
            vec![Act::Tell(FromSession::Extend { epoch, answer: Answer::No(NoReason::PromptLost) })]
        }
        _ => Vec::new(),
    }
}
