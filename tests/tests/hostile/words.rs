//! What it says to the machine: forged, stale, foreign and senseless tickets, every other word, bytes that are no words, and good
//! tickets for people who are not there.

use std::sync::Arc;
use std::time::Duration;

use aval_protocol::firm::authority::{certify, found, request};
use aval_protocol::firm::tls::{AGENT_NAME, e2e_console_config, server_name};
use aval_protocol::firm::{Grant, Role, Signer, files};
use aval_protocol::id::{AgentId, ContractId, KeyId, SessionId, UnixSeconds};
use aval_protocol::session::console::{Output, Session};
use aval_protocol::wire::codes::{CloseCode, EndReason};
use aval_protocol::wire::encode;
use aval_protocol::wire::inventory::{Held, InventoryDown, SectionKind};
use aval_protocol::wire::link::{Downlink, Farewell, Lane, Standing, Step, Uplink};
use aval_protocol::wire::session::{Approval, Capabilities, Ticket};
use aval_tests::trio::desk::Person;
use aval_tests::trio::{NOW, Setup, Trio, person};
use quinn::{RecvStream, SendStream};
use tokio::time::{sleep, timeout};

use crate::captor::{Captor, approval, offer, ticket};

/// Nobody was asked, nothing was seen, no hand moved.
fn untouched(trio: &Trio, after: &str) {
    let seen = trio.desk.seen();
    assert!(seen.asked.is_empty(), "{after}: the person was asked");
    assert!(seen.begun.is_empty() && seen.frames == 0 && seen.inputs.is_empty(), "{after}");
}

/// One who came as far as the question; whoever drops it hangs up.
struct Visit {
    _machine: Session,
    _lane: (SendStream, RecvStream),
}

/// Comes to a session as a console does, with this key.
async fn come(
    trio: &Trio,
    captor: &mut Captor,
    ticket: &Ticket,
    key: &Arc<Signer>,
) -> Result<Visit, EndReason> {
    captor.say(&offer(trio.relay_key(), ticket)).await;
    captor.media(ticket.session).await.ok_or(EndReason::Busy)?;
    let (mut words, mut said) = captor.lane(ticket.session, Lane::Control).await;
    let permitted = captor.permitted(trio.relay_key().sign(ticket).unwrap());
    let now = || (trio.clock.monotonic(), trio.clock.wall());
    let ((at, wall), firm) = (now(), trio.firm.file.firm());
    let mut machine =
        Session::new(&permitted, ticket.request.clone(), Arc::clone(key), firm, at, wall, [3; 32])?;
    loop {
        while let Some(output) = machine.poll_output() {
            match output {
                Output::Send(bytes) => drop(words.write_all(&bytes).await),
                Output::Asking { .. } => return Ok(Visit { _machine: machine, _lane: (words, said) }),
                Output::Over(reason) => return Err(reason),
                _ => {}
            }
        }
        let read = timeout(Duration::from_secs(1), said.read_chunk(4096, true)).await;
        let (at, wall) = now();
        match read {
            Ok(Ok(Some(chunk))) => machine.handle_frame(at, wall, &chunk.bytes),
            Ok(_) => return Err(EndReason::LinkLost),
            Err(_) => machine.handle_timeout(at, wall),
        }
    }
}

/// Comes with a ticket that nobody could find fault with: the person is asked.
async fn honest_twin(trio: &Trio, captor: &mut Captor, number: u8) {
    let before = trio.desk.seen().asked.len();
    // A machine that was told to go away for hours comes back by then; its ticket is made after that.
    captor.link().await;
    let honest = ticket(trio, number, trio.request());
    let visit = come(trio, captor, &honest, &trio.technician.clone()).await;
    assert!(visit.is_ok(), "{:?}", visit.err());
    trio.until("the person is asked", || trio.desk.seen().asked.len() == before + 1).await;
    let ask = trio.desk.seen().asked[before].clone();
    assert_eq!((ask.technician.as_str(), ask.phone.as_str()), ("Sophie Martin", "+33199001234"));
}

