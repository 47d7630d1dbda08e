//! The technician's desk: a page in a browser on this computer, served on 127.0.0.1 by the program that ends the encryption.
//!
//! Code for the page comes from this program, never from a relay: a viewer that the relay could change could not keep a secret
//! from it. `door` says who may come in, `keys` who has been let in, `api` answers, `viewer` shows a session's screen.

mod api;
mod browser;
mod contracts;
mod door;
mod equipment;
mod fault;
mod files;
pub(crate) mod gesture;
mod guests;
mod http;
mod keys;
mod launch;
mod line;
mod machine;
mod manage;
mod news;
mod papers;
mod quality;
mod roster;
mod seat;
mod shape;
mod state;
mod viewer;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aval_protocol::firm::{FirmFile, Member, Profile, Signer};
use aval_protocol::id::UnixSeconds;
use aval_protocol::text::console as text;
use aval_protocol::wire::record::MachineRow;
use aval_transport::Clock;
use aval_transport::random::Random;
use axum::http::StatusCode;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::say::{Failure, Said};
use browser::Browser;
use door::Door;
use fault::Fault;
use keys::Keys;
use launch::Folder;
use line::{Dial, Line};
use roster::Roster;
use seat::Seats;

/// How long the list of machines is waited for.
const LOADING: Duration = Duration::from_secs(15);

/// Everything a desk depends on.
#[derive(Debug)]
pub struct DeskConfig {
    /// Relays as `host:port`, the preferred one first.
    pub relays: Vec<String>,
    /// The member's key with its certificates.
    pub signer: Arc<Signer>,
    /// The firm and what clients see of it.
    pub firm: FirmFile,
    /// Time.
    pub clock: Clock,
    /// For tokens, keys and match codes.
    pub random: Random,
    /// Where the private folder is made; `None` is the system's place for such folders.
    pub runtime: Option<PathBuf>,
    /// Where the firm's newest bulletin is kept, if anywhere.
    pub keep: Option<PathBuf>,
}

/// A desk at work. Dropping it ends everything without a word.
#[derive(Debug)]
pub struct Desk {
    inner: Arc<Inner>,
    address: SocketAddr,
    launch: PathBuf,
    _tasks: JoinSet<()>,
    _server: JoinSet<std::io::Result<()>>,
}

/// What all parts of a desk share.
struct Inner {
    door: Door,
    keys: Keys,
    line: Line,
    roster: Arc<Roster>,
    seats: Arc<Seats>,
    member: Member,
    profile: Profile,
    clock: Clock,
    folder: Mutex<Option<Folder>>,
}

