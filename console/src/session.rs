//! One session: the gate asked, the person asked, the screen seen, until anybody ends it.
//!
//! [`start`] asks the relay and, if the gate says yes, spawns the driver: a loop that moves bytes between the line and the protocol's
//! machine ([`aval_protocol::session::console`]). What a technician can do is [`hands::Hands`]; what happens is [`Happened`].

mod away;
pub mod conduct;
mod drive;
pub mod hands;
mod hear;
mod lanes;
pub(crate) mod paint;
pub mod secret;
mod sight;
mod tell;
mod unseen;
pub mod view;

use std::sync::Arc;

use aval_protocol::firm::Role;
use aval_protocol::id::SessionId;
use aval_protocol::session::console::Session;
use aval_protocol::text::console as text;
use aval_protocol::wire::beside::Beside;
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::link::{Head, Lane};
use aval_protocol::wire::record::Decision;
use aval_protocol::wire::session::{Capabilities, Notice, Permitted, SessionRequest};
use aval_protocol::wire::turn::{Hold, Turning};
use aval_transport::FrameWriter;
use aval_transport::random::NoRandomness;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::link::{CallError, Console};
use crate::say::{EXIT_FAILED, EXIT_LOST, EXIT_REFUSED_BY_GATE, Failure, Said};
use drive::{Drive, Ends};
use hands::{Hands, State};
use secret::Handed;
use view::View;

/// Events that nobody has read yet; more are dropped. The last one, the end, is in [`State::ended`] too.
const EVENTS: usize = 256;
/// What the technician wants beside input, on its way.
const ORDERS: usize = 4;
/// Input events on their way to the lane.
const TYPED: usize = 16;
/// Wishes on their way to the machine.
const WISHES: usize = 4;

/// A session that was begun. Dropping it ends the session.
#[derive(Debug)]
pub struct Running {
    hands: Hands,
    session: SessionId,
    permitted: Box<Permitted>,
    beside: Option<Beside>,
    happened: mpsc::Receiver<Happened>,
    _driver: JoinSet<()>,
}

/// What happens in a session, in this order as far as it gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Happened {
    /// Both sides show these six digits.
    MatchCode(u32),
    /// The person is being asked.
    Asking {
        /// Seconds until silence is a no.
        for_s: u16,
    },
    /// The person said yes.
    Granted {
        /// To what.
        capabilities: Capabilities,
        /// For how long, in seconds.
        for_s: u32,
    },
    /// The lease is lost, or back: nothing is shown and nothing sent meanwhile.
    Hidden(bool),
    /// The line is lost, or still is: what was shown is wiped, nothing is sent, and a way back is looked for.
    Away {
        /// For how long, in seconds.
        for_s: u16,
    },
    /// The session goes on under the same yes; [`Happened::Hidden`] follows when it is to be seen again.
    Resumed {
        /// What still holds.
        capabilities: Capabilities,
        /// What is left of the grant, in seconds.
        for_s: u32,
    },
    /// The machine is locked or sleeps: nothing is shown and nothing sent, and what was shown is wiped.
    Held {
        /// Why.
        why: Hold,
        /// For how long it waits at most, in seconds.
        left_s: u16,
    },
    /// What holds from now on; [`Happened::Hidden`] follows when it is to be seen again.
    Turned {
        /// What may be done.
        capabilities: Capabilities,
        /// What is left of the grant, in seconds.
        for_s: u32,
        /// Why.
        why: Turning,
    },
    /// Something to know.
    Notice(Notice),
    /// About a password.
    Secret(Handed),
    /// It is over.
    Ended(EndReason),
}

