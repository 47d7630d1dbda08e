//! A root that is succeeded by another one: said by the old root, accepted by the new one, carried by any relay, and never taken back.
//!
//! Whoever pinned the old root follows it to the new one by this word alone; whoever was given the new one knows by it which roots came
//! before, whose certificates still count for a while. Both keys sign: without the old one's word nobody would be led away from it, and
//! without the new one's anybody could claim to be its ancestor.

use std::sync::{Arc, PoisonError, RwLock};

use rustls_pki_types::CertificateDer;
use serde::{Deserialize, Serialize};

use super::authority::BACKDATE_S;
use super::chain::MAX_CERT;
use super::read::Cert;
use super::{Firm, Signed, Signer, Statement, TrustError, verify_bytes};
use crate::id::{KeyId, UnixSeconds};
use crate::wire::Wire;

/// Roots that may follow one another: with one in twenty years, a firm of centuries.
pub const MAX_SUCCESSIONS: usize = 8;
/// What the new root signs its acceptance under.
const ACCEPTED: &str = "aval/1 firm root accepted";

/// The old root's word that another one takes its place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Succession {
    /// Counts the firm's roots: 1 leads from the first to the second.
    pub number: u32,
    /// The old root's key: what the new one accepts is this one's place and nobody else's.
    pub old: KeyId,
    /// The new root's certificate (DER), which it signed itself.
    pub root: Vec<u8>,
    /// What the old root, or a key that it certified, certified or declared from this moment on is worth nothing.
    pub since: UnixSeconds,
    /// At this moment and later nothing of the old root opens a door.
    pub until: UnixSeconds,
}

/// The word as it travels: signed by the old root, whose certificate is with it, and accepted by the new one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SignedSuccession {
    word: Signed<Succession>,
    accepted: Vec<u8>,
}

/// One root that took another's place, as people are told of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Succeeded {
    /// Counts the firm's roots.
    pub number: u32,
    /// The old root's key.
    pub old: KeyId,
    /// The new root's key.
    pub new: KeyId,
    /// Since when the old one certifies nothing more.
    pub since: UnixSeconds,
    /// From when on nothing of it opens a door.
    pub until: UnixSeconds,
}

/// All that is known of a firm's roots, the first succession first. A firm's clones have it in common.
#[derive(Clone, Default)]
pub(super) struct Line(Arc<RwLock<Vec<Step>>>);

/// A succession that holds by itself.
#[derive(Clone)]
struct Step {
    signed: SignedSuccession,
    old: Root,
    new: Root,
    told: Succeeded,
}

/// A root, and the bounds of what it certified if another one took its place.
#[derive(Clone)]
pub(super) struct Root {
    der: CertificateDer<'static>,
    spki: Vec<u8>,
    subject: Vec<u8>,
    key: KeyId,
    generation: u32,
    bounds: Option<(UnixSeconds, UnixSeconds)>,
}

impl Wire for Succession {
    const LIMIT: usize = MAX_CERT + 64;
}
impl Statement for Succession {
    const LABEL: &'static str = "aval/1 firm root succession";
}

// === impl SignedSuccession

impl SignedSuccession {
    /// Both keys' word. The old root's certificate is its chain; so is the new one's.
    ///
    /// # Errors
    /// [`TrustError`] when one of them has none, or the moments are the wrong way round.
    pub fn sign(
        old: &Signer,
        new: &Signer,
        number: u32,
        (since, until): (UnixSeconds, UnixSeconds),
    ) -> Result<Self, TrustError> {
        let [root] = new.chain() else {
            return Err(TrustError::Unreadable("root key without its certificate"));
        };
        let word = old.sign(&Succession { number, old: old.key_id(), root: root.clone(), since, until })?;
        let accepted = new.sign_bytes(ACCEPTED, word.body());
        let signed = Self { word, accepted };
        signed.open()?;
        Ok(signed)
    }

    /// For a copy of its bytes.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn sample(word: Signed<Succession>) -> Self {
        Self { word, accepted: vec![7; 64] }
    }

    /// Judges it by itself: whether the root in it was followed by whom it says, both of them agreeing.
    fn open(&self) -> Result<Step, TrustError> {
        let [old] = self.word.chain() else { return Err(TrustError::Unreadable("succession: no root")) };
        let old = Root::read(old)?;
        let said = self.word.open_by_key(&old.spki)?;
        let new = Root::read(&said.root)?;
        verify_bytes(&new.spki, ACCEPTED, self.word.body(), &self.accepted)?;
        let fit = said.old == old.key && old.key != new.key && said.number > 0 && said.since <= said.until;
        if !fit {
            return Err(TrustError::Unreadable("succession"));
        }
        let Succession { number, since, until, .. } = said;
        let told = Succeeded { number, old: old.key, new: new.key, since, until };
        let old = Root { generation: number - 1, bounds: Some((since, until)), ..old };
        let new = Root { generation: number, ..new };
        Ok(Step { signed: self.clone(), old, new, told })
    }
}

// === impl Root

impl Root {
    fn read(der: &[u8]) -> Result<Self, TrustError> {
        let firm = Firm::from_root_der(der.to_vec())?;
        Self::pinned(&firm)
    }

