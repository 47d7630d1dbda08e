//! A contract's equipment over the wire: from what a machine says of itself to the list both approve, to the gate; and a copied key.

use aval_protocol::firm::{Role, Signer};
use aval_protocol::id::AgentId;
use aval_protocol::journal::Told;
use aval_protocol::wire::assent::{ListAsk, ListWord};
use aval_protocol::wire::codes::{FaultCode, RefusalCode};
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::equipment::{Amendment, ListHash};
use aval_protocol::wire::fleet::{
    ChangeConfidence, EquipmentImport, EquipmentPage, EquipmentWrite, FindingAnswer, ImportFate, ImportPlan,
    ListStanding, MAX_BROUGHT, MeansLine,
};
use aval_protocol::wire::inventory::items::{Board, Check, Disk, Health, Machine};
use aval_protocol::wire::inventory::{
    Bus, Chassis, CheckKind, Content, Day, Grade, InventoryDown, InventoryUp, List, Section, Serial, Text,
};
use aval_protocol::wire::link::{Downlink, Standing, Uplink};
use aval_protocol::wire::papers::{PaperDraft, PapersWrite};

use crate::world::{Link, NOW, World, asked, code_of, contract, good, member};

/// What a machine says that tells which it is.
fn contents(serial: &str, board: &str, disk: &str) -> Vec<Content> {
    let vendor = Text::new("Dell");
    vec![
        Content::Machine(Machine {
            chassis: Some(Chassis::Desktop),
            vendor: vendor.clone(),
            model: Text::new("OptiPlex 7090"),
            serial: Serial::new(serial),
            ..Machine::default()
        }),
        Content::Board(Board { vendor, serial: Serial::new(board), ..Board::default() }),
        Content::Disks(List::of([Disk {
            serial: Serial::new(disk),
            size: 1 << 39,
            bus: Some(Bus::Nvme),
            ..Disk::default()
        }])),
        Content::Nics(List::default()),
    ]
}

async fn tells(link: &mut Link, all: Vec<Content>) {
    for content in all {
        let section = Section::collected(NOW, content).pack();
        link.writer.write(&Uplink::Inventory(InventoryUp::Section(section))).await.unwrap();
        assert!(matches!(link.hear().await, Downlink::Inventory(InventoryDown::Kept(_))));
    }
}

/// An approved machine that has said which it is.
async fn known(world: &World) -> (AgentId, Link) {
    let (key, agent) = world.approved().await;
    let mut machine = world.link(&key, good()).await;
    assert!(matches!(machine.hear().await, Downlink::Standing(Standing::Approved(_))));
    assert_eq!(machine.hear().await, Downlink::Inventory(InventoryDown::Wanted));
    tells(&mut machine, contents("7HJ2K33", "CN0X1", "S64A1")).await;
    (agent, machine)
}

async fn page(link: &Link, call: Call) -> EquipmentPage {
    match link.call(call).await {
        Reply::Equipment(page) => *page,
        other => panic!("{other:?}"),
    }
}

fn write(write: EquipmentWrite) -> Call {
    Call::WriteEquipment(Box::new(write))
}

fn propose(read: Option<ListHash>, changes: Vec<Amendment>) -> Call {
    let from = Day::of_iso("2026-11-24").unwrap();
    write(EquipmentWrite::Propose { contract: contract(), read, from, changes })
}

fn approve(list: ListHash, paper: bool) -> Call {
    let paper = paper.then(|| ([7; 32], "classeur 3".to_owned()));
    write(EquipmentWrite::Approve { contract: contract(), list, paper })
}

async fn reasons(desk: &Link, agent: AgentId) -> Vec<RefusalCode> {
    let Reply::Decision(said) = desk.call(Call::Explain { request: asked(agent), at: None }).await else {
        panic!()
    };
    said.reasons.iter().map(|reason| reason.code).collect()
}

