//! What Windows' own management (WMI) and its update service say, read from rows of their classes. Pure.
//!
//! Whoever asks them may wait for ever – a broken provider answers nobody – so a child process does, one for each [`Question`], and writes
//! what it was told as JSON. Here is what is asked and what an answer means, by Microsoft's documentation of the classes.

use std::collections::BTreeMap;
use std::time::Duration;

use aval_protocol::wire::inventory::items::Guard;
use aval_protocol::wire::inventory::{Media, Status, Text, Unmeasured};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::updates::Waiting;

/// What one child asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Question {
    /// Which volumes BitLocker protects. For administrators.
    Encryption,
    /// Products that registered with the security centre. Server editions have none.
    Protection,
    /// Microsoft's own antivirus, which may hang where another one has taken its place.
    Defender,
    /// Updates that wait, by what the update service found last: nothing is fetched.
    Updates,
    /// What the system thinks of its drives, and their counters. The counters are for administrators.
    Drives,
}

/// What one class answered.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Told {
    /// Its instances.
    Rows(Vec<Row>),
    /// It did not: the `HRESULT`.
    Refused(u32),
}

/// Properties by name; those that have no value are `Null` or absent.
pub type Row = BTreeMap<String, Value>;

/// Why there is no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Missing {
    /// This Windows has no such class.
    Unsupported,
    /// It is for others.
    Denied,
    /// It did not come in time.
    TimedOut,
    /// It makes no sense.
    Failed,
}

/// What there is to know of an antivirus product or firewall.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Product {
    /// What it calls itself.
    pub guard: Guard,
    /// Whether its signatures are out of date, by its own word.
    pub stale: bool,
}

/// What the system thinks of a drive.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DriveWord {
    /// Whether it works.
    pub health: Option<Condition>,
    /// What it stores on.
    pub media: Option<Media>,
    /// Wear of flash, %.
    pub wear: Option<i64>,
    /// Its temperature, °C.
    pub celsius: Option<i64>,
}

/// `HealthStatus` of a drive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Condition {
    /// 0.
    Healthy,
    /// 1.
    Warning,
    /// 2.
    Unhealthy,
}

/// Updates, and when Windows last looked for them and installed any, in seconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct UpdatesWord {
    /// What waits.
    pub waiting: Waiting,
    /// When it looked.
    pub searched: Option<i64>,
    /// When it installed.
    pub installed: Option<i64>,
}

const CENTRE: &str = r"ROOT\SecurityCenter2";
const STORAGE: &str = r"ROOT\Microsoft\Windows\Storage";
/// Update classification "Security Updates" (Update classification GUIDs, Windows Update Agent).
const SECURITY: &str = "0fa1201d-4330-4fa8-8ae9-b877473b6441";
/// From 1899-12-30, where dates of OLE Automation begin, to 1970-01-01, in days.
const OLE_EPOCH: f64 = 25_569.0;
const DAY_S: f64 = 86_400.0;

// === impl Question

impl Question {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Encryption, Self::Protection, Self::Defender, Self::Updates, Self::Drives];

    /// As the child is told.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Encryption => "encryption",
            Self::Protection => "protection",
            Self::Defender => "defender",
            Self::Updates => "updates",
            Self::Drives => "drives",
        }
    }

    /// The question of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.name() == name)
    }

    /// Namespaces and what is asked of them, in WQL. The update service has no classes.
    pub const fn queries(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Encryption => &[(
                r"ROOT\CIMV2\Security\MicrosoftVolumeEncryption",
                "SELECT DriveLetter, ProtectionStatus FROM Win32_EncryptableVolume",
            )],
            Self::Protection => &[
                (CENTRE, "SELECT displayName, productState FROM AntiVirusProduct"),
                (CENTRE, "SELECT displayName, productState FROM FirewallProduct"),
            ],
            Self::Defender => &[(
                r"ROOT\Microsoft\Windows\Defender",
                "SELECT AntivirusEnabled, RealTimeProtectionEnabled, AntivirusSignatureAge FROM MSFT_MpComputerStatus",
            )],
            Self::Updates => &[],
            Self::Drives => &[
                (STORAGE, "SELECT DeviceId, HealthStatus, MediaType FROM MSFT_PhysicalDisk"),
                (STORAGE, "SELECT DeviceId, Wear, Temperature FROM MSFT_StorageReliabilityCounter"),
            ],
        }
    }

    /// How long its child may take. The update service ponders for a minute on an old PC.
    pub const fn deadline(self) -> Duration {
        match self {
            Self::Updates => Duration::from_secs(75),
            _ => Duration::from_secs(12),
        }
    }
}

