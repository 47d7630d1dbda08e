//! Screens, network cards, batteries, printers and what is plugged in: what the registry lists of devices that are there now.
//!
//! The registry keeps devices that were there once. Those that are there have a key `Control`, which the system makes anew at each
//! start and takes away with the device.

use aval_protocol::wire::inventory::items::{Battery, Nic};
use aval_protocol::wire::inventory::{Content, List, Mac, NicKind, Status, Text, junk};

use super::call::{self, Device, Interface};
use super::registry::Key;
use crate::inventory::plugged::{self, Seen};
use crate::inventory::reading::{Found, collected};
use crate::inventory::{edid, winio};

const ENUM: &str = r"SYSTEM\CurrentControlSet\Enum";
const NETWORK: &str = r"SYSTEM\CurrentControlSet\Control\Network\{4D36E972-E325-11CE-BFC1-08002BE10318}";
const PRINTERS: &str = r"SYSTEM\CurrentControlSet\Control\Print\Printers";
const PORTS: &str = r"SYSTEM\CurrentControlSet\Control\Print\Monitors";
/// `GUID_DEVCLASS_BATTERY` as an interface.
const BATTERIES: &str =
    r"SYSTEM\CurrentControlSet\Control\DeviceClasses\{72631E54-78A4-11D0-BCF7-00AA00B7B32A}";
/// Makers who make bare panels for other makers' portable computers (UEFI PNP registry).
const PANELS: &[&str] = &[
    "AUO", "BOE", "CMN", "CMO", "CPT", "CSO", "CSW", "HSD", "INL", "IVO", "KDB", "LGD", "LPL", "NCP", "SDC",
    "SHP", "TMX",
];
/// `CM_DEVCAP_REMOVABLE` of `cfgmgr32.h`.
const REMOVABLE: u32 = 4;
/// `ifType` of IANA.
const ETHERNET: u32 = 6;
const WIFI: u32 = 71;
const MOBILE: [u32; 2] = [243, 244];
/// `IOCTL_BATTERY_QUERY_TAG`, `IOCTL_BATTERY_QUERY_INFORMATION`, and what is asked for.
const TAG: u32 = 0x0029_4040;
const INFORMATION: u32 = 0x0029_4044;
const CAPACITY: u32 = 0;
const NAME: u32 = 4;
const MAKER: u32 = 6;
const SERIAL: u32 = 8;

/// The keys of a bus's devices that are there now, with their names.
fn present(bus: &str) -> Option<Vec<(String, Key)>> {
    let key = Key::open(&format!(r"{ENUM}\{bus}"))?;
    let mut found = Vec::new();
    for device in key.keys() {
        let Some(instances) = key.key(&device) else { continue };
        for instance in instances.keys() {
            let there = instances.key(&instance).filter(|key| key.key("Control").is_some());
            found.extend(there.map(|key| (format!(r"{device}\{instance}"), key)));
        }
    }
    Some(found)
}

pub(super) fn displays() -> Found {
    let Some(screens) = present("DISPLAY") else { return (Status::Unsupported, None) };
    let screen = |(_, key): &(String, Key)| {
        let bytes = key.key("Device Parameters")?.bytes("EDID")?;
        let mut screen = edid::parse(&bytes, false)?;
        screen.internal = PANELS.contains(&screen.vendor.as_str());
        Some(screen)
    };
    collected(Content::Displays(List::of(screens.iter().filter_map(screen))))
}

pub(super) fn nics() -> Found {
    let Some(interfaces) = call::interfaces() else { return (Status::Unsupported, None) };
    collected(Content::Nics(List::of(interfaces.iter().filter(|card| card.hardware).filter_map(nic))))
}

fn nic(card: &Interface) -> Option<Nic> {
    let kind = match card.kind {
        ETHERNET => NicKind::Ethernet,
        WIFI => NicKind::Wifi,
        kind if MOBILE.contains(&kind) => NicKind::Mobile,
        _ => return None,
    };
    let connection = Key::open(&format!(r"{NETWORK}\{}\Connection", card.guid));
    let device = connection.and_then(|key| key.text("PnpInstanceID")).unwrap_or_default().to_uppercase();
    // What comes with a dock or a dongle appears on several PCs.
    if device.starts_with(r"USB\") {
        return None;
    }
    let number = |name: &str| {
        let rest = device.split_once(name)?.1;
        rest.get(..4).map(str::to_lowercase)
    };
    let model = number("VEN_").zip(number("DEV_")).map(|(vendor, device)| format!("{vendor}:{device}"));
    let driver = Key::open(&format!(r"{ENUM}\{device}")).and_then(|key| key.text("Service"));
    let mac: Option<[u8; 6]> = card.permanent.as_slice().try_into().ok();
    Some(Nic {
        mac: mac.filter(|bytes| junk::mac(*bytes).is_none()).map(Mac),
        kind,
        model: model.and_then(|model| Text::new(&model)),
        driver: driver.and_then(|driver| Text::new(&driver)),
    })
}

