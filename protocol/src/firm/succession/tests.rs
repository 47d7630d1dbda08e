//! Roots that follow one another: by whose word, how far, and that nothing leads back.
#![allow(clippy::unwrap_used, reason = "a test")]

use super::super::fixture::{DAY, NOW, days, firm, member, sophie, with_role};
use super::super::{Adopted, Bulletin, FirmFile, FoundedFirm, Role, authority};
use super::*;

/// As another program knows the firm: with a memory of its own.
fn elsewhere(firm: &FoundedFirm) -> Firm {
    FirmFile::parse(&firm.file.to_pem().unwrap()).unwrap().firm().clone()
}

/// The firm ten days later, with a root that takes the place of the old one at that moment.
fn heir(of: &FoundedFirm) -> FoundedFirm {
    authority::succeed(&of.root, &of.file, (days(10), days(10)), 20, 400).unwrap()
}

fn line(of: &FoundedFirm) -> Vec<SignedSuccession> {
    of.file.firm().successions()
}

/// Certified ten days later.
fn later(by: &FoundedFirm) -> Signer {
    let request = authority::request(&Signer::generate().unwrap(), "Sophie").unwrap();
    let grant = authority::Grant { valid_days: 200, ..sophie() };
    let chain = authority::certify(&by.issuing, &request, &grant, days(11)).unwrap();
    let chain = super::super::files::chain_from_pem(&chain).unwrap();
    Signer::from_pkcs8(Signer::generate().unwrap().pkcs8().to_vec(), chain).unwrap()
}

#[test]
fn whoever_pinned_the_old_root_follows_to_the_new_one_and_never_back() {
    let first = firm();
    let second = heir(&first);
    let known = elsewhere(&first);
    let (old, new) = (with_role(&first, Role::Technician), later(&second));
    assert_eq!(known.verify_chain(new.chain(), days(12)).unwrap_err(), TrustError::Foreign);
    let clone = known.clone();
    let told = known.follow(&line(&second)).unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].old, told[0].new), (first.root.key_id(), second.root.key_id()));
    assert_eq!(known.follow(&line(&second)), Ok(Vec::new()), "known already");
    assert!(clone.verify_chain(new.chain(), days(12)).is_ok(), "its clones know");
    assert_eq!(clone.root_now(), second.root.key_id());
    // What the old root certified before counts until its issuing key ends, and nothing that it certifies later.
    assert!(known.verify_chain(old.chain(), days(12)).is_ok());
    assert_eq!(known.verify_chain(later(&first).chain(), days(12)).unwrap_err(), TrustError::Succeeded);
    assert_eq!(known.follow(&[]), Ok(Vec::new()), "an empty line takes nothing back");
    assert_eq!(known.root_now(), second.root.key_id());
    // The file of the new root knows the same, and keeps it through its text.
    let given = elsewhere(&second);
    assert!(given.verify_chain(old.chain(), days(12)).is_ok());
    assert_eq!(given.verify_chain(later(&first).chain(), days(12)).unwrap_err(), TrustError::Succeeded);
    assert_eq!(given.succeeded(), told);
}

#[test]
fn a_backdated_certificate_of_the_old_root_ends_with_the_stated_day() {
    let first = firm();
    let second = authority::succeed(&first.root, &first.file, (days(10), days(10)), 20, 400).unwrap();
    let until = first.file.issuing_until();
    let known = elsewhere(&second);
    // Whoever has the old root makes an issuing key that outlives the day, and dates everything before the succession.
    let (issuing, file) = authority::renew(&first.root, first.file.profile(), days(1), 2000).unwrap();
    let thief = FoundedFirm { root: Signer::generate().unwrap(), issuing, file };
    let late = member(&thief, &authority::Grant { valid_days: 1900, ..sophie() });
    assert!(first.file.firm().verify_chain(late.chain(), UnixSeconds(until.0 + DAY)).is_ok());
    assert_eq!(
        known.verify_chain(late.chain(), UnixSeconds(until.0 + DAY)).unwrap_err(),
        TrustError::Expired
    );
}

