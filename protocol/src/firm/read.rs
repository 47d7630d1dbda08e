//! What a certificate of the firm says, read strictly: whoever is let in by it is named in it exactly once.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use x509_parser::certificate::X509CertificateParser;
use x509_parser::error::X509Error;
use x509_parser::extensions::{
    BasicConstraints, ExtendedKeyUsage, GeneralName, SubjectAlternativeName, X509Extension,
};
use x509_parser::nom::Parser as _;
use x509_parser::oid_registry::{
    OID_SIG_ED25519, OID_X509_EXT_BASIC_CONSTRAINTS, OID_X509_EXT_EXTENDED_KEY_USAGE,
    OID_X509_EXT_SUBJECT_ALT_NAME,
};
use x509_parser::prelude::FromDer;
use x509_parser::x509::{AlgorithmIdentifier, X509Name};

use super::chain::MAX_CERT;
use super::{Member, Role, TrustError, raw_ed25519};
use crate::id::{KeyId, PersonId, UnixSeconds};

/// Longest name for people, in characters.
pub const MAX_DISPLAY: usize = 64;
/// What a member's alternative name begins with (RFC 8141 form; the name is of this program's own making).
const URN: &str = "urn:aval:";

const BAD: TrustError = TrustError::Unreadable("certificate");

/// The parts of a certificate that this program looks at.
#[derive(Debug)]
pub(super) struct Cert {
    pub(super) spki: Vec<u8>,
    pub(super) subject: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    pub(super) common_name: Option<String>,
    pub(super) is_ca: bool,
    pub(super) extensions: usize,
    pub(super) not_before: UnixSeconds,
    pub(super) not_after: UnixSeconds,
    uris: Vec<String>,
    other_names: usize,
    purposes: Option<Purposes>,
    signed: Vec<u8>,
    signature: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Purposes {
    server: bool,
    client: bool,
    code: bool,
    other: bool,
}

/// The key purpose of a role, as RFC 5280 §4.2.1.12 has it: relays answer, people call, release keys sign code.
pub(super) const fn purpose_der(role: Role) -> &'static [u8] {
    match role {
        Role::Relay => &[0x2b, 6, 1, 5, 5, 7, 3, 1],
        Role::Technician | Role::Manager | Role::Billing => &[0x2b, 6, 1, 5, 5, 7, 3, 2],
        Role::Release => &[0x2b, 6, 1, 5, 5, 7, 3, 3],
    }
}

/// A name fit for people: trimmed, 1 to [`MAX_DISPLAY`] characters, none of which is invisible or turns the text around.
///
/// # Errors
/// [`TrustError::Unreadable`] says what is wrong.
pub fn display_name(text: &str) -> Result<String, TrustError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_DISPLAY {
        return Err(TrustError::Unreadable("name: 1 to 64 characters"));
    }
    if text.chars().any(unfit) {
        return Err(TrustError::Unreadable(
            "name: control characters and changes of direction are not allowed",
        ));
    }
    Ok(text.to_owned())
}

