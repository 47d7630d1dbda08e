//! The relay's journal of a machine: fetched page by page, and never believed further than hash and signature reach.

use aval_protocol::hex;
use aval_protocol::id::{AgentId, KeyId};
use aval_protocol::journal::{Broken, Chain, Entry, Event, Told};
use aval_protocol::text::console as text;
use aval_protocol::wire::codes::RefusalCode;
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::record::JournalPage;
use aval_protocol::wire::turn::Hold;
use serde_json::{Map, Value, json};

use super::{find, machines, show as shown};
use crate::link::{CallError, Console};
use crate::moment;
use crate::say::{EXIT_DONE, EXIT_FAILED, Failure, Mouth, Said};

/// Follows a journal from its first entry and remembers what does not hold.
struct Reading {
    /// The key that must have signed.
    key: KeyId,
    chain: Chain,
    bad: Option<Bad>,
}

/// What does not hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
enum Bad {
    /// An entry.
    #[error(transparent)]
    Entry(#[from] Broken),
    /// The relay says itself that another key signed.
    #[error("it is signed by another key: {0}")]
    Key(KeyId),
}

/// Checks every hash and signature. The exit code.
pub(super) async fn verify(
    console: &Console,
    machine: &str,
    key: Option<KeyId>,
    mouth: &mut Mouth<'_>,
) -> Result<u8, Failure> {
    let agent = find(&machines(console).await?, machine)?.agent;
    let mut reading = Reading::new(key.unwrap_or_else(|| KeyId::of_spki(&console.relay().spki)));
    walk(console, agent, &mut reading, |_| Ok(())).await?;
    reading.verdict(mouth)
}

/// Reads a whole journal, entry by entry as far as it holds; whether all of it does, and the sentence that says so.
///
/// # Errors
/// [`CallError`].
pub(crate) async fn follow(
    console: &Console,
    agent: AgentId,
    mut with: impl FnMut(&Entry),
) -> Result<(bool, Said), CallError> {
    let mut reading = Reading::new(KeyId::of_spki(&console.relay().spki));
    loop {
        let page = reading.next(console, agent).await?;
        reading.page(&page).iter().for_each(&mut with);
        if reading.bad.is_some() || !page.more {
            return Ok((reading.bad.is_none(), reading.said()));
        }
    }
}

/// The name of an entry's kind, and the person whose act it tells.
pub(crate) fn kind_and_author(told: &Told) -> (&'static str, Option<&str>) {
    let Told::Known(event) = told else { return ("UNKNOWN", None) };
    let by = match event {
        Event::Approved { by, .. }
        | Event::CodeIssued { by, .. }
        | Event::ExceptionGranted { by, .. }
        | Event::ListAsked { by, .. }
        | Event::Locked { by, .. } => Some(by.as_str()),
        Event::Requested { technician, .. } | Event::Asked { technician, .. } => Some(technician.as_str()),
        _ => None,
    };
    (event.label(), by)
}

/// Shows the entries, and checks them on the way. The exit code.
pub(super) async fn show(console: &Console, machine: &str, mouth: &mut Mouth<'_>) -> Result<u8, Failure> {
    let agent = find(&machines(console).await?, machine)?.agent;
    let mut reading = Reading::new(KeyId::of_spki(&console.relay().spki));
    walk(console, agent, &mut reading, |entry| tell(entry, mouth)).await?;
    if reading.bad.is_some() { reading.verdict(mouth) } else { Ok(EXIT_DONE) }
}

/// Every entry that holds, in order, until one does not.
async fn walk(
    console: &Console,
    agent: AgentId,
    reading: &mut Reading,
    mut with: impl FnMut(&Entry) -> std::io::Result<()>,
) -> Result<(), Failure> {
    loop {
        let page = reading.next(console, agent).await?;
        for entry in reading.page(&page) {
            with(entry)?;
        }
        if reading.bad.is_some() || !page.more {
            return Ok(());
        }
    }
}

// === impl Reading

impl Reading {
    fn new(key: KeyId) -> Self {
        Self { key, chain: Chain::new(), bad: None }
    }

    /// The page after what was read.
    async fn next(&self, console: &Console, agent: AgentId) -> Result<JournalPage, CallError> {
        let from = self.chain.head().seq.saturating_add(1);
        let Reply::Journal(page) = console.call(Call::Journal { agent, from }).await? else {
            return Err(CallError::Odd);
        };
        // A page that promises more and brings nothing would be asked for for ever.
        if page.more && page.entries.is_empty() { Err(CallError::Odd) } else { Ok(page) }
    }

    /// Whether what was read holds, for the person.
    fn said(&self) -> Said {
        let entries = self.chain.head().seq;
        match self.bad {
            None => Said::of(|l| text::journal_good(l, entries, &shown::fingerprint(self.key))),
            Some(bad) => Said::of(|l| text::journal_bad(l, entries, &bad.to_string())),
        }
    }

    /// The entries of a page that hold.
    fn page<'a>(&mut self, page: &'a JournalPage) -> &'a [Entry] {
        let signed_by = KeyId::of_spki(&page.spki);
        if signed_by != self.key && !page.entries.is_empty() {
            self.bad = Some(Bad::Key(signed_by));
            return &[];
        }
        let mut good = 0;
        for entry in &page.entries {
            match self.chain.follow(entry, &page.spki) {
                Ok(()) => good += 1,
                Err(broken) => {
                    self.bad = Some(broken.into());
                    break;
                }
            }
        }
        &page.entries[..good]
    }

    fn verdict(&self, mouth: &mut Mouth<'_>) -> Result<u8, Failure> {
        let entries = self.chain.head().seq;
        match self.bad {
            None => {
                mouth.tell(
                    "journal-good",
                    &self.said(),
                    json!({ "entries": entries, "head": hex::encode(&self.chain.head().hash), "key": self.key.to_string() }),
                )?;
                Ok(EXIT_DONE)
            }
            Some(_) => {
                mouth.tell("journal-bad", &self.said(), json!({ "after": entries }))?;
                Ok(EXIT_FAILED)
            }
        }
    }
}