/// Opens a desk, shows it, and stays until its window is closed or Ctrl+C is pressed. `shown` hears what to tell the person.
///
/// # Errors
/// A [`Failure`] says what to do.
pub async fn run(
    config: DeskConfig,
    no_browser: bool,
    mut tell: impl FnMut(Opened<'_>),
) -> Result<(), Failure> {
    let browser = match no_browser {
        true => None,
        false => Some(Browser::find().ok_or_else(|| Failure::of(text::desk::no_browser))?),
    };
    if browser.as_ref().is_some_and(Browser::refuses_root) {
        return Err(Failure::of(text::desk::root));
    }
    let desk = Desk::start(config).await?;
    let done = match browser {
        None => {
            tell(Opened::File(desk.launch()));
            interrupted().await;
            Ok(())
        }
        Some(browser) => {
            tell(Opened::Browser);
            desk.show(&browser).await
        }
    };
    desk.stop().await;
    done
}

/// How the desk was opened.
#[derive(Clone, Copy, Debug)]
pub enum Opened<'a> {
    /// The person opens this file.
    File(&'a std::path::Path),
    /// A browser shows it.
    Browser,
}

// === impl Desk

impl Desk {
    /// Begins to serve on a free port of 127.0.0.1. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// A [`Failure`] says what to do.
    pub async fn start(config: DeskConfig) -> Result<Self, Failure> {
        let DeskConfig { relays, signer, firm, clock, random, runtime, keep } = config;
        let member = own(&firm, &signer, clock.wall())?;
        let no_port = |e: std::io::Error| Failure::of(|l| text::desk::no_port(l, &e.to_string()));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(no_port)?;
        let address = listener.local_addr().map_err(no_port)?;
        let folder = Folder::make(&runtime.unwrap_or_else(launch::runtime_dir), &random)?;
        let door = Door::new(address.port());
        let keys = Keys::new(random.clone());
        let token = keys.launch().map_err(|_| Failure::of(text::no_randomness))?;
        let launch = folder.write(door.origin(), &token).map_err(|e| launch::unwritten(&folder, &e))?;
        let (line, standing) = Line::new(&clock);
        let dial = Dial { relays, signer, firm: firm.firm().clone(), clock: clock.clone(), random, keep };
        let mut tasks = JoinSet::new();
        tasks.spawn(line::keep(dial, standing));
        let roster = Arc::new(Roster::new());
        tasks.spawn(roster::keep(Arc::clone(&roster), line.clone()));
        let inner = Arc::new(Inner {
            door,
            keys,
            line,
            roster,
            seats: Arc::new(Seats::new(clock.clone())),
            member,
            profile: firm.profile().clone(),
            clock,
            folder: Mutex::new(Some(folder)),
        });
        let server = http::serve(listener, Arc::clone(&inner));
        Ok(Self { inner, address, launch, _tasks: tasks, _server: server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The private file that leads a browser in, once.
    pub fn launch(&self) -> &std::path::Path {
        &self.launch
    }

    /// Ends every session, says goodbye to the relay, and leaves nothing behind.
    pub async fn stop(self) {
        self.inner.seats.end_all().await;
        if let Some(console) = self.inner.line.standing().console {
            console.hang_up().await;
        }
        let folder = self.inner.folder.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(folder);
    }

    /// Shows itself in a browser until its window is closed.
    async fn show(&self, browser: &Browser) -> Result<(), Failure> {
        let name = browser.program.display().to_string();
        let failed = |why: &str| Failure::of(|l| text::desk::browser_failed(l, &name, why));
        let profile = {
            let folder = self.inner.folder.lock().unwrap_or_else(PoisonError::into_inner);
            folder.as_ref().map(Folder::profile).unwrap_or_default()
        };
        let mut child = browser.open(&self.launch, &profile).map_err(|e| failed(&e.to_string()))?;
        tokio::select! {
            ended = child.wait() => match ended {
                Ok(status) if status.success() => Ok(()),
                Ok(status) => Err(failed(&status.to_string())),
                Err(error) => Err(failed(&error.to_string())),
            },
            () = interrupted() => Ok(()),
        }
    }
}

// === impl Inner

impl Inner {
    /// Somebody came in with the launch token: the file that held it is of no more use.
    fn entered(&self) {
        if let Some(folder) = self.folder.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            folder.remove_launch();
        }
    }

    /// The machines; the list is waited for a moment while it is being read.
    async fn machines(&self) -> Result<(u64, Vec<MachineRow>), Fault> {
        if let Ok(list) = self.roster.rows() {
            return Ok(list);
        }
        self.line.console()?;
        let _ = timeout(LOADING, self.roster.loaded()).await;
        self.roster.rows().map_err(|trouble| match trouble {
            Some(said) => Fault::new(StatusCode::FORBIDDEN, "FORBIDDEN", said),
            None => Fault::no_line(Some(Said::of(text::desk::loading))),
        })
    }

    /// The relay's clock, or this computer's while there is no line.
    fn relay_now(&self) -> UnixSeconds {
        self.line.standing().console.map_or_else(|| self.clock.wall(), |console| console.relay_now())
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("door", &self.door).finish_non_exhaustive()
    }
}

/// Who works here. The relay judges whether the certificate's time holds; who it names does not change with time.
fn own(firm: &FirmFile, signer: &Signer, now: UnixSeconds) -> Result<Member, Failure> {
    let verified = firm.firm().verify_chain(signer.chain(), now);
    let (member, _) = verified.map_err(|why| Failure::of(|l| text::own_certificate(l, &why.to_string())))?;
    Ok(member)
}

/// Waits for Ctrl+C or the system's wish that the program ends.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = term.recv() => return,
                _ = tokio::signal::ctrl_c() => return,
            }
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
