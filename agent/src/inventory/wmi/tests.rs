//! Rows made by hand from Microsoft's documentation of the classes, as the child writes them.

use super::*;

fn told(json: &str) -> Vec<Told> {
    serde_json::from_str(json).unwrap()
}

#[test]
fn bitlocker_protects_a_volume_or_not_and_a_locked_one_tells_nothing() {
    let volumes = told(
        r#"[{"Rows":[
            {"DriveLetter":"C:","ProtectionStatus":1},
            {"DriveLetter":"d:","ProtectionStatus":0},
            {"DriveLetter":"E:","ProtectionStatus":2},
            {"DriveLetter":null,"ProtectionStatus":1}]}]"#,
    );
    let known = encryption(&volumes).unwrap();
    assert_eq!(known.into_iter().collect::<Vec<_>>(), [('C', Some(true)), ('D', Some(false)), ('E', None)]);
    for (code, why) in [
        ("2147749891", Missing::Denied),
        ("2147942405", Missing::Denied),
        ("2147749902", Missing::Unsupported),
        ("2147749904", Missing::Unsupported),
        ("2147500037", Missing::Failed),
    ] {
        assert_eq!(encryption(&told(&format!(r#"[{{"Refused":{code}}}]"#))), Err(why), "{code}");
    }
    assert_eq!(encryption(&[]), Err(Missing::Failed), "nothing was said");
}

#[test]
fn the_security_centres_products_are_on_or_off_and_fresh_or_stale() {
    // 0x061100: on and fresh; 0x060110: off and stale; 0x063000: expired; 0x0B1010: on and stale.
    let products = told(
        r#"[{"Rows":[
            {"displayName":"Windows Defender","productState":397568},
            {"displayName":"Vieux Rempart","productState":393488},
            {"displayName":"Essai Fini","productState":405504},
            {"displayName":"Garde","productState":725008},
            {"displayName":"Muet","productState":null},
            {"productState":397568}]},
           {"Rows":[{"displayName":"Mur","productState":266256}]}]"#,
    );
    let [antivirus, firewalls] = protection(&products).unwrap();
    let said = |products: &[Product]| {
        products
            .iter()
            .map(|p| (p.guard.name.as_str().to_owned(), p.guard.enabled, p.stale))
            .collect::<Vec<_>>()
    };
    let of = |name: &str, enabled, stale| (name.to_owned(), enabled, stale);
    assert_eq!(
        said(&antivirus),
        [
            of("Windows Defender", Some(true), false),
            of("Vieux Rempart", Some(false), true),
            of("Essai Fini", Some(false), false),
            of("Garde", Some(true), true),
            of("Muet", None, false),
        ]
    );
    assert_eq!(said(&firewalls), [of("Mur", Some(true), true)]);
    // A server edition has no security centre; one without the list of firewalls still has the other.
    assert_eq!(
        protection(&told(r#"[{"Refused":2147749902},{"Refused":2147749902}]"#)),
        Err(Missing::Unsupported)
    );
    assert_eq!(protection(&told(r#"[{"Rows":[]},{"Refused":2147749904}]"#)), Ok([Vec::new(), Vec::new()]));
}

#[test]
fn defender_says_whether_it_watches_and_how_old_its_signatures_are() {
    let status = |on: bool, age: u32| {
        told(&format!(
            r#"[{{"Rows":[{{"AntivirusEnabled":true,"RealTimeProtectionEnabled":{on},"AntivirusSignatureAge":{age}}}]}}]"#
        ))
    };
    assert_eq!(defender(&status(true, 0)), Ok((true, Some(0))));
    assert_eq!(defender(&status(false, 9)), Ok((false, Some(9))));
    assert_eq!(defender(&status(true, 65_535)), Ok((true, None)));
    assert_eq!(defender(&told(r#"[{"Rows":[]}]"#)), Err(Missing::Unsupported));
}

#[test]
fn drives_are_known_by_number_with_or_without_their_counters() {
    let both = told(
        r#"[{"Rows":[
            {"DeviceId":"0","HealthStatus":0,"MediaType":4},
            {"DeviceId":"1","HealthStatus":1,"MediaType":3},
            {"DeviceId":"2","HealthStatus":2,"MediaType":0},
            {"DeviceId":"3","HealthStatus":5,"MediaType":4},
            {"DeviceId":"{b1}","HealthStatus":0,"MediaType":4}]},
           {"Rows":[
            {"DeviceId":"0","Wear":7,"Temperature":41},
            {"DeviceId":"1","Wear":0,"Temperature":0},
            {"DeviceId":"9","Wear":1,"Temperature":20}]}]"#,
    );
    let known = drives(&both).unwrap();
    assert_eq!(known.len(), 4);
    assert_eq!(
        known[&0],
        DriveWord {
            health: Some(Condition::Healthy),
            media: Some(Media::Ssd),
            wear: Some(7),
            celsius: Some(41)
        }
    );
    assert_eq!(
        known[&1],
        DriveWord { health: Some(Condition::Warning), media: Some(Media::Hdd), wear: None, celsius: None }
    );
    assert_eq!((known[&2].health, known[&2].media), (Some(Condition::Unhealthy), None));
    assert_eq!(known[&3].health, None);
    let denied =
        told(r#"[{"Rows":[{"DeviceId":"0","HealthStatus":0,"MediaType":4}]},{"Refused":2147749891}]"#);
    assert_eq!(drives(&denied).unwrap()[&0].wear, None);
}

#[test]
fn updates_mend_security_by_class_or_rating_and_have_a_day() {
    let waiting = told(
        r#"[{"Rows":[
            {"severity":"Critical","categories":["28bc880e-0592-4cbf-8f95-c79b17911d5f"]},
            {"severity":"","categories":["0FA1201D-4330-4FA8-8AE9-B877473B6441"]},
            {"severity":"","categories":["e0789628-ce08-4437-be74-2495b842f43b"]},
            {}]},
           {"Rows":[{"searched":46354.5,"installed":46344.0}]}]"#,
    );
    let word = updates(&waiting).unwrap();
    assert_eq!(word.waiting, Waiting { security: 2, other: 2 });
    // 2026-11-28, noon; and ten days and a half before.
    assert_eq!((word.searched, word.installed), (Some(20_785 * 86_400 + 43_200), Some(20_775 * 86_400)));
    let silent = updates(&told(r#"[{"Rows":[]},{"Refused":2147500033}]"#)).unwrap();
    assert_eq!(silent, UpdatesWord::default());
    assert_eq!(updates(&told(r#"[{"Refused":2147500033},{"Rows":[]}]"#)), Err(Missing::Unsupported));
    assert_eq!((of_ole(0.0), of_ole(f64::NAN)), (None, None), "no date");
}

#[test]
fn every_question_has_a_name_of_its_own() {
    for question in Question::ALL {
        assert_eq!(Question::of_name(question.name()), Some(question));
    }
    assert_eq!(Question::of_name("format"), None);
}
