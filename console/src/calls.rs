//! Commands that are one question to the relay: the machines, a manager's acts, what the gate would say, the journal.

mod find;
mod inventory;
pub(crate) mod journal;
mod offer;
pub(crate) mod show;

use aval_protocol::id::{AgentId, ContractId, KeyId, PersonId, UnixSeconds};
use aval_protocol::text::console as text;
use aval_protocol::text::inventory::{Page, page};
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::inventory::InventoryRecord;
use aval_protocol::wire::record::{Exception, MachineRow, Mark};
use aval_protocol::wire::session::{Approval, MAX_TEXT, SessionRequest};
use serde_json::json;

use crate::cli::{CodeCommand, JournalCommand, Online, RequestArgs};
use crate::link::{CallError, Console};
use crate::moment;
use crate::say::{EXIT_DONE, EXIT_USAGE, Failure, Mouth, Said};
use crate::session::conduct;

pub use find::{FindError, find};

/// Machines of one firm at most: what a relay claims beyond is not kept.
const MOST_MACHINES: usize = 200_000;

/// Carries out one command. The exit code.
///
/// # Errors
/// [`Failure`] says what to tell.
pub async fn run(console: &Console, command: Online, mouth: &mut Mouth<'_>) -> Result<u8, Failure> {
    match command {
        Online::Machines { .. } => show::machines(&machines(console).await?, mouth)?,
        Online::Inventory { machine, .. } => {
            let row = find(&machines(console).await?, &machine)?.clone();
            inventory::show(&row, inventory_page(console, row.agent).await?.as_ref(), mouth)?;
        }
        Online::Code(CodeCommand::New { contract, minutes }) => {
            issue(console, contract, minutes, mouth).await?
        }
        Online::Approve { machine } => approve(console, &machine, mouth).await?,
        Online::Exception { machine, reason, minutes } => {
            except(console, &machine, reason, minutes, mouth).await?;
        }
        Online::Lock { person, reason } => lock(console, person, true, reason, mouth).await?,
        Online::HandOver { machine, to } => hand_over(console, &machine, to, mouth).await?,
        Online::Unlock { person, reason } => lock(console, person, false, reason, mouth).await?,
        Online::Explain { request, at, .. } => explain(console, &request, at, mouth).await?,
        Online::Offer(command) => offer::run(console, command, mouth).await?,
        Online::People { .. } => offer::people(console, mouth).await?,
        Online::Journal(JournalCommand::Verify { machine, key }) => {
            return journal::verify(console, &machine, key, mouth).await;
        }
        Online::Journal(JournalCommand::Show { machine, .. }) => {
            return journal::show(console, &machine, mouth).await;
        }
        Online::Session(args) => return conduct::run(console, &args, mouth).await,
    }
    Ok(EXIT_DONE)
}

/// The machines and how they stand.
///
/// # Errors
/// [`CallError`].
pub async fn machines(console: &Console) -> Result<Vec<MachineRow>, CallError> {
    Ok(machines_marked(console).await?.0)
}

/// The same, and the moment from which on changes can be asked for.
///
/// # Errors
/// [`CallError`].
pub(crate) async fn machines_marked(console: &Console) -> Result<(Vec<MachineRow>, Mark), CallError> {
    let (mut rows, mut first) = (Vec::<MachineRow>::new(), None);
    loop {
        let after = rows.last().map(|row| row.agent);
        let Reply::Machines(page) = console.call(Call::Machines { after }).await? else {
            return Err(CallError::Odd);
        };
        // What changes while pages are read is told as changes since the first one.
        let mark = *first.get_or_insert(page.mark);
        // Pages that go back or promise for ever more would never end.
        let odd = page.rows.iter().any(|row| after.is_some_and(|after| row.agent <= after));
        if odd || (page.more && page.rows.is_empty()) || rows.len() > MOST_MACHINES {
            return Err(CallError::Odd);
        }
        rows.extend(page.rows);
        if !page.more {
            return Ok((rows, mark));
        }
    }
}

/// What the record holds of a machine's inventory.
///
/// # Errors
/// [`CallError`].
pub async fn inventory(console: &Console, agent: AgentId) -> Result<InventoryRecord, CallError> {
    match console.call(Call::Inventory { agent }).await? {
        Reply::Inventory(record) => Ok(*record),
        _ => Err(CallError::Odd),
    }
}

/// The same for people; `None` while the record holds nothing of it.
///
/// # Errors
/// [`CallError`].
pub async fn inventory_page(console: &Console, agent: AgentId) -> Result<Option<Page>, CallError> {
    let record = inventory(console, agent).await?;
    Ok((!record.sections.is_empty()).then(|| page(&record)))
}

