//! A record is taken over whole or not at all, whenever the program that does it is killed.
//!
//! This program starts itself as an importer, kills it (SIGKILL) at a moment that differs each time, and looks what the target holds: 10
//! times on each engine, or 200 with `-- --ignored long_`.

// A program of its own, which clippy does not take for a test.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use aval_protocol::firm::Signer;
use aval_protocol::id::{AgentId, ContractId, UnixSeconds};
use aval_protocol::journal::{Event, verify};
use aval_relay::gate::term::{Day, Months, Term};
use aval_relay::records::{Author, NewContract, Store, StorePlace};
use aval_test_cluster::Cluster;

const AT: UnixSeconds = UnixSeconds(1_795_000_000);
const JOURNAL: AgentId = AgentId([7; 16]);
/// Contracts, and entries of the journal, in the record that is taken over.
const FACTS: usize = 200;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [importer, dir, place, file] = args.as_slice()
        && importer == "--importer"
    {
        let dir = Path::new(dir);
        let store = Store::at(&place.parse().unwrap(), Path::new(file)).unwrap();
        store.import(&dir.join("export"), relay(dir).spki()).unwrap();
        return;
    }
    // As the usual harness reads its arguments.
    let long = args.iter().any(|arg| arg.ends_with("ignored"));
    let (rounds, name) = if long {
        (200, "long_an_import_is_whole_or_nothing")
    } else {
        (10, "an_import_is_whole_or_nothing")
    };
    let filters: Vec<&String> = args.iter().filter(|arg| !arg.starts_with('-')).collect();
    let wanted = filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()));
    let mut passed = 0;
    if wanted && !args.iter().any(|arg| arg == "--list") {
        whole_or_nothing(rounds);
        println!("test {name} ... ok");
        passed = 1;
    }
    println!("test result: ok. {passed} passed; 0 failed; 0 ignored");
}

fn whole_or_nothing(rounds: u32) {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    source(dir);
    let mut server = Cluster::make();
    server.start();
    let (mut random, mut whole) = (0x2545_f491_4f6c_dd1d_u64, 0);
    for round in 0..2 * rounds {
        random = xorshift(random);
        let place = if round % 2 == 0 {
            "sqlite".to_owned()
        } else {
            server.batch(&format!("CREATE SCHEMA t{round}"));
            format!("{}&options=-csearch_path%3Dt{round}", server.place())
        };
        let file = dir.join(format!("{round}.db"));
        let mut importer = Command::new(std::env::current_exe().unwrap())
            .args(["--importer".as_ref(), dir.as_os_str(), place.as_ref(), file.as_os_str()])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(random % 500));
        importer.kill().unwrap();
        let ended = importer.wait().unwrap();
        let store = Store::at(&place.parse::<StorePlace>().unwrap(), &file).unwrap();
        let contracts = store.contracts().unwrap().len();
        // What a server was asked for last it may still do.
        assert!(contracts == 0 || contracts == FACTS, "round {round}: {contracts} contracts");
        if ended.success() || contracts > 0 {
            let (entries, _) = store.journal_page(JOURNAL, 1, usize::MAX).unwrap();
            assert_eq!((store.contracts().unwrap().len(), entries.len()), (FACTS, FACTS), "round {round}");
            verify(&entries, relay(dir).spki(), None).unwrap();
            whole += 1;
        } else {
            assert_eq!(ended.code(), None, "round {round}: the importer failed by itself");
        }
    }
    println!("{} imports killed: {whole} were done, the others left nothing", 2 * rounds);
}

/// A record to take over, and the key that wrote its journal.
fn source(dir: &Path) {
    std::fs::write(dir.join("relay.key"), Signer::generate().unwrap().pkcs8()).unwrap();
    let (store, relay) = (Store::open(&dir.join("source.db")).unwrap(), relay(dir));
    let day = |text: &str| Day::new(text.parse().unwrap()).unwrap();
    for n in 0..FACTS {
        let contract = NewContract {
            id: ContractId::new(format!("C-{n}")).unwrap(),
            client: "Fleurs Martin SARL".into(),
            signed_on: day("2025-12-20"),
            term: Term::new(day("2026-01-01"), Months::default()),
            postal: None,
            onsite: false,
            holidays: None,
        };
        store.open_contract(&contract, &Author::Host, AT).unwrap();
        store.journal_append(JOURNAL, &relay, AT, &Event::PeerHead { seq: 1, hash: [0; 32] }).unwrap();
    }
    store.export(&dir.join("export")).unwrap();
}

fn relay(dir: &Path) -> Signer {
    Signer::from_pkcs8(std::fs::read(dir.join("relay.key")).unwrap(), Vec::new()).unwrap()
}

/// Marsaglia, "Xorshift RNGs" (2003).
fn xorshift(mut x: u64) -> u64 {
    x ^= x << 13;
    x ^= x >> 7;
    x ^ (x << 17)
}
