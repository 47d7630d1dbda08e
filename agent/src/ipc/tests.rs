//! The local socket against programs that are not ours, words that are no words, and their honest twins.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;
use std::time::Duration;

use aval_protocol::id::Epoch;
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::screen::{Rect, ScreenDown};
use aval_protocol::wire::{self, Inbox};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::*;
use crate::service::desktop::{Desktop as _, DesktopEnds, DesktopEvent, port};

const X: Desk = Desk::Screen { width: 800, height: 600 };

struct Service {
    ends: DesktopEnds,
    dir: tempfile::TempDir,
}

struct Session {
    line: Line,
    inbox: Inbox,
}

impl Service {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let door = Door::bind(&dir.path().join("agent.sock")).unwrap();
        let (ends, port) = port();
        Box::new(door).open(port);
        Self { ends, dir }
    }

    async fn connect(&self) -> Session {
        let line = connect(&self.dir.path().join("agent.sock")).await.unwrap();
        Session { line, inbox: Inbox::default() }
    }

    async fn event(&mut self) -> DesktopEvent {
        timeout(Duration::from_secs(10), self.ends.events.recv()).await.unwrap().unwrap()
    }

    /// A session process that has been welcomed.
    async fn desktop(&mut self) -> Session {
        let mut session = self.connect().await;
        session.say(&FromSession::Hello(X)).await;
        assert_eq!(self.event().await, DesktopEvent::Here(X));
        assert_eq!(session.hear().await, Some(ToSession::Welcome));
        session
    }
}

impl Session {
    async fn say(&mut self, word: &FromSession) {
        self.line.writer.write_all(&wire::encode(word).unwrap()).await.unwrap();
    }

    async fn hear(&mut self) -> Option<ToSession> {
        let mut bytes = [0; 4096];
        loop {
            if let Some(word) = self.inbox.next().unwrap() {
                return Some(word);
            }
            match timeout(Duration::from_secs(10), self.line.reader.read(&mut bytes)).await.unwrap() {
                Ok(n) if n > 0 => self.inbox.push(&bytes[..n]),
                _ => return None,
            }
        }
    }
}

fn frame(bytes: usize) -> FromSession {
    let rects = vec![Rect { x: 0, y: 0, width: 8, height: 8 }];
    let (epoch, copies, pixels, photos) = (Epoch(1), vec![], vec![7; bytes], vec![]);
    FromSession::Frame { epoch, frame: ScreenDown::Update { seq: 1, epoch, copies, rects, pixels, photos } }
}

#[tokio::test]
async fn both_sides_hear_each_other() {
    let mut service = Service::start();
    let mut session = service.desktop().await;
    let large = frame(1_000_000);
    session.say(&large).await;
    assert_eq!(service.event().await, DesktopEvent::Said(large));
    let end = ToSession::End { session: SessionId([7; 16]), reason: EndReason::LinkLost };
    service.ends.orders.send(end.clone()).await.unwrap();
    assert_eq!(session.hear().await, Some(end));
    drop(session);
    assert_eq!(service.event().await, DesktopEvent::Gone);
    service.desktop().await;
}

#[tokio::test]
async fn the_second_session_process_is_told_why_it_must_wait() {
    let mut service = Service::start();
    let mut first = service.desktop().await;
    let mut second = service.connect().await;
    second.say(&FromSession::Hello(X)).await;
    assert_eq!(second.hear().await, Some(ToSession::Refused(Refused::Another)));
    assert_eq!(second.hear().await, None);
    first.say(&FromSession::Desk(Desk::None)).await;
    assert_eq!(service.event().await, DesktopEvent::Said(FromSession::Desk(Desk::None)));
    drop(first);
    assert_eq!(service.event().await, DesktopEvent::Gone);
    service.desktop().await;
}

#[tokio::test]
async fn garbage_costs_the_connection_and_nothing_else() {
    let hello = wire::encode(&FromSession::Hello(X)).unwrap();
    let mut oversize = wire::encode(&frame(10)).unwrap();
    oversize[..4].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut version = wire::encode(&frame(10)).unwrap();
    version[4] = 99;
    let mut trailing = wire::encode(&FromSession::BannerUp { epoch: Epoch(1) }).unwrap();
    trailing[0] += 1;
    trailing.push(0);
    let mut service = Service::start();
    for garbage in [&b"GET / HTTP/1.1\r\n\r\n"[..], &oversize, &version, &trailing, &hello] {
        let mut session = service.desktop().await;
        session.line.writer.write_all(garbage).await.unwrap();
        assert_eq!(service.event().await, DesktopEvent::Gone, "{garbage:?}");
    }
    service.desktop().await;
}

#[tokio::test]
async fn whoever_does_not_say_hello_first_is_nobody() {
    let mut service = Service::start();
    for first in [wire::encode(&frame(10)).unwrap(), b"hello".repeat(100)] {
        let mut session = service.connect().await;
        session.line.writer.write_all(&first).await.unwrap();
        assert_eq!(session.hear().await, None);
    }
    let silent = service.connect().await;
    service.desktop().await;
    drop(silent);
}

#[tokio::test]
async fn another_program_is_refused_even_with_the_right_words() {
    let mut service = Service::start();
    let hello = wire::encode(&FromSession::Hello(X)).unwrap();
    let hex: String = hello.iter().map(|b| format!("\\x{b:02x}")).collect();
    let script = format!(
        "use IO::Socket::UNIX; $SIG{{PIPE}} = 'IGNORE'; my $s = IO::Socket::UNIX->new($ARGV[0]) or exit 3; \
         syswrite $s, \"{hex}\"; my $n = sysread $s, my $answer, 64; print unpack('H*', $answer);"
    );
    let path = service.dir.path().join("agent.sock");
    let stranger = tokio::task::spawn_blocking(move || {
        Command::new("perl").arg("-e").arg(script).arg(path).output().unwrap()
    });
    let said = stranger.await.unwrap();
    assert!(said.status.success(), "{said:?}");
    let refusal = wire::encode(&ToSession::Refused(Refused::WrongProgram)).unwrap();
    let expected: String = refusal.iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(String::from_utf8(said.stdout).unwrap(), expected);
    service.desktop().await;
}

#[tokio::test]
async fn a_leftover_socket_is_replaced_and_a_living_one_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("agent.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let door = Door::bind(&path).unwrap();
    assert!(matches!(Door::bind(&path), Err(IpcError::Bind { .. })));
    drop(door);
    assert!(!path.exists());
}
