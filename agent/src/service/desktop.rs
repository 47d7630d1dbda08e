//! The seam to the person's desktop: in the program a session process behind the local socket.

use aval_protocol::wire::input::InputUp;
use tokio::sync::mpsc;

use crate::ipc::{Desk, FromSession, ToSession};

/// Orders that may wait; a desktop that lets more pile up is stuck and counts as gone.
pub const ORDERS: usize = 64;
/// Input events that may wait; then the input lane waits, and with it the technician's line.
pub const INPUTS: usize = 256;
/// Things said that may wait; a frame has at most 1 MiB.
pub const EVENTS: usize = 16;

/// Where a person may be asked and a screen shown.
pub trait Desktop: Send {
    /// Starts serving, with tasks of its own on the current runtime, until the service drops its ends of the port.
    fn open(self: Box<Self>, port: DesktopPort);
}

/// The desktop's ends of its channels with the service.
#[derive(Debug)]
pub struct DesktopPort {
    /// What the service orders; never [`ToSession::Input`].
    pub orders: mpsc::Receiver<ToSession>,
    /// What the technician's hands do.
    pub inputs: mpsc::Receiver<InputUp>,
    /// What happens on the desktop.
    pub events: mpsc::Sender<DesktopEvent>,
}

/// What happens on the desktop.
#[derive(Clone, PartialEq, Debug)]
pub enum DesktopEvent {
    /// A session process is there.
    Here(Desk),
    /// It said something; never a second hello.
    Said(FromSession),
    /// It is gone, and with it every grant.
    Gone,
}

/// The service's ends.
#[derive(Debug)]
pub(crate) struct DesktopEnds {
    pub(crate) orders: mpsc::Sender<ToSession>,
    pub(crate) inputs: mpsc::Sender<InputUp>,
    pub(crate) events: mpsc::Receiver<DesktopEvent>,
}

/// Both ends of the channels.
pub(crate) fn port() -> (DesktopEnds, DesktopPort) {
    let (orders, orders_end) = mpsc::channel(ORDERS);
    let (inputs, inputs_end) = mpsc::channel(INPUTS);
    let (events_end, events) = mpsc::channel(EVENTS);
    (
        DesktopEnds { orders, inputs, events },
        DesktopPort { orders: orders_end, inputs: inputs_end, events: events_end },
    )
}
