//! What Windows drivers answer, from its raw bytes: drives (`ntddstor.h`, `ntdddisk.h`), NVMe controllers (NVM Express 1.4, 5.15.2.2)
//! and batteries (`poclass.h`). And ports of printers, by their names. Pure.

use aval_protocol::wire::inventory::items::{Battery, Disk, Printer};
use aval_protocol::wire::inventory::{Bus, Media, PrinterPort, Serial, Text};

/// What a drive says of itself (`STORAGE_DEVICE_DESCRIPTOR`).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Drive {
    /// What its maker calls itself, on SCSI.
    pub vendor: String,
    /// Model.
    pub product: String,
    /// Its firmware.
    pub revision: String,
    /// Serial number, as the driver has it.
    pub serial: String,
    /// `STORAGE_BUS_TYPE`.
    pub bus: u32,
    /// Whether its medium can be taken out.
    pub removable: bool,
}

/// Buses whose drives are plugged in and out (IEEE 1394, USB, SD) or are files.
const LOOSE: &[u32] = &[4, 7, 12, 15];
/// Makers of drives that a hypervisor gives.
const VIRTUAL: &[&str] = &["msft", "qemu", "red hat", "vbox", "virtio", "vmware", "xensrc"];

impl Drive {
    /// Reads a descriptor.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text = |at: usize| {
            let offset = usize::try_from(double(bytes, at)?).ok().filter(|offset| *offset > 0)?;
            let rest = bytes.get(offset..)?;
            let end = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
            Some(String::from_utf8_lossy(&rest[..end]).trim().to_owned())
        };
        Some(Self {
            removable: *bytes.get(10)? != 0,
            vendor: text(12).unwrap_or_default(),
            product: text(16).unwrap_or_default(),
            revision: text(20).unwrap_or_default(),
            serial: text(24).unwrap_or_default(),
            bus: double(bytes, 28)?,
        })
    }

    /// Whether it stays in the machine.
    pub fn stays(&self) -> bool {
        !self.removable && !LOOSE.contains(&self.bus)
    }

    /// As the inventory has it; `controller` is what its NVMe controller says, `turns` whether seeking costs time.
    pub fn disk(&self, size: u64, turns: Option<bool>, controller: Option<&Controller>) -> Disk {
        let name = format!("{} {}", self.vendor, self.product);
        let guest = VIRTUAL.iter().any(|maker| name.trim().to_lowercase().starts_with(maker));
        let bus = match self.bus {
            _ if guest => Some(Bus::Virtual),
            2 | 3 | 11 => Some(Bus::Ata),
            1 | 6 | 8..=10 | 16 => Some(Bus::Scsi),
            13 => Some(Bus::Mmc),
            14 => Some(Bus::Virtual),
            17 => Some(Bus::Nvme),
            _ => None,
        };
        let media = match (bus, turns) {
            (Some(Bus::Virtual), _) => Some(Media::Virtual),
            (Some(Bus::Nvme | Bus::Mmc), _) | (_, Some(false)) => Some(Media::Ssd),
            (_, Some(true)) => Some(Media::Hdd),
            (_, None) => None,
        };
        let model = match self.vendor.as_str() {
            // Windows' own words for what has no maker's.
            "" | "ATA" | "NVMe" => self.product.clone(),
            vendor => format!("{vendor} {}", self.product),
        };
        let (serial, wwn) = match controller {
            Some(controller) => (controller.serial.clone(), eui(&self.serial)),
            // Without the controller's word a name that is unique in the world is no serial number.
            None => match eui(&self.serial) {
                Some(eui) => (String::new(), Some(eui)),
                None => (unswapped(&self.serial).unwrap_or_else(|| self.serial.clone()), None),
            },
        };
        Disk {
            model: Text::name(&model),
            serial: Serial::new(&serial),
            wwn: wwn.and_then(|wwn| Text::new(&wwn)),
            size,
            bus,
            media,
            firmware: Text::name(&self.revision),
        }
    }
}

/// What an NVMe controller says of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Controller {
    /// Serial number.
    pub serial: String,
}

impl Controller {
    /// Reads what `Identify Controller` answers.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let serial = String::from_utf8_lossy(bytes.get(4..24)?).trim_matches(['\0', ' ']).to_owned();
        (!serial.is_empty()).then_some(Self { serial })
    }
}

