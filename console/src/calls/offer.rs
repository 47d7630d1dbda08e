//! What was proposed to a client and what was answered, and the people of the firm, on the command line.

use aval_protocol::text::console as text;
use aval_protocol::text::prompt::plain;
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::record::{OfferMade, OfferRow};
use serde_json::{Value, json};

use super::{find, machines};
use crate::cli::OfferCommand;
use crate::link::{CallError, Console};
use crate::moment;
use crate::say::{Failure, Mouth, Said};

/// Carries out one command on offers.
pub(super) async fn run(
    console: &Console,
    command: OfferCommand,
    mouth: &mut Mouth<'_>,
) -> Result<(), Failure> {
    match command {
        OfferCommand::Make { machine, kind, category, note } => {
            let agent = find(&machines(console).await?, &machine)?.agent;
            let made = OfferMade { agent, session: None, kind, category, note };
            tell(&recorded(console.call(Call::Offer(Box::new(made))).await?)?, mouth)
        }
        OfferCommand::Answer { offer, answer } => {
            tell(&recorded(console.call(Call::Answer { offer, answer }).await?)?, mouth)
        }
        OfferCommand::List { machine, .. } => {
            let agent = find(&machines(console).await?, &machine)?.agent;
            let Reply::Machine(detail) = console.call(Call::Machine { agent }).await? else {
                return Err(CallError::Odd.into());
            };
            detail.offers.iter().try_for_each(|row| tell(row, mouth))
        }
    }
}

/// The people.
pub(super) async fn people(console: &Console, mouth: &mut Mouth<'_>) -> Result<(), Failure> {
    let Reply::People(people) = console.call(Call::People).await? else {
        return Err(CallError::Odd.into());
    };
    for line in people {
        let name = plain(&line.name, 60);
        if mouth.json {
            mouth.event(&json!({
                "person": line.person,
                "name": name,
                "roles": line.roles,
                "locked": line.locked,
                "online": line.online,
                "last_seen": line.last_seen.map(moment::rfc3339),
            }))?;
            continue;
        }
        let state = Said::of(|l| text::person_state(l, line.locked, line.online));
        let roles = line.roles.iter().map(|role| plain(role, 20)).collect::<Vec<_>>().join(", ");
        writeln!(mouth.out, "{}  {name}  {roles}  {} / {}", line.person, state.fr, state.en)?;
    }
    Ok(())
}

fn recorded(reply: Reply) -> Result<OfferRow, CallError> {
    match reply {
        Reply::Offer(row) => Ok(*row),
        _ => Err(CallError::Odd),
    }
}

fn tell(row: &OfferRow, mouth: &mut Mouth<'_>) -> Result<(), Failure> {
    let said = Said::of(|l| text::desk::offered(l, row.offer, row.kind, row.included, &row.clause));
    let said = said.then(&Said::of(|l| text::desk::offer_state(l, row.answer)));
    let fields: Value = json!({
        "offer": row.offer,
        "kind": row.kind,
        "category": row.category,
        "included": row.included,
        "clause": row.clause,
        "note": plain(&row.note, 200),
        "by": row.by,
        "at": moment::rfc3339(row.at),
        "answer": row.answer,
        "answered_at": row.answered_at.map(moment::rfc3339),
    });
    Ok(mouth.tell("offer", &said, fields)?)
}
