//! Answers of smartctl, written for these tests by the keys that smartmontools documents (smartctl(8), `--json`); no real drive's.

use proptest::prelude::*;

use super::*;

fn judged(said: &Value) -> Vec<(CheckKind, Grade, Option<i64>)> {
    let subject = Text::new("Imaginaire 1000");
    let checks = checks(said.to_string().as_bytes(), subject.as_ref());
    assert!(checks.iter().all(|check| check.subject == subject));
    checks.into_iter().map(|check| (check.kind, check.grade, check.value)).collect()
}

fn ata(passed: bool, attributes: &Value, exit_status: u8) -> Value {
    serde_json::json!({
        "json_format_version": [1, 0],
        "smartctl": {"version": [7, 3], "exit_status": exit_status},
        "device": {"name": "/dev/sda", "type": "sat", "protocol": "ATA"},
        "smart_status": {"passed": passed},
        "ata_smart_attributes": {"revision": 16, "table": attributes},
        "temperature": {"current": 34},
    })
}

fn attribute(id: u8, raw: &str, when_failed: &str) -> Value {
    serde_json::json!({"id": id, "value": 100, "worst": 100, "thresh": 10, "when_failed": when_failed, "raw": {"value": 281_474_976_710_655_u64, "string": raw}})
}

#[test]
fn an_ata_drive_that_is_well_is_good_also_when_smartctl_ends_with_an_error() {
    let table =
        serde_json::json!([attribute(5, "0", ""), attribute(197, "0", ""), attribute(198, "0 (0 1)", "")]);
    assert_eq!(
        judged(&ata(true, &table, 0x40)),
        [
            (CheckKind::DiskVerdict, Grade::Good, Some(1)),
            (CheckKind::DiskReallocated, Grade::Good, Some(0)),
            (CheckKind::DiskPending, Grade::Good, Some(0)),
            (CheckKind::DiskUncorrectable, Grade::Good, Some(0)),
            (CheckKind::DiskTemperature, Grade::Good, Some(34)),
        ]
    );
}

#[test]
fn a_drive_that_passed_and_replaced_sectors_is_watched_and_one_that_says_it_fails_is_failing() {
    let table = serde_json::json!([
        attribute(5, "16", ""),
        attribute(10, "3", "past"),
        attribute(190, "40 (Min/Max 20/55)", "past"),
        attribute(7, "9", "now"),
    ]);
    let found = judged(&ata(false, &table, 0x18));
    assert!(found.contains(&(CheckKind::DiskVerdict, Grade::Failing, Some(0))));
    assert!(found.contains(&(CheckKind::DiskReallocated, Grade::Watch, Some(16))));
    assert!(found.contains(&(CheckKind::DiskAttribute, Grade::Watch, Some(10))));
    assert!(found.contains(&(CheckKind::DiskAttribute, Grade::Failing, Some(7))));
    assert_eq!(
        found.iter().filter(|(kind, ..)| *kind == CheckKind::DiskAttribute).count(),
        2,
        "heat is apart"
    );
}

fn nvme(warning: u8, spare: u8, used: u8, lost: u64, celsius: u8) -> Value {
    serde_json::json!({
        "smartctl": {"version": [7, 4], "exit_status": 0},
        "device": {"name": "/dev/nvme0n1", "type": "nvme", "protocol": "NVMe"},
        "smart_status": {"passed": warning == 0, "nvme": {"value": warning}},
        "nvme_smart_health_information_log": {
            "critical_warning": warning, "temperature": celsius, "available_spare": spare,
            "available_spare_threshold": 10, "percentage_used": used, "media_errors": lost,
        },
        "temperature": {"current": celsius},
    })
}

