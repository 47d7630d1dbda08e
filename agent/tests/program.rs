//! The program itself against bad input: each wrong folder, file, answer or desktop gets a sentence that says what to do, in two
//! languages, and an exit code; never a panic. Each case has its honest twin.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "shared/placed.rs"]
mod placed;

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use aval_agent::state::{Home, Settings};
use aval_protocol::firm::authority::found;
use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::{HardwareFacts, SectionKind};

const PROGRAM: &str = env!("CARGO_BIN_EXE_aval-agent");
const NOW: UnixSeconds = UnixSeconds(1_795_000_000);
/// Port 9 (discard, RFC 863): nobody answers.
const NOBODY: &str = "127.0.0.1:9";
const SOON: Duration = Duration::from_secs(20);

struct Place {
    dir: tempfile::TempDir,
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let firm = found("Atelier Beaurepaire Informatique", "+33199001234", NOW, 20, 400).unwrap();
        fs::write(dir.path().join("firm.pub"), firm.file.to_pem().unwrap()).unwrap();
        Self { dir }
    }

    fn attached() -> Self {
        let place = Self::new();
        let home = Home::new(place.home());
        home.prepare().unwrap();
        let firm = fs::read(place.path("firm.pub")).unwrap();
        home.finish(&firm, &Settings::of(vec![NOBODY.into()])).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn home(&self) -> PathBuf {
        self.path("home")
    }

    /// The program in this folder, speaking French.
    fn command(&self, words: &[&str]) -> Command {
        command(Path::new(PROGRAM), self.dir.path(), words)
    }

    fn run(&self, words: &[&str], typed: &str) -> Output {
        let mut child = self.command(words).stdin(Stdio::piped()).spawn().unwrap();
        // It may end before it reads.
        let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Fails with this exit code and these words, and does not panic.
    fn fails(&self, words: &[&str], typed: &str, exit: i32, said: &[&str]) {
        let output = self.run(words, typed);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(exit), "{words:?}: {error}");
        for word in said {
            assert!(error.contains(word), "{words:?}: {word:?} is missing in {error}");
        }
        assert!(!error.contains("panicked"), "{error}");
        assert!(error.lines().count() >= 2, "one language only: {error}");
    }

    fn succeeds(&self, words: &[&str], typed: &str) -> String {
        let output = self.run(words, typed);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn service(&self) -> Running {
        let socket = self.path("run/agent.sock");
        let words = ["service", "--home", "home", "--socket", socket.to_str().unwrap()];
        let running = Running(self.command(&words).spawn().unwrap());
        until("the service opens its socket", || socket.exists());
        until("the service says how it stands", || Home::new(self.home()).status().is_some());
        running
    }
}

fn command(program: &Path, dir: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(words).current_dir(dir).env_clear().env("LC_ALL", "fr_FR.UTF-8").env("HOME", dir);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn until(what: &str, mut seen: impl FnMut() -> bool) {
    for _ in 0..SOON.as_millis() / 20 {
        if seen() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("never: {what}");
}

fn terminate(running: &Running) {
    let pid = rustix::process::Pid::from_child(&running.0);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
}

/// Waits for the end; the exit code and what was said on standard error.
fn ended(mut running: Running) -> (Option<i32>, String) {
    let mut code = None;
    until("the program ends", || {
        code = running.0.try_wait().unwrap();
        code.is_some()
    });
    let mut said = String::new();
    running.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (code.unwrap().code(), said)
}

#[test]
fn a_command_line_that_makes_no_sense_is_a_usage_error() {
    let place = Place::new();
    for words in [&[][..], &["sevrice"], &["session", "--accept"], &["enrol", "C", "--yes"]] {
        assert_eq!(place.run(words, "").status.code(), Some(2), "{words:?}");
    }
    assert!(place.succeeds(&["--help"], "").contains("register"));
    // What an invitation lacks is said in sentences.
    let enrol = |words: &[&str], said: &[&str]| {
        place.fails(&[&["enrol", "--home", "home"], words].concat(), "oui\n", 1, said);
    };
    enrol(&[], &["empreinte", "fingerprint", "--firm"]);
    enrol(&["K7QF-2M9X-RT4W@relais.example"], &["empreinte", "fingerprint"]);
    enrol(&["K7QF-2M9X-RT4W@relais.example/3f9a"], &["invitation complète", "whole invitation"]);
}

#[test]
fn a_pc_that_is_not_attached_is_told_how() {
    let place = Place::new();
    for command in [&["status"][..], &["service"], &["register"], &["register", "verify"], &["leave"]] {
        let words = [command, &["--home", "home"]].concat();
        place.fails(&words, "oui\n", 1, &["n’est pas rattaché", "is not attached", "aval-agent enrol"]);
    }
    let output = place.run(&["status", "--home", "home", "--json"], "");
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(1), &b"{\"enrolled\":false}\n"[..]));
    assert!(!place.home().exists(), "a look made something");
}

#[test]
fn an_attachment_that_cannot_be_says_why_and_keeps_nothing() {
    let place = Place::new();
    let enrol = |firm: &str, relay: &str, code: &str, typed: &str, exit, said: &[&str]| {
        let words = ["enrol", code, "--firm", firm, "--relay", relay, "--home", "home"];
        place.fails(&words, typed, exit, said);
        assert!(!place.home().exists(), "something was kept");
    };
    let code = "K7QF-2M9X-RT4W";
    fs::write(place.path("garbage.pub"), [0xff; 300]).unwrap();
    enrol(
        "missing.pub",
        NOBODY,
        code,
        "oui\n",
        1,
        &["missing.pub", "--firm", "Demandez", "Ask your provider"],
    );
    enrol("garbage.pub", NOBODY, code, "oui\n", 1, &["garbage.pub", "--firm"]);
    enrol("firm.pub", "nowhere", code, "oui\n", 1, &[":4433"]);
    enrol("firm.pub", NOBODY, "K7/", "oui\n", 1, &["K7QF-2M9X-RT4W"]);
    enrol("firm.pub", NOBODY, code, "non\n", 3, &["Rien n’a été envoyé", "Nothing was sent"]);
    enrol("firm.pub", NOBODY, code, "", 3, &["Rien n’a été envoyé"]);
}

#[test]
fn a_relay_that_does_not_answer_is_named_with_whom_to_call() {
    let place = Place::new();
    let words = ["enrol", "K7QF2M9XRT4W", "--firm", "firm.pub", "--relay", NOBODY, "--home", "home"];
    place.fails(&words, "oui\n", 1, &[NOBODY, "UDP", "01\u{a0}99\u{a0}00\u{a0}12\u{a0}34"]);
    assert!(!Home::new(place.home()).is_enrolled());
}

#[test]
fn a_damaged_folder_says_which_file_and_what_to_do() {
    let place = Place::attached();
    place.succeeds(&["status", "--home", "home"], "");
    let whole = |name: &str| fs::read(place.home().join(name)).unwrap();
    for name in ["identity.key", "firm.pub", "agent.toml"] {
        let before = whole(name);
        fs::write(place.home().join(name), b"\xff\x00garbage").unwrap();
        let path = place.home().join(name);
        for command in ["status", "service"] {
            let socket = place.path("s");
            let mut words = vec![command, "--home", "home"];
            if command == "service" {
                words.extend(["--socket", socket.to_str().unwrap()]);
            }
            place.fails(&words, "", 1, &[name, "sauvegarde", "backup"]);
        }
        assert_eq!(fs::read(&path).unwrap(), b"\xff\x00garbage", "a damaged file was overwritten");
        fs::write(path, before).unwrap();
    }
    let key = place.home().join("identity.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    place.fails(&["service", "--home", "home", "--socket", "s"], "", 1, &["chmod 600"]);
}

#[test]
fn a_service_runs_once_stops_when_told_and_says_how_it_stands() {
    let place = Place::attached();
    let stopped = place.succeeds(&["status", "--home", "home"], "");
    assert!(stopped.contains("Le service est arrêté"), "{stopped}");
    let service = place.service();
    let running = place.succeeds(&["status", "--home", "home"], "");
    assert!(running.contains("Le service fonctionne") && running.contains("Pas de connexion"), "{running}");
    let json = place.succeeds(&["status", "--home", "home", "--json"], "");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["desktop"], &json["in_session"]), (&false.into(), &false.into()));
    assert_eq!((&json["running"], &json["firm"]), (&true.into(), &"Atelier Beaurepaire Informatique".into()));
    place.fails(&["service", "--home", "home", "--socket", "other"], "", 1, &["systemctl stop"]);
    place.fails(&["leave", "--home", "home"], "oui\n", 1, &["systemctl stop"]);
    let busy = Place::attached();
    let socket = place.path("run/agent.sock");
    let words = ["service", "--home", "home", "--socket", socket.to_str().unwrap()];
    busy.fails(&words, "", 1, &["--socket", "Un autre service"]);
    terminate(&service);
    let (code, said) = ended(service);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("the service runs") && said.contains("the service stops"), "{said}");
    // Its socket was left behind; the next one takes its place.
    let next = place.service();
    terminate(&next);
    assert_eq!(ended(next).0, Some(0));
}

