//! What no program here can do, because there is no word for it: record, photograph or darken a screen, lock out the person's own
//! hands, come when nobody is there, open a tunnel or a shell, listen or look through a camera, reach many machines with one word.
//! Looks at every variant of every message's type, in the source, and at every command and option, in the programs' own help.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aval_tests::stage::programs;

/// Parts of names that would be such a verb.
const NEVER: [&str; 34] = [
    "audio",
    "autoaccept",
    "blackout",
    "blank",
    "blockinput",
    "broadcast",
    "camera",
    "clipboard",
    "curtain",
    "darken",
    "dump",
    "eval",
    "everymachine",
    "exec",
    "forward",
    "fetchfile",
    "hidebanner",
    "hidden",
    "keylog",
    "microphone",
    "noconsent",
    "password",
    "photograph",
    "portmap",
    "powershell",
    "privacy",
    "recorder",
    "recording",
    "remoteshell",
    "runas",
    "screenshot",
    "silent",
    "tunnel",
    "unattended",
];
/// Names that hold such a part and mean something else, each with what.
const MEANT: [(&str, &str); 1] = [
    // A lease that is lost: the screen is hidden from the technician, not from the person.
    ("Hidden", "console"),
];

/// An enum's name, and its variants with what they hold.
type Enum = (String, Vec<(String, String)>);

/// The enums of a source file.
fn enums(source: &str) -> Vec<Enum> {
    let code: String =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for (at, _) in code.match_indices("pub enum ") {
        let rest = &code[at + "pub enum ".len()..];
        let Some(open) = rest.find('{') else { continue };
        let name = rest[..open].trim().to_owned();
        let (mut depth, mut variants, mut current) = (0_u32, Vec::new(), String::new());
        for c in rest[open..].chars() {
            match c {
                '{' | '(' | '[' | '<' => depth += 1,
                '}' | ')' | ']' | '>' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            if c == ',' && depth == 1 {
                variants.push(std::mem::take(&mut current));
            } else {
                current.push(c);
            }
        }
        variants.push(current);
        let split = |variant: &String| {
            // Attributes stand before the name.
            let plain = variant.rsplit(']').next().unwrap_or(variant).trim_start_matches(['{', '\n', ' ']);
            let end = plain.find(|c: char| !c.is_alphanumeric()).unwrap_or(plain.len());
            (plain[..end].to_owned(), plain[end..].to_owned())
        };
        found.push((name, variants.iter().map(split).filter(|(name, _)| !name.is_empty()).collect()));
    }
    found
}

fn sources(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

fn forbidden(name: &str) -> Option<&'static str> {
    let plain: String = name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    NEVER.into_iter().find(|part| plain.contains(part) && !MEANT.iter().any(|(meant, _)| *meant == name))
}

#[test]
fn no_message_has_a_variant_for_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = vec![root.join("protocol/src/prompt.rs"), root.join("agent/src/ipc.rs")];
    sources(&root.join("protocol/src/wire"), &mut files);
    let (mut seen, mut variants) = (BTreeSet::new(), 0);
    for file in files {
        for (name, all) in enums(&fs::read_to_string(&file).unwrap()) {
            for (variant, holds) in all {
                assert_eq!(forbidden(&variant), None, "{name}::{variant} in {}", file.display());
                let many =
                    ["Vec<AgentId>", "[AgentId", "BTreeSet<AgentId>"].iter().any(|many| holds.contains(many));
                let answer = ["MachineNews", "Reply"].contains(&&*name);
                assert!(!many || answer, "{name}::{variant} reaches many machines at once");
                variants += 1;
            }
            seen.insert(name);
        }
    }
    // The scan sees what there is.
    for known in [
        "Head",
        "Downlink",
        "Uplink",
        "Call",
        "Reply",
        "InputEvent",
        "ScreenDown",
        "FromConsole",
        "FromAgent",
        "ToSession",
    ] {
        assert!(seen.contains(known), "{known} was not found: {seen:?}");
    }
    assert!(variants > 150, "{variants}");
}

/// Every command below this one, by its words, with its help.
fn commands(program: &str, words: &[String], into: &mut Vec<(Vec<String>, String)>) {
    let output = Command::new(programs().unwrap().join(program))
        .args(words)
        .arg("--help")
        .env("LANG", "C")
        .output()
        .unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && !help.is_empty(), "{program} {words:?} --help");
    let listed = help
        .split("Commands:")
        .nth(1)
        .unwrap_or("")
        .lines()
        .skip(1)
        .take_while(|line| !line.trim().is_empty());
    let below: Vec<String> = listed
        // A command's line is set in by two; what its text goes on with, by more.
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .filter(|word| word != "help")
        .collect();
    into.push((words.to_vec(), help));
    for word in below {
        commands(program, &[words, &[word]].concat(), into);
    }
}

#[test]
fn no_command_and_no_option_does_it() {
    let mut all = 0;
    for program in ["aval-agent", "aval-agent-prompt", "aval-relay", "aval-console"] {
        let mut found = Vec::new();
        commands(program, &[], &mut found);
        for (words, help) in &found {
            let options = help.split_whitespace().filter(|word| word.starts_with("--"));
            for name in words.iter().map(String::as_str).chain(options) {
                assert_eq!(forbidden(name), None, "{program} {words:?}: {name}");
            }
        }
        all += found.len();
    }
    assert!(all > 30, "the help was read: {all} commands");
}

#[test]
fn the_scan_would_find_one() {
    let source = "/// Doc.\npub enum Bad {\n    /// One.\n    Fine { a: u8 },\n    #[serde(rename = \"x\")]\n    StartRecording(Vec<u8>),\n    ToAll { agents: Vec<AgentId> },\n}\n";
    let [(name, variants)] = &enums(source)[..] else { panic!() };
    assert_eq!(name, "Bad");
    let names: Vec<_> = variants.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Fine", "StartRecording", "ToAll"]);
    assert_eq!(forbidden("StartRecording"), Some("recording"));
    assert!(variants[2].1.contains("Vec<AgentId>"));
    assert_eq!(forbidden("--unattended"), Some("unattended"));
}
