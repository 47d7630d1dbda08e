//! The equipment list before the client's representative (clause 2.2): which PC is theirs, which version waits there, what was said.

use aval_protocol::firm::Signed;
use aval_protocol::id::{AgentId, ContractId, UnixSeconds};
use aval_protocol::wire::assent::{ListWord, WAITS_S};
use aval_protocol::wire::equipment::{EquipmentList, ListHash};

use super::Store;
use super::equipment::{ListError, approve, lists, mended};
use super::machines::one;
use super::papers::papers;
use super::read::{agent_id, author, col, moment};
use crate::coverage::effect::date;
use crate::coverage::{Lists, Means, Standing, today};
use crate::papers::{Kind, PaperRow, standing};
use crate::records::sql::{Row, Tx, values};
use crate::records::{AgentStanding, Author, Party, StoreError};

/// Who answers for the client, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Representative {
    /// At which of the contract's machines.
    pub agent: AgentId,
    /// Name and function.
    pub person: String,
}

/// A version that was put to a representative.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListAsked {
    /// Its number.
    pub n: i64,
    /// Which version.
    pub list: ListHash,
    /// At which PC.
    pub agent: AgentId,
    /// Who had it put.
    pub by: Author,
    /// When.
    pub at: UnixSeconds,
    /// What was said, and when.
    pub word: Option<(bool, UnixSeconds)>,
}

/// The version that waits for a machine's person.
#[derive(Clone, PartialEq, Debug)]
pub struct Waiting {
    /// How it was put.
    pub ask: ListAsked,
    /// The version.
    pub list: EquipmentList,
    /// The version before it.
    pub before: Option<EquipmentList>,
}

/// Why a version is not put, or a word not taken.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The contract's papers name no representative whose machine can be asked.
    #[error("no representative with an approved machine is named in the contract’s papers")]
    Nobody,
    /// It waits there already.
    #[error("this version waits at the representative’s machine already")]
    Waits,
    /// The version can't be approved by the client any more, or no such version was put to this machine.
    #[error(transparent)]
    List(#[from] ListError),
}

impl From<StoreError> for AskError {
    fn from(error: StoreError) -> Self {
        Self::List(error.into())
    }
}

impl ListAsked {
    /// Until when it waits.
    pub fn until(&self) -> UnixSeconds {
        UnixSeconds(self.at.0.saturating_add(WAITS_S))
    }

    fn waits(&self, now: UnixSeconds) -> bool {
        self.word.is_none() && now < self.until()
    }
}

impl Store {
    /// Who answers for the client on a day, if the contract's papers say so.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn representative(
        &self,
        id: &ContractId,
        now: UnixSeconds,
    ) -> Result<Option<Representative>, StoreError> {
        self.read(|tx| Ok(representative(&papers(tx, id)?, now)))
    }

    /// Versions of a contract that were put to a representative, the oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn list_asks(&self, id: &ContractId) -> Result<Vec<ListAsked>, StoreError> {
        self.read(|tx| {
            let of = format!(
                "{ASKS} JOIN equipment_lists l ON l.hash = q.list WHERE l.contract = ?1 ORDER BY q.n"
            );
            tx.rows(&of, values![id.as_str()])?.iter().map(asked).collect()
        })
    }

    /// Puts a version to the client's representative.
    ///
    /// # Errors
    /// [`AskError`].
    pub fn ask_list(
        &self,
        id: &ContractId,
        hash: ListHash,
        by: &Author,
        at: UnixSeconds,
    ) -> Result<AgentId, AskError> {
        self.write(|tx| {
            let lists = lists(tx, id)?;
            let list = open(&lists, hash, at)?;
            mended(tx, id, &lists, list)?;
            let found = representative(&papers(tx, id)?, at).ok_or(AskError::Nobody)?;
            let row = one(tx, found.agent)?;
            if row.is_none_or(|row| row.standing != AgentStanding::Approved || row.contract != *id) {
                return Err(AskError::Nobody);
            }
            if of_agent(tx, found.agent)?.iter().any(|ask| ask.list == hash && ask.waits(at)) {
                return Err(AskError::Waits);
            }
            tx.execute(
                "INSERT INTO equipment_asks (list, agent, author, at) VALUES (?1, ?2, ?3, ?4)",
                values![hash.0, found.agent.0, by.to_string(), at.0],
            )?;
            Ok(found.agent)
        })
    }

    /// The newest version that waits for a machine's person, while it can still be approved there.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn list_waiting(&self, agent: AgentId, now: UnixSeconds) -> Result<Option<Waiting>, StoreError> {
        self.read(|tx| waiting(tx, agent, now))
    }

    /// Keeps what was said, once; a yes is the client's approval. The signature was judged by the caller.
    ///
    /// # Errors
    /// [`AskError`].
    pub fn list_word(
        &self,
        agent: AgentId,
        word: &ListWord,
        signed: &Signed<ListWord>,
        at: UnixSeconds,
    ) -> Result<(), AskError> {
        let signed = postcard::to_stdvec(signed)
            .map_err(|_| StoreError::Invalid("the word is too long".to_owned()))?;
        self.write(|tx| {
            let waiting = waiting(tx, agent, at)?;
            let waiting = waiting.filter(|it| it.ask.list == word.list && it.list.contract == word.contract);
            let waiting = waiting.ok_or(AskError::List(ListError::Changed))?;
            tx.execute(
                "INSERT INTO equipment_words (ask, yes, signed, at) VALUES (?1, ?2, ?3, ?4)",
                values![waiting.ask.n, i64::from(word.yes), &signed, at.0],
            )?;
            if word.yes {
                let means = Means::Machine { agent, signed: signed.clone() };
                approve(tx, &word.contract, word.list, Party::Client, &means, &Author::Machine, at)?;
            }
            Ok(())
        })
    }
}

