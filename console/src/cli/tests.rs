//! The tests of `cli.rs`, beside it so that both stay short.

use clap::CommandFactory;

use super::*;

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn a_session_is_asked_for_as_documented() {
    let line = "aval-console session --machine COMPTA-1 --capabilities view,control --category assistance \
                --reference appel --json";
    let cli = Cli::try_parse_from(line.split_whitespace()).unwrap();
    let Some(Command::Online(Online::Session(args))) = cli.command else { panic!("another command") };
    assert!(args.json);
    assert_eq!(args.request.capabilities, Capabilities::KNOWN);
    for bad in [
        "aval-console session",
        "aval-console session --machine A --capabilities control",
        "aval-console session --machine A --capabilities view,files",
        "aval-console session --machine A --minutes 0",
        "aval-console session --machine A --minutes 241",
        "aval-console session --machine A --category party",
        "aval-console exception --machine A --reason b --minutes 721",
        "aval-console explain --machine A --at demain",
        "aval-console lock Sophie --reason b",
    ] {
        assert!(Cli::try_parse_from(bad.split_whitespace()).is_err(), "{bad}");
    }
}
