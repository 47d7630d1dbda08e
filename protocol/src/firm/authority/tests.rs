//! Founding, requesting, certifying; each refusal beside its honest twin.

use super::super::fixture::*;
use super::super::{Firm, FirmFile};
use super::*;

#[test]
fn a_founded_firm_is_one_file_for_everybody() {
    let firm = firm();
    let text = firm.file.to_pem().unwrap();
    let read = FirmFile::parse(&text).unwrap();
    assert_eq!(read, firm.file);
    assert_eq!(
        (read.profile().name.as_str(), read.profile().phone.as_str()),
        ("Atelier Beaurepaire Informatique", "+33199001234")
    );
    assert_eq!(read.firm().root_key_id(), firm.root.key_id());
    assert_eq!(read.issuing_until(), days(400));
    assert!(text.contains("-----BEGIN AVAL PROVIDER PROFILE-----"));
    assert!(!text.contains("PRIVATE"));
    // As it comes back from a mail program.
    assert_eq!(FirmFile::parse(&text.replace('\n', "\r\n")).unwrap(), firm.file);
}

#[test]
fn a_firm_file_made_of_two_firms_is_refused() {
    let (ours, theirs) = (firm().file.to_pem().unwrap(), firm().file.to_pem().unwrap());
    let blocks = |text: &str| -> Vec<String> {
        text.split_inclusive("-----\n").collect::<Vec<_>>().chunks(2).map(<[&str]>::concat).collect()
    };
    let (ours, theirs) = (blocks(&ours), blocks(&theirs));
    assert_eq!(ours.len(), 3);
    assert!(FirmFile::parse(&ours.concat()).is_ok());
    for change in 0..3 {
        let mut mixed = ours.clone();
        mixed[change].clone_from(&theirs[change]);
        assert!(FirmFile::parse(&mixed.concat()).is_err(), "block {change} of another firm passed");
        let mut short = ours.clone();
        short.remove(change);
        assert!(FirmFile::parse(&short.concat()).is_err());
    }
    assert!(FirmFile::parse(&[ours.concat(), ours[0].clone()].concat()).is_err());
    assert!(FirmFile::parse("").is_err());
    assert!(FirmFile::parse(&"x".repeat(1 << 20)).is_err());
}

#[test]
fn a_profile_that_the_issuing_key_did_not_sign_is_refused() {
    let firm = firm();
    let profile = Profile { name: "Atelier Beaurepaire Informatique".into(), phone: "+33199009999".into() };
    let honest = firm.issuing.sign(&profile).unwrap();
    assert!(FirmFile::new(firm.file.firm().clone(), honest).is_ok());
    let thief =
        Signer::from_pkcs8(Signer::generate().unwrap().pkcs8().to_vec(), firm.issuing.chain().to_vec())
            .unwrap();
    let forged = thief.sign(&profile).unwrap();
    assert_eq!(FirmFile::new(firm.file.firm().clone(), forged).unwrap_err(), TrustError::BadSignature);
    // A member's certificate issues no profile.
    let by_member = with_role(&firm, Role::Manager).sign(&profile).unwrap();
    assert!(FirmFile::new(firm.file.firm().clone(), by_member).is_err());
}

#[test]
fn names_numbers_and_lengths_of_time_have_bounds() {
    let make = |name: &str, phone: &str, years, days| found(name, phone, NOW, years, days).map(|_| ());
    let (name, phone) = ("Éts. Le Goff & Fils", "+33 1 99 00 12 34");
    assert_eq!(make(name, phone, 20, 400), Ok(()));
    assert!(matches!(make("Atelier\u{202e}", phone, 20, 400), Err(AuthorityError::Name(_))));
    for bad in
        ["0199001234", "+0199001234", "+33", "+3319900123456789", "+33x99001234", "", "+33199001234;ext=1"]
    {
        assert_eq!(make(name, bad, 20, 400), Err(AuthorityError::Phone), "{bad:?} passed");
    }
    for (years, days) in [(0, 400), (41, 400), (20, 0), (u32::MAX, 400), (20, u32::MAX)] {
        assert_eq!(make(name, phone, years, days), Err(AuthorityError::Span), "{years} years, {days} days");
    }
    assert!(matches!(make(name, phone, 1, 400), Err(AuthorityError::Outlives { .. })));
    assert_eq!(found(name, phone, UnixSeconds(0), 20, 400).unwrap_err(), AuthorityError::Span);
}

#[test]
fn a_certificate_never_outlives_its_issuer_and_the_refusal_names_the_day() {
    let firm = firm();
    let csr = request(&Signer::generate().unwrap(), "Sophie Martin").unwrap();
    let make =
        |valid_days, now| certify(&firm.issuing, &csr, &Grant { valid_days, ..sophie() }, now).map(|_| ());
    assert_eq!(make(400, NOW), Ok(()));
    let error = make(401, NOW).unwrap_err();
    assert_eq!(error, AuthorityError::Outlives { until: days(400), days_left: 400 });
    assert!(error.to_string().contains("2027-12-23"), "{error}");
    assert_eq!(
        make(40, days(370)).unwrap_err(),
        AuthorityError::Outlives { until: days(400), days_left: 30 }
    );
    assert_eq!(make(30, days(370)), Ok(()));
    assert_eq!(make(1, days(400)).unwrap_err(), AuthorityError::IssuingExpired { since: days(400) });
}

