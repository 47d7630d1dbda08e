//! Equipment lists, as both parties approve them and as their page reads and writes them.

use super::{AGENT, NOW, Sample, contract, sample};
use crate::id::AssetId;
use crate::prompt::NoReason;
use crate::prompt::list::{AskList, ListAnswer};
use crate::wire::assent::{ListAsk, ListChange, ListEffect, ListWord};
use crate::wire::contract::IsoDay;
use crate::wire::enrol::{Call, Reply};
use crate::wire::equipment::{
    Amendment, Description, Entered, EntryState, EquipmentKind, EquipmentLine, EquipmentList, ListHash,
    NewLine,
};
use crate::wire::fleet::{
    ApprovalLine, AskLine, ChangeConfidence, ChangeLine, EffectLine, EffectPage, EquipmentImport,
    EquipmentPage, EquipmentWrite, FindingAnswer, FindingLine, FleetRow, ImportFate, ImportLine, ImportPlan,
    ListStanding, MachineEquipment, MeansLine, PartyCode, Suggestion, VersionLine,
};
use crate::wire::inventory::{Chassis, Day, Grade, SectionKind, Serial, Text};
use crate::wire::link::Downlink;

const ASSET: AssetId = AssetId([0xa5; 16]);

fn day(text: &str) -> Day {
    Day::of_iso(text).unwrap()
}

fn text(of: &str) -> Text {
    Text::new(of).unwrap()
}

fn both(fr: &str, en: &str) -> (String, String) {
    (fr.to_owned(), en.to_owned())
}

fn says() -> Description {
    Description {
        label: text("Dell OptiPlex 7090 (ACCUEIL)"),
        serial: Serial::new("7HJ2K33"),
        asset: Some(ASSET),
        site: Some(text("73282932000074")),
        class: text("poste"),
    }
}

fn added() -> Amendment {
    Amendment::Add(Box::new(NewLine {
        kind: EquipmentKind::Computer,
        says: says(),
        entered: Entered::Notified(day("2026-03-11")),
        from: day("2026-03-11"),
        state: Some(EntryState { grade: Grade::Watch, on: day("2026-03-11"), checks: Some([7; 32]) }),
    }))
}

fn list() -> EquipmentList {
    let Description { label, serial, asset, site, class } = says();
    let line = EquipmentLine {
        no: 2,
        kind: EquipmentKind::Server,
        label,
        serial,
        asset,
        site,
        class,
        entered: Entered::Agreed,
        from: day("2026-01-05"),
        until: Some(day("2026-09-01")),
        state: None,
    };
    let before = Some(ListHash([1; 32]));
    EquipmentList { contract: contract(), version: 3, before, from: day("2026-03-11"), lines: vec![line] }
}

fn page() -> EquipmentPage {
    let approval = |party, means| ApprovalLine { party, means, at: NOW };
    EquipmentPage {
        contract: contract(),
        client: "Cabinet Leroy".into(),
        today: IsoDay("2026-03-12".into()),
        newest: Some(list()),
        versions: vec![VersionLine {
            version: 3,
            hash: list().hash(),
            from: day("2026-03-11"),
            lines: 1,
            standing: ListStanding::Approved,
            approvals: vec![
                approval(
                    PartyCode::Client,
                    MeansLine::Paper { sha256: [7; 32], reference: "classeur 3".into() },
                ),
                approval(PartyCode::Client, MeansLine::Machine { agent: AGENT }),
                approval(PartyCode::Provider, MeansLine::Manager { person: "claire.dubois".into() }),
            ],
        }],
        proposed: Vec::new(),
        machines: vec![FleetRow {
            agent: AGENT,
            asset: ASSET,
            hostname: "ACCUEIL".into(),
            model: Some(text("Dell OptiPlex 7090")),
            serial: Some(text("7HJ2K33")),
            chassis: Some(Chassis::Desktop),
            grade: Some(Grade::Good),
            line: Some(2),
            standing: "approved".into(),
            online: true,
            last_seen: Some(NOW),
            held: false,
        }],
        suggestions: vec![Suggestion {
            change: Amendment::End { no: 2, on: day("2026-03-12") },
            line: list().lines.pop(),
            why: vec![both("ACCUEIL n’est plus rattaché.", "ACCUEIL is no longer attached.")],
        }],
        findings: vec![FindingLine {
            finding: 4,
            agent: AGENT,
            hostname: "ACCUEIL".into(),
            rule: "by_serial".into(),
            asks: both("Est-ce le même ?", "Is it the same?"),
            rests_on: vec![both("numéro de série : DELL/7HJ2K33", "serial number: DELL/7HJ2K33")],
            may_be: vec![(ASSET, "ACCUEIL-01".into())],
            may_be_same: false,
            at: NOW,
        }],
        representative: Some((AGENT, "ACCUEIL".into(), "Mme Leroy".into())),
        asks: vec![AskLine {
            list: list().hash(),
            hostname: "ACCUEIL".into(),
            by: "claire.dubois".into(),
            at: NOW,
            until: NOW,
            word: Some((true, NOW)),
        }],
    }
}

