//! `relay.toml`: what a firm may set. Left out, each setting is the contract's own text. What is misspelt is refused, not ignored.

use std::net::SocketAddr;

use serde::Deserialize;

use crate::gate::Rules;
use crate::gate::link::{Insufficient, Thresholds};
use crate::gate::term::NoticeCountsFrom;

/// The settings.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    /// Where to listen.
    pub listen: Option<SocketAddr>,
    /// For the gate.
    pub rules: Rules,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<SocketAddr>,
    holidays: Option<String>,
    notice_counts_from: Option<Counts>,
    #[serde(default)]
    line: Line,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Counts {
    Sent,
    Received,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Line {
    good_down_kbit: Option<u32>,
    good_up_kbit: Option<u32>,
    good_rtt_ms: Option<u32>,
    good_loss_permille: Option<u16>,
    least_down_kbit: Option<u32>,
    least_up_kbit: Option<u32>,
    most_rtt_ms: Option<u32>,
    most_loss_permille: Option<u16>,
    insufficient: Option<Weak>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Weak {
    Refuse,
    Try,
}

impl Settings {
    /// Reads a file's text.
    ///
    /// # Errors
    /// A sentence for whoever wrote it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|e| e.to_string())?;
        let holidays =
            file.holidays.map(|text| text.parse().map_err(|e| format!("holidays: {e}"))).transpose()?;
        let notice_counts_from = match file.notice_counts_from {
            None | Some(Counts::Sent) => NoticeCountsFrom::Sent,
            Some(Counts::Received) => NoticeCountsFrom::Received,
        };
        let insufficient = match file.line.insufficient {
            None | Some(Weak::Refuse) => Insufficient::Refuse,
            Some(Weak::Try) => Insufficient::Try,
        };
        let thresholds = file.line.thresholds()?;
        let holidays = holidays.unwrap_or_default();
        let rules = Rules { holidays, thresholds, notice_counts_from, insufficient };
        Ok(Self { listen: file.listen, rules })
    }
}

impl Line {
    fn thresholds(self) -> Result<Thresholds, String> {
        let usual = Thresholds::default();
        let found = Thresholds {
            good_down_kbit: self.good_down_kbit.unwrap_or(usual.good_down_kbit),
            good_up_kbit: self.good_up_kbit.unwrap_or(usual.good_up_kbit),
            good_rtt_ms: self.good_rtt_ms.unwrap_or(usual.good_rtt_ms),
            good_loss_permille: self.good_loss_permille.unwrap_or(usual.good_loss_permille),
            least_down_kbit: self.least_down_kbit.unwrap_or(usual.least_down_kbit),
            least_up_kbit: self.least_up_kbit.unwrap_or(usual.least_up_kbit),
            most_rtt_ms: self.most_rtt_ms.unwrap_or(usual.most_rtt_ms),
            most_loss_permille: self.most_loss_permille.unwrap_or(usual.most_loss_permille),
        };
        if found.are_ordered() {
            Ok(found)
        } else {
            Err("line: a good line can’t be worse than the least one".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::hours::Holidays;

    #[test]
    fn left_out_it_is_the_contract_s_own_text() {
        assert_eq!(Settings::parse("").unwrap(), Settings::default());
        assert_eq!(Settings::default().rules.holidays, Holidays::ContractLiteral);
    }

    #[test]
    fn what_is_set_holds() {
        let text = "listen = \"127.0.0.1:4433\"\nholidays = \"fr_metropole\"\nnotice_counts_from = \"received\"\n\
                    [line]\nleast_down_kbit = 1000\ninsufficient = \"try\"\n";
        let settings = Settings::parse(text).unwrap();
        assert_eq!(settings.listen, Some("127.0.0.1:4433".parse().unwrap()));
        assert_eq!(settings.rules.holidays, Holidays::FrMetropole);
        assert_eq!(settings.rules.notice_counts_from, NoticeCountsFrom::Received);
        assert_eq!(settings.rules.thresholds.least_down_kbit, 1000);
        assert_eq!(settings.rules.insufficient, Insufficient::Try);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for bad in [
            "holyday = \"fr_metropole\"",
            "holidays = \"always\"",
            "notice_counts_from = \"thought_of\"",
            "listen = \"4433\"",
            "[line]\nleast_down_kbit = 5000",
            "[line]\nleast_down = 1",
            "[line]\nleast_down_kbit = -1",
        ] {
            assert!(Settings::parse(bad).is_err(), "{bad}");
        }
    }
}
