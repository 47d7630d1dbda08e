//! `aval-relay`: the command line around the library.

use std::io::{Write as _, stderr, stdout};
use std::process::ExitCode;

use aval_relay::cli::{Cli, run};
use aval_transport::Clock;
use clap::Parser as _;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_env("AVAL_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).with_ansi(false).init();
    match run(cli, &mut stdout().lock(), &Clock::system()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody can be told when this fails.
            let _ = writeln!(stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}
