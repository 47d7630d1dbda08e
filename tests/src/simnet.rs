//! A network in memory: unmodified quinn over simulated access lines, in virtual time.
//!
//! Each host has one access line (up and down); between the lines the network is perfect. Packets are carried by one task that
//! sleeps until the next arrival, so that a runtime with a paused clock (`#[tokio::test(start_paused = true)]`, one thread) runs
//! minutes of network in milliseconds. The same seed gives the same losses and delays. Arrivals are handed over at the next
//! whole millisecond, tokio's resolution; queues and rates are computed exactly.
//!
//! ```no_run
//! # async fn f() {
//! use aval_tests::simnet::{Line, SimNet};
//! let net = SimNet::new(7);
//! let relay = net.host("10.0.0.1:443".parse().unwrap(), Line::server());
//! let agent = net.host("10.0.0.2:5000".parse().unwrap(), Line::kbit(5_000, 800, 20));
//! let endpoint = aval_transport::socket::endpoint(agent, None);
//! # }
//! ```

pub mod link;
pub mod pair;
pub mod rng;
mod socket;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

use aval_transport::Clock;
use aval_transport::socket::Socket;
use quinn::EndpointConfig;
use tokio::sync::Notify;

use link::Running;
pub use link::{Counters, Link, Loss};
use rng::Rng;
use socket::{Shared, SimSocket};

/// The largest UDP payload that passes: Ethernet's 1500 bytes less IPv4 and UDP headers.
pub const MAX_PAYLOAD: usize = 1472;

/// A host's access line.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// From the host.
    pub up: Link,
    /// To the host.
    pub down: Link,
}

/// The network. Clones are the same network; it lives as long as one of its sockets or handles.
#[derive(Clone)]
pub struct SimNet(Arc<Inner>);

type Tap = Box<dyn FnMut(SocketAddr, SocketAddr, &[u8]) + Send>;

struct Inner {
    world: Mutex<World>,
    work: Arc<Notify>,
    clock: Clock,
}

struct World {
    rng: Rng,
    began: Instant,
    hosts: BTreeMap<IpAddr, Host>,
    sockets: BTreeMap<SocketAddr, Arc<Shared>>,
    /// By nominal time, then by order of sending.
    events: BTreeMap<(Instant, u64), Event>,
    next_event: u64,
    taps: Vec<Tap>,
    trace: u64,
}

struct Host {
    up: Running,
    down: Running,
    cut: bool,
}

struct Event {
    from: SocketAddr,
    to: SocketAddr,
    bytes: Vec<u8>,
    /// Behind the receiver's line already; otherwise at its beginning.
    arrived: bool,
}

// === impl Line

impl Line {
    /// A server in a data centre: no limit, no delay.
    pub fn server() -> Self {
        Self { up: Link::perfect(), down: Link::perfect() }
    }

    /// A line of that many kbit/s down and up and that round trip in ms (half of it each way), queues of 100 ms.
    pub fn kbit(down: u64, up: u64, rtt_ms: u64) -> Self {
        Self { down: Link::kbit(down, rtt_ms / 2), up: Link::kbit(up, rtt_ms - rtt_ms / 2) }
    }

    /// The same change to both directions.
    pub fn both(self, change: impl Fn(Link) -> Link) -> Self {
        Self { up: change(self.up), down: change(self.down) }
    }
}

// === impl SimNet

impl SimNet {
    /// A network without hosts. Must be called inside a tokio runtime.
    pub fn new(seed: u64) -> Self {
        let clock = Clock::system();
        let world = World {
            rng: Rng::new(seed),
            began: clock.monotonic(),
            hosts: BTreeMap::new(),
            sockets: BTreeMap::new(),
            events: BTreeMap::new(),
            next_event: 0,
            taps: Vec::new(),
            trace: 0xcbf2_9ce4_8422_2325,
        };
        let work = Arc::new(Notify::new());
        let inner = Arc::new(Inner { world: Mutex::new(world), work: Arc::clone(&work), clock });
        tokio::spawn(pump(Arc::downgrade(&inner), work));
        Self(inner)
    }

    /// A host with its line, and a socket on it for [`aval_transport::socket::endpoint`].
    pub fn host(&self, address: SocketAddr, line: Line) -> Socket {
        self.set_line(address, line);
        self.socket(address)
    }

    /// Another socket on a host that exists.
    pub fn socket(&self, address: SocketAddr) -> Socket {
        let shared = Arc::new(Shared::default());
        shared.bind(address);
        let mut world = self.world();
        world.sockets.insert(address, Arc::clone(&shared));
        let mut config = EndpointConfig::default();
        config.rng_seed(Some(world.rng.seed()));
        drop(world);
        Socket::Custom(Arc::new(SimSocket { net: self.clone(), shared }), config)
    }