#[tokio::test(start_paused = true)]
async fn clause_2_2_from_what_a_machine_says_to_the_list_that_the_gate_goes_by() {
    let world = World::start();
    let (agent, _machine) = known(&world).await;

    let desk = world.link(&world.technician(), good()).await;
    let manager = world.link(&world.manager(), good()).await;
    let seen = page(&desk, Call::Equipment { contract: contract() }).await;
    assert_eq!((seen.machines.len(), seen.newest.as_ref(), seen.suggestions.len()), (1, None, 1));
    assert_eq!(seen.machines[0].serial.as_ref().map(Text::as_str), Some("7HJ2K33"));
    let add = seen.suggestions[0].change.clone();
    // Reading is everybody's of the firm, writing a manager's, amounts billing's.
    assert_eq!(code_of(&desk.call(propose(None, vec![add.clone()])).await), Some(FaultCode::Forbidden));
    let proposed = page(&manager, propose(None, vec![add.clone()])).await;
    let list = proposed.proposed[0].hash();
    let effect = Call::EquipmentEffect { contract: contract(), list };
    assert_eq!(code_of(&desk.call(effect.clone()).await), Some(FaultCode::Forbidden));
    let billing = world.link(&member(&world.firm, Role::Billing, "b.billing"), good()).await;
    // Nobody wrote down how the contract is invoiced.
    assert_eq!(code_of(&billing.call(effect).await), Some(FaultCode::Invalid));

    assert_eq!(page(&manager, approve(list, false)).await.newest, None, "one party alone");
    assert_eq!(code_of(&manager.call(approve(list, false)).await), Some(FaultCode::Conflict));
    let approved = page(&manager, approve(list, true)).await;
    assert_eq!(approved.newest.as_ref().map(|list| list.hash()), Some(list));
    assert_eq!((approved.machines[0].line, approved.suggestions.len()), (Some(1), 0));
    assert_eq!(approved.versions[0].standing, ListStanding::Approved);
    assert_eq!(
        code_of(&manager.call(propose(None, vec![add])).await),
        Some(FaultCode::Conflict),
        "read it again"
    );
    assert_eq!(reasons(&desk, agent).await, []);

    // Both agree that it leaves: it is not covered any more.
    let end = Amendment::End { no: 1, on: Day::of_iso("2026-11-24").unwrap() };
    let shorter = page(&manager, propose(Some(list), vec![end])).await.proposed[0].hash();
    page(&manager, approve(shorter, false)).await;
    assert_eq!(reasons(&desk, agent).await, []);
    page(&manager, approve(shorter, true)).await;
    assert_eq!(reasons(&desk, agent).await, [RefusalCode::DeviceNotCovered]);
}

#[tokio::test(start_paused = true)]
async fn a_copied_key_is_held_until_a_manager_has_said_what_it_is() {
    let world = World::start();
    let (agent, mut machine) = known(&world).await;
    let desk = world.link(&world.technician(), good()).await;
    let manager = world.link(&world.manager(), good()).await;
    assert_eq!(reasons(&desk, agent).await, []);

    tells(&mut machine, contents("8KK2L44", "CN0X2", "WX9B2")).await;
    assert_eq!(reasons(&desk, agent).await, [RefusalCode::AgentQuarantined]);
    let seen = page(&manager, Call::Equipment { contract: contract() }).await;
    assert!(seen.machines[0].held && seen.findings.len() == 1 && seen.findings[0].may_be_same);
    let finding = seen.findings[0].finding;
    let answer =
        |answer| write(EquipmentWrite::Answer { finding, answer, why: "tout a été remplacé".into() });
    assert_eq!(code_of(&desk.call(answer(FindingAnswer::Same)).await), Some(FaultCode::Forbidden));
    assert_eq!(code_of(&manager.call(answer(FindingAnswer::Other)).await), Some(FaultCode::Conflict));
    let after = page(&manager, answer(FindingAnswer::Same)).await;
    assert!(!after.machines[0].held && after.findings.is_empty());
    assert_eq!(reasons(&desk, agent).await, []);
    assert_eq!(code_of(&manager.call(answer(FindingAnswer::Same)).await), Some(FaultCode::Conflict));
}

fn brought(file: &str, read: Option<ListHash>, apply: bool) -> Call {
    Call::ImportEquipment(Box::new(EquipmentImport {
        contract: contract(),
        read,
        file: file.as_bytes().to_vec(),
        from: Day::of_iso("2026-11-24"),
        class: Text::new("poste"),
        notified: None,
        apply,
    }))
}

