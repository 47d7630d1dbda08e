//! One message of every kind that may travel, with the same bytes on every machine.

mod beside;
mod bulletin;
mod contracts;
mod equipment;
mod handover;
mod local;
mod papers;
mod program;
mod promise;
mod resume;
mod turn;

use super::closing::{Closes, Closing, Extension, Overrun};
use super::codes::{CloseCode, EndReason, FaultCode, RefusalCode};
use super::enrol::{Accepted, Call, Reply};
use super::input::{Button, InputEvent, InputUp, Key};
use super::inventory::{
    Digest, HardwareFacts, Held, InventoryDown, InventoryRecord, InventoryUp, KeptSection, Packed,
    SectionKind, SectionRefused,
};
use super::link::{Downlink, Farewell, Head, Hello, Lane, Offer, Standing, Step, Uplink};
use super::probe::ProbeDone;
use super::record::{
    CodeIssued, ContractLine, ContractPage, ContractStanding, ContractState, CoverageState, Decision,
    Exception, JournalPage, LineFacts, MachineDetail, MachineNews, MachinePage, MachineRow, Mark,
    OfferAnswer, OfferKind, OfferLine, OfferMade, OfferRow, PersonLine, Reason, SessionLine,
};
use super::screen::{Copy, Cursor, Photo, Rect, ScreenDown, ScreenUp};
use super::session::{
    Approval, Capabilities, ClosingState, FromAgent, FromConsole, Notice, Permitted, Pulse, Receipt,
    SessionRequest, Ticket, WorkCategory,
};
use super::{Wire, WireError, decode_content, encode};
use crate::firm::{Profile, Signed, Signer, Statement};
use crate::id::{AgentId, ContractId, Epoch, KeyId, PersonId, SessionId, UnixSeconds};
use crate::journal::Entry;
use crate::text::Lang;

const NOW: UnixSeconds = UnixSeconds(1_795_000_000);
const LATER: UnixSeconds = UnixSeconds(1_795_000_060);
const SESSION: SessionId = SessionId([0x5e; 16]);
const AGENT: AgentId = AgentId([0xa9; 16]);

/// A message as a frame, and how its kind is read.
pub(super) struct Sample {
    pub(super) name: String,
    pub(super) frame: Vec<u8>,
    pub(super) limit: usize,
    /// Reads content as this kind of message.
    pub(super) read: fn(&[u8]) -> Result<(), WireError>,
    /// Whether content is exactly this message.
    pub(super) is: Is,
}

type Is = Box<dyn Fn(&[u8]) -> bool>;

fn sample<M: Wire + PartialEq + 'static>(name: &str, message: M) -> Sample {
    Sample {
        name: name.to_owned(),
        frame: encode(&message).unwrap(),
        limit: M::LIMIT,
        read: |content| decode_content::<M>(content).map(|_| ()),
        is: Box::new(move |content| decode_content::<M>(content).is_ok_and(|read| read == message)),
    }
}

