//! What is asked of other programs and of what is plugged in: real programs (scripts), among them some that hang.

use aval_protocol::wire::inventory::items::{Check, Health};
use aval_protocol::wire::inventory::{CheckKind, PrinterPort, Unmeasured, UsbKind};

use super::*;

const PASSED: &str =
    r#"{"device":{"protocol":"ATA"},"smart_status":{"passed":true},"temperature":{"current":31}}"#;
const FAILED: &str = r#"{"device":{"protocol":"ATA"},"smart_status":{"passed":false}}"#;
const ASLEEP: &str =
    r#"{"smartctl":{"messages":[{"string":"Device is in STANDBY mode, exit(2)"}],"exit_status":2}}"#;
/// Starts another program that would never end, and tells both numbers.
const HANGS: &str = "sleep 1000 & echo $$ $! > PIDS; wait";

impl Files {
    /// A program below this root.
    fn program(self, path: &str, script: &str) -> Self {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        let script = script.replace("PIDS", &self.path("pids").display().to_string());
        crate::placed::program(&self.path(path), format!("#!/bin/sh\n{script}\n").as_bytes());
        self
    }

    fn drive(self) -> Self {
        self.with("sys/block/sda/size", "1953525168\n")
            .with("sys/block/sda/device/vendor", "ATA     \n")
            .with("sys/block/sda/device/model", "Tourne 1000\n")
            .with("sys/block/sda/device/serial", "T-1000\n")
            .with("dev/sda", "")
    }

    fn health(&self, linux: &Linux, now: UnixSeconds) -> Health {
        let section = linux.section(SectionKind::Health, now);
        let Some(Content::Health(health)) = section.content else {
            panic!("no health: {:?}", section.status)
        };
        health
    }

    /// Whether what was written into `pids` ends; being killed takes the system a moment.
    fn ends(&self) -> bool {
        let pids = fs::read_to_string(self.path("pids")).unwrap();
        let state = |pid: &str| fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // One that nobody waited for yet is dead too.
        let runs = |pid: &str| !state(pid).is_empty() && !state(pid).contains(") Z");
        assert_eq!(pids.split_whitespace().count(), 2, "it was started");
        (0..2000).any(|_| {
            std::thread::sleep(Duration::from_millis(5));
            !pids.split_whitespace().any(runs)
        })
    }
}

fn of(health: &Health, kind: CheckKind) -> &Check {
    health.checks.iter().find(|check| check.kind == kind).unwrap_or_else(|| panic!("no {kind}: {health:?}"))
}

#[test]
fn a_drive_is_judged_by_its_own_word_whatever_way_smartctl_ends() {
    let files = Files::new().drive().program("usr/sbin/smartctl", &format!("echo '{PASSED}'; exit 64"));
    let health = files.health(&files.linux(), NOW);
    let verdict = of(&health, CheckKind::DiskVerdict);
    assert_eq!((verdict.grade, verdict.value), (Grade::Good, Some(1)));
    assert_eq!(verdict.subject.as_ref().unwrap().as_str(), "Tourne 1000 T-1000");
    assert_eq!(of(&health, CheckKind::DiskTemperature).value, Some(31));
    let without = Files::new().drive();
    let health = without.health(&without.linux(), NOW);
    assert_eq!(of(&health, CheckKind::DiskVerdict).why, Some(Unmeasured::NoProgram));
    let hidden = Files::new().drive().program("usr/sbin/smartctl", &format!("echo '{PASSED}'"));
    fs::remove_file(hidden.path("dev/sda")).unwrap();
    let health = hidden.health(&hidden.linux(), NOW);
    assert_eq!(of(&health, CheckKind::DiskVerdict).why, Some(Unmeasured::NoPrivilege));
}

