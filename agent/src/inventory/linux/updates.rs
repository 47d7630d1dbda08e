//! Updates that wait on this system, asked of its package manager in pretence, from what it downloaded last.

use std::time::Duration;

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::Unmeasured;
use aval_protocol::wire::inventory::items::Check;

use super::child::{Ran, run};
use super::root::Root;
use crate::inventory::grade;
use crate::inventory::updates::{Waiting, apt, dnf};

const APT: &[&str] = &["/usr/bin/apt-get"];
/// Pretends, and takes no lock. Its cache of parsed lists makes it ten times cheaper, so that stays in use.
const PRETEND: &[&str] = &["--simulate", "--quiet=2", "--option=Debug::NoLocking=true", "dist-upgrade"];
const DNF: &[&str] = &["/usr/bin/dnf"];
/// From the cache alone: nothing is fetched.
const LISTED: &[&str] = &["--quiet", "--cacheonly", "check-update"];
const MENDING: &[&str] = &["--quiet", "--cacheonly", "check-update", "--security"];
/// Lists that were fetched: the folder changes when one is replaced, the stamp also when nothing was new (Ubuntu).
const RENEWED: &[&str] = &[
    "/var/lib/apt/lists",
    "/var/lib/apt/periodic/update-success-stamp",
    "/var/cache/dnf",
    "/var/cache/libdnf5",
];
/// What is installed.
const INSTALLED: &[&str] = &["/var/lib/dpkg/status", "/var/lib/rpm", "/usr/lib/sysimage/rpm"];
/// Made by packages of Debian and Ubuntu that need a restart.
const RESTART: &str = "/run/reboot-required";

/// The moments of the lists and of what is installed: as long as they stay, so does the answer.
pub(super) type Moments = [Option<i64>; 2];

pub(super) fn moments(root: &Root) -> Moments {
    [RENEWED, INSTALLED].map(|files| files.iter().filter_map(|file| root.changed_at(file)).max())
}

/// What waits.
pub(super) fn waiting(root: &Root, deadline: Duration) -> Result<Waiting, Unmeasured> {
    let said = |ran| match ran {
        Ran::Said(said) => Ok(String::from_utf8_lossy(&said).into_owned()),
        Ran::Absent => Err(Unmeasured::NoSource),
        Ran::TimedOut => Err(Unmeasured::TimedOut),
        Ran::Failed => Err(Unmeasured::Unreadable),
    };
    if root.exists(APT[0]) {
        return said(run(root, APT, PRETEND, deadline)).map(|text| apt(&text));
    }
    let all = said(run(root, DNF, LISTED, deadline / 2))?;
    Ok(dnf(&all, &said(run(root, DNF, MENDING, deadline / 2))?))
}

/// What waits, judged now.
pub(super) fn checks(root: &Root, waiting: Result<Waiting, Unmeasured>, now: UnixSeconds) -> Vec<Check> {
    let days = |at: Option<i64>| at.map(|at| now.0.saturating_sub(at).max(0) / 86_400);
    let [renewed, installed] = moments(root);
    let mut checks = grade::updates(waiting, days(renewed), days(installed)).to_vec();
    let restart = match root.days_since_change(RESTART, now) {
        Some(days) => Ok(Some(days)),
        // Only these families say it with this file.
        None if root.exists(APT[0]) => Ok(None),
        None => Err(Unmeasured::NoSource),
    };
    checks.push(grade::restart(restart));
    checks
}
