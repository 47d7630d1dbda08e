//! The record survives a kill at any moment: what was acknowledged is there afterwards, whole, and the journal verifies.
//!
//! This program starts itself as a writer, kills it (SIGKILL) at a moment that differs each time, opens the record and looks for every
//! fact that the writer had reported as done; on PostgreSQL every second kill is the server's, all of its processes. 30 times on each
//! engine, or 1000 with `-- --ignored long_`.
//! A kill does not cut the power: that a commit waits for the disk, the tests of the record check by its settings.

// A program of its own, which clippy does not take for a test.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use aval_protocol::firm::Signer;
use aval_protocol::id::{AgentId, ContractId, KeyId, PersonId, UnixSeconds};
use aval_protocol::journal::{Event, verify};
use aval_protocol::text::Lang;
use aval_protocol::wire::enrol::Accepted;
use aval_protocol::wire::inventory::HardwareFacts;
use aval_protocol::wire::session::Approval;
use aval_relay::gate::term::{Day, Months, Term};
use aval_relay::records::{AgentStanding, Author, NewContract, RedeemError, Store, StoreError, StorePlace};
use aval_test_cluster::Cluster;

const AT: UnixSeconds = UnixSeconds(1_795_000_000);
const JOURNAL: AgentId = AgentId([7; 16]);
/// What a writer's exit says whose record went away.
const RECORD_GONE: i32 = 3;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [writer, dir, place, round] = args.as_slice()
        && writer == "--writer"
    {
        write_for_ever(Path::new(dir), &place.parse().unwrap(), round);
    }
    // As the usual harness reads its arguments, so that filters and `--ignored long_` mean the same here.
    let long = args.iter().any(|arg| arg.ends_with("ignored"));
    let (rounds, kills) = if long {
        (1000, "long_the_record_survives_a_thousand_kills")
    } else {
        (30, "the_record_survives_kills")
    };
    let filters: Vec<&String> = args.iter().filter(|arg| !arg.starts_with('-')).collect();
    let mut passed = 0;
    for engine in ["sqlite", "postgres"] {
        let name = format!("{kills}_on_{engine}");
        let wanted = filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()));
        if !wanted || args.iter().any(|arg| arg == "--list") {
            continue;
        }
        let mut server = (engine == "postgres").then(|| {
            let mut server = Cluster::make();
            server.start();
            server
        });
        survive(rounds, server.as_mut());
        println!("test {name} ... ok");
        passed += 1;
    }
    println!("test result: ok. {passed} passed; 0 failed; 0 ignored");
}

fn survive(rounds: u32, mut server: Option<&mut Cluster>) {
    let dir = tempfile::tempdir().unwrap();
    let relay = Signer::generate().unwrap();
    std::fs::write(dir.path().join("relay.key"), relay.pkcs8()).unwrap();
    let place = server.as_ref().map_or(StorePlace::Sqlite, |server| StorePlace::Postgres(server.place()));
    let (mut told, mut random) = (Vec::new(), 0x2545_f491_4f6c_dd1d_u64);
    for round in 0..rounds {
        random = xorshift(random);
        let whose = server.as_deref_mut().filter(|_| round % 2 == 1);
        let new = killed(dir.path(), &place, round, random, whose);
        verify_record(dir.path(), &place, &relay, &new);
        told.extend(new);
    }
    verify_record(dir.path(), &place, &relay, &told);
    assert!(told.len() > 3 * rounds as usize, "only {} facts in {rounds} rounds", told.len());
    println!("{rounds} kills; all {} acknowledged facts are there", told.len());
}

/// What a writer reported as done until it, or the server, was killed: while it opens the record, or a little after some of its facts.
fn killed(
    dir: &Path,
    place: &StorePlace,
    round: u32,
    random: u64,
    mut server: Option<&mut Cluster>,
) -> Vec<String> {
    let place = match place {
        StorePlace::Sqlite => "sqlite",
        StorePlace::Postgres(place) => place,
    };
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--writer".as_ref(), dir.as_os_str(), place.as_ref(), round.to_string().as_ref()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut told = String::new();
    let facts = random % 13;
    for _ in 0..facts {
        out.read_line(&mut told).unwrap();
    }
    let opening_takes = if facts == 0 { 20 } else { 1 };
    std::thread::sleep(Duration::from_micros((random >> 8) % 5_000 * opening_takes));
    // Killed, not ended by itself: a writer that fails must not pass for one that was cut short.
    let end = match &mut server {
        None => {
            child.kill().unwrap();
            None
        }
        Some(server) => {
            server.crash();
            Some(RECORD_GONE)
        }
    };
    out.read_to_string(&mut told).unwrap();
    assert_eq!(child.wait().unwrap().code(), end);
    if let Some(server) = server {
        server.start();
    }
    // A last line without its end was not said.
    told.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')).map(str::to_owned).collect()
}

