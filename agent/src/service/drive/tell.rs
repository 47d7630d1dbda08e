//! What the service tells: the relay, the inventory's task, and whoever asks how it stands.

use aval_protocol::wire::link::{Step, Uplink};

use super::{Run, UNSAID};
use crate::service::inventory;

impl Run {
    pub(super) fn uplink(&mut self, word: Uplink) {
        let Some(up) = &self.up else {
            if matches!(word, Uplink::Step { step: Step::Ended { .. }, .. }) && self.unsaid.len() < UNSAID {
                self.unsaid.push(word);
            }
            return;
        };
        if up.uplink.try_send(word).is_err() {
            tracing::debug!("the relay takes no more words");
        }
    }

    pub(super) fn inventory(&self, told: inventory::Line) {
        if self.inventory.try_send(told).is_err() {
            tracing::warn!("the inventory does not keep up; it goes on with the next line");
        }
    }

    /// The relay witnesses the newest entry of this journal.
    pub(super) fn tell_head(&mut self) {
        if let Some((seq, hash)) = self.driver.keep.head() {
            self.uplink(Uplink::JournalHead { seq, hash });
        }
    }

    pub(super) fn say(&mut self) {
        self.status.desktop = self.driver.engine.has_desktop();
        self.status.in_session = self.driver.engine.session().is_some();
        self.driver.home.say(&self.status);
    }
}
