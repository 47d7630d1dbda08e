//! Attaching this PC: what was given on the command line or lies beside the program, who is asked, and what is said afterwards.

use std::io::{self, Write};
use std::path::Path;

use aval_protocol::text::{Lang, agent as text};
use aval_transport::{Clock, Random};

use super::{DECLINED, DONE, Failure, runtime, status};
use crate::cli::EnrolArgs;
use crate::enrol::invitation::Typed;
use crate::enrol::provider::{Provider, code_in};
use crate::enrol::{self, AtTerminal, Attached, EnrolError, Given, Invitation, Means, Person};
use crate::facts;
use crate::inventory::permitted;
use crate::paths::Whereabouts;
use crate::say::ForPeople as _;
use crate::state::{Home, Settings, StateError};

/// Asks at the terminal this was started on, or in a window.
pub(super) fn enrol(
    args: EnrolArgs,
    places: &Whereabouts,
    lang: Lang,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    #[cfg(windows)]
    if args.window {
        return windowed::enrol(args, places, lang);
    }
    let mut person = AtTerminal { input: &mut io::stdin().lock(), output: out };
    let attached = attach(args, places, lang, &mut person)?;
    writeln!(out, "\n{}", news(&attached, lang))?;
    let next = match packaged() {
        _ if cfg!(windows) => text::install_now(lang),
        true => text::start_now(lang),
        false => text::service_runs(lang, false),
    };
    writeln!(out, "{next}")?;
    Ok(DONE)
}

fn attach(
    args: EnrolArgs,
    places: &Whereabouts,
    lang: Lang,
    person: &mut dyn Person,
) -> Result<Attached, Failure> {
    let home = Home::new(args.home.home.clone().unwrap_or_else(|| places.agent_home()));
    if home.is_enrolled() {
        return Err(status::enrolled_already(&home));
    }
    let release = match &args.release_key {
        Some(path) => Some(read_key(path)?),
        None => beside().and_then(|provider| provider.release).map(|path| read_key(&path)).transpose()?,
    };
    let invitation = invitation(args)?;
    let facts = permitted::facts(facts::collect(), &home.denied_sections());
    let agreed = match enrol::agree(&home, invitation, facts, lang, person) {
        Err(error @ EnrolError::Declined) => return Err(Failure { said: error.said(), exit: DECLINED }),
        agreed => agreed?,
    };
    let means = Means { socket: None, clock: Clock::system(), random: Random::system() };
    let attached = runtime()?.block_on(enrol::attach(&home, agreed, means))?;
    if let Some(key) = release {
        home.pin(&key)?;
    }
    Ok(attached)
}

/// What an installer put beside this program.
fn beside() -> Option<Provider> {
    std::env::current_exe().ok().and_then(|program| Provider::beside(&program))
}

/// A release key's file, checked.
fn read_key(path: &Path) -> Result<String, StateError> {
    let read = std::fs::read_to_string(path);
    let text = read.map_err(|error| StateError::Io { path: path.to_owned(), error })?;
    match aval_protocol::release::key_from_pem(&text) {
        Ok(_) => Ok(text),
        Err(error) => Err(StateError::Damaged { path: path.to_owned(), why: error.to_string() }),
    }
}

/// A PC that was attached before its provider had a release key gets it with the installer that brings it. One that is pinned stays.
#[cfg(windows)]
pub(super) fn pin_what_lies_beside(home: &Home) -> Result<(), StateError> {
    if home.is_enrolled()
        && home.release_key()?.is_none()
        && let Some(path) = beside().and_then(|provider| provider.release)
    {
        home.pin(&read_key(&path)?)?;
    }
    Ok(())
}

/// What there is to know once it is attached.
fn news(attached: &Attached, lang: Lang) -> String {
    let mut said = text::attached(lang, &attached.firm.name);
    if let Some(off) = attached.clock_off_s {
        said = format!("{said}\n{}", text::clock_wrong(lang, off));
    }
    said
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
        let Provider { firm, relays: listed, .. } = beside().ok_or(EnrolError::NoFirm)?;
        by_hand = Some(firm);
        if relays.is_empty() {
            relays = listed;
        }
    }
    Settings::of(relays.clone()).check().map_err(EnrolError::BadRelays)?;
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

#[cfg(windows)]
mod windowed {
    //! For people whom an installer brought here.

    use aval_protocol::text::{Lang, agent as text};
    use aval_transport::windows::is_administrator;

    use super::super::{DECLINED, DONE, FAILED, Failure, runtime, service};
    use super::{attach, news};
    use crate::cli::EnrolArgs;
    use crate::enrol::window::InWindow;
    use crate::paths::Whereabouts;
    use crate::say::Said;
    use crate::windows::elevate::{again_as_administrator, tell, without_terminal};

    /// Asks in a window and says there how it went; the service is started where that was wanted.
    pub(super) fn enrol(args: EnrolArgs, places: &Whereabouts, lang: Lang) -> Result<u8, Failure> {
        without_terminal();
        if !is_administrator() {
            // That one asks and tells; the exit codes are its own.
            return Ok(match again_as_administrator()? {
                Some(exit) => u8::try_from(exit).unwrap_or(FAILED),
                None => DECLINED,
            });
        }
        let start = args.start;
        let mut person = InWindow { runtime };
        let done = attach(args, places, lang, &mut person).and_then(|attached| {
            if start {
                service::install(lang, &mut std::io::sink())?;
            }
            Ok(attached)
        });
        let title = text::attach_title(lang);
        match done {
            // An installer's own last page says so.
            Ok(_) if !start => Ok(DONE),
            Ok(attached) => {
                tell(title, &news(&attached, lang), true);
                Ok(DONE)
            }
            Err(Failure { said, exit }) => {
                let Said { fr, en } = &said;
                tell(title, lang.pick(fr, en), false);
                Err(Failure { said, exit })
            }
        }
    }
}
