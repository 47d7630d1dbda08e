//! The process that keeps the line: identity, relay, sealed sessions, journal. It shows nothing and moves nothing itself; whatever
//! is seen or done happens in the session process, behind [`desktop::Desktop`].

pub mod desktop;
mod drive;
mod inventory;
pub(crate) mod judge;
mod lanes;
pub mod limit;
mod promise;
pub(crate) mod relay_clock;

use std::path::PathBuf;
use std::sync::Arc;

use aval_protocol::firm::TrustError;
use aval_protocol::wire::inventory::HardwareFacts;
use aval_transport::random::NoRandomness;
use aval_transport::socket::Socket;
use aval_transport::{Clock, Random};
use tokio::sync::oneshot;

use crate::engine::{Engine, Own};
use crate::facts;
use crate::inventory::{Collect, Permitted, permitted};
use crate::keep::{JOURNAL, Keep};
use crate::link::LinkConfig;
use crate::link::dial::{DialError, Dialer};
use crate::link::trust::Relays;
use crate::state::{Home, Ledger, StateError};
use crate::update::Programs;
use desktop::Desktop;
use drive::Driver;
use drive::update::Update;

/// Epochs and used tickets, in the agent's folder.
const LEDGER: &str = "state.json";

/// An agent's service, with everything it takes from outside as an argument: the program gives it the system's network, clock,
/// randomness and local socket; a simulated world gives it its own.
pub struct Service {
    /// The folder of an enrolled agent. The service locks it.
    pub home: Home,
    /// The machine it speaks for.
    pub machine: Machine,
    /// What packets go through; `None` is the system's UDP.
    pub socket: Option<Socket>,
    /// Time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// Reads what the machine is made of.
    pub inventory: Arc<dyn Collect>,
    /// Where the person is: [`Door`](crate::ipc::Door) in the program.
    pub desktop: Box<dyn Desktop>,
    /// Who changes this program for another one.
    pub programs: Programs,
}

/// What a service says of its machine.
#[derive(Clone, PartialEq, Debug)]
pub struct Machine {
    /// Hardware and system, in a few lines.
    pub facts: HardwareFacts,
    /// Drawn at each start of the machine: the same key under two of these at once is a clone.
    pub boot: [u8; 16],
}

/// Why a service does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The agent's folder is of no use.
    #[error(transparent)]
    State(#[from] StateError),
    /// The own key makes no TLS configuration.
    #[error(transparent)]
    Tls(#[from] TrustError),
    /// A renewal of the machine's key was interrupted, and the old key counts no more: the next start finishes it.
    #[error("the renewal of this machine’s key was interrupted")]
    Unfinished,
    /// There is no network socket.
    #[error(transparent)]
    Socket(#[from] DialError),
}

// === impl Service

impl Service {
    /// Serves until `stop` is done; then a running session is ended and the relay is told. Lines that fail are dialled again for
    /// ever, so that only a folder or a system of no use makes this return an error.
    ///
    /// # Errors
    /// [`ServiceError`], before anything was opened to the world. Must be called inside a tokio runtime.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), ServiceError> {
        let Self { home, machine, socket, clock, random, inventory, desktop, programs } = self;
        let Machine { facts, boot } = machine;
        let signer = Arc::new(home.signer()?);
        let _lock = home.lock()?;
        let file = home.firm_file()?;
        let relays = home.settings()?.relays;
        let (ledger, damaged) = Ledger::open(&home.path(LEDGER), clock.wall())?;
        if let Some(kept) = damaged {
            tracing::error!(kept = %kept.display(), "the memory of used tickets was damaged; it is kept aside");
        }
        let keep = Keep::open(&home.path(JOURNAL), signer.spki())?;
        if keep.key() != signer.spki() {
            return Err(ServiceError::Unfinished);
        }
        let (firm, profile) = (file.firm().clone(), file.profile().clone());
        home.recall(&firm)?;
        let Some(update) = Update::open(&home, programs)? else {
            tracing::warn!("another version has this program’s place: it makes way");
            return Ok(());
        };
        let trust = Relays::new(firm.clone(), clock.clone());
        let dialer = Dialer::new(trust.tls(&signer)?, socket)?;
        let (ends, port) = desktop::port();
        desktop.open(port);
        let own = Own { signer: Arc::clone(&signer), firm, profile };
        let engine = Engine::new(own, ledger, random.clone());
        let link = LinkConfig {
            dialer: dialer.clone(),
            trust: trust.clone(),
            relays,
            boot,
            clock: clock.clone(),
            random: random.clone(),
        };
        let facts = permitted::facts(facts, &home.denied_sections());
        let inventory = Arc::new(Permitted::new(inventory, Home::new(home.dir())));
        let driver = Driver {
            engine,
            keep,
            signer,
            home,
            ends,
            dialer,
            trust,
            clock,
            random,
            facts,
            boot,
            inventory,
            update,
        };
        tracing::info!("the service runs");
        let (tell, stopped) = oneshot::channel();
        let run = driver.run(link, stopped);
        tokio::pin!(run);
        tokio::select! {
            biased;
            () = stop => {}
            // Only a renewal that has to be finished ends the loop by itself.
            () = &mut run => return Err(ServiceError::Unfinished),
        }
        tracing::info!("the service stops");
        // Fails only when the loop has ended already.
        let _ = tell.send(());
        run.await;
        Ok(())
    }
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("home", &self.home).finish_non_exhaustive()
    }
}

// === impl Machine

impl Machine {
    /// This one. Takes some milliseconds.
    ///
    /// # Errors
    /// [`NoRandomness`], where the system does not number its starts and gives no randomness either.
    pub fn this(random: &Random) -> Result<Self, NoRandomness> {
        let boot = match boot_id() {
            Some(boot) => boot,
            None => random.bytes()?,
        };
        #[cfg(windows)]
        let boot = crate::windows::boot::id(boot).unwrap_or(boot);
        Ok(Self { facts: facts::collect(), boot })
    }
}

/// Linux draws a UUID at each start (random(4)).
fn boot_id() -> Option<[u8; 16]> {
    let text = std::fs::read_to_string(PathBuf::from("/proc/sys/kernel/random/boot_id")).ok()?;
    let digits: String = text.trim().chars().filter(|c| *c != '-').collect();
    u128::from_str_radix(&digits, 16).ok().map(u128::to_be_bytes)
}
