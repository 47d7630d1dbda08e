//! Equipment lists, as both parties approve them and as their page reads and writes them.

use super::{AGENT, NOW, Sample, contract, sample};
use crate::id::AssetId;
use crate::wire::contract::IsoDay;
use crate::wire::enrol::{Call, Reply};
use crate::wire::equipment::{
    Amendment, Description, Entered, EntryState, EquipmentKind, EquipmentLine, EquipmentList, ListHash,
    NewLine,
};
use crate::wire::fleet::{
    ApprovalLine, EffectLine, EffectPage, EquipmentPage, EquipmentWrite, FindingAnswer, FindingLine,
    FleetRow, ListStanding, MeansLine, PartyCode, Suggestion, VersionLine,
};
use crate::wire::inventory::{Chassis, Day, Grade, Serial, Text};

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
