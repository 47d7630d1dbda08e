//! The doors of this crate that take a stranger's bytes, each as a function of bytes that panics when something is wrong: for the
//! fuzzers of `fuzz/`, and for the replay of what they found.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::fmt::Debug;

use arbitrary::Unstructured;

use crate::firm::fixture::{NOW, firm, member, sophie};
use crate::firm::{FirmFile, FoundedFirm, Profile, Signer, display_name, files};
use crate::id::{PersonId, SessionId};
use crate::journal::{Chain, Entry, Event, verify};
use crate::prompt::{Answer, Ask, FromBanner, ToBanner};
use crate::wire::enrol::{Call, Reply};
use crate::wire::input::InputUp;
use crate::wire::inventory::HardwareFacts;
use crate::wire::link::{Downlink, Head, Uplink};
use crate::wire::machine::MachineReply;
use crate::wire::probe::ProbeDone;
use crate::wire::record::Decision;
use crate::wire::screen::{ScreenDown, ScreenUp};
use crate::wire::session::{Approval, FromAgent, FromConsole, Pulse, Receipt, SessionRequest, Ticket};
use crate::wire::{HEADER, Inbox, Wire, decode_content, encode};

const KINDS: [fn(&[u8]); 25] = [
    one::<Answer>,
    one::<Approval>,
    one::<Ask>,
    one::<Call>,
    one::<Decision>,
    one::<Downlink>,
    one::<FromAgent>,
    one::<FromBanner>,
    one::<FromConsole>,
    one::<HardwareFacts>,
    one::<Head>,
    one::<InputUp>,
    one::<ProbeDone>,
    one::<Profile>,
    one::<Pulse>,
    one::<Receipt>,
    one::<Reply>,
    one::<ScreenDown>,
    one::<ScreenUp>,
    one::<SessionRequest>,
    one::<Ticket>,
    one::<ToBanner>,
    one::<Uplink>,
    stream,
    one::<MachineReply>,
];

thread_local! {
    static FIRM: (FoundedFirm, Signer) = {
        let firm = firm();
        let sophie = member(&firm, &sophie());
        (firm, sophie)
    };
}

/// A message of the kind that the first byte names: what can be read can be written, and then says the same.
pub fn wire(bytes: &[u8]) {
    let Some((kind, content)) = bytes.split_first() else { return };
    KINDS[usize::from(*kind) % KINDS.len()](content);
}

fn one<M: Wire + PartialEq + Debug>(content: &[u8]) {
    if let Ok(message) = decode_content::<M>(content) {
        let frame = encode(&message).unwrap();
        assert!(frame.len() - HEADER <= content.len(), "the shortest form is what is written");
        assert_eq!(decode_content::<M>(&frame[HEADER..]), Ok(message));
    }
}

/// Frames of a stream, in whatever pieces it comes: the same messages, and the same end.
fn stream(bytes: &[u8]) {
    let Some((size, bytes)) = bytes.split_first() else { return };
    let read = |piece: usize| {
        let (mut inbox, mut found) = (Inbox::default(), Vec::new());
        for piece in bytes.chunks(piece) {
            inbox.push(piece);
            loop {
                match inbox.next::<Uplink>() {
                    Ok(Some(message)) => found.push(Ok(message)),
                    Ok(None) => break,
                    Err(error) => {
                        found.push(Err(error));
                        return found;
                    }
                }
            }
        }
        found
    };
    assert_eq!(read(usize::from(*size).max(1)), read(bytes.len().max(1)));
}

/// Both machines of a session, in any order of events, over any line.
pub fn session(bytes: &[u8]) {
    crate::session::tests::scenario::run(bytes);
}

/// What a firm's and a member's files may hold, and what a stranger shows as certificates. Nobody is believed who was not certified.
pub fn firm_files(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(bytes);
    FIRM.with(|(firm, sophie)| match kind % 5 {
        0 => drop(FirmFile::parse(&text)),
        1 => drop(files::signer_from_pem(&text, None)),
        2 => drop(files::chain_from_pem(&text)),
        3 => drop(display_name(&text)),
        _ => {
            // Sophie's own chain with bytes changed: position, what it becomes.
            let honest = sophie.chain().to_vec();
            let mut chain = honest.clone();
            for change in bytes.chunks_exact(4) {
                let der = &mut chain[usize::from(change[0]) % honest.len()];
                let at = usize::from(u16::from_le_bytes([change[1], change[2]])) % der.len();
                der[at] = change[3];
            }
            let verdict = firm.file.firm().verify_chain(&chain, NOW);
            assert_eq!(verdict.is_ok(), chain == honest, "{:?}", verdict.map(|(member, _)| member));
        }
    });
}

/// A journal with entries changed, dropped, doubled or moved: only the one that was written verifies to its head.
pub fn journal(bytes: &[u8]) {
    FIRM.with(|(_, keeper)| {
        let mut chain = Chain::new();
        let events = (0..6).map(|n| Event::Asked {
            session: SessionId([n; 16]),
            technician: PersonId::new("sophie.martin").unwrap(),
        });
        let written: Vec<Entry> = events.map(|event| chain.append(keeper, NOW, &event).unwrap()).collect();
        let mut read = written.clone();
        let mut bytes = Unstructured::new(bytes);
        while !bytes.is_empty() && !read.is_empty() {
            let Ok(()) = spoil(&mut read, &mut bytes) else { break };
        }
        for entry in &read {
            let _ = entry.told();
        }
        let holds = verify(&read, keeper.spki(), None).is_ok_and(|head| head == chain.head());
        assert_eq!(holds, read == written);
    });
}

fn spoil(entries: &mut Vec<Entry>, bytes: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let at = bytes.choose_index(entries.len())?;
    let entry = &mut entries[at];
    match bytes.int_in_range(0..=7)? {
        0 => entry.seq = bytes.arbitrary()?,
        1 => entry.prev[bytes.choose_index(32)?] = bytes.arbitrary()?,
        2 => entry.at.0 = bytes.arbitrary()?,
        3 => {
            let place = bytes.choose_index(entry.body.len().max(1))?;
            entry.body.resize(entry.body.len().max(1), 0);
            entry.body[place] = bytes.arbitrary()?;
        }
        4 => {
            let place = bytes.choose_index(entry.signature.len().max(1))?;
            entry.signature.resize(entry.signature.len().max(1), 0);
            entry.signature[place] = bytes.arbitrary()?;
        }
        5 => drop(entries.remove(at)),
        6 => entries.insert(at, entries[at].clone()),
        _ => {
            let other = bytes.choose_index(entries.len())?;
            entries.swap(at, other);
        }
    }
    Ok(())
}

#[cfg(test)]
mod replayed {
    #[test]
    fn wire() {
        aval_corpus::replay("wire", super::wire);
    }

    #[test]
    fn session() {
        aval_corpus::replay("session", super::session);
    }

    #[test]
    fn firm_files() {
        aval_corpus::replay("firm_files", super::firm_files);
    }

    #[test]
    fn journal() {
        aval_corpus::replay("journal", super::journal);
    }
}
