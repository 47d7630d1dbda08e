//! Which equipment a machine is: judged each time it says who it is, kept with what it was believed by, and asked of a person where
//! nobody else can tell.

use std::collections::BTreeMap;

use aval_protocol::id::{AgentId, AssetId, ContractId, UnixSeconds};
use aval_protocol::wire::inventory::{Content, SectionKind, Status};

use super::Store;
use super::inventory::{last_whole, newest};
use super::machines::{known, one};
use super::read::{agent_id, col, moment, note, unreadable};
use crate::identity::{self, Candidate, Evidence, Finding, Rule, Shared, Trait};
use crate::records::identity::{Answer, AnswerError, Detail, Identified, OpenFinding};
use crate::records::sql::{Row, Tx, values};
use crate::records::{AgentStanding, Author, StoreError};

impl Store {
    /// Judges which equipment a machine is by what holds of its inventory; `None` while it says nothing that identifies it. What is
    /// beyond doubt is done; what is not becomes a finding for a person. `online`: who is connected at this moment.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub fn identify(
        &self,
        agent: AgentId,
        online: impl Fn(AgentId) -> bool,
        at: UnixSeconds,
    ) -> Result<Option<Identified>, StoreError> {
        self.write(|tx| {
            let row = one(tx, agent)?.ok_or_else(|| super::machines::not_found(agent))?;
            // A first inventory comes section by section: half of it would find half of what it is.
            if !told_all(tx, agent)? {
                return Ok(None);
            }
            let now = evidence_now(tx, agent, &row.facts.hostname)?;
            if now.marks().all(|mark| mark.of == Trait::Host) {
                return Ok(None);
            }
            let shared = shared(tx, &now)?;
            let believed = believed(tx, agent)?;
            let finding = match &believed {
                Some(before) => identity::known(before, &now, &shared),
                None => {
                    let others = others(tx, &row.contract, agent, &now)?;
                    let fleet: Vec<_> = others
                        .iter()
                        .map(|(other, asset, evidence)| Candidate {
                            asset: *asset,
                            evidence,
                            alive: online(*other),
                        })
                        .collect();
                    identity::unknown(&now, &fleet, &shared)
                }
            };
            let hold = matches!(finding, Finding::BoardReplaced { .. } | Finding::Clone);
            let rule = finding.rule();
            let open = open(tx, agent)?;
            // What one of two machines says of itself answers nothing.
            if open.as_ref().is_some_and(|open| open.rule == Rule::TwiceAlive) {
                return Ok(Some(Identified { asset: asset_of(tx, agent)?, rule: Rule::TwiceAlive }));
            }
            match &finding {
                Finding::Returned { asset, rule, automatic: true, .. } => {
                    link(tx, agent, *asset, *rule, "", &Author::Machine, at)?;
                }
                Finding::Same | Finding::New => {
                    // It is again what it was: a reading between two halves of an inventory asked for nothing.
                    if let Some(open) =
                        open.filter(|open| matches!(open.rule, Rule::OtherBoard | Rule::OtherMachine))
                    {
                        answered(tx, open.n, Answer::Gone, "", &Author::Machine, at)?;
                    }
                }
                _ => {
                    let detail = Detail::of(&finding);
                    if open.is_none_or(|open| (open.rule, &open.detail) != (rule, &detail)) {
                        tx.execute(
                            "INSERT INTO findings (agent, rule, detail, at) VALUES (?1, ?2, ?3, ?4)",
                            values![agent.0, rule.label(), detail.text(), at.0],
                        )?;
                    }
                }
            }
            if !hold && believed.as_ref() != Some(&now) {
                believe(tx, agent, &now, at)?;
                learn(tx, agent, &now, &online, at)?;
            }
            Ok(Some(Identified { asset: asset_of(tx, agent)?, rule }))
        })
    }

    /// Two machines use one key by turns: it is held until somebody has said what it is. `false` where it is held for that already, or was
    /// never attached, or is over.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn twice_alive(&self, agent: AgentId, at: UnixSeconds) -> Result<bool, StoreError> {
        self.write(|tx| {
            let live = one(tx, agent)?.is_some_and(|row| !row.standing.is_over());
            if !live || open(tx, agent)?.is_some_and(|open| open.rule == Rule::TwiceAlive) {
                return Ok(false);
            }
            tx.execute(
                "INSERT INTO findings (agent, rule, detail, at) VALUES (?1, ?2, ?3, ?4)",
                values![agent.0, Rule::TwiceAlive.label(), Detail::default().text(), at.0],
            )?;
            Ok(true)
        })
    }

    /// Which equipment a machine is.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn asset_of(&self, agent: AgentId) -> Result<AssetId, StoreError> {
        self.read(|tx| asset_of(tx, agent))
    }

    /// What waits for a person, the oldest first: of one contract, or of all.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn findings(&self, of: Option<&ContractId>) -> Result<Vec<OpenFinding>, StoreError> {
        self.read(|tx| {
            let all = tx.rows(
                "SELECT f.n, f.agent, f.rule, f.detail, f.at, a.contract FROM findings f JOIN agents a ON a.id = f.agent
                 WHERE f.n = (SELECT max(g.n) FROM findings g WHERE g.agent = f.agent)
                   AND NOT EXISTS (SELECT 1 FROM finding_answers x WHERE x.finding = f.n) ORDER BY f.n",
                values![],
            )?;
            let mut found = Vec::new();
            for row in &all {
                let contract: ContractId = super::read::contract_id(row, "contract")?;
                if of.is_none_or(|of| *of == contract) {
                    found.push(finding(row)?);
                }
            }
            Ok(found)
        })
    }

    /// A person's answer to a finding, with the reason. To say that two are one links them; each link can be taken back by
    /// [`Store::unlink`].
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn answer_finding(
        &self,
        n: i64,
        answer: Answer,
        why: &str,
        by: &Author,
        at: UnixSeconds,
    ) -> Result<AgentId, AnswerError> {
        let why = note("the reason", why)?;
        self.write(|tx| {
            let row = tx.first("SELECT * FROM findings WHERE n = ?1", values![n])?;
            let found = row.as_ref().map(finding).transpose()?.ok_or(AnswerError::Gone)?;
            if open(tx, found.agent)?.is_none_or(|open| open.n != n) {
                return Err(AnswerError::Gone);
            }
            match (&answer, found.rule) {
                (Answer::Same, Rule::OtherBoard | Rule::OtherMachine | Rule::TwiceAlive) => {
                    let host = one(tx, found.agent)?.map(|row| row.facts.hostname).unwrap_or_default();
                    let now = evidence_now(tx, found.agent, &host)?;
                    believe(tx, found.agent, &now, at)?;
                }
                (Answer::Is(asset), rule) if found.detail.names(*asset) => {
                    link(tx, found.agent, *asset, rule, why, by, at)?;
                }
                (Answer::Other, Rule::BySerial | Rule::ByUuid | Rule::ByParts | Rule::Several) => {}
                _ => return Err(AnswerError::Unfit),
            }
            answered(tx, n, answer, why, by, at)?;
            Ok(found.agent)
        })
    }

    /// Takes a link back: the machine is equipment of its own again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Conflict`] when it is so already, [`StoreError::Invalid`], [`StoreError::Unavailable`].
    pub fn unlink(&self, agent: AgentId, why: &str, by: &Author, at: UnixSeconds) -> Result<(), StoreError> {
        let why = note("the reason", why)?;
        self.write(|tx| {
            known(tx, agent)?;
            let own = AssetId(agent.0);
            if asset_of(tx, agent)? == own {
                return Err(StoreError::Conflict("this machine is equipment of its own already".to_owned()));
            }
            link(tx, agent, own, Rule::Nothing, why, by, at)
        })
    }

    /// Whether a machine is held: its key was seen on other hardware, and nobody has said yet what that means.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn quarantined(&self, agent: AgentId) -> Result<bool, StoreError> {
        self.read(|tx| quarantined(tx, agent))
    }
}