// === impl Missing

impl Missing {
    /// What an `HRESULT` means here (`wbemcli.h`, `winerror.h`, `wuerror.h`).
    pub const fn of(code: u32) -> Self {
        match code {
            // WBEM_E_ACCESS_DENIED, E_ACCESSDENIED, WBEM_E_PRIVILEGE_NOT_HELD.
            0x8004_1003 | 0x8007_0005 | 0x8004_1062 => Self::Denied,
            // WBEM_E_NOT_FOUND, _INVALID_NAMESPACE, _INVALID_CLASS, _NOT_SUPPORTED, _PROVIDER_NOT_FOUND, _PROVIDER_LOAD_FAILURE;
            // E_NOTIMPL, E_NOINTERFACE, REGDB_E_CLASSNOTREG, ERROR_SERVICE_DISABLED, WU_E_SERVICE_STOP.
            0x8004_1002 | 0x8004_100e | 0x8004_1010 | 0x8004_100c | 0x8004_1011 | 0x8004_1013
            | 0x8000_4001 | 0x8000_4002 | 0x8004_0154 | 0x8007_0422 | 0x8024_001e => Self::Unsupported,
            _ => Self::Failed,
        }
    }

    /// As the status of a section that lacks only that.
    pub const fn status(self) -> Status {
        match self {
            Self::Unsupported => Status::Unsupported,
            Self::Denied => Status::NoPrivilege,
            Self::TimedOut => Status::TimedOut,
            Self::Failed => Status::Error,
        }
    }

    /// As the reason of a check.
    pub const fn unmeasured(self) -> Unmeasured {
        match self {
            Self::Unsupported => Unmeasured::NoSource,
            Self::Denied => Unmeasured::NoPrivilege,
            Self::TimedOut => Unmeasured::TimedOut,
            Self::Failed => Unmeasured::Unreadable,
        }
    }
}

// === Answers

/// Whether BitLocker protects a volume, by its letter; `None` of one that is locked, or in another state that tells nothing.
///
/// # Errors
/// [`Missing`].
pub fn encryption(told: &[Told]) -> Result<BTreeMap<char, Option<bool>>, Missing> {
    let volume = |row: &Row| {
        let letter = text(row, "DriveLetter")?.chars().next()?;
        let protected = match number(row, "ProtectionStatus") {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        };
        Some((letter.to_ascii_uppercase(), protected))
    };
    Ok(rows(told, 0)?.iter().filter_map(volume).collect())
}

/// Antivirus products, then firewalls, of the security centre.
///
/// # Errors
/// [`Missing`], when it does not know antivirus products.
pub fn protection(told: &[Told]) -> Result<[Vec<Product>; 2], Missing> {
    let of = |rows: &[Row]| rows.iter().filter_map(product).collect();
    Ok([of(rows(told, 0)?), rows(told, 1).map(of).unwrap_or_default()])
}

fn product(row: &Row) -> Option<Product> {
    let state = number(row, "productState");
    // Microsoft documents no bits; each product writes them so. In hexadecimal the fourth digit from the right is 0 off, 1 on, 2 snoozed,
    // 3 expired, and the second one 0 with signatures that are up to date.
    let enabled = match state.map(|state| state >> 12 & 0xf) {
        Some(1) => Some(true),
        Some(0 | 2 | 3) => Some(false),
        _ => None,
    };
    let stale = state.is_some_and(|state| state >> 4 & 0xf != 0);
    Some(Product { guard: Guard { name: Text::name(text(row, "displayName")?)?, enabled }, stale })
}

