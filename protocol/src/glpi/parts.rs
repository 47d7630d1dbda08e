//! Each piece of equipment by the names that GLPI's format gives its properties. What the machine does not give is left out: the
//! format takes an empty word for a value.

use serde::Serialize;

use crate::wire::inventory::values::{Serial, Text};
use crate::wire::inventory::{Bus, Chassis, HardwareFacts, Media, NicKind, PrinterPort, items};

/// Declares an object of the format; all its properties may be left out.
macro_rules! objects {
    ($($(#[$meta:meta])* $name:ident { $($field:ident: $type:ty,)+ })+) => {
        $($(#[$meta])*
        #[derive(Clone, PartialEq, Debug, Default, Serialize)]
        pub(super) struct $name {
            $(#[serde(skip_serializing_if = "Option::is_none")] $field: Option<$type>,)+
        })+
    };
}

objects! {
    Hardware { name: String, uuid: String, chassis_type: String, memory: u64, }
    Bios {
        smanufacturer: Text, smodel: Text, ssn: String, skunumber: Text, assettag: String, enclosureserial: String,
        mmanufacturer: Text, mmodel: Text, msn: String, bmanufacturer: Text, bversion: Text, bdate: String,
        secure_boot: &'static str,
    }
    System { full_name: Text, name: Text, version: Text, arch: Text, kernel_version: String, }
    Cpu { name: Text, core: u16, corecount: u16, thread: u16, speed: u16, arch: String, }
    Module {
        caption: Text, capacity: u64, manufacturer: Text, model: Text, numslots: u32, serialnumber: String, speed: String,
        r#type: Text,
    }
    Storage {
        model: Text, name: Text, serial: String, wwn: Text, disksize: u64, firmware: Text, interface: &'static str,
        r#type: &'static str, description: &'static str,
    }
    Drive { r#type: Text, filesystem: Text, total: u64, encrypt_status: &'static str, }
    Monitor { name: Text, caption: Text, manufacturer: Text, serial: String, altserial: String, description: String, }
    Network { description: String, mac: String, r#type: &'static str, pciid: Text, driver: Text, virtualdev: bool, }
    Battery { name: Text, manufacturer: Text, serial: String, chemistry: Text, capacity: u32, }
    Printer { name: Text, driver: Text, port: &'static str, network: bool, serial: String, }
    Usb { name: Text, vendorid: String, productid: String, serial: String, }
    Antivirus { name: Text, enabled: bool, }
    Firewall { description: Text, status: &'static str, }
}

// === impl Hardware

impl Hardware {
    pub(super) fn of(facts: &HardwareFacts) -> Self {
        let memory = facts.memory_mib.map(u64::from);
        Self { name: some(&facts.hostname), memory, ..Self::default() }
    }

    pub(super) fn machine(&mut self, machine: &items::Machine) {
        self.uuid = machine.uuid.map(|uuid| uuid.to_string().to_uppercase());
        self.chassis_type = machine.chassis.map(chassis);
    }

    pub(super) fn modules(&mut self, memory: &items::Memory) {
        let sum = memory.modules.iter().fold(0, |sum: u64, module| sum.saturating_add(module.size_mib));
        if sum > 0 {
            self.memory = Some(sum);
        }
    }
}

// === impl Bios

impl Bios {
    pub(super) fn machine(&mut self, machine: &items::Machine) {
        self.smanufacturer.clone_from(&machine.vendor);
        self.smodel.clone_from(&machine.model);
        self.skunumber.clone_from(&machine.sku);
        self.ssn = good(&machine.serial);
        self.assettag = good(&machine.asset_tag);
        self.enclosureserial = good(&machine.chassis_serial);
    }

    pub(super) fn board(&mut self, board: &items::Board) {
        self.mmanufacturer.clone_from(&board.vendor);
        self.mmodel.clone_from(&board.model);
        self.msn = good(&board.serial);
    }

    pub(super) fn firmware(&mut self, bios: &items::Bios) {
        self.bmanufacturer.clone_from(&bios.vendor);
        self.bversion.clone_from(&bios.version);
        self.bdate = bios.date.map(|day| day.to_string());
    }

    pub(super) fn security(&mut self, security: &items::Security) {
        self.secure_boot = match (security.uefi, security.secure_boot) {
            (Some(false), _) => Some("unsupported"),
            (_, Some(true)) => Some("enabled"),
            (_, Some(false)) => Some("disabled"),
            (_, None) => None,
        };
    }
}

// === the rest

impl System {
    pub(super) fn of(os: &items::Os, facts: &HardwareFacts) -> Self {
        Self {
            full_name: os.name.clone(),
            name: os.id.clone(),
            version: os.version.clone(),
            arch: os.arch.clone(),
            kernel_version: facts.os_build.clone(),
        }
    }
}

impl Cpu {
    pub(super) fn of(cpu: &items::Cpu, arch: Option<&str>) -> Self {
        let each =
            cpu.threads.zip(cpu.cores.filter(|cores| *cores > 0)).map(|(threads, cores)| threads / cores);
        Self {
            name: cpu.model.clone(),
            core: cpu.cores,
            corecount: cpu.cores,
            thread: each,
            speed: cpu.max_mhz,
            // The format lists the names it takes.
            arch: arch
                .filter(|arch| matches!(*arch, "x86_64" | "aarch64" | "i686" | "arm"))
                .map(str::to_owned),
        }
    }
}

impl Module {
    pub(super) fn of((slot, module): (u32, &items::Module)) -> Self {
        Self {
            caption: module.slot.clone(),
            capacity: Some(module.size_mib),
            manufacturer: module.vendor.clone(),
            model: module.part.clone(),
            numslots: Some(slot),
            serialnumber: good(&module.serial),
            speed: module.speed_mts.map(|rate| format!("{rate} MT/s")),
            r#type: module.kind.clone(),
        }
    }
}

impl Storage {
    pub(super) fn of(disk: &items::Disk) -> Self {
        let interface = disk.bus.and_then(|bus| match bus {
            Bus::Ata => Some("SATA"),
            Bus::Nvme => Some("NVME"),
            Bus::Scsi => Some("SCSI"),
            Bus::Mmc => Some("MMC"),
            Bus::Virtual | Bus::Unknown(_) => None,
        });
        let description = disk.media.and_then(|media| match media {
            Media::Hdd => Some("HDD"),
            Media::Ssd => Some("SSD"),
            Media::Virtual => Some("virtual"),
            Media::Unknown(_) => None,
        });
        Self {
            model: disk.model.clone(),
            name: disk.model.clone(),
            serial: good(&disk.serial),
            wwn: disk.wwn.clone(),
            disksize: Some(disk.size / 1_000_000),
            firmware: disk.firmware.clone(),
            interface,
            r#type: Some("disk"),
            description,
        }
    }
}

impl Drive {
    pub(super) fn of(volume: &items::Volume) -> Self {
        Self {
            r#type: volume.place.clone(),
            filesystem: volume.fs.clone(),
            total: Some(volume.size_mib),
            encrypt_status: volume.encrypted.map(|encrypted| if encrypted { "Yes" } else { "No" }),
        }
    }
}

impl Monitor {
    pub(super) fn of(screen: &items::Display) -> Self {
        let letters = good(&screen.serial);
        let sticker = screen.sticker().filter(|sticker| Some(sticker) != letters.as_ref());
        let made = match (screen.week, screen.year) {
            (Some(week), Some(year)) => Some(format!("{week}/{year}")),
            (None, year) => year.map(|year| year.to_string()),
            (Some(_), None) => None,
        };
        Self {
            name: screen.model.clone(),
            caption: screen.model.clone(),
            manufacturer: Some(screen.vendor.clone()),
            serial: letters,
            altserial: sticker,
            description: made,
        }
    }
}

impl Network {
    pub(super) fn of(nic: &items::Nic) -> Self {
        let words = [nic.driver.as_ref(), nic.model.as_ref()];
        let described: Vec<_> = words.into_iter().flatten().map(Text::as_str).collect();
        let kind = match nic.kind {
            NicKind::Ethernet => Some("ethernet"),
            NicKind::Wifi => Some("wifi"),
            NicKind::Mobile => Some("dialup"),
            NicKind::Unknown(_) => None,
        };
        Self {
            // The format wants one.
            description: some(&described.join(" ")).or_else(|| Some(nic.kind.to_string())),
            mac: nic.mac.map(|mac| mac.to_string()),
            r#type: kind,
            pciid: nic.model.clone(),
            driver: nic.driver.clone(),
            virtualdev: Some(false),
        }
    }
}

impl Battery {
    pub(super) fn of(battery: &items::Battery) -> Self {
        Self {
            name: battery.model.clone(),
            manufacturer: battery.vendor.clone(),
            serial: good(&battery.serial),
            chemistry: battery.chemistry.clone(),
            capacity: battery.design_mwh,
        }
    }
}

impl Printer {
    pub(super) fn of(printer: &items::Printer) -> Self {
        Self {
            name: Some(printer.name.clone()),
            driver: printer.model.clone(),
            port: match printer.port {
                PrinterPort::Usb => Some("usb"),
                PrinterPort::Network => Some("network"),
                PrinterPort::Shared | PrinterPort::Other | PrinterPort::Unknown(_) => None,
            },
            network: Some(printer.port == PrinterPort::Network),
            serial: good(&printer.serial),
        }
    }
}

impl Usb {
    pub(super) fn of(device: &items::UsbDevice) -> Self {
        Self {
            name: device.name.clone(),
            vendorid: Some(format!("{:04x}", device.vendor)),
            productid: Some(format!("{:04x}", device.product)),
            serial: good(&device.serial),
        }
    }
}

impl Antivirus {
    pub(super) fn of(guard: &items::Guard) -> Self {
        Self { name: Some(guard.name.clone()), enabled: guard.enabled }
    }
}

impl Firewall {
    pub(super) fn of(guard: &items::Guard) -> Self {
        let status = match guard.enabled {
            Some(true) => "on",
            Some(false) => "off",
            None => "unknown",
        };
        Self { description: Some(guard.name.clone()), status: Some(status) }
    }
}

/// As GLPI's own agent names them.
fn chassis(kind: Chassis) -> String {
    match kind {
        Chassis::Desktop => "Desktop",
        Chassis::Laptop => "Laptop",
        Chassis::Server => "Server",
        Chassis::AllInOne => "All in One",
        Chassis::Mini => "Mini PC",
        Chassis::Tablet => "Tablet",
        Chassis::Virtual => "VM",
        Chassis::Unknown(_) => "Other",
    }
    .to_owned()
}

/// A number that names many things would merge them there.
fn good(serial: &Serial) -> Option<String> {
    serial.good().map(str::to_owned)
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
