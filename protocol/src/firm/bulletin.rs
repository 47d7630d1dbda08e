//! The firm's bulletin: which keys count no more, and where the firm's relays are. Signed off line by the issuing key, carried by any
//! relay, and never taken back: whoever has seen one refuses every older one.
//!
//! What stands higher is decided by the root first, where one succeeded another, then by the issuing certificate's beginning, and by
//! the number last. So a thief of an issuing key can put the number as high as it goes and is still overruled by the first bulletin of
//! the key that comes after.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};

use super::read::Cert;
use super::{Firm, Signed, Signer, Statement, TrustError};
use crate::id::{KeyId, UnixSeconds};
use crate::wire::Wire;

/// Keys in a bulletin at most: a firm of a hundred people fills it in a lifetime.
pub const MAX_REVOKED: usize = 1000;
/// Relays in a bulletin at most.
pub const MAX_RELAYS: usize = 16;
/// Longest `host:port`, in bytes.
const MAX_ADDRESS: usize = 262;

/// What the firm says to everybody who trusts it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Bulletin {
    /// The root of the firm that says it.
    pub root: KeyId,
    /// Counts up by one with each bulletin of an issuing key.
    pub version: u32,
    /// When it was written.
    pub at: UnixSeconds,
    /// Keys that count no more. A later bulletin repeats them all.
    pub revoked: Vec<Revoked>,
    /// Relays as `host:port`, the preferred one first; empty says nothing about them.
    pub relays: Vec<String>,
}

/// A key that counts no more: a member's, a relay's, or an issuing key with all that it certified.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Revoked {
    /// The key.
    pub key: KeyId,
    /// What it signed at this moment and later is worth nothing; what it signed before stands. It opens no door at any moment.
    pub since: UnixSeconds,
    /// Why.
    pub reason: RevokedFor,
}

/// Why a key counts no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RevokedFor {
    /// Somebody else may have it.
    Stolen,
    /// Nobody has it any more.
    Lost,
    /// Its holder left.
    Left,
    /// Another key took its place.
    Replaced,
}

/// The bulletin as it travels.
pub type SignedBulletin = Signed<Bulletin>;

/// What became of a bulletin that was shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Adopted {
    /// It is the newest known; from now on it counts.
    Newer,
    /// It is the one that counts already.
    Same,
    /// A newer one is known: nothing changed.
    Older,
}

/// The newest bulletin that a firm's clones have in common.
#[derive(Clone, Default)]
pub(super) struct Held(Arc<RwLock<Option<Newest>>>);

struct Newest {
    rank: Rank,
    bulletin: Arc<Bulletin>,
    signed: SignedBulletin,
}

/// How many roots came before this one's, the issuing certificate's first moment, then the number.
type Rank = (u32, i64, u32);

impl Wire for Bulletin {
    const LIMIT: usize = 48 * 1024;
}
impl Statement for Bulletin {
    const LABEL: &'static str = "aval/1 firm bulletin";
}

// === impl RevokedFor

impl RevokedFor {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::Stolen, Self::Lost, Self::Left, Self::Replaced];

    /// The reason's name on the command line.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Stolen => "stolen",
            Self::Lost => "lost",
            Self::Left => "left",
            Self::Replaced => "replaced",
        }
    }

    /// The reason of that name.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.label() == label)
    }
}

// === impl Bulletin

impl Bulletin {
    /// The next one: what the last one said, and more. `None` is a firm that said nothing yet.
    pub fn next(firm: &Firm, last: Option<&Self>, now: UnixSeconds) -> Self {
        let root = firm.root_now();
        match last {
            None => Self { root, version: 1, at: now, revoked: Vec::new(), relays: Vec::new() },
            Some(last) => Self { root, version: last.version.saturating_add(1), at: now, ..last.clone() },
        }
    }

    /// Adds a key; the earlier moment counts if it was there.
    pub fn revoke(&mut self, revoked: Revoked) {
        match self.revoked.iter_mut().find(|old| old.key == revoked.key) {
            Some(old) => *old = Revoked { since: old.since.min(revoked.since), ..revoked },
            None => self.revoked.push(revoked),
        }
    }