#[test]
fn the_inventory_is_what_the_wire_has() {
    let place = Place::new();
    let json = place.succeeds(&["inventory", "--json"], "");
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let facts: HardwareFacts = serde_json::from_value(report["facts"].clone()).unwrap();
    assert_eq!(facts.hostname, aval_agent::facts::collect().hostname);
    let sections = report["sections"].as_array().unwrap();
    let named: Vec<_> = sections.iter().map(|section| section["section"].as_str().unwrap()).collect();
    let all: Vec<_> = SectionKind::ALL.iter().map(|kind| kind.label()).collect();
    assert_eq!(named, all);
    let bytes: u64 = sections.iter().map(|section| section["bytes"].as_u64().unwrap()).sum();
    assert_eq!(report["bytes"], bytes);
    let shown = place.succeeds(&["inventory"], "");
    for told in ["Nom\u{a0}: ", "Ordinateur", "Volumes", "État de santé", "Ne sont jamais relevés"] {
        assert!(shown.contains(told), "{told} is missing: {shown}");
    }
    assert!(place.succeeds(&["inventory", "--lang", "en"], "").contains("Never read"));
}

/// Everything the inventory says comes from a list of fields; nothing that names a person, a network or a program is on it, and no
/// such thing of this machine is in what it prints.
#[test]
fn the_inventory_never_tells_of_people_networks_or_programs() {
    let place = Place::new();
    let json = place.succeeds(&["inventory", "--json"], "");
    let mut keys = std::collections::BTreeSet::new();
    fields(&serde_json::from_str(&json).unwrap(), &mut keys);
    for word in [
        "key", "licen", "user", "login", "process", "ssid", "network", "document", "software", "program",
        "package", "ip",
    ] {
        let found: Vec<_> = keys.iter().filter(|key| key.split('_').any(|part| part == word)).collect();
        assert!(found.is_empty(), "{word}: {found:?}");
    }
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let people = passwd.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let (name, id) = (fields.next()?, fields.nth(1)?.parse::<u32>().ok()?);
        ((1000..60_000).contains(&id) && name.len() > 3).then_some(name)
    });
    for name in people {
        assert!(!json.contains(name), "{name} is in it");
    }
}

