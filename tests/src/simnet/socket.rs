//! The socket that unmodified quinn sends through.

use std::collections::VecDeque;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use quinn::udp::{RecvMeta, Transmit};
use quinn::{AsyncUdpSocket, UdpPoller};

use super::SimNet;

/// Packets that may wait to be read: a full one behaves as a full kernel buffer.
const INBOX: usize = 4096;

/// One bound address of the simulated network.
pub(super) struct SimSocket {
    pub(super) net: SimNet,
    pub(super) shared: Arc<Shared>,
}

/// What the network and the socket share.
#[derive(Default)]
pub(super) struct Shared(Mutex<State>);

#[derive(Default)]
struct State {
    address: Option<SocketAddr>,
    inbox: VecDeque<(SocketAddr, Vec<u8>)>,
    waker: Option<Waker>,
}

#[derive(Debug)]
struct AlwaysWritable;

// === impl Shared

impl Shared {
    pub(super) fn bind(&self, address: SocketAddr) {
        self.lock().address = Some(address);
    }

    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.lock().address
    }

    /// Whether the packet found room.
    pub(super) fn deliver(&self, from: SocketAddr, bytes: Vec<u8>) -> bool {
        let mut state = self.lock();
        if state.inbox.len() >= INBOX {
            return false;
        }
        state.inbox.push_back((from, bytes));
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
        true
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl SimSocket

impl AsyncUdpSocket for SimSocket {
    fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>> {
        Box::pin(AlwaysWritable)
    }

    fn try_send(&self, transmit: &Transmit<'_>) -> io::Result<()> {
        let Some(from) = self.shared.address() else { return Err(io::ErrorKind::NotConnected.into()) };
        let size = transmit.segment_size.unwrap_or(transmit.contents.len()).max(1);
        for packet in transmit.contents.chunks(size) {
            self.net.send(from, transmit.destination, packet);
        }
        Ok(())
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.shared.lock();
        let mut count = 0;
        for (buf, meta) in bufs.iter_mut().zip(meta) {
            let Some((from, bytes)) = state.inbox.pop_front() else { break };
            let len = bytes.len().min(buf.len());
            buf[..len].copy_from_slice(&bytes[..len]);
            *meta = RecvMeta { addr: from, len, stride: len, ecn: None, dst_ip: None };
            count += 1;
        }
        if count > 0 {
            return Poll::Ready(Ok(count));
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.shared.address().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    fn may_fragment(&self) -> bool {
        false
    }
}

impl Drop for SimSocket {
    fn drop(&mut self) {
        if let Some(address) = self.shared.address() {
            self.net.unbind(address, &self.shared);
        }
    }
}

impl std::fmt::Debug for SimSocket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimSocket").field("address", &self.shared.address()).finish_non_exhaustive()
    }
}

impl UdpPoller for AlwaysWritable {
    fn poll_writable(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