/// The request that a command line stands for.
///
/// # Errors
/// [`Failure`] when the machine is not one, or nobody is named who asked.
pub async fn request(console: &Console, args: &RequestArgs) -> Result<(SessionRequest, MachineRow), Failure> {
    let reference = args.reference.trim();
    if reference.is_empty() || reference.chars().count() > MAX_TEXT {
        return Err(Failure { said: Said::of(text::no_reference), exit: EXIT_USAGE });
    }
    let row = find(&machines(console).await?, &args.machine)?.clone();
    Ok((to_request(row.agent, args, reference), row))
}

/// Signs, as a manager, that this machine's key is the client's, and tells the relay.
///
/// # Errors
/// [`Failure`].
pub async fn approve_row(console: &Console, row: &MachineRow) -> Result<KeyId, Failure> {
    let agent_key = KeyId::of_spki(&row.spki);
    if AgentId::from(agent_key) != row.agent {
        return Err(Failure::of(text::wrong_machine_key));
    }
    let approval = Approval {
        agent_key,
        contract: row.contract.clone(),
        hostname: row.facts.hostname.clone(),
        at: console.now(),
    };
    let signed = console.signer().sign(&approval).map_err(|_| Failure::of(text::wrong_machine_key))?;
    done(&console.call(Call::Approve(Box::new(signed))).await?)?;
    Ok(agent_key)
}

async fn issue(
    console: &Console,
    contract: ContractId,
    minutes: u32,
    mouth: &mut Mouth<'_>,
) -> Result<(), Failure> {
    let Reply::Code(issued) = console.call(Call::IssueCode { contract, valid_minutes: minutes }).await?
    else {
        return Err(CallError::Odd.into());
    };
    let said = Said::of(|l| {
        text::code_issued(l, &issued.code, &moment::shown(l, issued.expires_at), issued.link.as_deref())
    });
    let expires_at = moment::rfc3339(issued.expires_at);
    let fields = json!({ "code": issued.code, "expires_at": expires_at, "link": issued.link });
    mouth.tell("code", &said, fields)?;
    Ok(())
}

async fn approve(console: &Console, machine: &str, mouth: &mut Mouth<'_>) -> Result<(), Failure> {
    let rows = machines(console).await?;
    let row = find(&rows, machine)?;
    let key = approve_row(console, row).await?;
    let said = Said::of(|l| {
        text::approved(l, &row.facts.hostname, &row.client, row.contract.as_str(), &show::fingerprint(key))
    });
    mouth.tell("approved", &said, json!({ "agent": row.agent.to_string(), "key": key.to_string() }))?;
    Ok(())
}

async fn except(
    console: &Console,
    machine: &str,
    reason: String,
    minutes: u32,
    mouth: &mut Mouth<'_>,
) -> Result<(), Failure> {
    let rows = machines(console).await?;
    let row = find(&rows, machine)?;
    let from = console.relay_now();
    let until = UnixSeconds(from.0.saturating_add(i64::from(minutes) * 60));
    done(&console.call(Call::GrantException(Exception { agent: row.agent, reason, from, until })).await?)?;
    let said = Said::of(|l| text::excepted(l, &row.facts.hostname, &moment::shown(l, until)));
    mouth.tell("excepted", &said, json!({ "until": moment::rfc3339(until) }))?;
    Ok(())
}

async fn hand_over(
    console: &Console,
    machine: &str,
    to: PersonId,
    mouth: &mut Mouth<'_>,
) -> Result<(), Failure> {
    let agent = find(&machines(console).await?, machine)?.agent;
    let said = Said::of(|l| text::handed_over(l, to.as_str()));
    done(&console.call(Call::HandOver { agent, to }).await?)?;
    mouth.say("handed-over", &said)?;
    Ok(())
}

async fn lock(
    console: &Console,
    technician: PersonId,
    locked: bool,
    reason: String,
    mouth: &mut Mouth<'_>,
) -> Result<(), Failure> {
    let said = Said::of(|l| text::locked(l, technician.as_str(), locked));
    done(&console.call(Call::Lock { technician, locked, reason }).await?)?;
    mouth.say(if locked { "locked" } else { "unlocked" }, &said)?;
    Ok(())
}

async fn explain(
    console: &Console,
    args: &RequestArgs,
    at: Option<UnixSeconds>,
    mouth: &mut Mouth<'_>,
) -> Result<(), Failure> {
    let rows = machines(console).await?;
    let row = find(&rows, &args.machine)?;
    let request = to_request(row.agent, args, args.reference.trim());
    let Reply::Decision(decision) = console.call(Call::Explain { request, at }).await? else {
        return Err(CallError::Odd.into());
    };
    show::decision("decision", &decision, mouth)?;
    Ok(())
}

fn to_request(agent: AgentId, args: &RequestArgs, reference: &str) -> SessionRequest {
    SessionRequest {
        agent,
        capabilities: args.capabilities,
        category: args.category,
        reference: reference.to_owned(),
        minutes: args.minutes,
    }
}

fn done(reply: &Reply) -> Result<(), CallError> {
    match reply {
        Reply::Done => Ok(()),
        _ => Err(CallError::Odd),
    }
}