pub(super) fn quarantined(tx: &Tx<'_>, agent: AgentId) -> Result<bool, StoreError> {
    Ok(open(tx, agent)?.is_some_and(|open| open.rule.holds()))
}

/// The newest link, else the machine's own.
pub(super) fn asset_of(tx: &Tx<'_>, agent: AgentId) -> Result<AssetId, StoreError> {
    let newest = "SELECT asset FROM asset_links WHERE agent = ?1 ORDER BY n DESC LIMIT 1";
    match &tx.first(newest, values![agent.0])? {
        Some(row) => col(row, "asset").map(AssetId),
        None => Ok(AssetId(agent.0)),
    }
}

/// What it says of itself now, as far as it was read in full.
fn evidence_now(tx: &Tx<'_>, agent: AgentId, host: &str) -> Result<Evidence, StoreError> {
    Ok(Evidence::of(host, &contents(tx, agent, identity::tells)?))
}

/// Whether it has said something of each section that tells which machine it is, if only that it could not be read.
fn told_all(tx: &Tx<'_>, agent: AgentId) -> Result<bool, StoreError> {
    let newest = newest(tx, agent)?;
    Ok(identity::TELLING.iter().all(|kind| newest.iter().any(|(packed, _)| packed.kind == *kind)))
}

/// The sections of a machine as they were last read in full.
pub(super) fn contents(
    tx: &Tx<'_>,
    agent: AgentId,
    wanted: impl Fn(SectionKind) -> bool,
) -> Result<Vec<Content>, StoreError> {
    let mut sections = Vec::new();
    for (packed, _) in newest(tx, agent)? {
        if !wanted(packed.kind) {
            continue;
        }
        let whole = match packed.head() {
            Ok((_, Status::Collected)) => Some(packed),
            _ => last_whole(tx, agent, packed.kind)?,
        };
        // What a newer program wrote may not be readable here: then it says nothing.
        sections.extend(whole.and_then(|whole| whole.open().ok()).and_then(|section| section.content));
    }
    Ok(sections)
}

