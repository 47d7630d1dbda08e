//! Fixed drives and volumes, by what their drivers answer. What is plugged in and out belongs to people, not to the equipment.

use aval_protocol::wire::inventory::items::{Disk, Volume};
use aval_protocol::wire::inventory::{Content, List, Status, Text};

use super::ask::ask;
use super::call::{self, Device};
use crate::inventory::reading::{Found, collected};
use crate::inventory::winio::{Controller, Drive};
use crate::inventory::wmi::{self, DriveWord, Missing, Question};

/// Numbers that drives have; those of drives that went away are left out.
const MOST: u32 = 32;
/// `IOCTL_STORAGE_QUERY_PROPERTY`, `IOCTL_DISK_GET_DRIVE_GEOMETRY_EX`, `IOCTL_STORAGE_PREDICT_FAILURE`.
const QUERY_PROPERTY: u32 = 0x002d_1400;
const GEOMETRY: u32 = 0x0007_00a0;
const PREDICT_FAILURE: u32 = 0x002d_1100;
/// `StorageDeviceProperty`, `StorageDeviceSeekPenaltyProperty`, `StorageAdapterProtocolSpecificProperty`.
const DEVICE: u32 = 0;
const SEEK_PENALTY: u32 = 7;
const PROTOCOL: u32 = 49;
/// `ProtocolTypeNvme`, `NVMeDataTypeIdentify`, and NVMe's number for the controller.
const NVME: u32 = 3;
const IDENTIFY: u32 = 1;
const CONTROLLER: u32 = 1;
/// `STORAGE_PROTOCOL_SPECIFIC_DATA`, and what it announces.
const HEAD: u32 = 40;
const IDENTITY: u32 = 4096;

/// A drive and what it says of its own future.
pub(super) struct Known {
    pub(super) disk: Disk,
    /// Whether it announces its failure; `None` when it is not asked or does not say.
    pub(super) fails: Option<bool>,
    /// What the system thinks of it.
    pub(super) word: DriveWord,
}

pub(super) fn disks() -> Found {
    let drives = drives();
    if drives.is_empty() {
        return (Status::Unsupported, None);
    }
    collected(Content::Disks(List::of(drives.into_iter().map(|known| known.disk))))
}

/// The drives that stay.
pub(super) fn drives() -> Vec<Known> {
    let words = ask(Question::Drives).and_then(|told| wmi::drives(&told)).unwrap_or_default();
    let known = |number| {
        let word = words.get(&number).copied().unwrap_or_default();
        drive(&Device::ask(&format!(r"\\.\PhysicalDrive{number}"))?, word)
    };
    (0..MOST).filter_map(known).collect()
}

fn drive(device: &Device, word: DriveWord) -> Option<Known> {
    let drive = described(device).filter(Drive::stays)?;
    // The size comes after the geometry of old.
    let geometry = device.control(GEOMETRY, &[], 256)?;
    let size = i64::from_le_bytes(*geometry.get(24..)?.first_chunk()?);
    let turns = device.control(QUERY_PROPERTY, &words(&[SEEK_PENALTY, 0, 0]), 12);
    let turns = turns.and_then(|answer| answer.get(8).map(|turns| *turns != 0));
    let fails = device.control(PREDICT_FAILURE, &[], 516);
    let fails = fails.and_then(|answer| Some(u32::from_le_bytes(*answer.first_chunk()?) != 0));
    let size = u64::try_from(size).ok().filter(|size| *size > 0)?;
    let mut disk = drive.disk(size, turns, controller(device).as_ref());
    disk.media = disk.media.or(word.media);
    Some(Known { disk, fails, word })
}

fn described(device: &Device) -> Option<Drive> {
    Drive::parse(&device.control(QUERY_PROPERTY, &words(&[DEVICE, 0, 0]), 4096)?)
}

/// What an NVMe controller says of itself, since Windows 10.
fn controller(device: &Device) -> Option<Controller> {
    let question = words(&[PROTOCOL, 0, NVME, IDENTIFY, CONTROLLER, 0, HEAD, IDENTITY, 0, 0, 0, 0]);
    let answer = device.control(QUERY_PROPERTY, &question, 8 + (HEAD + IDENTITY) as usize)?;
    Controller::parse(answer.get(8 + HEAD as usize..)?)
}

/// Letters name no person; names that people gave are not told.
pub(super) fn volumes() -> Found {
    let encryption = ask(Question::Encryption).and_then(|told| wmi::encryption(&told));
    let encrypted = |letter| encryption.as_ref().ok()?.get(&letter).copied().flatten();
    let volume = |letter: char| {
        let device = Device::ask(&format!(r"\\.\{letter}:"));
        // Of a volume whose drive says nothing the system's word that it is fixed stands.
        let stays = device.as_ref().and_then(described).is_none_or(|drive| drive.stays());
        let (_, total) = call::space(letter).filter(|_| stays)?;
        Some(Volume {
            place: Text::new(&format!("{letter}:")),
            fs: call::file_system(letter).and_then(|name| Text::name(&name)),
            size_mib: total >> 20,
            encrypted: encrypted(letter),
        })
    };
    let volumes: Vec<_> = call::fixed_volumes().into_iter().filter_map(volume).collect();
    if volumes.is_empty() {
        (Status::Unsupported, None)
    } else {
        // Home editions have no BitLocker to ask: all that there is was read.
        let status = match &encryption {
            Ok(_) | Err(Missing::Unsupported) => Status::Collected,
            Err(missing) => missing.status(),
        };
        (status, Some(Content::Volumes(List::of(volumes))))
    }
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}
