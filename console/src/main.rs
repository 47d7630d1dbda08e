//! `aval-console`: reads the command line, carries one command out, and leaves with its exit code.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use aval_console::cli::{Cli, Command, DeskArgs, Online};
use aval_console::desk::{self, DeskConfig, Opened};
use aval_console::home::Home;
use aval_console::link::{Console, ConsoleConfig};
use aval_console::say::{EXIT_DONE, EXIT_FAILED, Failure, Mouth, Said};
use aval_console::{calls, firm};
use aval_protocol::text::console as text;
use aval_transport::random::Random;
use aval_transport::{Clock, log};
use clap::Parser as _;
use tokio::runtime::{Builder, Runtime};

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Neither screen nor keys at any level.
    log::start(io::stderr, tracing::Level::WARN);
    let clock = Clock::system();
    let mut out = io::stdout();
    let home = cli.home.as_deref();
    let done = match cli.command.unwrap_or(Command::Desk(DeskArgs::default())) {
        Command::Firm(command) => firm::run(command, &mut out, &clock).map(|()| EXIT_DONE),
        Command::Key(command) => firm::run_key(command, &mut out, &clock).map(|()| EXIT_DONE),
        Command::Release(command) => firm::run_release(command, &mut out, &clock).map(|()| EXIT_DONE),
        Command::Desk(args) => told(open_desk(home, &args, clock), &mut Mouth { out: &mut out, json: false }),
        Command::Online(command) => {
            let mut mouth = Mouth { out: &mut out, json: command.json() };
            let done = online(home, command, clock, &mut mouth);
            told(done, &mut mouth)
        }
    };
    let exit = done.unwrap_or_else(|error| {
        // Nobody is left to be told when standard error is gone too.
        let _ = writeln!(io::stderr(), "{error:#}");
        EXIT_FAILED
    });
    ExitCode::from(exit)
}

/// A failure is told to the person; what is left is the exit code.
fn told(done: anyhow::Result<Result<u8, Failure>>, mouth: &mut Mouth<'_>) -> anyhow::Result<u8> {
    Ok(done?.unwrap_or_else(|failure| {
        failure.tell(mouth, &mut io::stderr());
        failure.exit
    }))
}

fn online(
    home: Option<&Path>,
    command: Online,
    clock: Clock,
    mouth: &mut Mouth<'_>,
) -> anyhow::Result<Result<u8, Failure>> {
    let Home { signer, firm, relays, bulletin } = match Home::open(home) {
        Ok(home) => home,
        Err(failure) => return Ok(Err(failure)),
    };
    let (signer, firm, random) = (signer.into(), firm.firm().clone(), Random::system());
    let config = ConsoleConfig { socket: None, relays, signer, firm, clock, random, keep: Some(bulletin) };
    let runtime = threads()?;
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

fn open_desk(home: Option<&Path>, args: &DeskArgs, clock: Clock) -> anyhow::Result<Result<u8, Failure>> {
    let Home { signer, firm, relays, bulletin } = match Home::open(home) {
        Ok(home) => home,
        Err(failure) => return Ok(Err(failure)),
    };
    let (signer, random) = (signer.into(), Random::system());
    let config = DeskConfig { relays, signer, firm, clock, random, runtime: None, keep: Some(bulletin) };
    let tell = |opened: Opened<'_>| {
        let said = match opened {
            // The path alone on standard output, for whoever wants to pass it on.
            Opened::File(path) => {
                let _ = writeln!(io::stdout(), "{}", path.display());
                Said::of(text::desk::open_yourself)
            }
            Opened::Browser => Said::of(text::desk::opened),
        };
        let _ = writeln!(io::stderr(), "{}\n  {}", said.fr, said.en);
    };
    Ok(threads()?.block_on(desk::run(config, args.no_browser, tell)).map(|()| EXIT_DONE))
}

fn threads() -> anyhow::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().context("no threads from the system")
}
