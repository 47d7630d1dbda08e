//! Machines made of files in a temporary folder, in the layout that Linux documents (Documentation/ABI in its source). All values
//! are made up here; no machine's real data is in them.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use aval_protocol::wire::inventory::items::{Machine, Security};
use aval_protocol::wire::inventory::{Bus, Chassis, Content, Day, Grade, List, Media, NicKind};
use tempfile::TempDir;

use super::*;

mod programs;

/// 2026-11-28.
const NOW: UnixSeconds = UnixSeconds(20_785 * 86_400);

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn with(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), content).unwrap();
        self
    }

    fn linked(self, path: &str, to: &str) -> Self {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        symlink(to, self.path(path)).unwrap();
        self
    }

    fn folder(self, path: &str) -> Self {
        fs::create_dir_all(self.path(path)).unwrap();
        self
    }

    fn linux(&self) -> Linux {
        Linux::at(self.0.path(), Duration::from_secs(20))
    }

    fn read(&self, kind: SectionKind) -> Section {
        self.linux().section(kind, NOW)
    }
}

#[test]
fn a_machine_that_tells_nothing_is_not_measurable_and_nothing_is_guessed() {
    let files =
        Files::new().with("proc/cpuinfo", "processor\t: 0\nmodel name\t: Some CPU\nflags\t: hypervisor\n");
    let all = files.linux().all(NOW);
    assert_eq!(all.len(), SectionKind::ALL.len());
    let status_of = |kind| all.iter().find(|section| section.kind == kind).unwrap();
    let status = |kind| status_of(kind).status;
    for kind in [
        SectionKind::Machine,
        SectionKind::Board,
        SectionKind::Bios,
        SectionKind::Memory,
        SectionKind::Disks,
        SectionKind::Displays,
        SectionKind::Nics,
        SectionKind::Os,
    ] {
        assert_eq!(status(kind), Status::Unsupported, "{kind}");
    }
    assert_eq!(status(SectionKind::Cpu), Status::Collected);
    let virtual_machine = Machine { chassis: Some(Chassis::Virtual), ..Machine::default() };
    assert_eq!(all[0].content, Some(Content::Machine(virtual_machine)));
    let Some(Content::Health(health)) = &status_of(SectionKind::Health).content else { panic!("no health") };
    let unmeasured = health.checks.iter().filter(|check| check.grade == Grade::NotMeasurable).count();
    assert_eq!(unmeasured, health.checks.len() - 1, "free space is where the files lie: {health:?}");
}

/// A type 1 and a type 17 structure, then the end of the table.
fn table() -> Vec<u8> {
    let mut table = vec![1, 27, 0, 0, 1, 2, 0, 3];
    table.extend(1..=16);
    table.extend([6, 0, 0]);
    table.extend(b"Fabrique\0Bureau 300\0FI-42\0\0");
    let mut device = vec![17, 0x1c, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 1, 0, 0x1a];
    device.resize(0x1c, 0);
    table.extend(device);
    table.extend(b"DIMM A\0\0");
    table.extend([127, 4, 2, 0, 0, 0]);
    table
}

#[test]
fn root_reads_the_firmwares_own_table() {
    let files = Files::new()
        .with("sys/firmware/dmi/tables/DMI", table())
        .with("sys/firmware/dmi/tables/smbios_entry_point", b"_SM3_..\x03\x02")
        .with("sys/class/dmi/id/product_serial", "OTHER\n");
    let machine = files.read(SectionKind::Machine);
    assert_eq!(machine.status, Status::Collected);
    let Some(Content::Machine(found)) = machine.content else { panic!("no machine") };
    assert_eq!((found.serial.good(), found.model.unwrap().as_str()), (Some("FI-42"), "Bureau 300"));
    let Some(Content::Memory(memory)) = files.read(SectionKind::Memory).content else { panic!("no memory") };
    assert_eq!((memory.slots, memory.modules[0].size_mib), (Some(1), 16_384));
    let Some(Content::Health(health)) = files.read(SectionKind::Health).content else { panic!("no health") };
    assert!(health.checks.iter().any(|check| check.value == Some(16_384) && check.grade == Grade::Good));
}

