//! A file that a manager brings: what it would change of a contract's list, and the version that is made of it. It is taken as a whole or
//! not at all, and against the list that was looked at.

use std::sync::Arc;

use aval_protocol::firm::Member;
use aval_protocol::text::equipment::import as text;
use aval_protocol::text::fleet;
use aval_protocol::text::gate::Sentence;
use aval_protocol::text::inventory::Both;
use aval_protocol::wire::codes::FaultCode;
use aval_protocol::wire::enrol::Reply;
use aval_protocol::wire::equipment::{Amendment, Entered, EquipmentList};
use aval_protocol::wire::fleet::{EquipmentImport, ImportFate, ImportLine, ImportPlan, MAX_BROUGHT};

use super::super::Fault;
use super::{said, settled, shown};
use crate::coverage::{self, today};
use crate::exchange;
use crate::exchange::plan::{Blocked, Defaults, Fate, Plan, plan};
use crate::hub::Hub;
use crate::records::{Author, ListError};

pub(in crate::calls) async fn import(
    hub: &Arc<Hub>,
    by: &Member,
    import: EquipmentImport,
) -> Result<Reply, Fault> {
    let EquipmentImport { contract, read, file, from, class, notified, apply } = import;
    if file.len() > MAX_BROUGHT {
        return Err(Fault::Said(FaultCode::Invalid, text::FileFault::Big(MAX_BROUGHT).sentence()));
    }
    let file = exchange::read(&file).map_err(|why| Fault::Said(FaultCode::Invalid, why.sentence()))?;
    let (id, now) = (contract.clone(), hub.clock.wall());
    let lists = hub.store(move |store| match store.contract_at(&id, now)? {
        Some(_) => store.lists(&id).map(Some),
        None => Ok(None),
    });
    let lists = lists.await?.ok_or(Fault::Code(FaultCode::NotFound))?;
    let before = lists.newest();
    let newest = before.map(EquipmentList::hash);
    let entered = notified.map_or(Entered::Agreed, Entered::Notified);
    let defaults = Defaults { from: from.unwrap_or_else(|| today(now)), entered, class };
    let plan = plan(&contract, before, &defaults, &file);
    let mut page = page(&plan);
    page.read = newest;
    if !apply {
        return Ok(Reply::ImportPlan(Box::new(page)));
    }
    if read != newest {
        return Err(Fault::Said(FaultCode::Conflict, fleet::changed()));
    }
    let changes: Vec<Amendment> = match plan.amendments() {
        Ok(changes) => changes.to_vec(),
        Err(blocked) => return Err(Fault::Said(FaultCode::Invalid, why(blocked))),
    };
    let (id, author) = (contract.clone(), Author::Member(by.person.clone()));
    let made = hub.store(move |store| {
        let mut made = None;
        let done = store.propose_list(&id, read, defaults.from, &changes, &author, now);
        Ok(settled(done.map(|list| made = Some(list.hash())))?.map(|()| made))
    });
    page.made = made.await?.map_err(|error| said(&error))?;
    tracing::info!(%contract, person = %by.person, "a file of equipment was taken");
    hub.changes.everything();
    Ok(Reply::ImportPlan(Box::new(page)))
}

fn page(plan: &Plan) -> ImportPlan {
    let told = plan.lines.iter().zip(plan.told());
    let line = |((at, fate), said): (&(usize, Fate), Sentence)| ImportLine {
        at: u32::try_from(*at).unwrap_or(u32::MAX),
        fate: match fate {
            Fate::New(..) => ImportFate::New,
            Fate::Same(_) => ImportFate::Same,
            Fate::Changes(..) => ImportFate::Changes,
            Fate::Refused(_) => ImportFate::Refused,
        },
        said: shown::both(said),
    };
    ImportPlan {
        read: None,
        lines: told.map(line).collect(),
        ignored: plan.ignored.clone(),
        unnamed: plan.unnamed.clone(),
        blocked: plan.amendments().err().map(|blocked| shown::both(why(blocked))),
        made: None,
    }
}

fn why(blocked: &Blocked) -> Sentence {
    match blocked {
        Blocked::Lines(bad) => {
            let both = Both::by(|lang| text::blocked(lang, *bad));
            Sentence { fr: both.fr, en: both.en }
        }
        Blocked::List(bad) => coverage::said(&ListError::Bad(bad.clone())),
    }
}
