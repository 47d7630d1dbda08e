//! Which of the devices on USB a maintenance contract may cover: docks, printers, scanners, UPS, card readers and security keys.
//!
//! Classes of the USB specification tell printers and card readers. The rest is told by makers' numbers (usb.ids of the Linux USB
//! project) and by names. Everything else is left alone: sticks, telephones, cameras, headsets, keyboards, mice.

use aval_protocol::wire::inventory::items::UsbDevice;
use aval_protocol::wire::inventory::{List, Serial, Text, UsbKind};

const HID: u8 = 0x03;
const PRINTER: u8 = 0x07;
const SMART_CARD: u8 = 0x0b;
const VENDOR_SPECIFIC: u8 = 0xff;

/// Makers of nothing but scanners: Avision, Mustek, Microtek, Plustek, Visioneer.
const SCANNER_MAKERS: &[u16] = &[0x0638, 0x055f, 0x05da, 0x07b3, 0x04a7];
/// Words in scanners' names: `ScanSnap iX500`, `fi-7160`, `Perfection V39`, `CanoScan LiDE 300`.
const SCANNER_WORDS: &[&str] = &["scan", "fi-", "perfection"];
/// Makers of UPS that speak HID: APC, Eaton and MGE, CyberPower, Liebert, Tripp Lite, Powercom, and the chip of many cheap ones.
const UPS_MAKERS: &[u16] = &[0x051d, 0x0463, 0x0764, 0x10af, 0x09ae, 0x0d9f, 0x0665];
/// Makers of security keys: Yubico, Feitian, Nitrokey, Token2, SafeNet and Thales.
const KEY_MAKERS: &[u16] = &[0x1050, 0x096e, 0x20a0, 0x349e, 0x0529, 0x08e6];
/// DisplayLink: the screens of docks.
const DOCK_MAKERS: &[u16] = &[0x17e9];

/// A device as a system lists it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Seen {
    /// Its place in the tree of hubs: `3-1.2` is behind `3-1`.
    pub place: String,
    /// Maker's number.
    pub vendor: u16,
    /// Maker's number of the model.
    pub product: u16,
    /// Name of the model.
    pub name: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Classes of its interfaces.
    pub classes: Vec<u8>,
    /// Soldered in, as far as the firmware says.
    pub built_in: bool,
}

/// The devices worth a line. A dock is many devices; the one that all others hang on stands for it.
pub fn of_interest(seen: &[Seen]) -> List<UsbDevice> {
    let kinds: Vec<_> = seen.iter().map(kind).collect();
    let docks: Vec<_> = seen
        .iter()
        .zip(&kinds)
        .filter(|(_, kind)| **kind == Some(UsbKind::Dock))
        .map(|(seen, _)| seen)
        .collect();
    let mut found = Vec::new();
    for (device, kind) in seen.iter().zip(&kinds) {
        let Some(kind) = *kind else { continue };
        if kind == UsbKind::Dock && docks.iter().any(|dock| device.behind(dock)) {
            continue;
        }
        let device = UsbDevice {
            kind,
            vendor: device.vendor,
            product: device.product,
            name: device.name.as_deref().and_then(Text::name),
            serial: Serial::new(device.serial.as_deref().unwrap_or_default()),
        };
        // The halves of USB 2 and USB 3 of one dock have one name.
        let half = |other: &UsbDevice| {
            kind == UsbKind::Dock
                && (other.kind, &other.name, other.vendor) == (kind, &device.name, device.vendor)
        };
        if !found.iter().any(half) {
            found.push(device);
        }
    }
    List::of(found)
}

// === impl Seen

impl Seen {
    fn behind(&self, other: &Self) -> bool {
        let below = self.place.strip_prefix(&other.place);
        below.is_some_and(|rest| rest.starts_with(['.', '-']))
    }
}

