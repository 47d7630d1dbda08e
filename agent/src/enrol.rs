//! Attaching this PC to a firm: whom it will believe, what it sends, and a typed yes before anything leaves it.
//!
//! The firm's file decides whom this machine trusts from now on, so it comes from the provider by hand, or over the line with the
//! fingerprint of the firm's key known beforehand ([`meet`]). A relay that does not prove to be that firm's gets no code and no facts.

pub(crate) mod ask;
mod dialog;
pub mod invitation;
pub(crate) mod meet;
pub mod provider;
#[cfg(windows)]
pub(crate) mod window;

pub(crate) use dialog::typed_yes;
pub use dialog::{AtTerminal, Person, Shown};
pub use meet::meet;

use std::io;
use std::path::{Path, PathBuf};

use aval_protocol::firm::{FirmFile, Profile, Signer, TrustError};
use aval_protocol::id::AgentId;
use aval_protocol::journal::Event;
use aval_protocol::text::Lang;
use aval_protocol::wire::codes::FaultCode;
use aval_protocol::wire::enrol::Call;
use aval_protocol::wire::inventory::HardwareFacts;
use aval_protocol::wire::machine::MachineReply;
use aval_transport::random::NoRandomness;
use aval_transport::socket::Socket;
use aval_transport::{Clock, Random};

use crate::keep::{JOURNAL, Keep};
use crate::link::dial::{DialError, Dialer};
use crate::link::trust::Relays;
use crate::program;
use crate::prompt::PromptError;
use crate::state::{Home, Settings, StateError};

/// Longest firm file that is read, bytes.
const MAX_FIRM_FILE: u64 = 64 * 1024;

/// What the person was given, and where it goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invitation {
    /// The firm.
    pub firm: Given,
    /// The code; asked for at the terminal if left out.
    pub code: Option<String>,
    /// Relays as `host:port`, the preferred one first.
    pub relays: Vec<String>,
}

/// How the firm's file was come by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Given {
    /// By hand: this file.
    File(PathBuf),
    /// By [`meet`], under the fingerprint that the person was given.
    Met(Box<FirmFile>),
}

/// What the person agreed to. Nothing was sent yet.
#[derive(Debug)]
pub struct Agreed {
    firm: FirmFile,
    settings: Settings,
    call: Call,
}

/// How a connection to the relay is made.
#[derive(Debug)]
pub struct Means {
    /// What packets go through; `None` is the system's UDP.
    pub socket: Option<Socket>,
    /// Time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
}

/// This PC is attached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attached {
    /// Its name from now on.
    pub agent: AgentId,
    /// To whom.
    pub firm: Profile,
    /// By how many seconds this PC's clock is wrong, if it is (positive: the PC is behind).
    pub clock_off_s: Option<i64>,
}

