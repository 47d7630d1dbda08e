//! A UDP socket that counts what it receives: what a session costs on the technician's line.

use std::io::{self, IoSliceMut};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use aval_transport::socket::Socket;
use quinn::udp::{RecvMeta, Transmit};
use quinn::{AsyncUdpSocket, EndpointConfig, Runtime as _, TokioRuntime, UdpPoller};

#[derive(Debug)]
struct Counted {
    inner: Arc<dyn AsyncUdpSocket>,
    received: Arc<AtomicU64>,
}

/// A socket of the system's, and the bytes of UDP payload it has received. Must be called inside a tokio runtime.
pub(crate) fn socket() -> io::Result<(Socket, Arc<AtomicU64>)> {
    let inner = TokioRuntime.wrap_udp_socket(UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?)?;
    let received = Arc::new(AtomicU64::new(0));
    let counted = Counted { inner, received: Arc::clone(&received) };
    Ok((Socket::Custom(Arc::new(counted), EndpointConfig::default()), received))
}

impl AsyncUdpSocket for Counted {
    fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>> {
        Arc::clone(&self.inner).create_io_poller()
    }

    fn try_send(&self, transmit: &Transmit<'_>) -> io::Result<()> {
        self.inner.try_send(transmit)
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let polled = self.inner.poll_recv(cx, bufs, meta);
        if let Poll::Ready(Ok(count)) = &polled {
            let bytes: usize = meta.iter().take(*count).map(|meta| meta.len).sum();
            self.received.fetch_add(bytes as u64, Ordering::Relaxed);
        }
        polled
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn max_transmit_segments(&self) -> usize {
        self.inner.max_transmit_segments()
    }

    fn max_receive_segments(&self) -> usize {
        self.inner.max_receive_segments()
    }

    fn may_fragment(&self) -> bool {
        self.inner.may_fragment()
    }
}
