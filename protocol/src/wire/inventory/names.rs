//! Numbers with a meaning in an inventory. A newer agent's number survives as `Unknown(n)`.

use crate::wire::codes::codes;

codes! {
    /// A part of the inventory that is read, sent and kept by itself.
    SectionKind {
        /// The computer as a whole: maker, model, serial number.
        Machine = 1 "machine",
        /// Main board.
        Board = 2 "board",
        /// Firmware.
        Bios = 3 "bios",
        /// Processors.
        Cpu = 4 "cpu",
        /// Memory modules and slots.
        Memory = 5 "memory",
        /// Fixed drives.
        Disks = 6 "disks",
        /// Fixed volumes and whether they are encrypted.
        Volumes = 7 "volumes",
        /// Screens.
        Displays = 8 "displays",
        /// Network cards.
        Nics = 9 "nics",
        /// Operating system and how long it is supported.
        Os = 10 "os",
        /// Batteries.
        Batteries = 11 "batteries",
        /// Secure boot and TPM.
        Security = 12 "security",
        /// How the machine does today. Volatile: never part of what identifies the equipment.
        Health = 13 "health",
        /// Printers and how they are reached.
        Printers = 14 "printers",
        /// Docks, scanners, UPS and the like on USB or Thunderbolt.
        Usb = 15 "usb",
        /// Antivirus and firewall.
        Protection = 16 "protection",
    }
}

codes! {
    /// How a printer is reached.
    PrinterPort {
        /// By a USB cable.
        Usb = 1 "usb",
        /// Over the network, directly.
        Network = 2 "network",
        /// Through another computer.
        Shared = 3 "shared",
        /// By a serial or parallel cable, or Bluetooth.
        Other = 4 "other",
    }
}

codes! {
    /// What a plugged-in device is for.
    UsbKind {
        /// Docking station.
        Dock = 1 "dock",
        /// Printer.
        Printer = 2 "printer",
        /// Scanner.
        Scanner = 3 "scanner",
        /// Uninterruptible power supply.
        Ups = 4 "ups",
        /// Card reader or key for signing on.
        Token = 5 "token",
    }
}

codes! {
    /// How reading a section went.
    Status {
        /// Read in full: what is not in it is not there.
        Collected = 1 "COLLECTED",
        /// Parts of it are for root only, and the agent is not.
        NoPrivilege = 2 "NO_PRIVILEGE",
        /// The source did not answer in time.
        TimedOut = 3 "TIMED_OUT",
        /// This machine has no such source; a virtual machine seldom has.
        Unsupported = 4 "UNSUPPORTED",
        /// The client does not want it read.
        Denied = 5 "DENIED",
        /// The source was there and made no sense.
        Error = 6 "ERROR",
    }
}

codes! {
    /// What kind of computer it is.
    Chassis {
        /// On or under a desk.
        Desktop = 1 "desktop",
        /// Portable, with a keyboard.
        Laptop = 2 "laptop",
        /// In a rack, or sold as a server.
        Server = 3 "server",
        /// Computer and screen in one.
        AllInOne = 4 "all_in_one",
        /// Small desktop.
        Mini = 5 "mini",
        /// Portable, without a keyboard.
        Tablet = 6 "tablet",
        /// A guest of a hypervisor.
        Virtual = 7 "virtual",
    }
}

codes! {
    /// What a drive is attached by.
    Bus {
        /// SATA or PATA.
        Ata = 1 "ata",
        /// NVM Express.
        Nvme = 2 "nvme",
        /// SCSI, SAS or a RAID controller.
        Scsi = 3 "scsi",
        /// Soldered flash (eMMC).
        Mmc = 4 "mmc",
        /// Given by a hypervisor.
        Virtual = 5 "virtual",
    }
}

codes! {
    /// What a drive stores on.
    Media {
        /// Turning disks.
        Hdd = 1 "hdd",
        /// Flash.
        Ssd = 2 "ssd",
        /// The hypervisor's secret.
        Virtual = 3 "virtual",
    }
}

codes! {
    /// What a network card speaks.
    NicKind {
        /// Cable.
        Ethernet = 1 "ethernet",
        /// Radio, local.
        Wifi = 2 "wifi",
        /// Radio, mobile network.
        Mobile = 3 "mobile",
    }
}

