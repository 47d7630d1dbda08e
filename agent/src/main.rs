//! `aval-agent`: the command line, the log, and the exit code. Everything else is the library's.

use std::io::Write as _;
use std::process::ExitCode;

use aval_agent::cli::{Cli, Command};
use aval_agent::commands;
use aval_protocol::text::Lang;
use aval_transport::log;
#[cfg(windows)]
use aval_transport::logfile::{self, LogFile};
use clap::Parser as _;
use tracing::Level;

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log(&cli.command);
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
fn start_log(command: &Command) {
    let usual = match command {
        Command::Service { .. } | Command::Session { .. } => Level::INFO,
        #[cfg(windows)]
        Command::Settle => Level::INFO,
        _ => Level::WARN,
    };
    #[cfg(windows)]
    if let Some(file) = log_file(command) {
        return log::start(std::sync::Mutex::new(file), usual);
    }
    log::start(std::io::stderr, usual);
}

/// Started by Windows, service and session process have no standard error: they log to a file of the agent's folder, `service.log`, or of
/// the person's, `session.log`.
#[cfg(windows)]
fn log_file(command: &Command) -> Option<LogFile> {
    use std::os::windows::io::AsRawHandle as _;

    let name = match command {
        Command::Service { .. } => "service.log",
        Command::Session { .. } => "session.log",
        Command::Settle => "update.log",
        _ => return None,
    };
    if !std::io::stderr().as_raw_handle().is_null() {
        return None;
    }
    let folder = aval_agent::paths::Whereabouts::of_process().agent_home();
    std::fs::create_dir_all(&folder).ok()?;
    LogFile::open(folder.join(name), logfile::LIMIT).ok()
}

/// The person's language by the usual variables (locale(7)); French unless it is clearly English.
fn lang() -> Lang {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let locale = names.iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    Lang::of_locale(&locale.unwrap_or_default())
}
