//! Fixed drives, by `/sys/block`. What is plugged in and out (USB, cards, discs) belongs to people, not to the equipment.

use aval_protocol::wire::inventory::items::Disk;
use aval_protocol::wire::inventory::{Bus, Content, List, Media, Serial, Status, Text};

use super::Found;
use super::root::{Missing, Root};

/// Unit of `size` in `/sys/block`, whatever the drive's own sectors are.
const SECTOR: u64 = 512;
/// Names of what is no drive: made of other drives, of files or of memory.
const MADE_UP: &[&str] = &["dm-", "drbd", "fd", "loop", "md", "nbd", "ram", "rbd", "sr", "zd", "zram"];

pub(super) fn disks(root: &Root) -> Found {
    let Some(names) = root.names("/sys/block") else { return (Status::Unsupported, None) };
    let mut status = Status::Collected;
    let mut disks = Vec::new();
    for name in names.iter().filter(|name| fixed(root, name)) {
        let (disk, denied) = disk(root, name);
        if denied {
            status = Status::NoPrivilege;
        }
        disks.extend(disk);
    }
    (status, Some(Content::Disks(List::of(disks))))
}

/// The drives that stay, by the kernel's names.
pub(super) fn drives(root: &Root) -> Vec<(String, Disk)> {
    let names = root.names("/sys/block").unwrap_or_default();
    let fixed = names.into_iter().filter(|name| fixed(root, name));
    fixed.filter_map(|name| disk(root, &name).0.map(|disk| (name, disk))).collect()
}

/// Whether this names a drive that stays.
pub(super) fn fixed(root: &Root, name: &str) -> bool {
    let of = |file: &str| root.text(&format!("/sys/block/{name}/{file}"));
    !MADE_UP.iter().any(|prefix| name.starts_with(prefix))
        && of("removable").is_none_or(|removable| removable != "1")
        && of("hidden").is_none_or(|hidden| hidden != "1")
        && !on_usb(root, name)
}

fn on_usb(root: &Root, name: &str) -> bool {
    let path = std::fs::canonicalize(root.path(&format!("/sys/block/{name}")));
    path.is_ok_and(|path| path.components().any(|part| part.as_os_str().to_string_lossy().starts_with("usb")))
}

/// The drive, and whether its serial number is for root.
fn disk(root: &Root, name: &str) -> (Option<Disk>, bool) {
    let text = |file: &str| root.text(&format!("/sys/block/{name}/{file}")).filter(|text| !text.is_empty());
    let size =
        text("size").and_then(|sectors| sectors.parse::<u64>().ok()).unwrap_or(0).saturating_mul(SECTOR);
    if size == 0 {
        return (None, false);
    }
    let bus = bus(root, name);
    let turning = text("queue/rotational").is_some_and(|turning| turning == "1");
    let media = match bus {
        Some(Bus::Virtual) => Media::Virtual,
        _ if turning => Media::Hdd,
        _ => Media::Ssd,
    };
    let page = root.bytes(&format!("/sys/block/{name}/device/vpd_pg80"), 256);
    let denied = page == Err(Missing::Denied);
    let plain = text("device/serial").or_else(|| text("serial"));
    let serial = plain.or_else(|| page.ok().and_then(|page| unit_serial(&page)));
    let model = text("device/model").or_else(|| text("device/name"));
    let vendor = text("device/vendor").filter(|vendor| vendor != "ATA" && !vendor.starts_with("0x"));
    let model = match (vendor, model) {
        (Some(vendor), Some(model)) => Some(format!("{vendor} {model}")),
        (_, model) => model,
    };
    let disk = Disk {
        model: model.and_then(|model| Text::name(&model)),
        serial: Serial::new(&serial.unwrap_or_default()),
        wwn: text("wwid").or_else(|| text("device/wwid")).and_then(|wwn| Text::new(&wwn)),
        size,
        bus,
        media: Some(media),
        firmware: text("device/firmware_rev").or_else(|| text("device/rev")).and_then(|rev| Text::name(&rev)),
    };
    (Some(disk), denied)
}

fn bus(root: &Root, name: &str) -> Option<Bus> {
    let vendor = || root.text(&format!("/sys/block/{name}/device/vendor")).unwrap_or_default();
    Some(match name {
        _ if name.starts_with("nvme") => Bus::Nvme,
        _ if name.starts_with("mmcblk") => Bus::Mmc,
        _ if name.starts_with("vd") || name.starts_with("xvd") => Bus::Virtual,
        _ if name.starts_with("hd") => Bus::Ata,
        _ if name.starts_with("sd") => match vendor().as_str() {
            "ATA" => Bus::Ata,
            "QEMU" | "VMware" | "VMware," | "Msft" | "VBOX" => Bus::Virtual,
            _ => Bus::Scsi,
        },
        _ => return None,
    })
}

/// The unit serial number page of SCSI (SPC-4, 7.8.15): four bytes of head, then text.
fn unit_serial(page: &[u8]) -> Option<String> {
    let length = usize::from(u16::from_be_bytes([*page.get(2)?, *page.get(3)?]));
    let text = page.get(4..)?;
    Some(String::from_utf8_lossy(&text[..length.min(text.len())]).into_owned())
}