/// The newest one whose time has come and is not over.
fn representative(rows: &[PaperRow], now: UnixSeconds) -> Option<Representative> {
    let day = date(today(now));
    let all = standing(rows).filter(|(row, _)| row.kind == Kind::Representative);
    let holds = all.filter_map(|(row, paper)| {
        let of = paper.object();
        let from = of.day("from")?.date();
        let over = of.day("until").is_some_and(|until| until.date() <= day);
        let found = Representative { agent: row.agent?, person: of.text("person")?.to_owned() };
        (from <= day && !over).then_some((from, row.n, found))
    });
    holds.max_by_key(|(from, n, _)| (*from, *n)).map(|(_, _, found)| found)
}

/// The version, while the client can approve it.
fn open(lists: &Lists, hash: ListHash, at: UnixSeconds) -> Result<&EquipmentList, ListError> {
    let list = lists.versions.iter().find(|list| list.hash() == hash);
    let list = list.ok_or_else(|| StoreError::NotFound("version of that list".to_owned()))?;
    match lists.standing(list, today(at)) {
        Standing::Proposed { client: false, .. } => Ok(list),
        Standing::Proposed { client: true, .. } | Standing::Approved | Standing::Superseded => {
            Err(ListError::Approved)
        }
        Standing::Stale => Err(ListError::Changed),
    }
}

fn waiting(tx: &Tx<'_>, agent: AgentId, now: UnixSeconds) -> Result<Option<Waiting>, StoreError> {
    let approved = one(tx, agent)?.filter(|row| row.standing == AgentStanding::Approved);
    let Some(row) = approved else { return Ok(None) };
    // Who is no longer the representative is asked nothing.
    let still = representative(&papers(tx, &row.contract)?, now).is_some_and(|found| found.agent == agent);
    let newest = of_agent(tx, agent)?.pop().filter(|ask| still && ask.waits(now));
    let Some(ask) = newest else { return Ok(None) };
    let lists = lists(tx, &row.contract)?;
    let Ok(list) = open(&lists, ask.list, now) else { return Ok(None) };
    let before = lists.versions.iter().find(|other| Some(other.hash()) == list.before);
    Ok(Some(Waiting { ask, list: list.clone(), before: before.cloned() }))
}

const ASKS: &str = "SELECT q.n, q.list, q.agent, q.author, q.at, w.yes, w.at AS said_at
     FROM equipment_asks q LEFT JOIN equipment_words w ON w.ask = q.n";

fn of_agent(tx: &Tx<'_>, agent: AgentId) -> Result<Vec<ListAsked>, StoreError> {
    tx.rows(&format!("{ASKS} WHERE q.agent = ?1 ORDER BY q.n"), values![agent.0])?.iter().map(asked).collect()
}

fn asked(row: &Row) -> Result<ListAsked, StoreError> {
    let (yes, said_at) = (col::<Option<i64>>(row, "yes")?, col::<Option<i64>>(row, "said_at")?);
    Ok(ListAsked {
        n: col(row, "n")?,
        list: ListHash(col(row, "list")?),
        agent: agent_id(row, "agent")?,
        by: author(row)?,
        at: moment(row, "at")?,
        word: yes.zip(said_at).map(|(yes, at)| (yes != 0, UnixSeconds(at))),
    })
}
