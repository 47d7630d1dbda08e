//! The tests of `release.rs`: each attack on a fleet's updates, and its honest twin.

use proptest::prelude::*;

use super::*;

const NOW: UnixSeconds = UnixSeconds(1_795_000_000);
const DAY: i64 = 86_400;

fn later(days: i64) -> UnixSeconds {
    UnixSeconds(NOW.0 + days * DAY)
}

fn version(patch: u16) -> Version {
    Version { major: 0, minor: 1, patch }
}

fn release(edition: u32, patch: u16) -> Release {
    let part = |name: &str, n| Part {
        system: WINDOWS.to_owned(),
        name: name.to_owned(),
        length: 1_000,
        sha256: [n; 32],
    };
    Release {
        edition,
        version: version(patch),
        floor: version(0),
        at: NOW,
        until: later(90),
        spread_s: 4 * 3600,
        files: vec![part(WINDOWS_PROGRAMS[0], 1), part(WINDOWS_PROGRAMS[1], 2)],
    }
}

fn signed(release: &Release, key: &Signer) -> Manifest {
    Manifest::sign(release, key, Vec::new()).unwrap()
}

fn key() -> Signer {
    Signer::generate().unwrap()
}

#[test]
fn the_newest_release_is_remembered_and_an_older_one_is_refused() {
    let key = key();
    let pinned = Known::pinned(key.spki().to_vec());
    let first = pinned.seen(&signed(&release(1, 1), &key), NOW).unwrap().unwrap();
    let second = first.seen(&signed(&release(2, 2), &key), NOW).unwrap().unwrap();
    assert_eq!(second.newest, Some(release(2, 2)));
    let again = |edition, patch| second.seen(&signed(&release(edition, patch), &key), NOW);
    assert_eq!(again(2, 2), Ok(None), "the same one again");
    assert_eq!(again(1, 1), Err(Refused::Rollback { shown: 1, known: 2 }));
    assert_eq!(
        again(1, 9),
        Err(Refused::Rollback { shown: 1, known: 2 }),
        "an older word with a newer program"
    );
    assert_eq!(again(2, 3), Err(Refused::Differs(2)));
    assert_eq!(again(3, 1), Err(Refused::VersionBack));
    assert!(again(3, 2).unwrap().is_some(), "the end is put off");
    let raised = Release { floor: version(2), ..release(3, 2) };
    let raised = second.seen(&signed(&raised, &key), NOW).unwrap().unwrap();
    assert_eq!(raised.seen(&signed(&release(4, 3), &key), NOW), Err(Refused::FloorBack));
}

#[test]
fn nobody_else_releases_anything() {
    let (ours, theirs) = (key(), key());
    let known = Known::pinned(ours.spki().to_vec());
    assert_eq!(known.seen(&signed(&release(1, 1), &theirs), NOW), Err(Refused::OtherKey));
    let lying = Manifest { key: ours.spki().to_vec(), ..signed(&release(1, 1), &theirs) };
    assert_eq!(known.seen(&lying, NOW), Err(Refused::BadSignature));
    // Their key with a replacement that ours did not sign, or with half of one.
    let by = |given: &Signer, taken: &Signer| {
        let word = Succession { from: ours.key_id(), to: theirs.spki().to_vec(), at: NOW };
        let rotation = Rotation { given: given.sign(&word).unwrap(), taken: taken.sign(&word).unwrap() };
        Manifest::sign(&release(1, 1), &theirs, vec![rotation]).unwrap()
    };
    assert_eq!(known.seen(&by(&theirs, &theirs), NOW), Err(Refused::OtherKey));
    assert_eq!(known.seen(&by(&ours, &ours), NOW), Err(Refused::BadSignature));
    assert!(known.seen(&by(&ours, &theirs), NOW).is_ok(), "the honest one");
}

#[test]
fn an_ended_manifest_is_not_news_whatever_the_clock_was_set_to() {
    let key = key();
    let known = Known::pinned(key.spki().to_vec());
    let manifest = signed(&release(1, 1), &key);
    assert_eq!(known.seen(&manifest, later(90)), Err(Refused::Expired));
    let seen = known.seen(&manifest, later(89)).unwrap().unwrap();
    assert!(!seen.expired(later(89)) && seen.expired(later(90)));
    assert_eq!(seen.seen(&manifest, later(90)), Err(Refused::Expired));
    // What was signed in the meantime tells that it is later than the clock says.
    let mut fresh = Release { at: later(80), until: later(170), ..release(2, 1) };
    let fresh = {
        let seen = seen.seen(&signed(&fresh, &key), later(80)).unwrap().unwrap();
        fresh = Release { edition: 3, until: later(79), at: later(1), ..fresh };
        seen.seen(&signed(&fresh, &key), later(2))
    };
    assert_eq!(fresh, Err(Refused::Expired));
}