#[tokio::test(start_paused = true)]
async fn no_ticket_but_a_good_one_is_followed() {
    let mut trio = Trio::start(Setup::default()).await;
    let mut captor = Captor::start(&mut trio).await;
    let stranger = Signer::generate().unwrap();
    let good = |number| ticket(&trio, number, trio.request());
    let with = |number, change: fn(&mut Ticket)| {
        let mut ticket = good(number);
        change(&mut ticket);
        offer(trio.relay_key(), &ticket)
    };
    // Altered in transit, at several places of what is signed.
    for at in [40, 60, 120] {
        let mut bytes = encode(&offer(trio.relay_key(), &good(1))).unwrap();
        bytes[at] ^= 1;
        captor.bytes(&bytes).await;
        sleep(Duration::from_secs(3)).await;
        untouched(&trio, "altered");
    }
    for (name, word) in [
        ("signed by a stranger", offer(&stranger, &good(2))),
        ("signed by a technician", offer(&trio.technician, &good(3))),
        ("signed by a manager", offer(&trio.manager, &good(4))),
        ("for another machine", with(5, |t| t.agent_key = KeyId([9; 32]))),
        ("asking for another machine", with(6, |t| t.request.agent = AgentId([9; 16]))),
        ("expired", with(7, |t| t.expires_at = UnixSeconds(t.issued_at.0 - 1))),
        (
            "of last week",
            with(8, |t| {
                (t.issued_at.0, t.expires_at.0) = (t.issued_at.0 - 604_800, t.expires_at.0 - 604_800)
            }),
        ),
        (
            "of next week",
            with(9, |t| {
                (t.issued_at.0, t.expires_at.0) = (t.issued_at.0 + 604_800, t.expires_at.0 + 604_800)
            }),
        ),
        ("good for a day", with(10, |t| t.expires_at.0 += 86_400)),
        (
            "with a right that nobody knows",
            with(11, |t| t.request.capabilities = Capabilities::from_bits(0x8003)),
        ),
        ("without the right to see", with(12, |t| t.request.capabilities = Capabilities::CONTROL)),
        ("for no time", with(13, |t| t.request.minutes = 0)),
        ("for a week", with(14, |t| t.request.minutes = 10_080)),
        ("without a reason", with(15, |t| t.request.reference = " ".into())),
        ("with a novel", with(16, |t| t.request.reference = "x".repeat(300))),
        ("with an overrun of a day", with(17, |t| t.closing.hard_end_s += 86_400)),
    ] {
        captor.say(&word).await;
        sleep(Duration::from_secs(3)).await;
        untouched(&trio, name);
    }
    // Each was dropped without a word: no media connection was opened for any.
    assert!(captor.media(SessionId([17; 16])).await.is_none());
    honest_twin(&trio, &mut captor, 100).await;
}

#[tokio::test(start_paused = true)]
async fn a_ticket_is_good_once() {
    let mut trio = Trio::start(Setup { person: Person::Refuses, ..Setup::default() }).await;
    let mut captor = Captor::start(&mut trio).await;
    let once = ticket(&trio, 1, trio.request());
    let technician = trio.technician.clone();
    let visit = come(&trio, &mut captor, &once, &technician).await;
    trio.until("it is over", || captor.ended(once.session).is_some()).await;
    assert_eq!((visit.is_ok(), captor.ended(once.session)), (true, Some(EndReason::RefusedByPerson)));
    drop(visit);
    for _ in 0..3 {
        captor.say(&offer(trio.relay_key(), &once)).await;
        sleep(Duration::from_secs(2)).await;
    }
    assert_eq!(trio.desk.seen().asked.len(), 1);
    let why: Vec<_> = captor
        .heard()
        .into_iter()
        .filter_map(|word| match word {
            Uplink::Step { step: Step::Ended { reason }, .. } => Some(reason),
            _ => None,
        })
        .collect();
    let spent = EndReason::TicketInvalid;
    assert_eq!(why, [EndReason::RefusedByPerson, spent, spent, spent]);
}

/// What is written into a ticket for somebody's key.
type Change = fn(&mut Ticket, KeyId);

