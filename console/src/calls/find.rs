//! Which machine a person means: a name if only one bears it, or the beginning of an identifier.

use aval_protocol::id::AgentId;
use aval_protocol::text::console as text;
use aval_protocol::wire::record::MachineRow;

use crate::say::{EXIT_FAILED, Failure, Said};

/// The shortest beginning of an identifier that is taken for one, in hexadecimal digits.
const MIN_PREFIX: usize = 6;

/// Why a text means no machine.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FindError {
    /// None bears that name.
    #[error("no machine {0:?}")]
    None(String),
    /// Several do.
    #[error("several machines answer to {0:?}")]
    Several(String, Vec<(AgentId, String)>),
}

/// The machine that a text means. An identifier comes before a name, names count without regard to case.
///
/// # Errors
/// [`FindError`].
pub fn find<'a>(rows: &'a [MachineRow], text: &str) -> Result<&'a MachineRow, FindError> {
    let wanted = text.trim().to_lowercase();
    let by_id = |row: &&MachineRow| {
        let id = row.agent.to_string();
        id == wanted || (wanted.len() >= MIN_PREFIX && id.starts_with(&wanted))
    };
    let by_name = |row: &&MachineRow| row.facts.hostname.to_lowercase() == wanted;
    let mut found: Vec<&MachineRow> = rows.iter().filter(by_id).collect();
    // A machine may be named like the beginning of another's identifier: then both are meant.
    found.extend(rows.iter().filter(by_name).filter(|row| !by_id(row)));
    match found[..] {
        [] => Err(FindError::None(text.to_owned())),
        [row] => Ok(row),
        _ => {
            let all = found.iter().map(|row| (row.agent, format!("{} ({})", row.facts.hostname, row.client)));
            Err(FindError::Several(text.to_owned(), all.collect()))
        }
    }
}

impl From<FindError> for Failure {
    fn from(error: FindError) -> Self {
        let said = match &error {
            FindError::None(name) => Said::of(|l| text::no_such_machine(l, name)),
            FindError::Several(name, rows) => rows
                .iter()
                .take(20)
                .fold(Said::of(|l| text::ambiguous_machine(l, name)), |said, (agent, label)| {
                    said.then(&Said::of(|l| text::tried(l, &agent.to_string(), label)))
                }),
        };
        Self { said, exit: EXIT_FAILED }
    }
}

#[cfg(test)]
mod tests {
    use aval_protocol::id::ContractId;
    use aval_protocol::wire::inventory::HardwareFacts;
    use aval_protocol::wire::record::{ContractStanding, ContractState, CoverageState};

    use super::*;

    fn row(first: u8, hostname: &str) -> MachineRow {
        MachineRow {
            agent: AgentId([first; 16]),
            facts: HardwareFacts { hostname: hostname.into(), ..HardwareFacts::default() },
            client: "Menuiserie Kervella".into(),
            contract: ContractId::new("C-2026-014").unwrap(),
            spki: vec![],
            approved: false,
            online: true,
            last_seen: None,
            standing: ContractStanding { state: ContractState::InForce, on: None },
            coverage: CoverageState::Covered,
        }
    }

    #[test]
    fn a_machine_is_meant_by_its_name_or_the_beginning_of_its_identifier() {
        let rows = [row(0xab, "COMPTA-1"), row(0xac, "atelier"), row(0xad, "Atelier"), row(0xae, "acacac")];
        let name = |text: &str| find(&rows, text).map(|r| r.agent.0[0]);
        assert_eq!(name("compta-1"), Ok(0xab));
        assert_eq!(name("ABABAB"), Ok(0xab));
        assert_eq!(name(&"ab".repeat(16)), Ok(0xab));
        assert_eq!(name("ababa"), Err(FindError::None("ababa".into())), "too short to be an identifier");
        assert!(matches!(name("atelier"), Err(FindError::Several(_, all)) if all.len() == 2));
        assert!(matches!(name("acacac"), Err(FindError::Several(_, all)) if all.len() == 2));
        assert_eq!(name("acacaca"), Ok(0xac));
        assert!(matches!(name(""), Err(FindError::None(_))));
    }

    #[test]
    fn an_ambiguous_name_lists_the_machines() {
        let rows = [row(0xac, "atelier"), row(0xad, "Atelier")];
        let failure = Failure::from(find(&rows, "atelier").unwrap_err());
        assert!(failure.said.fr.contains(&"ac".repeat(16)) && failure.said.fr.contains(&"ad".repeat(16)));
    }
}