fn kind(seen: &Seen) -> Option<UsbKind> {
    let has = |class: u8| seen.classes.contains(&class);
    let name = seen.name.as_deref().unwrap_or_default().to_lowercase();
    if seen.built_in {
        return None;
    }
    if has(PRINTER) {
        return Some(UsbKind::Printer);
    }
    if has(SMART_CARD) || (has(HID) && KEY_MAKERS.contains(&seen.vendor)) {
        return Some(UsbKind::Token);
    }
    if (has(HID) || has(VENDOR_SPECIFIC)) && UPS_MAKERS.contains(&seen.vendor) {
        return Some(UsbKind::Ups);
    }
    let called = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(VENDOR_SPECIFIC) && (SCANNER_MAKERS.contains(&seen.vendor) || called(SCANNER_WORDS)) {
        return Some(UsbKind::Scanner);
    }
    (DOCK_MAKERS.contains(&seen.vendor) || called(&["dock"])).then_some(UsbKind::Dock)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makers' numbers are real, everything else is made up.
    fn seen(place: &str, vendor: u16, product: u16, name: &str, classes: &[u8]) -> Seen {
        let (place, name) = (place.to_owned(), Some(name.to_owned()));
        Seen { place, vendor, product, name, serial: None, classes: classes.to_vec(), built_in: false }
    }

    fn kinds(all: &[Seen]) -> Vec<(UsbKind, String)> {
        of_interest(all)
            .iter()
            .map(|d| (d.kind, d.name.as_ref().map_or_else(String::new, ToString::to_string)))
            .collect()
    }

    #[test]
    fn what_belongs_to_people_is_not_listed() {
        let all = [
            seen("1-1", 0x0781, 0x5581, "Ultra", &[0x08]),
            seen("1-2", 0x04e8, 0x6860, "SAMSUNG_Android", &[0x06, 0xff]),
            seen("1-3", 0x05ac, 0x12a8, "iPhone", &[0x06, 0xff, 0x03]),
            seen("1-4", 0x046d, 0xc52b, "USB Receiver", &[0x03]),
            seen("1-5", 0x046d, 0x0825, "Webcam C270", &[0x0e, 0x01]),
            seen("1-6", 0x0bda, 0x8153, "USB 10/100/1000 LAN", &[0xff]),
            Seen { built_in: true, ..seen("1-7", 0x0a5c, 0x5843, "58200", &[0x0b]) },
        ];
        assert_eq!(kinds(&all), []);
    }

    #[test]
    fn printers_scanners_ups_readers_and_docks_are() {
        let all = [
            seen("1-1", 0x04f9, 0x0042, "HL-L2350DW", &[0x07, 0xff]),
            seen("1-2", 0x04c5, 0x132b, "ScanSnap iX500", &[0xff]),
            seen("1-3", 0x051d, 0x0002, "Back-UPS ES 700G", &[0x03]),
            seen("1-4", 0x08e6, 0x3437, "USB SmartCard Reader", &[0x0b]),
            seen("1-5", 0x1050, 0x0407, "YubiKey OTP+FIDO+CCID", &[0x03, 0x0b]),
        ];
        let found: Vec<_> = kinds(&all).into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(found, [UsbKind::Printer, UsbKind::Scanner, UsbKind::Ups, UsbKind::Token, UsbKind::Token]);
    }

    #[test]
    fn a_dock_is_one_line_although_it_is_many_devices() {
        let all = [
            seen("3-1", 0x413c, 0xb06e, "Dell dock", &[0x09]),
            seen("3-1.1", 0x413c, 0xb06f, "Dell dock", &[0x09]),
            seen("3-1.1.5", 0x413c, 0xb070, "Dell dock audio", &[0x01]),
            seen("4-1", 0x413c, 0xb071, "Dell dock", &[0x09]),
            seen("3-11", 0x17e9, 0x4307, "USB3.0 Dual Video Dock", &[0xff]),
            seen("3-1.2", 0x046d, 0xc077, "Mouse", &[0x03]),
        ];
        let found = kinds(&all);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!((found[0].1.as_str(), found[1].1.as_str()), ("USB3.0 Dual Video Dock", "Dell dock"));
    }
}