    fn pinned(firm: &Firm) -> Result<Self, TrustError> {
        let (der, key) = (CertificateDer::from(firm.root_der().to_vec()), firm.root_key_id());
        let cert = Cert::read(&der)?;
        Ok(Self { der, spki: cert.spki, subject: cert.subject, key, generation: 0, bounds: None })
    }

    pub(super) const fn der(&self) -> &CertificateDer<'static> {
        &self.der
    }

    pub(super) const fn key(&self) -> KeyId {
        self.key
    }

    /// How many roots came before it, as far as is known.
    pub(super) const fn generation(&self) -> u32 {
        self.generation
    }

    /// Whether this is an issuing certificate of it.
    pub(super) fn issued(&self, cert: &Cert) -> bool {
        cert.is_ca
            && cert.issuer == self.subject
            && cert.spki != self.spki
            && cert.check_signed_by(&self.spki).is_ok()
    }

    /// Whether a chain that leads to it counts still: certificates count from an hour before they were made, so one of the last hour
    /// before that moment was made after it.
    pub(super) fn bounds(&self, certs: &[Cert], now: UnixSeconds) -> Result<(), TrustError> {
        let Some((since, until)) = self.bounds else { return Ok(()) };
        if certs.iter().any(|cert| cert.not_before.0.saturating_add(BACKDATE_S) >= since.0) {
            return Err(TrustError::Succeeded);
        }
        if now >= until { Err(TrustError::Expired) } else { Ok(()) }
    }

    /// The same for a word that one of its issuing keys said at that moment.
    pub(super) fn bounds_of_word(&self, cert: &Cert, said: UnixSeconds) -> Result<(), TrustError> {
        let Some((since, _)) = self.bounds else { return Ok(()) };
        let late = cert.not_before.0.saturating_add(BACKDATE_S) >= since.0 || said >= since;
        if late { Err(TrustError::Succeeded) } else { Ok(()) }
    }
}

// === impl Firm

impl Firm {
    /// The key of the root that counts now.
    pub fn root_now(&self) -> KeyId {
        let line = self.line.0.read().unwrap_or_else(PoisonError::into_inner);
        line.last().map_or(self.root_key_id(), |step| step.new.key)
    }

    /// What is known of the firm's roots, the first succession first.
    pub fn successions(&self) -> Vec<SignedSuccession> {
        let line = self.line.0.read().unwrap_or_else(PoisonError::into_inner);
        line.iter().map(|step| step.signed.clone()).collect()
    }

    /// The same, as people are told of it.
    pub fn succeeded(&self) -> Vec<Succeeded> {
        let line = self.line.0.read().unwrap_or_else(PoisonError::into_inner);
        line.iter().map(|step| step.told).collect()
    }

    /// Judges all that a firm ever said of its roots and, if it goes on from what is known here, lets it count: here and in every clone
    /// of this firm. What is new, the oldest first; nothing when all of it was known.
    ///
    /// # Errors
    /// [`TrustError`] when a root in it did not agree to its own succession, when the pinned root is none of them, or when it
    /// contradicts what is known; nothing is changed.
    pub fn follow(&self, all: &[SignedSuccession]) -> Result<Vec<Succeeded>, TrustError> {
        if all.len() > MAX_SUCCESSIONS {
            return Err(TrustError::Unreadable("succession: too many"));
        }
        let steps = all.iter().map(SignedSuccession::open).collect::<Result<Vec<_>, _>>()?;
        for (at, step) in steps.iter().enumerate() {
            let follows = at == 0 || steps.get(at - 1).is_some_and(|before| before.new.key == step.old.key);
            if usize::try_from(step.told.number).ok() != Some(at + 1) || !follows {
                return Err(TrustError::Unreadable("succession: one is missing"));
            }
        }
        let mut line = self.line.0.write().unwrap_or_else(PoisonError::into_inner);
        if line.iter().zip(&steps).any(|(known, said)| known.signed.word.body() != said.signed.word.body()) {
            return Err(TrustError::Unreadable("succession: two of the same number differ"));
        }
        let own = self.root_key_id();
        let pinned = steps.iter().any(|step| step.old.key == own || step.new.key == own);
        if line.is_empty() && !steps.is_empty() && !pinned {
            return Err(TrustError::Foreign);
        }
        let new = steps.get(line.len()..).unwrap_or_default();
        let told = new.iter().map(|step| step.told).collect();
        line.extend_from_slice(new);
        Ok(told)
    }

    /// Whether this firm is that one, as it was known earlier or is known now: the same root is pinned, or what both say of the firm's
    /// roots leads from the one pinned here to the one that counts there.
    pub fn leads_to(&self, other: &Self) -> bool {
        let Ok(trial) = Self::from_root_der(self.root_der().to_vec()) else { return false };
        let agree = trial.follow(&self.successions()).is_ok() && trial.follow(&other.successions()).is_ok();
        agree && trial.root_now() == other.root_now()
    }

    /// Every root that is known, the one that counts now first.
    pub(super) fn roots(&self) -> Vec<Root> {
        let line = self.line.0.read().unwrap_or_else(PoisonError::into_inner);
        match line.last() {
            None => Root::pinned(self).into_iter().collect(),
            Some(last) => {
                std::iter::once(&last.new).chain(line.iter().rev().map(|step| &step.old)).cloned().collect()
            }
        }
    }
}

#[cfg(test)]
mod tests;
