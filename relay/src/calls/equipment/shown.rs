//! What the record holds of a contract's equipment, as its page shows it.

use aval_protocol::id::UnixSeconds;
use aval_protocol::text::fleet as text;
use aval_protocol::text::gate::Sentence;
use aval_protocol::wire::equipment::{Amendment, EquipmentList};
use aval_protocol::wire::fleet::{
    ApprovalLine, ChangeConfidence, ChangeLine, EffectLine, FindingLine, FleetRow, ListStanding, MeansLine,
    PartyCode, Suggestion, VersionLine,
};
use aval_protocol::wire::inventory::items::Machine;
use aval_protocol::wire::inventory::{Day, Text};

use crate::coverage::effect::LineEffect;
use crate::coverage::suggest::{Seen, grade, machine as whole, suggest};
use crate::coverage::{Approval, Lists, Means, Standing};
use crate::diff::{Change, Confidence};
use crate::identity::Rule;
use crate::records::Party;
use crate::records::identity::{FleetMachine, OpenFinding};

type Both = (String, String);

pub(super) fn both(said: Sentence) -> Both {
    (said.fr, said.en)
}

pub(super) fn version(lists: &Lists, list: &EquipmentList, today: Day) -> VersionLine {
    let hash = list.hash();
    let covering = list.on(today.max(list.from)).count();
    VersionLine {
        version: list.version,
        hash,
        from: list.from,
        lines: u32::try_from(covering).unwrap_or(u32::MAX),
        standing: match lists.standing(list, today) {
            Standing::Proposed { .. } => ListStanding::Proposed,
            Standing::Stale => ListStanding::Stale,
            Standing::Approved => ListStanding::Approved,
            Standing::Superseded => ListStanding::Superseded,
        },
        approvals: lists.approvals.iter().filter(|one| one.list == hash).map(approval).collect(),
    }
}

fn approval(one: &Approval) -> ApprovalLine {
    ApprovalLine {
        party: match one.party {
            Party::Client => PartyCode::Client,
            Party::Provider => PartyCode::Provider,
        },
        means: match &one.by {
            Means::Paper { sha256, reference } => {
                MeansLine::Paper { sha256: *sha256, reference: reference.clone() }
            }
            Means::Machine { agent, .. } => MeansLine::Machine { agent: *agent },
            Means::Manager { person } => MeansLine::Manager { person: person.to_string() },
        },
        at: one.at,
    }
}

pub(super) fn machine(one: &FleetMachine, lists: &Lists, online: bool) -> FleetRow {
    let says = whole(&one.says);
    let lines = lists.newest().map(|list| list.lines.as_slice()).unwrap_or_default();
    let line = lines.iter().find(|line| line.asset == Some(one.asset) && line.until.is_none());
    FleetRow {
        agent: one.row.id,
        asset: one.asset,
        hostname: one.row.facts.hostname.clone(),
        model: says.and_then(Machine::called).and_then(|model| Text::new(&model)),
        serial: says.and_then(|says| says.serial.good()).and_then(Text::new),
        chassis: says.and_then(|says| says.chassis),
        grade: grade(&one.says),
        line: line.map(|line| line.no),
        standing: one.row.standing.label().to_owned(),
        online,
        last_seen: one.row.last_seen,
        held: one.held,
    }
}

pub(super) fn change((at, change): &(UnixSeconds, Change)) -> ChangeLine {
    ChangeLine {
        at: *at,
        section: change.section,
        said: both(change.said()),
        confidence: match change.confidence {
            Confidence::Once => ChangeConfidence::Once,
            Confidence::Likely => ChangeConfidence::Likely,
            Confidence::Sure => ChangeConfidence::Sure,
        },
        effect: text::effect(change.effect.label()).map(both),
    }
}

pub(super) fn suggestions(lists: &Lists, fleet: &[FleetMachine], today: Day) -> Vec<Suggestion> {
    let seen: Vec<Seen<'_>> = fleet.iter().map(|one| one.seen(today)).collect();
    let newest = lists.newest();
    let line = |no: u32| newest.and_then(|list| list.lines.iter().find(|line| line.no == no)).cloned();
    let about = |change: &Amendment| match change {
        Amendment::Add(_) => None,
        Amendment::End { no, .. } | Amendment::Describe { no, .. } => line(*no),
    };
    suggest(newest, &seen, today)
        .into_iter()
        .map(|one| Suggestion { line: about(&one.change), change: one.change, why: vec![both(one.why)] })
        .collect()
}

pub(super) fn finding(one: &OpenFinding, fleet: &[FleetMachine]) -> FindingLine {
    let host = |found: Option<&FleetMachine>| {
        found.map(|found| found.row.facts.hostname.clone()).unwrap_or_default()
    };
    let hostname = host(fleet.iter().find(|other| other.row.id == one.agent));
    let mark = |(sort, value): &Both| text::mark(sort, value);
    let mut rests_on: Vec<Both> = Vec::new();
    rests_on.extend(one.detail.gone.iter().map(|it| both(text::gone(&mark(it)))));
    rests_on.extend(one.detail.come.iter().map(|it| both(text::come(&mark(it)))));
    let mut may_be = Vec::new();
    for (asset, marks) in &one.detail.may_be {
        let Ok(asset) = asset.parse() else { continue };
        rests_on.extend(marks.iter().map(|it| both(mark(it))));
        may_be.push((
            asset,
            host(fleet.iter().find(|other| other.asset == asset && other.row.id != one.agent)),
        ));
    }
    FindingLine {
        finding: u64::try_from(one.n).unwrap_or_default(),
        agent: one.agent,
        asks: both(text::asks(one.rule.label(), &hostname)),
        hostname,
        rule: one.rule.label().to_owned(),
        rests_on,
        may_be,
        may_be_same: matches!(one.rule, Rule::OtherBoard | Rule::OtherMachine | Rule::TwiceAlive),
        at: one.at,
    }
}

pub(super) fn effect_line(line: &LineEffect) -> EffectLine {
    let (no, now, later, said) = match line {
        LineEffect::Comes { no, now, later } => {
            let days = now.map(|part| (part.days, part.of));
            (*no, now.map_or(0, |part| part.amount.0), later.0, text::comes(days))
        }
        LineEffect::Leaves { no, later } => (*no, 0, later.0, text::leaves()),
        LineEffect::Reclassed { no, later } => (*no, 0, later.0, text::reclassed()),
        LineEffect::Unpriced { no, class } => (*no, 0, 0, text::unpriced(class)),
    };
    EffectLine { no, now, later, explained: both(said) }
}