    /// Signs it, after the check that everybody else will make.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn sign(&self, firm: &Firm, issuing: &Signer) -> Result<SignedBulletin, TrustError> {
        let signed = issuing.sign(self)?;
        read(firm, &signed)?;
        Ok(signed)
    }

    fn check(&self, root: KeyId) -> Result<(), TrustError> {
        if self.root != root {
            return Err(TrustError::Foreign);
        }
        let keys: BTreeSet<_> = self.revoked.iter().map(|revoked| revoked.key).collect();
        let address = |relay: &String| {
            relay.len() <= MAX_ADDRESS
                && relay.rsplit_once(':').is_some_and(|(host, port)| {
                    !host.is_empty()
                        && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-_:[]".contains(c))
                        && port.parse::<u16>().is_ok_and(|port| port > 0)
                })
        };
        let fit = keys.len() == self.revoked.len()
            && keys.len() <= MAX_REVOKED
            && !keys.contains(&self.root)
            && self.relays.len() <= MAX_RELAYS
            && self.relays.iter().all(address);
        if fit { Ok(()) } else { Err(TrustError::Unreadable("bulletin")) }
    }
}

/// What a bulletin says and how high it stands, if an issuing key of this firm signed it. A bulletin does not end with its issuing
/// certificate: a key that was revoked stays so.
fn read(firm: &Firm, signed: &SignedBulletin) -> Result<(Rank, Bulletin), TrustError> {
    let [issuing] = signed.chain() else {
        return Err(TrustError::Unreadable("bulletin: no issuing certificate"));
    };
    if issuing.len() > super::chain::MAX_CERT {
        return Err(TrustError::Unreadable("bulletin: no issuing certificate"));
    }
    let cert = Cert::read(issuing)?;
    let root = firm.roots().into_iter().find(|root| root.issued(&cert)).ok_or(TrustError::Foreign)?;
    let bulletin = signed.open_by_key(&cert.spki)?;
    bulletin.check(root.key())?;
    root.bounds_of_word(&cert, bulletin.at)?;
    let own = KeyId::of_spki(&cert.spki);
    if bulletin.revoked.iter().any(|revoked| revoked.key == own) {
        return Err(TrustError::Unreadable("bulletin: it revokes the key that signed it"));
    }
    Ok(((root.generation(), cert.not_before.0, bulletin.version), bulletin))
}

// === impl Firm

impl Firm {
    /// Judges a bulletin and, if it is newer than the one that counts, lets it count: here and in every clone of this firm.
    ///
    /// # Errors
    /// [`TrustError`] when it is no bulletin of this firm, when its signer was revoked by the one that counts, or when it bears the
    /// number of the one that counts and says something else.
    pub fn adopt(&self, signed: &SignedBulletin) -> Result<Adopted, TrustError> {
        let (rank, bulletin) = read(self, signed)?;
        let mut held = self.held.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(newest) = held.as_ref() {
            if newest.signed.body() == signed.body() && newest.rank == rank {
                return Ok(Adopted::Same);
            }
            if newest.rank > rank {
                return Ok(Adopted::Older);
            }
            let spki = signed.chain().first().map(|der| Cert::read(der)).transpose()?.map(|cert| cert.spki);
            let by = spki.map(|spki| KeyId::of_spki(&spki));
            if newest.bulletin.revoked.iter().any(|revoked| Some(revoked.key) == by) {
                return Err(TrustError::Revoked);
            }
            if newest.rank == rank {
                return Err(TrustError::Unreadable("bulletin: two of the same number differ"));
            }
        }
        *held = Some(Newest { rank, bulletin: Arc::new(bulletin), signed: signed.clone() });
        Ok(Adopted::Newer)
    }

    /// The bulletin that counts, if there is one.
    pub fn bulletin(&self) -> Option<Arc<Bulletin>> {
        let held = self.held.0.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().map(|newest| Arc::clone(&newest.bulletin))
    }

    /// The same, as it was signed.
    pub fn signed_bulletin(&self) -> Option<SignedBulletin> {
        let held = self.held.0.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().map(|newest| newest.signed.clone())
    }

    /// Whether the bulletin that counts revokes this key; since when and why.
    pub fn revoked(&self, key: KeyId) -> Option<Revoked> {
        let held = self.held.0.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref()?.bulletin.revoked.iter().find(|revoked| revoked.key == key).cloned()
    }
}

#[cfg(test)]
mod tests;
