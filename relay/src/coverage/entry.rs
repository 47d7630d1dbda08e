//! In what state a machine comes into the list (clause 2.1). Only what works is covered: one that is failing comes in once its mending was
//! agreed on, or with a written reserve that both parties know.

use aval_protocol::id::AgentId;
use aval_protocol::wire::equipment::{EquipmentLine, EquipmentList};
use aval_protocol::wire::inventory::items::Check;
use aval_protocol::wire::inventory::{Content, Grade};

use crate::papers::{Kind, PaperRow, standing};

/// What a piece of equipment is in the record: the machines that are it, and how they do now.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Known {
    /// Its machines.
    pub agents: Vec<AgentId>,
    /// The worst verdict among their checks now.
    pub grade: Option<Grade>,
}

/// The first line that comes in failing without an outcome: neither was its mending agreed on, nor is there a reserve.
pub fn unmended<'a>(
    list: &'a EquipmentList,
    before: Option<&EquipmentList>,
    known: impl Fn(&EquipmentLine) -> Known,
    rows: &[PaperRow],
) -> Option<&'a EquipmentLine> {
    let old = |no: u32| before.is_some_and(|list| list.lines.iter().any(|line| line.no == no));
    // What fails later stays covered: mending it is what the contract is for.
    let mut comes = list.lines.iter().filter(|line| line.until.is_none() && !old(line.no));
    comes.find(|line| {
        let known = known(line);
        let said = line.state.as_ref().map(|state| state.grade);
        let failing = [said, known.grade].contains(&Some(Grade::Failing));
        failing && !settled(&known.agents, rows)
    })
}

/// Whether a mending of one of these machines was agreed on, or a reserve was written; a reserve about the contract is for equipment that
/// no machine stands for.
pub fn settled(agents: &[AgentId], rows: &[PaperRow]) -> bool {
    let about = |row: &PaperRow| match row.agent {
        Some(agent) => agents.contains(&agent),
        None => agents.is_empty(),
    };
    let steps =
        || standing(rows).filter(|(row, _)| row.kind == Kind::QuoteStep).map(|(_, paper)| paper.object());
    standing(rows).filter(|(row, _)| about(row)).any(|(row, paper)| match row.kind {
        Kind::Reserve => true,
        Kind::Quote => {
            let of = paper.object();
            let agreed = |step: &crate::document::Object<'_>| {
                step.text("quote") == of.text("quote")
                    && matches!(step.text("step"), Some("accepted" | "done"))
            };
            of.text("for") == Some("remediation") && steps().any(|step| agreed(&step))
        }
        _ => false,
    })
}

/// What is not good in what a machine says of its health, the worst first.
pub fn faults(says: &[Content]) -> Vec<&Check> {
    let health = says.iter().find_map(|content| match content {
        Content::Health(health) => Some(health),
        _ => None,
    });
    let all = || health.into_iter().flat_map(|health| health.checks.iter());
    let of = |grade| all().filter(move |check| check.grade == grade);
    of(Grade::Failing).chain(of(Grade::Watch)).collect()
}

#[cfg(test)]
mod tests;
