//! Sessions, receipts, lines, journals and erasable texts.

use aval_protocol::firm::Signer;
use aval_protocol::id::{AgentId, KeyId, SessionId};
use aval_protocol::journal::{Event, Head, MAX_BODY, commitment, verify};
use aval_protocol::wire::codes::{EndReason, RefusalCode};
use aval_protocol::wire::record::LineFacts;
use aval_protocol::wire::session::{Capabilities, SessionRequest, WorkCategory};

use super::{Desk, Engine, NOW, after, bytes_of, id, nobody, on_both, person};
use crate::records::{SessionRow, SessionStep, StoreError};

fn session(n: u8, agent: AgentId) -> SessionRow {
    SessionRow {
        id: SessionId([n; 16]),
        technician: person("sophie.martin"),
        contract: id("C-2026-001"),
        request: SessionRequest {
            agent,
            capabilities: Capabilities::VIEW.with(Capabilities::CONTROL),
            category: WorkCategory::Maintenance,
            reference: "appel de Mme Leroy, 10 h 12".into(),
            minutes: 45,
        },
        at: after(i64::from(n)),
        steps: Vec::new(),
    }
}

fn a_session_is_told_from_its_request_to_its_end(engine: Engine) {
    let desk = Desk::on(engine);
    let agent = desk.approved().id;
    let mut told = session(2, agent);
    desk.store.session_requested(&told).unwrap();
    desk.store.session_requested(&session(1, agent)).unwrap();
    told.steps = vec![
        (after(3), SessionStep::Asked),
        (after(9), SessionStep::Granted(Capabilities::VIEW)),
        (after(60), SessionStep::Ended(EndReason::EndedByPerson)),
    ];
    for (at, step) in &told.steps {
        desk.store.session_step(told.id, *at, *step).unwrap();
    }
    assert_eq!(desk.store.sessions(agent).unwrap(), [session(1, agent), told.clone()]);
    assert_eq!(desk.store.sessions(nobody()).unwrap(), []);

    let late = desk.store.session_step(told.id, after(61), SessionStep::Ended(EndReason::LinkLost));
    assert!(matches!(late, Err(StoreError::Conflict(_))));
    let stray = desk.store.session_step(SessionId([9; 16]), NOW, SessionStep::Asked);
    assert!(matches!(stray, Err(StoreError::NotFound(_))));
    assert!(matches!(desk.store.session_requested(&told), Err(StoreError::Conflict(_))));
    assert!(matches!(desk.store.session_requested(&session(5, nobody())), Err(StoreError::NotFound(_))));
}

fn a_session_has_one_receipt(engine: Engine) {
    let desk = Desk::on(engine);
    let row = session(1, desk.approved().id);
    desk.store.session_requested(&row).unwrap();
    assert_eq!(desk.store.receipt_of(row.id).unwrap(), None);
    desk.store.receipt(row.id, NOW, b"signed").unwrap();
    desk.store.receipt(row.id, after(1), b"signed").unwrap();
    assert!(matches!(desk.store.receipt(row.id, NOW, b"other"), Err(StoreError::Conflict(_))));
    assert!(matches!(desk.store.receipt(row.id, NOW, &[0; 16 * 1024 + 1]), Err(StoreError::Invalid(_))));
    assert!(matches!(desk.store.receipt(SessionId([9; 16]), NOW, b"x"), Err(StoreError::NotFound(_))));
    assert_eq!(desk.store.receipt_of(row.id).unwrap().unwrap(), b"signed");
}

fn clause_4_4_each_measurement_is_kept_as_evidence(engine: Engine) {
    let desk = Desk::on(engine);
    let agent = desk.approved().id;
    let line = |rtt_ms| LineFacts {
        measured_at: NOW,
        rtt_ms,
        down_kbit: u32::MAX,
        up_kbit: 1,
        loss_permille: 1000,
        loss_low_permille: 3,
    };
    assert_eq!(desk.store.line(agent).unwrap(), None);
    desk.store.measured(agent, &line(10)).unwrap();
    desk.store.measured(agent, &line(20)).unwrap();
    assert_eq!(desk.store.line(agent).unwrap(), Some(line(20)));
    let kept = desk.count("SELECT count(*) FROM lines");
    assert_eq!(kept, 2);
    assert!(matches!(desk.store.measured(nobody(), &line(1)), Err(StoreError::NotFound(_))));
}