/// `0025_3851_0140_4F2C.` and longer: an EUI-64 or NGUID, as Windows writes it in the place of an NVMe drive's serial number.
fn eui(serial: &str) -> Option<String> {
    let groups: Vec<&str> = serial.strip_suffix('.')?.split('_').collect();
    let hex =
        groups.iter().all(|group| group.len() == 4 && group.bytes().all(|byte| byte.is_ascii_hexdigit()));
    (hex && groups.len() >= 4).then(|| format!("eui.{}", groups.concat().to_lowercase()))
}

/// Older drivers write the twenty characters of an ATA serial number as forty digits, each pair of characters swapped.
fn unswapped(serial: &str) -> Option<String> {
    if serial.len() != 40 || !serial.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(serial.get(at..at + 2)?, 16).ok();
    let text: Option<String> =
        (0..10).flat_map(|word| [4 * word + 2, 4 * word]).map(|at| byte(at).map(char::from)).collect();
    text.filter(|text| text.chars().all(|c| c.is_ascii_graphic() || c == ' '))
        .map(|text| text.trim().to_owned())
}

/// A battery, by `BATTERY_INFORMATION` and its texts; and what it holds when full and when new, mWh.
pub fn battery(
    information: &[u8],
    maker: &str,
    name: &str,
    serial: &str,
) -> Option<(Battery, Option<(u64, u64)>)> {
    /// It counts in shares of itself, not in mWh.
    const RELATIVE: u32 = 0x4000_0000;
    /// It does not know.
    const UNKNOWN: u32 = u32::MAX;
    let capabilities = double(information, 0)?;
    let chemistry = information.get(8..12)?;
    let capacity = |at| {
        let known = double(information, at)?;
        (capabilities & RELATIVE == 0 && known != UNKNOWN && known > 0).then_some(known)
    };
    let chemistry = String::from_utf8_lossy(chemistry).trim_matches(['\0', ' ']).to_owned();
    let chemistry = match chemistry.to_ascii_uppercase().as_str() {
        "LION" | "LI-I" => "Li-ion".to_owned(),
        "LIP" | "LIPO" => "Li-poly".to_owned(),
        _ => chemistry,
    };
    let (design, full) = (capacity(12), capacity(16));
    let found = Battery {
        vendor: Text::name(maker),
        model: Text::name(name),
        serial: Serial::new(serial),
        chemistry: Text::name(&chemistry),
        design_mwh: design,
    };
    Some((found, full.zip(design).map(|(full, design)| (full.into(), design.into()))))
}

/// A printer that documents are sent to, by its queue's name, driver and port; `None` for what makes files. `network` says whether the
/// system lists the port among those of the network.
pub fn printer(name: &str, driver: &str, port: &str, network: bool) -> Option<Printer> {
    const FILES: &[&str] = &["file:", "nul:", "portprompt:", "shrfax:", "xpsport:"];
    const MAKES_FILES: &[&str] = &["fax", "onenote", "pdf", "xps"];
    let (lower, driven) = (port.to_lowercase(), driver.to_lowercase());
    let begins = |starts: &[&str]| starts.iter().any(|start| lower.starts_with(start));
    if begins(FILES) || MAKES_FILES.iter().any(|word| driven.contains(word) || lower.contains(word)) {
        return None;
    }
    let reached = if lower.starts_with(r"\\") || name.starts_with(r"\\") {
        PrinterPort::Shared
    } else if begins(&["usb", "dot4"]) {
        PrinterPort::Usb
    } else if network
        || begins(&["ip_", "wsd", "http", "tcp", "ipp"])
        || port.parse::<std::net::IpAddr>().is_ok()
    {
        PrinterPort::Network
    } else {
        PrinterPort::Other
    };
    Some(Printer {
        name: Text::new(name)?,
        model: Text::name(driver),
        port: reached,
        serial: Serial::default(),
        uuid: None,
    })
}

