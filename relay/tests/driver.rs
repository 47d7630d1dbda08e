//! The endpoint's driver fails, and the firm is served again: by the same process after an error of its socket, by the next one after a
//! panic. A peer that was connected hears at once that its connection is gone, and comes back.
//!
//! This program starts itself as a relay on a socket that fails when a certain datagram reaches it, and does with it what
//! packaging/systemd/aval-relay.service says: whatever its end was, it is started again. How long it took is printed, not judged.

// A program of its own, which clippy does not take for a test.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::panic)]

use std::io::{self, BufRead as _, BufReader, IoSliceMut, Read as _};
use std::net::{SocketAddr, UdpSocket};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use aval_protocol::firm::authority::{certify, found, request};
use aval_protocol::firm::tls::{RELAY_NAME, RelayTrust, client_config};
use aval_protocol::firm::{FirmFile, FoundedFirm, Grant, Role, Signer, files};
use aval_protocol::id::{PersonId, UnixSeconds};
use aval_protocol::wire::VERSION;
use aval_protocol::wire::link::{Downlink, Head, Hello};
use aval_relay::gate::Rules;
use aval_relay::records::Store;
use aval_relay::{Relay, RelayConfig};
use aval_transport::socket::{self, Socket};
use aval_transport::{Clock, FrameReader, FrameWriter, Random, config};
use quinn::udp::{RecvMeta, Transmit};
use quinn::{
    AsyncUdpSocket, Connection, ConnectionError, Endpoint, EndpointConfig, Runtime, TokioRuntime, UdpPoller,
};

/// Datagrams that the socket takes badly. Their first bit makes them nobody else's: QUIC's fixed bit is not set (RFC 9000 §17).
const ERROR: &[u8] = b"\x00 an error";
const PANIC: &[u8] = b"\x00 a panic";
/// What the kernel says of a process that ended itself.
const ABORTED: i32 = 6;
const PATIENCE: Duration = Duration::from_secs(60);

/// A true socket that fails on demand of whoever can send to it.
#[derive(Debug)]
struct Brittle(Arc<dyn AsyncUdpSocket>);

/// A relay in a process of its own.
struct Process {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    address: SocketAddr,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [relay, dir, listen] = args.as_slice()
        && relay == "--relay"
    {
        serve(Path::new(dir), listen.parse().unwrap());
        return;
    }
    // As the usual harness reads its arguments.
    let name = "the_firm_is_served_again_after_a_failure_of_the_driver";
    let filters: Vec<&String> = args.iter().filter(|arg| !arg.starts_with('-')).collect();
    let wanted = filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()));
    let mut passed = 0;
    if wanted && !args.iter().any(|arg| arg == "--list" || arg == "--ignored") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(the_firm_is_served_again_after_a_failure_of_the_driver());
        println!("test {name} ... ok");
        passed = 1;
    }
    println!("test result: ok. {passed} passed; 0 failed; 0 ignored");
}

async fn the_firm_is_served_again_after_a_failure_of_the_driver() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Clock::system();
    let firm = write_firm(dir.path(), UnixSeconds(clock.wall().0 - 3_600));
    let key = member(&firm, Role::Technician, "sophie.martin");
    let endpoint = socket::endpoint(Socket::Udp(([127, 0, 0, 1], 0).into()), None).unwrap();
    let enemy = UdpSocket::bind("127.0.0.1:0").unwrap();

    let mut relay = Process::start(dir.path(), ([127, 0, 0, 1], 0).into());
    let (address, first) = (relay.address, relay.child.id());
    let mut link = linked(&endpoint, &firm, &key, address).await;
    for (datagram, survives) in [(ERROR, true), (ERROR, true), (PANIC, false), (ERROR, true)] {
        enemy.send_to(datagram, address).unwrap();
        let fell = clock.monotonic();
        if !survives {
            let ended = relay.child.wait().unwrap();
            assert_eq!(ended.signal(), Some(ABORTED), "a relay without ears must not live on: {ended}");
            relay = Process::start(dir.path(), address);
        }
        let again = linked(&endpoint, &firm, &key, address).await;
        println!(
            "served again after {:?} (same process: {survives})",
            clock.monotonic().duration_since(fell)
        );
        assert_eq!(relay.address, address);
        // Whoever speaks to the endpoint that is gone is told so by the new one, which has its keys.
        link.speak().await;
        let told = tokio::time::timeout(PATIENCE, link.connection.closed()).await.unwrap();
        assert!(matches!(told, ConnectionError::Reset), "{told}");
        println!("and the old connection ended after {:?}", clock.monotonic().duration_since(fell));
        link = again;
    }
    assert_ne!(relay.child.id(), first);

    // A driver that keeps failing is no relay: the process ends, in order.
    for _ in 0..20 {
        enemy.send_to(ERROR, address).unwrap();
        std::thread::sleep(Duration::from_millis(200));
        if let Some(ended) = relay.child.try_wait().unwrap() {
            assert_eq!(ended.code(), Some(1), "{ended}");
            let mut rest = String::new();
            relay.out.read_to_string(&mut rest).unwrap();
            assert!(rest.contains("broken"), "{rest}");
            return;
        }
    }
    panic!("the relay bears every failure");
}

