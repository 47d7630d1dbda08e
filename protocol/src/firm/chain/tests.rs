//! Certificates that pass and, beside each, one that must not.

use proptest::prelude::*;
use rcgen::{BasicConstraints, DnType, ExtendedKeyUsagePurpose, IsCa, SanType};

use super::super::authority::{OwnKey, renew};
use super::super::fixture::*;
use super::super::{Role, Signer, TrustError};
use super::*;

fn reading(error: &TrustError) -> bool {
    matches!(error, TrustError::Unreadable(_))
}

#[test]
fn an_honest_chain_names_its_member_in_each_role() {
    let firm = firm();
    for role in Role::ALL {
        let signer = with_role(&firm, role);
        let (member, spki) = firm.file.firm().verify_chain(signer.chain(), NOW).unwrap();
        assert_eq!((member.role, member.display_name.as_str()), (role, "Sophie Martin"));
        assert_eq!((member.person.as_str(), member.key), ("sophie.martin", signer.key_id()));
        assert_eq!(member.not_after, days(365));
        assert_eq!(spki, signer.spki());
    }
}

#[test]
fn a_chain_holds_from_its_first_second_to_its_last() {
    let firm = firm();
    let chain = with_role(&firm, Role::Technician).chain().to_vec();
    let judged = |at| firm.file.firm().verify_chain(&chain, at).map(|_| ());
    assert_eq!(judged(days(-1)), Err(TrustError::NotYetValid));
    assert_eq!(judged(UnixSeconds(NOW.0 - 3600)), Ok(()));
    assert_eq!(judged(days(365)), Ok(()));
    assert_eq!(judged(UnixSeconds(days(365).0 + 1)), Err(TrustError::Expired));
    assert_eq!(judged(UnixSeconds(i64::MIN)), Err(TrustError::NotYetValid));
    assert_eq!(judged(UnixSeconds(i64::MAX)), Err(TrustError::Expired));
}

#[test]
fn an_expired_issuing_key_ends_what_it_issued() {
    let firm = firm();
    // Valid for years by its own word; `certify` would refuse to make it.
    let chain = forged(&firm, |params| params.not_after = rcgen::date_time_ymd(2040, 1, 1));
    assert!(firm.file.firm().verify_chain(&chain, days(399)).is_ok());
    assert_eq!(firm.file.firm().verify_chain(&chain, days(401)).unwrap_err(), TrustError::Expired);
}

#[test]
fn a_foreign_chain_is_foreign_at_any_time() {
    let (ours, theirs) = (firm(), firm());
    let chain = with_role(&theirs, Role::Technician).chain().to_vec();
    for at in [NOW, days(-30), days(3000)] {
        assert_eq!(ours.file.firm().verify_chain(&chain, at).unwrap_err(), TrustError::Foreign, "at {at:?}");
    }
    assert!(theirs.file.firm().verify_chain(&chain, NOW).is_ok());
    assert_eq!(ours.file.firm().verify_chain(&[], NOW).unwrap_err(), TrustError::Foreign);
}

#[test]
fn an_issuer_of_the_same_name_with_another_key_is_foreign() {
    let firm = firm();
    let impostor = Signer::generate().unwrap();
    let issuer = firm.issuing.chain()[0].clone();
    let cert = signed(&impostor, &honest_params(), &impostor, &issuer);
    let verdict = firm.file.firm().verify_chain(&[cert, issuer.clone()], NOW).unwrap_err();
    assert_eq!(verdict, TrustError::Foreign);
    let cert = signed(&impostor, &honest_params(), &firm.issuing, &issuer);
    assert!(firm.file.firm().verify_chain(&[cert, issuer], NOW).is_ok());
}

#[test]
fn a_self_signed_certificate_makes_no_member() {
    let firm = firm();
    let key = Signer::generate().unwrap();
    let own = honest_params().self_signed(&OwnKey(&key)).unwrap().der().to_vec();
    let judged = |chain: &[Vec<u8>]| firm.file.firm().verify_chain(chain, NOW).unwrap_err();
    assert_eq!(judged(std::slice::from_ref(&own)), TrustError::Foreign);
    assert_eq!(judged(&[own, firm.issuing.chain()[0].clone()]), TrustError::Foreign);
}

#[test]
fn a_member_issues_nothing() {
    let firm = firm();
    let sophie = with_role(&firm, Role::Technician);
    let key = Signer::generate().unwrap();
    let cert = signed(&key, &honest_params(), &sophie, &sophie.chain()[0]);
    let chain = [cert, sophie.chain()[0].clone(), sophie.chain()[1].clone()];
    assert_eq!(firm.file.firm().verify_chain(&chain, NOW).unwrap_err(), TrustError::Foreign);
}

#[test]
fn nothing_rides_along_in_a_chain() {
    let (firm, other) = (firm(), firm());
    let honest = with_role(&firm, Role::Technician).chain().to_vec();
    let stowaways = [
        firm.file.firm().root_der().to_vec(),
        other.issuing.chain()[0].clone(),
        honest[1].clone(),
        honest[0].clone(),
    ];
    for stowaway in stowaways {
        let chain = [honest.clone(), vec![stowaway]].concat();
        assert!(reading(&firm.file.firm().verify_chain(&chain, NOW).unwrap_err()));
    }
    let long = [honest.clone(), vec![honest[1].clone(); MAX_CHAIN - 1]].concat();
    assert!(reading(&firm.file.firm().verify_chain(&long, NOW).unwrap_err()));
    let fat = vec![honest[0].clone(), vec![0x30; MAX_CERT + 1]];
    assert!(reading(&firm.file.firm().verify_chain(&fat, NOW).unwrap_err()));
    assert!(firm.file.firm().verify_chain(&honest, NOW).is_ok());
}

