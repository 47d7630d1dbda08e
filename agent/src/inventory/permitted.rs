//! What the owner of this PC lets anybody know of it: sections that the policy denies are not even read.

use std::collections::BTreeSet;
use std::sync::Arc;

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::items::Health;
use aval_protocol::wire::inventory::{Content, HardwareFacts, List, Section, SectionKind, Status};

use super::Collect;
use crate::state::Home;

/// A machine without what its owner denies. The policy is read at each reading.
#[derive(Debug)]
pub struct Permitted {
    machine: Arc<dyn Collect>,
    home: Home,
}

// === impl Permitted

impl Permitted {
    /// A machine, and the folder whose policy narrows it.
    pub fn new(machine: Arc<dyn Collect>, home: Home) -> Self {
        Self { machine, home }
    }
}

impl Collect for Permitted {
    fn section(&self, kind: SectionKind, now: UnixSeconds) -> Section {
        let denied = self.home.denied_sections();
        match denied.contains(&kind) {
            true => Section::missing(kind, Status::Denied, now),
            false => without(self.machine.section(kind, now), &denied),
        }
    }

    fn watch(&self, tell: Box<dyn Fn() -> bool + Send>) {
        self.machine.watch(tell);
    }

    fn all(&self, now: UnixSeconds) -> Vec<Section> {
        let denied = self.home.denied_sections();
        if denied.is_empty() {
            return self.machine.all(now);
        }
        let section = |kind: &SectionKind| match denied.contains(kind) {
            true => Section::missing(*kind, Status::Denied, now),
            false => without(self.machine.section(*kind, now), &denied),
        };
        SectionKind::ALL.iter().map(section).collect()
    }
}

/// The few lines of the list of machines, without what belongs to denied sections. The computer's name stays: the line needs one.
pub fn facts(facts: HardwareFacts, denied: &BTreeSet<SectionKind>) -> HardwareFacts {
    let may = |kind| !denied.contains(&kind);
    let HardwareFacts {
        hostname,
        os,
        os_build,
        arch,
        cpu,
        logical_cpus,
        memory_mib,
        volumes_mib,
        vendor,
        model,
        serial,
    } = facts;
    let (system, machine) = (may(SectionKind::Os), may(SectionKind::Machine));
    HardwareFacts {
        hostname,
        os: os.filter(|_| system),
        os_build: os_build.filter(|_| system),
        arch: arch.filter(|_| system),
        cpu: cpu.filter(|_| may(SectionKind::Cpu)),
        logical_cpus: logical_cpus.filter(|_| may(SectionKind::Cpu)),
        memory_mib: memory_mib.filter(|_| may(SectionKind::Memory)),
        volumes_mib: volumes_mib.filter(|_| may(SectionKind::Volumes)),
        vendor: vendor.filter(|_| machine),
        model: model.filter(|_| machine),
        serial: serial.filter(|_| machine),
    }
}

/// Health tells of drives, batteries and the rest, and is silent on those whose section is denied.
fn without(section: Section, denied: &BTreeSet<SectionKind>) -> Section {
    match section.content {
        Some(Content::Health(Health { checks })) => {
            let kept = checks.iter().filter(|check| !denied.contains(&check.kind.about())).cloned();
            let content = Some(Content::Health(Health { checks: List::of(kept) }));
            Section { content, ..section }
        }
        content => Section { content, ..section },
    }
}

#[cfg(test)]
mod tests {
    use aval_protocol::wire::inventory::items::{Check, Machine};
    use aval_protocol::wire::inventory::{CheckKind, Grade, Serial, Text};

    use super::*;
    use crate::state::policy::POLICY;

    /// Counts what is read of it.
    #[derive(Debug, Default)]
    struct Asked(std::sync::Mutex<Vec<SectionKind>>);

    impl Collect for Asked {
        fn section(&self, kind: SectionKind, now: UnixSeconds) -> Section {
            self.0.lock().unwrap().push(kind);
            let check = |kind, subject: &str| Check {
                kind,
                subject: Text::new(subject),
                grade: Grade::Good,
                value: None,
                why: None,
            };
            let checks = [check(CheckKind::DiskVerdict, "Tourne T-1000"), check(CheckKind::FreeSpace, "/")];
            match kind {
                SectionKind::Health => {
                    Section::collected(now, Content::Health(Health { checks: List::of(checks) }))
                }
                SectionKind::Machine => Section::collected(
                    now,
                    Content::Machine(Machine { serial: Serial::new("S-1"), ..Machine::default() }),
                ),
                other => Section::missing(other, Status::Unsupported, now),
            }
        }
    }

    const NOW: UnixSeconds = UnixSeconds(1_795_000_000);

    #[test]
    fn a_denied_section_is_not_read_and_health_does_not_tell_of_it_either() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path().to_owned());
        let machine = Arc::new(Asked::default());
        let permitted =
            Permitted::new(Arc::clone(&machine) as Arc<dyn Collect>, Home::new(dir.path().to_owned()));
        assert!(permitted.all(NOW).iter().all(|section| section.status != Status::Denied));
        machine.0.lock().unwrap().clear();

        std::fs::write(home.path(POLICY), "deny = [\"disks\", \"printers\"]").unwrap();
        let all = permitted.all(NOW);
        let of = |kind| all.iter().find(|section| section.kind == kind).unwrap();
        for kind in [SectionKind::Disks, SectionKind::Printers] {
            assert_eq!(of(kind), &Section::missing(kind, Status::Denied, NOW));
            assert!(!machine.0.lock().unwrap().contains(&kind), "{kind} is not even read");
            assert_eq!(permitted.section(kind, NOW).status, Status::Denied);
        }
        assert_eq!(all.len(), SectionKind::ALL.len());
        let told = format!("{:?}", of(SectionKind::Health));
        assert!(told.contains("FreeSpace") && !told.contains("T-1000"), "{told}");
        let hourly = format!("{:?}", permitted.section(SectionKind::Health, NOW));
        assert!(!hourly.contains("T-1000"), "{hourly}");

        std::fs::write(home.path(POLICY), "deny = [\"health\"").unwrap();
        assert!(permitted.all(NOW).iter().all(|section| section.status == Status::Denied), "no sense");
    }

    #[test]
    fn the_few_lines_of_the_list_are_narrowed_alike() {
        let some = |text: &str| Some(text.to_owned());
        let all = HardwareFacts {
            hostname: "COMPTA-1".to_owned(),
            os: some("Debian"),
            os_build: some("6.1"),
            arch: some("x86_64"),
            cpu: some("CPU"),
            logical_cpus: Some(4),
            memory_mib: Some(8192),
            volumes_mib: Some(1),
            vendor: some("V"),
            model: some("M"),
            serial: some("S"),
        };
        assert_eq!(facts(all.clone(), &BTreeSet::new()), all);
        let named = HardwareFacts { hostname: "COMPTA-1".to_owned(), ..HardwareFacts::default() };
        assert_eq!(facts(all, &SectionKind::ALL.iter().copied().collect()), named);
    }
}
