//! How many may be connected at once. Every user and every program of this computer reaches the port: none of them can take the
//! page's file handles away by opening connections and saying nothing.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Sleep, sleep};

/// Connections at once. A browser opens six to a host, and one for each WebSocket.
const MOST: usize = 128;

/// How long one may stay who has shown no key. The page asks again when its connection is gone.
const STRANGER: Duration = Duration::from_secs(10);

/// A listener that lets so many in.
#[derive(Debug)]
pub(super) struct Guests {
    listener: TcpListener,
    places: Arc<Semaphore>,
}

/// A connection, and its place.
#[derive(Debug)]
pub(super) struct Guest {
    stream: TcpStream,
    trust: Trust,
    until: Pin<Box<Sleep>>,
}

/// Whether a connection has shown the key. Until then it holds one of the few places; from then on none, so that strangers cannot
/// keep the page out.
#[derive(Clone, Debug)]
pub(super) struct Trust {
    shown: Arc<AtomicBool>,
    place: Arc<Mutex<Option<OwnedSemaphorePermit>>>,
}

// === impl Guests

impl Guests {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self { listener, places: Arc::new(Semaphore::new(MOST)) }
    }

    async fn next(&self) -> io::Result<(Guest, SocketAddr)> {
        let (stream, from) = self.listener.accept().await?;
        // Whoever finds no place is hung up on: waiting would keep the page itself out until the others leave.
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(io::Error::other)?;
        // A key stroke does not wait for the next one.
        stream.set_nodelay(true)?;
        let place = Arc::new(Mutex::new(Some(place)));
        let trust = Trust { shown: Arc::default(), place };
        Ok((Guest { stream, trust, until: Box::pin(sleep(STRANGER)) }, from))
    }
}

impl Listener for Guests {
    type Io = Guest;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Guest, SocketAddr) {
        loop {
            match self.next().await {
                Ok(guest) => return guest,
                Err(error) => {
                    tracing::debug!(%error, "a connection is not served");
                    // Out of file handles, the next attempt would fail at once too.
                    sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

// === impl Trust

impl Trust {
    /// The key was shown.
    pub(super) fn earn(&self) {
        if !self.shown.swap(true, Ordering::Relaxed) {
            self.place.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }
}

impl Connected<IncomingStream<'_, Guests>> for Trust {
    fn connect_info(stream: IncomingStream<'_, Guests>) -> Self {
        stream.io().trust.clone()
    }
}

// === impl Guest

impl AsyncRead for Guest {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let over = self.until.as_mut().poll(cx).is_ready();
        if over && !self.trust.shown.load(Ordering::Relaxed) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl AsyncWrite for Guest {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
