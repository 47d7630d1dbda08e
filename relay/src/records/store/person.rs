//! Somebody asks what the record says of them (14.1): every row of every table is looked through, so that nothing is forgotten; what may go
//! is erased with its salt, and what must stay is named with the reason.

use std::collections::{BTreeMap, HashMap};

use aval_protocol::firm::Signer;
use aval_protocol::id::{AgentId, ContractId, UnixSeconds};
use aval_protocol::journal::{Event, Told};
use aval_protocol::text::person::Stays;

use super::Store;
use super::dump::each_row;
use super::journal::{append, entry};
use super::papers::papers;
use super::read::{agent_id, col, contract_id};
use crate::gate::hours::paris;
use crate::papers::judged;
use crate::records::sql::shape::{self, Table};
use crate::records::sql::{Row, Tx, Value, schema, values};
use crate::records::{Author, StoreError};

/// Shortest name that is looked for, in characters: a shorter one is in half of all texts.
const SHORTEST: usize = 3;

/// Whom to look for: a name as it may stand in a text, in capitals or not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    as_typed: String,
    small: String,
}

/// A value that names them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The table, and for words beside a fact the fact's.
    pub place: String,
    /// The contract it belongs to, if to one.
    pub contract: Option<ContractId>,
    /// The machine it belongs to, if to one.
    pub agent: Option<AgentId>,
    /// What it says; nothing for what is not text.
    pub text: String,
    /// Why it may not be erased, unless it may.
    pub stays: Option<Stays>,
    /// What it takes to erase it.
    key: Key,
}

/// An erasable row.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Key {
    None,
    Said(String, i64),
    Session(Vec<u8>),
    Text(Vec<u8>),
    Member(String, String),
}

/// What erasable texts belong to, and which contracts are held for a court.
struct Owners<'a> {
    tx: &'a Tx<'a>,
    /// Whose journal commits to a text.
    committed: HashMap<Vec<u8>, AgentId>,
    today: jiff::civil::Date,
}

// === impl Person

impl Person {
    /// Somebody of this name; `None` when it is too short to tell people apart.
    pub fn named(name: &str) -> Option<Self> {
        let as_typed = name.trim().to_owned();
        (as_typed.chars().count() >= SHORTEST).then(|| Self { small: as_typed.to_lowercase(), as_typed })
    }

    fn is_in(&self, value: &Value) -> bool {
        match value {
            Value::Null | Value::Int(_) => false,
            Value::Text(text) => text.to_lowercase().contains(&self.small),
            Value::Blob(bytes) => [&self.as_typed, &self.small]
                .iter()
                .any(|name| bytes.windows(name.len()).any(|at| at == name.as_bytes())),
        }
    }
}

// === impl Store

impl Store {
    /// Every value of the record that names a person, the erasable ones first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn find_person(&self, person: &Person, now: UnixSeconds) -> Result<Vec<Found>, StoreError> {
        self.read(|tx| find(tx, person, now))
    }

    /// Erases every text that names a person and may go, if there are `texts` of them: whoever has seen what goes erases no more than
    /// that. Each machine's journal is told how many of its texts went.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there are more or fewer; [`StoreError::Unavailable`]. Nothing was erased then, unless the error says
    /// that a copy stays.
    pub fn erase_person(
        &self,
        person: &Person,
        texts: usize,
        (signer, by): (&Signer, &Author),
        now: UnixSeconds,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            let going: Vec<Found> =
                find(tx, person, now)?.into_iter().filter(|found| found.stays.is_none()).collect();
            if going.len() != texts {
                return Err(StoreError::Conflict(format!(
                    "{} texts would go now, not {texts}: look again",
                    going.len()
                )));
            }
            let mut machines = BTreeMap::<[u8; 16], u32>::new();
            for found in &going {
                found.key.erase(tx)?;
                if let Some(agent) = found.agent {
                    *machines.entry(agent.0).or_default() += 1;
                }
            }
            let count = i64::try_from(going.len()).unwrap_or(i64::MAX);
            tx.execute(
                "INSERT INTO erasures (texts, author, at) VALUES (?1, ?2, ?3)",
                values![count, by.to_string(), now.0],
            )?;
            for (agent, texts) in machines {
                append(tx, AgentId(agent), signer, now, &Event::Erased { texts })?;
            }
            Ok(())
        })?;
        // Out of what the database keeps beside its tables too.
        self.purge()
    }
}

fn find(tx: &Tx<'_>, person: &Person, now: UnixSeconds) -> Result<Vec<Found>, StoreError> {
    let mut owners = Owners { tx, committed: HashMap::new(), today: paris(now).date() };
    let mut all = Vec::new();
    for table in shape::tables(schema::present())? {
        let names = table.columns.iter().map(|column| column.name.clone()).collect();
        let journal = table.name == "journal";
        let mut rows = Vec::new();
        each_row(tx, &table, |row| {
            let hit = row.iter().find(|value| person.is_in(value)).cloned();
            if hit.is_some() || journal {
                let row = Row::new(std::sync::Arc::clone(&names), row);
                if journal {
                    owners.learn(&row)?;
                }
                rows.extend(hit.map(|hit| (row, hit)));
            }
            Ok::<_, StoreError>(())
        })?;
        for (row, hit) in rows {
            all.push(owners.found(&table, &row, hit)?);
        }
    }
    all.sort_by_key(|found| found.stays.is_some());
    Ok(all)
}

