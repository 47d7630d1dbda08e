//! What an installer made for one firm puts beside the program: the firm's file and its relays; and the code in the installer's own
//! name. The installer's bytes are the same for every client, and its signature covers the firm's key.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder beside the program.
const FOLDER: &str = "provider";
/// The firm's file in it.
const FIRM: &str = "firm.pub";
/// The relays in it, one `host:port` in a line, the preferred one first.
const RELAYS: &str = "relays.txt";
/// The key that releases are signed with, in it; not every firm has one.
const RELEASE_KEY: &str = "release.pub";
/// Longest list of relays that is read, in bytes.
const MOST: usize = 4096;
/// Characters of a code, and of each of its groups.
const GROUP: usize = 4;
const GROUPS: usize = 3;

/// Whom an installed program belongs to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Provider {
    /// The firm's file.
    pub firm: PathBuf,
    /// Its relays, the preferred one first.
    pub relays: Vec<String>,
    /// The release key's file, if there is one.
    pub release: Option<PathBuf>,
}

impl Provider {
    /// What lies beside a program, if an installer put it there. What it says is checked by whoever uses it.
    pub fn beside(program: &Path) -> Option<Self> {
        let folder = program.parent()?.join(FOLDER);
        let listed = fs::read(folder.join(RELAYS)).ok().filter(|bytes| bytes.len() <= MOST)?;
        let listed = String::from_utf8(listed).ok()?;
        let relays = listed.lines().map(str::trim).filter(|line| !line.is_empty());
        let relays: Vec<String> = relays.map(str::to_owned).collect();
        let firm = folder.join(FIRM);
        let release = Some(folder.join(RELEASE_KEY)).filter(|path| path.is_file());
        (!relays.is_empty() && firm.is_file()).then_some(Self { firm, relays, release })
    }
}

/// The code in an installer's name: `aval-agent_0.1.0_x64_K7QF-2M9X-RT4W (1).exe`. Browsers put numbers behind names they have
/// already, and people rename files: three groups of four are looked for, and whatever is found is only a suggestion.
pub fn code_in(name: &str) -> Option<String> {
    let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let is_group = |word: &&str| {
        word.len() == GROUP && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
    };
    let found = words.windows(GROUPS).rfind(|some| some.iter().all(is_group))?;
    Some(found.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_in_the_name_it_was_saved_under() {
        let code = Some("K7QF-2M9X-RT4W".to_owned());
        for name in [
            "aval-agent_0.1.0_x64_K7QF-2M9X-RT4W.exe",
            "aval-agent_0.1.0_x64_K7QF-2M9X-RT4W (1).exe",
            "aval-agent_0.1.0_x64_K7QF-2M9X-RT4W(12).exe",
            r"C:\Users\Ève\Téléchargements\aval-agent_0.1.0_x64_K7QF-2M9X-RT4W - Copie.exe",
            "K7QF-2M9X-RT4W",
        ] {
            assert_eq!(code_in(name), code, "{name}");
        }
        for name in ["aval-agent_0.1.0_x64.exe", "setup.exe", "", "K7QF-2M9X.exe", "k7qf-2m9x-rt4w.exe"] {
            assert_eq!(code_in(name), None, "{name}");
        }
    }

    #[test]
    fn a_provider_is_a_firm_and_where_its_relays_are() {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("aval-agent.exe");
        assert_eq!(Provider::beside(&program), None);
        let folder = dir.path().join(FOLDER);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(RELAYS), "relais.example.fr:4433\r\n\r\n relais2.example.fr:443\r\n").unwrap();
        assert_eq!(Provider::beside(&program), None, "no firm");
        fs::write(folder.join(FIRM), "a file").unwrap();
        let relays = ["relais.example.fr:4433", "relais2.example.fr:443"].map(str::to_owned).to_vec();
        assert_eq!(
            Provider::beside(&program),
            Some(Provider { firm: folder.join(FIRM), relays: relays.clone(), release: None })
        );
        fs::write(folder.join(RELEASE_KEY), "a key").unwrap();
        let release = Some(folder.join(RELEASE_KEY));
        assert_eq!(Provider::beside(&program), Some(Provider { firm: folder.join(FIRM), relays, release }));
        fs::write(folder.join(RELAYS), vec![b'x'; MOST + 1]).unwrap();
        assert_eq!(Provider::beside(&program), None, "too long a list");
    }
}