#[test]
fn who_is_not_root_gets_the_extract_and_is_told_so() {
    let files = Files::new()
        .with("sys/firmware/dmi/tables/DMI", table())
        .with("sys/class/dmi/id/sys_vendor", "LENOVO\n")
        .with("sys/class/dmi/id/product_name", "20T0001SFR\n")
        .with("sys/class/dmi/id/product_version", "ThinkPad T14s Gen 1\n")
        .with("sys/class/dmi/id/chassis_type", "10\n")
        .with("sys/class/dmi/id/bios_date", "05/14/2020\n");
    let table = files.path("sys/firmware/dmi/tables/DMI");
    fs::set_permissions(&table, fs::Permissions::from_mode(0o0)).unwrap();
    if fs::read(&table).is_ok() {
        // Root reads everything; what it would get is proven above.
        fs::remove_file(&table).unwrap();
        let machine = files.read(SectionKind::Machine);
        assert_eq!(machine.status, Status::Collected, "a system without a table, not one that hides it");
    } else {
        assert_eq!(files.read(SectionKind::Machine).status, Status::NoPrivilege);
        assert_eq!(
            files.read(SectionKind::Memory),
            Section::missing(SectionKind::Memory, Status::NoPrivilege, NOW)
        );
    }
    let Some(Content::Machine(found)) = files.read(SectionKind::Machine).content else {
        panic!("no machine")
    };
    assert_eq!(
        (found.chassis, found.model.unwrap().as_str()),
        (Some(Chassis::Laptop), "ThinkPad T14s Gen 1")
    );
    assert_eq!(found.serial.raw(), None);
    let Some(Content::Bios(bios)) = files.read(SectionKind::Bios).content else { panic!("no firmware") };
    assert_eq!(bios.date, Day::of_iso("2020-05-14"));
}

#[test]
fn drives_that_stay_are_listed_and_what_is_plugged_in_is_not() {
    let files = Files::new()
        .with("sys/block/nvme0n1/size", "500118192\n")
        .with("sys/block/nvme0n1/wwid", "eui.0000000000000042\n")
        .with("sys/block/nvme0n1/queue/rotational", "0\n")
        .with("sys/block/nvme0n1/device/model", "Imaginaire 256          \n")
        .with("sys/block/nvme0n1/device/serial", "N-42                \n")
        .with("sys/block/nvme0n1/device/firmware_rev", "10604107\n")
        .with("sys/block/sda/size", "1953525168\n")
        .with("sys/block/sda/removable", "0\n")
        .with("sys/block/sda/queue/rotational", "1\n")
        .with("sys/block/sda/device/vendor", "ATA     \n")
        .with("sys/block/sda/device/model", "Tourne 1000\n")
        .with("sys/block/sda/device/vpd_pg80", b"\x00\x80\x00\x08  T-1000")
        .with("sys/devices/pci0/usb2/2-1/block/sdb/size", "60000000\n")
        .linked("sys/block/sdb", "../devices/pci0/usb2/2-1/block/sdb")
        .with("sys/block/sdc/size", "60000000\n")
        .with("sys/block/sdc/removable", "1\n")
        .with("sys/block/loop0/size", "100\n")
        .with("sys/block/zram0/size", "100\n")
        .with("sys/block/sdd/size", "0\n")
        .with("sys/block/vda/size", "100000\n");
    let section = files.read(SectionKind::Disks);
    assert_eq!(section.status, Status::Collected);
    let Some(Content::Disks(disks)) = section.content else { panic!("no drives") };
    let found: Vec<_> = disks
        .iter()
        .map(|disk| {
            (disk.model.as_ref().map_or("", |m| m.as_str()), disk.serial.good(), disk.bus, disk.media)
        })
        .collect();
    assert_eq!(
        found,
        [
            ("", None, Some(Bus::Virtual), Some(Media::Virtual)),
            ("Imaginaire 256", Some("N-42"), Some(Bus::Nvme), Some(Media::Ssd)),
            ("Tourne 1000", Some("T-1000"), Some(Bus::Ata), Some(Media::Hdd)),
        ]
    );
    assert_eq!(disks[1].size, 256_060_514_304);
}

