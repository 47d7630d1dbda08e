//! The pipe to the session process: a thread that reads messages, and a function that writes one.

use std::io::{self, Read as _, Write as _};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use anyhow::{Context as _, bail};
use aval_protocol::wire::{self, Inbox, Wire};

/// Messages that may wait; more make the session process wait.
const WAITING: usize = 16;

/// What comes from the session process.
#[derive(Debug)]
pub(crate) enum Incoming<M> {
    Message(M),
    /// It closed the pipe or is gone.
    Closed,
    /// What came is no message; nothing follows.
    Garbage,
}

/// Reads messages on a thread of its own until the pipe ends.
pub(crate) fn listen<M: Wire + Send + 'static>() -> Receiver<Incoming<M>> {
    let (send, receive) = sync_channel(WAITING);
    std::thread::spawn(move || read_all(&send));
    receive
}

/// The first message, without which there is nothing to show.
pub(crate) fn first<M>(from: &Receiver<Incoming<M>>) -> anyhow::Result<M> {
    match from.recv() {
        Ok(Incoming::Message(message)) => Ok(message),
        _ => bail!("no question came on standard input; this program is started by aval-agent"),
    }
}

/// Writes one message.
pub(crate) fn say<M: Wire>(message: &M) -> anyhow::Result<()> {
    let frame = wire::encode(message)?;
    let mut out = io::stdout().lock();
    out.write_all(&frame)?;
    Ok(out.flush()?)
}

/// Writes what was answered. Whatever went wrong is written as `lost`, a no, and comes back to be told on standard error.
pub(crate) fn answer<M: Wire>(answered: anyhow::Result<M>, lost: &M) -> anyhow::Result<()> {
    say(answered.as_ref().unwrap_or(lost)).context("nobody takes the answer")?;
    answered.map(|_| ())
}

fn read_all<M: Wire>(to: &SyncSender<Incoming<M>>) {
    let mut inbox = Inbox::default();
    let mut bytes = [0; 4096];
    let mut input = io::stdin().lock();
    loop {
        loop {
            match inbox.next() {
                Ok(Some(message)) => {
                    if to.send(Incoming::Message(message)).is_err() {
                        return;
                    }
                }
                Ok(None) => break,
                Err(_) => {
                    let _ = to.send(Incoming::Garbage);
                    return;
                }
            }
        }
        match input.read(&mut bytes) {
            Ok(n) if n > 0 => inbox.push(&bytes[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            _ => {
                let _ = to.send(Incoming::Closed);
                return;
            }
        }
    }
}