/// Why no session began.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The gate said no.
    #[error("the contract's gate refuses the session")]
    Refused(Box<Decision>),
    /// The relay could not be asked.
    #[error(transparent)]
    Call(#[from] CallError),
    /// What the relay hands over as the machine does not hold.
    #[error("the machine is not to be trusted: {0}")]
    Untrusted(EndReason),
    /// The system gives no randomness.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// Asks for a session and, if the gate says yes, begins it.
///
/// # Errors
/// [`StartError`].
pub async fn start(console: &Console, request: SessionRequest) -> Result<Running, StartError> {
    begin(console, request, false).await
}

/// The same beside the session that a colleague is in, to look only.
///
/// # Errors
/// As for [`start`].
pub async fn join(console: &Console, request: SessionRequest) -> Result<Running, StartError> {
    begin(console, request, true).await
}

async fn begin(console: &Console, request: SessionRequest, joins: bool) -> Result<Running, StartError> {
    let line = Arc::clone(&console.line);
    // Before the question: what the relay says right after its answer is not missed.
    let (news, datagrams) = (line.news.subscribe(), line.datagrams.subscribe());
    let call = if joins { Call::Join(request.clone()) } else { Call::RequestSession(request.clone()) };
    let permitted = match console.call(call).await? {
        Reply::Permitted(permitted) => permitted,
        Reply::Decision(decision) if !decision.permitted => return Err(StartError::Refused(decision)),
        _ => return Err(CallError::Odd.into()),
    };
    let (now, wall) = (line.clock.monotonic(), line.now());
    let (signer, firm) = (Arc::clone(&line.signer), line.firm.clone());
    let nonce = line.random.bytes()?;
    let machine =
        Session::new(&permitted, request, signer, &firm, now, wall, nonce).map_err(StartError::Untrusted)?;
    let ticket = permitted.ticket.open_by_firm(&firm, Role::Relay, wall);
    let ticket = ticket.map_err(|_| StartError::Untrusted(EndReason::TicketInvalid))?.0;
    let (session, beside) = (ticket.session, ticket.beside);
    let lost = |e: &dyn std::fmt::Display| CallError::Lost(e.to_string());
    let (send, recv) = line.connection.open_bi().await.map_err(|e| lost(&e))?;
    let mut control = FrameWriter::new(send);
    control.write(&Head::Lane { session, lane: Lane::Control }).await.map_err(|e| lost(&e))?;

    let (state_out, state) = watch::channel(State::default());
    let (typed_in, typed) = mpsc::channel(TYPED);
    let (orders_in, orders) = mpsc::channel(ORDERS);
    let (wish_in, wishes) = mpsc::channel(WISHES);
    let secrets = secret::Secrets::default();
    let (happened_in, happened) = mpsc::channel(EVENTS);
    let view = View::new();
    let asks = hands::Asks { orders: orders_in, wishes: wish_in, drawer: secrets.drawer.clone() };
    let hands = Hands::new(typed_in, asks, state, view.clone());
    let ends = Ends {
        news,
        datagrams,
        orders,
        wishes,
        secrets,
        typed,
        happened: happened_in,
        state: state_out,
        view,
    };
    let of = (session, permitted.ticket.clone());
    let drive = Drive::new(line, of, machine, ends, control.into_inner());
    let mut driver = JoinSet::new();
    driver.spawn(drive.run(recv));
    Ok(Running { hands, session, permitted, beside, happened, _driver: driver })
}

// === impl Running

impl Running {
    /// What the technician can do. Clones outlive this value, the session does not.
    pub fn hands(&self) -> &Hands {
        &self.hands
    }

    /// Its number, chosen by the relay.
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// The gate's yes: ticket, warnings, the line as measured.
    pub fn permitted(&self) -> &Permitted {
        &self.permitted
    }

    /// The session that a colleague was in there when it was permitted.
    pub const fn beside(&self) -> Option<Beside> {
        self.beside
    }

    /// What happens next; `None` after the end, when the relay has heard of it and all is hung up.
    pub async fn next(&mut self) -> Option<Happened> {
        self.happened.recv().await
    }
}

// === impl StartError

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Refused(_) => Self { said: Said::of(text::refused), exit: EXIT_REFUSED_BY_GATE },
            StartError::Call(error) => error.into(),
            StartError::Untrusted(reason) => {
                Self { said: Said::of(|l| text::permit_untrusted(l, reason.label())), exit: EXIT_LOST }
            }
            StartError::Randomness(_) => Self { said: Said::of(text::no_randomness), exit: EXIT_FAILED },
        }
    }
}
