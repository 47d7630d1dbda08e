//! The tests of `facts.rs`, beside it so that both stay short.

use super::*;
use aval_protocol::wire;

#[test]
fn this_machine_says_what_every_machine_can() {
    let facts = collect();
    assert!(!facts.hostname.is_empty());
    assert!(facts.logical_cpus.is_some_and(|count| count > 0));
    assert!(facts.memory_mib.is_some_and(|mib| mib > 64));
    assert!(facts.arch.is_some() && facts.os.is_some() && facts.os_build.is_some());
    assert!(wire::encode(&facts).is_ok());
}

#[test]
fn a_device_counts_once_and_a_stick_not_at_all() {
    let volume =
        |device: &str, mib: u64, removable| Volume { device: device.into(), bytes: mib * MIB, removable };
    let volumes = [
        volume("/dev/sda1", 1000, false),
        volume("/dev/sda1", 1000, false),
        volume("/dev/sda2", 50, false),
        volume("/dev/sdb1", 9999, true),
    ];
    assert_eq!(sum_of_volumes(&volumes), Some(1050));
    assert_eq!(sum_of_volumes(&volumes[3..]), None);
}

#[test]
fn the_longest_facts_fit_the_wire() {
    let long = || clean(&"\u{1F5A5}".repeat(500));
    let facts = HardwareFacts {
        hostname: long().unwrap(),
        os: long(),
        os_build: long(),
        arch: long(),
        cpu: long(),
        vendor: long(),
        model: long(),
        serial: long(),
        ..HardwareFacts::default()
    };
    assert!(wire::encode(&facts).is_ok());
}