fn write_for_ever(dir: &Path, place: &StorePlace, round: &str) -> ! {
    let Ok(store) = Store::at(place, &dir.join("record.db")) else { std::process::exit(RECORD_GONE) };
    let relay = Signer::from_pkcs8(std::fs::read(dir.join("relay.key")).unwrap(), Vec::new()).unwrap();
    let manager = PersonId::new("claire.dubois").unwrap();
    let mut out = std::io::stdout().lock();
    let mut tell = |line: String| {
        out.write_all((line + "\n").as_bytes()).unwrap();
        out.flush().unwrap();
    };
    for n in 0u64.. {
        let id = ContractId::new(format!("C-{round}-{n}")).unwrap();
        done(store.open_contract(&contract(&id), &Author::Host, AT));
        tell(format!("contract {id}"));

        let spki = Signer::generate().unwrap().spki().to_vec();
        let random = (n << 16 | round.parse::<u64>().unwrap()).to_le_bytes();
        let code = done(store.issue_code(&id, 60, &Author::Host, AT, random)).code;
        let accepted = Accepted { version: "0.1.0".into(), sha256: [7; 32], lang: Lang::Fr };
        let agent = done(store.redeem(&code, &spki, &HardwareFacts::default(), &accepted, AT)).id;
        tell(format!("attached {agent}"));

        let agent_key = KeyId::of_spki(&spki);
        let approval = Approval { agent_key, contract: id, hostname: String::new(), at: AT };
        done(store.approve(agent, &relay.sign(&approval).unwrap(), &manager, AT));
        tell(format!("approved {agent}"));

        let head = done(store.journal_append(JOURNAL, &relay, AT, &Event::Enrolled { agent_key }));
        tell(format!("journal {} {}", head.seq, KeyId(head.hash)));

        let locked = PersonId::new(format!("t-{round}-{n}")).unwrap();
        done(store.set_lock(&locked, true, "essai", &manager, AT));
        tell(format!("locked {locked}"));
    }
    unreachable!("the numbers are many")
}

fn done<T, E: Into<RedeemError>>(result: Result<T, E>) -> T {
    match result.map_err(Into::into) {
        Ok(done) => done,
        Err(RedeemError::Store(StoreError::Unavailable(_))) => std::process::exit(RECORD_GONE),
        Err(other) => panic!("{other}"),
    }
}

fn contract(id: &ContractId) -> NewContract {
    let day = |text: &str| Day::new(text.parse().unwrap()).unwrap();
    NewContract {
        id: id.clone(),
        client: "Fleurs Martin SARL".into(),
        signed_on: day("2025-12-20"),
        term: Term::new(day("2026-01-01"), Months::default()),
        postal: None,
        onsite: false,
        holidays: None,
    }
}

fn verify_record(dir: &Path, place: &StorePlace, relay: &Signer, told: &[String]) {
    // Opening a file checks pages, indexes and references.
    let store = Store::at(place, &dir.join("record.db")).unwrap();
    // A server may still write down what a killed writer asked of it last: the head first, then at least as much.
    let head = store.journal_head(JOURNAL).unwrap();
    let (entries, more) = store.journal_page(JOURNAL, 1, usize::MAX).unwrap();
    assert!(!more);
    let (known, later) = entries.split_at(usize::try_from(head.seq).unwrap());
    assert_eq!(verify(known, relay.spki(), None).unwrap(), head);
    verify(later, relay.spki(), Some((head.seq, head.hash))).unwrap();
    for fact in told {
        let words: Vec<&str> = fact.split(' ').collect();
        let there = match words.as_slice() {
            ["contract", id] => store.contract(&id.parse().unwrap()).unwrap().is_some(),
            ["attached", agent] => store.agent(agent.parse().unwrap()).unwrap().is_some(),
            ["approved", agent] => {
                let row = store.agent(agent.parse().unwrap()).unwrap();
                row.is_some_and(|row| row.standing == AgentStanding::Approved && row.approval.is_some())
            }
            ["journal", seq, hash] => {
                let at = seq.parse::<usize>().unwrap() - 1;
                entries.get(at).is_some_and(|entry| KeyId(entry.hash()).to_string() == *hash)
            }
            ["locked", who] => store.locked(&who.parse().unwrap()).unwrap(),
            other => panic!("{other:?}"),
        };
        assert!(there, "acknowledged and lost: {fact}");
    }
}

/// Marsaglia, "Xorshift RNGs" (2003).
fn xorshift(mut x: u64) -> u64 {
    x ^= x << 13;
    x ^= x >> 7;
    x ^ (x << 17)
}
