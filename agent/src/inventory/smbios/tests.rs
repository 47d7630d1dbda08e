//! Tables put together here byte by byte, after the layouts of DSP0134; no machine's real data is in them.

use aval_protocol::wire::inventory::{Chassis, Serial};
use proptest::prelude::*;

use super::*;

/// Writes a structure: formatted area after the head, then strings. Its handle is its place.
struct Build(Vec<u8>, u16);

impl Build {
    fn new() -> Self {
        Self(Vec::new(), 0)
    }

    fn with(mut self, kind: u8, area: &[u8], strings: &[&[u8]]) -> Self {
        let [low, high] = self.1.to_le_bytes();
        self.0.extend([kind, u8::try_from(area.len() + HEAD).unwrap(), low, high]);
        self.0.extend(area);
        for string in strings {
            self.0.extend(*string);
            self.0.push(0);
        }
        self.0.extend(if strings.is_empty() { &[0, 0][..] } else { &[0] });
        self.1 += 1;
        self
    }

    fn table(&self) -> Table<'_> {
        Table::parse(&self.0, b"_SM3_..\x03\x02")
    }
}

/// Type 1: maker, product, version, serial, UUID, wake-up, SKU, family.
fn system(strings: &[&[u8]]) -> Build {
    let uuid: Vec<u8> = (0x10..0x20).collect();
    let area = [&[1, 2, 3, 4][..], &uuid, &[6, 5, 6]].concat();
    Build::new().with(1, &area, strings)
}

/// Type 3, of 21 bytes.
fn enclosure(build: Build, code: u8, serial: &[u8]) -> Build {
    let area = [1, code, 0, 2, 3, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0];
    build.with(3, &area, &[b"Maker", serial, b"Asset-12"])
}

fn device(size: u16, extended: u32, array: u16, slot: &[u8]) -> Vec<u8> {
    let mut area = vec![0; 0x24];
    area[0..2].copy_from_slice(&array.to_le_bytes());
    area[8..10].copy_from_slice(&size.to_le_bytes());
    area[12] = u8::from(!slot.is_empty());
    area[14] = 0x1a;
    area[17..19].copy_from_slice(&3200_u16.to_le_bytes());
    area[0x13] = 2;
    area[0x14] = 3;
    area[0x16] = 4;
    area[0x18..0x1c].copy_from_slice(&extended.to_le_bytes());
    area
}

fn array(usage: u8, slots: u16) -> Vec<u8> {
    let mut area = vec![3, usage, 3, 0, 0, 0, 2, 0xfe, 0xff];
    area.extend(slots.to_le_bytes());
    area
}

#[test]
fn a_string_that_is_not_utf8_shifts_no_other() {
    let build = system(&[b"Soci\xe9t\xe9 X", b"Mod\xe8le 9", b"1.0", b"SERIAL9", b"SKU9", b"Family"]);
    let machine = machine(&build.table());
    assert_eq!(machine.serial, Serial::new("SERIAL9"));
    assert_eq!(machine.vendor.unwrap().as_str(), "Soci\u{fffd}t\u{fffd} X");
    assert_eq!(machine.sku.unwrap().as_str(), "SKU9");
    assert_eq!(machine.uuid.unwrap().to_string(), "13121110-1514-1716-1819-1a1b1c1d1e1f");
}

#[test]
fn a_uuid_of_before_2_6_is_not_turned_around() {
    let build = system(&[b"A", b"B", b"C", b"D", b"E", b"F"]);
    let old = Table::parse(&build.0, b"_SM_..\x02\x04");
    assert_eq!(machine(&old).uuid.unwrap().to_string(), "10111213-1415-1617-1819-1a1b1c1d1e1f");
}

#[test]
fn lenovo_is_called_what_people_call_it() {
    let build =
        system(&[b"LENOVO", b"20T0001SFR", b"ThinkPad T14s Gen 1", b"PF2ABCDE", b"LENOVO_MT_20T0", b"T"]);
    let found = machine(&build.table());
    assert_eq!(found.model.unwrap().as_str(), "ThinkPad T14s Gen 1");
    assert_eq!(found.sku.unwrap().as_str(), "20T0001SFR");
    let other = system(&[b"Other", b"P100", b"ThinkAlike", b"S", b"K", b"F"]);
    assert_eq!(machine(&other.table()).model.unwrap().as_str(), "P100");
}

#[test]
fn a_docking_station_is_not_the_computer() {
    let build = enclosure(enclosure(Build::new(), 0x0c, b"DOCK-1"), 0x8a, b"LAPTOP-1");
    let found = machine(&build.table());
    assert_eq!(found.chassis, Some(Chassis::Laptop), "and a lock is no other kind of case");
    assert_eq!((found.chassis_serial.good(), found.asset_tag.good()), (Some("LAPTOP-1"), Some("Asset-12")));
}

