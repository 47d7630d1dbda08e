//! The service's end of the local socket: accepts, checks, and lets one session process at a time be the desktop.

use std::io;
use std::time::Duration;

use aval_protocol::wire::{self, Inbox};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::system::{Door, Reader, Stream, Writer, split};
use super::{Desk, FromSession, Refused, ToSession};
use crate::service::desktop::{DesktopEvent, DesktopPort};

/// A session process says hello within that time, and takes each message within it.
const PATIENCE: Duration = Duration::from_secs(2);
/// Connections that may wait for their check or their hello.
const WAITING: usize = 4;

struct Current {
    writer: Writer,
    reader: JoinHandle<()>,
}

/// Serves until the service drops its ends of the port.
pub(super) async fn serve(mut door: Door, port: DesktopPort) {
    let DesktopPort { mut orders, mut inputs, events } = port;
    let (introduced, mut introductions) = mpsc::channel::<(Stream, Inbox, Desk)>(WAITING);
    let (ended, mut endings) = mpsc::channel::<u64>(1);
    let mut generation = 0;
    let mut current: Option<Current> = None;
    loop {
        tokio::select! {
            biased;
            order = orders.recv() => {
                let Some(order) = order else { break };
                tell(&mut current, &order, &events).await;
            }
            Some(ended) = endings.recv() => {
                if ended == generation {
                    drop_current(&mut current, &events).await;
                }
            }
            Some(input) = inputs.recv() => tell(&mut current, &ToSession::Input(input), &events).await,
            Some((stream, inbox, desk)) = introductions.recv() => {
                if current.is_some() {
                    refuse(&stream, Refused::Another);
                    continue;
                }
                let (reader, writer) = split(stream);
                if events.send(DesktopEvent::Here(desk)).await.is_err() {
                    break;
                }
                generation += 1;
                let ended = ended.clone();
                let to = events.clone();
                let reader = tokio::spawn(async move {
                    read(reader, inbox, to).await;
                    let _ = ended.send(generation).await;
                });
                current = Some(Current { writer, reader });
                tell(&mut current, &ToSession::Welcome, &events).await;
            }
            accepted = door.accept(), if introduced.capacity() > 0 => match accepted {
                Ok(stream) => match door.judge_peer(&stream) {
                    Ok(()) => {
                        tokio::spawn(introduce(stream, introduced.clone()));
                    }
                    Err(why) => {
                        tracing::info!(%why, "a local program was refused");
                        refuse(&stream, why);
                    }
                },
                Err(e) => {
                    tracing::debug!(%e, "the local socket did not accept");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
        }
    }
    if let Some(current) = current {
        current.reader.abort();
    }
}

async fn tell(current: &mut Option<Current>, order: &ToSession, events: &mpsc::Sender<DesktopEvent>) {
    let Some(to) = current.as_mut() else { return };
    let sent = match wire::encode(order) {
        Ok(bytes) => timeout(PATIENCE, to.writer.write_all(&bytes)).await,
        Err(e) => Ok(Err(io::Error::other(e))),
    };
    if !matches!(sent, Ok(Ok(()))) {
        drop_current(current, events).await;
    }
}

async fn drop_current(current: &mut Option<Current>, events: &mpsc::Sender<DesktopEvent>) {
    if let Some(gone) = current.take() {
        gone.reader.abort();
        tracing::info!("the session process is gone");
        let _ = events.send(DesktopEvent::Gone).await;
    }
}

/// Hears the hello of a program that may speak.
async fn introduce(stream: Stream, to: mpsc::Sender<(Stream, Inbox, Desk)>) {
    if let Ok(Some((stream, inbox, desk))) = timeout(PATIENCE, hello(stream)).await {
        let _ = to.send((stream, inbox, desk)).await;
    }
}

async fn hello(mut stream: Stream) -> Option<(Stream, Inbox, Desk)> {
    let mut inbox = Inbox::default();
    let mut bytes = [0; 1024];
    loop {
        match inbox.next::<FromSession>() {
            Ok(Some(FromSession::Hello(desk))) => return Some((stream, inbox, desk)),
            Ok(None) => {}
            Ok(Some(_)) | Err(_) => return None,
        }
        match stream.read(&mut bytes).await {
            Ok(n) if n > 0 => inbox.push(&bytes[..n]),
            _ => return None,
        }
    }
}

/// Says why not. A fresh socket's buffer takes the few bytes at once.
fn refuse(stream: &Stream, why: Refused) {
    if let Ok(bytes) = wire::encode(&ToSession::Refused(why)) {
        let _ = stream.try_write(&bytes);
    }
}

async fn read(mut from: Reader, mut inbox: Inbox, events: mpsc::Sender<DesktopEvent>) {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        loop {
            match inbox.next::<FromSession>() {
                Ok(None) => break,
                Ok(Some(FromSession::Hello(_))) => return,
                Ok(Some(said)) => {
                    if events.send(DesktopEvent::Said(said)).await.is_err() {
                        return;
                    }
                }
                Err(error) => {
                    tracing::info!(%error, "the session process said what makes no sense");
                    return;
                }
            }
        }
        match from.read(&mut bytes).await {
            Ok(n) if n > 0 => inbox.push(&bytes[..n]),
            _ => return,
        }
    }
}
