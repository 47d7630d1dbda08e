//! The pipe to the session process: a thread that reads messages, and a function that writes one.

use std::io::{self, Read as _, Write as _};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use anyhow::{Context as _, bail};
use aval_protocol::prompt::{Banner, NoReason, ToBanner};
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

/// What the pipe says while a question is up, apart from nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(not(any(target_os = "linux", windows)), allow(dead_code, reason = "other systems have no body"))]
pub(crate) enum Word {
    /// The question was taken back.
    Withdrawn,
    /// What came is nonsense: there is one question per program.
    Nonsense,
}

impl Word {
    /// As the answer that it is.
    pub(crate) const fn why(self) -> NoReason {
        match self {
            Self::Withdrawn => NoReason::Withdrawn,
            Self::Nonsense => NoReason::PromptLost,
        }
    }
}

/// Reads messages on a thread of its own until the pipe ends.
fn listen<M: Wire + Send + 'static>() -> Receiver<Incoming<M>> {
    let (send, receive) = sync_channel(WAITING);
    std::thread::spawn(move || read_all(&send));
    receive
}

/// The first message, without which there is nothing to show.
fn first<M>(from: &Receiver<Incoming<M>>) -> anyhow::Result<M> {
    match from.recv() {
        Ok(Incoming::Message(message)) => Ok(message),
        _ => bail!("no question came on standard input; this program is started by aval-agent"),
    }
}

/// The one question that this program was started for, if it may be put; and where word of its end comes from.
pub(crate) fn asked<M, E>(check: fn(&M) -> Result<(), E>) -> anyhow::Result<(M, Receiver<Incoming<M>>)>
where
    M: Wire + Send + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    let pipe = listen::<M>();
    let ask = first(&pipe)?;
    check(&ask)?;
    Ok((ask, pipe))
}

/// The banner that this program was started for, and where its updates come from.
pub(crate) fn shown() -> anyhow::Result<(Banner, Receiver<Incoming<ToBanner>>)> {
    let pipe = listen();
    let ToBanner::Show(banner) = first(&pipe)? else { bail!("an update came before the banner") };
    Ok((banner, pipe))
}

/// What came since the question, if anything.
pub(crate) fn heard<M>(pipe: &Receiver<Incoming<M>>) -> Option<Word> {
    match pipe.try_recv() {
        Ok(Incoming::Closed) => Some(Word::Withdrawn),
        Ok(Incoming::Message(_) | Incoming::Garbage) => Some(Word::Nonsense),
        Err(_) => None,
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
