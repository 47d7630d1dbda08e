//! What each command does with the terminal it was started on.

mod inventory;
mod leave;
mod register;
mod service;
mod status;

use std::io::{self, Write};

use aval_protocol::text::{Lang, agent as text};
use aval_transport::{Clock, Random};
use tokio::runtime::Runtime;

use crate::cli::{Command, EnrolArgs, HomeArgs, RegisterArgs, RegisterCommand};
use crate::enrol::invitation::Typed;
use crate::enrol::provider::{Provider, code_in};
use crate::enrol::{self, EnrolError, Given, Invitation, Means};
use crate::facts;
use crate::inventory::{Permitted, native, permitted};
use crate::ipc::Door;
use crate::paths::Whereabouts;
use crate::platform::{self, Display};
use crate::say::{ForPeople, Said};
use crate::session::{self, SessionConfig};
use crate::state::{Home, Settings};

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
        Command::Enrol(args) => enrol(args, &places, lang, out),
        Command::Service { home: args, socket } => {
            let (home, socket) = (home(args), socket.unwrap_or_else(|| places.service_socket()));
            #[cfg(windows)]
            if service::under_the_system(home.dir(), &socket)? {
                return Ok(DONE);
            }
            runtime()?.block_on(async {
                let stop = told_to_stop();
                service::serve(home, stop, || Door::bind(&socket)).await
            })
        }
        #[cfg(windows)]
        Command::Install => service::install(lang, out),
        #[cfg(windows)]
        Command::Uninstall => service::uninstall(lang, out),
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
        Command::Leave { home: args } => {
            leave::leave(&home(args), lang, &mut io::stdin().lock(), out, leave::tell_the_firm)
        }
        Command::Uninstalled { home: args } => {
            leave::uninstalled(&home(args), lang, out, leave::tell_the_firm)
        }
    }
}

fn enrol(args: EnrolArgs, places: &Whereabouts, lang: Lang, out: &mut dyn Write) -> Result<u8, Failure> {
    let home = Home::new(args.home.home.clone().unwrap_or_else(|| places.agent_home()));
    if home.is_enrolled() {
        return Err(status::enrolled_already(&home));
    }
    let invitation = invitation(args)?;
    let facts = permitted::facts(facts::collect(), &home.denied_sections());
    let agreed = enrol::agree(&home, invitation, facts, lang, &mut io::stdin().lock(), out);
    let agreed = match agreed {
        Err(error @ EnrolError::Declined) => return Err(Failure { said: error.said(), exit: DECLINED }),
        agreed => agreed?,
    };
    let means = Means { socket: None, clock: Clock::system(), random: Random::system() };
    let attached = runtime()?.block_on(enrol::attach(&home, agreed, means))?;
    writeln!(out, "\n{}", text::attached(lang, &attached.firm.name))?;
    if let Some(off) = attached.clock_off_s {
        writeln!(out, "{}", text::clock_wrong(lang, off))?;
    }
    let next = match packaged() {
        _ if cfg!(windows) => text::install_now(lang),
        true => text::start_now(lang),
        false => text::service_runs(lang, false),
    };
    writeln!(out, "{next}")?;
    Ok(DONE)
}

/// Whether the package's service is there to be started.
fn packaged() -> bool {
    ["/lib/systemd/system/aval-agent.service", "/etc/systemd/system/aval-agent.service"]
        .iter()
        .any(|unit| std::path::Path::new(unit).exists())
}

/// What was given on the command line, or lies beside an installed program; the firm's file is fetched if only its fingerprint was given.
fn invitation(args: EnrolArgs) -> Result<Invitation, Failure> {
    let typed = args
        .invitation
        .as_deref()
        .map(|text| Typed::parse(text).map_err(|_| EnrolError::NoInvitation(text.to_owned())));
    let Typed { code, relay, firm } = typed.transpose()?.unwrap_or_default();
    let code = code.or_else(|| args.installer.as_deref().and_then(code_in));
    let mut relays: Vec<String> = relay.into_iter().chain(args.relays).collect();
    let mut by_hand = args.firm;
    if by_hand.is_none() && firm.is_none() {
        let beside = std::env::current_exe().ok().and_then(|program| Provider::beside(&program));
        let Provider { firm, relays: listed } = beside.ok_or(EnrolError::NoFirm)?;
        by_hand = Some(firm);
        if relays.is_empty() {
            relays = listed;
        }
    }
    Settings { relays: relays.clone() }.check().map_err(EnrolError::BadRelays)?;
    let firm = match (by_hand, firm) {
        (Some(path), _) => Given::File(path),
        (None, Some(key)) => {
            let met = runtime()?.block_on(async { enrol::meet(&relays, &key, &Clock::system(), None).await });
            Given::Met(Box::new(met?))
        }
        (None, None) => return Err(EnrolError::NoFirm.into()),
    };
    Ok(Invitation { firm, code, relays })
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

fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

/// Done when the system or the person tells the program to stop. Listens from the call on, not only once awaited: who is told
/// to stop while still starting stops in good order too. Must be called inside a tokio runtime.
fn told_to_stop() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let signals = {
        use tokio::signal::unix::{SignalKind, signal};
        (signal(SignalKind::terminate()), signal(SignalKind::hangup()), signal(SignalKind::interrupt()))
    };
    async move {
        #[cfg(unix)]
        if let (Ok(mut terminate), Ok(mut hang_up), Ok(mut interrupt)) = signals {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = hang_up.recv() => {}
                _ = interrupt.recv() => {}
            }
            return;
        }
        // Without a signal to hear, the program runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

// === impl Failure

impl<E: ForPeople> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { said: error.said(), exit: FAILED }
    }
}
