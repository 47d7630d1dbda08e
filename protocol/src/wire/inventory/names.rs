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
