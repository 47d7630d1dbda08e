//! The person's session as systemd-logind tells it (`org.freedesktop.login1`, system bus), of which elogind speaks the same.
//!
//! Signals only say when to look: what holds is read from the service itself, and a signal counts only from the program that owns its
//! name – anybody on the bus may send one.

use std::time::Duration;

use zbus::blocking::connection::Builder;
use zbus::blocking::fdo::DBusProxy;
use zbus::blocking::{Connection, MessageIterator, Proxy};
use zbus::message::Type;
use zbus::zvariant::{OwnedFd, OwnedObjectPath};
use zbus::{MatchRule, Message};

use crate::platform::{OsEvent, OsLost, OsSession};

const SERVICE: &str = "org.freedesktop.login1";
const MANAGER: &str = "/org/freedesktop/login1";
const MANAGER_INTERFACE: &str = "org.freedesktop.login1.Manager";
const SESSION_INTERFACE: &str = "org.freedesktop.login1.Session";
/// The service answers within that time, or is of no use.
const PATIENCE: Duration = Duration::from_secs(5);
/// Classes of sessions that stand before a person's own while it is locked.
const GREETERS: &[&str] = &["greeter", "lock-screen"];

/// One session of one person.
pub(super) struct Logind {
    bus: Connection,
    signals: MessageIterator,
    /// Who owns the service's name.
    owner: String,
    id: String,
    path: OwnedObjectPath,
    /// While it is held the machine waits with its sleep.
    delay: Option<OwnedFd>,
    /// How long the machine had slept when it was about to.
    slept: Duration,
    first: bool,
}

// === impl Logind

impl Logind {
    /// Finds the session of this process, or else the one on its user's screen.
    pub(super) fn open() -> Result<Self, OsLost> {
        let bus = connect()?;
        let owner = owner(&bus)?;
        let (id, path) = session(&bus)?;
        let rule = MatchRule::builder()
            .msg_type(Type::Signal)
            .sender(SERVICE)
            .and_then(|rule| rule.path_namespace(MANAGER))
            .map_err(lost)?
            .build();
        DBusProxy::new(&bus).and_then(|it| Ok(it.add_match_rule(rule)?)).map_err(lost)?;
        let signals = MessageIterator::from(&bus);
        let mut logind =
            Self { bus, signals, owner, id, path, delay: None, slept: super::asleep::so_far(), first: true };
        logind.ask_for_delay();
        Ok(logind)
    }

    /// So that what must stop has stopped before the machine sleeps. Where it is refused the machine may be quicker.
    fn ask_for_delay(&mut self) {
        match delay() {
            Ok(delay) => self.delay = Some(delay),
            Err(error) => tracing::info!(%error, "the machine does not wait before it sleeps"),
        }
    }

    /// What holds now, by the service.
    fn look(&self) -> Result<OsEvent, OsLost> {
        let session = Proxy::new(&self.bus, SERVICE, self.path.as_ref(), SESSION_INTERFACE).map_err(lost)?;
        let active: bool = session.get_property("Active").map_err(lost)?;
        if active {
            return Ok(OsEvent::Locked(session.get_property("LockedHint").map_err(lost)?));
        }
        // Whose desktop is in front of it?
        let (_, seat): (String, OwnedObjectPath) = session.get_property("Seat").map_err(lost)?;
        let front = Proxy::new(&self.bus, SERVICE, seat.as_ref(), "org.freedesktop.login1.Seat")
            .and_then(|seat| seat.get_property::<(String, OwnedObjectPath)>("ActiveSession"));
        let class = match front {
            // It came back between the two questions; a signal follows that says so too.
            Ok((_, front)) if front == self.path => {
                return Ok(OsEvent::Locked(session.get_property("LockedHint").map_err(lost)?));
            }
            Ok((_, front)) => Proxy::new(&self.bus, SERVICE, front, SESSION_INTERFACE)
                .and_then(|front| front.get_property::<String>("Class")),
            Err(error) => Err(error),
        };
        match class {
            Ok(class) if GREETERS.contains(&class.as_str()) => Ok(OsEvent::Locked(true)),
            _ => Ok(OsEvent::Left),
        }
    }

