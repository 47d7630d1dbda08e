//! Judging certificates: does a chain lead to this firm's root, at a given moment, and whom does it name?
//!
//! The web's rules do the cryptography (RFC 5280 by rustls-webpki, Ed25519 only); on top of them a certificate of the firm has
//! exactly one alternative name, `urn:aval:<role>:<person>`, exactly the key purpose of its role, and one common name for people.

use std::time::Duration;

use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use super::bulletin::Held;
use super::read::{self, Cert};
use super::succession::Line;
use super::{Member, Role, TrustError};
use crate::id::{KeyId, UnixSeconds};

/// Certificates in a chain at most, the key's own included. The firm's own chains have two.
pub const MAX_CHAIN: usize = 4;
/// Bytes of one certificate at most. The firm's own have about 450.
pub const MAX_CERT: usize = 4096;

/// A firm as its agents, relays and consoles know it: the root they pin, nothing else.
///
/// Clones have one memory in common of the firm's newest [bulletin](super::bulletin::Bulletin) and of the roots that
/// [succeeded](super::succession::Succession) one another; it is no part of who the firm is.
#[derive(Clone)]
pub struct Firm {
    root: CertificateDer<'static>,
    key: KeyId,
    pub(super) held: Held,
    pub(super) line: Line,
}

// === impl Firm

impl Firm {
    /// A firm by its root certificate (DER). The root is trusted because it was pinned, so its own dates are not judged; a
    /// certificate below never outlives it.
    ///
    /// # Errors
    /// [`TrustError::Unreadable`] when it is no Ed25519 root certificate, [`TrustError::BadSignature`] when it did not sign itself.
    pub fn from_root_der(der: impl Into<Vec<u8>>) -> Result<Self, TrustError> {
        let der = der.into();
        let cert = Cert::read(&der)?;
        if !cert.is_ca || cert.issuer != cert.subject {
            return Err(TrustError::Unreadable("root certificate"));
        }
        cert.check_signed_by(&cert.spki)?;
        let key = KeyId::of_spki(&cert.spki);
        let root = CertificateDer::from(der);
        anchor_from_trusted_cert(&root).map_err(|_| TrustError::Unreadable("root certificate"))?;
        Ok(Self { root, key, held: Held::default(), line: Line::default() })
    }

    /// The root certificate (DER) that was pinned; which one counts now, [`root_now`](Self::root_now) says.
    pub fn root_der(&self) -> &[u8] {
        &self.root
    }

    /// The pinned root key's name: what two people compare when they ask whether it is the same firm.
    pub const fn root_key_id(&self) -> KeyId {
        self.key
    }

    /// Verifies a chain (DER, the key's own certificate first, the root left out) up to the root and reads whom it names; also
    /// the key's `SubjectPublicKeyInfo`.
    ///
    /// # Errors
    /// Any [`TrustError`]. [`TrustError::Expired`] and [`TrustError::NotYetValid`] mean that nothing but the moment is wrong; a key
    /// that the bulletin revokes is [`TrustError::Revoked`] at every moment, so that no clock brings it back.
    pub fn verify_chain(&self, chain: &[Vec<u8>], now: UnixSeconds) -> Result<(Member, Vec<u8>), TrustError> {
        self.verify(chain, now, |_| true)
    }

    /// The same for a word that was said at that moment: what a key signed before it was revoked stands.
    ///
    /// # Errors
    /// Any [`TrustError`].
    pub fn verify_chain_when_said(
        &self,
        chain: &[Vec<u8>],
        said: UnixSeconds,
    ) -> Result<(Member, Vec<u8>), TrustError> {
        self.verify(chain, said, |since| said >= since)
    }

