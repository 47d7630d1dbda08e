//! Enrolment codes: short secrets that a person reads out, that work once, and of which the record keeps only a hash.
//!
//! Twelve characters of Crockford's Base 32 (<https://www.crockford.com/base32.html>): it has no I, L, O and U, and what people
//! type for them is understood. Sixty random bits live for a week at most, each guess costs a connection, and a machine that
//! guessed right would still wait for a manager's approval.

use aws_lc_rs::digest::{SHA256, digest};

/// Random bytes that a code is made of.
pub const RANDOM_BYTES: usize = 8;
/// Longest validity, in minutes: a week.
pub const MAX_MINUTES: u32 = 10_080;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 12;
const GROUP: usize = 4;
/// Put in front of what is hashed, so that the hash means nothing elsewhere.
const LABEL: &[u8] = b"aval/1 enrolment code\0";

/// A code in its one true spelling: twelve characters, no separators.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

// === impl Code

impl Code {
    /// A code from random bytes; four of their bits are left over.
    pub fn from_random(random: [u8; RANDOM_BYTES]) -> Self {
        let mut bits = u64::from_le_bytes(random);
        let mut text = String::with_capacity(LENGTH);
        for _ in 0..LENGTH {
            text.push(char::from(ALPHABET[usize::from(bits.to_le_bytes()[0] & 31)]));
            bits >>= 5;
        }
        Self(text)
    }

    /// What a person typed: separators, spaces and case do not matter, I and L are 1, O is 0. `None` when it can be no code.
    pub fn from_typed(text: &str) -> Option<Self> {
        let mut code = String::with_capacity(LENGTH);
        for typed in text.chars().filter(|c| !c.is_whitespace() && !is_dash(*c)) {
            let meant = match typed.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            };
            let known = u8::try_from(meant).is_ok_and(|byte| ALPHABET.contains(&byte));
            if !known || code.len() == LENGTH {
                return None;
            }
            code.push(meant);
        }
        (code.len() == LENGTH).then_some(Self(code))
    }

    /// Grouped for reading: `K7QF-2M9X-RT4W`.
    pub fn grouped(&self) -> String {
        let groups: Vec<&str> =
            (0..LENGTH).step_by(GROUP).filter_map(|start| self.0.get(start..start + GROUP)).collect();
        groups.join("-")
    }

    /// What the record keeps.
    pub fn hash(&self) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, &[LABEL, self.0.as_bytes()].concat()).as_ref());
        hash
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

/// Hyphens and dashes, as word processors and phones make them.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '_' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn people_may_type_it_in_any_way_that_means_the_same() {
        let code = Code::from_typed("K7QF-2M9X-RT40").unwrap();
        for typed in ["k7qf2m9xrt40", " K7QF 2M9X\u{a0}RT4O ", "k7qf–2m9x—rt4o", "K7QF.2M9X.RT40\n"] {
            assert_eq!(Code::from_typed(typed), Some(code.clone()), "{typed:?}");
        }
        assert_eq!(Code::from_typed("IlIl-Oooo-1100"), Code::from_typed("1111-0000-1100"));
    }

    #[test]
    fn what_can_be_no_code_is_none() {
        for typed in
            ["", "K7QF-2M9X-RT4", "K7QF-2M9X-RT400", "K7QF-2M9X-RT4U", "K7QF-2M9X-RT4é", "K7QF/2M9X/RT40"]
        {
            assert_eq!(Code::from_typed(typed), None, "{typed:?}");
        }
    }

    #[test]
    fn a_log_never_shows_it() {
        let code = Code::from_random([7; RANDOM_BYTES]);
        assert!(!format!("{code:?}").contains(&code.grouped()[..4]));
    }

    proptest! {
        #[test]
        fn sixty_bits_survive_display_and_typing(random: [u8; RANDOM_BYTES], other: [u8; RANDOM_BYTES]) {
            let code = Code::from_random(random);
            let grouped = code.grouped();
            prop_assert_eq!(grouped.len(), 14);
            prop_assert_eq!(Code::from_typed(&grouped.to_lowercase()), Some(code.clone()));
            let same = u64::from_le_bytes(random) << 4 == u64::from_le_bytes(other) << 4;
            prop_assert_eq!(same, code == Code::from_random(other));
            prop_assert_eq!(same, code.hash() == Code::from_random(other).hash());
        }
    }
}
