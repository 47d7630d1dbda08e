//! The journal: entries chained by hash and signed, one chain per agent, so that nothing can be changed, dropped or moved unseen.

use serde::{Deserialize, Serialize};

use crate::id::UnixSeconds;

/// One entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Number, from 1, without gaps.
    pub seq: u64,
    /// Hash of the entry before; zeros for the first.
    pub prev: [u8; 32],
    /// When, clock of the journal's keeper.
    pub at: UnixSeconds,
    /// What happened, postcard of [`Event`]; bytes, so that an older reader can verify what it can't read.
    pub body: Vec<u8>,
    /// Ed25519 over the entry's hash by the keeper's key.
    pub signature: Vec<u8>,
}
