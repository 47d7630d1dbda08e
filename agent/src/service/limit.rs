//! How often one technician may have a person asked: tired people say yes, so the agent falls silent first.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use aval_protocol::id::PersonId;

/// Questions per technician…
pub const MAX_PROMPTS: usize = 3;
/// …within that time…
pub const WINDOW: Duration = Duration::from_secs(10 * 60);
/// …and then nothing for that long.
pub const SILENCE: Duration = Duration::from_secs(15 * 60);
/// Technicians remembered at most; a firm has fewer, and each is certified.
const MAX_TECHNICIANS: usize = 256;

/// Who had whom asked, and when. Lives as long as the service.
#[derive(Debug, Default)]
pub struct PromptLimit {
    asked: BTreeMap<PersonId, Asked>,
}

#[derive(Debug, Default)]
struct Asked {
    at: VecDeque<Instant>,
    silent_until: Option<Instant>,
}

// === impl PromptLimit

impl PromptLimit {
    /// Whether this technician may have the person asked now. The question that would be one too many begins the silence.
    pub fn may_ask(&mut self, now: Instant, technician: &PersonId) -> bool {
        self.forget(now);
        if self.asked.len() >= MAX_TECHNICIANS && !self.asked.contains_key(technician) {
            return false;
        }
        let asked = self.asked.entry(technician.clone()).or_default();
        if asked.silent_until.is_some() {
            return false;
        }
        if asked.at.len() >= MAX_PROMPTS {
            asked.silent_until = Some(now + SILENCE);
            return false;
        }
        true
    }

    /// The person is being asked.
    pub fn asked(&mut self, now: Instant, technician: &PersonId) {
        self.asked.entry(technician.clone()).or_default().at.push_back(now);
    }

    fn forget(&mut self, now: Instant) {
        self.asked.retain(|_, asked| {
            asked.at.retain(|at| now.saturating_duration_since(*at) < WINDOW);
            asked.silent_until = asked.silent_until.filter(|until| now < *until);
            !asked.at.is_empty() || asked.silent_until.is_some()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fourth_question_in_ten_minutes_brings_a_quarter_of_an_hour_of_quiet() {
        let mut now = aval_transport::Clock::system().monotonic();
        let (sophie, marc) = (PersonId::new("sophie.martin").unwrap(), PersonId::new("marc.petit").unwrap());
        let mut limit = PromptLimit::default();
        for _ in 0..MAX_PROMPTS {
            assert!(limit.may_ask(now, &sophie));
            limit.asked(now, &sophie);
            now += Duration::from_secs(60);
        }
        assert!(!limit.may_ask(now, &sophie));
        assert!(limit.may_ask(now, &marc), "another technician is not punished");
        let silent = now;
        now = silent + WINDOW + Duration::from_secs(1);
        assert!(!limit.may_ask(now, &sophie), "the silence outlasts the window");
        now = silent + SILENCE;
        assert!(limit.may_ask(now, &sophie));
    }

    #[test]
    fn questions_spread_over_the_day_are_never_too_many() {
        let mut now = aval_transport::Clock::system().monotonic();
        let sophie = PersonId::new("sophie.martin").unwrap();
        let mut limit = PromptLimit::default();
        for _ in 0..50 {
            assert!(limit.may_ask(now, &sophie));
            limit.asked(now, &sophie);
            now += WINDOW / 2;
        }
    }
}
