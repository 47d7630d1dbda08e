//! A congestion controller that can be told to step aside.
//!
//! Both CUBIC and BBR would make a short measurement see their own start instead of the line: quinn's initial window alone
//! passes 0.4 Mbit/s at 600 ms. One server endpoint has one transport configuration, so the choice must be made per connection
//! and while it runs: every connection gets a `Steered` controller, and [`unbound`] lifts the window of the few that measure.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use quinn::Connection;
use quinn::congestion::{BbrConfig, Controller, ControllerFactory, ControllerMetrics, CubicConfig};
use quinn_proto::RttEstimator;

/// Which controller steers when nobody has lifted the window.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Congestion {
    /// CUBIC (RFC 9438): the default. Fair to the client's other traffic; slow on lossy lines.
    #[default]
    Cubic,
    /// quinn's BBR: six times CUBIC's throughput at 1 % loss, but sits on a full queue where buffers are shallow.
    Bbr,
}

/// A window above which quinn's pacer lets everything through at once: the sender paces itself.
const UNBOUND: u64 = 1 << 40;

/// Makes steered controllers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Steering(pub Congestion);

struct Steered {
    inner: Box<dyn Controller>,
    /// Bytes; 0: the inner controller decides. Shared with every clone that quinn hands out.
    fixed: Arc<AtomicU64>,
}

/// From now on this connection sends whatever it is given at once, whatever gets lost. Only for a sender that paces itself and
/// stops within seconds. `false` when the connection has no controller of ours.
pub fn unbound(connection: &Connection) -> bool {
    fix_window(connection, Some(UNBOUND))
}

/// Fixes the congestion window of a connection to that many bytes, or gives it back to its controller.
/// `false` when the connection has no controller of ours.
pub fn fix_window(connection: &Connection, bytes: Option<u64>) -> bool {
    match connection.congestion_state().into_any().downcast::<Steered>() {
        Ok(steered) => {
            steered.fixed.store(bytes.unwrap_or(0), Ordering::Relaxed);
            true
        }
        Err(_) => false,
    }
}

// === impl Steering

impl ControllerFactory for Steering {
    fn build(self: Arc<Self>, now: Instant, current_mtu: u16) -> Box<dyn Controller> {
        let inner = match self.0 {
            Congestion::Cubic => Arc::new(CubicConfig::default()).build(now, current_mtu),
            Congestion::Bbr => Arc::new(BbrConfig::default()).build(now, current_mtu),
        };
        Box::new(Steered { inner, fixed: Arc::default() })
    }
}

// === impl Steered

impl Controller for Steered {
    fn on_sent(&mut self, now: Instant, bytes: u64, last_packet_number: u64) {
        self.inner.on_sent(now, bytes, last_packet_number);
    }

    fn on_ack(&mut self, now: Instant, sent: Instant, bytes: u64, app_limited: bool, rtt: &RttEstimator) {
        self.inner.on_ack(now, sent, bytes, app_limited, rtt);
    }

    fn on_end_acks(&mut self, now: Instant, in_flight: u64, app_limited: bool, largest: Option<u64>) {
        self.inner.on_end_acks(now, in_flight, app_limited, largest);
    }

    fn on_congestion_event(&mut self, now: Instant, sent: Instant, persistent: bool, lost_bytes: u64) {
        self.inner.on_congestion_event(now, sent, persistent, lost_bytes);
    }

    fn on_mtu_update(&mut self, new_mtu: u16) {
        self.inner.on_mtu_update(new_mtu);
    }

    fn window(&self) -> u64 {
        match self.fixed.load(Ordering::Relaxed) {
            0 => self.inner.window(),
            fixed => fixed,
        }
    }

    fn metrics(&self) -> ControllerMetrics {
        let mut metrics = self.inner.metrics();
        metrics.congestion_window = self.window();
        metrics
    }

    fn clone_box(&self) -> Box<dyn Controller> {
        Box::new(Self { inner: self.inner.clone_box(), fixed: Arc::clone(&self.fixed) })
    }

    fn initial_window(&self) -> u64 {
        self.inner.initial_window()
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
