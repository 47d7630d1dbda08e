//! What may be asked for on this PC at most, whatever a contract allows: a file of whoever owns the machine, read at each offer.
//!
//! It only ever narrows. Without a file everything may be asked; a file that cannot be read or understood allows nothing, and the log
//! says why.

use std::io;

use aval_protocol::wire::session::Capabilities;
use serde::Deserialize;

use super::Home;

/// The file, in the agent's folder.
pub const POLICY: &str = "policy.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    allow: Allow,
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
        let path = self.path(POLICY);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Capabilities::KNOWN,
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "this PC's policy cannot be read: no session");
                return Capabilities::none();
            }
        };
        match toml::from_str(&text) {
            Ok(File { allow: Allow::Control }) => Capabilities::KNOWN,
            Ok(File { allow: Allow::View }) => Capabilities::VIEW,
            Ok(File { allow: Allow::Nothing }) => Capabilities::none(),
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "this PC's policy makes no sense: no session");
                Capabilities::none()
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
}
