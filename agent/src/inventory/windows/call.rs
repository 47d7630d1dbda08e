//! The firmware's table, devices and volumes: the system's calls behind safe functions. Nothing is decided here.
#![allow(unsafe_code, reason = "Windows is called here; each buffer is as long as it is said to be")]

use std::ptr::{null, null_mut};

use windows_sys::Win32::Foundation::{CloseHandle, HANDLE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    FreeMibTable, GetIfTable2, MIB_IF_ROW2, MIB_IF_TABLE2,
};
use windows_sys::Win32::Storage::FileSystem::{
    CreateFileW, FILE_SHARE_READ, FILE_SHARE_WRITE, GetDiskFreeSpaceExW, GetDriveTypeW, GetLogicalDrives,
    GetVolumeInformationW, OPEN_EXISTING,
};
use windows_sys::Win32::System::IO::DeviceIoControl;
use windows_sys::Win32::System::Power::{GetSystemPowerStatus, SYSTEM_POWER_STATUS};
use windows_sys::Win32::System::SystemInformation::{
    GetSystemFirmwareTable, GlobalMemoryStatusEx, MEMORYSTATUSEX, RSMB,
};

/// `DRIVE_FIXED` of `fileapi.h`.
const FIXED: u32 = 3;
/// `GENERIC_READ` of `winnt.h`.
const READ: u32 = 0x8000_0000;
/// A table that a firmware has is some kilobytes.
const MAX_TABLE: usize = 1 << 20;

/// A text as Windows wants it.
pub(super) fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().filter(|&unit| unit != 0).chain([0]).collect()
}

/// The firmware's raw SMBIOS table with Windows' head before it.
pub(super) fn firmware_table() -> Option<Vec<u8>> {
    let mut table = vec![0; MAX_TABLE];
    let room = u32::try_from(table.len()).ok()?;
    // SAFETY: the buffer is as long as said.
    let length = unsafe { GetSystemFirmwareTable(RSMB, 0, table.as_mut_ptr().cast(), room) };
    let length = usize::try_from(length).ok().filter(|length| (1..=MAX_TABLE).contains(length))?;
    table.truncate(length);
    Some(table)
}

/// An open device.
pub(super) struct Device(HANDLE);

impl Device {
    /// Opens a device to ask it what everybody may ask.
    pub(super) fn ask(path: &str) -> Option<Self> {
        Self::open(path, 0)
    }

    /// Opens a device to read from it.
    pub(super) fn read(path: &str) -> Option<Self> {
        Self::open(path, READ)
    }

    fn open(path: &str, access: u32) -> Option<Self> {
        let path = wide(path);
        let share = FILE_SHARE_READ | FILE_SHARE_WRITE;
        // SAFETY: the text ends in a zero and outlives the call.
        let handle =
            unsafe { CreateFileW(path.as_ptr(), access, share, null(), OPEN_EXISTING, 0, null_mut()) };
        (handle != INVALID_HANDLE_VALUE).then_some(Self(handle))
    }

    /// What its driver answers, at most so many bytes.
    pub(super) fn control(&self, code: u32, question: &[u8], most: usize) -> Option<Vec<u8>> {
        let mut answer = vec![0_u8; most];
        let (asked, room) = (u32::try_from(question.len()).ok()?, u32::try_from(most).ok()?);
        let mut length = 0;
        // SAFETY: both buffers are as long as said.
        let done = unsafe {
            DeviceIoControl(
                self.0,
                code,
                question.as_ptr().cast(),
                asked,
                answer.as_mut_ptr().cast(),
                room,
                &raw mut length,
                null_mut(),
            )
        };
        answer.truncate(usize::try_from(length).ok()?);
        (done != 0).then_some(answer)
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        // SAFETY: the handle is this device's own.
        unsafe { CloseHandle(self.0) };
    }
}

/// Letters of fixed volumes.
pub(super) fn fixed_volumes() -> Vec<char> {
    // SAFETY: no argument.
    let present = unsafe { GetLogicalDrives() };
    let there =
        ('A'..='Z').enumerate().filter(|(index, _)| present >> index & 1 == 1).map(|(_, letter)| letter);
    there.filter(|letter| is_fixed(*letter)).collect()
}

