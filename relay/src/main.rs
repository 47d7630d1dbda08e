//! `aval-relay`: the command line around the library.

use std::io::{Write as _, stderr, stdout};
use std::process::ExitCode;

use aval_relay::cli::{Cli, run};
use aval_transport::{Clock, log};
use clap::Parser as _;

fn main() -> ExitCode {
    let cli = Cli::parse();
    log::start(stderr, tracing::Level::INFO);
    match run(cli, &mut stdout().lock(), &Clock::system()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody can be told when this fails.
            let _ = writeln!(stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}
