//! A machine's key that is replaced by another one of the same machine: said by the old key, accepted by the new one.
//!
//! Nothing follows from it but who the machine is: a manager's approval was given to the old key, and is given to the new one anew. A thief
//! of the old key who renews it is a machine that waits for a manager's look, and the true one falls silent, which is seen.

use serde::{Deserialize, Serialize};

use super::{Signed, Signer, Statement, TrustError, verify_bytes};
use crate::id::{KeyId, UnixSeconds};
use crate::wire::Wire;

/// What the new key signs its acceptance under.
const ACCEPTED: &str = "aval/1 agent key accepted";

/// The old key's word.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Renewal {
    /// The old key.
    pub old: KeyId,
    /// The new key's `SubjectPublicKeyInfo` (DER).
    pub spki: Vec<u8>,
    /// When the machine said so, by its clock: told, never judged.
    pub at: UnixSeconds,
}

/// The word as it travels.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SignedRenewal {
    word: Signed<Renewal>,
    accepted: Vec<u8>,
}

impl Wire for Renewal {
    const LIMIT: usize = 256;
}
impl Statement for Renewal {
    const LABEL: &'static str = "aval/1 agent key renewal";
}

impl SignedRenewal {
    /// Both keys' word.
    ///
    /// # Errors
    /// Never in practice.
    pub fn sign(old: &Signer, new: &Signer, at: UnixSeconds) -> Result<Self, TrustError> {
        let word = old.sign(&Renewal { old: old.key_id(), spki: new.spki().to_vec(), at })?;
        let accepted = new.sign_bytes(ACCEPTED, word.body());
        Ok(Self { word, accepted })
    }

    /// What is said, if the key with this `SubjectPublicKeyInfo` and the one that follows it both signed it.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn open(&self, old_spki: &[u8]) -> Result<Renewal, TrustError> {
        let said = self.word.open_by_key(old_spki)?;
        verify_bytes(&said.spki, ACCEPTED, self.word.body(), &self.accepted)?;
        if said.old != KeyId::of_spki(old_spki) || said.spki == old_spki {
            return Err(TrustError::Unreadable("renewal of a key"));
        }
        Ok(said)
    }

    /// For a copy of its bytes.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn sample(word: Signed<Renewal>) -> Self {
        Self { word, accepted: vec![7; 64] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_keys_sign_and_nobody_else_s_word_is_taken() {
        let [old, new, other] = std::array::from_fn(|_| Signer::generate().unwrap());
        let at = UnixSeconds(1_795_000_000);
        let signed = SignedRenewal::sign(&old, &new, at).unwrap();
        assert_eq!(signed.open(old.spki()).unwrap().spki, new.spki());
        assert!(signed.open(other.spki()).is_err() && signed.open(new.spki()).is_err());
        // The new key's word given to another one's place, a key that nobody accepted for, and the same one again.
        let place = Renewal { old: other.key_id(), spki: new.spki().to_vec(), at };
        let stolen = SignedRenewal { word: other.sign(&place).unwrap(), ..signed.clone() };
        assert_eq!(stolen.open(other.spki()), Err(TrustError::BadSignature));
        let lent = SignedRenewal { word: other.sign(&signed.open(old.spki()).unwrap()).unwrap(), ..signed };
        assert!(lent.open(other.spki()).is_err());
        let silent = SignedRenewal { accepted: vec![0; 64], ..SignedRenewal::sign(&old, &new, at).unwrap() };
        assert_eq!(silent.open(old.spki()), Err(TrustError::BadSignature));
        assert!(SignedRenewal::sign(&old, &old, at).unwrap().open(old.spki()).is_err());
    }
}