fn is_fixed(letter: char) -> bool {
    let root = wide(&format!(r"{letter}:\"));
    // SAFETY: the text ends in a zero and outlives the call.
    unsafe { GetDriveTypeW(root.as_ptr()) == FIXED }
}

/// Free and total bytes of a volume.
pub(super) fn space(letter: char) -> Option<(u64, u64)> {
    let root = wide(&format!(r"{letter}:\"));
    let (mut free, mut total) = (0, 0);
    // SAFETY: text and numbers outlive the call.
    let known = unsafe { GetDiskFreeSpaceExW(root.as_ptr(), &raw mut free, &raw mut total, null_mut()) };
    (known != 0 && total > 0).then_some((free, total))
}

/// The name of a volume's file system.
pub(super) fn file_system(letter: char) -> Option<String> {
    let root = wide(&format!(r"{letter}:\"));
    let mut name = [0_u16; 64];
    // SAFETY: the buffer is as long as said; nothing else is asked for.
    let known = unsafe {
        GetVolumeInformationW(
            root.as_ptr(),
            null_mut(),
            0,
            null_mut(),
            null_mut(),
            null_mut(),
            name.as_mut_ptr(),
            64,
        )
    };
    let end = name.iter().position(|unit| *unit == 0).unwrap_or(0);
    (known != 0).then(|| String::from_utf16_lossy(&name[..end]))
}

/// Memory that the system sees, bytes.
pub(super) fn memory() -> Option<u64> {
    // SAFETY: plain numbers; zero is a value for each.
    let mut status: MEMORYSTATUSEX = unsafe { std::mem::zeroed() };
    status.dwLength = u32::try_from(size_of::<MEMORYSTATUSEX>()).ok()?;
    // SAFETY: the structure is as long as it says and outlives the call.
    let known = unsafe { GlobalMemoryStatusEx(&raw mut status) };
    (known != 0).then_some(status.ullTotalPhys)
}

/// Whether the system says that it has no battery; `None` when it does not know.
pub(super) fn no_battery() -> Option<bool> {
    const NONE: u8 = 128;
    const UNKNOWN: u8 = 255;
    // SAFETY: plain numbers; zero is a value for each.
    let mut status: SYSTEM_POWER_STATUS = unsafe { std::mem::zeroed() };
    // SAFETY: the structure outlives the call.
    let known = unsafe { GetSystemPowerStatus(&raw mut status) } != 0;
    (known && status.BatteryFlag != UNKNOWN).then_some(status.BatteryFlag & NONE != 0)
}

/// A network interface, as the system has it.
#[derive(Clone, Debug)]
pub(super) struct Interface {
    pub(super) guid: String,
    /// The address it was made with.
    pub(super) permanent: Vec<u8>,
    /// IANA's number of what it speaks.
    pub(super) kind: u32,
    /// Whether it is a piece of hardware.
    pub(super) hardware: bool,
}

/// All network interfaces.
pub(super) fn interfaces() -> Option<Vec<Interface>> {
    let mut table: *mut MIB_IF_TABLE2 = null_mut();
    // SAFETY: the table's rows follow its count, and it is given back after its last use.
    unsafe {
        if GetIfTable2(&raw mut table) != 0 || table.is_null() {
            return None;
        }
        let count = usize::try_from((*table).NumEntries).unwrap_or(0);
        let rows = std::slice::from_raw_parts((&raw const (*table).Table).cast::<MIB_IF_ROW2>(), count);
        let interfaces = rows.iter().map(interface).collect();
        FreeMibTable(table.cast());
        Some(interfaces)
    }
}

fn interface(row: &MIB_IF_ROW2) -> Interface {
    let guid = row.InterfaceGuid;
    let tail: String = guid.data4[2..].iter().map(|byte| format!("{byte:02X}")).collect();
    let length =
        usize::try_from(row.PhysicalAddressLength).unwrap_or(0).min(row.PermanentPhysicalAddress.len());
    Interface {
        guid: format!(
            "{{{:08X}-{:04X}-{:04X}-{:02X}{:02X}-{tail}}}",
            guid.data1, guid.data2, guid.data3, guid.data4[0], guid.data4[1]
        ),
        permanent: row.PermanentPhysicalAddress[..length].to_vec(),
        kind: row.Type,
        // The first bit of the flags (netioapi.h).
        hardware: row.InterfaceAndOperStatusFlags._bitfield & 1 == 1,
    }
}