pub(super) fn all() -> Vec<Sample> {
    let write = |name: &str, write| {
        sample(&format!("call write equipment {name}"), Call::WriteEquipment(Box::new(write)))
    };
    let (read, from) = (Some(ListHash([1; 32])), day("2026-03-11"));
    let describe = Amendment::Describe { no: 2, new: Box::new(says()) };
    let effect = EffectPage {
        list: list().hash(),
        period: (IsoDay("2026-03-05".into()), IsoDay("2026-04-05".into())),
        lines: vec![EffectLine {
            no: 2,
            now: 1694,
            later: 2500,
            explained: both("21 jours sur 31", "21 of 31 days"),
        }],
        now: 1694,
        later: 2500,
    };
    vec![
        sample("equipment list", list()),
        sample("call equipment", Call::Equipment { contract: contract() }),
        write(
            "propose",
            EquipmentWrite::Propose { contract: contract(), read, from, changes: vec![added(), describe] },
        ),
        write(
            "approve",
            EquipmentWrite::Approve {
                contract: contract(),
                list: list().hash(),
                paper: Some(([7; 32], "classeur 3".into())),
            },
        ),
        write(
            "answer",
            EquipmentWrite::Answer {
                finding: 4,
                answer: FindingAnswer::Is(ASSET),
                why: "disque neuf".into(),
            },
        ),
        write("unlink", EquipmentWrite::Unlink { agent: AGENT, why: "deux machines".into() }),
        sample("call equipment effect", Call::EquipmentEffect { contract: contract(), list: list().hash() }),
        sample("reply equipment", Reply::Equipment(Box::new(page()))),
        sample("reply equipment effect", Reply::EquipmentEffect(Box::new(effect))),
    ]
}

/// A file that is held against a list, and one machine as equipment.
pub(super) fn more() -> Vec<Sample> {
    let import = EquipmentImport {
        contract: contract(),
        read: Some(ListHash([1; 32])),
        file: b"n\xc2\xb0;libell\xc3\xa9\r\n".to_vec(),
        from: Some(day("2026-03-11")),
        class: Some(text("poste")),
        notified: Some(day("2026-03-11")),
        apply: true,
    };
    let line = |at, fate| ImportLine { at, fate, said: both("Ligne 2\u{a0}: nouveau", "Line 2: new") };
    let plan = ImportPlan {
        read: Some(ListHash([1; 32])),
        lines: vec![line(2, ImportFate::New), line(3, ImportFate::Refused)],
        ignored: vec!["Entité".into()],
        unnamed: vec![2],
        blocked: Some(both("Une ligne", "One line")),
        made: Some(list().hash()),
    };
    let change = |confidence, effect| ChangeLine {
        at: NOW,
        section: SectionKind::Disks,
        said: both("ajouté\u{a0}: disque", "added: drive"),
        confidence,
        effect,
    };
    let machine = MachineEquipment {
        row: page().machines.remove(0),
        line: list().lines.pop().map(|line| (3, line)),
        changes: vec![
            change(ChangeConfidence::Sure, Some(both("une ligne", "a line"))),
            change(ChangeConfidence::Once, None),
        ],
    };
    vec![
        sample("call import equipment", Call::ImportEquipment(Box::new(import))),
        sample("call machine equipment", Call::MachineEquipment { agent: AGENT }),
        sample("reply import plan", Reply::ImportPlan(Box::new(plan))),
        sample("reply machine equipment", Reply::MachineEquipment(Box::new(machine))),
    ]
}

/// A version of the list at the PC of the client's representative.
pub(super) fn assent() -> Vec<Sample> {
    let effect = Some(ListEffect { period: (day("2026-03-05"), day("2026-04-05")), now: 1694, later: -2500 });
    let ask =
        ListAsk { client: "Cabinet Leroy".into(), list: list(), before: Some(list()), effect, until: NOW };
    let word =
        ListWord { contract: contract(), list: list().hash(), yes: true, effect, shown_ms: 4200, at: NOW };
    let line = || Box::new(list().lines.remove(0));
    let changes = vec![
        ListChange::Comes(line()),
        ListChange::Leaves(line()),
        ListChange::Says(Box::new((*line(), *line()))),
    ];
    let question = AskList {
        firm: "Atelier Beaurepaire Informatique".into(),
        phone: "+33199001234".into(),
        client: "Cabinet Leroy".into(),
        contract: contract(),
        version: 3,
        list: list().hash(),
        from: day("2026-03-11"),
        covering: 12,
        changes,
        effect,
        ttl_s: 14_400,
        lang: None,
    };
    let put = EquipmentWrite::Ask { contract: contract(), list: list().hash() };
    vec![
        sample("call list ask", Call::ListAsk),
        sample("call list word", Call::ListWord(Box::new(super::signed(&word)))),
        sample("call write equipment ask", Call::WriteEquipment(Box::new(put))),
        sample("reply list ask", Reply::ListAsk(Some(Box::new(ask)))),
        sample("downlink list waits", Downlink::ListWaits),
        sample("list word", word),
        sample("prompt list", question),
        sample("prompt list yes", ListAnswer::Yes { shown_ms: 4200 }),
        sample("prompt list no", ListAnswer::No(NoReason::TimedOut)),
    ]
}
