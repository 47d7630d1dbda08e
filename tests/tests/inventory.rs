//! The inventory from a machine to a technician, through a real service, relay and record, in virtual time: the first at once, then
//! what changed, and all of it again to a relay that was restored.
#![allow(clippy::unwrap_used, reason = "a world that cannot be built fails the test")]

use std::time::Duration;

use aval_agent::inventory::sync::{DAY, SPREAD};
use aval_console::calls::{inventory, run};
use aval_console::cli::Online;
use aval_console::link::Console;
use aval_console::say::Mouth;
use aval_protocol::text::Lang;
use aval_protocol::text::inventory::{lines, page};
use aval_protocol::wire::inventory::{Content, List, SectionKind, Status};
use aval_protocol::wire::link::Farewell;
use aval_relay::records::Store;
use aval_tests::parts::{disk, memory};
use aval_tests::trio::{Setup, Trio, machine_address};
use tokio::time::sleep;

const SECTIONS: usize = SectionKind::ALL.len();

/// Longer than a machine takes to find a relay that is there again, and words their way.
const MOMENT: Duration = Duration::from_secs(180);

async fn attached() -> Trio {
    let trio = Trio::start(Setup::default()).await;
    trio.until("the first inventory came", || confirmed(&trio).is_some() && all_changes(&trio) == SECTIONS)
        .await;
    trio
}

/// A day in which the relay is away, so that virtual time has little to do.
async fn a_day_later(trio: &mut Trio) {
    trio.stop_relay(Farewell::Restarting { reconnect_in_s: 1, try_for_s: 60 }).await;
    sleep(DAY).await;
    trio.start_relay();
    sleep(MOMENT).await;
}

fn confirmed(trio: &Trio) -> Option<i64> {
    trio.store.inventory(trio.agent).unwrap().checked_at.map(|at| at.0)
}

fn changes(trio: &Trio, kind: SectionKind) -> usize {
    trio.store.section_history(trio.agent, kind).unwrap().len()
}

fn all_changes(trio: &Trio) -> usize {
    SectionKind::ALL.iter().map(|kind| changes(trio, *kind)).sum()
}

#[tokio::test(start_paused = true)]
async fn a_machine_just_approved_sends_its_inventory_at_once_and_a_technician_reads_it() {
    let trio = attached().await;
    assert_eq!(all_changes(&trio), SECTIONS);
    let console = trio.console(&trio.technician).await;
    let record = inventory(&console, trio.agent).await.unwrap();
    assert_eq!(record, trio.store.inventory(trio.agent).unwrap());
    let shown = lines(Lang::Fr, &page(&record)).join("\n");
    for told in ["Bureau 300", "FI300-0042", "n°\u{a0}A1-0001", "256\u{a0}Go", "Batteries\u{a0}: aucune"] {
        assert!(shown.contains(told), "{told} is missing: {shown}");
    }
    assert!(shown.contains("Écrans – non mesurable"), "{shown}");
    let (people, programs) = (printed(&console, false).await, printed(&console, true).await);
    assert!(people.contains("Inventaire confirmé par le PC") && people.contains(&shown), "{people}");
    let json: serde_json::Value = serde_json::from_str(&programs).unwrap();
    let sections = json["inventory"]["sections"].as_array().unwrap();
    assert_eq!(sections.len(), SECTIONS);
    assert_eq!(
        (&sections[0]["key"], &sections[0]["status"]["code"]),
        (&"machine".into(), &"COLLECTED".into())
    );
    assert_eq!(sections[0]["rows"][1]["value"]["en"], "Fabrique Imaginaire");
}