async fn plan(link: &Link, call: Call) -> ImportPlan {
    match link.call(call).await {
        Reply::ImportPlan(plan) => *plan,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn clause_2_2_a_file_is_taken_as_a_whole_or_not_at_all() {
    let world = World::start();
    let desk = world.link(&world.technician(), good()).await;
    let manager = world.link(&world.manager(), good()).await;
    let spoilt =
        "type;libellé;numéro de série\r\nimprimante;HP M507;PHCVN191TG\r\nécran;Dell P2422;7,3E+13\r\n";
    assert_eq!(code_of(&desk.call(brought(spoilt, None, false)).await), Some(FaultCode::Forbidden));

    // A bad line is told by its number, and nothing of the file is taken.
    let seen = plan(&manager, brought(spoilt, None, false)).await;
    let fates: Vec<_> = seen.lines.iter().map(|line| (line.at, line.fate)).collect();
    assert_eq!(fates, [(2, ImportFate::New), (3, ImportFate::Refused)]);
    assert!(seen.blocked.is_some() && seen.made.is_none());
    assert_eq!(code_of(&manager.call(brought(spoilt, None, true)).await), Some(FaultCode::Invalid));
    let nothing = page(&manager, Call::Equipment { contract: contract() }).await;
    assert_eq!(nothing.versions, []);

    // Looking changes nothing; taking it makes a proposal of all of it.
    let whole = spoilt.replace("7,3E+13", "CN0XYZ");
    let seen = plan(&manager, brought(&whole, None, false)).await;
    assert_eq!((seen.blocked, seen.made, seen.read), (None, None, None));
    assert_eq!(page(&manager, Call::Equipment { contract: contract() }).await.versions, []);
    let list = plan(&manager, brought(&whole, None, true)).await.made.unwrap();
    let proposed = page(&manager, Call::Equipment { contract: contract() }).await;
    assert_eq!(proposed.proposed.iter().map(|list| list.lines.len()).collect::<Vec<_>>(), [2]);
    for paper in [false, true] {
        page(&manager, approve(list, paper)).await;
    }
    // What was held against an older list is not taken.
    let more = "type;libellé\r\nonduleur;Eaton 5P\r\n";
    assert_eq!(code_of(&manager.call(brought(more, None, true)).await), Some(FaultCode::Conflict));
    let seen = plan(&manager, brought(more, None, false)).await;
    assert_eq!((seen.read, seen.unnamed), (Some(list), vec![1, 2]));

    // As large as a desk may bring, and no larger; a machine may bring none.
    let large = format!("type;libellé\r\n{}", " ".repeat(MAX_BROUGHT - 16));
    assert!(
        plan(&manager, brought(&large, None, false)).await.blocked.is_some(),
        "a line longer than a line is"
    );
    let larger = " ".repeat(MAX_BROUGHT + 1);
    assert_eq!(code_of(&manager.call(brought(&larger, None, false)).await), Some(FaultCode::Invalid));
}

#[tokio::test(start_paused = true)]
async fn clause_2_4_what_changed_of_a_machine_is_told_with_how_sure_it_is_and_what_it_means() {
    let world = World::start();
    let (agent, mut machine) = known(&world).await;
    let desk = world.link(&world.technician(), good()).await;
    let told = async |link: &Link| match link.call(Call::MachineEquipment { agent }).await {
        Reply::MachineEquipment(found) => *found,
        other => panic!("{other:?}"),
    };
    let before = told(&desk).await;
    assert_eq!((before.row.hostname.is_empty(), before.line, before.changes.len()), (false, None, 0));
    let disk = |serial: &str| Disk {
        serial: Serial::new(serial),
        size: 1 << 39,
        bus: Some(Bus::Nvme),
        ..Disk::default()
    };
    tells(&mut machine, vec![Content::Disks(List::of([disk("S64A1"), disk("S64A2")]))]).await;
    let after = told(&desk).await;
    assert_eq!(after.changes.len(), 1, "{:?}", after.changes);
    assert_eq!(after.changes[0].confidence, ChangeConfidence::Sure);
    assert!(after.changes[0].said.0.starts_with("ajouté"), "{:?}", after.changes[0]);
    let billing = world.link(&member(&world.firm, Role::Billing, "b.billing"), good()).await;
    assert_eq!(code_of(&billing.call(Call::MachineEquipment { agent }).await), Some(FaultCode::Forbidden));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_alive_on_two_machines_is_held_with_its_reason() {
    let world = World::start();
    let (key, agent) = world.approved().await;
    let desk = world.link(&world.technician(), good()).await;
    let manager = world.link(&world.manager(), good()).await;
    // The machine starts anew, and its line is lost: no reason for anything.
    let mut links = Vec::new();
    for boot in [1, 2, 2, 3] {
        links.push(world.link_of(&key, good(), [boot; 16]).await);
    }
    assert_eq!(reasons(&desk, agent).await, []);
    // A copy of its folder on another machine: each comes back for what the other took.
    for boot in [9, 3] {
        links.push(world.link_of(&key, good(), [boot; 16]).await);
        assert_eq!(reasons(&desk, agent).await, []);
    }
    links.push(world.link_of(&key, good(), [9; 16]).await);
    assert_eq!(reasons(&desk, agent).await, [RefusalCode::AgentQuarantined]);
    let seen = page(&manager, Call::Equipment { contract: contract() }).await;
    assert!(seen.machines[0].held && seen.findings[0].may_be_same);
    assert_eq!(seen.findings[0].rule, "twice_alive");
    assert!(seen.findings[0].asks.0.starts_with("Deux machines"), "{:?}", seen.findings[0].asks);
    // It stays held whatever either says of itself, until a manager answers.
    links.push(world.link_of(&key, good(), [3; 16]).await);
    let seen = page(&manager, Call::Equipment { contract: contract() }).await;
    assert_eq!(seen.findings.len(), 1);
    let answer = EquipmentWrite::Answer {
        finding: seen.findings[0].finding,
        answer: FindingAnswer::Same,
        why: "la copie est effacée".into(),
    };
    assert!(!page(&manager, write(answer)).await.machines[0].held);
    assert_eq!(reasons(&desk, agent).await, []);
}

/// Writes down whose machine the representative's is.
async fn name_representative(manager: &Link, agent: AgentId) {
    paper(manager, agent, "representative", r#"{"from":"2020-01-05","person":"Mme Leroy, gérante"}"#).await;
}

/// Writes down a paper about a machine.
async fn paper(manager: &Link, agent: AgentId, kind: &str, body: &str) {
    let Reply::Papers(read) = manager.call(Call::Papers { contract: contract() }).await else { panic!() };
    let draft =
        PaperDraft { kind: kind.to_owned(), agent: Some(agent), body: Some(body.to_owned()), corrects: None };
    let (version, papers) = (read.version, vec![draft]);
    let write = PapersWrite { contract: contract(), version, papers, table: String::new() };
    let done = manager.call(Call::WritePapers(Box::new(write))).await;
    assert!(matches!(done, Reply::Papers(_)), "{done:?}");
}

fn ask(list: ListHash) -> Call {
    write(EquipmentWrite::Ask { contract: contract(), list })
}

async fn waiting(machine: &Link) -> Option<ListAsk> {
    match machine.call(Call::ListAsk).await {
        Reply::ListAsk(found) => found.map(|ask| *ask),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn clause_2_2_the_representative_approves_a_version_at_their_machine_and_nobody_else_does() {
    let world = World::start();
    let (key, agent) = world.approved().await;
    let (mut machine, manager) = (world.link(&key, good()).await, world.link(&world.manager(), good()).await);
    let Downlink::Standing(Standing::Approved(_)) = machine.hear().await else { panic!() };
    assert_eq!(machine.hear().await, Downlink::Inventory(InventoryDown::Wanted));
    tells(&mut machine, contents("7HJ2K33", "CN0X1", "S64A1")).await;
    let seen = page(&manager, Call::Equipment { contract: contract() }).await;
    let add = seen.suggestions[0].change.clone();
    let list = page(&manager, propose(None, vec![add.clone()])).await.proposed[0].hash();
    // Nobody is named: nobody is asked.
    assert_eq!(code_of(&manager.call(ask(list)).await), Some(FaultCode::Conflict));
    name_representative(&manager, agent).await;
    let put = page(&manager, ask(list)).await;
    assert_eq!(machine.hear().await, Downlink::ListWaits);
    assert_eq!(
        put.representative.as_ref().map(|(found, _, who)| (*found, who.as_str())),
        Some((agent, "Mme Leroy, gérante"))
    );
    assert_eq!((put.asks.len(), put.asks[0].word), (1, None));
    assert_eq!(code_of(&manager.call(ask(list)).await), Some(FaultCode::Conflict), "it waits there already");

    // Only that machine is told what waits, and only its key counts.
    let (other_key, _) = world.approved().await;
    let other = world.link(&other_key, good()).await;
    assert_eq!(waiting(&other).await, None);
    let found = waiting(&machine).await.unwrap();
    assert_eq!((found.list.hash(), found.before.as_ref(), found.changes().unwrap().len()), (list, None, 1));
    assert_eq!(found.effect, None, "nobody wrote down how it is invoiced");
    let word =
        |list, yes| ListWord { contract: contract(), list, yes, effect: None, shown_ms: 4200, at: NOW };
    let say = |signer: &Signer, word: &ListWord| Call::ListWord(Box::new(signer.sign(word).unwrap()));
    let by = async |link: &Link, call: Call| code_of(&link.call(call).await);
    assert_eq!(by(&machine, say(&other_key, &word(list, true))).await, Some(FaultCode::Invalid));
    assert_eq!(by(&other, say(&other_key, &word(list, true))).await, Some(FaultCode::Conflict));
    assert_eq!(by(&machine, say(&key, &word(ListHash([7; 32]), true))).await, Some(FaultCode::Conflict));
    assert_eq!(by(&manager, say(&key, &word(list, true))).await, Some(FaultCode::Forbidden));
    assert!(page(&manager, Call::Equipment { contract: contract() }).await.versions[0].approvals.is_empty());

    // A no is kept and changes nothing; it may be put again, and the yes is the client's approval.
    assert_eq!(machine.call(say(&key, &word(list, false))).await, Reply::Done);
    assert_eq!(by(&machine, say(&key, &word(list, true))).await, Some(FaultCode::Conflict), "said once");
    page(&manager, ask(list)).await;
    assert_eq!(machine.hear().await, Downlink::ListWaits);
    assert_eq!(machine.call(say(&key, &word(list, true))).await, Reply::Done);
    let said = page(&manager, Call::Equipment { contract: contract() }).await;
    assert_eq!(
        said.asks.iter().map(|ask| ask.word.map(|(yes, _)| yes)).collect::<Vec<_>>(),
        [Some(false), Some(true)]
    );
    assert_eq!(said.versions[0].approvals[0].means, MeansLine::Machine { agent });
    assert_eq!(said.newest, None, "one party alone");
    assert_eq!(page(&manager, approve(list, false)).await.newest.map(|list| list.hash()), Some(list));
    assert_eq!(waiting(&machine).await, None);

    // What is signed names what was read, for whoever asks later.
    let Reply::Journal(journal) = manager.call(Call::Journal { agent, from: 0 }).await else { panic!() };
    let told: Vec<_> = journal
        .entries
        .iter()
        .filter_map(|entry| match entry.told() {
            Told::Known(event) => Some(event.label()),
            Told::Opaque => None,
        })
        .collect();
    let wanted = ["LIST_ASKED", "LIST_REFUSED", "LIST_ASKED", "LIST_APPROVED"];
    assert_eq!(told.iter().filter(|label| label.starts_with("LIST")).copied().collect::<Vec<_>>(), wanted);
}

#[tokio::test(start_paused = true)]
async fn a_version_that_was_overtaken_waits_for_nobody_and_a_machine_that_comes_back_is_told_what_waits() {
    let world = World::start();
    let (key, agent) = world.approved().await;
    let manager = world.link(&world.manager(), good()).await;
    let file = |label: &str| format!("type;libellé\r\nonduleur;{label}\r\n");
    let one = plan(&manager, brought(&file("Eaton"), None, true)).await.made.unwrap();
    let two = plan(&manager, brought(&file("APC"), None, true)).await.made.unwrap();
    name_representative(&manager, agent).await;
    page(&manager, ask(one)).await;
    let mut machine = world.link(&key, good()).await;
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(machine.hear().await);
    }
    assert!(heard.contains(&Downlink::ListWaits), "{heard:?}");
    for paper in [false, true] {
        page(&manager, approve(two, paper)).await;
    }
    assert_eq!(waiting(&machine).await, None);
    assert_eq!(code_of(&manager.call(ask(one)).await), Some(FaultCode::Conflict));
}

#[tokio::test(start_paused = true)]
async fn clause_2_1_a_failing_machine_comes_in_with_a_written_reserve_and_not_without() {
    let world = World::start();
    let (agent, mut machine) = known(&world).await;
    let manager = world.link(&world.manager(), good()).await;
    let check = Check {
        kind: CheckKind::DiskVerdict,
        subject: Text::new("sda"),
        grade: Grade::Failing,
        value: Some(0),
        why: None,
    };
    tells(&mut machine, vec![Content::Health(Health { checks: List::of([check]) })]).await;
    let seen = page(&manager, Call::Equipment { contract: contract() }).await;
    assert_eq!(seen.machines[0].grade, Some(Grade::Failing));
    let list =
        page(&manager, propose(None, vec![seen.suggestions[0].change.clone()])).await.proposed[0].hash();
    // Neither party approves it, and nobody is asked to.
    name_representative(&manager, agent).await;
    for call in [approve(list, false), approve(list, true), ask(list)] {
        let Reply::Fault { code, fr, .. } = manager.call(call).await else { panic!("it was taken") };
        assert!(code == FaultCode::Conflict && fr.contains("article\u{a0}2.1"), "{fr}");
    }
    paper(&manager, agent, "reserve", r#"{"on":"2020-03-11","what":"disque à remplacer avant l’été"}"#).await;
    page(&manager, approve(list, false)).await;
    assert_eq!(page(&manager, approve(list, true)).await.newest.map(|list| list.hash()), Some(list));
}