pub(super) fn batteries() -> Found {
    let known = known_batteries();
    match (call::no_battery(), known.is_empty()) {
        (Some(true), _) => collected(Content::Batteries(List::of([]))),
        (_, false) => collected(Content::Batteries(List::of(known.into_iter().map(|(battery, _)| battery)))),
        // There is one, and its driver does not speak.
        (_, true) => (Status::Unsupported, None),
    }
}

/// The computer's batteries, and what each holds when full and when new, mWh.
pub(super) fn known_batteries() -> Vec<(Battery, Option<(u64, u64)>)> {
    let Some(class) = Key::open(BATTERIES) else { return Vec::new() };
    let linked = |name: &String| {
        let control = class.key(&format!(r"{name}\#\Control"));
        control.and_then(|key| key.number("Linked")) == Some(1)
    };
    let names = class.keys().into_iter().filter(linked);
    names.filter_map(|name| battery(&name.replacen("##?#", r"\\?\", 1))).collect()
}

fn battery(path: &str) -> Option<(Battery, Option<(u64, u64)>)> {
    let device = Device::read(path)?;
    let tag = device.control(TAG, &0_u32.to_le_bytes(), 4)?;
    let ask = |level: u32, most| {
        let question: Vec<u8> = tag.iter().copied().chain(level.to_le_bytes()).chain([0; 4]).collect();
        device.control(INFORMATION, &question, most)
    };
    let text = |level| {
        let bytes = ask(level, 512).unwrap_or_default();
        let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
        String::from_utf16_lossy(&units).trim().to_owned()
    };
    winio::battery(&ask(CAPACITY, 36)?, &text(MAKER), &text(NAME), &text(SERIAL))
}

/// Printers of the machine; those that a person added for themselves only are theirs to see.
pub(super) fn printers() -> Found {
    let Some(key) = Key::open(PRINTERS) else { return (Status::Unsupported, None) };
    let of_network = |port: &str| {
        ["Standard TCP/IP Port", "WSD Port"]
            .iter()
            .any(|monitor| Key::open(&format!(r"{PORTS}\{monitor}\Ports\{port}")).is_some())
    };
    let printer = |name: String| {
        let queue = key.key(&name)?;
        let (driver, port) = (queue.text("Printer Driver")?, queue.text("Port").unwrap_or_default());
        // A key's name can hold no backslash; the spooler writes commas.
        winio::printer(&name.replace(',', r"\"), &driver, &port, of_network(&port))
    };
    collected(Content::Printers(List::of(key.keys().into_iter().filter_map(printer))))
}

pub(super) fn usb() -> Found {
    let Some(devices) = present("USB") else { return (Status::Unsupported, None) };
    let seen: Vec<Seen> = devices.iter().filter_map(|(place, key)| plugged(place, key)).collect();
    collected(Content::Usb(plugged::of_interest(&seen)))
}

/// `VID_04F9&PID_0405\E12345…`, and its interfaces' classes by what it says it is compatible with.
fn plugged(place: &str, key: &Key) -> Option<Seen> {
    let (ids, instance) = place.split_once('\\')?;
    let number = |name: &str| u16::from_str_radix(ids.split_once(name)?.1.get(..4)?, 16).ok();
    let classes = key.texts("CompatibleIDs").unwrap_or_default();
    let class =
        |id: &String| u8::from_str_radix(id.to_uppercase().split_once("CLASS_")?.1.get(..2)?, 16).ok();
    let called = key.text("FriendlyName").or_else(|| key.text("DeviceDesc"));
    Some(Seen {
        place: place.to_owned(),
        vendor: number("VID_")?,
        product: number("PID_")?,
        // "@usbprint.inf,%usbprint.devicedesc%;USB Printing Support"
        name: called.map(|name| name.rsplit(';').next().unwrap_or(&name).to_owned()),
        // What Windows made up for a device without a serial number holds an ampersand.
        serial: (!instance.contains('&')).then(|| instance.to_owned()),
        classes: classes.iter().filter_map(class).collect(),
        built_in: key.number("Capabilities").unwrap_or(REMOVABLE) & REMOVABLE == 0,
    })
}