/// One entry: a line for people, an object for programs.
fn tell(entry: &Entry, mouth: &mut Mouth<'_>) -> std::io::Result<()> {
    let (label, fields) = match entry.told() {
        Told::Known(event) => (event.label(), fields(&event)),
        Told::Opaque => ("UNKNOWN", Map::new()),
    };
    if mouth.json {
        return mouth.event(&json!({
            "seq": entry.seq,
            "at": moment::rfc3339(entry.at),
            "entry": label,
            "hash": hex::encode(&entry.hash()),
            "fields": fields,
        }));
    }
    let fields = fields.iter().map(|(name, value)| match value {
        Value::String(text) => format!("  {name}={text}"),
        other => format!("  {name}={other}"),
    });
    writeln!(
        mouth.out,
        "{:>6}  {}  {label}{}",
        entry.seq,
        moment::rfc3339(entry.at),
        fields.collect::<String>()
    )
}

/// What an event holds, under the names of its fields.
fn fields(event: &Event) -> Map<String, Value> {
    let value = match event {
        Event::Enrolled { agent_key } => json!({ "agent_key": agent_key.to_string() }),
        Event::Approved { by, contract } => json!({ "by": by, "contract": contract }),
        Event::CodeIssued { by, contract, expires_at } => {
            json!({ "by": by, "contract": contract, "expires_at": moment::rfc3339(*expires_at) })
        }
        Event::Requested { technician, capabilities, category, reference, .. } => json!({
            "technician": technician,
            "capabilities": shown::capabilities(*capabilities),
            "category": category,
            "reference": hex::encode(reference),
        }),
        Event::GateRefused { codes, at, .. } => json!({
            "codes": codes.iter().map(RefusalCode::to_string).collect::<Vec<_>>(),
            "judged_at": moment::rfc3339(*at),
        }),
        Event::Permitted { contract, .. } => json!({ "contract": contract }),
        Event::Asked { technician, .. } => json!({ "technician": technician }),
        Event::Granted { capabilities, epoch, shown_ms, .. } => json!({
            "capabilities": shown::capabilities(*capabilities),
            "epoch": epoch.0,
            "shown_ms": shown_ms,
        }),
        Event::Refused { reason, .. } => json!({ "reason": reason.to_string() }),
        Event::Started { .. } | Event::Left | Event::Extension { .. } | Event::LineLost { .. } => json!({}),
        Event::Promised { capabilities, .. } => json!({ "capabilities": shown::capabilities(*capabilities) }),
        Event::Returned { capabilities, epoch, .. } => {
            json!({ "capabilities": shown::capabilities(*capabilities), "epoch": epoch.0 })
        }
        Event::Handover { kind, count, .. } => json!({ "kind": kind, "count": count }),
        Event::Held { why: Hold::Locked, .. } => json!({ "why": "locked" }),
        Event::Held { why: Hold::Asleep, .. } => json!({ "why": "asleep" }),
        Event::Held { why: Hold::Idle, .. } => json!({ "why": "idle" }),
        Event::Held { why: Hold::Secure, .. } => json!({ "why": "secure" }),
        Event::Widening { capabilities, .. } => json!({ "capabilities": shown::capabilities(*capabilities) }),
        Event::Turned { epoch, capabilities, .. } => {
            json!({ "epoch": epoch.0, "capabilities": shown::capabilities(*capabilities) })
        }
        Event::Resumed { epoch, away_s, .. } => json!({ "epoch": epoch.0, "away_s": away_s }),
        Event::Ended { reason, duration_s, .. } => {
            json!({ "reason": reason.to_string(), "duration_s": duration_s })
        }
        Event::ExceptionGranted { by, until, reason } => {
            json!({ "by": by, "until": moment::rfc3339(*until), "reason": hex::encode(reason) })
        }
        Event::Locked { technician, by, locked } => {
            json!({ "technician": technician, "by": by, "locked": locked })
        }
        Event::LineMeasured(line) => shown::line(line),
        Event::Erased { texts } => json!({ "texts": texts }),
        Event::ListAsked { by, list } => json!({ "by": by, "list": list.to_string() }),
        Event::ListAnswered { list, yes } => json!({ "list": list.to_string(), "yes": yes }),
        Event::KeyRenewed { old_spki, new_spki } => {
            let [old, new] = [old_spki, new_spki].map(|spki| KeyId::of_spki(spki).to_string());
            json!({ "old": old, "new": new })
        }
        Event::RootSucceeded { number, old, new } => {
            json!({ "number": number, "old": old.to_string(), "new": new.to_string() })
        }
        Event::ProgramChanged { from, to } => json!({ "from": from, "to": to }),
        Event::ProgramPutBack { version } => json!({ "version": version }),
        Event::PeerHead { seq, hash } => json!({ "seq": seq, "hash": hex::encode(hash) }),
    };
    let mut fields = Map::new();
    if let Some(session) = event.session() {
        fields.insert("session".into(), session.to_string().into());
    }
    if let Value::Object(more) = value {
        fields.extend(more);
    }
    fields
}

#[cfg(test)]
mod tests;
