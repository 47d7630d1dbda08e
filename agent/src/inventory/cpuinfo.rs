//! Processors as the kernel lists them (`/proc/cpuinfo`), where the firmware does not tell.

use std::collections::{BTreeMap, BTreeSet};

use aval_protocol::wire::inventory::items::Cpu;
use aval_protocol::wire::inventory::{List, Text};

/// Logical processors looked at; a list that is longer is cut.
const MOST: usize = 4096;

#[derive(Default)]
struct Socket<'a> {
    model: Option<&'a str>,
    cores: BTreeSet<&'a str>,
    threads: u16,
}

/// One processor for each socket.
pub fn cpus(text: &str) -> List<Cpu> {
    let mut sockets: BTreeMap<&str, Socket<'_>> = BTreeMap::new();
    for block in text.split("\n\n").take(MOST) {
        let of = |key: &str| value(block, key);
        if of("processor").is_none() {
            continue;
        }
        let socket = sockets.entry(of("physical id").unwrap_or_default()).or_default();
        socket.model = socket.model.or_else(|| of("model name"));
        socket.cores.extend(of("core id"));
        socket.threads = socket.threads.saturating_add(1);
    }
    List::of(sockets.into_values().map(|socket| Cpu {
        socket: None,
        model: socket.model.and_then(Text::name),
        cores: u16::try_from(socket.cores.len()).ok().filter(|cores| *cores > 0),
        threads: Some(socket.threads),
        max_mhz: None,
    }))
}

/// Whether a hypervisor runs below (CPUID leaf 1, ECX bit 31, as the kernel names it).
pub fn virtual_machine(text: &str) -> bool {
    value(text, "flags").is_some_and(|flags| flags.split(' ').any(|flag| flag == "hypervisor"))
}

fn value<'a>(block: &'a str, key: &str) -> Option<&'a str> {
    block
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(k, _)| k.trim() == key)
        .map(|(_, v)| v.trim())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Written here in the form of Linux 6.
    fn listed(sockets: u8, cores: u8) -> String {
        let mut text = String::new();
        for n in 0..sockets * cores * 2 {
            let (socket, core) = (n / (cores * 2), n / 2 % cores);
            text += &format!(
                "processor\t: {n}\nmodel name\t: Some(R) CPU\nphysical id\t: {socket}\ncore id\t\t: {core}\nflags\t\t: fpu vme\n\n"
            );
        }
        text
    }

    #[test]
    fn sockets_cores_and_threads_are_told_apart() {
        let cpus = cpus(&listed(2, 4));
        assert_eq!(cpus.len(), 2);
        assert_eq!((cpus[0].cores, cpus[0].threads), (Some(4), Some(8)));
        assert_eq!(cpus[0].model.as_ref().unwrap().as_str(), "Some(R) CPU");
    }

    #[test]
    fn a_list_without_sockets_is_one_processor() {
        let cpus = cpus("processor\t: 0\nBogoMIPS\t: 48.00\n\nprocessor\t: 1\n\nHardware\t: Board\n");
        assert_eq!(
            (cpus.len(), cpus[0].threads, cpus[0].cores, cpus[0].model.as_ref()),
            (1, Some(2), None, None)
        );
    }

    #[test]
    fn a_hypervisor_is_a_whole_flag() {
        assert!(virtual_machine("flags\t\t: fpu hypervisor lm\n"));
        assert!(!virtual_machine("flags\t\t: fpu nohypervisor lm\nmodel name\t: hypervisor\n"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = (cpus(&text), virtual_machine(&text));
        }
    }
}
