//! What becomes of a manifest that is shown to an agent: a function of the manifest, of what is known, and of a moment.

use serde::{Deserialize, Serialize};

use super::{MAX_ROTATIONS, Manifest, Release, Succession};
use crate::firm::TrustError;
use crate::id::{KeyId, UnixSeconds};

/// What an agent knows of releases. Kept on disk before anything follows from it, so that no restart forgets it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Known {
    /// The key that counts (`SubjectPublicKeyInfo`, DER): the pinned one, or the one that it led to.
    pub key: Vec<u8>,
    /// The newest release that was ever seen.
    pub newest: Option<Release>,
}

/// Why a manifest changes nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// Signed by a key that the pinned one does not lead to.
    #[error("signed by another key than the one that counts here")]
    OtherKey,
    /// The signature does not match.
    #[error("the signature does not match")]
    BadSignature,
    /// It is no manifest, or makes no sense.
    #[error("unreadable, or without sense")]
    Unreadable,
    /// A newer edition was seen.
    #[error("edition {shown} is older than edition {known}, which was seen already")]
    Rollback {
        /// The edition that was shown.
        shown: u32,
        /// The edition that is known.
        known: u32,
    },
    /// It bears the number of the newest one and says something else.
    #[error("two manifests of edition {0} differ")]
    Differs(u32),
    /// A later edition with an earlier program.
    #[error("the program’s version goes back")]
    VersionBack,
    /// A later edition that lets an older program serve.
    #[error("the floor goes back")]
    FloorBack,
    /// Its time is over.
    #[error("its time is over")]
    Expired,
}

/// What a manifest says, if the key that counts signed it or leads to the one that did; and that one.
///
/// # Errors
/// [`Refused`].
pub fn opened(key: &[u8], manifest: &Manifest) -> Result<(Release, Vec<u8>), Refused> {
    let key = led_to(key, manifest)?;
    if key != manifest.key {
        return Err(Refused::OtherKey);
    }
    Ok((signed_by(manifest, &key)?, key))
}

/// The release in a manifest, if this key signed it and it makes sense.
pub(super) fn signed_by(manifest: &Manifest, key: &[u8]) -> Result<Release, Refused> {
    let release = manifest.release.open_by_key(key).map_err(|e| refused(&e))?;
    release.check().map_err(|_| Refused::Unreadable)?;
    Ok(release)
}

/// Goes from the key that counts to the last one that it and its successors gave their place to.
fn led_to(key: &[u8], manifest: &Manifest) -> Result<Vec<u8>, Refused> {
    if manifest.rotations.len() > MAX_ROTATIONS {
        return Err(Refused::Unreadable);
    }
    let mut key = key.to_vec();
    for rotation in &manifest.rotations {
        // A replacement of a key from before the one that counts is history.
        let Ok(word) = rotation.given.open_by_key(&key) else { continue };
        let Succession { from, to, .. } = &word;
        let taken = rotation.taken.open_by_key(to).map_err(|e| refused(&e))?;
        if *from != KeyId::of_spki(&key) || taken != word || *to == key {
            return Err(Refused::Unreadable);
        }
        key.clone_from(to);
    }
    Ok(key)
}

const fn refused(error: &TrustError) -> Refused {
    match error {
        TrustError::BadSignature => Refused::BadSignature,
        _ => Refused::Unreadable,
    }
}

// === impl Known

impl Known {
    /// What is known at first: the pinned key.
    pub const fn pinned(key: Vec<u8>) -> Self {
        Self { key, newest: None }
    }

    /// What is known once this manifest was seen; `None` if it is the one that was known.
    ///
    /// # Errors
    /// [`Refused`]: nothing changes.
    pub fn seen(&self, manifest: &Manifest, now: UnixSeconds) -> Result<Option<Self>, Refused> {
        let (release, key) = opened(&self.key, manifest)?;
        if let Some(known) = &self.newest {
            if release.edition < known.edition {
                return Err(Refused::Rollback { shown: release.edition, known: known.edition });
            }
            if release.edition == known.edition {
                return match (release == *known, self.expired(now)) {
                    (false, _) => Err(Refused::Differs(release.edition)),
                    (true, true) => Err(Refused::Expired),
                    (true, false) => Ok((key != self.key).then_some(Self { key, newest: Some(release) })),
                };
            }
            if release.version < known.version {
                return Err(Refused::VersionBack);
            }
            if release.floor < known.floor {
                return Err(Refused::FloorBack);
            }
        }
        // Time does not run backwards: a PC whose clock was set back is not shown yesterday's news as today's.
        let now = self.newest.as_ref().map_or(now, |known| now.max(known.at));
        if release.until <= now {
            return Err(Refused::Expired);
        }
        Ok(Some(Self { key, newest: Some(release) }))
    }

    /// Whether the newest release that is known has ended: whoever should have brought a newer one did not.
    pub fn expired(&self, now: UnixSeconds) -> bool {
        self.newest.as_ref().is_some_and(|known| known.until <= now.max(known.at))
    }
}
