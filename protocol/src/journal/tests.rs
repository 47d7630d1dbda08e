//! Every way of changing a journal is noticed; the untouched twin holds.

use proptest::prelude::*;

use super::*;
use crate::id::{ContractId, Epoch, KeyId, PersonId, SessionId};
use crate::release::Version;
use crate::wire::closing::Extension;
use crate::wire::codes::{EndReason, RefusalCode};
use crate::wire::equipment::ListHash;
use crate::wire::record::LineFacts;
use crate::wire::session::{Capabilities, WorkCategory};
use crate::wire::turn::{Hold, Turning};

/// The seed of RFC 8032 §7.1, test 1, as PKCS#8 (RFC 8410 §10.3): the same key on every machine.
fn keeper() -> Signer {
    const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    let mut pkcs8 = vec![0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    pkcs8.extend((0..32).map(|i| u8::from_str_radix(&SEED[2 * i..2 * i + 2], 16).unwrap()));
    Signer::from_pkcs8(pkcs8, Vec::new()).unwrap()
}

fn person(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

/// One of each kind.
fn events() -> Vec<Event> {
    let session = SessionId([0x5e; 16]);
    let contract = ContractId::new("C-2026-014").unwrap();
    let line = LineFacts {
        measured_at: UnixSeconds(1_795_000_000),
        rtt_ms: 24,
        down_kbit: 19_800,
        up_kbit: 980,
        loss_permille: 3,
        loss_low_permille: 1,
    };
    vec![
        Event::Enrolled { agent_key: KeyId([0xa9; 32]) },
        Event::Approved { by: person("anne.leroy"), contract: contract.clone() },
        Event::CodeIssued {
            by: person("anne.leroy"),
            contract: contract.clone(),
            expires_at: UnixSeconds(1_795_003_600),
        },
        Event::Requested {
            session,
            technician: person("sophie.martin"),
            capabilities: Capabilities::KNOWN,
            category: WorkCategory::Maintenance,
            reference: commitment(&[7; 16], "appel de Mme Kervella, 10 h 12"),
        },
        Event::GateRefused {
            session,
            codes: vec![RefusalCode::Lapsed, RefusalCode::OutOfHours, RefusalCode::Unknown(999)],
            at: UnixSeconds(1_795_000_000),
        },
        Event::Permitted { session, contract },
        Event::Asked { session, technician: person("sophie.martin") },
        Event::Granted { session, capabilities: Capabilities::VIEW, epoch: Epoch(42), shown_ms: 7_312 },
        Event::Refused { session, reason: EndReason::PromptTimedOut },
        Event::Started { session },
        Event::Ended { session, reason: EndReason::EndedByPerson, duration_s: 754 },
        Event::ExceptionGranted {
            by: person("anne.leroy"),
            until: UnixSeconds(1_795_020_000),
            reason: commitment(&[8; 16], "serveur en panne"),
        },
        Event::Locked { technician: person("sophie.martin"), by: person("anne.leroy"), locked: true },
        Event::LineMeasured(line),
        Event::PeerHead { seq: 12, hash: [0x4e; 32] },
        Event::Left,
        Event::Extension { session, what: Extension::Unanswered },
        Event::LineLost { session },
        Event::Resumed { session, epoch: Epoch(43), away_s: 41 },
        Event::Erased { texts: 3 },
        Event::Held { session, why: Hold::Asleep },
        Event::Widening { session, capabilities: Capabilities::KNOWN },
        Event::Turned {
            session,
            epoch: Epoch(44),
            capabilities: Capabilities::KNOWN,
            why: Turning::Widened { shown_ms: 4_000 },
        },
        Event::ListAsked { by: person("anne.leroy"), list: ListHash([0x3c; 32]) },
        Event::ListAnswered { list: ListHash([0x3c; 32]), yes: true },
        Event::RootSucceeded { number: 1, old: KeyId([4; 32]), new: KeyId([5; 32]) },
        Event::KeyRenewed { old_spki: vec![4; 44], new_spki: vec![5; 44] },
        Event::ProgramChanged { from: Version::default(), to: Version { major: 0, minor: 1, patch: 1 } },
        Event::ProgramPutBack { version: Version { major: 0, minor: 1, patch: 1 } },
    ]
}

fn journal() -> (Signer, Vec<Entry>, Head) {
    let (signer, mut chain) = (keeper(), Chain::new());
    let entries = events()
        .iter()
        .zip(1_795_000_000..)
        .map(|(event, at)| chain.append(&signer, UnixSeconds(at), event).unwrap())
        .collect();
    (signer, entries, chain.head())
}

#[test]
fn an_untouched_journal_holds_whole_and_from_any_known_head() {
    let (signer, entries, head) = journal();
    assert_eq!(verify(&entries, signer.spki(), None), Ok(head));
    assert_eq!(head.seq, events().len() as u64);
    for cut in 0..entries.len() {
        let known = verify(&entries[..cut], signer.spki(), None).unwrap();
        assert_eq!(verify(&entries[cut..], signer.spki(), Some((known.seq, known.hash))), Ok(head));
    }
    for (entry, event) in entries.iter().zip(events()) {
        assert_eq!(entry.told(), Told::Known(event));
    }
    assert_eq!(verify([], signer.spki(), None), Ok(Head::default()));
}

#[test]
fn a_resumed_chain_goes_on_where_it_ended() {
    let (signer, mut entries, head) = journal();
    let mut chain = Chain::resume(head.seq, head.hash);
    entries.push(
        chain.append(&signer, UnixSeconds(0), &Event::Started { session: SessionId([1; 16]) }).unwrap(),
    );
    assert_eq!(verify(&entries, signer.spki(), None), Ok(chain.head()));
}

#[test]
fn no_single_bit_can_be_turned() {
    let (signer, entries, _) = journal();
    let mut tried = 0;
    for at in 0..entries.len() {
        let bytes = postcard::to_stdvec(&entries[at]).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut torn = bytes.clone();
            torn[bit / 8] ^= 1 << (bit % 8);
            let mut entries = entries.clone();
            match postcard::take_from_bytes(&torn) {
                Ok((entry, [])) if entry != entries[at] => entries[at] = entry,
                _ => continue,
            }
            let broken = verify(&entries, signer.spki(), None).unwrap_err();
            assert_eq!(broken.seq, at as u64 + 1, "bit {bit} of entry {}", at + 1);
            tried += 1;
        }
    }
    assert!(tried > 10_000, "only {tried} changes were tried");
}

#[test]
fn another_key_or_an_unknown_start_does_not_fit() {
    let (signer, entries, head) = journal();
    let other = Signer::generate().unwrap();
    assert_eq!(verify(&entries, other.spki(), None), Err(Broken { seq: 1, why: Why::Signature }));
    assert_eq!(verify(&entries, b"no key", None), Err(Broken { seq: 1, why: Why::Signature }));
    let from = Some((head.seq, head.hash));
    assert_eq!(verify(&entries, signer.spki(), from), Err(Broken { seq: head.seq + 1, why: Why::Number }));
    assert_eq!(
        verify(&entries[3..], signer.spki(), Some((3, [9; 32]))),
        Err(Broken { seq: 4, why: Why::Link })
    );
    let end = Some((u64::MAX, head.hash));
    assert!(verify(&entries[..1], signer.spki(), end).is_err());
    assert_eq!(
        Chain::resume(u64::MAX, [0; 32]).append(&signer, UnixSeconds(0), &events()[0]),
        Err(JournalError::Full)
    );
}

#[test]
fn a_kind_from_the_future_holds_and_stays_closed() {
    let (signer, mut entries, head) = journal();
    let mut entry = Entry {
        seq: head.seq + 1,
        prev: head.hash,
        at: UnixSeconds(1_800_000_000),
        body: vec![200, 1, 2, 3],
        signature: Vec::new(),
    };
    entry.signature = signer.sign_bytes(LABEL, &entry.hash());
    assert_eq!(entry.told(), Told::Opaque);
    entries.push(entry);
    assert_eq!(verify(&entries, signer.spki(), None).unwrap().seq, head.seq + 1);
}

#[test]
fn a_body_has_a_limit_both_ways() {
    let (signer, _, _) = journal();
    let mut chain = Chain::new();
    let before = chain;
    let codes = vec![RefusalCode::Unknown(u16::MAX); MAX_BODY];
    let fat = Event::GateRefused { session: SessionId([0; 16]), codes, at: UnixSeconds(0) };
    assert_eq!(chain.append(&signer, UnixSeconds(0), &fat), Err(JournalError::TooLong));
    assert_eq!(chain, before);
    let mut entry = Entry {
        seq: 1,
        prev: [0; 32],
        at: UnixSeconds(0),
        body: vec![0; MAX_BODY + 1],
        signature: Vec::new(),
    };
    entry.signature = signer.sign_bytes(LABEL, &entry.hash());
    assert_eq!(verify([&entry], signer.spki(), None), Err(Broken { seq: 1, why: Why::TooLong }));
}

#[test]
fn a_commitment_hides_and_binds() {
    assert_eq!(commitment(&[1; 16], "a"), commitment(&[1; 16], "a"));
    assert_ne!(commitment(&[1; 16], "a"), commitment(&[2; 16], "a"));
    assert_ne!(commitment(&[1; 16], "a"), commitment(&[1; 16], "b"));
}

/// Entries written today are read in five years: their bytes may not change. One line of hexadecimal digits for each entry.
#[test]
fn the_bytes_of_entries_are_those_of_the_golden_file() {
    const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/journal.hex");
    let (signer, entries, head) = journal();
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let lines: String =
        entries.iter().map(|entry| hex(&postcard::to_stdvec(entry).unwrap()) + "\n").collect::<String>();
    // While nothing is released: AVAL_WRITE_PAGES=1 writes them anew, and whoever does it looks at the difference.
    if std::env::var_os("AVAL_WRITE_PAGES").is_some() {
        return std::fs::write(PATH, lines).unwrap();
    }
    let golden = std::fs::read_to_string(PATH).unwrap_or_default();
    assert_eq!(golden, lines, "{PATH} differs from what this program writes");
    let read: Vec<Entry> = golden
        .lines()
        .map(|line| {
            let bytes: Vec<u8> = (0..line.len())
                .step_by(2)
                .map(|i| u8::from_str_radix(&line[i..i + 2], 16).unwrap())
                .collect();
            postcard::from_bytes(&bytes).unwrap()
        })
        .collect();
    assert_eq!(verify(&read, signer.spki(), None), Ok(head));
}

proptest! {
    #[test]
    fn dropping_doubling_swapping_and_cutting_are_noticed(a in 0usize..15, b in 0usize..15, what in 0u8..4) {
        let (signer, mut entries, head) = journal();
        let broken_at = match what {
            0 => { entries.remove(a); a }
            1 => { let copy = entries[a].clone(); entries.insert(b, copy); if a < b { b } else { b.min(a + 1) } }
            2 => { entries.swap(a, b); a.min(b) }
            _ => { entries.truncate(a); a }
        };
        let found = verify(&entries, signer.spki(), None);
        // What ends early holds as far as it goes: only a head known from elsewhere shows that something is missing.
        if entries.len() <= broken_at {
            prop_assert_ne!(found.unwrap(), head);
        } else if what == 2 && a == b {
            prop_assert_eq!(found, Ok(head));
        } else {
            let broken = found.unwrap_err();
            prop_assert!(broken.seq > broken_at as u64 || what == 1, "{:?} after {}", broken, broken_at);
        }
    }

    #[test]
    fn entries_rewritten_by_the_keeper_miss_the_head_others_know(at in 0usize..15, bit in 0u8..8) {
        let (signer, entries, head) = journal();
        let mut chain = Chain::new();
        let mut rewritten = Vec::new();
        for (number, entry) in entries.iter().enumerate() {
            let moved = if number == at { UnixSeconds(entry.at.0 ^ (1 << bit)) } else { entry.at };
            let Told::Known(event) = entry.told() else { panic!("opaque") };
            rewritten.push(chain.append(&signer, moved, &event).unwrap());
        }
        prop_assert_ne!(verify(&rewritten, signer.spki(), None), Ok(head));
    }

    #[test]
    fn any_bytes_are_read_without_harm(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Told::read(&body);
    }
}
