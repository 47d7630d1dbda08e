//! The tests of `cli.rs`, beside it so that both stay short.

use clap::CommandFactory as _;

use super::*;

fn parse(line: &str) -> Result<Command, clap::Error> {
    Cli::try_parse_from(line.split_whitespace()).map(|cli| cli.command)
}

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn a_pc_is_attached_as_documented() {
    let line =
        "aval-agent enrol K7QF-2M9X-RT4W --firm firm.pub --relay a.example:4433 --relay [::1]:4433 --home d";
    let Command::Enrol(args) = parse(line).unwrap() else { panic!("another command") };
    assert_eq!(args.invitation.as_deref(), Some("K7QF-2M9X-RT4W"));
    assert_eq!(args.relays, ["a.example:4433", "[::1]:4433"]);
    assert_eq!(args.home.home, Some("d".into()));
    let line = "aval-agent enrol --relay a.example:4433 --firm firm.pub";
    assert!(matches!(parse(line).unwrap(), Command::Enrol(EnrolArgs { invitation: None, .. })));
}

#[test]
fn the_other_commands_are_understood() {
    for good in [
        "aval-agent service",
        "aval-agent service --home d --socket s",
        "aval-agent session --socket s --display :0",
        "aval-agent status --json",
        "aval-agent inventory --json",
        "aval-agent inventory --lang en",
        "aval-agent register --home d --json",
        "aval-agent register export --home d journal.json",
        "aval-agent register verify --file journal.json",
        "aval-agent leave --home d",
        "aval-agent uninstalled",
        "aval-agent enrol K7QF-2M9X-RT4W@relais.example/3f9a",
    ] {
        assert!(parse(good).is_ok(), "{good}");
    }
    let verify = parse("aval-agent register verify --home d").unwrap();
    let Command::Register(RegisterArgs { what: Some(RegisterCommand::Verify { home, .. }), .. }) = verify
    else {
        panic!("not a verification")
    };
    assert_eq!(home.home, Some("d".into()));
}

#[test]
fn no_option_answers_a_question() {
    for bad in [
        "aval-agent",
        "aval-agent enrol CODE --firm f --relay r:1 --yes",
        "aval-agent enrol CODE --firm f --relay r:1 -y",
        "aval-agent leave --yes",
        "aval-agent leave --force",
        "aval-agent uninstalled --yes",
        "aval-agent session --accept",
        "aval-agent service --now 0",
    ] {
        assert!(parse(bad).is_err(), "{bad}");
    }
}
