//! `relay.toml`: what a firm may set. Left out, each setting is the contract's own text. What is misspelt is refused, not ignored.

use std::net::SocketAddr;
use std::path::PathBuf;

use aval_protocol::wire::closing::Overrun;
use serde::Deserialize;

use crate::gate::Rules;
use crate::gate::link::{Insufficient, Thresholds};
use crate::gate::term::NoticeCountsFrom;
use crate::install::InstallConfig;
use crate::records::StorePlace;

/// The relay's port unless somebody says otherwise.
pub(crate) const PORT: u16 = 4433;
/// The install page's certificate and its key, and the folder of packages, unless somebody says otherwise.
pub(crate) const CERTIFICATE: &str = "web.crt";
pub(crate) const KEY: &str = "web.key";
pub(crate) const PACKAGES: &str = "packages";

/// The settings.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    /// Where to listen.
    pub listen: Option<SocketAddr>,
    /// Where the contract record is.
    pub store: StorePlace,
    /// For the gate.
    pub rules: Rules,
    /// The install page, if one is served; its paths are within the relay's folder unless absolute.
    pub install: Option<InstallConfig>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<SocketAddr>,
    store: Option<String>,
    holidays: Option<String>,
    notice_counts_from: Option<Counts>,
    #[serde(default)]
    line: Line,
    #[serde(default)]
    overrun: After,
    install: Option<Install>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Install {
    listen: SocketAddr,
    address: String,
    relay: Option<String>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    packages: Option<PathBuf>,
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

/// What a session may do after closing.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct After {
    minutes: Option<u32>,
    answer_seconds: Option<u32>,
    grace_minutes: Option<u32>,
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
        let file: File = toml::from_str(text).map_err(|e| StorePlace::without_password(&e.to_string()))?;
        let store = file.store.map(|place| place.parse().map_err(|e| format!("store: {e}"))).transpose()?;
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
        let overrun = file.overrun.overrun()?;
        let rules = Rules { holidays, thresholds, notice_counts_from, insufficient, overrun };
        let install = file.install.map(|install| install.settings(file.listen)).transpose()?;
        Ok(Self { listen: file.listen, store: store.unwrap_or_default(), rules, install })
    }
}

impl Install {
    fn settings(self, relay: Option<SocketAddr>) -> Result<InstallConfig, String> {
        let address = self.address.trim_end_matches('/').to_owned();
        let host = address.strip_prefix("https://").unwrap_or_default();
        let (name, port) = host.rsplit_once(':').unwrap_or((host, "443"));
        let good = |name: &str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
        };
        if !good(name) || !port.parse().is_ok_and(|port: u16| port > 0) {
            return Err(
                "install: address is written https://aide.example.fr, with :8443 behind it for another port"
                    .to_owned(),
            );
        }
        let relay =
            self.relay.unwrap_or_else(|| format!("{name}:{}", relay.map_or(PORT, |relay| relay.port())));
        if !relay.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
        {
            return Err("install: relay is written relais.example.fr:4433".to_owned());
        }
        Ok(InstallConfig {
            listen: self.listen,
            relay,
            address,
            certificate: self.certificate.unwrap_or_else(|| CERTIFICATE.into()),
            key: self.key.unwrap_or_else(|| KEY.into()),
            packages: self.packages.unwrap_or_else(|| PACKAGES.into()),
        })
    }
}

