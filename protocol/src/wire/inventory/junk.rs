//! What firmware says when nobody told it anything: values that identify no machine. Matching serial numbers like these has
//! merged different clients' machines in many inventories.
//!
//! The list is the union of what free inventory programs ship (the blacklists of GLPI and its agent, MeshCentral) and what
//! assemblers' blank forms hold. Every rule is anchored to the whole value: a rule that looks for a piece anywhere (GLPI's
//! `\d\.\d`) throws good serial numbers away.

use crate::wire::codes::codes;

codes! {
    /// By which rule a value identifies nothing.
    JunkRule {
        /// The words of a blank form: `To Be Filled By O.E.M.`
        Placeholder = 1 "placeholder",
        /// One character, repeated: `00000000`, `xxxxxxx`; or no letter and no digit at all.
        Repeated = 2 "repeated",
        /// Counting: `0123456789`, `SN-12345`.
        Counting = 3 "counting",
        /// A constant that a maker shipped in many machines.
        Constant = 4 "constant",
        /// An address that software made up.
        MadeUp = 5 "made_up",
    }
}

/// Blank forms, lower case, inner white space single.
const PLACEHOLDERS: &[&str] = &[
    "(null string)",
    "<bad index>",
    "<out of spec>",
    "asset tag",
    "base board serial number",
    "chassis asset tag",
    "chassis manufacturer",
    "chassis serial number",
    "chassis version",
    "default string",
    "empty",
    "eval",
    "iatpass",
    "insyde",
    "invalid",
    "n/a",
    "na",
    "no asset information",
    "no asset tag",
    "none",
    "not applicable",
    "not available",
    "not installed",
    "not present",
    "not specified",
    "null",
    "o.e.m.",
    "oem",
    "oem_serial",
    "serial number",
    "system manufacturer",
    "system product name",
    "system serial number",
    "system version",
    "systemserialnumb",
    "tbd by oem",
    "to be filled by o.e.m",
    "to be filled by o.e.m.",
    "type1productconfigid",
    "type1sku0",
    "unknow",
    "unknown",
];

/// What may stand before a counted-up number.
const PREFIXES: &[&str] = &["", "mb-", "sn-", "sys-"];
/// The shortest run that is counting and not chance.
const LEAST_COUNTED: usize = 5;

/// Serial numbers of screens that hundreds of units share, without being a blank form (from the trackers of GLPI and
/// FusionInventory).
const CONSTANTS: &[&str] = &["1234567890123", "00000001", "01010101", "16843009"];

/// Firmware UUIDs that many boards share.
const UUIDS: &[u128] =
    &[0x0300_0200_0400_0500_0006_0007_0008_0009, 0x6ab5_b300_538d_1014_9fb5_b068_4d00_7b53];

/// Why a serial number identifies nothing, if it does not. `text` is on one line, without surplus space.
pub fn serial(text: &str) -> Option<JunkRule> {
    let lower = text.to_lowercase();
    if let Some(rule) = words(&lower) {
        return Some(rule);
    }
    if PREFIXES.iter().filter_map(|prefix| lower.strip_prefix(prefix)).any(counts_up) {
        return Some(JunkRule::Counting);
    }
    CONSTANTS.contains(&lower.as_str()).then_some(JunkRule::Constant)
}

/// Why a maker's or model's name says nothing, if it does not.
pub fn name(text: &str) -> Option<JunkRule> {
    words(&text.to_lowercase())
}

/// Why a firmware UUID identifies nothing, if it does not.
pub fn uuid(bytes: [u8; 16]) -> Option<JunkRule> {
    if bytes.iter().all(|byte| *byte == bytes[0]) {
        return Some(JunkRule::Repeated);
    }
    UUIDS.contains(&u128::from_be_bytes(bytes)).then_some(JunkRule::Constant)
}

