//! The relay's side of the conversation about inventories: says what the record holds, keeps what is sent, remembers nothing itself.

use aval_protocol::id::{AgentId, UnixSeconds};
use aval_protocol::wire::inventory::section::MAX_BODY;
use aval_protocol::wire::inventory::{InventoryDown, InventoryUp, SectionRefused, root};
use aval_protocol::wire::link::Downlink;

use crate::hub::{Hub, Link};
use crate::identity;
use crate::records::{AgentStanding, KeptOr, StoreError};

/// Tells an approved machine of which the record holds nothing not to wait.
pub(crate) async fn want(hub: &Hub, link: &Link, agent: AgentId) {
    match hub.store(move |store| store.inventory_held(agent)).await {
        Ok(held) if held.is_empty() => link.say(Downlink::Inventory(InventoryDown::Wanted)),
        Ok(_) => {}
        Err(error) => tracing::error!(%agent, %error, "its inventory can't be read"),
    }
}

/// Answers an agent; `false` when it said something that no agent says.
pub(crate) async fn heard(hub: &Hub, link: &Link, agent: AgentId, word: InventoryUp) -> bool {
    if let InventoryUp::Section(packed) = &word
        && packed.body.len() > MAX_BODY
    {
        return false;
    }
    let answer = match word {
        InventoryUp::Check { root: asked } => {
            let at = hub.clock.wall();
            let held = hub.store(move |store| {
                let held = approved(store, agent)?.then(|| store.inventory_held(agent)).transpose()?;
                let Some(held) = held else { return Ok(None) };
                let root = root(held.iter().map(|held| (held.kind, held.digest)));
                if root == asked && !held.is_empty() {
                    store.inventory_checked(agent, at)?;
                }
                Ok(Some((root, held)))
            });
            match held.await {
                Ok(Some((root, _))) if root == asked => Some(InventoryDown::Same { root }),
                Ok(Some((_, held))) => {
                    // Health is told apart, and its verdicts alone decide when.
                    Some(InventoryDown::Held(held.into_iter().filter(|held| !held.kind.volatile()).collect()))
                }
                Ok(None) => None,
                Err(error) => {
                    tracing::error!(%agent, %error, "its inventory can't be read");
                    None
                }
            }
        }
        InventoryUp::Section(packed) => {
            let (kind, at) = (packed.kind, hub.clock.wall());
            let kept = hub.store(move |store| match approved(store, agent)? {
                true => store.keep_section(agent, &packed, at).map(Some),
                false => Ok(None),
            });
            match kept.await {
                Ok(Some(KeptOr::Kept(held))) => {
                    if identity::tells(kind) {
                        identify(hub, agent, at).await;
                    }
                    Some(InventoryDown::Kept(held))
                }
                Ok(Some(KeptOr::Refused(why))) => {
                    tracing::info!(%agent, %kind, %why, "a section of its inventory is not kept");
                    Some(InventoryDown::Refused { kind, why })
                }
                Ok(None) => None,
                Err(error) => {
                    tracing::error!(%agent, %error, "its inventory can't be recorded");
                    Some(InventoryDown::Refused { kind, why: SectionRefused::Unavailable })
                }
            }
        }
    };
    if let Some(answer) = answer {
        link.say(Downlink::Inventory(answer));
    }
    true
}

/// Asks the record which equipment it is, now that it says something else of itself.
async fn identify(hub: &Hub, agent: AgentId, at: UnixSeconds) {
    let online = hub.presence().agents();
    match hub.store(move |store| store.identify(agent, |other| online.contains(&other), at)).await {
        Ok(Some(found)) if found.rule.holds() => {
            tracing::warn!(%agent, rule = found.rule.label(), "its key may have been copied: it is held until a manager has looked");
            hub.changes.touch(agent);
        }
        Ok(Some(found)) => tracing::debug!(%agent, rule = found.rule.label(), "which equipment it is"),
        Ok(None) => {}
        Err(error) => tracing::error!(%agent, %error, "which equipment it is can't be judged"),
    }
}

/// Only a machine that a manager approved has an inventory here.
fn approved(store: &crate::records::Store, agent: AgentId) -> Result<bool, StoreError> {
    Ok(store.agent(agent)?.is_some_and(|row| row.standing == AgentStanding::Approved))
}
