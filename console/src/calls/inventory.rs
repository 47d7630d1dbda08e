//! A machine's inventory on a terminal, or as one JSON object: what the machine said of itself, never more.

use std::io;

use aval_protocol::text::Lang;
use aval_protocol::text::inventory as text;
use aval_protocol::text::prompt::plain;
use aval_protocol::wire::record::MachineRow;
use serde_json::json;

use crate::moment;
use crate::say::{Mouth, Said};

/// The sections, French; the English names are in the JSON.
pub(super) fn show(row: &MachineRow, page: Option<&text::Page>, mouth: &mut Mouth<'_>) -> io::Result<()> {
    let host = plain(&row.facts.hostname, 40);
    if mouth.json {
        let agent = row.agent.to_string();
        return mouth.event(&json!({
            "event": "inventory", "agent": agent, "hostname": host, "inventory": page,
        }));
    }
    let Some(page) = page else { return mouth.say("inventory", &Said::of(text::none_yet)) };
    writeln!(mouth.out, "{host}")?;
    if let Some(at) = page.collected_at {
        mouth.say("inventory", &Said::of(|l| text::holds_since(l, &moment::shown(l, at))))?;
    }
    for line in text::lines(Lang::Fr, page) {
        writeln!(mouth.out, "{line}")?;
    }
    Ok(())
}