#[test]
fn only_a_sound_request_is_certified() {
    let firm = firm();
    let make = |csr: &str| certify(&firm.issuing, csr, &sophie(), NOW).map(|_| ());
    let csr = request(&Signer::generate().unwrap(), "Sophie Martin").unwrap();
    assert_eq!(make(&csr), Ok(()));
    let der = files::one_pem(&csr, files::REQUEST).unwrap();
    // What is signed, and the signature; around them the parser forgives what decides nothing.
    let (_, parsed) = X509CertificationRequest::from_der(&der).unwrap();
    let signed = parsed.certification_request_info.raw.len();
    let from = der.windows(signed).position(|part| part == parsed.certification_request_info.raw).unwrap();
    for bit in (from * 8..(from + signed) * 8).chain((der.len() - 64) * 8..der.len() * 8) {
        let mut torn = der.clone();
        torn[bit / 8] ^= 1 << (bit % 8);
        assert!(make(&files::pem_text(files::REQUEST, &torn)).is_err(), "bit {bit} passed");
    }
    let wrong = {
        let mut torn = der.clone();
        *torn.last_mut().unwrap() ^= 1;
        files::pem_text(files::REQUEST, &torn)
    };
    assert_eq!(make(&wrong), Err(AuthorityError::Request(TrustError::BadSignature)));
    let ecdsa = rcgen::KeyPair::generate().unwrap();
    let other = CertificateParams::default().serialize_request(&ecdsa).unwrap();
    let other = files::pem_text(files::REQUEST, other.der());
    assert!(matches!(make(&other), Err(AuthorityError::Request(TrustError::Unreadable(_)))));
    for bad in ["", "-----BEGIN", &csr.repeat(2), &files::pem_text("CERTIFICATE", &der)] {
        assert!(make(bad).is_err());
    }
}

#[test]
fn a_request_decides_nothing_but_the_key() {
    let firm = firm();
    let key = Signer::generate().unwrap();
    let mut claims = honest_params();
    claims.use_authority_key_identifier_extension = false;
    claims.subject_alt_names = vec![uri("urn:aval:manager:le.patron")];
    claims.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let csr = claims.serialize_request(&OwnKey(&key)).unwrap();
    let chain = certify(&firm.issuing, &files::pem_text(files::REQUEST, csr.der()), &sophie(), NOW).unwrap();
    let chain = files::chain_from_pem(&chain).unwrap();
    let (member, _) = firm.file.firm().verify_chain(&chain, NOW).unwrap();
    assert_eq!((member.role, member.person.as_str()), (Role::Technician, "sophie.martin"));
}

#[test]
fn a_name_that_people_would_misread_is_not_certified() {
    let firm = firm();
    let csr = request(&Signer::generate().unwrap(), "x").unwrap();
    let make =
        |name: &str| certify(&firm.issuing, &csr, &Grant { display_name: name.into(), ..sophie() }, NOW);
    assert!(make("Sophie Martin").is_ok());
    for bad in ["", "\u{202e}nitraM", "Sophie\u{2066}", "a\nb", &"é".repeat(65)] {
        assert!(matches!(make(bad), Err(AuthorityError::Name(_))), "{bad:?} passed");
    }
}

#[test]
fn keys_come_back_from_their_files_and_only_with_their_own_certificate() {
    let firm = firm();
    let sophie = with_role(&firm, Role::Technician);
    let (key, chain) = (files::key_to_pem(&sophie), files::chain_to_pem(sophie.chain()));
    let back = files::signer_from_pem(&key, Some(&chain)).unwrap();
    assert_eq!((back.key_id(), back.chain()), (sophie.key_id(), sophie.chain()));
    assert!(files::signer_from_pem(&key, None).unwrap().chain().is_empty());
    let other = files::chain_to_pem(with_role(&firm, Role::Technician).chain());
    assert!(files::signer_from_pem(&key, Some(&other)).is_err());
    assert!(files::signer_from_pem(&chain, None).is_err());
    assert!(files::chain_from_pem(&key).is_err());
    assert!(files::chain_from_pem(&chain.repeat(3)).is_err());
    assert!(files::chain_from_pem("").is_err());
}

#[test]
fn the_issuing_key_of_another_firm_certifies_nothing_here() {
    let (ours, theirs) = (firm(), firm());
    let csr = request(&Signer::generate().unwrap(), "x").unwrap();
    let chain = |by: &FoundedFirm| {
        files::chain_from_pem(&certify(&by.issuing, &csr, &sophie(), NOW).unwrap()).unwrap()
    };
    let ours_knows = |chain: &[Vec<u8>]| ours.file.firm().verify_chain(chain, NOW).is_ok();
    assert!(ours_knows(&chain(&ours)));
    assert!(!ours_knows(&chain(&theirs)));
    let bare: Firm = Firm::from_root_der(theirs.file.firm().root_der()).unwrap();
    assert!(bare.verify_chain(&chain(&theirs), NOW).is_ok());
}

#[test]
fn days_are_those_of_the_calendar() {
    assert_eq!(day(UnixSeconds(0)), "1970-01-01");
    assert_eq!(day(UnixSeconds(951_782_400)), "2000-02-29");
    assert_eq!(day(NOW), "2026-11-18");
    assert!(!day(UnixSeconds(i64::MAX)).is_empty());
    assert_eq!(day(UnixSeconds(i64::MIN)), "1970-01-01");
}
