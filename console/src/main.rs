//! `aval-console`: reads the command line, carries one command out, and leaves with its exit code.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context as _;
use aval_console::cli::{Cli, Command, Online};
use aval_console::home::Home;
use aval_console::link::{Console, ConsoleConfig};
use aval_console::say::{EXIT_DONE, EXIT_FAILED, Failure, Mouth};
use aval_console::{calls, firm};
use aval_transport::Clock;
use aval_transport::random::Random;
use clap::Parser as _;
use tracing_subscriber::EnvFilter;

/// What is logged, on standard error: `AVAL_LOG=debug`. Neither screen nor keys at any level.
const LOG: &str = "AVAL_LOG";

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::builder().with_default_directive(tracing::Level::WARN.into()).with_env_var(LOG);
    tracing_subscriber::fmt().with_env_filter(filter.from_env_lossy()).with_writer(io::stderr).init();
    let clock = Clock::system();
    let mut out = io::stdout();
    let done = match cli.command {
        Command::Firm(command) => firm::run(command, &mut out, &clock).map(|()| EXIT_DONE),
        Command::Key(command) => firm::run_key(command, &mut out, &clock).map(|()| EXIT_DONE),
        Command::Online(command) => {
            let json = command.json();
            online(cli.home.as_deref(), command, clock, &mut Mouth { out: &mut out, json }).map(|done| {
                done.unwrap_or_else(|failure| {
                    failure.tell(&mut Mouth { out: &mut out, json }, &mut io::stderr());
                    failure.exit
                })
            })
        }
    };
    let exit = done.unwrap_or_else(|error| {
        // Nobody is left to be told when standard error is gone too.
        let _ = writeln!(io::stderr(), "{error:#}");
        EXIT_FAILED
    });
    ExitCode::from(exit)
}

fn online(
    home: Option<&std::path::Path>,
    command: Online,
    clock: Clock,
    mouth: &mut Mouth<'_>,
) -> anyhow::Result<Result<u8, Failure>> {
    let Home { signer, firm, relays } = match Home::open(home) {
        Ok(home) => home,
        Err(failure) => return Ok(Err(failure)),
    };
    let config =
        ConsoleConfig { socket: None, relays, signer: signer.into(), firm, clock, random: Random::system() };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("no threads from the system")?;
    let done = runtime.block_on(async {
        let console = Console::connect(config).await?;
        let done = calls::run(&console, command, mouth).await;
        console.close().await;
        done
    });
    // Standard input may be waited for still: nobody waits for that.
    runtime.shutdown_background();
    Ok(done)
}
