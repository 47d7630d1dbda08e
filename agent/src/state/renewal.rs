//! The key that is to take the machine's own key's place: beside it until the relay knows it, so that a crash at any moment leaves a machine
//! that finds out which of the two counts.

use std::fs;
use std::io;

use aval_protocol::firm::Signer;

use super::{Home, KEY, StateError, aside, exposed, replace, sync_dir};

/// Its file.
pub(super) const NEXT: &str = "identity.next";

impl Home {
    /// The next key, where a renewal was begun and not finished.
    ///
    /// # Errors
    /// Any [`StateError`].
    pub(crate) fn next_signer(&self) -> Result<Option<Signer>, StateError> {
        let path = self.path(NEXT);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StateError::Io { path, error }),
        };
        if exposed(&path) {
            return Err(StateError::Exposed(path));
        }
        let signer = Signer::from_pkcs8(bytes, Vec::new());
        signer.map(Some).map_err(|e| StateError::Damaged { path, why: e.to_string() })
    }

    /// Whether a renewal was begun and not finished.
    pub(crate) fn renewal_begun(&self) -> bool {
        self.path(NEXT).exists()
    }

    /// The next key; made if there is none yet.
    ///
    /// # Errors
    /// Any [`StateError`].
    pub(crate) fn begin_renewal(&self) -> Result<Signer, StateError> {
        if let Some(begun) = self.next_signer()? {
            return Ok(begun);
        }
        let signer = Signer::generate()?;
        replace(&self.path(NEXT), signer.pkcs8())?;
        Ok(signer)
    }

    /// The next key is not to be: it is kept aside.
    ///
    /// # Errors
    /// [`StateError::Io`].
    pub(crate) fn give_up_renewal(&self) -> Result<(), StateError> {
        let path = self.path(NEXT);
        let done = fs::rename(&path, aside(&path, "refused")).and_then(|()| sync_dir(&path));
        done.map_err(|error| StateError::Io { path, error })
    }

    /// From now on the next key is the machine's own.
    ///
    /// # Errors
    /// [`StateError::Io`].
    pub(crate) fn finish_renewal(&self) -> Result<(), StateError> {
        let (path, next) = (self.path(KEY), self.path(NEXT));
        let done = fs::rename(next, &path).and_then(|()| sync_dir(&path));
        done.map_err(|error| StateError::Io { path, error })
    }
}