fn a_journal_verifies_after_the_record_was_closed_and_opened(engine: Engine) {
    let mut desk = Desk::on(engine);
    let relay = Signer::generate().unwrap();
    let agents = [desk.approved().id, nobody()];
    let mut heads = [Head::default(); 2];
    for n in 1..=30u8 {
        for (agent, head) in agents.iter().zip(&mut heads) {
            let event = Event::GateRefused {
                session: SessionId([n; 16]),
                codes: vec![RefusalCode::OutOfHours, RefusalCode::Unknown(4711)],
                at: NOW,
            };
            *head = desk.store.journal_append(*agent, &relay, after(n.into()), &event).unwrap();
            assert_eq!(head.seq, u64::from(n));
        }
        if n % 10 == 0 {
            desk.store = desk.again();
        }
    }
    for (agent, head) in agents.into_iter().zip(heads) {
        assert_eq!(desk.store.journal_head(agent).unwrap(), head);
        let mut entries = Vec::new();
        loop {
            let from = u64::try_from(entries.len()).unwrap() + 1;
            let (page, more) = desk.store.journal_page(agent, from, 7).unwrap();
            entries.extend(page);
            if !more {
                break;
            }
        }
        assert_eq!(verify(&entries, relay.spki(), None).unwrap(), head);
        assert_eq!(entries.len(), 30);
        let spki = Signer::generate().unwrap().spki().to_vec();
        verify(&entries, &spki, None).unwrap_err();
    }
    assert_eq!(desk.store.journal_page(agents[0], 31, 7).unwrap(), (vec![], false));
    assert_eq!(desk.store.journal_page(agents[0], u64::MAX, 7).unwrap(), (vec![], false));
}

fn an_event_too_long_leaves_the_journal_as_it_was(engine: Engine) {
    let desk = Desk::on(engine);
    let relay = Signer::generate().unwrap();
    let event = Event::Enrolled { agent_key: KeyId([1; 32]) };
    let head = desk.store.journal_append(nobody(), &relay, NOW, &event).unwrap();
    let long = Event::GateRefused {
        session: SessionId([1; 16]),
        codes: vec![RefusalCode::Lapsed; MAX_BODY],
        at: NOW,
    };
    assert!(matches!(desk.store.journal_append(nobody(), &relay, NOW, &long), Err(StoreError::Invalid(_))));
    assert_eq!(desk.store.journal_head(nobody()).unwrap(), head);
    assert_eq!(desk.store.journal_append(nobody(), &relay, NOW, &event).unwrap().seq, 2);
}

fn two_programs_write_one_unbroken_journal(engine: Engine) {
    let desk = Desk::on(engine);
    let relay = Signer::generate().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let store = desk.again();
                for n in 0..15 {
                    let event = Event::PeerHead { seq: n, hash: [0; 32] };
                    store.journal_append(nobody(), &relay, NOW, &event).unwrap();
                }
            });
        }
    });
    let (entries, more) = desk.store.journal_page(nobody(), 1, 100).unwrap();
    assert_eq!((entries.len(), more), (45, false));
    verify(&entries, relay.spki(), None).unwrap();
}

fn clause_14_1_an_erased_text_is_gone_from_the_disk_and_the_journal_stands(engine: Engine) {
    let desk = Desk::on(engine);
    let (relay, secret) = (Signer::generate().unwrap(), "appel de Mme Geneviève Leroy");
    let committed = commitment(&[7; 16], secret);
    let event = Event::ExceptionGranted { by: person("claire.dubois"), until: NOW, reason: committed };
    let head = desk.store.journal_append(nobody(), &relay, NOW, &event).unwrap();
    assert!(matches!(desk.store.keep_text(committed, [7; 16], "other"), Err(StoreError::Invalid(_))));
    desk.store.keep_text(committed, [7; 16], secret).unwrap();
    desk.store.keep_text(committed, [7; 16], secret).unwrap();
    assert_eq!(desk.store.text(committed).unwrap().as_deref(), Some(secret));

    let on_disk = || {
        let files = desk.dir.path().read_dir().unwrap().map(|entry| bytes_of(&entry.unwrap().path()));
        files.flatten().collect::<Vec<_>>().windows(secret.len()).any(|bytes| bytes == secret.as_bytes())
    };
    // A server’s files are its own affair.
    let file = matches!(engine, Engine::Sqlite);
    assert_eq!(on_disk(), file);
    desk.store.erase_text(committed).unwrap();
    assert!(!on_disk());
    assert_eq!(desk.store.text(committed).unwrap(), None);
    assert!(matches!(desk.store.erase_text(committed), Err(StoreError::NotFound(_))));
    let (entries, _) = desk.store.journal_page(nobody(), 1, 9).unwrap();
    assert_eq!(verify(&entries, relay.spki(), None).unwrap(), head);
}

on_both!(
    a_session_is_told_from_its_request_to_its_end,
    a_session_has_one_receipt,
    clause_4_4_each_measurement_is_kept_as_evidence,
    a_journal_verifies_after_the_record_was_closed_and_opened,
    an_event_too_long_leaves_the_journal_as_it_was,
    two_programs_write_one_unbroken_journal,
    clause_14_1_an_erased_text_is_gone_from_the_disk_and_the_journal_stands,
);