fn believed(tx: &Tx<'_>, agent: AgentId) -> Result<Option<Evidence>, StoreError> {
    let newest = "SELECT body FROM evidence WHERE agent = ?1 ORDER BY n DESC LIMIT 1";
    let row = tx.first(newest, values![agent.0])?;
    row.map(|row| Evidence::from_text(&col::<String>(&row, "body")?).ok_or_else(|| unreadable("evidence")))
        .transpose()
}

fn believe(tx: &Tx<'_>, agent: AgentId, now: &Evidence, at: UnixSeconds) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO evidence (agent, body, at) VALUES (?1, ?2, ?3)",
        values![agent.0, now.text(), at.0],
    )?;
    for mark in now.marks() {
        tx.execute(
            "INSERT INTO marks (agent, sort, value) VALUES (?1, ?2, ?3) ON CONFLICT (agent, sort, value) DO NOTHING",
            values![agent.0, mark.of.label(), mark.value.as_str()],
        )?;
    }
    Ok(())
}

/// The same equipment under another key: what the old one was believed by is what the new one is held against.
pub(super) fn inherit(
    tx: &Tx<'_>,
    (old, new): (AgentId, AgentId),
    at: UnixSeconds,
) -> Result<(), StoreError> {
    link(tx, new, asset_of(tx, old)?, Rule::SameKey, "", &Author::Machine, at)?;
    match believed(tx, old)? {
        Some(evidence) => believe(tx, new, &evidence, at),
        None => Ok(()),
    }
}

/// Of these marks, those that are known to name many machines.
fn shared(tx: &Tx<'_>, now: &Evidence) -> Result<Shared, StoreError> {
    let mut known = Vec::new();
    for mark in now.marks() {
        let found = "SELECT 1 AS one FROM shared_marks WHERE sort = ?1 AND value = ?2";
        if tx.first(found, values![mark.of.label(), mark.value.as_str()])?.is_some() {
            known.push(mark.clone());
        }
    }
    Ok(Shared::known(known))
}

