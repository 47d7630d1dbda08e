//! Bytes of sections: the same for ever, within bounds whoever wrote them, and kept when they are not understood.

use proptest::prelude::*;

use super::super::items::{Check, Guard, Module};
use super::super::names::{Bus, Chassis, CheckKind, Grade, Media, NicKind, PrinterPort, Unmeasured, UsbKind};
use super::super::values::{Day, Mac, Serial, Text, Uuid};
use super::*;

const NOW: UnixSeconds = UnixSeconds(1_795_000_000);

fn text(text: &str) -> Option<Text> {
    Text::new(text)
}

/// A small office PC that does not exist.
fn office() -> Vec<Section> {
    let machine = Machine {
        chassis: Some(Chassis::Desktop),
        vendor: text("Dell Inc."),
        model: text("OptiPlex 3070"),
        sku: text("0930"),
        family: text("OptiPlex"),
        serial: Serial::new("7HJ2K33"),
        uuid: Some(Uuid(0x4c4c_4544_0048_4a10_8032_b7c0_4f4b_3333_u128.to_be_bytes())),
        chassis_serial: Serial::new("7HJ2K33"),
        asset_tag: Serial::default(),
    };
    let module = |slot: &str, serial: &str| Module {
        slot: text(slot),
        size_mib: 8192,
        kind: text("DDR4"),
        speed_mts: Some(2666),
        vendor: text("Samsung"),
        part: text("M378A1K43CB2-CTD"),
        serial: Serial::new(serial),
    };
    let disk = Disk {
        model: text("KXG60ZNV256G"),
        serial: Serial::new("79LF70BAF2HQ"),
        wwn: text("eui.8ce38e03009d2e85"),
        size: 256_060_514_304,
        bus: Some(Bus::Nvme),
        media: Some(Media::Ssd),
        firmware: text("10604107"),
    };
    let volume = Volume { place: text("/"), fs: text("ext4"), size_mib: 243_000, encrypted: Some(false) };
    let display = Display {
        vendor: text("DEL").unwrap(),
        product: 0xa0c4,
        model: text("DELL P2419H"),
        serial: Serial::new("8XK3J23"),
        number: 0x4c33_4a33,
        year: Some(2019),
        week: Some(32),
        width_cm: 53,
        height_cm: 30,
        internal: false,
    };
    let nic = Nic {
        mac: Some(Mac([0x8c, 0xec, 0x4b, 0x11, 0x22, 0x33])),
        kind: NicKind::Ethernet,
        model: text("8086:15be"),
        driver: text("e1000e"),
    };
    let os = Os {
        name: text("Debian GNU/Linux 12 (bookworm)"),
        id: text("debian"),
        version: text("12"),
        arch: text("x86_64"),
        support_end: Day::of_iso("2026-06-10"),
        extended_end: Day::of_iso("2028-06-30"),
    };
    let check = Check {
        kind: CheckKind::FreeSpace,
        subject: text("/"),
        grade: Grade::Watch,
        value: Some(11),
        why: None,
    };
    let asleep = Check {
        kind: CheckKind::DiskVerdict,
        subject: text("KXG60ZNV256G"),
        grade: Grade::NotMeasurable,
        value: None,
        why: Some(Unmeasured::Asleep),
    };
    let printer = Printer {
        name: text("Accueil").unwrap(),
        model: text("HP LaserJet Pro M404dn"),
        port: PrinterPort::Network,
        serial: Serial::new("PHBLL12345"),
        uuid: Some(Uuid([0x42; 16])),
    };
    let dock = UsbDevice {
        kind: UsbKind::Dock,
        vendor: 0x413c,
        product: 0xb06e,
        name: text("Dell dock"),
        serial: Serial::default(),
    };
    let whole = |content| Section::collected(NOW, content);
    vec![
        whole(Content::Machine(machine)),
        whole(Content::Board(Board {
            vendor: text("Dell Inc."),
            model: text("0WWJRX"),
            version: text("A02"),
            serial: Serial::new("/7HJ2K33/CNCMK0099"),
        })),
        whole(Content::Bios(Bios {
            vendor: text("Dell Inc."),
            version: text("1.5.1"),
            date: Day::of_iso("2020-05-14"),
        })),
        whole(Content::Cpu(List::of([Cpu {
            socket: text("U3E1"),
            model: text("Intel(R) Core(TM) i5-9500 CPU @ 3.00GHz"),
            cores: Some(6),
            threads: Some(6),
            max_mhz: Some(4400),
        }]))),
        whole(Content::Memory(Memory {
            slots: Some(2),
            max_mib: Some(32_768),
            modules: List::of([module("DIMM1", "03A7B1C2"), module("DIMM2", "00000000")]),
        })),
        whole(Content::Disks(List::of([disk]))),
        whole(Content::Volumes(List::of([volume]))),
        whole(Content::Displays(List::of([display]))),
        whole(Content::Nics(List::of([nic]))),
        whole(Content::Os(os)),
        whole(Content::Batteries(List::default())),
        whole(Content::Security(Security {
            uefi: Some(true),
            secure_boot: Some(true),
            tpm: Some(true),
            tpm_version: text("2.0"),
        })),
        whole(Content::Health(Health { checks: List::of([check, asleep]) })),
        whole(Content::Printers(List::of([printer]))),
        whole(Content::Usb(List::of([dock]))),
        whole(Content::Protection(Protection {
            antivirus: List::default(),
            firewalls: List::of([Guard { name: text("ufw").unwrap(), enabled: Some(true) }]),
        })),
        Section::missing(SectionKind::Disks, Status::TimedOut, NOW),
    ]
}