#[test]
fn a_certificate_says_who_and_what_for_exactly_once() {
    let firm = firm();
    let judged = |change: &dyn Fn(&mut rcgen::CertificateParams)| {
        firm.file.firm().verify_chain(&forged(&firm, |params| change(params)), NOW)
    };
    assert!(judged(&|_| {}).is_ok());
    assert!(judged(&|p| p.is_ca = IsCa::ExplicitNoCa).is_ok());
    let bad: [&dyn Fn(&mut rcgen::CertificateParams); 12] = [
        &|p| p.subject_alt_names.clear(),
        &|p| p.subject_alt_names.push(uri("urn:aval:manager:sophie.martin")),
        &|p| p.subject_alt_names.push(SanType::DnsName("relay.example".try_into().unwrap())),
        &|p| p.subject_alt_names = vec![uri("urn:aval:technician:Sophie")],
        &|p| p.subject_alt_names = vec![uri("urn:aval:emperor:sophie.martin")],
        &|p| p.subject_alt_names = vec![uri("https://example.org/technician:sophie.martin")],
        &|p| p.extended_key_usages.clear(),
        &|p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth],
        &|p| p.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth),
        &|p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any],
        &|p| p.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
        &|p| _ = p.distinguished_name.remove(DnType::CommonName),
    ];
    for (number, change) in bad.into_iter().enumerate() {
        assert!(reading(&judged(change).unwrap_err()), "case {number} passed");
    }
}

#[test]
fn a_name_that_people_would_misread_is_refused_when_read() {
    let firm = firm();
    let judged = |name: &str| {
        let name = name.to_owned();
        let chain = forged(&firm, |params| params.distinguished_name.push(DnType::CommonName, name));
        firm.file.firm().verify_chain(&chain, NOW).map(|(member, _)| member.display_name)
    };
    assert_eq!(judged("Zoé Le Gall-N’Diaye").unwrap(), "Zoé Le Gall-N’Diaye");
    assert_eq!(judged("  Anne  ").unwrap(), "Anne");
    assert_eq!(judged(&"é".repeat(64)).unwrap().chars().count(), 64);
    assert!(judged(&"é".repeat(65)).is_err());
    for c in
        ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}').chain("\n\0\u{7f}\u{85}\u{200f}".chars())
    {
        assert!(judged(&format!("Sophie {c}nitraM")).is_err(), "{c:?} passed");
    }
    assert!(judged(" ").is_err());
}

#[test]
fn a_role_asked_for_is_the_role_found() {
    let firm = firm();
    let manager = with_role(&firm, Role::Manager);
    let judged =
        |roles: &[Role], at| firm.file.firm().verify_chain_as(manager.chain(), roles, at).map(|_| ());
    assert_eq!(judged(&[Role::Manager], NOW), Ok(()));
    assert_eq!(judged(&[Role::Technician], NOW), Err(TrustError::WrongRole(Role::Manager)));
    assert_eq!(judged(&[Role::Technician], days(4000)), Err(TrustError::WrongRole(Role::Manager)));
    assert_eq!(judged(&[Role::Manager], days(4000)), Err(TrustError::Expired));
}

#[test]
fn a_renewed_issuing_key_is_believed_by_whoever_pinned_the_root() {
    let old = firm();
    let (issuing, file) = renew(&old.root, old.file.profile(), days(390), 400).unwrap();
    let new = crate::firm::FoundedFirm { root: Signer::generate().unwrap(), issuing, file };
    let chain = forged(&new, |_| {});
    assert!(old.file.firm().verify_chain(&chain, days(340)).is_err(), "the new issuing key is not valid yet");
    let chain = forged(&new, |params| params.not_after = rcgen::date_time_ymd(2028, 6, 1));
    assert!(old.file.firm().verify_chain(&chain, days(450)).is_ok());
}

#[test]
fn only_a_root_makes_a_firm() {
    let firm = firm();
    let root = firm.file.firm().root_der();
    assert_eq!(&Firm::from_root_der(root).unwrap(), firm.file.firm());
    assert!(Firm::from_root_der(firm.issuing.chain()[0].clone()).is_err());
    assert!(Firm::from_root_der(with_role(&firm, Role::Relay).chain()[0].clone()).is_err());
    assert!(Firm::from_root_der(&root[..root.len() - 1]).is_err());
    assert!(Firm::from_root_der([root, &[0]].concat()).is_err());
    let mut forged = root.to_vec();
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(Firm::from_root_der(forged).unwrap_err(), TrustError::BadSignature);
}

proptest! {
    #[test]
    fn no_bit_of_a_chain_can_be_turned(at in 0usize..10_000, bit in 0u8..8) {
        let firm = firm();
        let mut chain = with_role(&firm, Role::Technician).chain().to_vec();
        let (cert, at) = (at % 2, at / 2);
        let at = at % chain[cert].len();
        chain[cert][at] ^= 1 << bit;
        prop_assert!(firm.file.firm().verify_chain(&chain, NOW).is_err());
    }

    #[test]
    fn garbage_is_no_certificate(der in proptest::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(firm().file.firm().verify_chain(std::slice::from_ref(&der), NOW).is_err());
        prop_assert!(Firm::from_root_der(der).is_err());
    }
}
