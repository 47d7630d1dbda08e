//! A UDP socket without extras, for systems on which quinn's own can't be made: no ECN, no segmentation offload, no
//! path-MTU discovery. Slower, and it works everywhere.

use std::future::Future;
use std::io::{self, ErrorKind, IoSliceMut};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use quinn::udp::{RecvMeta, Transmit};
use quinn::{AsyncUdpSocket, UdpPoller};
use tokio::net::UdpSocket;

/// The socket.
#[derive(Debug)]
struct Plain(UdpSocket);

/// Each connection waits on its own: tokio keeps one waker only for a socket's `poll_send_ready`.
struct Writable {
    socket: Arc<Plain>,
    waiting: Option<Pin<Box<dyn Future<Output = io::Result<()>> + Send + Sync>>>,
}

/// A plain socket over this one, for [`super::Socket::Custom`]. Must be called inside a tokio runtime.
///
/// # Errors
/// The system's.
pub fn plain(udp: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
    udp.set_nonblocking(true)?;
    Ok(Arc::new(Plain(UdpSocket::from_std(udp)?)))
}

// === impl Plain

impl AsyncUdpSocket for Plain {
    fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>> {
        Box::pin(Writable { socket: self, waiting: None })
    }

    fn try_send(&self, transmit: &Transmit<'_>) -> io::Result<()> {
        match self.0.try_send_to(transmit.contents, transmit.destination) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Err(error),
            // A packet that could not leave is a lost packet, which QUIC repeats; the error may be over then.
            Err(error) => {
                tracing::debug!(%error, "packet not sent");
                Ok(())
            }
            Ok(_) => Ok(()),
        }
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let (Some(buf), Some(meta)) = (bufs.first_mut(), meta.first_mut()) else { return Poll::Ready(Ok(0)) };
        loop {
            ready!(self.0.poll_recv_ready(cx))?;
            match self.0.try_recv_from(buf) {
                Ok((len, addr)) => {
                    *meta = RecvMeta { addr, len, stride: len, ecn: None, dst_ip: None };
                    return Poll::Ready(Ok(1));
                }
                Err(error) if is_about_one_packet(&error) => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    fn may_fragment(&self) -> bool {
        true
    }
}

/// Not readable after all; or Windows telling of a packet sent earlier that met a closed port (`WSAECONNRESET`), or of one
/// too long to be QUIC's (`WSAEMSGSIZE`, 10040).
fn is_about_one_packet(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused)
        || error.raw_os_error() == Some(10_040)
}

// === impl Writable

impl UdpPoller for Writable {
    fn poll_writable(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let socket = Arc::clone(&self.socket);
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(async move { socket.0.writable().await }));
        let result = ready!(waiting.as_mut().poll(cx));
        self.waiting = None;
        Poll::Ready(result)
    }
}

impl std::fmt::Debug for Writable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writable").field("socket", &self.socket).finish_non_exhaustive()
    }
}