// === impl Owners

impl Owners<'_> {
    /// What a journal's entry commits to is its machine's.
    fn learn(&mut self, row: &Row) -> Result<(), StoreError> {
        let committed = match entry(row)?.told() {
            Told::Known(Event::Requested { reference, .. }) => reference,
            Told::Known(Event::ExceptionGranted { reason, .. }) => reason,
            _ => return Ok(()),
        };
        self.committed.insert(committed.to_vec(), agent_id(row, "agent")?);
        Ok(())
    }

    fn found(&self, table: &Table, row: &Row, hit: Value) -> Result<Found, StoreError> {
        let text = if let Value::Text(text) = hit { text } else { String::new() };
        let (place, key) = match table.name.as_str() {
            "said" => {
                let (place, n) = (col::<String>(row, "place")?, col(row, "n")?);
                (place.clone(), Key::Said(place, n))
            }
            "session_texts" => ("sessions".to_owned(), Key::Session(col(row, "session")?)),
            "texts" => ("journal".to_owned(), Key::Text(col(row, "commitment")?)),
            "members" => ("members".to_owned(), Key::Member(col(row, "person")?, col(row, "role")?)),
            other => (other.to_owned(), Key::None),
        };
        let (contract, agent) = self.owner(row, &key)?;
        let stays = match &key {
            Key::None => Some(stays(&table.name)),
            _ if self.held(contract.as_ref())? => Some(Stays::Held),
            _ => None,
        };
        Ok(Found { place, contract, agent, text, stays, key })
    }

    fn owner(&self, row: &Row, key: &Key) -> Result<(Option<ContractId>, Option<AgentId>), StoreError> {
        let of_agent = |agent: AgentId| {
            let row = self.tx.first("SELECT contract FROM agents WHERE id = ?1", values![agent.0])?;
            Ok::<_, StoreError>((
                row.as_ref().map(|row| contract_id(row, "contract")).transpose()?,
                Some(agent),
            ))
        };
        let first = |sql: &str, value: Value| self.tx.first(sql, &[value]);
        let owner = match key {
            // A row's own columns, where it has them.
            Key::None => Some(row.clone()),
            Key::Said(place, n) if place == "suspensions" => {
                first("SELECT contract FROM suspensions WHERE n = ?1", Value::from(*n))?
            }
            Key::Said(place, n) if matches!(place.as_str(), "agent_acts" | "exceptions" | "offers") => {
                first(&format!("SELECT agent FROM {place} WHERE n = ?1"), Value::from(*n))?
            }
            Key::Session(id) => first("SELECT agent, contract FROM sessions WHERE id = ?1", Value::from(id))?,
            Key::Text(committed) => {
                return self.committed.get(committed).map_or(Ok((None, None)), |agent| of_agent(*agent));
            }
            Key::Said(..) | Key::Member(..) => None,
        };
        let Some(row) = owner else { return Ok((None, None)) };
        match row.value("agent") {
            Some(Value::Blob(_)) => of_agent(agent_id(&row, "agent")?),
            _ => match row.value("contract") {
                Some(Value::Text(_)) => Ok((Some(contract_id(&row, "contract")?), None)),
                _ => Ok((None, None)),
            },
        }
    }

    /// Whether evidence of the contract is kept for a court (15.3).
    fn held(&self, contract: Option<&ContractId>) -> Result<bool, StoreError> {
        contract.map_or(Ok(false), |id| Ok(judged::is_held(&papers(self.tx, id)?, self.today)))
    }
}

/// Why rows of a table are not erased.
fn stays(table: &str) -> Stays {
    match table {
        "contracts" | "notices" | "papers" => Stays::Papers,
        "agent_facts" | "inventory" | "evidence" | "marks" | "shared_marks" | "findings" => Stays::Inventory,
        _ => Stays::Evidence,
    }
}

// === impl Key

impl Key {
    fn erase(&self, tx: &Tx<'_>) -> Result<(), StoreError> {
        match self {
            Self::None => return Ok(()),
            Self::Said(place, n) => {
                tx.execute("DELETE FROM said WHERE place = ?1 AND n = ?2", values![place.as_str(), *n])?
            }
            Self::Session(id) => tx.execute("DELETE FROM session_texts WHERE session = ?1", values![id])?,
            Self::Text(committed) => {
                tx.execute("DELETE FROM texts WHERE commitment = ?1", values![committed])?
            }
            Self::Member(person, role) => tx.execute(
                "DELETE FROM members WHERE person = ?1 AND role = ?2",
                values![person.as_str(), role.as_str()],
            )?,
        };
        Ok(())
    }
}
