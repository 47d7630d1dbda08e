//! Processors and the operating system.

use aval_protocol::wire::inventory::{Content, Status};

use super::root::Root;
use super::{Found, collected, firmware};
use crate::inventory::{cpuinfo, release};

pub(super) fn cpu(root: &Root) -> Found {
    if let Some(content) = firmware::cpus(root) {
        return collected(content);
    }
    match root.text("/proc/cpuinfo").map(|text| cpuinfo::cpus(&text)) {
        Some(cpus) if !cpus.is_empty() => collected(Content::Cpu(cpus)),
        _ => (Status::Unsupported, None),
    }
}

pub(super) fn os(root: &Root) -> Found {
    match known(root) {
        Some(os) => collected(Content::Os(os)),
        None => (Status::Unsupported, None),
    }
}

/// The system and until when it is supported, as far as its files say.
pub(super) fn known(root: &Root) -> Option<aval_protocol::wire::inventory::items::Os> {
    let text = root.text("/etc/os-release").or_else(|| root.text("/usr/lib/os-release"))?;
    let mut os = release::os(&text, &sysinfo::System::cpu_arch());
    if let (None, Some(id), Some(codename)) = (os.support_end, &os.id, release::codename(&text)) {
        let table = match id.as_str() {
            name @ ("debian" | "ubuntu") => root.text(&format!("/usr/share/distro-info/{name}.csv")),
            _ => None,
        };
        (os.support_end, os.extended_end) = release::support(&table.unwrap_or_default(), &codename);
    }
    Some(os)
}
