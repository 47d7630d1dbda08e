//! What an inventory costs: bytes of the conversation with the relay, and time, processor time and memory of reading this machine,
//! beside programs of Debian that do the same (`fusioninventory-agent`, `lshw`) in the same run.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot run says so and stops")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use aval_agent::inventory::changes::Changes;
use aval_agent::inventory::sync::{DAY, Errand, SPREAD, Sync};
use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::encode;
use aval_protocol::wire::inventory::items::Memory;
use aval_protocol::wire::inventory::{
    Content, Held, InventoryDown, InventoryUp, List, Packed, Section, SectionKind, root,
};
use aval_protocol::wire::link::{Downlink, Uplink};
use aval_transport::Clock;

/// The office PC whose sections are committed beside the wire's.
const OFFICE: &str = include_str!("../../protocol/tests/golden/inventory.txt");
const RUNS: u32 = 20;

fn main() {
    bytes();
    println!();
    programs();
}

/// Frames of both directions, their heads included; what QUIC adds is not in it.
fn bytes() {
    let office = office();
    let bodies: usize = office.iter().map(|section| section.pack().body.len()).sum();
    let mut relay = BTreeMap::new();
    let mut sync = Sync::new(Clock::system().monotonic(), 0, Changes::default());
    let mut now = Clock::system().monotonic();
    sync.approved(now, 0);
    now += SPREAD;
    sync.tick(now);
    let first = round(&mut sync, &mut relay, &office, now);
    now += DAY;
    sync.tick(now);
    let same = round(&mut sync, &mut relay, &office, now);
    let changed: Vec<_> = office.into_iter().map(without_a_module).collect();
    now += DAY;
    sync.tick(now);
    let one = round(&mut sync, &mut relay, &changed, now);
    println!("bodies of {} sections: {bodies} B", changed.len());
    println!(
        "first inventory, both ways: {first} B; unchanged: {same} B; a memory module taken out: {one} B"
    );
}

fn office() -> Vec<Section> {
    let section = |line: &str| {
        let mut words = line.split(' ');
        let name = words.next().unwrap();
        let hex = words.nth(1).unwrap();
        let body = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap());
        let kind = *SectionKind::ALL.iter().find(|kind| kind.label() == name).unwrap();
        Packed { kind, taken_at: UnixSeconds(1_795_000_000), body: body.collect() }.open().unwrap()
    };
    OFFICE.lines().take(SectionKind::ALL.len()).map(section).collect()
}

fn without_a_module(section: Section) -> Section {
    match section.content {
        Some(Content::Memory(memory)) => {
            let modules = List::of(memory.modules.iter().skip(1).cloned());
            Section { content: Some(Content::Memory(Memory { modules, ..memory })), ..section }
        }
        content => Section { content, ..section },
    }
}

fn round(
    sync: &mut Sync,
    relay: &mut BTreeMap<u16, Packed>,
    machine: &[Section],
    now: std::time::Instant,
) -> usize {
    let mut bytes = 0;
    while let Some(errand) = sync.poll() {
        let word = match errand {
            Errand::CollectAll => {
                sync.collected(now, machine.to_vec());
                continue;
            }
            Errand::Keep => continue,
            Errand::CollectHealth => panic!("not at that moment"),
            Errand::Say(word) => word,
        };
        bytes += encode(&Uplink::Inventory(word.clone())).unwrap().len();
        let answer = answer(relay, word);
        bytes += encode(&Downlink::Inventory(answer.clone())).unwrap().len();
        sync.heard(now, answer);
    }
    bytes
}

/// As the relay does it.
fn answer(relay: &mut BTreeMap<u16, Packed>, word: InventoryUp) -> InventoryDown {
    let held = |packed: &Packed| Held { kind: packed.kind, digest: packed.digest() };
    match word {
        InventoryUp::Check { root: asked } => {
            let all: Vec<_> =
                relay.values().filter(|packed| packed.kind != SectionKind::Health).map(held).collect();
            match root(all.iter().map(|held| (held.kind, held.digest))) == asked {
                true => InventoryDown::Same { root: asked },
                false => InventoryDown::Held(all),
            }
        }
        InventoryUp::Section(packed) => {
            let kept = InventoryDown::Kept(held(&packed));
            relay.insert(packed.kind.number(), packed);
            kept
        }
    }
}

fn programs() {
    let here = std::env::current_exe().unwrap();
    let agent = here.ancestors().map(|dir| dir.join("aval-agent")).find(|path| path.is_file()).unwrap();
    println!("{RUNS} runs each: wall time, processor time, peak memory, bytes told");
    // What others do not look at: drives' health, waiting updates, ages. apt alone takes longer than all the rest.
    let home = tempfile::tempdir().unwrap();
    let healthy = measured(&format!("{} inventory --json --home {}", agent.display(), home.path().display()));
    println!("{:<28} {}", "aval-agent, with health", shown(&healthy));
    std::fs::write(home.path().join("policy.toml"), "deny = [\"health\"]\n").unwrap();
    let own = measured(&format!("{} inventory --json --home {}", agent.display(), home.path().display()));
    println!("{:<28} {}", "aval-agent, without", shown(&own));
    for (program, line) in [
        ("fusioninventory-inventory", "fusioninventory-inventory --no-category=software"),
        ("lshw", "lshw -json -quiet"),
    ] {
        if !["/usr/bin", "/usr/sbin"].iter().any(|dir| Path::new(dir).join(program).exists()) {
            println!("{program:<28} not installed: apt-get install fusioninventory-agent lshw");
            continue;
        }
        let other = measured(line);
        println!(
            "{program:<28} {}; × {:.1} wall, × {:.1} processor, × {:.1} memory",
            shown(&other),
            other[0] / own[0],
            other[1] / own[1],
            other[2] / own[2]
        );
    }
}

/// Seconds, seconds of the processor, kB, bytes. GNU time measures, because a child's peak is not mixed up with its parent's there.
fn measured(line: &str) -> [f64; 4] {
    let script = format!("for n in $(seq {RUNS}); do {line} >/dev/null 2>&1; done");
    let run =
        Command::new("/usr/bin/time").args(["-f", "%e %U %S %M", "sh", "-c", &script]).output().unwrap();
    let told = String::from_utf8(run.stderr).unwrap();
    let numbers: Vec<f64> =
        told.lines().last().unwrap().split(' ').map(|number| number.parse().expect(&told)).collect();
    let output = Command::new("sh").args(["-c", &format!("{line} 2>/dev/null")]).output().unwrap();
    let runs = f64::from(RUNS);
    let bytes = u32::try_from(output.stdout.len()).unwrap();
    [numbers[0] / runs, (numbers[1] + numbers[2]) / runs, numbers[3], f64::from(bytes)]
}

fn shown([wall, processor, kilobytes, bytes]: &[f64; 4]) -> String {
    let (wall, processor, memory) = (wall * 1000.0, processor * 1000.0, kilobytes / 1024.0);
    format!("{wall:.1} ms, {processor:.1} ms, {memory:.1} MB, {bytes} B told")
}
