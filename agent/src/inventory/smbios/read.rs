//! From structures to sections. Offsets are those of DSP0134, section 7.

use aval_protocol::wire::inventory::items::{Bios, Board, Cpu, Machine, Memory, Module};
use aval_protocol::wire::inventory::{Chassis, Day, List, Serial, Text, Uuid, junk};

use super::{Structure, Table};

const BIOS: u8 = 0;
const SYSTEM: u8 = 1;
const BOARD: u8 = 2;
const ENCLOSURE: u8 = 3;
const PROCESSOR: u8 = 4;
const ARRAY: u8 = 16;
const DEVICE: u8 = 17;

/// An enclosure that is a docking station: the computer is another one.
const DOCKING: u8 = 0x0c;
const MOTHERBOARD: u8 = 0x0a;
const CENTRAL_PROCESSOR: u8 = 3;
const SYSTEM_MEMORY: u8 = 3;
/// Lenovo puts the number of the order into the product's name and the name that people know into the version.
const LENOVO_NAMES: [&str; 4] = ["Think", "Idea", "Yoga", "Legion"];

/// Firmware.
pub fn bios(table: &Table<'_>) -> Bios {
    let Some(found) = table.of_kind(BIOS).next() else { return Bios::default() };
    Bios {
        vendor: Text::name(&found.string(4)),
        version: Text::name(&found.string(5)),
        date: american(&found.string(8)),
    }
}

/// The computer.
pub fn machine(table: &Table<'_>) -> Machine {
    let mut machine = Machine::default();
    if let Some(system) = table.of_kind(SYSTEM).next() {
        let vendor = system.string(4);
        (machine.model, machine.sku) =
            named(&vendor, &system.string(5), &system.string(6), &system.string(25));
        machine.vendor = Text::name(&vendor);
        machine.family = Text::name(&system.string(26));
        machine.serial = Serial::new(&system.string(7));
        machine.uuid = uuid(system, table.little);
    }
    let computers = || table.of_kind(ENCLOSURE).filter(|found| chassis_code(found) != DOCKING);
    if let Some(enclosure) = computers().next() {
        machine.chassis = chassis(chassis_code(enclosure));
        machine.chassis_serial = Serial::new(&enclosure.string(7));
        machine.asset_tag = Serial::new(&enclosure.string(8));
    }
    machine
}

/// Model and order number, of a maker's four texts about them.
pub fn named(vendor: &str, product: &str, version: &str, sku: &str) -> (Option<Text>, Option<Text>) {
    let lenovo =
        vendor.eq_ignore_ascii_case("lenovo") && LENOVO_NAMES.iter().any(|name| version.starts_with(name));
    if lenovo { (Text::name(version), Text::name(product)) } else { (Text::name(product), Text::name(sku)) }
}

/// What an enclosure's number means (table 17); `None` where it means nothing.
pub fn chassis(code: u8) -> Option<Chassis> {
    Some(match code {
        0x03 | 0x04 | 0x06 | 0x07 | 0x0f => Chassis::Desktop,
        0x05 | 0x10 | 0x22..=0x24 => Chassis::Mini,
        0x08..=0x0a | 0x0e | 0x1f | 0x20 => Chassis::Laptop,
        0x0d => Chassis::AllInOne,
        0x11 | 0x17 | 0x19 | 0x1c | 0x1d => Chassis::Server,
        0x0b | 0x1e => Chassis::Tablet,
        _ => return None,
    })
}

/// The main board: the structure that says so, else the first.
pub fn board(table: &Table<'_>) -> Board {
    let main = table.of_kind(BOARD).find(|found| found.byte(13) == Some(MOTHERBOARD));
    let Some(found) = main.or_else(|| table.of_kind(BOARD).next()) else { return Board::default() };
    Board {
        vendor: Text::name(&found.string(4)),
        model: Text::name(&found.string(5)),
        version: Text::name(&found.string(6)),
        serial: Serial::new(&found.string(7)),
    }
}

/// Processors in their sockets.
pub fn cpus(table: &Table<'_>) -> List<Cpu> {
    let populated = |found: &&Structure<'_>| {
        found.byte(5) == Some(CENTRAL_PROCESSOR) && found.byte(24).is_none_or(|status| status & 0x40 != 0)
    };
    List::of(table.of_kind(PROCESSOR).filter(populated).map(|found| Cpu {
        socket: Text::name(&found.string(4)),
        model: Text::name(&found.string(16)),
        cores: counted(found, 0x23, 0x2a),
        threads: counted(found, 0x25, 0x2e),
        max_mhz: found.word(0x14).filter(|mhz| *mhz > 0),
    }))
}