const GOLDEN: &str = include_str!("../../../../tests/golden/inventory.txt");

#[test]
fn every_section_is_written_and_read_as_ever() {
    let mut lines = GOLDEN.lines();
    for section in office() {
        let packed = section.pack();
        let hex: String = packed.body.iter().map(|byte| format!("{byte:02x}")).collect();
        let written = format!("{} {} {hex}", section.kind, packed.digest());
        assert_eq!(lines.next(), Some(written.as_str()));
        assert_eq!(packed.open(), Ok(section));
    }
    assert_eq!(lines.next(), None);
}

#[test]
fn a_section_of_a_newer_schema_is_kept_and_said_to_be_newer() {
    let mut packed = office()[0].pack();
    packed.body[0] = 2;
    assert_eq!((packed.head(), packed.open()), (Ok((2, Status::Collected)), Err(Unreadable::Newer(2))));
    let unknown = Packed { kind: SectionKind::Unknown(900), taken_at: NOW, body: vec![1, 200, 1, 0] };
    let section = unknown.open().unwrap();
    assert_eq!((section.kind.number(), section.status), (900, Status::Unknown(200)));
    assert_eq!(section.pack(), unknown, "an unknown status survives");
}

#[test]
fn sections_that_came_later_are_newer_to_a_reader_of_before_and_the_first_health_is_still_read() {
    let all = office();
    let schema = |kind: SectionKind| all.iter().find(|s| s.kind == kind).unwrap().pack().head().unwrap().0;
    for late in [SectionKind::Health, SectionKind::Printers, SectionKind::Usb, SectionKind::Protection] {
        assert_eq!(schema(late), 2, "{late}: who knows schema 1 alone keeps it");
    }
    assert_eq!(schema(SectionKind::Machine), 1);
    // As the first version wrote it.
    let body = vec![1, 1, 1, 12, 1, 1, 1, 1, 0x2f, 2, 1, 0x16];
    let packed = Packed { kind: SectionKind::Health, taken_at: NOW, body };
    let Some(Content::Health(health)) = packed.open().unwrap().content else { panic!("no health") };
    assert_eq!((health.checks[0].grade, health.checks[0].value), (Grade::Watch, Some(11)));
    let missing = Packed { body: vec![1, 3, 0], ..packed.clone() };
    assert_eq!(missing.open().unwrap().status, Status::TimedOut);
    let torn = Packed { body: packed.body[..7].to_vec(), ..packed };
    assert_eq!(torn.open(), Err(Unreadable::Malformed));
}

#[test]
fn of_more_checks_than_fit_those_that_ask_for_attention_stay() {
    let check = |n: i64, grade| Check {
        kind: CheckKind::DiskVerdict,
        subject: None,
        grade,
        value: Some(n),
        why: None,
    };
    let mut checks: Vec<_> = (0..100).map(|n| check(n, Grade::Good)).collect();
    checks.push(check(1000, Grade::Failing));
    let health = Health::of(checks);
    assert_eq!(health.checks.len(), 64);
    assert!(health.checks.iter().any(|check| check.grade == Grade::Failing));
}

#[test]
fn a_body_of_another_section_or_with_bytes_behind_it_is_none() {
    let all = office();
    let swapped = Packed { kind: SectionKind::Board, ..all[0].pack() };
    assert_eq!(swapped.open(), Err(Unreadable::Malformed));
    let mut longer = all[0].pack();
    longer.body.push(0);
    assert_eq!(longer.open(), Err(Unreadable::Malformed));
}

#[test]
fn what_exceeds_the_bounds_is_said_to_be_an_error() {
    let long = || text(&"é".repeat(80));
    let module = |n: u64| Module {
        size_mib: n,
        vendor: long(),
        part: long(),
        slot: long(),
        kind: long(),
        ..Module::default()
    };
    let memory = Memory { modules: List::of((0..64).map(module)), ..Memory::default() };
    let packed = Section::collected(NOW, Content::Memory(memory)).pack();
    assert_eq!(packed.head(), Ok((1, Status::Error)));
}

#[test]
fn the_root_follows_every_section_but_the_volatile_one() {
    let named = |sections: &[Section]| {
        root(sections.iter().map(Section::pack).map(|packed| (packed.kind, packed.digest())))
    };
    let mut all = office();
    all.truncate(SectionKind::ALL.len());
    let before = named(&all);
    all.reverse();
    assert_eq!(named(&all), before, "the order does not matter");
    let health = all.iter_mut().find(|section| section.kind.volatile()).unwrap();
    *health = Section::missing(SectionKind::Health, Status::Error, NOW);
    all.iter_mut().for_each(|section| section.taken_at = UnixSeconds(0));
    assert_eq!(named(&all), before, "neither health nor the moment count");
    all[1] = Section { status: Status::NoPrivilege, ..all[1].clone() };
    assert_ne!(named(&all), before);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_and_what_is_read_is_written_alike(kind in 0_u16..18, body: Vec<u8>) {
        let packed = Packed { kind: kind.into(), taken_at: NOW, body };
        if let Ok(section) = packed.open() {
            // Varints have longer spellings too; what was read has one spelling from here on.
            prop_assert_eq!(section.pack().open(), Ok(section));
        }
    }
}