/// The relay's process.
fn serve(dir: &Path, listen: SocketAddr) {
    let text = |name: &str| std::fs::read_to_string(dir.join(name)).unwrap();
    aval_transport::log::start(io::stderr, tracing::Level::INFO);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let udp = TokioRuntime.wrap_udp_socket(UdpSocket::bind(listen).unwrap()).unwrap();
        let mut relay = Relay::start(RelayConfig {
            store: Store::open(&dir.join("record.sqlite")).unwrap(),
            signer: Arc::new(files::signer_from_pem(&text("key.pem"), Some(&text("chain.pem"))).unwrap()),
            firm: FirmFile::parse(&text("firm.pub")).unwrap(),
            clock: Clock::system(),
            socket: Socket::Custom(Arc::new(Brittle(udp)), EndpointConfig::default()),
            rules: Rules::default(),
            random: Random::system(),
            reset_key: [7; 32],
        })
        .unwrap();
        println!("{}", relay.local_addr().unwrap());
        relay.broken().await;
        println!("broken");
    });
    std::process::exit(1);
}

/// A technician's standing link.
struct Linked {
    connection: Connection,
    writer: FrameWriter,
    _reader: FrameReader,
}

impl Linked {
    /// Says something, so that whoever is there answers. The line may be gone already.
    async fn speak(&mut self) {
        let _ = self.writer.write(&Head::Link(hello())).await;
    }
}

fn hello() -> Hello {
    Hello { program: "test 1".into(), oldest: VERSION, boot: [1; 16] }
}

/// A standing link, at the first attempt that succeeds.
async fn linked(from: &Endpoint, firm: &FoundedFirm, key: &Signer, to: SocketAddr) -> Linked {
    let attempt = async {
        loop {
            let trust = RelayTrust::new(firm.file.firm().clone());
            let tls = client_config(key, trust, Arc::new(Clock::system())).unwrap();
            let dialling = from.connect_with(config::client(tls).unwrap(), to, RELAY_NAME).unwrap();
            if let Ok(Ok(connection)) = tokio::time::timeout(Duration::from_millis(500), dialling).await
                && let Ok((send, recv)) = connection.open_bi().await
            {
                let (mut writer, mut reader) = (FrameWriter::new(send), FrameReader::new(recv));
                if writer.write(&Head::Link(hello())).await.is_ok()
                    && let Ok(Downlink::Welcome { .. }) = reader.read().await
                {
                    break Linked { connection, writer, _reader: reader };
                }
            }
        }
    };
    tokio::time::timeout(PATIENCE, attempt).await.unwrap()
}

fn write_firm(dir: &Path, at: UnixSeconds) -> FoundedFirm {
    let firm = found("Atelier Beaurepaire Informatique", "+33199001234", at, 20, 400).unwrap();
    let relay = member(&firm, Role::Relay, "relais-1");
    let write = |name: &str, text: &str| std::fs::write(dir.join(name), text).unwrap();
    write("firm.pub", &firm.file.to_pem().unwrap());
    write("key.pem", &files::key_to_pem(&relay));
    write("chain.pem", &files::chain_to_pem(relay.chain()));
    firm
}

fn member(firm: &FoundedFirm, role: Role, name: &str) -> Signer {
    let key = Signer::generate().unwrap();
    let person = PersonId::new(name).unwrap();
    let grant = Grant { role, person, display_name: "Quelqu’un".into(), valid_days: 365 };
    let at = UnixSeconds(Clock::system().wall().0 - 3_600);
    let chain = certify(&firm.issuing, &request(&key, "request").unwrap(), &grant, at).unwrap();
    files::signer_from_pem(&files::key_to_pem(&key), Some(&chain)).unwrap()
}

// === impl Process

impl Process {
    fn start(dir: &Path, listen: SocketAddr) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--relay".as_ref(), dir.as_os_str(), listen.to_string().as_ref()])
            .env("RUST_BACKTRACE", "0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        out.read_line(&mut said).unwrap();
        Self { child, out, address: said.trim().parse().unwrap() }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

// === impl AsyncUdpSocket for Brittle

impl AsyncUdpSocket for Brittle {
    fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>> {
        Arc::clone(&self.0).create_io_poller()
    }

    fn try_send(&self, transmit: &Transmit<'_>) -> io::Result<()> {
        self.0.try_send(transmit)
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(self.0.poll_recv(cx, bufs, meta))?;
        for (buf, meta) in bufs.iter().zip(meta.iter()).take(count) {
            match buf.get(..meta.len) {
                Some(ERROR) => return Poll::Ready(Err(io::Error::other("as it was told"))),
                Some(PANIC) => panic!("as it was told"),
                _ => {}
            }
        }
        Poll::Ready(Ok(count))
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    fn max_transmit_segments(&self) -> usize {
        self.0.max_transmit_segments()
    }

    fn max_receive_segments(&self) -> usize {
        self.0.max_receive_segments()
    }

    fn may_fragment(&self) -> bool {
        self.0.may_fragment()
    }
}