impl After {
    fn overrun(self) -> Result<Overrun, String> {
        let usual = Overrun::default();
        let seconds =
            |minutes: Option<u32>, usual| minutes.map_or(usual, |minutes| minutes.saturating_mul(60));
        let length_s = seconds(self.minutes, usual.length_s);
        let grace_s = seconds(self.grace_minutes, usual.grace_s.min(length_s));
        let answer_s = self.answer_seconds.unwrap_or(usual.answer_s.min(grace_s));
        let found = Overrun { length_s, answer_s, grace_s };
        if found.is_lawful() {
            Ok(found)
        } else {
            Err("overrun: minutes is 0 to 60, grace_minutes no more than that, and answer_seconds from 10 to that"
                .to_owned())
        }
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
    fn the_record_s_place_is_the_folder_s_file_or_a_database_and_its_password_is_not_shown() {
        let store = |text: &str| Settings::parse(text).map(|settings| settings.store);
        assert_eq!(store("store = \"sqlite\""), Ok(StorePlace::Sqlite));
        let text = "store = \"postgres://aval:geheim@127.0.0.1/aval\"";
        let found = Settings::parse(text).unwrap();
        assert!(matches!(&found.store, StorePlace::Postgres(place) if text.contains(place)));
        assert!(!format!("{found:?}").contains("geheim"));
        // The TOML reader shows the line that it stumbles over.
        let refused = store(&format!("{text} x")).unwrap_err();
        assert!(refused.contains("postgres://aval:…@127") && !refused.contains("geheim"), "{refused}");
    }

    #[test]
    fn an_overrun_can_be_shortened_lengthened_and_switched_off() {
        let overrun = |text: &str| Settings::parse(text).unwrap().rules.overrun;
        assert_eq!(overrun(""), Overrun { length_s: 1800, answer_s: 120, grace_s: 300 });
        assert_eq!(overrun("[overrun]\nminutes = 60\n").length_s, 3600);
        assert_eq!(overrun("[overrun]\nminutes = 1\n"), Overrun { length_s: 60, answer_s: 60, grace_s: 60 });
        assert_eq!(overrun("[overrun]\nminutes = 0\n"), Overrun { length_s: 0, answer_s: 0, grace_s: 0 });
        let text = "[overrun]\nminutes = 10\nanswer_seconds = 30\ngrace_minutes = 2\n";
        assert_eq!(overrun(text), Overrun { length_s: 600, answer_s: 30, grace_s: 120 });
    }

    #[test]
    fn the_install_page_needs_two_lines() {
        let text = "listen = \"[::]:4434\"\n[install]\nlisten = \"[::]:443\"\naddress = \"https://aide.example.fr/\"\n";
        let install = Settings::parse(text).unwrap().install.unwrap();
        assert_eq!(install.address, "https://aide.example.fr");
        assert_eq!(install.relay, "aide.example.fr:4434");
        assert_eq!(install.certificate, PathBuf::from("web.crt"));
        let text = "[install]\nlisten = \"[::]:8443\"\naddress = \"https://aide.example.fr:8443\"\nrelay = \"r.example.fr:9\"\n";
        let install = Settings::parse(text).unwrap().install.unwrap();
        assert_eq!(
            (install.address.as_str(), install.relay.as_str()),
            ("https://aide.example.fr:8443", "r.example.fr:9")
        );
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for bad in [
            "[install]\nlisten = \"[::]:443\"",
            "[install]\nlisten = \"[::]:443\"\naddress = \"http://aide.example.fr\"",
            "[install]\nlisten = \"[::]:443\"\naddress = \"https://aide.example.fr/page\"",
            "[install]\nlisten = \"[::]:443\"\naddress = \"https://a.example.fr\"\nrelay = \"nowhere\"",
            "[install]\nlisten = \"[::]:443\"\naddress = \"https://a.example.fr\"\ncertificat = \"x\"",
            "holyday = \"fr_metropole\"",
            "store = \"mysql://aval@/aval\"",
            "store = \"record.sqlite\"",
            "holidays = \"always\"",
            "notice_counts_from = \"thought_of\"",
            "listen = \"4433\"",
            "[line]\nleast_down_kbit = 5000",
            "[overrun]\nminutes = 61",
            "[overrun]\nminutes = 10\ngrace_minutes = 11",
            "[overrun]\nanswer_seconds = 5",
            "[overrun]\nanswer_seconds = 301",
            "[line]\nleast_down = 1",
            "[line]\nleast_down_kbit = -1",
        ] {
            assert!(Settings::parse(bad).is_err(), "{bad}");
        }
    }
}