/// Why a network address identifies no card, if it does not.
pub fn mac(bytes: [u8; 6]) -> Option<JunkRule> {
    // IEEE 802: the two lowest bits of the first byte say "group" and "locally administered".
    let made_up = bytes[0] & 0b11 != 0;
    // The addresses of VMware's own adapters on a host are the same on every host.
    let vmware_host = bytes.starts_with(&[0x00, 0x50, 0x56, 0xc0]);
    if bytes == [0; 6] {
        return Some(JunkRule::Repeated);
    }
    (made_up || vmware_host).then_some(JunkRule::MadeUp)
}

fn words(lower: &str) -> Option<JunkRule> {
    if PLACEHOLDERS.contains(&lower) {
        return Some(JunkRule::Placeholder);
    }
    let mut telling = lower.chars().filter(|c| c.is_alphanumeric());
    let repeated = telling.next().is_none_or(|first| telling.all(|c| c == first));
    repeated.then_some(JunkRule::Repeated)
}

/// `12345…` or `01234…`, where 9 is followed by 0.
fn counts_up(text: &str) -> bool {
    let digits = text.as_bytes();
    let begins = matches!(digits.first(), Some(b'0' | b'1'));
    let follows = |pair: &[u8]| matches!(pair, [b'9', b'0']) || pair[0].checked_add(1) == Some(pair[1]);
    digits.len() >= LEAST_COUNTED
        && begins
        && digits.iter().all(u8::is_ascii_digit)
        && digits.windows(2).all(follows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_forms_repetition_and_counting_are_named_by_their_rule() {
        use JunkRule::{Constant, Counting, Placeholder, Repeated};
        let table = [
            ("To Be Filled By O.E.M.", Some(Placeholder)),
            ("Default string", Some(Placeholder)),
            ("System Serial Number", Some(Placeholder)),
            ("None", Some(Placeholder)),
            ("00000000", Some(Repeated)),
            ("xxxxxxx", Some(Repeated)),
            ("NNNNNNN", Some(Repeated)),
            ("...", Some(Repeated)),
            ("0", Some(Repeated)),
            ("0123456789", Some(Counting)),
            ("12345", Some(Counting)),
            ("1234567890", Some(Counting)),
            ("SYS-1234567890", Some(Counting)),
            ("MB-1234567890", Some(Counting)),
            ("SN-12345", Some(Counting)),
            ("1234567890123", Some(Counting)),
            ("01010101", Some(Constant)),
            // Good ones that a careless rule throws away.
            ("7HJ2K33", None),
            ("PF1.2AB3", None),
            ("1234", None),
            ("123456780", None),
            ("NONE4711", None),
            ("OEM-4711", None),
        ];
        for (text, rule) in table {
            assert_eq!(serial(text), rule, "{text}");
        }
        assert_eq!(name("System Product Name"), Some(Placeholder));
        assert_eq!(name("12345"), None);
    }

    #[test]
    fn uuids_and_addresses_that_many_machines_share() {
        assert_eq!(uuid([0; 16]), Some(JunkRule::Repeated));
        assert_eq!(uuid([0xff; 16]), Some(JunkRule::Repeated));
        assert_eq!(
            uuid(0x0300_0200_0400_0500_0006_0007_0008_0009_u128.to_be_bytes()),
            Some(JunkRule::Constant)
        );
        assert_eq!(uuid(0x4c4c_4544_0042_4a10_8035_b7c0_4f31_3333_u128.to_be_bytes()), None);
        assert_eq!(mac([0x0a, 0, 0x27, 0, 0, 0]), Some(JunkRule::MadeUp));
        assert_eq!(mac([0, 0x50, 0x56, 0xc0, 0, 8]), Some(JunkRule::MadeUp));
        assert_eq!(mac([0; 6]), Some(JunkRule::Repeated));
        assert_eq!(mac([0x8c, 0xec, 0x4b, 0x11, 0x22, 0x33]), None);
    }
}