/// Whether Microsoft's antivirus is on, and the age of its signatures in days.
///
/// # Errors
/// [`Missing`].
pub fn defender(told: &[Told]) -> Result<(bool, Option<i64>), Missing> {
    let row = rows(told, 0)?.first().ok_or(Missing::Unsupported)?;
    let on = |name: &str| row.get(name).and_then(Value::as_bool).unwrap_or(false);
    // 65535 days stand for "never".
    let age = number(row, "AntivirusSignatureAge").filter(|days| *days < 65_535);
    Ok((on("AntivirusEnabled") && on("RealTimeProtectionEnabled"), age))
}

/// Drives by their numbers.
///
/// # Errors
/// [`Missing`].
pub fn drives(told: &[Told]) -> Result<BTreeMap<u32, DriveWord>, Missing> {
    let mut words: BTreeMap<u32, DriveWord> = BTreeMap::new();
    let id = |row: &Row| text(row, "DeviceId")?.parse::<u32>().ok();
    for row in rows(told, 0)? {
        let Some(id) = id(row) else { continue };
        let word = words.entry(id).or_default();
        word.health = match number(row, "HealthStatus") {
            Some(0) => Some(Condition::Healthy),
            Some(1) => Some(Condition::Warning),
            Some(2) => Some(Condition::Unhealthy),
            _ => None,
        };
        word.media = match number(row, "MediaType") {
            Some(3) => Some(Media::Hdd),
            Some(4) => Some(Media::Ssd),
            _ => None,
        };
    }
    // Without its counters the rest of a drive's word stands.
    for row in rows(told, 1).unwrap_or_default() {
        if let Some(word) = id(row).and_then(|id| words.get_mut(&id)) {
            // Turning disks wear otherwise, and many drivers leave a zero.
            word.wear = number(row, "Wear").filter(|_| word.media != Some(Media::Hdd));
            word.celsius = number(row, "Temperature").filter(|celsius| *celsius > 0);
        }
    }
    Ok(words)
}

/// What waits, and the moments.
///
/// # Errors
/// [`Missing`], when the update service does not say what waits.
pub fn updates(told: &[Told]) -> Result<UpdatesWord, Missing> {
    let mut waiting = Waiting::default();
    for row in rows(told, 0)? {
        let mends = row.get("categories").and_then(Value::as_array).is_some_and(|categories| {
            categories.iter().filter_map(Value::as_str).any(|id| id.eq_ignore_ascii_case(SECURITY))
        });
        let rated = text(row, "severity").is_some_and(|severity| !severity.is_empty());
        if mends || rated {
            waiting.security += 1;
        } else {
            waiting.other += 1;
        }
    }
    let moments = rows(told, 1).unwrap_or_default().first();
    let at = |name: &str| moments.and_then(|row| row.get(name)?.as_f64()).and_then(of_ole);
    Ok(UpdatesWord { waiting, searched: at("searched"), installed: at("installed") })
}

/// A date of OLE Automation, in UTC, as seconds since 1970; none before then.
fn of_ole(days: f64) -> Option<i64> {
    let since = Duration::try_from_secs_f64((days - OLE_EPOCH) * DAY_S).ok()?;
    i64::try_from(since.as_secs()).ok()
}

fn rows(told: &[Told], index: usize) -> Result<&[Row], Missing> {
    match told.get(index) {
        Some(Told::Rows(rows)) => Ok(rows),
        Some(Told::Refused(code)) => Err(Missing::of(*code)),
        None => Err(Missing::Failed),
    }
}

fn text<'a>(row: &'a Row, name: &str) -> Option<&'a str> {
    row.get(name)?.as_str()
}

fn number(row: &Row, name: &str) -> Option<i64> {
    row.get(name)?.as_i64()
}

#[cfg(test)]
mod tests;
