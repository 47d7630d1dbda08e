//! The doors of this crate that take a stranger's bytes, each as a function of bytes that panics when something is wrong: for the
//! fuzzers of `fuzz/`, and for the replay of what they found.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use aval_protocol::wire::{HEADER, Wire, decode_content, encode};

use crate::enrol::invitation::Typed;
use crate::inventory::{cpuinfo, edid, release, smbios};
use crate::ipc::{FromSession, ToSession};

/// A firmware's table: the first byte says how long the entry point is.
pub fn smbios(bytes: &[u8]) {
    let Some((length, rest)) = bytes.split_first() else { return };
    let (entry, raw) = rest.split_at(usize::from(*length).min(rest.len()));
    let table = smbios::Table::parse(raw, entry);
    let _ = smbios::bios(&table);
    let _ = smbios::machine(&table);
    let _ = smbios::board(&table);
    let _ = smbios::cpus(&table);
    let _ = smbios::memory(&table);
    let text = String::from_utf8_lossy(raw);
    let _ = smbios::uuid_of(&text);
    let _ = smbios::american(&text);
}

/// What a display says of itself.
pub fn edid(bytes: &[u8]) {
    let _ = edid::parse(bytes, false);
    let _ = edid::parse(bytes, true);
}

/// The system's own texts.
pub fn system(bytes: &[u8]) {
    let Some((kind, text)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    match kind % 4 {
        0 => drop(cpuinfo::cpus(&text)),
        1 => drop(release::os(&text, "x86_64")),
        2 => drop(release::support(&text, "bookworm")),
        _ => drop(Typed::parse(&text)),
    }
}

/// Words on the local socket, from either side.
pub fn ipc(bytes: &[u8]) {
    let Some((side, content)) = bytes.split_first() else { return };
    match side % 2 {
        0 => one::<ToSession>(content),
        _ => one::<FromSession>(content),
    }
}

fn one<M: Wire + PartialEq + std::fmt::Debug>(content: &[u8]) {
    if let Ok(message) = decode_content::<M>(content) {
        assert_eq!(decode_content::<M>(&encode(&message).unwrap()[HEADER..]), Ok(message));
    }
}

#[cfg(test)]
mod replayed {
    #[test]
    fn smbios() {
        aval_corpus::replay("smbios", super::smbios);
    }

    #[test]
    fn edid() {
        aval_corpus::replay("edid", super::edid);
    }

    #[test]
    fn system() {
        aval_corpus::replay("system", super::system);
    }

    #[test]
    fn ipc() {
        aval_corpus::replay("ipc", super::ipc);
    }
}