#[test]
fn what_a_drive_said_holds_for_a_day_and_while_it_sleeps() {
    let files = Files::new().drive().program("usr/sbin/smartctl", &format!("echo '{PASSED}'"));
    let linux = files.linux();
    let at = |hours: i64| UnixSeconds(NOW.0 + hours * 3600);
    let verdict = |files: &Files, hours| of(&files.health(&linux, at(hours)), CheckKind::DiskVerdict).grade;
    assert_eq!(verdict(&files, 0), Grade::Good);
    let files = files.program("usr/sbin/smartctl", &format!("echo '{FAILED}'"));
    assert_eq!(verdict(&files, 22), Grade::Good, "it is not asked each hour");
    assert_eq!(verdict(&files, 23), Grade::Failing);
    let files = files.program("usr/sbin/smartctl", &format!("echo '{ASLEEP}'"));
    assert_eq!(verdict(&files, 48), Grade::Failing, "it sleeps, and what it said holds");
    let fresh = Linux::at(files.0.path(), Duration::from_secs(20));
    let health = files.health(&fresh, at(48));
    assert_eq!(of(&health, CheckKind::DiskVerdict).why, Some(Unmeasured::Asleep));
}

#[test]
fn what_the_systems_own_unit_left_is_read_instead_of_asking() {
    let files = Files::new().drive().with("run/aval-agent-smart/sda.json", FAILED);
    let written = fs::metadata(files.path("run/aval-agent-smart/sda.json")).unwrap().modified().unwrap();
    let written = written.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let at = |hours: i64| UnixSeconds(i64::try_from(written).unwrap() + hours * 3600);
    let verdict = |now| of(&files.health(&files.linux(), now), CheckKind::DiskVerdict).clone();
    assert_eq!(verdict(at(1)).grade, Grade::Failing);
    assert_eq!(verdict(at(49)).why, Some(Unmeasured::NoProgram), "too old to hold");
}

#[test]
fn a_program_that_hangs_is_killed_with_what_it_started_and_the_rest_is_measured() {
    let files = Files::new().drive().program("usr/sbin/smartctl", HANGS);
    let linux = Linux::at(files.0.path(), Duration::from_secs(2));
    let health = files.health(&linux, NOW);
    let verdict = of(&health, CheckKind::DiskVerdict);
    assert_eq!((verdict.grade, verdict.why), (Grade::NotMeasurable, Some(Unmeasured::TimedOut)));
    assert!(health.checks.iter().any(|check| check.kind == CheckKind::FreeSpace));
    assert!(files.ends());
    // The table is not readable, so CUPS' client is asked.
    let files = Files::new().folder("etc/cups/printers.conf").program("usr/bin/lpstat", HANGS);
    let linux = Linux::at(files.0.path(), Duration::from_secs(2));
    let printers = linux.section(SectionKind::Printers, NOW);
    assert_eq!(printers, Section::missing(SectionKind::Printers, Status::TimedOut, NOW));
    assert!(files.ends());
}

#[test]
fn updates_are_asked_anew_only_when_the_lists_or_the_packages_changed() {
    let apt = "echo x >> PIDS; echo 'Inst openssl [1] (2 Debian-Security:12/stable-security [amd64])'";
    let files = Files::new()
        .with("var/lib/dpkg/status", "")
        .folder("var/lib/apt/lists")
        .program("usr/bin/apt-get", apt);
    let linux = files.linux();
    let changed = fs::metadata(files.path("var/lib/dpkg/status")).unwrap().modified().unwrap();
    let changed = i64::try_from(changed.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()).unwrap();
    let at = |days: i64| UnixSeconds(changed + days * 86_400 + 60);
    let asked = || fs::read_to_string(files.path("pids")).unwrap().lines().count();
    let health = files.health(&linux, at(0));
    let security = of(&health, CheckKind::SecurityUpdates);
    assert_eq!((security.grade, security.value), (Grade::Good, Some(1)));
    assert_eq!(of(&health, CheckKind::Restart).grade, Grade::Good);
    assert_eq!(of(&files.health(&linux, at(14)), CheckKind::SecurityUpdates).value, Some(1));
    assert_eq!(asked(), 1);
    let old = files.health(&linux, at(15));
    assert_eq!(of(&old, CheckKind::SecurityUpdates).why, Some(Unmeasured::Stale));
    let files = files.with("run/reboot-required", "");
    assert_eq!(of(&files.health(&linux, at(15)), CheckKind::Restart).grade, Grade::Failing);
    let none = Files::new();
    let health = none.health(&none.linux(), NOW);
    assert_eq!(of(&health, CheckKind::OtherUpdates).why, Some(Unmeasured::NoSource));
}

