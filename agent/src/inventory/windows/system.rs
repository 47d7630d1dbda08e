//! The system, and how it starts, by the registry.

use aval_protocol::wire::inventory::items::{Os, Security};
use aval_protocol::wire::inventory::{Content, Status, Text};

use super::registry::Key;
use crate::inventory::reading::{Found, collected};
use crate::inventory::winver::{self, Known};

const VERSION: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion";
const CONTROL: &str = r"SYSTEM\CurrentControlSet\Control";
const SECURE_BOOT: &str = r"SYSTEM\CurrentControlSet\Control\SecureBoot\State";
/// The chips that the TPM's driver runs now.
const TPM: &str = r"SYSTEM\CurrentControlSet\Services\TPM\Enum";
/// `FirmwareTypeUefi`.
const UEFI: u32 = 2;

pub(super) fn os() -> Found {
    match known() {
        Some(os) => collected(Content::Os(os)),
        None => (Status::Unsupported, None),
    }
}

pub(super) fn known() -> Option<Os> {
    let key = Key::open(VERSION)?;
    let text = |name: &str| key.text(name).unwrap_or_default();
    let known = Known {
        product: key.text("ProductName")?,
        edition: text("EditionID"),
        installation: text("InstallationType"),
        release: key.text("DisplayVersion").or_else(|| key.text("ReleaseId")),
        version: text("CurrentVersion"),
        build: text("CurrentBuildNumber").parse().unwrap_or(0),
    };
    Some(winver::os(&known, &sysinfo::System::cpu_arch()))
}

pub(super) fn security() -> Found {
    let uefi = Key::open(CONTROL).and_then(|key| key.number("PEFirmwareType")).map(|kind| kind == UEFI);
    let secure = Key::open(SECURE_BOOT).and_then(|key| key.number("UEFISecureBootEnabled")).map(|on| on == 1);
    let chips = Key::open(TPM);
    let tpm = chips.as_ref().map(|key| key.number("Count").unwrap_or(0) > 0);
    let version = chips.and_then(|key| key.text("0")).and_then(|chip| match chip.to_uppercase() {
        // The names of the Trusted Computing Group's ACPI specification.
        chip if chip.starts_with(r"ACPI\MSFT0101") => Some("2.0"),
        chip if chip.starts_with(r"ACPI\PNP0C31") => Some("1.2"),
        _ => None,
    });
    if uefi.is_none() && secure.is_none() && tpm.is_none() {
        return (Status::Unsupported, None);
    }
    collected(Content::Security(Security {
        uefi,
        // Without UEFI there is no secure boot.
        secure_boot: if uefi == Some(false) { Some(false) } else { secure },
        tpm,
        tpm_version: version.filter(|_| tpm == Some(true)).and_then(Text::new),
    }))
}