/// The seed of RFC 8032 §7.1, test 1, as PKCS#8 (RFC 8410 §10.3).
fn signed<S: Statement>(statement: &S) -> Signed<S> {
    const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    let mut pkcs8 = vec![0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    pkcs8.extend((0..32).map(|i| u8::from_str_radix(&SEED[2 * i..2 * i + 2], 16).unwrap()));
    Signer::from_pkcs8(pkcs8, vec![vec![0x30, 0]]).unwrap().sign(statement).unwrap()
}

fn contract() -> ContractId {
    ContractId::new("C-2026-014").unwrap()
}

fn person() -> PersonId {
    PersonId::new("sophie.martin").unwrap()
}

fn request() -> SessionRequest {
    SessionRequest {
        agent: AGENT,
        capabilities: Capabilities::KNOWN,
        category: WorkCategory::Assistance,
        reference: "appel de Mme Leroy, 10 h 12".into(),
        minutes: 60,
    }
}

fn ticket() -> Ticket {
    Ticket {
        session: SESSION,
        technician: person(),
        technician_key: KeyId([4; 32]),
        agent_key: KeyId([0xa9; 32]),
        contract: contract(),
        request: request(),
        issued_at: NOW,
        expires_at: LATER,
        closing: Closing::after(6 * 3600, Overrun::default(), Closes::SupportHours, 18 * 60, 18 * 60 + 30),
        beside: None,
    }
}

fn approval() -> Approval {
    Approval { agent_key: KeyId([0xa9; 32]), contract: contract(), hostname: "ACCUEIL".into(), at: NOW }
}

fn receipt() -> Receipt {
    Receipt {
        session: SESSION,
        agent_key: KeyId([0xa9; 32]),
        technician: person(),
        technician_key: KeyId([4; 32]),
        contract: contract(),
        capabilities: Capabilities::VIEW,
        epoch: Epoch(42),
        granted_at: NOW,
        for_s: 3600,
        shown_ms: 7_312,
        channel: [0xc4; 32],
    }
}

fn line() -> LineFacts {
    LineFacts {
        measured_at: NOW,
        rtt_ms: 24,
        down_kbit: 19_800,
        up_kbit: 980,
        loss_permille: 3,
        loss_low_permille: 1,
    }
}

fn facts() -> HardwareFacts {
    HardwareFacts {
        hostname: "ACCUEIL".into(),
        os: Some("Debian GNU/Linux 12".into()),
        os_build: Some("6.1.0-18-amd64".into()),
        arch: Some("x86_64".into()),
        cpu: Some("Intel(R) Core(TM) i5-8500".into()),
        logical_cpus: Some(6),
        memory_mib: Some(15_900),
        volumes_mib: Some(488_281),
        vendor: Some("Dell Inc.".into()),
        model: Some("OptiPlex 3060".into()),
        serial: None,
    }
}

fn reason() -> Reason {
    let (fr, en) = ("Le contrat est échu.".into(), "The contract has lapsed.".into());
    Reason { code: RefusalCode::Lapsed, clause: "6.3".into(), fr, en }
}

fn decision() -> Decision {
    let offer = OfferLine {
        kind: "phone".into(),
        included: true,
        clause: "4.4".into(),
        fr: "Assistance par téléphone".into(),
        en: "Help by telephone".into(),
    };
    Decision {
        permitted: false,
        at: NOW,
        contract: Some(contract()),
        capabilities: Capabilities::none(),
        reasons: vec![reason(), Reason { code: RefusalCode::Unknown(999), ..reason() }],
        warnings: vec![Reason { code: RefusalCode::LinkDegraded, ..reason() }],
        retry_at: Some(LATER),
        offers: vec![offer],
        line: Some(line()),
    }
}

fn row() -> MachineRow {
    MachineRow {
        agent: AGENT,
        facts: facts(),
        client: "Boulangerie Kervella".into(),
        contract: contract(),
        spki: vec![0x30, 0x2a, 0x30, 5],
        approved: true,
        online: true,
        last_seen: Some(NOW),
        standing: ContractStanding { state: ContractState::InForce, on: Some(LATER) },
        coverage: CoverageState::Covered,
    }
}

fn offer_row() -> OfferRow {
    OfferRow {
        offer: 7,
        agent: AGENT,
        session: None,
        kind: OfferKind::Workshop,
        category: WorkCategory::Maintenance,
        included: false,
        clause: "4.8".into(),
        note: "alimentation".into(),
        by: person(),
        at: NOW,
        answer: Some(OfferAnswer::Refused),
        answered_by: Some(person()),
        answered_at: Some(LATER),
    }
}

fn desk() -> Vec<Sample> {
    let call = |name: &str, call: Call| sample(&format!("call {name}"), call);
    let reply = |name: &str, reply: Reply| sample(&format!("reply {name}"), reply);
    let mark = Mark { boot: 7, version: 300 };
    let offer_row = offer_row();
    let made = OfferMade {
        agent: AGENT,
        session: None,
        kind: OfferKind::Workshop,
        category: WorkCategory::Maintenance,
        note: "alimentation".into(),
    };
    let line = SessionLine {
        session: SESSION,
        at: NOW,
        technician: person(),
        category: WorkCategory::Assistance,
        reference: "appel".into(),
        granted: Capabilities::VIEW,
        duration_s: 600,
        ended: Some(EndReason::EndedByPerson),
    };
    let detail = MachineDetail {
        row: row(),
        approved: Some(("anne.leroy".into(), NOW)),
        sessions: vec![line],
        offers: vec![offer_row.clone()],
        program: Some(program::word()),
    };
    let someone = PersonLine {
        person: person(),
        name: "Sophie Martin".into(),
        roles: vec!["technician".into()],
        locked: false,
        online: true,
        last_seen: Some(NOW),
    };
    let standing = ContractStanding { state: ContractState::Lapsed, on: Some(NOW) };
    let contract_line =
        ContractLine { contract: contract(), client: "Boulangerie Kervella".into(), standing, machines: 3 };
    vec![
        call("news", Call::News { since: mark, wait_s: 20 }),
        call("machine", Call::Machine { agent: AGENT }),
        call("offer", Call::Offer(Box::new(made))),
        call("answer", Call::Answer { offer: 7, answer: OfferAnswer::Accepted }),
        call("people", Call::People),
        call("contracts", Call::Contracts { after: None }),
        reply("news", Reply::News(MachineNews { mark, all: false, rows: vec![row()], gone: vec![AGENT] })),
        reply("machine", Reply::Machine(Box::new(detail))),
        reply("offer", Reply::Offer(Box::new(offer_row))),
        reply("people", Reply::People(vec![someone])),
        reply("contracts", Reply::Contracts(ContractPage { rows: vec![contract_line], more: false })),
    ]
}

fn permitted() -> Permitted {
    Permitted {
        ticket: signed(&ticket()),
        agent_spki: vec![0x30, 0x2a, 0x30, 5],
        approval: signed(&approval()),
        warnings: vec![reason()],
        line: line(),
    }
}

/// Every kind.
pub(super) fn all() -> Vec<Sample> {
    [
        links(),
        calls(),
        replies(),
        desk(),
        sessions(),
        lanes(),
        local::prompts(),
        contracts::all(),
        resume::all(),
        papers::all(),
        handover::all(),
        equipment::all(),
        bulletin::all(),
        turn::all(),
        promise::all(),
        equipment::more(),
        equipment::assent(),
        bulletin::succession(),
        beside::all(),
        bulletin::renewal(),
        program::all(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn held() -> Held {
    Held { kind: SectionKind::Batteries, digest: Digest([0x0e; 16]) }
}

/// No batteries, read in full.
fn packed() -> Packed {
    Packed { kind: SectionKind::Batteries, taken_at: NOW, body: vec![1, 1, 1, 10, 0] }
}

fn links() -> Vec<Sample> {
    let hello = Hello { program: "aval-agent 0.1.0".into(), oldest: 1, boot: [7; 16] };
    let down = |name: &str, word| sample(&format!("downlink {name}"), word);
    let goodbye = |name: &str, word| down(&format!("farewell {name}"), Downlink::Farewell(word));
    let standing = |name: &str, word| down(&format!("standing {name}"), Downlink::Standing(word));
    let step =
        |name: &str, step| sample(&format!("uplink step {name}"), Uplink::Step { session: SESSION, step });
    let lane = |name: &str, lane| sample(&format!("head lane {name}"), Head::Lane { session: SESSION, lane });
    vec![
        sample("head link", Head::Link(hello)),
        sample("head call", Head::Call(Box::new(Call::Machines { after: None }))),
        lane("control", Lane::Control),
        lane("screen", Lane::Screen),
        lane("input", Lane::Input),
        sample("head media", Head::Media { session: SESSION }),
        sample("head probe", Head::Probe { token: 0x0123_4567_89ab_cdef }),
        down("welcome", Downlink::Welcome { relay_time: NOW }),
        goodbye("redirect", Farewell::Redirect { to: vec!["relais.example:7443".into()], after_s: 5 }),
        goodbye("restarting", Farewell::Restarting { reconnect_in_s: 10, try_for_s: 120 }),
        goodbye("too old", Farewell::TooOld { oldest: 2 }),
        goodbye("closed", Farewell::Closed(CloseCode::Superseded)),
        standing("unknown", Standing::Unknown),
        standing("pending", Standing::Pending),
        standing("approved", Standing::Approved(Box::new(signed(&approval())))),
        down("measure line", Downlink::MeasureLine { token: 77 }),
        down("offer", Downlink::Offer(Box::new(Offer { ticket: signed(&ticket()) }))),
        down("over", Downlink::Over { session: SESSION, reason: EndReason::SecurityCut }),
        sample("uplink facts", Uplink::Facts(Box::new(facts()))),
        step("asked", Step::Asked),
        step("granted", Step::Granted(Box::new(signed(&receipt())))),
        step("extension", Step::Extension(Extension::Granted)),
        step("ended", Step::Ended { reason: EndReason::EndedByPerson }),
        sample("uplink journal head", Uplink::JournalHead { seq: 12, hash: [0x1d; 32] }),
        sample("uplink inventory check", Uplink::Inventory(InventoryUp::Check { root: Digest([0x40; 16]) })),
        sample("uplink inventory section", Uplink::Inventory(InventoryUp::Section(packed()))),
        down("inventory wanted", Downlink::Inventory(InventoryDown::Wanted)),
        down("inventory same", Downlink::Inventory(InventoryDown::Same { root: Digest([0x40; 16]) })),
        down("inventory held", Downlink::Inventory(InventoryDown::Held(vec![held()]))),
        down("inventory kept", Downlink::Inventory(InventoryDown::Kept(held()))),
        down(
            "inventory refused",
            Downlink::Inventory(InventoryDown::Refused {
                kind: SectionKind::Disks,
                why: SectionRefused::TooMany,
            }),
        ),
        sample("hardware facts", facts()),
        sample(
            "profile",
            Profile { name: "Atelier Beaurepaire Informatique".into(), phone: "+33199001234".into() },
        ),
    ]
}

fn accepted() -> Accepted {
    Accepted { version: "0.1.0".into(), sha256: [0xab; 32], lang: Lang::Fr }
}

fn calls() -> Vec<Sample> {
    let call = |name: &str, call: Call| sample(&format!("call {name}"), call);
    let exception = Exception {
        agent: AGENT,
        reason: "panne de caisse".into(),
        from: NOW,
        until: UnixSeconds(NOW.0 + 7200),
    };
    vec![
        call("enrol", Call::Enrol { code: "K7QF2M9XRT4W".into(), facts: facts(), accepted: accepted() }),
        call("machines", Call::Machines { after: Some(AGENT) }),
        call("request session", Call::RequestSession(request())),
        call("explain", Call::Explain { request: request(), at: Some(LATER) }),
        call("issue code", Call::IssueCode { contract: contract(), valid_minutes: 1440 }),
        call("approve", Call::Approve(Box::new(signed(&approval())))),
        call("grant exception", Call::GrantException(exception)),
        call("lock", Call::Lock { technician: person(), locked: true, reason: "poste perdu".into() }),
        call("journal", Call::Journal { agent: AGENT, from: 1 }),
        call("inventory", Call::Inventory { agent: AGENT }),
        call("firm", Call::Firm),
        call("leave", Call::Leave),
    ]
}

fn inventory() -> InventoryRecord {
    let kept = KeptSection { newest: packed(), received_at: LATER, last_whole: None };
    InventoryRecord { checked_at: Some(LATER), sections: vec![kept] }
}

fn replies() -> Vec<Sample> {
    let reply = |name: &str, reply: Reply| sample(&format!("reply {name}"), reply);
    let entry = Entry { seq: 1, prev: [0; 32], at: NOW, body: vec![0, 1, 2], signature: vec![9; 64] };
    let code = CodeIssued {
        code: "K7QF-2M9X-RT4W".into(),
        expires_at: LATER,
        by: person(),
        link: Some("https://aide.example.fr/i/K7QF-2M9X-RT4W".into()),
    };
    let fault = Reply::Fault {
        code: FaultCode::CodeUsed,
        fr: "Ce code a déjà servi.".into(),
        en: "This code was used.".into(),
    };
    vec![
        reply("fault", fault),
        reply("done", Reply::Done),
        reply("enrolled", Reply::Enrolled { agent: AGENT }),
        reply(
            "machines",
            Reply::Machines(MachinePage {
                rows: vec![row()],
                more: true,
                mark: Mark { boot: 7, version: 300 },
            }),
        ),
        reply("permitted", Reply::Permitted(Box::new(permitted()))),
        reply("decision", Reply::Decision(Box::new(decision()))),
        reply("code", Reply::Code(code)),
        reply(
            "journal",
            Reply::Journal(JournalPage { entries: vec![entry], spki: vec![0x30, 0x2a], more: true }),
        ),
        reply("inventory", Reply::Inventory(Box::new(inventory()))),
        reply("firm", Reply::Firm("-----BEGIN CERTIFICATE-----".into())),
        sample("decision", decision()),
    ]
}

fn sessions() -> Vec<Sample> {
    let from = |name: &str, word: FromAgent| sample(&format!("from agent {name}"), word);
    let lease = Pulse::Lease { epoch: Epoch(42), remaining_s: 3_599 };
    let revoked = Pulse::Revoked { epoch: Epoch(42), reason: EndReason::BannerLost };
    let told = FromConsole::Request { request: Box::new(signed(&request())), nonce: [0x0c; 32] };
    vec![
        sample("session request", request()),
        sample("ticket", ticket()),
        sample("approval", approval()),
        sample("receipt", receipt()),
        sample("from console request", told),
        sample("from console end", FromConsole::End),
        from("commit", FromAgent::Commit([0xc0; 32])),
        from("reveal", FromAgent::Reveal([0x0a; 32])),
        from("asking", FromAgent::Asking { for_s: 60 }),
        from("granted", FromAgent::Granted(Box::new(signed(&receipt())))),
        from("pulse", FromAgent::Pulse(lease)),
        from("notice local input", FromAgent::Notice(Notice::LocalInput { active: true })),
        from("notice screen paused", FromAgent::Notice(Notice::ScreenPaused { active: false })),
        from(
            "notice closing",
            FromAgent::Notice(Notice::Closing { state: ClosingState::ViewOnly, at: 1085 }),
        ),
        sample("pulse lease", lease),
        sample("pulse revoked", revoked),
    ]
}

fn lanes() -> Vec<Sample> {
    let typed = |name: &str, event| sample(&format!("input {name}"), InputUp { epoch: Epoch(42), event });
    let update = ScreenDown::Update {
        seq: 3,
        epoch: Epoch(42),
        copies: vec![Copy { rect: Rect { x: 64, y: 80, width: 1280, height: 600 }, dx: 0, dy: -48 }],
        rects: vec![Rect { x: 0, y: 700, width: 64, height: 64 }],
        pixels: vec![0x28, 0xb5, 0x2f, 0xfd],
        photos: vec![Photo { rect: Rect { x: 640, y: 64, width: 96, height: 64 }, jpeg: vec![0xff, 0xd8] }],
    };
    let shape = Cursor { width: 1, height: 1, hot_x: 0, hot_y: 0, rgba: vec![0xff, 0xff, 0xff, 0x80] };
    vec![
        sample("screen geometry", ScreenDown::Geometry { width: 1920, height: 1080 }),
        sample("screen update", update),
        sample("screen cursor", ScreenDown::Cursor { epoch: Epoch(42), shape }),
        sample("screen painted", ScreenUp::Painted { seq: 3, epoch: Epoch(42) }),
        typed("move", InputEvent::Move { x: 640, y: 480 }),
        typed("button", InputEvent::Button { button: Button::Right, down: true }),
        typed("wheel", InputEvent::Wheel { dx: 0, dy: -360 }),
        typed("char", InputEvent::Char('é')),
        typed("key", InputEvent::Key { key: Key::F12, down: false }),
        typed("key of the pad", InputEvent::Key { key: Key::NumpadEnter, down: true }),
        typed("release all", InputEvent::ReleaseAll),
        sample("probe done", ProbeDone { facts: Some(line()) }),
    ]
}
