//! Making firms: root, issuing key, requests, certificates. Runs in the firm's hands, never on a relay.
//!
//! The root signs one thing, the issuing certificate, and then leaves for a safe. The issuing key signs members and the profile and
//! expires; whatever it signs ends before it does, so that a lost issuing key is worth nothing after its last day.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyUsagePurpose, PKCS_ED25519, PublicKeyData, SanType, SerialNumber, SignatureAlgorithm, SigningKey,
};
use rustls_pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, X509CertificationRequest};

use super::chain::MAX_CERT;
use super::files::{self, FirmFile};
use super::read::{self, Cert};
use super::{Firm, Profile, Role, SignedSuccession, Signer, TrustError, raw_ed25519};
use crate::id::{PersonId, UnixSeconds};

/// Certificates count from an hour before they were made: the clocks of a firm's machines differ by minutes.
pub(super) const BACKDATE_S: i64 = 3600;
const DAY_S: i64 = 86_400;
/// A root for longer than people keep anything is a mistake of typing.
const MAX_ROOT_YEARS: u32 = 40;
/// The day after which the arithmetic of certificates' dates ends (9999, RFC 5280 §4.1.2.5) is far behind this one: 2900.
const LAST_NOW: i64 = 29_348_006_400;

/// A firm that was just founded.
#[derive(Debug)]
pub struct FoundedFirm {
    /// The root: to be stored off line. Its chain is the root certificate.
    pub root: Signer,
    /// The issuing key. Its chain is its certificate.
    pub issuing: Signer,
    /// What everybody may have.
    pub file: FirmFile,
}

/// What a certificate will say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The name in the firm.
    pub person: PersonId,
    /// The name for people; a client sees it in the question.
    pub display_name: String,
    /// For how many days from now.
    pub valid_days: u32,
}

/// Why nothing was founded or certified.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A name that people would misread.
    #[error("this can't be a name: {0}")]
    Name(TrustError),
    /// Not a telephone number in international form.
    #[error("a telephone number is written +33199001234: a plus, the country's code, 7 to 15 digits")]
    Phone,
    /// Years or days out of bounds, or a clock that shows no year of ours.
    #[error("this length of time is out of bounds")]
    Span,
    /// The request is no sound certificate request.
    #[error("the certificate request is not acceptable: {0}")]
    Request(TrustError),
    /// The certificate would outlive the issuing certificate.
    #[error("the firm's issuing key ends on {}: ask for at most {days_left} days", day(*.until))]
    Outlives {
        /// Until when the issuing certificate is valid.
        until: UnixSeconds,
        /// For how many days a certificate can be given now.
        days_left: u32,
    },
    /// The issuing certificate's time is over.
    #[error("the firm's issuing key ended on {}: make a new one with the root key", day(*.since))]
    IssuingExpired {
        /// Since when.
        since: UnixSeconds,
    },
    /// A key or certificate of the firm itself is of no use.
    #[error(transparent)]
    Trust(#[from] TrustError),
}

/// Founds a firm: a root for `root_years`, an issuing key for `issuing_days`, and the profile that clients see.
///
/// # Errors
/// [`AuthorityError`] when a name, the number or a length of time is out of bounds.
pub fn found(
    name: &str,
    phone: &str,
    now: UnixSeconds,
    root_years: u32,
    issuing_days: u32,
) -> Result<FoundedFirm, AuthorityError> {
    let (name, phone) = (read::display_name(name).map_err(AuthorityError::Name)?, e164(phone)?);
    let root = new_root(&name, now, root_years)?;
    renew(&root, &Profile { name, phone }, now, issuing_days).map(|(issuing, file)| FoundedFirm {
        root,
        issuing,
        file,
    })
}

/// A new root in the place of this one, with an issuing key of its own: the file that comes of it says so in both roots' name. What the
/// old root certified from `since` on counts nowhere; what it certified before, as long as its issuing key of `old` lasts.
///
/// # Errors
/// [`AuthorityError`]; [`TrustError::Foreign`] when this is not the root of that file.
pub fn succeed(
    root: &Signer,
    old: &FirmFile,
    (now, since): (UnixSeconds, UnixSeconds),
    root_years: u32,
    issuing_days: u32,
) -> Result<FoundedFirm, AuthorityError> {
    if root.key_id() != old.firm().root_now() {
        return Err(TrustError::Foreign.into());
    }
    let profile = old.profile();
    let heir = new_root(&profile.name, now, root_years)?;
    let mut line = old.firm().successions();
    let number = u32::try_from(line.len() + 1).map_err(|_| AuthorityError::Span)?;
    let until = since.max(old.issuing_until());
    line.push(SignedSuccession::sign(root, &heir, number, (since, until))?);
    let (issuing, file) = renew(&heir, profile, now, issuing_days)?;
    file.firm().follow(&line)?;
    Ok(FoundedFirm { root: heir, issuing, file })
}

