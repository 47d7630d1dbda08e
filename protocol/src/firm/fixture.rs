//! A fictional firm for the tests of this room, and a hand that forges certificates.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, Issuer, SanType};
use rustls_pki_types::CertificateDer;

use super::authority::{OwnKey, certify, found, request};
use super::{FoundedFirm, Grant, Role, Signer, files};
use crate::id::{PersonId, UnixSeconds};

/// 2026-11-18.
pub(crate) const NOW: UnixSeconds = UnixSeconds(1_795_000_000);
pub(crate) const DAY: i64 = 86_400;

/// Moved by that many days.
pub(crate) fn days(n: i64) -> UnixSeconds {
    UnixSeconds(NOW.0 + n * DAY)
}

pub(crate) fn firm() -> FoundedFirm {
    found("Atelier Beaurepaire Informatique", "+33199001234", NOW, 20, 400).unwrap()
}

pub(crate) fn sophie() -> Grant {
    Grant {
        role: Role::Technician,
        person: PersonId::new("sophie.martin").unwrap(),
        display_name: "Sophie Martin".into(),
        valid_days: 365,
    }
}

/// A key certified in the honest way.
pub(crate) fn member(firm: &FoundedFirm, grant: &Grant) -> Signer {
    let key = Signer::generate().unwrap();
    let csr = request(&key, "request").unwrap();
    let chain = certify(&firm.issuing, &csr, grant, NOW).unwrap();
    files::signer_from_pem(&files::key_to_pem(&key), Some(&chain)).unwrap()
}

pub(crate) fn with_role(firm: &FoundedFirm, role: Role) -> Signer {
    member(firm, &Grant { role, ..sophie() })
}

/// Parameters as `certify` would choose them for Sophie.
pub(crate) fn honest_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = rcgen::date_time_ymd(2026, 11, 1);
    params.not_after = rcgen::date_time_ymd(2027, 11, 1);
    params.distinguished_name.push(DnType::CommonName, "Sophie Martin");
    params.subject_alt_names = vec![uri("urn:aval:technician:sophie.martin")];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.use_authority_key_identifier_extension = true;
    params
}

pub(crate) fn uri(text: &str) -> SanType {
    SanType::URI(text.try_into().unwrap())
}

/// A certificate with whatever one likes in it, signed by some key in the name of some issuer.
pub(crate) fn signed(key: &Signer, params: &CertificateParams, by: &Signer, issuer: &[u8]) -> Vec<u8> {
    let issuer = Issuer::from_ca_cert_der(&CertificateDer::from(issuer), OwnKey(by)).unwrap();
    params.signed_by(&OwnKey(key), &issuer).unwrap().der().to_vec()
}

/// The chain of a certificate that the issuing key signs although `certify` would not.
pub(crate) fn forged(firm: &FoundedFirm, change: impl FnOnce(&mut CertificateParams)) -> Vec<Vec<u8>> {
    let mut params = honest_params();
    change(&mut params);
    let issuer = firm.issuing.chain()[0].clone();
    vec![signed(&Signer::generate().unwrap(), &params, &firm.issuing, &issuer), issuer]
}