    /// What a signal means, if anything.
    fn heard(&mut self, signal: &Message) -> Result<Option<OsEvent>, OsLost> {
        let header = signal.header();
        let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
        let (path, member) =
            (text(header.path().map(|p| p.as_str())), text(header.member().map(|m| m.as_str())));
        let sender = text(header.sender().map(|sender| sender.as_str()));
        if signal.message_type() != Type::Signal || !self.is_owner(&sender)? {
            return Ok(None);
        }
        let own = path == self.path.as_str();
        Ok(match member.as_str() {
            "PrepareForSleep" if path == MANAGER => match signal.body().deserialize::<bool>() {
                Ok(true) => {
                    self.slept = super::asleep::so_far();
                    Some(OsEvent::Sleeps)
                }
                Ok(false) => {
                    self.ask_for_delay();
                    Some(OsEvent::Woke { slept: super::asleep::so_far().saturating_sub(self.slept) })
                }
                Err(_) => None,
            },
            "SessionRemoved" if path == MANAGER => {
                let removed = signal.body().deserialize::<(String, OwnedObjectPath)>();
                removed.is_ok_and(|(id, _)| id == self.id).then_some(OsEvent::Left)
            }
            // A request to lock is taken for the lock: not every locker tells when it has.
            "Lock" if own => Some(OsEvent::Locked(true)),
            "Unlock" | "PropertiesChanged" if own => Some(self.look()?),
            _ => None,
        })
    }

    fn is_owner(&mut self, sender: &str) -> Result<bool, OsLost> {
        if sender != self.owner && sender.starts_with(':') {
            // The service may have been restarted.
            self.owner = owner(&self.bus)?;
        }
        Ok(sender == self.owner)
    }
}

impl OsSession for Logind {
    fn wait(&mut self) -> Result<OsEvent, OsLost> {
        if std::mem::take(&mut self.first) {
            return self.look();
        }
        loop {
            let signal = match self.signals.next() {
                Some(signal) => signal.map_err(lost)?,
                None => return Err(OsLost::Unreachable("the bus is gone".to_owned())),
            };
            if let Some(event) = self.heard(&signal)? {
                return Ok(event);
            }
        }
    }

    fn ready(&mut self) {
        self.delay = None;
    }
}

fn connect() -> Result<Connection, OsLost> {
    Builder::system().and_then(|bus| bus.method_timeout(PATIENCE).build()).map_err(lost)
}

/// Asks on a connection of its own. What zbus receives a file in is not closed in programs started meanwhile (the banner would hold the
/// delay for as long as it stands), and where signals are awaited it is kept until they were read.
fn delay() -> Result<OwnedFd, OsLost> {
    let why = ("sleep", "Aval", "arrête la vue à distance avant la veille", "delay");
    let bus = connect()?;
    let manager = Proxy::new(&bus, SERVICE, MANAGER, MANAGER_INTERFACE).map_err(lost)?;
    manager.call("Inhibit", &why).map_err(lost)
}

fn owner(bus: &Connection) -> Result<String, OsLost> {
    let name = SERVICE.try_into().map_err(|e: zbus::names::Error| OsLost::Unreachable(e.to_string()))?;
    let owner = DBusProxy::new(bus).map_err(lost)?.get_name_owner(name);
    owner.map(|owner| owner.to_string()).map_err(|e| OsLost::Unreachable(e.to_string()))
}

/// The session's number and place.
fn session(bus: &Connection) -> Result<(String, OwnedObjectPath), OsLost> {
    let manager = Proxy::new(bus, SERVICE, MANAGER, MANAGER_INTERFACE).map_err(lost)?;
    let own = manager.call::<_, _, OwnedObjectPath>("GetSessionByPID", &std::process::id());
    if let Ok(path) = own {
        let session = Proxy::new(bus, SERVICE, path.as_ref(), SESSION_INTERFACE).map_err(lost)?;
        let id = session.get_property("Id").map_err(lost)?;
        drop(session);
        return Ok((id, path));
    }
    // A process of the user's own service manager is in none, but its user has one on the screen.
    let user = Proxy::new(bus, SERVICE, "/org/freedesktop/login1/user/self", "org.freedesktop.login1.User");
    let shown: Result<(String, OwnedObjectPath), _> = user.and_then(|user| user.get_property("Display"));
    match shown {
        Ok((id, path)) if !id.is_empty() => Ok((id, path)),
        Ok(_) => Err(OsLost::NoSession("the user has none on a screen".to_owned())),
        Err(error) => Err(OsLost::NoSession(error.to_string())),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn lost(error: zbus::Error) -> OsLost {
    OsLost::Unreachable(error.to_string())
}
