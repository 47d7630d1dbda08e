//! What people read of an inventory, and that what was not read never looks like nothing.

use super::*;
use crate::wire::inventory::items::{Disk, Machine, Memory, Module};
use crate::wire::inventory::{Bus, Content, List, Media, Section, Serial, Text};

const NOW: UnixSeconds = UnixSeconds(1_795_000_000);

fn kept(newest: &Section, last_whole: Option<&Section>) -> KeptSection {
    KeptSection { newest: newest.pack(), received_at: NOW, last_whole: last_whole.map(Section::pack) }
}

fn shown(lang: Lang, sections: Vec<KeptSection>) -> String {
    lines(lang, &page(&InventoryRecord { checked_at: None, sections })).join("\n")
}

fn disk() -> Section {
    let disk = Disk {
        model: Text::new("KXG60ZNV256G"),
        serial: Serial::new("79LF70BAF2HQ"),
        size: 256_060_514_304,
        bus: Some(Bus::Nvme),
        media: Some(Media::Ssd),
        ..Disk::default()
    };
    Section::collected(NOW, Content::Disks(List::of([disk])))
}

#[test]
fn a_drive_and_memory_read_as_they_are_sold() {
    let module = |slot: &str, serial: &str| Module {
        slot: Text::new(slot),
        size_mib: 8192,
        kind: Text::new("DDR4"),
        serial: Serial::new(serial),
        ..Module::default()
    };
    let memory = Memory {
        slots: Some(4),
        max_mib: None,
        modules: List::of([module("A1", "03A7B1C2"), module("B1", "00000000")]),
    };
    let memory = Section::collected(NOW, Content::Memory(memory));
    let text = shown(Lang::Fr, vec![kept(&disk(), None), kept(&memory, None)]);
    assert_eq!(
        text,
        "Mémoire\n  Total\u{a0}: 16\u{a0}Gio\n  Emplacements\u{a0}: 4, dont occupés\u{a0}: 2\n  \
         Barrette\u{a0}A1\u{a0}: 8\u{a0}Gio DDR4, n°\u{a0}03A7B1C2\n  \
         Barrette\u{a0}B1\u{a0}: 8\u{a0}Gio DDR4, n°\u{a0}00000000 (valeur commune, n’identifie rien)\n\
         Disques\n  Disque\u{a0}: KXG60ZNV256G, 256\u{a0}Go, NVMe, SSD, n°\u{a0}79LF70BAF2HQ"
    );
    assert!(shown(Lang::En, vec![kept(&disk(), None)]).contains("Drive: KXG60ZNV256G, 256\u{a0}GB, NVMe"));
}

#[test]
fn what_could_not_be_read_is_said_and_the_last_whole_reading_stays_visible() {
    let silent = Section::missing(SectionKind::Disks, Status::TimedOut, NOW);
    let text = shown(Lang::Fr, vec![kept(&silent, Some(&disk()))]);
    assert!(text.starts_with("Disques – n’a pas répondu à temps"), "{text}");
    assert!(text.contains("Dernier relevé complet\u{a0}: ") && text.contains("79LF70BAF2HQ"), "{text}");
    let nothing = Section::missing(SectionKind::Machine, Status::Unsupported, NOW);
    assert_eq!(shown(Lang::Fr, vec![kept(&nothing, None)]), "Ordinateur – non mesurable");
    assert_eq!(shown(Lang::En, vec![kept(&nothing, None)]), "Computer – not measurable");
    let none = Section::collected(NOW, Content::Batteries(List::default()));
    assert_eq!(shown(Lang::Fr, vec![kept(&none, None)]), "Batteries\n  Batteries\u{a0}: aucune");
}

#[test]
fn sections_of_newer_agents_and_of_liars_are_said_to_be_what_they_are() {
    let mut newer = disk().pack();
    newer.body[0] = 9;
    let alien = Packed { kind: SectionKind::Unknown(77), taken_at: NOW, body: vec![9, 1, 0] };
    let broken = Packed { kind: SectionKind::Machine, taken_at: NOW, body: vec![0xff; 40] };
    let kept = |newest: Packed| KeptSection { newest, received_at: NOW, last_whole: None };
    let page =
        page(&InventoryRecord { checked_at: None, sections: [newer, alien, broken].map(kept).to_vec() });
    let codes: Vec<_> = page.sections.iter().map(|s| (s.key.as_str(), s.status.code.as_str())).collect();
    assert_eq!(codes, [("machine", "ERROR"), ("disks", "NEWER"), ("section_77", "NEWER")]);
}

#[test]
fn the_page_keeps_the_machines_own_words_and_both_languages() {
    let machine = Machine {
        vendor: Text::new("Éts Kervella"),
        serial: Serial::new("Default string"),
        ..Machine::default()
    };
    let section = Section::collected(NOW, Content::Machine(machine));
    let record =
        InventoryRecord { checked_at: Some(UnixSeconds(NOW.0 + 60)), sections: vec![kept(&section, None)] };
    let page = page(&record);
    assert_eq!(page.collected_at, Some(UnixSeconds(NOW.0 + 60)));
    let rows = &page.sections[0].rows;
    assert_eq!((rows[0].label.fr.as_str(), rows[0].value.en.as_str()), ("Fabricant", "Éts Kervella"));
    assert!(rows[1].value.fr.contains("n’identifie rien") && rows[1].value.en.contains("identifies nothing"));
}
