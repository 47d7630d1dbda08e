//! Updates that wait, by what package managers say when they only pretend.

/// How many wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Waiting {
    /// Of them, those that mend security.
    pub security: u32,
    /// The rest.
    pub other: u32,
}

/// By `apt-get --simulate dist-upgrade` in the C locale: `Inst NAME [OLD] (NEW ORIGIN, …)`. New packages without an old version
/// come along and are not counted.
pub fn apt(text: &str) -> Waiting {
    let mut waiting = Waiting::default();
    for line in text.lines() {
        let Some(rest) = line.strip_prefix("Inst ") else { continue };
        let Some((old, new)) = rest.split_once(" (") else { continue };
        if !old.contains('[') {
            continue;
        }
        // `Debian-Security:12/stable-security`, `Ubuntu:24.04/noble-security`
        match new.to_ascii_lowercase().contains("-security") {
            true => waiting.security += 1,
            false => waiting.other += 1,
        }
    }
    waiting
}

/// By two runs of `dnf check-update`, of everything and of security alone: `name.arch  version  repository`, then, after a blank
/// line, what replaces what.
pub fn dnf(all: &str, security: &str) -> Waiting {
    let (all, security) = (listed(all), listed(security));
    Waiting { security, other: all.saturating_sub(security) }
}

fn listed(text: &str) -> u32 {
    let told = text.lines().take_while(|line| !line.starts_with("Obsoleting"));
    let packages = told.filter(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        words.len() == 3 && words[0].contains('.') && words[1].starts_with(|c: char| c.is_ascii_digit())
    });
    u32::try_from(packages.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the form of APT 2.6 and 2.7; packages as Debian and Ubuntu name them, versions made up.
    #[test]
    fn apt_says_what_it_would_do_and_where_it_comes_from() {
        let text = "NOTE: This is only a simulation!\n\
            Inst libssl3 [3.0.1-1] (3.0.2-1 Debian-Security:12/stable-security [amd64]) []\n\
            Inst openssl [3.0.1-1] (3.0.2-1 Debian-Security:12/stable-security [amd64])\n\
            Inst tzdata [2026a] (2026b Debian:12.9/stable [all])\n\
            Inst curl [8.5] (8.6 Ubuntu:24.04/noble-updates, Ubuntu:24.04/noble-security [amd64])\n\
            Inst linux-image-6.1.0-30-amd64 (6.1.124-1 Debian-Security:12/stable-security [amd64])\n\
            Conf libssl3 (3.0.2-1 Debian-Security:12/stable-security [amd64])\n";
        assert_eq!(apt(text), Waiting { security: 3, other: 1 });
        assert_eq!(
            apt("0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n"),
            Waiting::default()
        );
        assert_eq!(apt("Inst\nInst x\nInst x [\n"), Waiting::default());
    }

    /// In the form of DNF 4 and 5.
    #[test]
    fn dnf_lists_packages_and_then_what_replaces_what() {
        let all = "\nopenssl-libs.x86_64   1:3.2.1-2.fc42   updates\ntzdata.noarch  2026b-1.fc42  updates\n\
                   Last metadata expiration check: 0:10:11 ago on Sat.\n\nObsoleting Packages\nnew.x86_64  1.0-1  updates\n";
        let security = "openssl-libs.x86_64   1:3.2.1-2.fc42   updates\n";
        assert_eq!(dnf(all, security), Waiting { security: 1, other: 1 });
        assert_eq!(dnf("", ""), Waiting::default());
    }
}
