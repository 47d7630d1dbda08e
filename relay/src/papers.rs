//! A contract's papers: what people write down of it, one fact a paper, each of a kind with its clause, its body's shape and who may see it.
//!
//! The record keeps bodies as canonical JSON. They are read strictly on the way in ([`Paper::read`]) and by the same shapes on the way out,
//! so that what the gate, the lines and the pages are made of is what a person once wrote and nothing else. [`fit`] holds a new paper
//! against those that stand; [`judged`] makes of them what the gate judges by.

pub mod account;
pub mod fit;
pub mod judged;
pub mod kinds;
mod own;
mod shapes;
pub mod volumes;
mod wrong;

use aval_protocol::id::{AgentId, ContractId, UnixSeconds};
use aval_protocol::text::gate::Sentence;

use crate::document::{self, Json, Object};
use crate::records::{Author, Notice};
pub use kinds::{About, Held, Kind, Sort};
pub use wrong::Wrong;

/// Longest body, in bytes.
pub const MAX_BODY: usize = 8 * 1024;
/// Most papers written at once: ten years of months.
pub const MOST_AT_ONCE: usize = 120;

/// A body that its kind's shape and own rules let pass.
#[derive(Clone, PartialEq, Debug)]
pub struct Paper {
    kind: Kind,
    json: Json,
}

/// A paper to write down.
#[derive(Clone, PartialEq, Debug)]
pub struct NewPaper {
    /// Which machine it is about, if about one.
    pub agent: Option<AgentId>,
    /// What it says; `Err`: what it corrects was a mistake, and nothing takes its place.
    pub says: Result<Paper, Kind>,
    /// The paper that this one corrects, by its number, and why.
    pub corrects: Option<(i64, String)>,
}

/// A paper as the record has it.
#[derive(Clone, PartialEq, Debug)]
pub struct PaperRow {
    /// Its number.
    pub n: i64,
    /// Its contract; `None` for what holds for all of them.
    pub contract: Option<ContractId>,
    /// What kind of paper.
    pub kind: Kind,
    /// Which machine it is about, if about one.
    pub agent: Option<AgentId>,
    /// What it says; `None` strikes out what it corrects.
    pub paper: Option<Paper>,
    /// The paper that this one corrects.
    pub corrects: Option<i64>,
    /// Why it corrects; empty otherwise.
    pub why: String,
    /// Who wrote it down.
    pub by: Author,
    /// When.
    pub at: UnixSeconds,
}

/// Why a paper is not written down.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// It can't be so, and the sentence says by which clause.
    #[error("{}", .0.en)]
    Wrong(Sentence),
    /// Somebody else wrote into the contract since it was read.
    #[error(
        "somebody else has written into this contract since you read it: read it again, nothing was changed"
    )]
    Changed,
    /// The record.
    #[error(transparent)]
    Store(#[from] crate::records::StoreError),
}

impl Paper {
    /// Reads a body.
    ///
    /// # Errors
    /// A sentence that cites the clause.
    pub fn read(kind: Kind, body: &[u8]) -> Result<Self, Sentence> {
        if body.len() > MAX_BODY {
            return Err(wrong::too_long(kind, MAX_BODY));
        }
        let json = document::read(body, kind.shape()).map_err(|bad| wrong::of(kind, &bad))?;
        let paper = Self { kind, json: in_order(json, kind) };
        own::rules(kind, &paper.object()).map_err(|wrong| wrong.said(kind))?;
        Ok(paper)
    }

    /// Its kind.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Its keys.
    pub fn object(&self) -> Object<'_> {
        Object::whole(&self.json)
    }

    /// The body in its one spelling: keys in the shape's order, none that is empty.
    pub fn body(&self) -> String {
        let Json::Object(found) = &self.json else { return String::new() };
        let text = |text: &str| serde_json::Value::from(text).to_string();
        let one = |(key, value): &(String, Json)| {
            let value = match value {
                Json::Text(it) => text(it),
                Json::Whole(number) => number.to_string(),
                Json::Flag(flag) => flag.to_string(),
                // No paper holds lists or other papers, and what is empty was left out.
                Json::Null | Json::Fraction | Json::List(_) | Json::Object(_) => return None,
            };
            Some(format!("{}:{value}", text(key)))
        };
        format!("{{{}}}", found.iter().filter_map(one).collect::<Vec<_>>().join(","))
    }
}

impl NewPaper {
    /// A paper about the contract that corrects nothing.
    pub const fn plain(paper: Paper) -> Self {
        Self { agent: None, says: Ok(paper), corrects: None }
    }

    /// What kind of paper.
    pub const fn kind(&self) -> Kind {
        match &self.says {
            Ok(paper) => paper.kind,
            Err(kind) => *kind,
        }
    }
}

impl From<Sentence> for PaperError {
    fn from(said: Sentence) -> Self {
        Self::Wrong(said)
    }
}

/// A registered letter that ends the contract (6.3).
///
/// # Errors
/// A sentence that cites the clause.
pub fn registered_letter(notice: &Notice) -> Result<NewPaper, Sentence> {
    let day = |day: Option<crate::gate::term::Day>| day.map(|day| day.date().to_string());
    let body = serde_json::json!({
        "by": notice.by.label(),
        "form": "registered_letter",
        "sent_on": day(notice.days.sent()),
        "received_on": day(notice.days.received()),
        "proof": notice.proof.trim(),
    });
    Paper::read(Kind::Letter, body.to_string().as_bytes()).map(NewPaper::plain)
}

/// Keys in the shape's order, none that is empty.
fn in_order(json: Json, kind: Kind) -> Json {
    let Json::Object(mut found) = json else { return json };
    found.retain(|(_, value)| *value != Json::Null);
    found.sort_by_key(|(key, _)| kind.shape().fields.iter().position(|field| field.key == key));
    Json::Object(found)
}

/// Those that stand: not corrected, not struck out, in the order in which they were written.
pub fn standing(rows: &[PaperRow]) -> impl Iterator<Item = (&PaperRow, &Paper)> {
    let corrected: std::collections::HashSet<i64> = rows.iter().filter_map(|row| row.corrects).collect();
    rows.iter()
        .filter(move |row| !corrected.contains(&row.n))
        .filter_map(|row| row.paper.as_ref().map(|paper| (row, paper)))
}

#[cfg(test)]
pub(crate) mod tests;
