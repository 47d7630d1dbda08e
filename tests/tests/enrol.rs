//! Machines attached to a real relay with its real record, over UDP on the loopback: codes that hold, expired, used and mistyped,
//! an answer that was lost, and a PC whose clock is wrong by a year.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aval_agent::enrol::{self, AtTerminal, Attached, EnrolError, Given, Invitation, Means};
use aval_agent::service::desktop::{Desktop, DesktopPort};
use aval_agent::service::{Machine, Service};
use aval_agent::state::{Home, Status};
use aval_protocol::firm::authority::{certify, found, request};
use aval_protocol::firm::{FoundedFirm, Grant, Role, Signer, files};
use aval_protocol::id::{ContractId, PersonId, UnixSeconds};
use aval_protocol::text::Lang;
use aval_protocol::text::agent::Standing;
use aval_protocol::wire::codes::FaultCode;
use aval_protocol::wire::inventory::HardwareFacts;
use aval_protocol::wire::link::Farewell;
use aval_relay::gate::Rules;
use aval_relay::records::{AgentStanding, Author, Store};
use aval_relay::{Relay, RelayConfig};
use aval_tests::parts::Parts;
use aval_tests::trio::leroy;
use aval_transport::socket::Socket;
use aval_transport::{Clock, Random};
use tokio::sync::oneshot;

/// 2026-11-18.
const NOW: UnixSeconds = UnixSeconds(1_795_000_000);
const YEAR: i64 = 365 * 86_400;
const CONTRACT: &str = "C-2026-014";

struct World {
    dir: tempfile::TempDir,
    firm: FoundedFirm,
    store: Store,
    relay: Relay,
    address: SocketAddr,
}

/// A desktop with nobody at it.
struct Nobody;

impl Desktop for Nobody {
    fn open(self: Box<Self>, mut port: DesktopPort) {
        tokio::spawn(async move { while port.orders.recv().await.is_some() {} });
    }
}