#[test]
fn volumes_say_whether_they_are_encrypted_and_not_who_works_there() {
    let mounts = "22 27 0:21 / /proc rw - proc proc rw\n\
        27 1 253:1 / / rw shared:1 - ext4 /dev/mapper/pc-root rw\n\
        28 27 8:1 / /boot rw - ext4 /dev/sda1 rw\n\
        29 27 8:3 / /home/leroy/photos rw - xfs /dev/sda3 rw\n\
        30 27 8:17 / /media/leroy/CLE rw - vfat /dev/sdb1 rw\n\
        31 27 8:1 / /mnt rw - ext4 /dev/sda1 rw\n\
        32 27 7:0 / /snap/core rw - squashfs /dev/loop0 rw\n";
    let files = Files::new()
        .with("proc/self/mountinfo", mounts)
        .with("sys/block/sda/sda1/size", "1")
        .with("sys/block/sda/sda2/size", "1")
        .with("sys/block/sda/sda3/size", "1")
        .with("sys/block/sdb/removable", "1\n")
        .with("sys/block/sdb/sdb1/size", "1")
        .folder("sys/block/loop0/slaves")
        .with("sys/block/dm-0/dm/uuid", "CRYPT-LUKS2-0123\n")
        .with("sys/block/dm-0/dm/name", "pc_crypt\n")
        .folder("sys/block/dm-0/slaves/sda2")
        .with("sys/block/dm-1/dm/uuid", "LVM-0123\n")
        .with("sys/block/dm-1/dm/name", "pc-root\n")
        .folder("sys/block/dm-1/slaves/dm-0")
        .folder("boot")
        .folder("home/leroy/photos")
        .folder("media/leroy/CLE");
    let section = files.read(SectionKind::Volumes);
    let Some(Content::Volumes(volumes)) = &section.content else { panic!("no volumes") };
    let found: Vec<_> = volumes
        .iter()
        .map(|volume| {
            (
                volume.place.as_ref().map(|p| p.as_str()),
                volume.fs.as_ref().unwrap().as_str(),
                volume.encrypted,
            )
        })
        .collect();
    assert_eq!(
        found,
        [(None, "xfs", Some(false)), (Some("/"), "ext4", Some(true)), (Some("/boot"), "ext4", Some(false)),]
    );
    let bytes = section.pack().body;
    assert!(!bytes.windows(5).any(|window| window == b"leroy"));
}

#[test]
fn cards_that_are_hardware_have_the_address_they_were_made_with() {
    let card = |files: Files, name: &str, bus: &str, address: &str, assigned: &str| {
        files
            .with(&format!("sys/class/net/{name}/address"), address)
            .with(&format!("sys/class/net/{name}/addr_assign_type"), assigned)
            .with(&format!("sys/class/net/{name}/type"), "1\n")
            .with(&format!("sys/class/net/{name}/device/vendor"), "0x8086\n")
            .with(&format!("sys/class/net/{name}/device/device"), "0x15be\n")
            .linked(&format!("sys/class/net/{name}/device/subsystem"), &format!("../../../bus/{bus}"))
            .linked(&format!("sys/class/net/{name}/device/driver"), "../../../bus/pci/drivers/e1000e")
    };
    let files = card(Files::new(), "enp0s31f6", "pci", "8c:ec:4b:11:22:33\n", "0\n");
    let files =
        card(files, "wlp2s0", "pci", "5a:11:22:33:44:55\n", "3\n").folder("sys/class/net/wlp2s0/phy80211");
    let files = card(files, "enx1", "usb", "8c:ec:4b:00:00:01\n", "0\n");
    let files = card(files, "eth7", "virtio", "02:fc:00:00:00:01\n", "0\n");
    let files =
        files.with("sys/class/net/lo/address", "00:00:00:00:00:00\n").with("sys/class/net/lo/type", "772\n");
    let Some(Content::Nics(nics)) = files.read(SectionKind::Nics).content else { panic!("no cards") };
    let found: Vec<_> = nics.iter().map(|nic| (nic.mac.map(|mac| mac.to_string()), nic.kind)).collect();
    assert_eq!(
        found,
        [
            (None, NicKind::Ethernet),
            (None, NicKind::Wifi),
            (Some("8c:ec:4b:11:22:33".to_owned()), NicKind::Ethernet),
        ]
    );
    let wired = nics.last().unwrap();
    assert_eq!(wired.model.as_ref().unwrap().as_str(), "8086:15be");
    assert_eq!(wired.driver.as_ref().unwrap().as_str(), "e1000e");
}