    /// Gives a host another line; what is under way stays under way. The port does not matter.
    pub fn set_line(&self, host: SocketAddr, line: Line) {
        let mut world = self.world();
        match world.hosts.get_mut(&host.ip()) {
            Some(host) => (host.up.link, host.down.link) = (line.up, line.down),
            None => {
                let host_state =
                    Host { up: Running::new(line.up), down: Running::new(line.down), cut: false };
                world.hosts.insert(host.ip(), host_state);
            }
        }
    }

    /// Cuts a host off, or connects it again. Packets under way are lost. The port does not matter.
    pub fn partition(&self, host: SocketAddr, cut: bool) {
        if let Some(host) = self.world().hosts.get_mut(&host.ip()) {
            host.cut = cut;
        }
    }

    /// A socket's address becomes another one, as when a NAT forgets its binding. The line is that of the new address's host;
    /// a new host gets the old one's line.
    pub fn rebind(&self, old: SocketAddr, new: SocketAddr) {
        let mut world = self.world();
        let line = world.hosts.get(&old.ip()).map(|h| Line { up: h.up.link, down: h.down.link });
        if let Some(shared) = world.sockets.remove(&old) {
            shared.bind(new);
            world.sockets.insert(new, shared);
        }
        if let Some(line) = line.filter(|_| !world.hosts.contains_key(&new.ip())) {
            let host = Host { up: Running::new(line.up), down: Running::new(line.down), cut: false };
            world.hosts.insert(new.ip(), host);
        }
    }

    /// Shows every datagram that any host sends, before anything can lose it.
    pub fn tap(&self, tap: impl FnMut(SocketAddr, SocketAddr, &[u8]) + Send + 'static) {
        self.world().taps.push(Box::new(tap));
    }

    /// What a host's line carried: up, down.
    pub fn counters(&self, host: SocketAddr) -> (Counters, Counters) {
        self.world().hosts.get(&host.ip()).map(|h| (h.up.counters, h.down.counters)).unwrap_or_default()
    }

    /// A hash over time, addresses and length of every packet delivered so far: equal for equal runs.
    pub fn trace(&self) -> u64 {
        self.world().trace
    }

    fn send(&self, from: SocketAddr, to: SocketAddr, packet: &[u8]) {
        let now = self.0.clock.monotonic();
        let mut world = self.world();
        let world = &mut *world;
        for tap in &mut world.taps {
            tap(from, to, packet);
        }
        let Some(host) = world.hosts.get_mut(&from.ip()) else { return };
        if host.cut || packet.len() > MAX_PAYLOAD {
            host.up.counters.unreachable += 1;
            return;
        }
        if let Some(at) = host.up.carry(packet.len(), now, &mut world.rng) {
            world.push(at, Event { from, to, bytes: packet.to_vec(), arrived: false });
            self.0.work.notify_one();
        }
    }

    fn unbind(&self, address: SocketAddr, shared: &Arc<Shared>) {
        let mut world = self.world();
        if world.sockets.get(&address).is_some_and(|s| Arc::ptr_eq(s, shared)) {
            world.sockets.remove(&address);
        }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock()
    }
}

impl std::fmt::Debug for SimNet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SimNet")
    }
}

// === impl Inner, World

impl Inner {
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl World {
    fn push(&mut self, at: Instant, event: Event) {
        self.events.insert((at, self.next_event), event);
        self.next_event += 1;
    }

    /// Does what is due and says when there is more.
    fn run(&mut self, now: Instant) -> Option<Instant> {
        while let Some(entry) = self.events.first_entry() {
            let (at, _) = *entry.key();
            if at > now {
                return Some(at);
            }
            let event = entry.remove();
            self.step(at, event);
        }
        None
    }

    fn step(&mut self, at: Instant, mut event: Event) {
        let Some(host) = self.hosts.get_mut(&event.to.ip()) else { return };
        if host.cut {
            host.down.counters.unreachable += 1;
        } else if event.arrived {
            let stamp = (at - self.began).as_nanos();
            let note = format!("{stamp} {} {} {}", event.from, event.to, event.bytes.len());
            self.trace =
                note.bytes().fold(self.trace, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
            let delivered = self.sockets.get(&event.to).is_some_and(|s| s.deliver(event.from, event.bytes));
            host.down.counters.unreachable += u64::from(!delivered);
        } else if let Some(at) = host.down.carry(event.bytes.len(), at, &mut self.rng) {
            event.arrived = true;
            self.push(at, event);
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.work.notify_one();
    }
}

/// Carries packets until the network is gone.
async fn pump(net: Weak<Inner>, work: Arc<Notify>) {
    loop {
        let Some(inner) = net.upgrade() else { return };
        let next = inner.lock().run(inner.clock.monotonic());
        drop(inner);
        match next {
            None => work.notified().await,
            Some(at) => tokio::select! {
                biased;
                () = work.notified() => {}
                () = tokio::time::sleep_until(at.into()) => {}
            },
        }
    }
}
