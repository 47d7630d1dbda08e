//! A person's yes to one return after a restart, on disk: private, signed by the machine's own key, removed when it is used, late or
//! doubtful.

use std::fs;
use std::io;

use aval_protocol::firm::{Signed, Signer};
use aval_protocol::wire::promise::Promise;
use aval_protocol::wire::{decode_content, encode};

use super::{Home, StateError, replace};

/// The file, in the agent's folder.
const FILE: &str = "return.promise";

impl Home {
    /// Keeps it; one at a time.
    ///
    /// # Errors
    /// [`StateError`]: then there is none.
    pub fn keep_promise(&self, signer: &Signer, promise: &Promise) -> Result<(), StateError> {
        let path = self.path(FILE);
        let damaged = |why: String| StateError::Damaged { path: path.clone(), why };
        let signed = signer.sign(promise).map_err(|error| damaged(error.to_string()))?;
        let bytes = encode(&signed).map_err(|error| damaged(error.to_string()))?;
        replace(&path, &bytes)
    }

    /// The one that is kept, if this machine's key signed it.
    pub fn promise(&self, signer: &Signer) -> Option<Promise> {
        let bytes = fs::read(self.path(FILE)).ok()?;
        let content = bytes.get(aval_protocol::wire::HEADER..)?;
        let signed: Signed<Promise> = decode_content(content).ok()?;
        signed.open_by_key(signer.spki()).ok()
    }

    /// There is none any more. `false`: it may still be there, and nothing may follow from it.
    pub fn forget_promise(&self) -> bool {
        match fs::remove_file(self.path(FILE)) {
            Ok(()) => true,
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }
}