#[test]
fn an_nvme_drive_is_judged_by_wear_reserve_losses_and_its_warning() {
    let of = |said: &Value, wanted: CheckKind| {
        judged(said)
            .into_iter()
            .find(|(kind, ..)| *kind == wanted)
            .map(|(_, grade, value)| (grade, value.unwrap()))
    };
    let well = nvme(0, 100, 79, 0, 69);
    assert!(judged(&well).iter().all(|(_, grade, _)| *grade == Grade::Good), "{:?}", judged(&well));
    assert_eq!(of(&nvme(0, 100, 80, 0, 40), CheckKind::DiskWear), Some((Grade::Watch, 80)));
    let lost = nvme(0, 100, 3, 2, 40);
    assert_eq!(of(&lost, CheckKind::DiskMediaErrors), Some((Grade::Watch, 2)));
    assert_eq!(of(&lost, CheckKind::DiskVerdict), Some((Grade::Good, 1)), "it says that it passed");
    assert_eq!(of(&nvme(1, 9, 3, 0, 40), CheckKind::DiskSpare), Some((Grade::Failing, 9)));
    assert_eq!(of(&nvme(1, 10, 3, 0, 40), CheckKind::DiskSpare), Some((Grade::Good, 10)));
    for (bits, grade) in [
        (0, Grade::Good),
        (1, Grade::Failing),
        (2, Grade::Watch),
        (4, Grade::Failing),
        (8, Grade::Failing),
        (16, Grade::Failing),
    ] {
        assert_eq!(of(&nvme(bits, 100, 3, 0, 40), CheckKind::DiskWarning), Some((grade, bits.into())));
    }
    assert_eq!(of(&nvme(2, 100, 3, 0, 70), CheckKind::DiskTemperature), Some((Grade::Watch, 70)));
}

#[test]
fn a_sas_drive_is_judged_by_its_status_and_grown_defects() {
    let sas = |passed: bool, defects: u32| {
        serde_json::json!({
            "device": {"name": "/dev/sda", "type": "scsi", "protocol": "SCSI"},
            "smart_status": {"passed": passed},
            "scsi_grown_defect_list": defects,
            "temperature": {"current": 41},
        })
    };
    assert!(judged(&sas(true, 0)).iter().all(|(_, grade, _)| *grade == Grade::Good));
    assert!(judged(&sas(true, 7)).contains(&(CheckKind::DiskDefects, Grade::Watch, Some(7))));
    assert!(judged(&sas(false, 0)).contains(&(CheckKind::DiskVerdict, Grade::Failing, Some(0))));
}

#[test]
fn what_says_nothing_is_never_good_and_says_why() {
    let message = |text: &str| {
        let said = serde_json::json!({"smartctl": {"exit_status": 2, "messages": [{"string": text, "severity": "error"}]}});
        let checks = checks(said.to_string().as_bytes(), None);
        assert_eq!((checks.len(), checks[0].grade, checks[0].value), (1, Grade::NotMeasurable, None));
        checks[0].why.unwrap()
    };
    assert_eq!(message("Device is in STANDBY mode, exit(2)"), Unmeasured::Asleep);
    assert_eq!(message("Smartctl open device: /dev/sda failed: Permission denied"), Unmeasured::NoPrivilege);
    assert_eq!(message("/dev/vda: Unable to detect device type"), Unmeasured::NoSource);
    assert_eq!(checks(b"smartctl 7.3", None)[0].why, Some(Unmeasured::Unreadable));
    assert_eq!(checks(b"", None)[0].why, Some(Unmeasured::Unreadable));
    let odd = ata(true, &serde_json::json!({"5": "none"}), 0);
    assert_eq!(judged(&odd)[0], (CheckKind::DiskVerdict, Grade::Good, Some(1)), "what is odd is left out");
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic(said: Vec<u8>, text: String, number: i64) {
        checks(&said, None);
        let said = serde_json::json!({
            "smart_status": {"passed": text},
            "temperature": {"current": number},
            "ata_smart_attributes": {"table": [{"id": 5, "when_failed": text, "raw": {"string": text, "value": number}}, number, text]},
            "nvme_smart_health_information_log": {"critical_warning": number, "media_errors": number, "percentage_used": text},
            "smartctl": {"messages": [{"string": text}, number]},
        });
        checks(said.to_string().as_bytes(), Text::new(&text).as_ref());
    }
}