/// Control characters, line and paragraph separators, and what orders text in another direction (Unicode UAX #9 §2).
fn unfit(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// The alternative name that says who a key is.
pub(super) fn urn(role: Role, person: &PersonId) -> String {
    format!("{URN}{}:{person}", role.label())
}

/// Whom a certificate names; also its key. Says nothing of who signed it.
pub(super) fn member(cert: &Cert) -> Result<(Member, Vec<u8>), TrustError> {
    let [uri] = cert.uris.as_slice() else {
        return Err(TrustError::Unreadable("certificate: no name of a member"));
    };
    if cert.other_names > 0 || cert.is_ca {
        return Err(TrustError::Unreadable("certificate: not one of a member"));
    }
    let (role, person) = uri
        .strip_prefix(URN)
        .and_then(|name| name.split_once(':'))
        .ok_or(TrustError::Unreadable("certificate: no name of a member"))?;
    let role = Role::from_label(role).ok_or(TrustError::Unreadable("certificate: unknown role"))?;
    if cert.purposes != Some(Purposes::of(role)) {
        return Err(TrustError::Unreadable("certificate: not made for its role"));
    }
    let person =
        PersonId::new(person).map_err(|_| TrustError::Unreadable("certificate: name of a member"))?;
    let name =
        cert.common_name.as_deref().ok_or(TrustError::Unreadable("certificate: no name for people"))?;
    let member = Member {
        person,
        display_name: display_name(name)?,
        role,
        key: KeyId::of_spki(&cert.spki),
        not_after: cert.not_after,
    };
    Ok((member, cert.spki.clone()))
}

// === impl Cert

impl Cert {
    /// Reads one certificate (DER) with nothing behind it.
    pub(super) fn read(der: &[u8]) -> Result<Self, TrustError> {
        if der.len() > MAX_CERT {
            return Err(BAD);
        }
        // Of the extensions only those that are looked at are parsed: each parser is one more that a stranger's bytes reach.
        let mut parser = X509CertificateParser::new().with_deep_parse_extensions(false);
        let (rest, x509) = parser.parse(der).map_err(|_| BAD)?;
        let spki = x509.public_key().raw.to_vec();
        if !rest.is_empty() || !is_ed25519(&x509.signature_algorithm) || raw_ed25519(&spki).is_err() {
            return Err(BAD);
        }
        let mut cert = Self {
            spki,
            subject: x509.subject().as_raw().to_vec(),
            issuer: x509.issuer().as_raw().to_vec(),
            common_name: common_name(x509.subject()),
            is_ca: false,
            extensions: x509.extensions().len(),
            not_before: UnixSeconds(x509.validity().not_before.timestamp()),
            not_after: UnixSeconds(x509.validity().not_after.timestamp()),
            uris: Vec::new(),
            other_names: 0,
            purposes: None,
            signed: x509.tbs_certificate.as_ref().to_vec(),
            signature: x509.signature_value.data.to_vec(),
        };
        for extension in x509.extensions() {
            cert.take(extension)?;
        }
        Ok(cert)
    }

    fn take(&mut self, extension: &X509Extension<'_>) -> Result<(), TrustError> {
        if extension.oid == OID_X509_EXT_BASIC_CONSTRAINTS {
            self.is_ca |= inside::<BasicConstraints>(extension)?.ca;
        } else if extension.oid == OID_X509_EXT_SUBJECT_ALT_NAME {
            for name in inside::<SubjectAlternativeName<'_>>(extension)?.general_names {
                match name {
                    GeneralName::URI(uri) => self.uris.push(uri.to_owned()),
                    _ => self.other_names += 1,
                }
            }
        } else if extension.oid == OID_X509_EXT_EXTENDED_KEY_USAGE {
            // A second list would be a way to say two things.
            let twice = self.purposes.is_some();
            self.purposes = Some(Purposes::read(&inside(extension)?, twice));
        }
        Ok(())
    }

    /// Whether the key with this `SubjectPublicKeyInfo` signed it.
    pub(super) fn check_signed_by(&self, spki: &[u8]) -> Result<(), TrustError> {
        UnparsedPublicKey::new(&ED25519, raw_ed25519(spki)?)
            .verify(&self.signed, &self.signature)
            .map_err(|_| TrustError::BadSignature)
    }
}

// === impl Purposes

impl Purposes {
    fn of(role: Role) -> Self {
        let none = Self::default();
        match role {
            Role::Relay => Self { server: true, ..none },
            Role::Technician | Role::Manager | Role::Billing => Self { client: true, ..none },
            Role::Release => Self { code: true, ..none },
        }
    }

    fn read(usage: &ExtendedKeyUsage<'_>, twice: bool) -> Self {
        let other = usage.any || usage.email_protection || usage.time_stamping || usage.ocsp_signing;
        Self {
            server: usage.server_auth,
            client: usage.client_auth,
            code: usage.code_signing,
            other: twice || other || !usage.other.is_empty(),
        }
    }
}

/// What an extension holds, with nothing behind it.
fn inside<'a, T: FromDer<'a, X509Error>>(extension: &X509Extension<'a>) -> Result<T, TrustError> {
    match T::from_der(extension.value) {
        Ok(([], inside)) => Ok(inside),
        _ => Err(BAD),
    }
}

/// Whether an algorithm is Ed25519 (RFC 8410 §3): nothing else passes.
pub(super) fn is_ed25519(algorithm: &AlgorithmIdentifier<'_>) -> bool {
    algorithm.algorithm == OID_SIG_ED25519 && algorithm.parameters.is_none()
}

fn common_name(name: &X509Name<'_>) -> Option<String> {
    let mut names = name.iter_common_name();
    match (names.next(), names.next()) {
        (Some(one), None) => one.as_str().ok().map(ToOwned::to_owned),
        _ => None,
    }
}
