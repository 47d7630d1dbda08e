//! The verifiers that rustls asks: callers of a relay or an agent, relays, and one key known beforehand.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::verify_tls13_signature;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError, PeerIncompatible,
    SignatureScheme,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::peer::{RelayTrust, agent_key};
use super::provider::ED25519_ONLY;
use crate::firm::{Firm, Role, TrustError};
use crate::id::UnixSeconds;

/// Who may call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Admission {
    /// A relay's callers: people of the firm, and agents.
    MembersAndAgents,
    /// An agent's callers.
    Technicians,
}

/// Judges those who call.
#[derive(Debug)]
pub(super) struct Callers {
    firm: Firm,
    admission: Admission,
}

/// Judges relays.
#[derive(Debug)]
pub(super) struct RelayOnly(RelayTrust);

/// Judges whether a server is the agent with one key.
#[derive(Debug)]
pub(super) struct OneKey(Vec<u8>);

/// Judges nobody: for the one question whose answer is judged instead.
#[derive(Debug)]
pub(super) struct Anybody;

impl Callers {
    pub(super) fn new(firm: Firm, admission: Admission) -> Self {
        Self { firm, admission }
    }

    fn judge(&self, certs: &[CertificateDer<'_>], now: UnixSeconds) -> Result<(), TrustError> {
        let roles: &[Role] = match self.admission {
            Admission::MembersAndAgents if agent_key(certs).is_some() => return Ok(()),
            Admission::MembersAndAgents => &[Role::Technician, Role::Manager, Role::Billing],
            Admission::Technicians => &[Role::Technician],
        };
        let chain: Vec<_> = certs.iter().map(|cert| cert.to_vec()).collect();
        self.firm.verify_chain_as(&chain, roles, now).map(|_| ())
    }
}

impl RelayOnly {
    pub(super) fn new(relay: RelayTrust) -> Self {
        Self(relay)
    }
}

impl OneKey {
    pub(super) fn new(spki: &[u8]) -> Self {
        Self(spki.to_vec())
    }
}

/// The signatures that are believed: Ed25519, in TLS 1.3. The same for whoever is verified.
macro_rules! ed25519_in_tls13_only {
    () => {
        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Err(Error::PeerIncompatible(PeerIncompatible::Tls13RequiredForQuic))
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            signature: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            verify_tls13_signature(message, cert, signature, &ED25519_ONLY)
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            ED25519_ONLY.supported_schemes()
        }
    };
}

impl ClientCertVerifier for Callers {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        own: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.judge(&all(own, between), seconds(now)).map_err(told)?;
        Ok(ClientCertVerified::assertion())
    }

    ed25519_in_tls13_only!();
}

macro_rules! server_verifier {
    ($name:ident, |$self:ident, $certs:ident, $now:ident| $judge:expr) => {
        impl ServerCertVerifier for $name {
            fn verify_server_cert(
                &$self,
                own: &CertificateDer<'_>,
                between: &[CertificateDer<'_>],
                _: &ServerName<'_>,
                _: &[u8],
                now: UnixTime,
            ) -> Result<ServerCertVerified, Error> {
                let ($certs, $now) = (all(own, between), seconds(now));
                let verdict: Result<(), TrustError> = $judge;
                verdict.map_err(told)?;
                Ok(ServerCertVerified::assertion())
            }

            ed25519_in_tls13_only!();
        }
    };
}

server_verifier!(RelayOnly, |self, certs, now| self.0.admit(&certs, now));
server_verifier!(Anybody, |self, _certs, _now| Ok(()));
server_verifier!(OneKey, |self, certs, _now| match agent_key(&certs) {
    Some(spki) if spki == self.0 => Ok(()),
    Some(_) => Err(TrustError::Foreign),
    None => Err(TrustError::Unreadable("certificate: not one of an agent")),
});

fn all<'a>(own: &'a CertificateDer<'_>, between: &'a [CertificateDer<'_>]) -> Vec<CertificateDer<'a>> {
    std::iter::once(own).chain(between).map(|cert| CertificateDer::from(cert.as_ref())).collect()
}

fn seconds(now: UnixTime) -> UnixSeconds {
    UnixSeconds(i64::try_from(now.as_secs()).unwrap_or(i64::MAX))
}

/// As TLS has it, so that the other side is told the right alert (RFC 8446 §6.2).
fn told(error: TrustError) -> Error {
    Error::InvalidCertificate(match error {
        TrustError::Expired => CertificateError::Expired,
        TrustError::NotYetValid => CertificateError::NotValidYet,
        TrustError::Foreign | TrustError::Succeeded => CertificateError::UnknownIssuer,
        TrustError::Revoked => CertificateError::Revoked,
        TrustError::WrongRole(_) => CertificateError::InvalidPurpose,
        TrustError::BadSignature => CertificateError::BadSignature,
        other => CertificateError::Other(OtherError(Arc::new(other))),
    })
}