fn new_root(name: &str, now: UnixSeconds, years: u32) -> Result<Signer, AuthorityError> {
    if !(1..=MAX_ROOT_YEARS).contains(&years) {
        return Err(AuthorityError::Span);
    }
    let key = Signer::generate()?;
    let days = years.saturating_mul(365).saturating_add(years.div_ceil(4));
    let mut params = dated(&key, now, days)?;
    params.distinguished_name = titled(name, "root");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(1));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let der = params.self_signed(&OwnKey(&key)).map_err(|_| TrustError::CannotSign)?.der().to_vec();
    Ok(Signer::from_pkcs8(key.pkcs8().to_vec(), vec![der])?)
}

/// A new issuing key, certified by the root, and the firm's file anew: when the old one ends, is lost, or the profile changes.
///
/// # Errors
/// [`AuthorityError`]; [`AuthorityError::Outlives`] when the root itself ends before.
pub fn renew(
    root: &Signer,
    profile: &Profile,
    now: UnixSeconds,
    issuing_days: u32,
) -> Result<(Signer, FirmFile), AuthorityError> {
    let name = read::display_name(&profile.name).map_err(AuthorityError::Name)?;
    let phone = e164(&profile.phone)?;
    let root_der = root.chain().first().ok_or(TrustError::Unreadable("root key without its certificate"))?;
    let firm = Firm::from_root_der(root_der.clone())?;
    let key = Signer::generate()?;
    let mut params = dated(&key, now, issuing_days)?;
    within(root_der, now, issuing_days)?;
    params.distinguished_name = titled(&name, "issuing");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    let issuing =
        Signer::from_pkcs8(key.pkcs8().to_vec(), vec![signed_by(&params, &OwnKey(&key), root, root_der)?])?;
    let signed = issuing.sign(&Profile { name, phone })?;
    let file = FirmFile::new(firm, signed)?;
    Ok((issuing, file))
}

/// A request for a certificate (PKCS#10, RFC 2986) as PEM. The name in it is a remark: the firm decides what the certificate says.
///
/// # Errors
/// [`TrustError::CannotSign`], or [`TrustError::Unreadable`] when the name is unfit.
pub fn request(signer: &Signer, common_name: &str) -> Result<String, TrustError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = titled(&read::display_name(common_name)?, "");
    let csr = params.serialize_request(&OwnKey(signer)).map_err(|_| TrustError::CannotSign)?;
    Ok(files::pem_text(files::REQUEST, csr.der()))
}

/// Certifies the key of a request: the chain as PEM, the new certificate first, the root left out.
///
/// # Errors
/// [`AuthorityError`].
pub fn certify(
    issuing: &Signer,
    request_pem: &str,
    grant: &Grant,
    now: UnixSeconds,
) -> Result<String, AuthorityError> {
    let display = read::display_name(&grant.display_name).map_err(AuthorityError::Name)?;
    let own = issuing.chain().first().ok_or(TrustError::Unreadable("issuing key without its certificate"))?;
    let key = requested_key(request_pem).map_err(AuthorityError::Request)?;
    within(own, now, grant.valid_days)?;
    let key = PublicKey(key);
    let mut params = dated(&key, now, grant.valid_days)?;
    params.distinguished_name = titled(&display, "");
    let urn = read::urn(grant.role, &grant.person);
    let urn = urn.try_into().map_err(|_| AuthorityError::Name(TrustError::Unreadable("name of a member")))?;
    params.subject_alt_names = vec![SanType::URI(urn)];
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![match grant.role {
        Role::Relay => ExtendedKeyUsagePurpose::ServerAuth,
        Role::Technician | Role::Manager | Role::Billing => ExtendedKeyUsagePurpose::ClientAuth,
        Role::Release => ExtendedKeyUsagePurpose::CodeSigning,
    }];
    params.use_authority_key_identifier_extension = true;
    let cert = signed_by(&params, &key, issuing, own)?;
    // Read back by the eyes that will judge it.
    read::member(&Cert::read(&cert)?)?;
    Ok(files::chain_to_pem(&[cert, own.clone()]))
}

/// A telephone number in international form (ITU-T E.164 §6: at most 15 digits), spaces, dots and dashes taken out.
///
/// # Errors
/// [`AuthorityError::Phone`].
pub fn e164(text: &str) -> Result<String, AuthorityError> {
    let plain: String =
        text.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '\u{a0}' | '\u{202f}')).collect();
    let digits = plain.strip_prefix('+').ok_or(AuthorityError::Phone)?;
    let good = (7..=15).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    if good { Ok(plain) } else { Err(AuthorityError::Phone) }
}

