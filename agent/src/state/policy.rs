//! What may be asked for on this PC at most, whatever a contract allows, and which sections of its inventory are nobody's business:
//! a file of whoever owns the machine, read at each offer and at each reading of the inventory.
//!
//! ```toml
//! allow = "view"                  # or "control", "nothing"
//! deny = ["printers", "usb"]      # sections of the inventory, by their names in `aval-agent inventory --json`
//! ```
//!
//! It only ever narrows. Without a file everything may be asked and read; a file that cannot be read or understood allows nothing,
//! and the log says why.

use std::collections::BTreeSet;
use std::io;

use aval_protocol::wire::inventory::SectionKind;
use aval_protocol::wire::session::Capabilities;
use serde::Deserialize;

use super::Home;

/// The file, in the agent's folder.
pub const POLICY: &str = "policy.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// What a session may do at most.
    allow: Option<Allow>,
    /// Sections of the inventory that are not read.
    deny: Option<BTreeSet<SectionKind>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Allow {
    /// No session at all.
    Nothing,
    /// The screen may be seen.
    View,
    /// Mouse and keyboard too.
    Control,
}

impl Home {
    /// What may be asked for at most, as the file says now.
    pub fn policy(&self) -> Capabilities {
        match self.read_policy() {
            Some(File { allow: None | Some(Allow::Control), .. }) => Capabilities::KNOWN,
            Some(File { allow: Some(Allow::View), .. }) => Capabilities::VIEW,
            Some(File { allow: Some(Allow::Nothing), .. }) | None => Capabilities::none(),
        }
    }

    /// The sections of the inventory that are not to be read, as the file says now.
    pub fn denied_sections(&self) -> BTreeSet<SectionKind> {
        match self.read_policy() {
            Some(file) => file.deny.unwrap_or_default(),
            None => SectionKind::ALL.iter().copied().collect(),
        }
    }

    /// The file; everything where there is none, `None` where it makes no sense.
    fn read_policy(&self) -> Option<File> {
        let path = self.path(POLICY);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Some(File { allow: None, deny: None });
            }
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "this PC's policy cannot be read: it allows nothing");
                return None;
            }
        };
        match toml::from_str(&text) {
            // A file that says nothing is a mistake rather than a wish.
            Ok(File { allow: None, deny: None }) => {
                tracing::error!(path = %path.display(), "this PC's policy says nothing: it allows nothing");
                None
            }
            Ok(file) => Some(file),
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "this PC's policy makes no sense: it allows nothing");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_4_3_a_policy_only_narrows_and_one_that_makes_no_sense_allows_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path().to_owned());
        assert_eq!(home.policy(), Capabilities::KNOWN, "no file");
        for (text, most) in [
            ("allow = \"control\"", Capabilities::KNOWN),
            ("allow = \"view\"", Capabilities::VIEW),
            ("allow = \"nothing\"", Capabilities::none()),
            ("allow = \"everything\"", Capabilities::none()),
            ("allow = \"view\"\nexcept = \"sophie\"", Capabilities::none()),
            ("deny = [\"printers\"]", Capabilities::KNOWN),
            ("allow = \"view\"\ndeny = []", Capabilities::VIEW),
            ("allow = \"control\"\ndeny = [\"everything\"]", Capabilities::none()),
            ("", Capabilities::none()),
            ("\u{0}", Capabilities::none()),
        ] {
            std::fs::write(home.path(POLICY), text).unwrap();
            assert_eq!(home.policy(), most, "{text:?}");
        }
        std::fs::remove_file(home.path(POLICY)).unwrap();
        std::fs::create_dir(home.path(POLICY)).unwrap();
        assert_eq!(home.policy(), Capabilities::none(), "a folder in its place");
    }

    #[test]
    fn sections_that_the_owner_denies_are_named_and_a_policy_that_makes_no_sense_denies_all() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path().to_owned());
        assert!(home.denied_sections().is_empty(), "no file");
        let denied = |text: &str| {
            std::fs::write(home.path(POLICY), text).unwrap();
            home.denied_sections().into_iter().collect::<Vec<_>>()
        };
        assert_eq!(denied("allow = \"view\""), []);
        assert_eq!(denied("deny = [\"usb\", \"printers\"]"), [SectionKind::Printers, SectionKind::Usb]);
        assert_eq!(denied("deny = [\"usb\", \"everything\"]"), SectionKind::ALL);
        assert_eq!(denied("deny = \"usb\""), SectionKind::ALL);
    }
}
