//! What guards the system: known antivirus products by their services, and firewalls.
//!
//! A service is on when systemd keeps a group of processes for it (cgroups(7)); nothing is started to find out.

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::items::{Guard, Protection};
use aval_protocol::wire::inventory::{Content, List, Text};

use super::root::Root;
use super::{Found, collected};

/// Where units lie, the owner's first (systemd.unit(5)).
const UNITS: &[&str] = &["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];
const GROUPS: &[&str] = &["/sys/fs/cgroup/system.slice", "/sys/fs/cgroup/systemd/system.slice"];
/// Units and the products they belong to, by their makers' manuals.
const ANTIVIRUS: &[(&str, &str)] = &[
    ("bdsec.service", "Bitdefender GravityZone"),
    ("cbagentd.service", "VMware Carbon Black"),
    ("clamav-daemon.service", "ClamAV"),
    ("clamd@scan.service", "ClamAV"),
    ("ds_agent.service", "Trend Micro Deep Security"),
    ("eea.service", "ESET Endpoint Antivirus"),
    ("efs.service", "ESET Server Security"),
    ("falcon-sensor.service", "CrowdStrike Falcon"),
    ("hurukai.service", "HarfangLab"),
    ("kesl.service", "Kaspersky Endpoint Security"),
    ("mdatp.service", "Microsoft Defender for Endpoint"),
    ("sentinelone.service", "SentinelOne"),
    ("sophos-spl.service", "Sophos Protection for Linux"),
    ("traps_pmd.service", "Cortex XDR"),
    ("xagt.service", "Trellix Endpoint Security (HX)"),
];
/// Firewalls that run as services.
const FIREWALLS: &[(&str, &str)] = &[("firewalld.service", "firewalld")];
/// Says by itself whether it is on.
const UFW: &str = "/etc/ufw/ufw.conf";
/// Loads its rules once at the start, and runs no process.
const NFT: (&str, &str) = ("nftables.service", "nftables");
const ENABLED: &str = "/etc/systemd/system/sysinit.target.wants";
/// ClamAV's daily signatures.
const SIGNATURES: &[&str] = &["/var/lib/clamav/daily.cld", "/var/lib/clamav/daily.cvd"];

pub(super) fn protection(root: &Root) -> Found {
    collected(Content::Protection(known(root)))
}

pub(super) fn known(root: &Root) -> Protection {
    let mut firewalls: Vec<_> = FIREWALLS.iter().filter_map(|guard| service(root, *guard)).collect();
    if let Some(conf) = root.text(UFW) {
        let on = conf.lines().any(|line| line.trim().eq_ignore_ascii_case("ENABLED=yes"));
        firewalls.extend(guard("ufw", Some(on)));
    }
    if installed(root, NFT.0) {
        firewalls.extend(guard(NFT.1, Some(root.exists(&format!("{ENABLED}/{}", NFT.0)))));
    }
    Protection {
        antivirus: List::of(ANTIVIRUS.iter().filter_map(|guard| service(root, *guard))),
        firewalls: List::of(firewalls),
    }
}

/// Days since the signatures of a product were renewed, where they lie in the open.
pub(super) fn signatures_age(root: &Root, now: UnixSeconds) -> Option<i64> {
    SIGNATURES.iter().filter_map(|file| root.days_since_change(file, now)).min()
}

fn service(root: &Root, (unit, name): (&str, &str)) -> Option<Guard> {
    if !installed(root, unit) {
        return None;
    }
    let systemd = root.exists(GROUPS[0]) || root.exists(GROUPS[1]);
    let running = GROUPS.iter().any(|groups| root.exists(&format!("{groups}/{unit}")));
    guard(name, systemd.then_some(running))
}

fn installed(root: &Root, unit: &str) -> bool {
    // A unit made from a template, `clamd@scan`, lies under the template's name.
    let template = unit.split_once('@').map(|(name, _)| format!("{name}@.service"));
    let lies = |unit: &str| UNITS.iter().any(|folder| root.exists(&format!("{folder}/{unit}")));
    lies(unit) || template.is_some_and(|template| lies(&template))
}

fn guard(name: &str, enabled: Option<bool>) -> Option<Guard> {
    Some(Guard { name: Text::new(name)?, enabled })
}
