//! A machine under a new key: a row of its own that waits for a manager, on the same equipment, with what the old one was believed by. The old
//! key is over in the same breath: whatever crashes, exactly one of the two counts.

use aval_protocol::firm::{SignedRenewal, Signer};
use aval_protocol::id::{AgentId, KeyId, UnixSeconds};
use aval_protocol::journal::Event;

use super::Store;
use super::codes::attach;
use super::identity::{inherit, quarantined};
use super::journal::append;
use super::machines::{act, facts_text, keep_facts, not_found, one};
use super::read::{agent_id, col};
use crate::records::sql::values;
use crate::records::{AgentStanding, Author, StoreError, agent_of};

impl Store {
    /// Puts another key in the place of a machine's: the new one is pending until a manager has approved it. Whether the word holds is the
    /// caller's to judge. Both journals say who followed whom. `false` when it was so already: the first answer may have been lost on the way.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Conflict`] when the machine is over or held, or either key was used otherwise,
    /// [`StoreError::Unavailable`].
    pub fn renew(
        &self,
        old: AgentId,
        spki: &[u8],
        word: &SignedRenewal,
        signer: &Signer,
        at: UnixSeconds,
    ) -> Result<bool, StoreError> {
        let (new, key) = (agent_of(spki), KeyId::of_spki(spki));
        let bytes = postcard::to_stdvec(word)
            .map_err(|_| StoreError::Invalid("the renewal is unreadable".to_owned()))?;
        self.write(|tx| {
            let row = one(tx, old)?.ok_or_else(|| not_found(old))?;
            if let Some(before) = tx.first("SELECT agent FROM renewals WHERE old = ?1", values![old.0])? {
                return match agent_id(&before, "agent")? == new {
                    true => Ok(false),
                    false => Err(StoreError::Conflict("this key was renewed to another one".to_owned())),
                };
            }
            if row.standing.is_over() || quarantined(tx, old)? {
                return Err(StoreError::Conflict(
                    "this machine is over, or held until a manager has looked at it".to_owned(),
                ));
            }
            if one(tx, new)?.is_some() {
                return Err(StoreError::Conflict("the new key was used before".to_owned()));
            }
            // No code that anybody could type: its hash is the key's own, and its time is over.
            tx.execute(
                "INSERT INTO codes (hash, contract, expires_at, author, at) VALUES (?1, ?2, ?3, ?4, ?5)",
                values![key.0, row.contract.as_str(), at.0, Author::Machine.to_string(), at.0],
            )?;
            attach(tx, new, spki, &row.contract, &key.0, at)?;
            keep_facts(tx, new, &facts_text(&row.facts)?, at)?;
            let covered = "SELECT coverage FROM agent_coverage WHERE agent = ?1 ORDER BY n DESC LIMIT 1";
            if let Some(covered) = tx.first(covered, values![old.0])? {
                tx.execute(
                    "INSERT INTO agent_coverage (agent, coverage, author, at) VALUES (?1, ?2, ?3, ?4)",
                    values![new.0, col::<String>(&covered, "coverage")?, Author::Machine.to_string(), at.0],
                )?;
            }
            inherit(tx, (old, new), at)?;
            tx.execute(
                "INSERT INTO renewals (old, agent, word, at) VALUES (?1, ?2, ?3, ?4)",
                values![old.0, new.0, bytes.as_slice(), at.0],
            )?;
            act(tx, old, AgentStanding::Left, None, "", &Author::Machine, at)?;
            let event = Event::KeyRenewed { old_spki: row.spki, new_spki: spki.to_vec() };
            for agent in [old, new] {
                append(tx, agent, signer, at, &event)?;
            }
            Ok(true)
        })
    }
}
