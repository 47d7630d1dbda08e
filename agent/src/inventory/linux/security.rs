//! How the machine starts, and whether it has a chip for keys.

use aval_protocol::wire::inventory::items::Security;
use aval_protocol::wire::inventory::{Content, Text};

use super::root::Root;
use super::{Found, collected};

const EFI: &str = "/sys/firmware/efi";
/// The variable of the UEFI specification (3.3); four bytes of attributes come before its value.
const SECURE_BOOT: &str = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
const TPM: &str = "/sys/class/tpm/tpm0";

pub(super) fn security(root: &Root) -> Found {
    let uefi = root.exists(EFI);
    let variable = root.bytes(SECURE_BOOT, 16).ok().and_then(|bytes| bytes.get(4).map(|value| *value == 1));
    let tpm = root.exists(TPM);
    let version = root.text(&format!("{TPM}/tpm_version_major")).map(|major| match major.as_str() {
        "1" => "1.2".to_owned(),
        major => format!("{major}.0"),
    });
    collected(Content::Security(Security {
        uefi: Some(uefi),
        // Without UEFI there is no secure boot.
        secure_boot: if uefi { variable } else { Some(false) },
        tpm: Some(tpm),
        tpm_version: version.filter(|_| tpm).and_then(|version| Text::new(&version)),
    }))
}