/// Sockets and modules of the system's memory.
pub fn memory(table: &Table<'_>) -> Memory {
    let arrays: Vec<_> = table.of_kind(ARRAY).filter(|array| array.byte(5) == Some(SYSTEM_MEMORY)).collect();
    let handles: Vec<_> = arrays.iter().map(|array| array.handle()).collect();
    // Other arrays hold the firmware's flash or the video memory.
    let of_system = |device: &&Structure<'_>| {
        handles.is_empty() || device.word(4).is_some_and(|array| handles.contains(&array))
    };
    let devices: Vec<_> = table.of_kind(DEVICE).filter(of_system).collect();
    let slots = arrays.iter().filter_map(|array| array.word(0x0d)).fold(0, u16::saturating_add);
    let slots = if slots > 0 { slots } else { u16::try_from(devices.len()).unwrap_or(u16::MAX) };
    let most = arrays.iter().filter_map(|array| most_mib(array)).fold(0, u64::saturating_add);
    Memory {
        slots: (slots > 0).then_some(slots),
        max_mib: (most > 0).then_some(most),
        modules: List::of(devices.iter().filter_map(|device| module(device))),
    }
}

fn module(device: &Structure<'_>) -> Option<Module> {
    let size_mib = match device.word(0x0c)? {
        0 | 0xffff => return None,
        0x7fff => u64::from(device.double(0x1c)? & 0x7fff_ffff),
        kib if kib & 0x8000 != 0 => u64::from(kib & 0x7fff) / 1024,
        mib => u64::from(mib),
    };
    let speed = device.word(0x15).filter(|speed| !matches!(speed, 0 | 0xffff));
    Some(Module {
        slot: Text::name(&device.string(0x10)),
        size_mib,
        kind: device.byte(0x12).and_then(memory_kind).and_then(Text::new),
        speed_mts: speed.map(u32::from),
        vendor: Text::name(&device.string(0x17)),
        part: Text::name(&device.string(0x1a)),
        serial: Serial::new(&device.string(0x18)),
    })
}

const fn memory_kind(code: u8) -> Option<&'static str> {
    Some(match code {
        0x0f => "SDRAM",
        0x12 => "DDR",
        0x13 | 0x14 => "DDR2",
        0x18 => "DDR3",
        0x1a => "DDR4",
        0x1b => "LPDDR",
        0x1c => "LPDDR2",
        0x1d => "LPDDR3",
        0x1e => "LPDDR4",
        0x20 => "HBM",
        0x21 => "HBM2",
        0x22 => "DDR5",
        0x23 => "LPDDR5",
        _ => return None,
    })
}

fn most_mib(array: &Structure<'_>) -> Option<u64> {
    match array.double(7)? {
        0x8000_0000 => array.quad(0x0f).map(|bytes| bytes >> 20),
        kib => Some(u64::from(kib) >> 10),
    }
}

/// A count of one byte, or of two where one does not hold it.
fn counted(found: &Structure<'_>, short: usize, long: usize) -> Option<u16> {
    match found.byte(short)? {
        0 => None,
        0xff => found.word(long).filter(|count| !matches!(count, 0 | 0xffff)),
        count => Some(u16::from(count)),
    }
}

fn chassis_code(enclosure: &Structure<'_>) -> u8 {
    // The highest bit says that there is a lock.
    enclosure.byte(5).unwrap_or(0) & 0x7f
}

fn uuid(system: &Structure<'_>, little: bool) -> Option<Uuid> {
    let mut bytes: [u8; 16] = *system.area.get(8..)?.first_chunk()?;
    if little {
        bytes[0..4].reverse();
        bytes[4..6].reverse();
        bytes[6..8].reverse();
    }
    identifying(bytes)
}

/// A UUID as it is written; `None` when it is none.
pub fn uuid_of(text: &str) -> Option<Uuid> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let whole = digits.len() == 32 && digits.is_ascii();
    identifying(u128::from_str_radix(&digits, 16).ok().filter(|_| whole)?.to_be_bytes())
}

/// All zeros and all ones mean "none" (7.2.1), and what many boards share identifies none.
fn identifying(bytes: [u8; 16]) -> Option<Uuid> {
    junk::uuid(bytes).is_none().then_some(Uuid(bytes))
}

/// `mm/dd/yyyy`, or with two digits of a year of the last century.
pub fn american(text: &str) -> Option<Day> {
    let mut parts = text.trim().split('/').map(str::parse::<u16>);
    let (month, day, year) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let year = if year < 100 { 1900 + year } else { year };
    Day::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}
