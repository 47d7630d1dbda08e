//! What a drive says of its own health, as `smartctl --json` of smartmontools writes it (its man page documents the keys).
//!
//! How smartctl ended is not asked: on many good drives it ends with an error, because a log is missing or an old test failed. A
//! drive that says it passed may still have lost data, so each raw value is judged by itself.

use aval_protocol::wire::inventory::items::Check;
use aval_protocol::wire::inventory::{CheckKind, Grade, Text, Unmeasured};
use serde_json::Value;

use super::grade::{self, measured, unmeasured};

/// ATA attributes that count sectors (ATA/ATAPI command set drafts; all makers use them alike).
const REALLOCATED: i64 = 5;
const PENDING: i64 = 197;
const UNCORRECTABLE: i64 = 198;
/// Attributes of temperature, which is judged by itself.
const HEAT: [i64; 2] = [190, 194];
/// Bits of an NVMe drive's critical warning (NVM Express 1.4, 5.14.1.2): bit 1 is heat, the others are the end.
const END_OF_NVME: i64 = 0x1d;

/// The checks of one drive by smartctl's word.
pub fn checks(said: &[u8], subject: Option<&Text>) -> Vec<Check> {
    let kind = CheckKind::DiskVerdict;
    let none = |why| vec![unmeasured(kind, subject.cloned(), why)];
    let Ok(said) = serde_json::from_slice::<Value>(said) else { return none(Unmeasured::Unreadable) };
    let mut drive = Drive { said: &said, subject, checks: Vec::new() };
    if let Some(passed) = said.pointer("/smart_status/passed").and_then(Value::as_bool) {
        let grade = if passed { Grade::Good } else { Grade::Failing };
        drive.checks.push(measured(kind, subject.cloned(), grade, i64::from(passed)));
    }
    drive.ata();
    drive.nvme();
    drive.sas();
    if drive.checks.is_empty() {
        return none(silent(&said));
    }
    let nvme = said.pointer("/device/protocol").and_then(Value::as_str) == Some("NVMe");
    let celsius = drive.count("/temperature/current");
    drive.checks.push(grade::temperature(subject.cloned(), celsius, nvme));
    drive.checks
}

struct Drive<'a> {
    said: &'a Value,
    subject: Option<&'a Text>,
    checks: Vec<Check>,
}

// === impl Drive

impl Drive<'_> {
    fn count(&self, pointer: &str) -> Option<i64> {
        count(self.said.pointer(pointer)?)
    }

    fn judge(&mut self, kind: CheckKind, value: i64, grade: Grade) {
        self.checks.push(measured(kind, self.subject.cloned(), grade, value));
    }

    /// A number of what a healthy drive has none of.
    fn none_is_good(&mut self, kind: CheckKind, value: Option<i64>) {
        if let Some(value) = value {
            self.judge(kind, value, if value > 0 { Grade::Watch } else { Grade::Good });
        }
    }

    fn ata(&mut self) {
        let table = self.said.pointer("/ata_smart_attributes/table").and_then(Value::as_array);
        for attribute in table.into_iter().flatten() {
            let Some(id) = attribute.get("id").and_then(count) else { continue };
            match id {
                REALLOCATED => self.none_is_good(CheckKind::DiskReallocated, raw(attribute)),
                PENDING => self.none_is_good(CheckKind::DiskPending, raw(attribute)),
                UNCORRECTABLE => self.none_is_good(CheckKind::DiskUncorrectable, raw(attribute)),
                _ => {}
            }
            let failed = attribute.get("when_failed").and_then(Value::as_str);
            match failed.filter(|_| !HEAT.contains(&id)) {
                Some("now") => self.judge(CheckKind::DiskAttribute, id, Grade::Failing),
                Some("past") => self.judge(CheckKind::DiskAttribute, id, Grade::Watch),
                _ => {}
            }
        }
        if table.is_some() {
            self.worn(self.count("/endurance_used/current_percent"));
        }
    }

    fn nvme(&mut self) {
        const LOG: &str = "/nvme_smart_health_information_log";
        let of = |key: &str| self.count(&format!("{LOG}/{key}"));
        let (warning, used, lost) = (of("critical_warning"), of("percentage_used"), of("media_errors"));
        let (spare, least) = (of("available_spare"), of("available_spare_threshold"));
        if let Some(bits) = warning {
            let grade = match bits {
                bits if bits & END_OF_NVME != 0 => Grade::Failing,
                0 => Grade::Good,
                _ => Grade::Watch,
            };
            self.judge(CheckKind::DiskWarning, bits, grade);
        }
        self.worn(used);
        self.none_is_good(CheckKind::DiskMediaErrors, lost);
        if let (Some(spare), Some(least)) = (spare, least) {
            self.judge(CheckKind::DiskSpare, spare, if spare < least { Grade::Failing } else { Grade::Good });
        }
    }

    fn sas(&mut self) {
        self.none_is_good(CheckKind::DiskDefects, self.count("/scsi_grown_defect_list"));
        self.worn(self.count("/scsi_percentage_used_endurance_indicator"));
    }

    fn worn(&mut self, percent: Option<i64>) {
        if let Some(percent) = percent {
            self.checks.push(grade::wear(self.subject.cloned(), percent));
        }
    }
}

fn count(value: &Value) -> Option<i64> {
    value.as_u64().map(|number| i64::try_from(number).unwrap_or(i64::MAX)).or_else(|| value.as_i64())
}

/// Some makers pack several numbers into a raw value; what smartctl writes begins with the one that counts.
fn raw(attribute: &Value) -> Option<i64> {
    let written = attribute.pointer("/raw/string").and_then(Value::as_str);
    let first = written.and_then(|text| text.split_whitespace().next()?.parse().ok());
    first.or_else(|| attribute.pointer("/raw/value").and_then(count))
}

/// Why smartctl has no word on the drive.
fn silent(said: &Value) -> Unmeasured {
    let messages = said.pointer("/smartctl/messages").and_then(Value::as_array);
    let messages = messages.into_iter().flatten();
    for message in messages.filter_map(|message| message.get("string")?.as_str()) {
        if ["STANDBY", "SLEEP"].iter().any(|state| message.contains(state)) {
            return Unmeasured::Asleep;
        }
        if ["Permission denied", "Operation not permitted"].iter().any(|why| message.contains(why)) {
            return Unmeasured::NoPrivilege;
        }
    }
    Unmeasured::NoSource
}

#[cfg(test)]
mod tests;