#[test]
fn printers_come_from_cups_or_there_are_none() {
    let conf = "<Printer Accueil>\nDeviceURI usb://HP/LaserJet?serial=PHB1\n</Printer>\n";
    let files = Files::new().with("etc/cups/printers.conf", conf);
    let Some(Content::Printers(found)) = files.read(SectionKind::Printers).content else { panic!("none") };
    assert_eq!((found.len(), found[0].port, found[0].serial.good()), (1, PrinterPort::Usb, Some("PHB1")));
    let none = Files::new().folder("etc/cups").read(SectionKind::Printers);
    assert_eq!(none.content, Some(Content::Printers(List::default())));
    assert_eq!(Files::new().read(SectionKind::Printers).status, Status::Unsupported);
}

#[test]
fn what_is_plugged_in_is_listed_when_a_contract_may_cover_it() {
    let device = |files: Files, at: &str, ids: (&str, &str), name: &str, class: &str| {
        files
            .with(&format!("sys/bus/usb/devices/{at}/idVendor"), format!("{}\n", ids.0))
            .with(&format!("sys/bus/usb/devices/{at}/idProduct"), format!("{}\n", ids.1))
            .with(&format!("sys/bus/usb/devices/{at}/product"), format!("{name}\n"))
            .with(&format!("sys/bus/usb/devices/{at}/bDeviceClass"), "00\n")
            .with(&format!("sys/bus/usb/devices/{at}:1.0/bInterfaceClass"), format!("{class}\n"))
    };
    let files = device(Files::new(), "1-2", ("051d", "0002"), "Back-UPS ES", "03");
    let files = device(files, "1-3", ("0781", "5581"), "Ultra", "08")
        .with("sys/bus/usb/devices/usb1/idVendor", "1d6b\n")
        .with("sys/bus/thunderbolt/devices/0-0/device_name", "Portable\n")
        .with("sys/bus/thunderbolt/devices/0-1/device_name", "Thunderbolt 3 Dock\n")
        .with("sys/bus/thunderbolt/devices/0-1/vendor", "0x108\n")
        .with("sys/bus/thunderbolt/devices/0-1/device", "0x1630\n");
    let Some(Content::Usb(found)) = files.read(SectionKind::Usb).content else { panic!("none") };
    let found: Vec<_> = found.iter().map(|device| (device.kind, device.vendor)).collect();
    assert_eq!(found, [(UsbKind::Dock, 0x0108), (UsbKind::Ups, 0x051d)]);
}

#[test]
fn what_guards_the_system_says_whether_it_is_on() {
    let files = Files::new()
        .with("usr/lib/systemd/system/clamav-daemon.service", "")
        .with("usr/lib/systemd/system/mdatp.service", "")
        .with("usr/lib/systemd/system/nftables.service", "")
        .folder("sys/fs/cgroup/system.slice/clamav-daemon.service")
        .with("etc/ufw/ufw.conf", "# ufw\nENABLED=yes\nLOGLEVEL=low\n");
    let Some(Content::Protection(found)) = files.read(SectionKind::Protection).content else {
        panic!("none")
    };
    let shown: Vec<_> = found
        .antivirus
        .iter()
        .chain(found.firewalls.iter())
        .map(|guard| (guard.name.as_str(), guard.enabled))
        .collect();
    let expected = [
        ("ClamAV", Some(true)),
        ("Microsoft Defender for Endpoint", Some(false)),
        ("nftables", Some(false)),
        ("ufw", Some(true)),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn a_processor_is_judged_by_the_limit_it_gives_itself() {
    let files = Files::new()
        .with("sys/class/hwmon/hwmon0/name", "coretemp\n")
        .with("sys/class/hwmon/hwmon0/temp1_input", "96000\n")
        .with("sys/class/hwmon/hwmon0/temp1_crit", "100000\n")
        .with("sys/class/hwmon/hwmon1/name", "iwlwifi_1\n")
        .with("sys/class/hwmon/hwmon1/temp1_input", "99000\n");
    let health = files.health(&files.linux(), NOW);
    let check = of(&health, CheckKind::Temperature);
    assert_eq!((check.grade, check.value), (Grade::Watch, Some(96)));
}