impl World {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let firm = found("Atelier Beaurepaire Informatique", "+33199001234", NOW, 20, 400).unwrap();
        std::fs::write(dir.path().join("firm.pub"), firm.file.to_pem().unwrap()).unwrap();
        let store = Store::open(&dir.path().join("record.sqlite")).unwrap();
        store.open_contract(&leroy(), &Author::Host, NOW).unwrap();
        let relay = Relay::start(RelayConfig {
            store: store.clone(),
            signer: Arc::new(relay_key(&firm)),
            firm: firm.file.clone(),
            clock: Clock::starting_at(NOW),
            socket: Socket::Udp((Ipv4Addr::LOCALHOST, 0).into()),
            rules: Rules::default(),
            random: Random::system(),
            reset_key: [7; 32],
        })
        .unwrap();
        let address = relay.local_addr().unwrap();
        Self { dir, firm, store, relay, address }
    }

    fn home(&self, name: &str) -> Home {
        Home::new(self.dir.path().join(name))
    }

    /// A code that was issued at that moment and holds for an hour.
    fn code(&self, at: UnixSeconds) -> String {
        let manager = Author::Member(PersonId::new("paul.beaurepaire").unwrap());
        self.store.issue_code(&contract(), 60, &manager, at, Random::system().bytes().unwrap()).unwrap().code
    }

    async fn enrol_at(&self, home: &Home, code: &str, pc: UnixSeconds) -> Result<Attached, EnrolError> {
        let invitation = Invitation {
            firm: Given::File(self.dir.path().join("firm.pub")),
            code: Some(code.to_owned()),
            relays: vec![self.address.to_string()],
        };
        let mut person = AtTerminal { input: &mut &b"oui\n"[..], output: &mut Vec::new() };
        let agreed = enrol::agree(home, invitation, facts(), Lang::Fr, &mut person).unwrap();
        let means = Means { socket: None, clock: Clock::starting_at(pc), random: Random::system() };
        enrol::attach(home, agreed, means).await
    }

    async fn enrol(&self, home: &Home, code: &str) -> Result<Attached, EnrolError> {
        self.enrol_at(home, code, NOW).await
    }

    async fn refused(&self, home: &str, code: &str) -> FaultCode {
        match self.enrol(&self.home(home), code).await {
            Err(EnrolError::Refused { code, .. }) => code,
            other => panic!("{other:?}"),
        }
    }

    /// Runs a machine's service until its status is as wanted.
    async fn serve_until(&self, home: &Path, pc: UnixSeconds, wanted: impl Fn(&Status) -> bool) {
        let service = Service {
            programs: aval_agent::update::Programs::Packaged,
            home: Home::new(home),
            machine: Machine { facts: facts(), boot: [1; 16] },
            socket: None,
            clock: Clock::starting_at(pc),
            random: Random::system(),
            inventory: Arc::new(Parts::office()),
            desktop: Box::new(Nobody),
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(service.run(async {
            let _ = stopped.await;
        }));
        let mut last = None;
        for _ in 0..400 {
            last = Home::new(home).status();
            if last.as_ref().is_some_and(&wanted) {
                stop.send(()).unwrap();
                running.await.unwrap().unwrap();
                assert_eq!(Home::new(home).status(), None, "the folder is still locked");
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never as wanted: {last:?}");
    }
}

fn relay_key(firm: &FoundedFirm) -> Signer {
    let key = Signer::generate().unwrap();
    let grant = Grant {
        role: Role::Relay,
        person: PersonId::new("relais-1").unwrap(),
        display_name: "Relais 1".into(),
        valid_days: 90,
    };
    let chain = certify(&firm.issuing, &request(&key, "relais-1").unwrap(), &grant, NOW).unwrap();
    files::signer_from_pem(&files::key_to_pem(&key), Some(&chain)).unwrap()
}

fn contract() -> ContractId {
    ContractId::new(CONTRACT).unwrap()
}

fn facts() -> HardwareFacts {
    HardwareFacts { hostname: "COMPTA-1".into(), memory_mib: Some(8192), ..HardwareFacts::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_is_attached_once_per_code_and_waits_for_a_manager() {
    let world = World::start();
    let code = world.code(NOW);
    let home = world.home("first");
    let attached = world.enrol(&home, &code.to_lowercase()).await.unwrap();
    let row = world.store.agent(attached.agent).unwrap().unwrap();
    assert_eq!((row.standing, row.contract, row.facts), (AgentStanding::Pending, contract(), facts()));
    assert_eq!(row.spki, home.signer().unwrap().spki());
    assert_eq!(world.refused("second", &code).await, FaultCode::CodeUsed);
    assert_eq!(world.store.agents().unwrap().len(), 1);
    world.serve_until(home.dir(), NOW, |status| status.standing == Some(Standing::Pending)).await;
    let seen = world.store.agent(attached.agent).unwrap().unwrap().last_seen;
    assert!(seen.is_some(), "the relay did not see it");
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_that_do_not_hold_attach_nothing() {
    let world = World::start();
    let old = world.code(UnixSeconds(NOW.0 - 2 * 3600));
    assert_eq!(world.refused("a", &old).await, FaultCode::CodeExpired);
    assert_eq!(world.refused("a", "K7QF-2M9X-RT4W").await, FaultCode::CodeUnknown);
    assert_eq!(world.store.agents().unwrap(), []);
    // The same machine with a code that holds.
    let home = world.home("a");
    let key = home.signer().unwrap().key_id();
    let attached = world.enrol(&home, &world.code(NOW)).await.unwrap();
    assert_eq!(attached.agent, key.into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_before_the_end_is_made_good_with_the_same_code_or_a_new_one() {
    let world = World::start();
    let (code, home) = (world.code(NOW), world.home("a"));
    let first = world.enrol(&home, &code).await.unwrap();
    for code in [code, world.code(NOW)] {
        std::fs::remove_file(home.dir().join("agent.toml")).unwrap();
        assert_eq!(world.enrol(&home, &code).await.unwrap().agent, first.agent);
    }
    assert_eq!(world.store.agents().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pc_whose_clock_is_wrong_by_a_year_is_attached_serves_and_is_told() {
    let world = World::start();
    for (name, off) in [("slow", -YEAR), ("fast", YEAR)] {
        let (home, pc) = (world.home(name), UnixSeconds(NOW.0 + off));
        let attached = world.enrol_at(&home, &world.code(NOW), pc).await.unwrap();
        let right = |told: Option<i64>| told.is_some_and(|told| (told + off).abs() < 120);
        assert!(right(attached.clock_off_s), "{attached:?}");
        world
            .serve_until(home.dir(), pc, |status| {
                status.standing == Some(Standing::Pending) && right(status.clock_off_s)
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_the_relay_does_not_know_is_told_so() {
    let world = World::start();
    let home = world.home("a");
    home.prepare().unwrap();
    let settings = aval_agent::state::Settings::of(vec![world.address.to_string()]);
    home.finish(world.firm.file.to_pem().unwrap().as_bytes(), &settings).unwrap();
    world.serve_until(home.dir(), NOW, |status| status.standing == Some(Standing::Unknown)).await;
    world.relay.stop(Farewell::Restarting { reconnect_in_s: 1, try_for_s: 5 }).await;
}