/// A day of the calendar, UTC: `2027-12-29`.
pub fn day(at: UnixSeconds) -> String {
    let seconds = Duration::from_secs(u64::try_from(at.0.clamp(0, 2 * LAST_NOW)).unwrap_or(0));
    let date = rcgen::date_time_ymd(1970, 1, 1) + seconds;
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// A member's key as rcgen takes it.
struct PublicKey(Vec<u8>);

/// One's own key as rcgen takes it.
pub(super) struct OwnKey<'a>(pub(super) &'a Signer);

impl PublicKeyData for PublicKey {
    fn der_bytes(&self) -> &[u8] {
        raw_ed25519(&self.0).unwrap_or_default()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ED25519
    }
}

impl PublicKeyData for OwnKey<'_> {
    fn der_bytes(&self) -> &[u8] {
        raw_ed25519(self.0.spki()).unwrap_or_default()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ED25519
    }
}

impl SigningKey for OwnKey<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.0.sign_raw(message))
    }
}

/// The key (`SubjectPublicKeyInfo`) of a request that its own key signed.
fn requested_key(pem: &str) -> Result<Vec<u8>, TrustError> {
    const BAD: TrustError = TrustError::Unreadable("certificate request");
    let der = files::one_pem(pem, files::REQUEST)?;
    if der.len() > MAX_CERT {
        return Err(BAD);
    }
    let (rest, request) = X509CertificationRequest::from_der(&der).map_err(|_| BAD)?;
    let spki = request.certification_request_info.subject_pki.raw.to_vec();
    if !rest.is_empty() || !read::is_ed25519(&request.signature_algorithm) {
        return Err(TrustError::Unreadable("certificate request: only Ed25519 keys are accepted"));
    }
    let key = raw_ed25519(&spki)
        .map_err(|_| TrustError::Unreadable("certificate request: only Ed25519 keys are accepted"))?;
    UnparsedPublicKey::new(&ED25519, key)
        .verify(request.certification_request_info.raw, &request.signature_value.data)
        .map_err(|_| TrustError::BadSignature)?;
    Ok(spki)
}

/// Parameters with the dates set and a number that no other certificate of this key has.
fn dated(
    key: &impl PublicKeyDataOf,
    now: UnixSeconds,
    days: u32,
) -> Result<CertificateParams, AuthorityError> {
    if !(BACKDATE_S..LAST_NOW).contains(&now.0) || !(1..=366 * MAX_ROOT_YEARS).contains(&days) {
        return Err(AuthorityError::Span);
    }
    let at = |seconds: i64| {
        rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
    };
    let mut params = CertificateParams::default();
    params.not_before = at(now.0 - BACKDATE_S);
    params.not_after = at(now.0 + i64::from(days) * DAY_S);
    let number = digest(&SHA256, &[key.raw(), &now.0.to_be_bytes(), &days.to_be_bytes()].concat());
    let mut number = number.as_ref()[..16].to_vec();
    // Positive and without leading zeros (RFC 5280 §4.1.2.2).
    number[0] = number[0] & 0x7f | 0x40;
    params.serial_number = Some(SerialNumber::from_slice(&number));
    Ok(params)
}

/// The raw bytes of a public key, of either kind.
trait PublicKeyDataOf {
    fn raw(&self) -> &[u8];
}

impl PublicKeyDataOf for Signer {
    fn raw(&self) -> &[u8] {
        self.spki()
    }
}

impl PublicKeyDataOf for PublicKey {
    fn raw(&self) -> &[u8] {
        &self.0
    }
}

/// Whether a certificate of so many days ends before its issuer's does.
fn within(issuer: &[u8], now: UnixSeconds, days: u32) -> Result<(), AuthorityError> {
    let until = Cert::read(issuer)?.not_after;
    if until <= now {
        return Err(AuthorityError::IssuingExpired { since: until });
    }
    if now.0.saturating_add(i64::from(days) * DAY_S) > until.0 {
        let days_left = u32::try_from((until.0 - now.0) / DAY_S).unwrap_or(0);
        return Err(AuthorityError::Outlives { until, days_left });
    }
    Ok(())
}

fn signed_by(
    params: &CertificateParams,
    key: &impl PublicKeyData,
    issuer: &Signer,
    issuer_der: &[u8],
) -> Result<Vec<u8>, TrustError> {
    let issuer = Issuer::from_ca_cert_der(&CertificateDer::from(issuer_der), OwnKey(issuer))
        .map_err(|_| TrustError::Unreadable("issuing certificate"))?;
    Ok(params.signed_by(key, &issuer).map_err(|_| TrustError::CannotSign)?.der().to_vec())
}

fn titled(name: &str, unit: &str) -> DistinguishedName {
    let mut title = DistinguishedName::new();
    title.push(DnType::CommonName, name);
    if !unit.is_empty() {
        title.push(DnType::OrganizationalUnitName, unit);
    }
    title
}

#[cfg(test)]
mod tests;