fn double(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A descriptor as `storport` lays it out, made here after `ntddstor.h`; the texts are those of drives that people published.
    fn descriptor(vendor: &str, product: &str, serial: &str, bus: u32) -> Vec<u8> {
        let mut bytes = vec![0; 36];
        let mut texts = Vec::new();
        for (at, text) in [(12, vendor), (16, product), (20, "EXF7201Q"), (24, serial)] {
            let offset = if text.is_empty() { 0 } else { 36 + u32::try_from(texts.len()).unwrap() };
            bytes[at..at + 4].copy_from_slice(&offset.to_le_bytes());
            texts.extend(text.bytes().chain([0]));
        }
        bytes[28..32].copy_from_slice(&bus.to_le_bytes());
        bytes.extend(texts);
        bytes
    }

    #[test]
    fn drives_are_named_as_their_makers_name_them() {
        let sata = Drive::parse(&descriptor("", "Samsung SSD 870 EVO 500GB", "S62BNX0R512345A", 11)).unwrap();
        let disk = sata.disk(500_107_862_016, Some(false), None);
        assert_eq!(disk.model, Text::new("Samsung SSD 870 EVO 500GB"));
        assert_eq!(
            (disk.serial.raw(), disk.bus, disk.media),
            (Some("S62BNX0R512345A"), Some(Bus::Ata), Some(Media::Ssd))
        );
        assert!(sata.stays());
        let guest =
            Drive::parse(&descriptor("QEMU", "QEMU HARDDISK", "", 11)).unwrap().disk(1, Some(true), None);
        assert_eq!((guest.bus, guest.media), (Some(Bus::Virtual), Some(Media::Virtual)));
        assert!(!Drive::parse(&descriptor("Kingston", "DataTraveler", "1", 7)).unwrap().stays());
        assert_eq!(Drive::parse(&[0; 20]), None);
    }

    #[test]
    fn an_nvme_drives_name_in_the_world_is_not_its_serial_number() {
        let nvme =
            Drive::parse(&descriptor("NVMe", "Samsung SSD 980 PRO 1TB", "0025_3851_0140_4F2C.", 17)).unwrap();
        let alone = nvme.disk(1, None, None);
        assert_eq!((alone.serial.raw(), alone.wwn), (None, Text::new("eui.0025385101404f2c")));
        let mut identity = vec![0; 4096];
        identity[4..24].copy_from_slice(b"S5GXNF0R123456Z     ");
        let known = nvme.disk(1, None, Controller::parse(&identity).as_ref());
        assert_eq!((known.serial.raw(), known.media), (Some("S5GXNF0R123456Z"), Some(Media::Ssd)));
    }

    #[test]
    fn forty_digits_are_twenty_characters_in_pairs() {
        // "WD-WCC4E1234567" after five spaces, swapped and in digits.
        let plain = "     WD-WCC4E1234567";
        let swapped: Vec<u8> = plain.as_bytes().chunks(2).flat_map(|pair| [pair[1], pair[0]]).collect();
        let digits: String = swapped.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(unswapped(&digits).as_deref(), Some("WD-WCC4E1234567"));
        assert_eq!(unswapped("S62BNX0R512345A"), None);
    }

    #[test]
    fn batteries_tell_what_they_hold_unless_they_count_in_shares() {
        let mut information = vec![0; 36];
        information[8..12].copy_from_slice(b"LION");
        information[12..16].copy_from_slice(&50_000_u32.to_le_bytes());
        information[16..20].copy_from_slice(&41_000_u32.to_le_bytes());
        let (found, wear) = battery(&information, "SMP", "DELL 7FHHV9C", "1234").unwrap();
        assert_eq!((found.design_mwh, wear), (Some(50_000), Some((41_000, 50_000))));
        assert_eq!(found.chemistry, Text::new("Li-ion"));
        information[3] = 0x40;
        let (found, wear) = battery(&information, "", "", "").unwrap();
        assert_eq!((found.design_mwh, wear, found.vendor), (None, None, None));
    }

    #[test]
    fn printers_are_told_from_what_makes_files() {
        let port =
            |name, driver, port, network| printer(name, driver, port, network).map(|printer| printer.port);
        assert_eq!(port("Brother", "Brother HL-L2350DW", "USB001", false), Some(PrinterPort::Usb));
        assert_eq!(
            port("Étage 2", "HP Universal Printing PCL 6", "imp-compta", true),
            Some(PrinterPort::Network)
        );
        assert_eq!(port("Canon", "Canon MF640", "192.168.1.40", false), Some(PrinterPort::Network));
        assert_eq!(port(r"\\SRV\HP", "HP Universal", "WSD-1", false), Some(PrinterPort::Shared));
        assert_eq!(port("Epson", "EPSON LQ-590", "LPT1:", false), Some(PrinterPort::Other));
        assert_eq!(port("Microsoft Print to PDF", "Microsoft Print To PDF", "PORTPROMPT:", false), None);
        assert_eq!(port("Fax", "Microsoft Shared Fax Driver", "SHRFAX:", false), None);
        assert_eq!(port("OneNote", "Send to Microsoft OneNote 16 Driver", "nul:", false), None);
    }
}
