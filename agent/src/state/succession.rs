//! Which roots the firm had, as this agent knows it: on disk before it counts, so that no restart and no relay leads back.

use std::io;

use aval_protocol::firm::{Firm, SignedSuccession, Succeeded, files};

use super::{Home, StateError, replace};

/// Its file.
pub(super) const FILE: &str = "successions.pem";

impl Home {
    /// Lets the successions on disk count.
    ///
    /// # Errors
    /// [`StateError::Damaged`] when they make no sense: an agent that forgot whom it must refuse does not serve.
    pub(super) fn recall_successions(&self, firm: &Firm) -> Result<(), StateError> {
        let path = self.path(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(StateError::Io { path, error }),
        };
        let known = files::successions_from_pem(&text).and_then(|all| firm.follow(&all));
        known.map(drop).map_err(|error| StateError::Damaged { path, why: error.to_string() })
    }

    /// Follows the firm's roots as far as a relay shows that they lead; what is new, the oldest first. What can't be kept does not count.
    pub(crate) fn follow(&self, firm: &Firm, all: &[SignedSuccession]) -> Vec<Succeeded> {
        match self.try_follow(firm, all) {
            Ok(new) => new,
            Err(error) => {
                tracing::warn!(%error, "the relay shows a succession of the firm’s root that is none");
                Vec::new()
            }
        }
    }

    fn try_follow(&self, firm: &Firm, all: &[SignedSuccession]) -> Result<Vec<Succeeded>, StateError> {
        // With a memory of its own first: nothing counts that is not on disk.
        let trial = Firm::from_root_der(firm.root_der().to_vec())?;
        trial.follow(&firm.successions())?;
        if trial.follow(all)?.is_empty() {
            return Ok(Vec::new());
        }
        replace(&self.path(FILE), files::successions_to_pem(&trial.successions())?.as_bytes())?;
        Ok(firm.follow(all)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aval_protocol::firm::{FirmFile, authority};
    use aval_protocol::id::UnixSeconds;

    #[test]
    fn what_was_followed_is_known_after_a_restart_and_what_can_t_be_kept_does_not_count() {
        let now = UnixSeconds(1_795_000_000);
        let first = authority::found("Atelier", "+33199001234", now, 20, 400).unwrap();
        let second = authority::succeed(&first.root, &first.file, (now, now), 20, 400).unwrap();
        let fresh = || FirmFile::parse(&first.file.to_pem().unwrap()).unwrap().firm().clone();
        let all = second.file.firm().successions();
        let dir = tempfile::tempdir().unwrap();
        let nowhere = Home::new(dir.path().join("missing"));
        let known = fresh();
        assert!(nowhere.follow(&known, &all).is_empty() && known.succeeded().is_empty());
        let home = Home::new(dir.path());
        assert_eq!(home.follow(&known, &all).len(), 1);
        assert!(home.follow(&known, &all).is_empty());
        let after = fresh();
        home.recall(&after).unwrap();
        assert_eq!(after.root_now(), second.root.key_id());
        std::fs::write(home.path(FILE), "-----BEGIN").unwrap();
        assert!(matches!(home.recall(&fresh()), Err(StateError::Damaged { .. })));
    }
}
