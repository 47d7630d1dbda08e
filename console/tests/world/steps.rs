//! The real program as a script uses it: steps in, events out, exit codes, and a canary that must stay where it belongs.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::session::Capabilities;
use serde_json::Value;

use crate::agent::{At, Person};
use crate::firm::Firm;
use crate::relay::{Manner, World};

/// A word that is typed and must not be found anywhere but at the machine.
const WORD: &str = "zibeline-indigo";

/// A technician's directory for this world.
pub(crate) fn home(world: &World) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    world.firm.write_home(dir.path(), &world.address.to_string());
    dir
}

pub(crate) fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aval-console"));
    command.arg("--home").arg(home).stdin(Stdio::null());
    command
}

async fn run(mut command: Command, steps: &str) -> Output {
    let steps = steps.to_owned();
    let run = tokio::task::spawn_blocking(move || {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // The program may have ended before it read everything.
        let _ = child.stdin.take().unwrap().write_all(steps.as_bytes());
        child.wait_with_output().unwrap()
    });
    run.await.unwrap()
}

fn session(home: &Path) -> Command {
    let mut command = program(home);
    command.args(["session", "--machine", "compta-1", "--capabilities", "view,control"]);
    command.args(["--reference", "appel de Mme Leroy, 10 h 12", "--json"]);
    command
}

