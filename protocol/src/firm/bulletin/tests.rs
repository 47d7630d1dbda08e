//! Bulletins: who may write them, what they take away, and that none is ever taken back.
#![allow(clippy::unwrap_used, reason = "a test")]

use super::super::fixture::{NOW, days, firm, sophie, with_role};
use super::super::{FirmFile, FoundedFirm, Role, authority, files};
use super::*;

fn against(firm: &FoundedFirm, key: KeyId, version: u32) -> Bulletin {
    let mut bulletin = Bulletin::next(firm.file.firm(), None, NOW);
    bulletin.version = version;
    bulletin.revoke(Revoked { key, since: NOW, reason: RevokedFor::Stolen });
    bulletin
}

/// As another program knows the firm: with a memory of its own.
fn elsewhere(firm: &FoundedFirm) -> Firm {
    FirmFile::parse(&firm.file.to_pem().unwrap()).unwrap().firm().clone()
}

#[test]
fn a_revoked_key_opens_nothing_and_what_it_said_before_stands() {
    let ours = firm();
    let (known, thief) = (elsewhere(&ours), with_role(&ours, Role::Technician));
    let other = with_role(&ours, Role::Technician);
    let word = thief.sign(&against(&ours, other.key_id(), 9)).unwrap();
    let said = |at| word.open_by_firm_when_said(&known, Role::Technician, |_| at).map(|_| ());
    assert_eq!(said(NOW), Ok(()));
    known.adopt(&against(&ours, thief.key_id(), 1).sign(&known, &ours.issuing).unwrap()).unwrap();
    // At no moment, so that no clock brings it back; and in its clones.
    for now in [days(-900), days(-1), NOW, days(1), days(900)] {
        assert_eq!(known.clone().verify_chain(thief.chain(), now).unwrap_err(), TrustError::Revoked);
    }
    assert!(known.verify_chain(other.chain(), NOW).is_ok());
    assert_eq!(said(UnixSeconds(NOW.0 - 1)), Ok(()));
    assert_eq!(said(NOW), Err(TrustError::Revoked));
    assert!(elsewhere(&ours).verify_chain(thief.chain(), NOW).is_ok(), "who was not told knows nothing");
}

#[test]
fn an_older_bulletin_changes_nothing_and_two_of_a_number_are_refused() {
    let ours = firm();
    let known = elsewhere(&ours);
    let keys: Vec<_> = (0..3).map(|_| with_role(&ours, Role::Technician)).collect();
    let signed = |n: usize, version| against(&ours, keys[n].key_id(), version).sign(&known, &ours.issuing);
    assert_eq!(known.adopt(&signed(0, 5).unwrap()), Ok(Adopted::Newer));
    assert_eq!(known.adopt(&signed(0, 5).unwrap()), Ok(Adopted::Same));
    assert_eq!(known.adopt(&signed(1, 4).unwrap()), Ok(Adopted::Older));
    assert!(known.adopt(&signed(1, 5).unwrap()).is_err());
    assert!(known.revoked(keys[0].key_id()).is_some() && known.revoked(keys[1].key_id()).is_none());
    assert_eq!(known.adopt(&signed(2, 6).unwrap()), Ok(Adopted::Newer));
    assert_eq!(known.bulletin().unwrap().version, 6);
}

#[test]
fn nobody_but_an_issuing_key_of_the_firm_writes_one() {
    let (ours, theirs) = (firm(), firm());
    let known = elsewhere(&ours);
    let victim = with_role(&ours, Role::Technician);
    let bulletin = against(&ours, victim.key_id(), 1);
    for signer in [&with_role(&ours, Role::Manager), &with_role(&ours, Role::Relay), &theirs.issuing] {
        assert!(known.adopt(&signer.sign(&bulletin).unwrap()).is_err());
    }
    // The root signs certificates, and nothing else.
    assert_eq!(known.adopt(&ours.root.sign(&bulletin).unwrap()), Err(TrustError::Foreign));
    let foreign = Bulletin::next(theirs.file.firm(), None, NOW);
    assert_eq!(known.adopt(&ours.issuing.sign(&foreign).unwrap()), Err(TrustError::Foreign));
    let nameless = Signer::from_pkcs8(ours.issuing.pkcs8().to_vec(), Vec::new()).unwrap();
    assert!(known.adopt(&nameless.sign(&bulletin).unwrap()).is_err());
    assert!(known.bulletin().is_none());
    let long = Bulletin { relays: vec!["relais:4433".into(); MAX_RELAYS + 1], ..bulletin.clone() };
    let odd = Bulletin { relays: vec!["http://relais".into()], ..bulletin.clone() };
    let mut suicide = bulletin;
    suicide.revoke(Revoked { key: ours.issuing.key_id(), since: NOW, reason: RevokedFor::Lost });
    for bad in [long, odd, suicide] {
        assert!(bad.sign(&known, &ours.issuing).is_err());
    }
}

#[test]
fn the_key_that_comes_after_overrules_a_stolen_issuing_key() {
    let ours = firm();
    let known = elsewhere(&ours);
    let (before, thief) = (with_role(&ours, Role::Technician), &ours.issuing);
    let lie = Bulletin { version: u32::MAX, ..against(&ours, before.key_id(), 1) };
    assert_eq!(known.adopt(&lie.sign(&known, thief).unwrap()), Ok(Adopted::Newer));
    let (new, file) = authority::renew(&ours.root, ours.file.profile(), days(30), 300).unwrap();
    let mut truth = Bulletin::next(file.firm(), None, days(30));
    truth.revoke(Revoked { key: thief.key_id(), since: days(29), reason: RevokedFor::Stolen });
    let truth = truth.sign(&known, &new).unwrap();
    assert_eq!(known.adopt(&truth), Ok(Adopted::Newer));
    assert_eq!(known.adopt(&lie.sign(&elsewhere(&ours), thief).unwrap()), Ok(Adopted::Older));
    // All that the stolen key certified falls with it.
    assert_eq!(known.verify_chain(before.chain(), NOW).unwrap_err(), TrustError::Revoked);
    let request = authority::request(&before, "Sophie").unwrap();
    let again =
        authority::certify(&new, &request, &authority::Grant { valid_days: 200, ..sophie() }, days(30));
    let again = files::chain_from_pem(&again.unwrap()).unwrap();
    assert!(known.verify_chain(&again, days(31)).is_ok(), "the same person’s key, certified anew");
}

#[test]
fn a_bulletin_survives_its_text() {
    let ours = firm();
    let signed = against(&ours, with_role(&ours, Role::Relay).key_id(), 3);
    let signed = signed.sign(ours.file.firm(), &ours.issuing).unwrap();
    let text = files::bulletin_to_pem(&signed).unwrap();
    assert_eq!(files::bulletin_from_pem(&text).unwrap(), signed);
    assert!(files::bulletin_from_pem(&text[..text.len() / 2]).is_err());
    assert!(files::bulletin_from_pem(&ours.file.to_pem().unwrap()).is_err());
    let full: Vec<_> = (0..MAX_REVOKED)
        .map(|n| KeyId(std::array::from_fn(|i| if i < 2 { n.to_be_bytes()[6 + i] } else { 7 })))
        .map(|key| Revoked { key, since: days(9999), reason: RevokedFor::Replaced })
        .collect();
    let full = Bulletin { revoked: full, ..Bulletin::next(ours.file.firm(), None, NOW) };
    assert!(full.sign(ours.file.firm(), &ours.issuing).is_ok(), "the fullest one may be signed");
}