#[test]
fn blank_forms_are_no_names() {
    let build = system(&[
        b"System manufacturer",
        b"System Product Name",
        b"x",
        b"System Serial Number",
        b"SKU",
        b"F",
    ]);
    let found = machine(&build.table());
    assert_eq!((found.vendor, found.model, found.serial.good()), (None, None, None));
    assert_eq!(found.serial.raw(), Some("System Serial Number"), "what it said is still shown");
}

#[test]
fn memory_counts_the_systems_modules_only() {
    let strings: [&[u8]; 4] = [b"DIMM A", b"Hynix", b"00000000", b"HMA81GU6CJR8N  "];
    let build = Build::new()
        .with(16, &array(3, 4), &[])
        .with(16, &array(7, 1), &[])
        .with(17, &device(8192, 0, 0, b"A"), &strings)
        .with(17, &device(0x7fff, 65_536, 0, b"A"), &strings)
        .with(17, &device(0, 0, 0, b"A"), &strings)
        .with(17, &device(0x8000 | 16_384, 0, 1, b"A"), &strings);
    let memory = memory(&build.table());
    assert_eq!((memory.slots, memory.modules.len()), (Some(4), 2));
    let sizes: Vec<_> = memory.modules.iter().map(|module| module.size_mib).collect();
    assert_eq!(sizes, [8192, 65_536]);
    let module = &memory.modules[0];
    assert_eq!(module.part.as_ref().unwrap().as_str(), "HMA81GU6CJR8N", "without trailing spaces");
    assert_eq!((module.speed_mts, module.serial.good()), (Some(3200), None));
}

#[test]
fn processors_boards_and_firmware() {
    let mut processor = vec![0; 0x2c];
    processor[0] = 1;
    processor[1] = 3;
    processor[12] = 2;
    processor[16..18].copy_from_slice(&4400_u16.to_le_bytes());
    processor[20] = 0x41;
    processor[0x1f] = 6;
    processor[0x21] = 0xff;
    processor[0x2a..0x2c].copy_from_slice(&300_u16.to_le_bytes());
    let mut empty = processor.clone();
    empty[20] = 0;
    let build = Build::new()
        .with(0, &[1, 2, 0, 0, 3, 0], &[b"Maker", b"1.5.1", b"05/14/2020"])
        .with(2, &[1, 2, 3, 4, 0, 0, 0, 0, 0, 3], &[b"Riser", b"R", b"1", b"S1"])
        .with(2, &[1, 2, 3, 4, 0, 0, 0, 0, 0, 10], &[b"Maker", b"0WWJRX", b"A02", b"S2"])
        .with(4, &processor, &[b"U3E1", b"Some CPU"])
        .with(4, &empty, &[b"U3E2", b"Some CPU"]);
    let table = build.table();
    assert_eq!(bios(&table).date.unwrap().to_string(), "2020-05-14");
    assert_eq!(board(&table).model.unwrap().as_str(), "0WWJRX");
    let cpus = cpus(&table);
    assert_eq!(cpus.len(), 1);
    assert_eq!((cpus[0].cores, cpus[0].threads, cpus[0].max_mhz), (Some(6), Some(300), Some(4400)));
}

#[test]
fn dates_that_do_not_exist_are_none() {
    assert_eq!(read::american("13/01/2020"), None);
    assert_eq!(read::american("2020-05-14"), None);
    assert_eq!(read::american("1/2/99").unwrap().to_string(), "1999-01-02");
}

#[test]
fn windows_puts_a_head_before_the_table() {
    let strings: [&[u8]; 6] = [b"Dell Inc.", b"OptiPlex 7080", b"", b"7HJ2K33", b"", b""];
    let table = system(&strings).0;
    let mut raw = vec![0, 3, 2, 0];
    raw.extend(u32::try_from(table.len()).unwrap().to_le_bytes());
    raw.extend(&table);
    let (found, entry) = of_windows(&raw).unwrap();
    assert_eq!((found, version(&entry)), (&table[..], Some((3, 2))));
    raw.truncate(20);
    assert_eq!(of_windows(&raw).unwrap().0.len(), 12, "a length beyond the end is cut");
    assert_eq!(of_windows(&raw[..7]), None);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(raw: Vec<u8>, entry: Vec<u8>) {
        let table = Table::parse(&raw, &entry);
        let _ = (machine(&table), board(&table), bios(&table), cpus(&table), memory(&table));
    }

    #[test]
    fn no_damage_to_a_table_makes_it_panic(at in 0_usize..400, byte: u8) {
        let strings: [&[u8]; 4] = [b"DIMM A", b"Hynix", b"00000000", b"HMA"];
        let mut build = enclosure(system(&[b"A", b"B", b"C", b"D", b"E", b"F"]), 3, b"S")
            .with(16, &array(3, 4), &[])
            .with(17, &device(0x7fff, 1, 2, b"A"), &strings);
        let at = at % build.0.len();
        build.0[at] = byte;
        let table = build.table();
        let _ = (machine(&table), board(&table), bios(&table), cpus(&table), memory(&table));
    }
}
