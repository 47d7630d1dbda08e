//! Volumes of fixed drives in use, and whether they are encrypted.
//!
//! A mount point can say who works here (`/media/leroy/PHOTOS`): only places that every system has are named.

use aval_protocol::wire::inventory::items::Volume;
use aval_protocol::wire::inventory::{Content, List, Status, Text};
use rustix::fs::statvfs;

use super::root::Root;
use super::storage::fixed;
use super::{Found, collected};

/// Places that every system has, and what a PC's firmware needs (FHS 3.0, Boot Loader Specification).
const PLACES: &[&str] =
    &["/", "/boot", "/boot/efi", "/efi", "/home", "/opt", "/srv", "/tmp", "/usr", "/var", "/var/log"];
/// File systems that show pieces of others.
const IMAGES: &[&str] = &["squashfs", "iso9660", "udf", "erofs"];
/// How deep drives may be made of drives.
const DEPTH: u8 = 8;

/// A line of `/proc/self/mountinfo` (proc(5)).
struct Mount {
    place: String,
    fs: String,
    device: String,
}

pub(super) fn volumes(root: &Root) -> Found {
    let Some(list) = root.text("/proc/self/mountinfo") else { return (Status::Unsupported, None) };
    let mut seen = Vec::new();
    let mut volumes = Vec::new();
    for mount in list.lines().filter_map(mount) {
        let Some(device) = block_device(root, &mount.device) else { continue };
        // The same volume may appear in many places; the first is where the system put it.
        if IMAGES.contains(&mount.fs.as_str()) || seen.contains(&device) || !stays(root, &device, DEPTH) {
            continue;
        }
        let Some((_, total)) = space(root, &mount.place) else { continue };
        volumes.push(Volume {
            place: PLACES.contains(&mount.place.as_str()).then(|| Text::new(&mount.place)).flatten(),
            fs: Text::name(&mount.fs),
            size_mib: total >> 20,
            encrypted: Some(encrypted(root, &device, DEPTH)),
        });
        seen.push(device);
    }
    collected(Content::Volumes(List::of(volumes)))
}

/// Free and total bytes of the file system at a place.
pub(super) fn space(root: &Root, place: &str) -> Option<(u64, u64)> {
    let found = statvfs(root.path(place)).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
    (found.f_blocks > 0).then(|| (bytes(found.f_bavail), bytes(found.f_blocks)))
}

fn mount(line: &str) -> Option<Mount> {
    let (before, after) = line.split_once(" - ")?;
    let mut after = after.split(' ');
    Some(Mount {
        place: unescaped(before.split(' ').nth(4)?),
        fs: after.next()?.to_owned(),
        device: unescaped(after.next()?),
    })
}

/// White space and backslashes are written in octal.
fn unescaped(text: &str) -> String {
    let octal = [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")];
    octal.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The kernel's name of what is mounted.
fn block_device(root: &Root, source: &str) -> Option<String> {
    let name = source.strip_prefix("/dev/")?;
    match name.strip_prefix("mapper/") {
        Some(mapped) => root
            .names("/sys/block")?
            .into_iter()
            .find(|dm| root.text(&format!("/sys/block/{dm}/dm/name")).is_some_and(|found| found == mapped)),
        None => (!name.contains('/')).then(|| name.to_owned()),
    }
}

/// Whether all that it is made of stays in the machine.
fn stays(root: &Root, device: &str, depth: u8) -> bool {
    match (below(root, device), depth) {
        (_, 0) => false,
        (Some(parts), _) if !parts.is_empty() => parts.iter().all(|part| stays(root, part, depth - 1)),
        _ => drive(root, device).is_some_and(|drive| fixed(root, &drive)),
    }
}

/// Whether dm-crypt is somewhere below it.
fn encrypted(root: &Root, device: &str, depth: u8) -> bool {
    let here =
        root.text(&format!("/sys/block/{device}/dm/uuid")).is_some_and(|uuid| uuid.starts_with("CRYPT-"));
    let parts = below(root, device).unwrap_or_default();
    here || (depth > 0 && parts.iter().any(|part| encrypted(root, part, depth - 1)))
}

fn below(root: &Root, device: &str) -> Option<Vec<String>> {
    root.names(&format!("/sys/block/{device}/slaves"))
}

/// The drive that a partition, or a whole drive, is on.
fn drive(root: &Root, device: &str) -> Option<String> {
    if root.exists(&format!("/sys/block/{device}")) {
        return Some(device.to_owned());
    }
    root.names("/sys/block")?.into_iter().find(|drive| root.exists(&format!("/sys/block/{drive}/{device}")))
}