#[test]
fn the_system_its_support_and_what_protects_its_start() {
    let release = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n";
    let table = "version,codename,series,created,release,eol,eol-lts\n\
                 12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-07-11,2028-06-30\n";
    let files = Files::new()
        .with("etc/os-release", release)
        .with("usr/share/distro-info/debian.csv", table)
        .with("sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", [6, 0, 0, 0, 1])
        .with("sys/class/tpm/tpm0/tpm_version_major", "2\n");
    let Some(Content::Os(os)) = files.read(SectionKind::Os).content else { panic!("no system") };
    assert_eq!((os.support_end, os.extended_end), (Day::of_iso("2026-07-11"), Day::of_iso("2028-06-30")));
    let Some(Content::Security(security)) = files.read(SectionKind::Security).content else {
        panic!("nothing")
    };
    assert_eq!((security.uefi, security.secure_boot, security.tpm), (Some(true), Some(true), Some(true)));
    assert_eq!(security.tpm_version.unwrap().as_str(), "2.0");
    let old = Security { uefi: Some(false), secure_boot: Some(false), tpm: Some(false), tpm_version: None };
    assert_eq!(Files::new().read(SectionKind::Security).content, Some(Content::Security(old)));
}

#[test]
fn batteries_are_the_computers_own_and_their_wear_is_health() {
    let supply = "sys/class/power_supply";
    let files = Files::new()
        .with(&format!("{supply}/AC/type"), "Mains\n")
        .with(&format!("{supply}/BAT0/type"), "Battery\n")
        .with(&format!("{supply}/BAT0/serial_number"), " 4242\n")
        .with(&format!("{supply}/BAT0/technology"), "Li-poly\n")
        .with(&format!("{supply}/BAT0/voltage_min_design"), "11520000\n")
        .with(&format!("{supply}/BAT0/charge_full_design"), "4000000\n")
        .with(&format!("{supply}/BAT0/charge_full"), "2400000\n")
        .with(&format!("{supply}/mouse/type"), "Battery\n")
        .with(&format!("{supply}/mouse/scope"), "Device\n");
    let Some(Content::Batteries(all)) = files.read(SectionKind::Batteries).content else { panic!("none") };
    assert_eq!((all.len(), all[0].design_mwh, all[0].serial.good()), (1, Some(46_080), Some("4242")));
    let Some(Content::Health(health)) = files.read(SectionKind::Health).content else { panic!("no health") };
    assert!(
        health.checks.iter().any(|check| check.value == Some(40) && check.grade == Grade::Watch),
        "{health:?}"
    );
}

#[test]
fn a_screen_without_an_edid_is_none_and_a_panel_is_part_of_the_computer() {
    let mut edid = vec![0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0x10, 0xac, 0xc4, 0xa0];
    edid.resize(128, 0);
    let files = Files::new()
        .folder("sys/class/drm/card0")
        .with("sys/class/drm/card0-eDP-1/edid", &edid)
        .with("sys/class/drm/card0-HDMI-A-1/edid", &edid)
        .with("sys/class/drm/card0-DP-1/edid", b"");
    let Some(Content::Displays(screens)) = files.read(SectionKind::Displays).content else { panic!("none") };
    assert_eq!(screens.iter().map(|screen| screen.internal).collect::<Vec<_>>(), [false, true]);
    let empty = Files::new().folder("sys/class/drm");
    assert_eq!(empty.read(SectionKind::Displays).content, Some(Content::Displays(List::default())));
}

/// A named pipe that nobody writes into holds its reader up like a drive that does not answer.
#[test]
fn a_source_that_hangs_is_given_up_and_not_asked_again_until_it_comes_back() {
    let files = Files::new().folder("etc");
    let pipe = files.path("etc/os-release");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    let linux = Linux::at(files.0.path(), Duration::from_millis(50));
    assert_eq!(linux.section(SectionKind::Os, NOW), Section::missing(SectionKind::Os, Status::TimedOut, NOW));
    assert_eq!(linux.section(SectionKind::Os, NOW).status, Status::TimedOut);
    assert_eq!(linux.section(SectionKind::Security, NOW).status, Status::Collected, "the others go on");
    // Somebody writes at last: the reader comes back, and the next one is asked again.
    fs::write(&pipe, "ID=debian\n").unwrap();
    fs::remove_file(&pipe).unwrap();
    fs::write(&pipe, "ID=debian\n").unwrap();
    let patient = Linux { patience: Duration::from_secs(20), ..linux };
    let read = (0..2000).any(|_| {
        std::thread::sleep(Duration::from_millis(5));
        patient.section(SectionKind::Os, NOW).status == Status::Collected
    });
    assert!(read);
}
