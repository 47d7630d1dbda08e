//! What of a session may be seen at this end, and why not.

use aval_protocol::wire::codes::EndReason;
use tokio::sync::watch;

use super::hands::State;
use super::view::View;

/// What may be seen and typed. However the driver ends, it ends blind.
pub(super) struct Sight {
    pub(super) state: watch::Sender<State>,
    pub(super) view: View,
    /// The machine says that the lease is lost.
    pub(super) leaseless: bool,
    /// A lane is gone, or the technician leaves: the end is near, and says itself why.
    pub(super) ending: bool,
    /// The line is lost.
    pub(super) away: bool,
    /// The person types a password.
    pub(super) masked: bool,
}

// === impl Sight

impl Sight {
    /// Hides or shows, as things stand. What changed for somebody who saw something and is not about to hear of the end.
    pub(super) fn cover(&self) -> Option<bool> {
        let hidden = self.leaseless || self.ending || self.away || self.masked;
        self.view.hide(hidden);
        let mut changed = false;
        self.state.send_if_modified(|state| {
            changed = state.blank != hidden;
            state.blank = hidden;
            changed
        });
        let shown = self.state.borrow().grant.is_some();
        (changed && shown && !self.ending).then_some(hidden)
    }

    pub(super) fn over(&self, reason: EndReason) {
        self.view.wipe();
        self.state.send_if_modified(|state| {
            let first = state.ended.is_none();
            state.ended.get_or_insert(reason);
            first
        });
    }
}

impl Drop for Sight {
    fn drop(&mut self) {
        self.over(EndReason::EndedByTechnician);
    }
}
