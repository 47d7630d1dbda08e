//! What each command does with the terminal it was started on.

mod enrol;
mod inventory;
mod leave;
mod register;
mod service;
mod status;

use std::io::{self, Write};

use aval_protocol::text::{Lang, agent as text, renewal};
use aval_transport::Clock;
use tokio::runtime::Runtime;

use crate::cli::{Command, HomeArgs, KeyCommand, RegisterArgs, RegisterCommand};
use crate::facts;
use crate::inventory::{Permitted, native, permitted};
use crate::ipc::Door;
use crate::paths::Whereabouts;
use crate::platform::{self, Display};
use crate::say::{ForPeople, Said};
use crate::session::{self, SessionConfig};
use crate::state::Home;
use crate::update::Programs;

/// All went well.
const DONE: u8 = 0;
/// Something failed.
const FAILED: u8 = 1;
/// The person at the terminal did not say yes.
const DECLINED: u8 = 3;
/// The journal does not hold.
const BROKEN: u8 = 4;

/// A command that did not do its work: what to tell the person, and the program's exit code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// What to tell.
    pub said: Said,
    /// The exit code.
    pub exit: u8,
}

/// Does what was asked on this terminal; the exit code.
///
/// # Errors
/// [`Failure`], with what to tell the person.
pub fn run(command: Command, lang: Lang) -> Result<u8, Failure> {
    let places = Whereabouts::of_process();
    let home = |args: HomeArgs| Home::new(args.home.unwrap_or_else(|| places.agent_home()));
    let out = &mut io::stdout().lock();
    match command {
        Command::Enrol(args) => enrol::enrol(args, &places, lang, out),
        Command::Service { home: args, socket } => {
            let (home, socket) = (home(args), socket.unwrap_or_else(|| places.service_socket()));
            #[cfg(windows)]
            if service::under_the_system(home.dir(), &socket)? {
                return Ok(DONE);
            }
            runtime()?.block_on(async {
                let stop = told_to_stop();
                service::serve(home, stop, || Door::bind(&socket), Programs::Packaged).await
            })
        }
        #[cfg(windows)]
        Command::Install { if_attached, home: args } => {
            let home = home(args);
            if if_attached && !home.is_enrolled() {
                return Ok(DONE);
            }
            enrol::pin_what_lies_beside(&home)?;
            service::install(lang, out)
        }
        #[cfg(windows)]
        Command::Uninstall => service::uninstall(lang, out),
        #[cfg(windows)]
        Command::Ask { question } => {
            out.write_all(&crate::inventory::answer(&question)?)?;
            Ok(DONE)
        }
        #[cfg(windows)]
        Command::Settle => service::settle(&places.agent_home()),
        Command::Session { socket, display } => {
            let socket = socket.unwrap_or_else(|| places.session_socket());
            warn_of_the_desktop(display.as_deref(), lang)?;
            let config = SessionConfig { socket, display };
            runtime()?.block_on(async { session::run(config, Clock::system(), told_to_stop()).await })?;
            Ok(DONE)
        }
        Command::Status { home: args, json } => status::show(&home(args), json, lang, out),
        Command::Inventory { json, glpi, home: args, lang: wanted } => {
            let (home, now) = (home(args), Clock::system().wall());
            let facts = permitted::facts(facts::collect(), &home.denied_sections());
            let form = match (json, glpi) {
                (_, true) => inventory::Form::Glpi,
                (true, _) => inventory::Form::Json,
                _ => inventory::Form::People(wanted.unwrap_or(lang)),
            };
            inventory::show(&Permitted::new(native(), home), &facts, now, form, out)
        }
        Command::Register(RegisterArgs {
            what: Some(RegisterCommand::Verify { home: args, file, key }),
            ..
        }) => match file {
            Some(file) => register::verify_file(&file, key, lang, out),
            None => register::verify(&home(args), lang, out),
        },
        Command::Register(RegisterArgs {
            what: Some(RegisterCommand::Export { home: args, file }), ..
        }) => register::export(&home(args), &file, Clock::system().wall(), lang, out),
        Command::Register(RegisterArgs { home: args, json, .. }) => {
            register::show(&home(args), json, lang, out)
        }
        Command::Key(KeyCommand::Renew { home: args }) => renew(&home(args), lang, out),
        Command::Leave { home: args } => {
            leave::leave(&home(args), lang, &mut io::stdin().lock(), out, leave::tell_the_firm)
        }
        Command::Uninstalled { everything, home: args } => {
            let home = home(args);
            #[cfg(windows)]
            service::remove_versions();
            let exit = leave::uninstalled(&home, lang, out, leave::tell_the_firm)?;
            if everything {
                leave::clear(&home)?;
            }
            Ok(exit)
        }
    }
}

/// A desktop that cannot be shown is said at once; requests are then refused with that reason.
fn warn_of_the_desktop(named: Option<&str>, lang: Lang) -> io::Result<()> {
    let said = match (named, platform::native().display_state()) {
        (Some(_), _) | (None, Display::Screen) => return Ok(()),
        (None, Display::Wayland) => Said::of(text::on_wayland),
        (None, Display::None) => Said::of(text::no_screen),
    };
    writeln!(io::stderr(), "aval-agent: {}", said.both(lang))
}

fn renew(home: &Home, lang: Lang, out: &mut dyn Write) -> Result<u8, Failure> {
    let keys = runtime()?.block_on(crate::renew::renew(home))?;
    let firm = status::profile(home)?;
    writeln!(out, "{}", renewal::done(lang, keys, &firm.name, &firm.phone))?;
    Ok(DONE)
}

fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

/// Done when the system or the person tells the program to stop. Listens from the call on, not only once awaited: who is told
/// to stop while still starting stops in good order too. Must be called inside a tokio runtime.
#[cfg(unix)]
fn told_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals =
        (signal(SignalKind::terminate()), signal(SignalKind::hangup()), signal(SignalKind::interrupt()));
    async move {
        if let (Ok(mut terminate), Ok(mut hang_up), Ok(mut interrupt)) = signals {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = hang_up.recv() => {}
                _ = interrupt.recv() => {}
            }
        } else {
            interrupted().await;
        }
    }
}

/// Done when the person interrupts the program.
#[cfg(not(unix))]
async fn told_to_stop() {
    interrupted().await;
}

/// Without a signal to hear, the program runs until it is killed.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

// === impl Failure

impl<E: ForPeople> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { said: error.said(), exit: FAILED }
    }
}