/// What `aval-console inventory COMPTA-1` prints.
async fn printed(console: &Console, json: bool) -> String {
    let mut out = Vec::new();
    let command = Online::Inventory { machine: "COMPTA-1".into(), json };
    run(console, command, &mut Mouth { out: &mut out, json }).await.unwrap();
    String::from_utf8(out).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_day_later_only_what_changed_is_written_and_what_failed_is_not_taken_for_removed() {
    let mut trio = attached().await;
    let first = confirmed(&trio);
    a_day_later(&mut trio).await;
    assert_eq!(all_changes(&trio), SECTIONS, "nothing changed");
    assert!(confirmed(&trio) > first, "and the machine said so");

    trio.parts.put(memory(&["A1-0001", "B1-0002"]));
    trio.parts.put_as(Status::TimedOut, Content::Disks(List::default()));
    a_day_later(&mut trio).await;
    assert_eq!((changes(&trio, SectionKind::Memory), changes(&trio, SectionKind::Disks)), (2, 2));
    assert_eq!(all_changes(&trio), SECTIONS + 2);
    let record = trio.store.inventory(trio.agent).unwrap();
    let shown = lines(Lang::Fr, &page(&record)).join("\n");
    assert!(shown.contains("16\u{a0}Gio") && shown.contains("B1-0002"), "{shown}");
    assert!(shown.contains("Disques – n’a pas répondu à temps") && shown.contains("D-0001"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn what_came_and_went_while_the_relay_was_away_is_in_its_history_and_the_owner_may_deny_a_section() {
    let mut trio = attached().await;
    trio.stop_relay(Farewell::Restarting { reconnect_in_s: 1, try_for_s: 60 }).await;
    trio.parts.put(memory(&["A1-0001", "B1-0002"]));
    sleep(DAY).await;
    trio.parts.put(memory(&["A1-0001"]));
    std::fs::write(trio.home.path("policy.toml"), "deny = [\"disks\"]\n").unwrap();
    sleep(DAY).await;
    trio.start_relay();
    sleep(SPREAD + MOMENT).await;
    let history = trio.store.section_history(trio.agent, SectionKind::Memory).unwrap();
    let taken: Vec<_> = history.iter().map(|(packed, _)| packed.taken_at).collect();
    assert_eq!(taken.len(), 3, "there, another, and gone again");
    assert!(taken.is_sorted(), "by the machine's own clock: {taken:?}");
    assert!(history[1].0.open().is_ok_and(|section| format!("{section:?}").contains("B1-0002")));

    let history = trio.store.section_history(trio.agent, SectionKind::Disks).unwrap();
    assert_eq!(history.last().unwrap().0.open().unwrap().status, Status::Denied);
}

/// All of UDP both ways around the moment at which an unchanged machine is confirmed: the words, what seals them, what acknowledges. The
/// least of three: virtual time runs on while the real record is written, and QUIC may send a packet or two for it.
#[tokio::test(start_paused = true)]
async fn an_unchanged_machine_costs_less_than_250_bytes_on_the_wire() {
    let mut trio = attached().await;
    let mut least = u64::MAX;
    for _ in 0..3 {
        least = least.min(confirmation(&mut trio).await);
    }
    assert!((1..=250).contains(&least), "{least} bytes");
}

/// Bytes in the second in which it is confirmed, and the next.
async fn confirmation(trio: &mut Trio) -> u64 {
    trio.stop_relay(Farewell::Restarting { reconnect_in_s: 1, try_for_s: 60 }).await;
    sleep(MOMENT).await;
    trio.start_relay();
    let before = confirmed(trio);
    let count = |trio: &Trio| {
        let (up, down) = trio.net.counters(machine_address());
        up.bytes + down.bytes
    };
    let mut seen = count(trio);
    for _ in 0..SPREAD.as_secs() * 2 {
        if confirmed(trio) != before {
            break;
        }
        seen = count(trio);
        sleep(Duration::from_secs(1)).await;
    }
    assert_ne!(confirmed(trio), before);
    sleep(Duration::from_secs(1)).await;
    count(trio) - seen
}

#[tokio::test(start_paused = true)]
async fn a_relay_restored_from_yesterday_hears_of_today_again() {
    let mut trio = attached().await;
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("yesterday.sqlite");
    trio.store.backup(&copy).unwrap();
    trio.parts.put(Content::Disks(List::of([disk("D-0002")])));
    a_day_later(&mut trio).await;
    assert_eq!(changes(&trio, SectionKind::Disks), 2);

    trio.stop_relay(Farewell::Restarting { reconnect_in_s: 1, try_for_s: 60 }).await;
    trio.store = Store::open(&copy).unwrap();
    assert_eq!(changes(&trio, SectionKind::Disks), 1);
    trio.start_relay();
    sleep(SPREAD + MOMENT).await;
    assert_eq!(changes(&trio, SectionKind::Disks), 2, "the newest is there again");
    assert_eq!(all_changes(&trio), SECTIONS + 1, "and nothing else was written twice");
}
