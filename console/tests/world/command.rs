//! The real program on bad input: a sentence that says what to do, French first, and the documented exit code.

use std::process::Output;

use crate::firm::{Firm, private};
use crate::relay::{Journal, Manner, World};
use crate::steps::{home, program};

async fn run(home: &std::path::Path, arguments: &[&str]) -> Output {
    let mut command = program(home);
    command.args(arguments);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_that_is_missing_is_told_with_what_mends_it() {
    let world = World::new(Firm::new(), Manner::default());
    let dir = home(&world);
    for (file, part) in [
        ("console.toml", "relay = ["),
        ("firm.pub", "firm.pub"),
        ("chain.pem", "aval-console key install"),
        ("key.pem", "aval-console key new"),
    ] {
        std::fs::remove_file(dir.path().join(file)).unwrap();
        let output = run(dir.path(), &["machines"]).await;
        assert_eq!(output.status.code(), Some(1), "{file}");
        let text = said(&output);
        assert!(text.contains(part) && text.lines().count() >= 2, "{file}: {text}");
    }
    let output = run(&dir.path().join("nowhere"), &["machines", "--json"]).await;
    assert_eq!(output.status.code(), Some(1));
    let event: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&event["event"], &event["exit"]), (&"failed".into(), &1.into()));
    assert!(event["fr"].as_str().unwrap().contains("key new"));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_others_can_read_is_not_used() {
    let world = World::new(Firm::new(), Manner::default());
    let dir = home(&world);
    private(&dir.path().join("key.pem"), 0o640);
    let output = run(dir.path(), &["machines"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("chmod 600"), "{}", said(&output));
    private(&dir.path().join("key.pem"), 0o600);
    assert_eq!(run(dir.path(), &["machines"]).await.status.code(), Some(0), "its honest twin");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_not_what_they_should_be_are_named() {
    let world = World::new(Firm::new(), Manner::default());
    for file in ["key.pem", "chain.pem", "firm.pub", "console.toml"] {
        let dir = home(&world);
        std::fs::write(dir.path().join(file), "\u{1b}[2Jgarbage").unwrap();
        let output = run(dir.path(), &["machines"]).await;
        assert_eq!(output.status.code(), Some(1), "{file}");
        assert!(
            said(&output).contains(file) && !said(&output).contains('\u{1b}'),
            "{file}: {}",
            said(&output)
        );
    }
    // A certificate of somebody else's key.
    let dir = home(&world);
    Firm::new().write_home(dir.path(), &world.address.to_string());
    let key = aval_protocol::firm::files::key_to_pem(&world.firm.technician);
    std::fs::write(dir.path().join("key.pem"), key.as_str()).unwrap();
    let output = run(dir.path(), &["machines"]).await;
    assert!(said(&output).contains("another key"), "{}", said(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_is_not_there_or_not_the_firms_is_told() {
    let world = World::new(Firm::new(), Manner::default());
    let dir = home(&world);
    let free = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    std::fs::write(dir.path().join("console.toml"), format!("relay = [\"{free}\"]")).unwrap();
    let output = run(dir.path(), &["machines"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("UDP") && said(&output).contains(&free.to_string()), "{}", said(&output));

    let other = Firm::new();
    other.write_home(dir.path(), &world.address.to_string());
    let output = run(dir.path(), &["machines"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("is not a server of your firm"), "{}", said(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_line_without_sense_is_exit_code_2() {
    let world = World::new(Firm::new(), Manner::default());
    let dir = home(&world);
    for arguments in [
        &["session"][..],
        &["dance"],
        &["session", "--machine", "COMPTA-1", "--capabilities", "control"],
        &["session", "--machine", "COMPTA-1"],
    ] {
        let output = run(dir.path(), arguments).await;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!said(&output).is_empty());
    }
    let output = run(dir.path(), &["session", "--machine", "NOWHERE", "--reference", "appel"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("aval-console machines"), "{}", said(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_relays_no_is_passed_on() {
    let world = World::new(Firm::new(), Manner::default());
    let dir = home(&world);
    let output = run(dir.path(), &["code", "new", "--contract", "C-2026-014"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("Interdit.") && said(&output).contains("Forbidden."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_is_shown_and_verified_and_an_altered_one_is_not_called_good() {
    let world = World::new(Firm::new(), Manner::default());
    let dir = home(&world);
    let verify = ["journal", "verify", "--machine", "compta-1"];
    let output = run(dir.path(), &verify).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("5 entries"));
    let output = run(dir.path(), &["journal", "show", "--machine", "compta-1", "--json"]).await;
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 5);
    // Signed by the relay, and not by the key that a person names.
    let other = world.firm.machine.key_id().to_string();
    let output = run(dir.path(), &[&verify[..], &["--key", &other]].concat()).await;
    assert_eq!(output.status.code(), Some(1));
    let own = world.firm.relay.key_id().to_string();
    assert_eq!(run(dir.path(), &[&verify[..], &["--key", &own]].concat()).await.status.code(), Some(0));

    let world = World::new(Firm::new(), Manner { journal: Journal::Altered, ..Manner::default() });
    let dir = home(&world);
    let output = run(dir.path(), &verify).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("ALTERED after entry 3"));
}