/// Why this PC is not attached. [`ForPeople`](crate::say::ForPeople) says what to do.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The agent's folder.
    #[error(transparent)]
    State(#[from] StateError),
    /// The firm's file is not one.
    #[error("{path} is no firm file: {why}")]
    FirmFile {
        /// Which file.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// What was typed is no invitation.
    #[error("this is no invitation: {0:?}")]
    NoInvitation(String),
    /// Neither the firm's file nor the fingerprint of its key was given.
    #[error("whose relay it is was not said")]
    NoFirm,
    /// No relay of the invitation answered. Nothing was sent.
    #[error("no relay of the invitation answered: {tried:?}")]
    Unmet {
        /// Each relay and what came of it.
        tried: Vec<(String, String)>,
    },
    /// The relay is another firm's than the fingerprint says. Nothing was sent.
    #[error("{relay} is not a relay of the firm with this fingerprint")]
    OtherFirm {
        /// Which.
        relay: String,
    },
    /// What was typed can be no code.
    #[error("this can be no enrolment code")]
    NoCode,
    /// The relays' addresses are none.
    #[error("no usable relay: {0}")]
    BadRelays(&'static str),
    /// The person did not say yes. Nothing was sent.
    #[error("the person did not agree")]
    Declined,
    /// No relay of the firm answered. Nothing was sent but a hello.
    #[error("no relay of the firm answered: {tried:?}")]
    Unreachable {
        /// Each relay and what came of it.
        tried: Vec<(String, String)>,
        /// Whose.
        firm: Profile,
    },
    /// The relay said no.
    #[error("the relay refused: {code}")]
    Refused {
        /// Why.
        code: FaultCode,
        /// Whose relay.
        firm: Profile,
    },
    /// This version is too old for the relay.
    #[error("this version is too old for the relay")]
    TooOld,
    /// The relay restarts.
    #[error("the relay restarts, try again in {in_s} s")]
    Restarting {
        /// Seconds until it is worth trying again.
        in_s: u32,
    },
    /// The answer did not come: it may have been done or not. The key is kept, so that trying again is safe.
    #[error("the relay's answer did not come: {why}")]
    Interrupted {
        /// What happened.
        why: String,
        /// Whom to call.
        firm: Profile,
    },
    /// No network socket.
    #[error(transparent)]
    Socket(#[from] DialError),
    /// The own key makes no TLS configuration.
    #[error(transparent)]
    Tls(#[from] TrustError),
    /// No random number.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The terminal failed.
    #[error("the terminal failed: {0}")]
    Terminal(#[from] io::Error),
    /// There is no window to ask in.
    #[error(transparent)]
    Window(#[from] PromptError),
}

/// Reads what was given, shows to whom the PC would be attached and what would be sent, and asks. Waits for the person.
///
/// # Errors
/// [`EnrolError`]; nothing was sent and nothing kept.
pub fn agree(
    home: &Home,
    invitation: Invitation,
    facts: HardwareFacts,
    lang: Lang,
    person: &mut dyn Person,
) -> Result<Agreed, EnrolError> {
    if home.is_enrolled() {
        return Err(StateError::Enrolled(home.dir().to_owned()).into());
    }
    let settings = Settings::of(invitation.relays);
    settings.check().map_err(EnrolError::BadRelays)?;
    let firm = match invitation.firm {
        Given::File(path) => read_firm(&path)?,
        Given::Met(firm) => *firm,
    };
    let typed = match invitation.code {
        Some(code) => code,
        None => person.code(lang)?,
    };
    let code = dialog::plain_code(typed.trim()).ok_or(EnrolError::NoCode)?;
    let shown = dialog::Shown { firm: &firm, relays: &settings.relays, facts: &facts };
    if !person.agrees(lang, &shown)? {
        return Err(EnrolError::Declined);
    }
    let accepted = program::accepted(lang)?;
    Ok(Agreed { firm, settings, call: Call::Enrol { code, facts, accepted } })
}

/// Makes the key, asks the relay, and keeps what makes this machine an agent of the firm.
///
/// # Errors
/// [`EnrolError`]. A key that was made is kept, so that trying again is the same machine to the relay.
pub async fn attach(home: &Home, agreed: Agreed, means: Means) -> Result<Attached, EnrolError> {
    let Agreed { firm, settings, call } = agreed;
    let signer = home.prepare()?;
    let _lock = home.lock()?;
    let Means { socket, clock, random } = means;
    let trust = Relays::new(firm.firm().clone(), clock.clone());
    let dialer = Dialer::new(trust.tls(&signer)?, socket)?;
    let boot = random.bytes()?;
    let line = ask::Line { dialer: &dialer, trust: &trust, clock: &clock, boot };
    let answer = line.ask(&settings.relays, firm.profile(), call).await;
    dialer.settle().await;
    let (reply, clock_off_s) = answer?;
    judge(&reply, AgentId::from(signer.key_id()), firm.profile())?;
    keep(home, &signer, &firm, &settings, &clock)?;
    Ok(Attached { agent: AgentId::from(signer.key_id()), firm: firm.profile().clone(), clock_off_s })
}

/// What the relay's answer means.
fn judge(reply: &MachineReply, own: AgentId, firm: &Profile) -> Result<(), EnrolError> {
    match reply {
        MachineReply::Enrolled { agent } if *agent == own => Ok(()),
        // An earlier attempt reached the relay, and its answer did not reach this machine.
        MachineReply::Fault { code: FaultCode::Conflict, .. } => Ok(()),
        MachineReply::Fault { code, .. } => Err(EnrolError::Refused { code: *code, firm: firm.clone() }),
        _ => Err(EnrolError::Interrupted {
            why: "an answer to another question".to_owned(),
            firm: firm.clone(),
        }),
    }
}

/// The journal begins with the attachment. Should the power fail in between, trying again is safe.
fn keep(
    home: &Home,
    signer: &Signer,
    firm: &FirmFile,
    settings: &Settings,
    clock: &Clock,
) -> Result<(), EnrolError> {
    let mut journal = Keep::open(&home.path(JOURNAL), signer.spki())?;
    if journal.head().is_none() {
        journal.append(signer, clock.wall(), &Event::Enrolled { agent_key: signer.key_id() })?;
    }
    home.finish(firm.to_pem()?.as_bytes(), settings)?;
    Ok(())
}

fn read_firm(path: &Path) -> Result<FirmFile, EnrolError> {
    let bad = |why: String| EnrolError::FirmFile { path: path.display().to_string(), why };
    let file = std::fs::File::open(path).map_err(|e| bad(e.to_string()))?;
    let mut text = String::new();
    io::Read::read_to_string(&mut io::Read::take(file, MAX_FIRM_FILE), &mut text)
        .map_err(|e| bad(e.to_string()))?;
    FirmFile::parse(&text).map_err(|e| bad(e.to_string()))
}

#[cfg(test)]
mod tests;
