//! Texts with a form of their own: countries, and the numbers that France gives firms (SIREN) and their establishments (SIRET).

use std::str::FromStr;

use crate::document::Kind;
use crate::gate::hours::Holidays;
use crate::gate::papers::Commune;
use crate::records::PostalCode;
use aval_protocol::id::{AgentId, ContractId, PersonId};

/// A contract's reference.
pub const CONTRACT_ID: Kind = Kind::Formed("^[!-~]{1,64}$", parses::<ContractId>);
/// A person's name in the firm.
pub const PERSON: Kind = Kind::Formed("^[a-z0-9.-]{1,64}$", parses::<PersonId>);
/// A machine's identifier.
pub const AGENT: Kind = Kind::Formed("^[0-9a-fA-F]{32}$", parses::<AgentId>);
/// A telephone number in international form (E.164).
pub const PHONE: Kind = Kind::Formed("^\\+[1-9][0-9]{6,14}$", phone);
/// A holiday policy.
pub const HOLIDAYS: Kind = Kind::Formed(
    "^(contract_literal|fr_metropole|custom:[0-9]{4}-[0-9]{2}-[0-9]{2}(,[0-9]{4}-[0-9]{2}-[0-9]{2})*)$",
    holidays,
);
/// A French postal code.
pub const POSTAL: Kind = Kind::Formed("^[0-9]{5}$", parses::<PostalCode>);
/// A commune's INSEE code.
pub const COMMUNE: Kind = Kind::Formed("^([0-9]{2}|2A|2B)[0-9]{3}$", parses::<Commune>);
/// A country.
pub const COUNTRY: Kind = Kind::Formed("^[A-Z]{2}$", parses::<Country>);
/// A firm's number.
pub const SIREN: Kind = Kind::Formed("^[0-9]{9}$", parses::<Siren>);
/// An establishment's number.
pub const SIRET: Kind = Kind::Formed("^[0-9]{14}$", parses::<Siret>);
/// The last day of a warranty, or `unknown`.
pub const WARRANTY: Kind = Kind::Formed("^(unknown|[0-9]{4}-[0-9]{2}-[0-9]{2})$", warranty);

/// A country by ISO 3166-1 alpha-2.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Country([u8; 2]);

/// A firm's number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Siren(u32);

/// An establishment's number: the firm's and five digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Siret {
    siren: Siren,
    nic: u32,
}

/// A text of none of these forms.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadForm {
    /// No country.
    #[error("{0:?} is no country: write its two letters by ISO 3166-1, such as FR or BE")]
    Country(String),
    /// Not so many digits, or digits that don't belong together.
    #[error("{0:?} is no {1}: check each of its {2} digits")]
    Number(String, &'static str, usize),
}

/// Every code of ISO 3166-1 alpha-2.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY \
    BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF \
    GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY \
    KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP \
    NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY \
    SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";
/// Those that are France (clause 6.2): overseas too; Monaco and Andorra are abroad.
const FRANCE: &str = "FR GP MQ GF RE YT PM BL MF NC PF WF TF";
/// La Poste's many establishments outgrew the check digit: theirs add up to a multiple of five.
const LA_POSTE: u32 = 356_000_000;

fn parses<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<(), String> {
    text.parse::<T>().map(drop).map_err(|error| error.to_string())
}

fn phone(text: &str) -> Result<(), String> {
    let digits = text.strip_prefix('+').unwrap_or_default();
    let good = (7..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    good.then_some(()).ok_or_else(|| format!("{text:?} is no telephone number: write it as +33199001234"))
}

fn holidays(text: &str) -> Result<(), String> {
    let policy: Holidays =
        text.parse().map_err(|error: crate::gate::hours::BadHolidays| error.to_string())?;
    // One spelling each: what is read is what was written.
    if policy.to_string() == text {
        Ok(())
    } else {
        Err("write the days in their order, each once".to_owned())
    }
}

fn warranty(text: &str) -> Result<(), String> {
    if text == "unknown" { Ok(()) } else { crate::document::view::day(text).map(drop) }
}

/// The check digit of SIREN and SIRET (Luhn): every second digit doubled, from the right.
fn adds_up(digits: &str) -> bool {
    let doubled = |(n, byte): (usize, u8)| {
        let digit = u32::from(byte - b'0') * if n % 2 == 1 { 2 } else { 1 };
        digit / 10 + digit % 10
    };
    digits.bytes().rev().enumerate().map(doubled).sum::<u32>().is_multiple_of(10)
}

fn digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Country {
    /// Whether it is part of France.
    pub fn is_france(self) -> bool {
        FRANCE.split(' ').any(|code| code.as_bytes() == self.0)
    }
}

impl FromStr for Country {
    type Err = BadForm;
    fn from_str(text: &str) -> Result<Self, BadForm> {
        let known = COUNTRIES.split_ascii_whitespace().find(|&code| code == text);
        known
            .and_then(|code| code.as_bytes().try_into().ok())
            .map(Self)
            .ok_or_else(|| BadForm::Country(text.to_owned()))
    }
}

impl FromStr for Siren {
    type Err = BadForm;
    fn from_str(text: &str) -> Result<Self, BadForm> {
        let number = text.parse().ok().filter(|_| digits(text, 9) && adds_up(text));
        number.map(Self).ok_or_else(|| BadForm::Number(text.to_owned(), "SIREN", 9))
    }
}

impl FromStr for Siret {
    type Err = BadForm;
    fn from_str(text: &str) -> Result<Self, BadForm> {
        let bad = || BadForm::Number(text.to_owned(), "SIRET", 14);
        if !digits(text, 14) {
            return Err(bad());
        }
        let siren: Siren = text[..9].parse().map_err(|_| bad())?;
        let by_five = || text.bytes().map(|byte| u32::from(byte - b'0')).sum::<u32>().is_multiple_of(5);
        if adds_up(text) || (siren.0 == LA_POSTE && by_five()) {
            text[9..].parse().map(|nic| Self { siren, nic }).map_err(|_| bad())
        } else {
            Err(bad())
        }
    }
}

impl Siret {
    /// The firm whose establishment it is.
    pub const fn siren(self) -> Siren {
        self.siren
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_6_2_france_is_overseas_too_and_its_neighbours_are_abroad() {
        let country = |code: &str| code.parse::<Country>().unwrap();
        for code in FRANCE.split(' ') {
            assert!(country(code).is_france(), "{code}");
        }
        for code in ["MC", "AD", "BE", "LU", "DE", "CH", "IT", "ES"] {
            assert!(!country(code).is_france(), "{code}");
        }
        for bad in ["", "F", "fr", "FRA", "XX", "UK", "F R", "AD AE"] {
            bad.parse::<Country>().unwrap_err();
        }
        assert_eq!(COUNTRIES.split_ascii_whitespace().count(), 249);
    }

    #[test]
    fn clause_2_3_numbers_of_firms_and_sites_must_add_up() {
        let siret: Siret = "73282932000074".parse().unwrap();
        assert_eq!(siret.siren(), "732829320".parse().unwrap());
        // La Poste's own rule: 15 is a multiple of five, 16 is none.
        "35600000000001".parse::<Siret>().unwrap();
        "35600000000002".parse::<Siret>().unwrap_err();
        for bad in ["", "73282932000075", "7328293200007", "732829320000744", "7328293200007é", "732829321"]
        {
            bad.parse::<Siret>().unwrap_err();
            bad.parse::<Siren>().unwrap_err();
        }
    }
}
