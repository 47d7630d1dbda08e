//! Why there is no line, or no answer, and what each means in the catalogue.

use aval_protocol::firm::TrustError;
use aval_protocol::text::console as text;
use aval_protocol::wire::codes::FaultCode;

use super::dial::{DialFailure, Tried};
use crate::say::{Failure, Said};

/// Why there is no line to a relay.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ConnectError {
    /// No relay is configured, or a redirection named none.
    #[error("no relay is configured")]
    NoRelay,
    /// This computer gives no socket.
    #[error("no network socket: {0}")]
    Socket(String),
    /// Nobody answers.
    #[error("no relay answers: {0:?}")]
    Unreachable(Vec<Tried>),
    /// What answers is not a relay of the firm.
    #[error("{address} is not a relay of this firm: {why}")]
    Foreign {
        /// Who answered.
        address: String,
        /// What did not hold.
        why: String,
    },
    /// The relay's certificate does not hold, even by its own clock.
    #[error("the relay {address} is not to be trusted: {why}")]
    RelayUntrusted {
        /// Which.
        address: String,
        /// What did not hold.
        why: TrustError,
    },
    /// The own certificate does not hold.
    #[error("the own certificate does not hold: {0}")]
    OwnCertificate(TrustError),
    /// The relay hung up on this member.
    #[error("the relay {address} hung up: {why}")]
    TurnedAway {
        /// Which.
        address: String,
        /// In which words.
        why: String,
    },
    /// This program is too old.
    #[error("this program is too old: the relay serves protocol {oldest} and newer")]
    TooOld {
        /// The oldest version served.
        oldest: u8,
    },
    /// The relay restarts.
    #[error("the relay restarts; try again in {seconds} s")]
    Restarting {
        /// Until it is worth trying again.
        seconds: u32,
    },
    /// Relays pass the connection on to each other.
    #[error("more than three redirections")]
    TooManyHops,
    /// The first word was none of those expected.
    #[error("the relay said something else than welcome")]
    Odd,
}

/// Why a call has no answer that can be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CallError {
    /// The relay says no.
    #[error("{code}: {en}")]
    Fault {
        /// Why.
        code: FaultCode,
        /// A sentence for the person, French.
        fr: String,
        /// The same in English.
        en: String,
    },
    /// The line was lost.
    #[error("the line was lost: {0}")]
    Lost(String),
    /// No answer in time.
    #[error("the relay does not answer")]
    Silent,
    /// What is asked is longer than a call may be.
    #[error("the call is too long")]
    TooLong,
    /// The answer belongs to another question.
    #[error("the relay answered something else than was asked")]
    Odd,
}

// === impl ConnectError

impl ConnectError {
    /// What to tell the person.
    pub fn said(&self) -> Said {
        match self {
            Self::NoRelay => Said::of(|l| text::no_relay(l, "console.toml")),
            Self::Socket(why) => Said::of(|l| text::no_socket(l, why)),
            Self::Unreachable(tried) => tried.iter().fold(Said::of(text::unreachable), |said, t| {
                said.then(&Said::of(|l| match &t.failure {
                    DialFailure::NoSuchName => text::tried(l, &t.address, text::no_such_name(l)),
                    DialFailure::NoAnswer => text::tried(l, &t.address, text::no_answer(l)),
                    DialFailure::Foreign(why) | DialFailure::Other(why) => text::tried(l, &t.address, why),
                }))
            }),
            Self::Foreign { address, why } => Said::of(|l| text::foreign(l, address, why)),
            Self::RelayUntrusted { address, why } => {
                Said::of(|l| text::foreign(l, address, &why.to_string()))
            }
            Self::OwnCertificate(why) => Said::of(|l| text::own_certificate(l, &why.to_string())),
            Self::TurnedAway { address, why } => Said::of(|l| text::turned_away(l, address, why)),
            Self::TooOld { oldest } => Said::of(|l| text::too_old(l, *oldest)),
            Self::Restarting { seconds } => Said::of(|l| text::restarting(l, *seconds)),
            Self::TooManyHops => Said::of(text::too_many_hops),
            Self::Odd => Said::of(text::odd_answer),
        }
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        Self { said: error.said(), exit: crate::say::EXIT_FAILED }
    }
}

// === impl CallError

impl CallError {
    /// What to tell the person.
    pub fn said(&self) -> Said {
        match self {
            Self::Fault { fr, en, .. } => Said { fr: fr.clone(), en: en.clone() },
            Self::Lost(why) => Said::of(|l| text::line_lost(l, why)),
            Self::Silent => Said::of(|l| text::line_lost(l, text::no_answer(l))),
            Self::TooLong | Self::Odd => Said::of(text::odd_answer),
        }
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        Self { said: error.said(), exit: crate::say::EXIT_FAILED }
    }
}