fn fields(value: &serde_json::Value, keys: &mut std::collections::BTreeSet<String>) {
    match value {
        serde_json::Value::Object(map) => map.iter().for_each(|(key, value)| {
            keys.insert(key.to_lowercase());
            fields(value, keys);
        }),
        serde_json::Value::Array(items) => items.iter().for_each(|item| fields(item, keys)),
        _ => {}
    }
}

#[test]
fn a_session_without_its_consent_program_does_not_start() {
    let place = Place::new();
    let alone = place.path("aval-agent");
    placed::program(&alone, &fs::read(PROGRAM).unwrap());
    let words = ["session", "--socket", "s", "--display", ":0"];
    let output = command(&alone, place.dir.path(), &words).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("Réinstallez aval-agent") && said.contains("Reinstall"), "{said}");
}

#[test]
fn a_desktop_that_cannot_be_shown_is_said_at_once() {
    for (variable, said) in [(Some("WAYLAND_DISPLAY"), "Wayland"), (None, "DISPLAY")] {
        let place = Place::new();
        let alone = place.path("aval-agent");
        placed::program(&alone, &fs::read(PROGRAM).unwrap());
        let mut session = command(&alone, place.dir.path(), &["session", "--socket", "s"]);
        if let Some(variable) = variable {
            session.env(variable, "wayland-0").env("DISPLAY", ":0");
        }
        let error = String::from_utf8(session.output().unwrap().stderr).unwrap();
        let first = error.lines().next().unwrap();
        assert!(first.contains(said) && first.contains("toute demande sera refusée"), "{error}");
    }
}