codes! {
    /// What of a machine's state is graded.
    CheckKind {
        /// Free space of the system's volume; value in percent.
        FreeSpace = 1 "free_space",
        /// The system's support; value in days left, negative when it is over.
        OsSupport = 2 "os_support",
        /// Installed memory; value in MiB.
        Memory = 3 "memory",
        /// Wear of a battery against its design; value in percent.
        BatteryWear = 4 "battery_wear",
        /// Temperature of a drive; value in °C.
        DiskTemperature = 5 "disk_temperature",
        /// What a drive says of itself (SMART); value 1 when it says it works, 0 when it says it fails.
        DiskVerdict = 6 "disk_verdict",
        /// Sectors an ATA drive replaced; value their number.
        DiskReallocated = 7 "disk_reallocated",
        /// Sectors an ATA drive cannot read at present; value their number.
        DiskPending = 8 "disk_pending",
        /// Sectors an ATA drive could not read when it checked itself; value their number.
        DiskUncorrectable = 9 "disk_uncorrectable",
        /// An attribute of an ATA drive that is, or was, beyond its maker's threshold; value its number.
        DiskAttribute = 10 "disk_attribute",
        /// Flash worn out of what its maker expects; value in percent, may exceed 100.
        DiskWear = 11 "disk_wear",
        /// Reserve of flash left; value in percent.
        DiskSpare = 12 "disk_spare",
        /// Data an NVMe drive lost; value the number of errors.
        DiskMediaErrors = 13 "disk_media_errors",
        /// What an NVMe drive warns of; value its bits (NVM Express 1.4, 5.14.1.2).
        DiskWarning = 14 "disk_warning",
        /// Defects a SAS drive found since it was made; value their number.
        DiskDefects = 15 "disk_defects",
        /// Security updates that wait; value their number.
        SecurityUpdates = 16 "security_updates",
        /// Other updates that wait; value their number.
        OtherUpdates = 17 "other_updates",
        /// A restart that updates wait for; value in days since it is due.
        Restart = 18 "restart",
        /// The last backup that went well; value in days since.
        Backup = 19 "backup",
        /// The processor's temperature; value in °C.
        Temperature = 20 "temperature",
        /// The antivirus; value in days since its signatures were renewed.
        Antivirus = 21 "antivirus",
    }
}

codes! {
    /// A verdict on one check. What cannot be measured is said so and never counts as good.
    Grade {
        /// In working order.
        Good = 1 "good",
        /// To be watched.
        Watch = 2 "watch",
        /// Failing.
        Failing = 3 "failing",
        /// Could not be measured.
        NotMeasurable = 4 "not_measurable",
    }
}

codes! {
    /// Why a check could not be graded.
    Unmeasured {
        /// The machine has nothing that tells it.
        NoSource = 1 "no_source",
        /// It takes a program that is not installed (`smartmontools`).
        NoProgram = 2 "no_program",
        /// It takes rights that the agent does not have.
        NoPrivilege = 3 "no_privilege",
        /// The drive sleeps and is not woken for it.
        Asleep = 4 "asleep",
        /// The source did not answer in time.
        TimedOut = 5 "timed_out",
        /// The source said something that makes no sense.
        Unreadable = 6 "unreadable",
        /// The hypervisor keeps it to itself.
        Virtual = 7 "virtual",
        /// No product is found whose state can be read.
        NoProduct = 8 "no_product",
        /// What the system knows is too old to judge by.
        Stale = 9 "stale",
    }
}

impl CheckKind {
    /// The section whose equipment a check tells of: who denies the one denies the other.
    pub const fn about(self) -> SectionKind {
        match self {
            Self::FreeSpace => SectionKind::Volumes,
            Self::OsSupport | Self::SecurityUpdates | Self::OtherUpdates | Self::Restart => SectionKind::Os,
            Self::Memory => SectionKind::Memory,
            Self::BatteryWear => SectionKind::Batteries,
            Self::DiskTemperature
            | Self::DiskVerdict
            | Self::DiskReallocated
            | Self::DiskPending
            | Self::DiskUncorrectable
            | Self::DiskAttribute
            | Self::DiskWear
            | Self::DiskSpare
            | Self::DiskMediaErrors
            | Self::DiskWarning
            | Self::DiskDefects => SectionKind::Disks,
            Self::Temperature => SectionKind::Cpu,
            Self::Antivirus => SectionKind::Protection,
            Self::Backup | Self::Unknown(_) => SectionKind::Health,
        }
    }
}

impl Grade {
    /// How much a verdict asks for attention: failing first, what is good last.
    pub const fn urgency(self) -> u8 {
        match self {
            Self::Failing => 3,
            Self::Watch => 2,
            Self::NotMeasurable | Self::Unknown(_) => 1,
            Self::Good => 0,
        }
    }
}