    fn verify(
        &self,
        chain: &[Vec<u8>],
        now: UnixSeconds,
        counts: impl Fn(UnixSeconds) -> bool,
    ) -> Result<(Member, Vec<u8>), TrustError> {
        let Some(own) = chain.first() else { return Err(TrustError::Foreign) };
        if chain.len() > MAX_CHAIN || chain.iter().any(|der| der.len() > MAX_CERT) {
            return Err(TrustError::Unreadable("chain of certificates"));
        }
        let certs = chain.iter().map(|der| Cert::read(der)).collect::<Result<Vec<_>, _>>()?;
        let named = match certs.first() {
            Some(cert) => read::member(cert)?,
            None => return Err(TrustError::Foreign),
        };
        let revoked = || {
            certs
                .iter()
                .any(|cert| self.revoked(KeyId::of_spki(&cert.spki)).is_some_and(|it| counts(it.since)))
        };
        for root in self.roots() {
            let path = |at| build_path(root.der(), own, &chain[1..], named.0.role, at);
            let verdict = match path(now) {
                Err(TrustError::Foreign) => continue,
                Err(error @ (TrustError::Expired | TrustError::NotYetValid)) => {
                    // Only a chain that holds at a moment of its own may blame the clock.
                    let moment = certs.iter().map(|cert| cert.not_before).max().unwrap_or(now);
                    match path(moment) {
                        Ok(()) | Err(TrustError::Expired | TrustError::NotYetValid) => Err(error),
                        Err(TrustError::Foreign) => continue,
                        Err(worse) => return Err(worse),
                    }
                }
                Err(error) => return Err(error),
                Ok(()) => Ok(()),
            };
            if revoked() {
                return Err(TrustError::Revoked);
            }
            root.bounds(&certs, now)?;
            return verdict.map(|()| named);
        }
        Err(TrustError::Foreign)
    }

    /// As [`verify_chain`](Self::verify_chain), for one of some roles only.
    ///
    /// # Errors
    /// Any [`TrustError`]; [`TrustError::WrongRole`] comes before any doubt about time.
    pub fn verify_chain_as(
        &self,
        chain: &[Vec<u8>],
        roles: &[Role],
        now: UnixSeconds,
    ) -> Result<(Member, Vec<u8>), TrustError> {
        let verdict = self.verify_chain(chain, now);
        let role = match (&verdict, chain.first()) {
            (Ok((member, _)), _) => member.role,
            (Err(TrustError::Expired | TrustError::NotYetValid), Some(own)) => {
                read::member(&Cert::read(own)?)?.0.role
            }
            _ => return verdict,
        };
        if roles.contains(&role) { verdict } else { Err(TrustError::WrongRole(role)) }
    }
}

impl PartialEq for Firm {
    fn eq(&self, other: &Self) -> bool {
        self.root == other.root
    }
}

impl Eq for Firm {}

impl std::fmt::Debug for Firm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Firm").field("root", &self.key).finish()
    }
}

/// Whether a chain leads to this root.
fn build_path(
    root: &CertificateDer<'_>,
    own: &[u8],
    between: &[Vec<u8>],
    role: Role,
    now: UnixSeconds,
) -> Result<(), TrustError> {
    let own = CertificateDer::from(own);
    let own = EndEntityCert::try_from(&own).map_err(map)?;
    let between: Vec<_> = between.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
    let anchors = [anchor_from_trusted_cert(root).map_err(map)?];
    let seconds = u64::try_from(now.0).unwrap_or(0);
    let path = own
        .verify_for_usage(
            &[webpki::aws_lc_rs::ED25519],
            &anchors,
            &between,
            UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
            KeyUsage::required_if_present(read::purpose_der(role)),
            None,
            None,
        )
        .map_err(map)?;
    // Nothing rides along: each certificate that came is one that was needed.
    if path.intermediate_certificates().count() != between.len() {
        return Err(TrustError::Unreadable("chain of certificates: one of them is not part of it"));
    }
    Ok(())
}

#[allow(clippy::needless_pass_by_value, reason = "an argument of map_err")]
fn map(error: webpki::Error) -> TrustError {
    use webpki::Error as E;
    match error {
        E::CertExpired { .. } => TrustError::Expired,
        E::CertNotValidYet { .. } => TrustError::NotYetValid,
        E::BadDer
        | E::BadDerTime
        | E::TrailingData(_)
        | E::UnsupportedCertVersion
        | E::MalformedExtensions => TrustError::Unreadable("certificate"),
        _ => TrustError::Foreign,
    }
}

#[cfg(test)]
mod tests;