#[test]
fn the_key_is_replaced_by_its_own_word_and_the_old_one_is_nobody_then() {
    let (first, second, third) = (key(), key(), key());
    let rotations =
        vec![Rotation::new(&first, &second, NOW).unwrap(), Rotation::new(&second, &third, NOW).unwrap()];
    let manifest = Manifest::sign(&release(2, 2), &third, rotations).unwrap();
    // Whoever slept through both comes to the third, and so does whoever knows the second.
    for (pinned, from) in [(&first, "first"), (&second, "second"), (&third, "third")] {
        let known = Known::pinned(pinned.spki().to_vec());
        let seen = known.seen(&manifest, NOW).unwrap().unwrap();
        assert_eq!(seen.key, third.spki(), "{from}");
        assert_eq!(seen.seen(&signed(&release(3, 3), &first), NOW), Err(Refused::OtherKey), "{from}");
        assert_eq!(seen.seen(&signed(&release(3, 3), &second), NOW), Err(Refused::OtherKey), "{from}");
        let mut back = manifest.clone();
        back.rotations.push(Rotation::new(&first, &second, NOW).unwrap());
        assert!(seen.seen(&back, NOW).is_ok(), "what older keys said is history");
    }
    let backwards =
        vec![Rotation::new(&second, &third, NOW).unwrap(), Rotation::new(&first, &second, NOW).unwrap()];
    let backwards = Manifest::sign(&release(2, 2), &third, backwards).unwrap();
    assert_eq!(Known::pinned(first.spki().to_vec()).seen(&backwards, NOW), Err(Refused::OtherKey));
    let many = vec![Rotation::new(&first, &second, NOW).unwrap(); MAX_ROTATIONS + 1];
    let many = Manifest::sign(&release(2, 2), &second, many).unwrap();
    assert_eq!(Known::pinned(first.spki().to_vec()).seen(&many, NOW), Err(Refused::Unreadable));
}

#[test]
fn what_makes_no_sense_is_not_signed_and_not_believed() {
    let key = key();
    let known = Known::pinned(key.spki().to_vec());
    let part = |change: fn(&mut Part)| {
        let mut release = release(1, 1);
        change(&mut release.files[0]);
        release
    };
    let mut one = release(1, 1);
    one.files.pop();
    let mut many = release(1, 1);
    many.files.resize(MAX_FILES + 1, one.files[0].clone());
    let senseless = [
        (Release { floor: version(2), ..release(1, 1) }, Unfit::Floor),
        (Release { until: NOW, ..release(1, 1) }, Unfit::Ended),
        (Release { spread_s: MAX_SPREAD_S + 1, ..release(1, 1) }, Unfit::Spread),
        (Release { files: Vec::new(), ..release(1, 1) }, Unfit::Files),
        (many, Unfit::Files),
        (one, Unfit::Windows),
        (part(|part| part.name = "aval-agent-prompt.exe".into()), Unfit::Files),
        (part(|part| part.name = "other.exe".into()), Unfit::Windows),
        (part(|part| part.name = "../aval-agent.exe".into()), Unfit::Name),
        (part(|part| part.name = "..".into()), Unfit::Name),
        (part(|part| part.name = "c:aval-agent.exe".into()), Unfit::Name),
        (part(|part| part.system = String::new()), Unfit::Name),
        (part(|part| part.length = 0), Unfit::Length),
        (part(|part| part.length = MAX_LENGTH + 1), Unfit::Length),
    ];
    for (release, why) in senseless {
        assert_eq!(release.check(), Err(why));
        assert_eq!(known.seen(&signed(&release, &key), NOW), Err(Refused::Unreadable), "{why}");
    }
    assert_eq!(release(1, 1).check(), Ok(()));
    let foreign = part(|part| part.system = "plan9-arm".into());
    assert_eq!(foreign.check(), Err(Unfit::Windows));
}

#[test]
fn keys_and_manifests_travel_as_text() {
    let (first, second) = (key(), key());
    let rotations = vec![Rotation::new(&first, &second, NOW).unwrap(); MAX_ROTATIONS];
    let full = Release { files: vec![release(1, 1).files[0].clone(); MAX_FILES], ..release(1, 1) };
    let manifest = Manifest::sign(&full, &second, rotations).unwrap();
    let text = manifest_to_pem(&manifest).unwrap();
    assert_eq!(manifest_from_pem(&text), Ok(manifest.clone()));
    assert!(crate::wire::encode(&manifest).is_ok(), "the longest one fits");
    assert_eq!(manifest_from_pem(&[text.clone(), text].concat()), Err(Refused::Unreadable));
    let public = key_to_pem(first.spki());
    assert_eq!(key_from_pem(&public).unwrap(), first.spki());
    assert!(manifest_from_pem(&public).is_err() && key_from_pem("").is_err());
}

proptest! {
    #[test]
    fn no_single_byte_of_a_manifest_can_be_turned(at in any::<prop::sample::Index>(), by in 1u8..) {
        let (first, second) = (key(), key());
        let rotation = Rotation::new(&first, &second, NOW).unwrap();
        let manifest = Manifest::sign(&release(1, 1), &second, vec![rotation]).unwrap();
        let mut bytes = postcard::to_stdvec(&manifest).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= by;
        let known = Known::pinned(first.spki().to_vec());
        if let Ok((turned, [])) = postcard::take_from_bytes::<Manifest>(&bytes)
            && let Ok(seen) = known.seen(&turned, NOW)
        {
            // Certificates that travel with a signature say nothing here.
            prop_assert_eq!(seen.unwrap().newest, Some(release(1, 1)));
        }
    }

    /// Whatever is shown in whatever order, editions, versions and floors that are known only ever rise.
    #[test]
    fn nothing_that_is_known_goes_back(
        shown in prop::collection::vec((1u32..6, 0u16..5, 0u16..5, 0i64..200, 0i64..200), 1..20)
    ) {
        let key = key();
        let mut known = Known::pinned(key.spki().to_vec());
        for (edition, patch, floor, until, now) in shown {
            let release = Release { floor: version(floor), until: later(until), ..release(edition, patch) };
            let before = known.newest.clone();
            if let Ok(Some(seen)) = known.seen(&signed(&release, &key), later(now)) {
                known = seen;
            }
            if let (Some(before), Some(after)) = (before, &known.newest) {
                prop_assert!(before.edition <= after.edition);
                prop_assert!(before.version <= after.version && before.floor <= after.floor);
                prop_assert!(before.edition < after.edition || before == *after);
            }
        }
    }
}
