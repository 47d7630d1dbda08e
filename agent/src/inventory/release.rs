//! Which system runs (os-release(5)) and until when its makers support it: by its own word (`SUPPORT_END`), else by the table
//! that Debian and Ubuntu ship in the package `distro-info-data`.

use aval_protocol::wire::inventory::items::Os;
use aval_protocol::wire::inventory::{Day, Text};

/// The system by its os-release file.
pub fn os(release: &str, arch: &str) -> Os {
    let of = |key: &str| field(release, key);
    Os {
        name: of("PRETTY_NAME").or_else(|| of("NAME")).and_then(|name| Text::name(&name)),
        id: of("ID").and_then(|id| Text::name(&id)),
        version: of("VERSION_ID").and_then(|version| Text::new(&version)),
        arch: Text::name(arch),
        support_end: of("SUPPORT_END").and_then(|day| Day::of_iso(&day)),
        extended_end: None,
    }
}

/// The name by which a table of releases knows this one.
pub fn codename(release: &str) -> Option<String> {
    field(release, "VERSION_CODENAME").filter(|name| !name.is_empty())
}

/// Ends of regular and of long-term support, by a table of distro-info.
pub fn support(table: &str, codename: &str) -> (Option<Day>, Option<Day>) {
    let mut lines = table.lines();
    let columns: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let at = |name: &str| columns.iter().position(|column| *column == name);
    let Some(series) = at("series") else { return (None, None) };
    let row =
        lines.map(|line| line.split(',').collect::<Vec<_>>()).find(|row| row.get(series) == Some(&codename));
    let day = |name| Day::of_iso(row.as_ref()?.get(at(name)?)?);
    (day("eol"), day("eol-lts").or_else(|| day("eol-esm")))
}

/// A value of os-release, without its quotes. Only one line of it, and no shell is asked.
fn field(release: &str, key: &str) -> Option<String> {
    let line = release.lines().rev().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='))?;
    let quote = line.chars().next().filter(|c| matches!(c, '"' | '\''));
    let inner = quote.and_then(|q| line.strip_prefix(q)?.strip_suffix(q)).unwrap_or(line);
    let mut value = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        value.extend(if c == '\\' && quote != Some('\'') { chars.next() } else { Some(c) });
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Two lines of the tables of distro-info-data 0.58+deb12u6 and their heads.
    const DEBIAN: &str = "version,codename,series,created,release,eol,eol-lts,eol-elts\n\
        12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-07-11,2028-06-30,2033-06-30\n,Sid,sid,1993-08-16\n";
    const UBUNTU: &str = "version,codename,series,created,release,eol,eol-server,eol-esm,eol-legacy\n\
        24.04 LTS,Noble Numbat,noble,2023-10-12,2024-04-25,2029-05-31,2029-05-31,2034-04-25,2036-04-29\n";

    fn days(table: &str, codename: &str) -> (String, String) {
        let (end, extended) = support(table, codename);
        let shown = |day: Option<Day>| day.map_or_else(String::new, |day| day.to_string());
        (shown(end), shown(extended))
    }

    #[test]
    fn support_ends_on_the_day_of_the_table() {
        assert_eq!(days(DEBIAN, "bookworm"), ("2026-07-11".into(), "2028-06-30".into()));
        assert_eq!(days(UBUNTU, "noble"), ("2029-05-31".into(), "2034-04-25".into()));
        assert_eq!(days(DEBIAN, "sid"), (String::new(), String::new()));
        assert_eq!(days(DEBIAN, "noble"), (String::new(), String::new()));
        assert_eq!(days("", "bookworm"), (String::new(), String::new()));
    }

    #[test]
    fn os_release_is_read_with_quotes_of_both_kinds_and_its_own_word_of_support() {
        let text = "NAME=Fedora\nPRETTY_NAME=\"Fedora \\\"Linux\\\" 42\"\nID=fedora\nVERSION_ID='42'\n\
                    VERSION_CODENAME=\"\"\nSUPPORT_END=2026-05-13\n#ID=other\n";
        let os = os(text, "x86_64");
        assert_eq!(os.name.unwrap().as_str(), "Fedora \"Linux\" 42");
        assert_eq!((os.id.unwrap().as_str(), os.version.unwrap().as_str()), ("fedora", "42"));
        assert_eq!(os.support_end.unwrap().to_string(), "2026-05-13");
        assert_eq!(codename(text), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String, key in "[A-Z=\"'\\\\]{0,6}") {
            let _ = (os(&text, &key), codename(&text), support(&text, &key), field(&text, &key));
        }
    }
}
