//! `aval-agent`: the command line, the log, and the exit code. Everything else is the library's.

use std::io::Write as _;
use std::process::ExitCode;

use aval_agent::cli::{Cli, Command};
use aval_agent::commands;
use aval_protocol::text::Lang;
use clap::Parser as _;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    log(&cli.command);
    let lang = lang();
    match commands::run(cli.command, lang) {
        Ok(exit) => ExitCode::from(exit),
        Err(failure) => {
            // Where nobody reads, the exit code says it.
            let _ = writeln!(std::io::stderr(), "aval-agent: {}", failure.said.both(lang));
            ExitCode::from(failure.exit)
        }
    }
}

/// The log goes to standard error; where people read sentences, only warnings disturb them.
fn log(command: &Command) {
    let usual = match command {
        Command::Service { .. } | Command::Session { .. } => "info",
        _ => "warn",
    };
    let filter = EnvFilter::try_from_env("AVAL_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
}

/// The person's language by the usual variables (locale(7)); French unless it is clearly English.
fn lang() -> Lang {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let locale = names.iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    Lang::of_locale(&locale.unwrap_or_default())
}
