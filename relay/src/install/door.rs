//! The way in for strangers: how many, from where, and how slow they may be.
//!
//! A browser opens up to six connections; an office behind one address has several people. Who is slower than these limits on any
//! line that the product runs on is not reading the page.

use std::future::{Ready, ready};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

use crate::places::{Place, Places};

/// Connections in all: each takes some ten kB.
const MOST: usize = 256;
/// Connections from one neighbourhood.
const MOST_OF_ONE: usize = 24;
/// For the TLS handshake.
pub(super) const HANDSHAKE: Duration = Duration::from_secs(10);
/// For the head of a request.
pub(super) const HEAD: Duration = Duration::from_secs(10);
/// Longest head of a request; hyper takes no less.
pub(super) const HEAD_BYTES: usize = 16 * 1024;
/// Without a byte either way.
const STALL: Duration = Duration::from_secs(30);
/// A whole connection: a package of 15 MB at 256 kbit/s, the least line that counts, takes 8 minutes.
const LIFE: Duration = Duration::from_secs(20 * 60);

/// Counts who is in.
#[derive(Clone, Debug)]
pub(super) struct Door(Places);

/// A visitor's connection, and its place, given back when it ends.
#[derive(Debug)]
pub(super) struct Visitor {
    stream: TcpStream,
    stall: Pin<Box<Sleep>>,
    life: Pin<Box<Sleep>>,
    _place: Place,
}

// === impl Door

impl Door {
    pub(super) fn new() -> Self {
        Self(Places::new(MOST, MOST_OF_ONE))
    }
}

impl<S> Accept<TcpStream, S> for Door {
    type Stream = Visitor;
    type Service = S;
    type Future = Ready<io::Result<(Visitor, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let visitor = || {
            let from = stream.peer_addr()?.ip();
            let place = self.0.take(from).ok_or_else(|| io::Error::other("too many connections"))?;
            stream.set_nodelay(true)?;
            Ok(Visitor { stream, stall: Box::pin(sleep(STALL)), life: Box::pin(sleep(LIFE)), _place: place })
        };
        ready(visitor().map(|visitor| (visitor, service)))
    }
}

// === impl Visitor

impl Visitor {
    /// What moved starts the clock of standstill anew; what stands still too long is over.
    fn watch<T>(&mut self, cx: &mut Context<'_>, moved: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if self.life.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        if moved.is_ready() {
            let until = self.next_stall();
            self.stall.as_mut().reset(until);
            return moved;
        }
        match self.stall.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "tokio's own timer takes a moment of tokio's own clock; nothing is judged by it"
    )]
    fn next_stall(&self) -> Instant {
        Instant::now() + STALL
    }
}

impl AsyncRead for Visitor {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let moved = Pin::new(&mut this.stream).poll_read(cx, buf);
        this.watch(cx, moved)
    }
}

impl AsyncWrite for Visitor {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let moved = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.watch(cx, moved)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