/// Equipment of the same contract's other machines that has a mark in common, by its newest evidence; machines of one asset count once,
/// by the one that spoke last.
fn others(
    tx: &Tx<'_>,
    contract: &ContractId,
    agent: AgentId,
    now: &Evidence,
) -> Result<Vec<(AgentId, AssetId, Evidence)>, StoreError> {
    let mut by_asset: BTreeMap<AssetId, (UnixSeconds, AgentId, Evidence)> = BTreeMap::new();
    for other in having(tx, now)? {
        let row = one(tx, other)?.filter(|row| other != agent && row.contract == *contract);
        let (Some(row), Some(evidence)) = (row, believed(tx, other)?) else { continue };
        let spoke = row.last_seen.unwrap_or(row.enrolled_at);
        let asset = asset_of(tx, other)?;
        let newer = by_asset.get(&asset).is_none_or(|(before, ..)| *before <= spoke);
        if newer {
            by_asset.insert(asset, (spoke, other, evidence));
        }
    }
    Ok(by_asset.into_iter().map(|(asset, (_, other, evidence))| (other, asset, evidence)).collect())
}

fn having(tx: &Tx<'_>, now: &Evidence) -> Result<Vec<AgentId>, StoreError> {
    let mut all = std::collections::BTreeSet::new();
    for mark in now.marks() {
        let found = "SELECT agent FROM marks WHERE sort = ?1 AND value = ?2";
        for row in &tx.rows(found, values![mark.of.label(), mark.value.as_str()])? {
            all.insert(agent_id(row, "agent")?);
        }
    }
    Ok(all.into_iter().collect())
}

/// Two machines that are here at the same time and have a number in common are two: it names neither. Of whichever client.
fn learn(
    tx: &Tx<'_>,
    agent: AgentId,
    now: &Evidence,
    online: &impl Fn(AgentId) -> bool,
    at: UnixSeconds,
) -> Result<(), StoreError> {
    let mut fleet = vec![now.clone()];
    for other in having(tx, now)? {
        let apart =
            other != agent && online(other) && online(agent) && asset_of(tx, other)? != asset_of(tx, agent)?;
        let approved = one(tx, other)?.is_some_and(|row| row.standing == AgentStanding::Approved);
        if apart && approved {
            fleet.extend(believed(tx, other)?);
        }
    }
    let fleet: Vec<&Evidence> = fleet.iter().collect();
    for mark in shared(tx, now)?.learnt(&fleet) {
        tx.execute(
            "INSERT INTO shared_marks (sort, value, at) VALUES (?1, ?2, ?3) ON CONFLICT (sort, value) DO NOTHING",
            values![mark.of.label(), mark.value.as_str(), at.0],
        )?;
    }
    Ok(())
}

fn link(
    tx: &Tx<'_>,
    agent: AgentId,
    asset: AssetId,
    rule: Rule,
    why: &str,
    by: &Author,
    at: UnixSeconds,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO asset_links (agent, asset, rule, why, author, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        values![agent.0, asset.0, rule.label(), why, by.to_string(), at.0],
    )?;
    Ok(())
}

fn answered(
    tx: &Tx<'_>,
    n: i64,
    answer: Answer,
    why: &str,
    by: &Author,
    at: UnixSeconds,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO finding_answers (finding, answer, why, author, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        values![n, answer.text(), why, by.to_string(), at.0],
    )?;
    Ok(())
}

/// The newest finding of a machine, if nobody has answered it.
fn open(tx: &Tx<'_>, agent: AgentId) -> Result<Option<OpenFinding>, StoreError> {
    let newest =
        tx.first("SELECT * FROM findings WHERE agent = ?1 ORDER BY n DESC LIMIT 1", values![agent.0])?;
    let Some(newest) = newest.as_ref().map(finding).transpose()? else { return Ok(None) };
    let answered = tx.first("SELECT 1 AS one FROM finding_answers WHERE finding = ?1", values![newest.n])?;
    Ok(answered.is_none().then_some(newest))
}

fn finding(row: &Row) -> Result<OpenFinding, StoreError> {
    Ok(OpenFinding {
        n: col(row, "n")?,
        agent: agent_id(row, "agent")?,
        rule: Rule::from_label(&col::<String>(row, "rule")?).ok_or_else(|| unreadable("rule"))?,
        detail: Detail::of_text(&col::<String>(row, "detail")?).ok_or_else(|| unreadable("finding"))?,
        at: moment(row, "at")?,
    })
}