fn events(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn names(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["event"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_sees_types_waits_and_ends_and_its_word_stays_secret() {
    let world = World::new(Firm::new(), Manner::default());
    let home = home(&world);
    let steps = [
        r##"{"do":"wait-for-pixel","x":5,"y":5,"rgb":"#1e90ff","within_ms":8000}"##.to_owned(),
        format!(r#"{{"do":"type","text":"{WORD}"}}"#),
        r#"{"do":"wait-for-change","x":8,"y":8,"width":4,"height":4,"within_ms":8000}"#.to_owned(),
        r#"{"do":"click","x":3,"y":4}"#.to_owned(),
        r#"{"do":"wait-for-still","for_ms":200,"within_ms":8000}"#.to_owned(),
        r#"{"do":"hash"}"#.to_owned(),
        r#"{"do":"end"}"#.to_owned(),
    ];
    let mut command = session(home.path());
    command.env("AVAL_LOG", "trace").current_dir(home.path());
    let output = run(command, &(steps.join("\n") + "\n")).await;
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let events = events(&output);
    assert_eq!(output.status.code(), Some(0), "{events:#?}");
    let told: Vec<_> = names(&events).into_iter().filter(|name| *name != "step").collect();
    assert_eq!(told, ["requested", "permitted", "match-code", "asking", "granted", "shown", "ended"]);
    assert_eq!(events.last().unwrap()["reason"], "ENDED_BY_TECHNICIAN");
    let done: Vec<&Value> = events.iter().filter(|event| event["event"] == "step").collect();
    assert_eq!(done.len(), steps.len());
    assert!(done.iter().all(|step| step["ok"] == true), "{done:#?}");
    assert_eq!(done[5]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(world.seen.lock().unwrap().typed, WORD);
    let heard_out = world.seen.lock().unwrap().heard_out;
    assert_eq!(heard_out, Some(true), "the relay is heard out before the program hangs up");

    // The canary: it was typed and seen, and is in nothing that the program wrote.
    assert!(stderr.contains("TRACE"), "the log is the fullest there is");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(!stderr.contains(WORD) && !stdout.contains(WORD));
    for pattern in [
        "1e90ff1e90ff",
        "30, 144, 255, 30",
        "255, 144, 30, 255",
        "\u{1e}\\x90\\xff\u{1e}",
        "\\xff\\x90\\x1e\\xff",
    ] {
        assert!(!stderr.contains(pattern), "pixels are in the log: {pattern}");
    }
    let mut files: Vec<_> = std::fs::read_dir(home.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["chain.pem", "console.toml", "firm.pub", "key.pem"], "nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_by_the_gate_is_one_event_and_exit_code_3() {
    let world = World::new(Firm::new(), Manner { refuses: true, ..Manner::default() });
    let home = home(&world);
    let output = run(session(home.path()), "").await;
    assert_eq!(output.status.code(), Some(3));
    let events = events(&output);
    assert_eq!(names(&events), ["requested", "refused"]);
    let reasons = events[1]["reasons"].as_array().unwrap();
    assert_eq!((&reasons[0]["code"], &reasons[1]["code"]), (&"LAPSED".into(), &"OUT_OF_HOURS".into()));
    assert!(events[1]["retry_at"].is_string() && events[1]["offers"][0]["kind"] == "quote");

    let mut command = session(home.path());
    command = {
        let arguments: Vec<_> =
            command.get_args().filter(|a| *a != "--json").map(ToOwned::to_owned).collect();
        let mut plain = Command::new(env!("CARGO_BIN_EXE_aval-console"));
        plain.args(arguments);
        plain
    };
    let output = run(command, "").await;
    assert_eq!(output.status.code(), Some(3));
    let text = String::from_utf8(output.stdout).unwrap();
    for part in ["ne peut pas être ouverte", "article 6.3", "clause 4.2", "Un devis."] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_of_the_person_is_exit_code_4_and_a_cut_line_5() {
    let world = World::new(Firm::new(), Manner { person: Person::Refuses, ..Manner::default() });
    let home_ = home(&world);
    let output = run(session(home_.path()), "{\"do\":\"hash\"}\n").await;
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(events(&output).last().unwrap()["reason"], "REFUSED_BY_PERSON");

    let world = World::new(Firm::new(), Manner::default());
    let home_ = home(&world);
    let running = tokio::spawn(run(session(home_.path()), "{\"do\":\"wait-for-end\"}\n"));
    world.until(|seen| seen.painted > 0).await;
    world.machine.send(At::Stop(EndReason::BannerLost)).unwrap_or_default();
    let output = running.await.unwrap();
    assert_eq!(output.status.code(), Some(5));
    let events = events(&output);
    let step = events.iter().find(|event| event["event"] == "step").unwrap();
    assert_eq!((&step["do"], &step["ok"]), (&"wait-for-end".into(), &true.into()));
    assert_eq!(events.last().unwrap()["reason"], "BANNER_LOST");
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_that_cannot_be_done_end_the_session_with_exit_code_6() {
    let long = format!(r#"{{"do":"type","text":"{}"}}"#, "a".repeat(70_000));
    for (step, error) in [
        ("{\"do\":\"format-disk\"}", "BAD_STEP"),
        ("}{", "BAD_STEP"),
        (long.as_str(), "BAD_STEP"),
        (r##"{"do":"wait-for-pixel","x":5,"y":5,"rgb":"#ffffff","within_ms":300}"##, "TIMED_OUT"),
    ] {
        let world = World::new(Firm::new(), Manner::default());
        let home = home(&world);
        let output = run(session(home.path()), &format!("{step}\n{{\"do\":\"wait-for-end\"}}\n")).await;
        let events = events(&output);
        assert_eq!(output.status.code(), Some(6), "{error}: {events:#?}");
        let told = events.iter().find(|event| event["event"] == "step").unwrap();
        assert_eq!((&told["ok"], &told["error"]), (&false.into(), &error.into()));
        assert!(told["fr"].as_str().is_some_and(|fr| !fr.is_empty()) && told["en"].is_string());
        assert_eq!(events.last().unwrap()["reason"], "ENDED_BY_TECHNICIAN");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_beyond_the_grant_is_refused() {
    let manner = Manner { person: Person::Grants(Capabilities::VIEW), ..Manner::default() };
    let world = World::new(Firm::new(), manner);
    let home = home(&world);
    let output = run(session(home.path()), "{\"do\":\"key\",\"key\":\"Enter\"}\n").await;
    let events = events(&output);
    assert_eq!(output.status.code(), Some(6));
    let granted = events.iter().find(|event| event["event"] == "granted").unwrap();
    assert_eq!(granted["capabilities"], serde_json::json!(["view"]));
    let told = events.iter().find(|event| event["event"] == "step").unwrap();
    assert_eq!(told["error"], "NO_CONTROL");
    assert_eq!(world.seen.lock().unwrap().events, 0);
}