/// Shakes hands with this certificate, and says nothing more.
async fn knock(trio: &Trio, key: &Signer, mut words: SendStream, mut said: RecvStream) {
    let spki = trio.home.signer().unwrap().spki().to_vec();
    let config = e2e_console_config(key, &spki, Arc::new(trio.clock.clone())).unwrap();
    let name = server_name(AGENT_NAME).unwrap();
    let mut tls = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    loop {
        while tls.wants_write() {
            let mut bytes = Vec::new();
            tls.write_tls(&mut bytes).unwrap();
            let _ = words.write_all(&bytes).await;
        }
        let Ok(Ok(Some(chunk))) = timeout(Duration::from_secs(2), said.read_chunk(4096, true)).await else {
            return;
        };
        let _ = tls.read_tls(&mut &chunk.bytes[..]);
        if tls.process_new_packets().is_err() {
            return;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_invented_technician_is_nobody() {
    let mut trio = Trio::start(Setup::default()).await;
    let mut captor = Captor::start(&mut trio).await;
    // Its own invention, certified by a firm of the same name.
    let other = found("Atelier Beaurepaire Informatique", "+33199001234", NOW, 20, 400).unwrap();
    let grant = Grant {
        role: Role::Technician,
        person: person("sophie.martin"),
        display_name: "Sophie Martin".into(),
        valid_days: 365,
    };
    let key = Signer::generate().unwrap();
    let chain = certify(&other.issuing, &request(&key, "request").unwrap(), &grant, NOW).unwrap();
    let forged = Arc::new(files::signer_from_pem(&files::key_to_pem(&key), Some(&chain)).unwrap());
    let (sophie, hugo, paul) = (trio.technician.clone(), trio.other.clone(), trio.manager.clone());
    // The relay may write any key and any name into its ticket: besides, the true technician's key with another's name, another
    // technician in her place, somebody of the firm who is no technician.
    let invented: [(_, Change); 4] = [
        (&forged, |ticket, key| ticket.technician_key = key),
        (&sophie, |ticket, _| ticket.technician = person("hugo.lambert")),
        (&hugo, |_, _| ()),
        (&paul, |ticket, key| ticket.technician_key = key),
    ];
    for (number, (key, change)) in (1..).zip(invented) {
        let mut ticket = ticket(&trio, number, trio.request());
        change(&mut ticket, key.key_id());
        captor.say(&offer(trio.relay_key(), &ticket)).await;
        captor.media(ticket.session).await.unwrap();
        let (words, said) = captor.lane(ticket.session, Lane::Control).await;
        knock(&trio, key, words, said).await;
        trio.until("it is over", || captor.ended(ticket.session).is_some()).await;
        assert_eq!(captor.ended(ticket.session), Some(EndReason::TechnicianUntrusted), "{number}");
        sleep(Duration::from_secs(1)).await;
    }
    untouched(&trio, "invented");
    honest_twin(&trio, &mut captor, 9).await;
}

#[tokio::test(start_paused = true)]
async fn a_relay_and_a_technician_together_ask_three_times_and_no_more() {
    let mut trio = Trio::start(Setup { person: Person::Refuses, ..Setup::default() }).await;
    let mut captor = Captor::start(&mut trio).await;
    let sophie = trio.technician.clone();
    for number in 1..=20 {
        let ticket = ticket(&trio, number, trio.request());
        let _visit = come(&trio, &mut captor, &ticket, &sophie).await;
        trio.until("it is over", || captor.ended(ticket.session).is_some()).await;
    }
    assert_eq!(trio.desk.seen().asked.len(), 3, "then the machine falls silent");
    assert_eq!(captor.ended(SessionId([20; 16])), Some(EndReason::PromptLimit));
}

#[tokio::test(start_paused = true)]
async fn every_other_word_brings_nothing() {
    let mut trio = Trio::start(Setup::default()).await;
    let mut captor = Captor::start(&mut trio).await;
    let forged = |signer: &Signer, hostname: &str| {
        let contract = ContractId::new("C-0000-000").unwrap();
        let approval = Approval { contract, hostname: hostname.into(), ..approval(&trio) };
        Downlink::Standing(Standing::Approved(Box::new(signer.sign(&approval).unwrap())))
    };
    let held = Held { kind: SectionKind::Cpu, digest: aval_protocol::wire::inventory::Digest([7; 16]) };
    let words = [
        Downlink::Welcome { relay_time: UnixSeconds(i64::MAX) },
        Downlink::Welcome { relay_time: UnixSeconds(i64::MIN) },
        Downlink::Standing(Standing::Unknown),
        Downlink::Standing(Standing::Pending),
        forged(trio.relay_key(), "COMPTA-1"),
        forged(&Signer::generate().unwrap(), "<script>alert(1)</script>"),
        Downlink::MeasureLine { token: u64::MAX },
        Downlink::Over { session: SessionId([1; 16]), reason: EndReason::EndedByPerson },
        Downlink::Inventory(InventoryDown::Held(vec![held; 40])),
    ];
    for word in &words {
        for _ in 0..50 {
            captor.say(word).await;
        }
        sleep(Duration::from_secs(2)).await;
        untouched(&trio, &format!("{word:?}"));
    }
    for farewell in [
        Farewell::Redirect {
            to: vec!["203.0.113.9:4433".into(), "x".repeat(9_000), String::new()],
            after_s: u32::MAX,
        },
        Farewell::Restarting { reconnect_in_s: u32::MAX, try_for_s: u32::MAX },
        Farewell::TooOld { oldest: u8::MAX },
        Farewell::Closed(CloseCode::Violation),
    ] {
        captor.say(&Downlink::Farewell(farewell)).await;
        sleep(Duration::from_secs(60)).await;
        untouched(&trio, "a farewell");
    }
    // Bytes that are no words: another version, a frame of four gigabytes, one cut short, noise.
    let noise: Vec<u8> = (0..4_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for bytes in [&[2, 0, 0, 0, 9, 1][..], &[0xff; 64], &[0xff, 0xff, 0, 0, 1], &[0; 4], &noise] {
        // A machine that hung up comes again by itself.
        let back = async { captor.bytes(bytes).await };
        timeout(Duration::from_secs(4 * 3600), back).await.expect("the machine comes again");
        sleep(Duration::from_secs(30)).await;
        untouched(&trio, "noise");
        // What may be the beginning of a long frame is waited for: the next is said on a link of its own.
        captor.link().await.0.close(0_u32.into(), b"");
    }
    // After all that it is served as ever.
    honest_twin(&trio, &mut captor, 77).await;
}
