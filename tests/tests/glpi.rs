//! What is handed to GLPI is valid by GLPI's own schema (`tests/fixtures/glpi`), whatever the machine could tell.
#![allow(clippy::unwrap_used, reason = "a world that cannot be built fails the test")]

use aval_agent::inventory::{as_kept, native};
use aval_protocol::glpi;
use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::{
    Content, HardwareFacts, InventoryRecord, List, Packed, Section, SectionKind, Status,
};
use aval_tests::parts::disk;
use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

const SCHEMA: &str = include_str!("../fixtures/glpi/inventory.schema.json");
/// The office PC whose sections are committed beside the wire's; it does not exist.
const OFFICE: &str = include_str!("../../protocol/tests/golden/inventory.txt");
const NOW: UnixSeconds = UnixSeconds(1_795_000_000);

struct Validator(Schemas, SchemaIndex);

impl Validator {
    fn new() -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("inventory.json", serde_json::from_str(SCHEMA).unwrap()).unwrap();
        let index = compiler.compile("inventory.json", &mut schemas).unwrap();
        Self(schemas, index)
    }

    fn errors(&self, value: &Value) -> Option<String> {
        self.0.validate(value, self.1).err().map(|error| format!("{error:#}"))
    }
}

fn office() -> InventoryRecord {
    let section = |line: &str| {
        let mut words = line.split(' ');
        let (name, hex) = (words.next().unwrap(), words.nth(1).unwrap());
        let body = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap());
        let kind = *SectionKind::ALL.iter().find(|kind| kind.label() == name).unwrap();
        Packed { kind, taken_at: NOW, body: body.collect() }
    };
    as_kept(&OFFICE.lines().take(SectionKind::ALL.len()).map(section).collect::<Vec<_>>())
}

fn facts() -> HardwareFacts {
    HardwareFacts {
        hostname: "COMPTA-1".to_owned(),
        os_build: Some("6.1.0-30-amd64".to_owned()),
        arch: Some("x86_64".to_owned()),
        memory_mib: Some(15_900),
        ..HardwareFacts::default()
    }
}

fn written(record: &InventoryRecord) -> Value {
    serde_json::to_value(glpi::inventory(&facts(), record, "aval-0042")).unwrap()
}

#[test]
fn every_section_is_written_by_the_schema_and_lands_where_glpi_looks() {
    let (valid, json) = (Validator::new(), written(&office()));
    assert_eq!(valid.errors(&json), None);
    assert_eq!((&json["deviceid"], &json["itemtype"]), (&"aval-0042".into(), &"Computer".into()));
    assert!(json.get("partial").is_none());
    for (pointer, value) in [
        ("/content/hardware/name", Value::from("COMPTA-1")),
        ("/content/hardware/memory", 16_384.into()),
        ("/content/hardware/uuid", "4C4C4544-0048-4A10-8032-B7C04F4B3333".into()),
        ("/content/bios/ssn", "7HJ2K33".into()),
        ("/content/bios/msn", "/7HJ2K33/CNCMK0099".into()),
        ("/content/bios/bdate", "2020-05-14".into()),
        ("/content/bios/secure_boot", "enabled".into()),
        ("/content/memories/0/serialnumber", "03A7B1C2".into()),
        ("/content/storages/0/serial", "79LF70BAF2HQ".into()),
        ("/content/drives/0/encrypt_status", "No".into()),
        ("/content/monitors/0/serial", "8XK3J23".into()),
        ("/content/monitors/0/description", "32/2019".into()),
        ("/content/networks/0/mac", "8c:ec:4b:11:22:33".into()),
        ("/content/operatingsystem/full_name", "Debian GNU/Linux 12 (bookworm)".into()),
        ("/content/printers/0/serial", "PHBLL12345".into()),
        ("/content/usbdevices/0/vendorid", "413c".into()),
        ("/content/firewalls/0/status", "on".into()),
        ("/content/aval_health/0/check", "free_space".into()),
        ("/content/aval_health/1/why", "asleep".into()),
    ] {
        assert_eq!(json.pointer(pointer), Some(&value), "{pointer} of {json:#}");
    }
    assert_eq!(json.pointer("/content/memories/1/serialnumber"), None, "zeros name no module");
}

#[test]
fn what_could_not_be_read_is_not_written_as_gone() {
    let valid = Validator::new();
    let mut record = office();
    let disks = record.sections.iter().position(|kept| kept.newest.kind == SectionKind::Disks).unwrap();
    record.sections[disks].newest = Section::missing(SectionKind::Disks, Status::TimedOut, NOW).pack();
    let json = written(&record);
    assert_eq!((valid.errors(&json), &json["partial"]), (None, &Value::from(true)));
    assert!(json.pointer("/content/storages").is_none());
    let whole = Section::collected(NOW, Content::Disks(List::of([disk("D-7")])));
    record.sections[disks].last_whole = Some(whole.pack());
    let json = written(&record);
    assert_eq!((valid.errors(&json), json.get("partial")), (None, None), "the last whole reading stands in");
    assert_eq!(json.pointer("/content/storages/0/serial"), Some(&Value::from("D-7")));
}

#[test]
fn this_machine_and_one_that_tells_nothing_are_valid_too() {
    let valid = Validator::new();
    let packed: Vec<_> = native().all(NOW).iter().map(|section| section.pack()).collect();
    assert_eq!(valid.errors(&written(&as_kept(&packed))), None);
    assert_eq!(valid.errors(&written(&InventoryRecord::default())), None);
    let json = serde_json::json!({"deviceid": "x", "content": {"versionclient": "y", "memories": "none"}});
    assert!(valid.errors(&json).is_some(), "the schema is asked");
}
