//! The firm's newest bulletin, as this agent knows it: on disk, so that no restart and no relay takes it back.

use std::io;

use aval_protocol::firm::{Adopted, Firm, SignedBulletin, files};

use super::{Home, StateError, replace};

/// Its file.
pub(super) const FILE: &str = "bulletin.pem";

impl Home {
    /// Lets what the firm said of its roots, and the bulletin on disk, count.
    ///
    /// # Errors
    /// [`StateError::Damaged`] when it makes no sense: an agent that forgot whom it must refuse does not serve.
    pub(crate) fn recall(&self, firm: &Firm) -> Result<(), StateError> {
        self.recall_successions(firm)?;
        let path = self.path(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(StateError::Io { path, error }),
        };
        let signed = files::bulletin_from_pem(&text).and_then(|signed| firm.adopt(&signed));
        signed.map(drop).map_err(|error| StateError::Damaged { path, why: error.to_string() })
    }

    /// Takes in what a relay says that the firm's bulletin is; whether anything changed.
    pub(crate) fn learn(&self, firm: &Firm, signed: &SignedBulletin) -> bool {
        match firm.adopt(signed) {
            Ok(Adopted::Newer) => {
                let version = firm.bulletin().map(|bulletin| bulletin.version);
                tracing::info!(version, "a newer bulletin of the firm counts");
                let kept = files::bulletin_to_pem(signed).map_err(StateError::from);
                if let Err(error) = kept.and_then(|text| replace(&self.path(FILE), text.as_bytes())) {
                    tracing::error!(%error, "the firm’s bulletin counts and could not be kept");
                }
                true
            }
            Ok(Adopted::Same) => false,
            Ok(Adopted::Older) => {
                tracing::warn!("the relay shows an older bulletin than the one that counts");
                false
            }
            Err(error) => {
                tracing::warn!(%error, "the relay shows a bulletin that is none");
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aval_protocol::firm::{Bulletin, FirmFile, authority};
    use aval_protocol::id::UnixSeconds;

    #[test]
    fn what_was_learnt_is_known_after_a_restart_and_an_older_one_is_not_taken() {
        let now = UnixSeconds(1_795_000_000);
        let founded = authority::found("Atelier", "+33199001234", now, 20, 400).unwrap();
        let fresh = || FirmFile::parse(&founded.file.to_pem().unwrap()).unwrap().firm().clone();
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path());
        let (first, known) = (Bulletin::next(&fresh(), None, now), fresh());
        let second = Bulletin::next(&fresh(), Some(&first), now);
        let sign = |bulletin: &Bulletin| bulletin.sign(&known, &founded.issuing).unwrap();
        assert!(home.recall(&known).is_ok() && known.bulletin().is_none());
        assert!(home.learn(&known, &sign(&second)));
        assert!(!home.learn(&known, &sign(&second)));
        let after = fresh();
        home.recall(&after).unwrap();
        assert!(!home.learn(&after, &sign(&first)));
        assert_eq!(after.bulletin().unwrap().version, 2);
        std::fs::write(home.path(FILE), "-----BEGIN").unwrap();
        assert!(matches!(home.recall(&fresh()), Err(StateError::Damaged { .. })));
    }
}