#[test]
fn nobody_but_the_old_root_names_its_successor_and_nobody_else_claims_its_place() {
    let (first, other) = (firm(), firm());
    let second = heir(&first);
    let known = elsewhere(&first);
    let times = (days(10), days(400));
    // Another root, the issuing key, a relay: each with the certificate that it has, and with the root's.
    let relay = with_role(&first, Role::Relay);
    for signer in [&other.root, &first.issuing, &relay] {
        let word = SignedSuccession::sign(signer, &second.root, 1, times);
        if let Ok(word) = word {
            assert_eq!(known.follow(&[word]), Err(TrustError::Foreign));
        }
        let posing = Signer::from_pkcs8(signer.pkcs8().to_vec(), first.root.chain().to_vec()).unwrap();
        assert!(SignedSuccession::sign(&posing, &second.root, 1, times).is_err());
    }
    // An ancestor that nobody asked for: it needs the pinned root's own word, and not one that was given to another.
    let mut claimed = SignedSuccession::sign(&other.root, &second.root, 1, times).unwrap();
    let root = first.root.chain()[0].clone();
    let place = Succession { number: 1, old: other.root.key_id(), root, since: times.0, until: times.1 };
    claimed.word = other.root.sign(&place).unwrap();
    assert_eq!(known.follow(&[claimed]), Err(TrustError::BadSignature));
    let mut honest = line(&second)[0].clone();
    let body = postcard::from_bytes::<Succession>(honest.word.body()).unwrap();
    honest.word = other.root.sign(&body).unwrap();
    let bare = Firm::from_root_der(second.root.chain()[0].clone()).unwrap();
    assert!(bare.follow(&[honest]).is_err(), "the new root's word was for another one's place");
    assert!(bare.follow(&line(&second)).is_ok());
    assert!(known.succeeded().is_empty());
    assert_eq!(known.root_now(), first.root.key_id());
    // The moments the wrong way round, a root that follows itself.
    assert!(SignedSuccession::sign(&first.root, &second.root, 1, (days(2), days(1))).is_err());
    assert!(SignedSuccession::sign(&first.root, &first.root, 1, times).is_err());
    assert!(authority::succeed(&other.root, &first.file, (NOW, NOW), 20, 400).is_err());
}

#[test]
fn two_successions_at_once_are_followed_step_by_step_and_never_by_the_last_alone() {
    let first = firm();
    let second = heir(&first);
    let third = authority::succeed(&second.root, &second.file, (days(20), days(20)), 20, 400).unwrap();
    let both = line(&third);
    let known = elsewhere(&first);
    assert!(known.follow(&both[1..]).is_err(), "the last alone");
    assert!(known.follow(&[both[1].clone(), both[0].clone()]).is_err(), "the wrong way round");
    assert!(known.follow(&[both[0].clone(), both[0].clone()]).is_err(), "one of them twice");
    assert!(known.succeeded().is_empty());
    let told = known.follow(&both).unwrap();
    assert_eq!(told.iter().map(|it| it.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(known.root_now(), third.root.key_id());
    // The older one once more, and another successor of the same root by its thief: nothing changes.
    assert_eq!(known.follow(&both[..1]), Ok(Vec::new()));
    assert!(known.follow(&line(&heir(&first))).is_err());
    assert_eq!(known.root_now(), third.root.key_id());
    assert!(elsewhere(&third).verify_chain(with_role(&first, Role::Relay).chain(), days(21)).is_ok());
    let nine = vec![both[0].clone(); MAX_SUCCESSIONS + 1];
    assert!(known.follow(&nine).is_err());
}

#[test]
fn the_new_roots_bulletin_stands_above_all_of_the_old_one() {
    let first = firm();
    let second = heir(&first);
    let victim = with_role(&first, Role::Technician);
    let lie = Bulletin { version: u32::MAX, ..Bulletin::next(first.file.firm(), None, NOW) };
    let lie = lie.sign(first.file.firm(), &first.issuing).unwrap();
    let truth = Bulletin::next(second.file.firm(), None, days(11));
    assert_eq!(truth.root, second.root.key_id());
    let truth = truth.sign(second.file.firm(), &second.issuing).unwrap();
    let known = elsewhere(&first);
    assert_eq!(known.adopt(&lie), Ok(Adopted::Newer));
    assert_eq!(known.adopt(&truth), Err(TrustError::Foreign), "not followed yet");
    known.follow(&line(&second)).unwrap();
    assert_eq!(known.adopt(&truth), Ok(Adopted::Newer));
    assert_eq!(known.adopt(&lie), Ok(Adopted::Older));
    // After its end the old issuing key declares nothing more.
    let late = Bulletin::next(first.file.firm(), None, days(11));
    let late = late.sign(first.file.firm(), &first.issuing).unwrap();
    assert_eq!(elsewhere(&second).adopt(&late), Err(TrustError::Succeeded));
    assert!(known.verify_chain(victim.chain(), days(12)).is_ok());
}
