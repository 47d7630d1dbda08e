//! A version of the equipment list for the client's representative (clause 2.2): fetched when the relay says that one waits, put to the
//! person while no session runs, answered with this machine's key. What is put is read from the lists that are signed, never from words of
//! the relay.

use std::time::{Duration, Instant};

use aval_protocol::firm::{Profile, Signed};
use aval_protocol::journal::Event;
use aval_protocol::prompt::NoReason;
use aval_protocol::prompt::list::{AskList, LIST_TTL, ListAnswer};
use aval_protocol::wire::assent::{BadListAsk, ListAsk, ListWord};
use aval_protocol::wire::enrol::Call;
use aval_protocol::wire::equipment::ListHash;
use aval_protocol::wire::machine::MachineReply;
use tokio::time::timeout;

use super::Run;
use crate::ipc::ToSession;
use crate::link::{self, LinkEvent};
use crate::service::limit::{MAX_PROMPTS, SILENCE};

/// How long the relay may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where a version is on its way to the person and back.
#[derive(Default)]
pub(super) struct Assent {
    /// It waits until the person can be asked.
    waits: Option<Box<ListAsk>>,
    /// The person is being asked.
    asked: Option<Box<ListAsk>>,
    /// When the person was asked lately: whoever has lists made up tires nobody.
    put: Vec<Instant>,
    /// What the person said, and the relay has not taken yet.
    unsaid: Option<Signed<ListWord>>,
}

impl Assent {
    /// Whether a list is before the person's eyes.
    pub(super) const fn is_asking(&self) -> bool {
        self.asked.is_some()
    }
}

impl Run {
    /// The relay says that a version waits, or there is a line again.
    pub(super) fn fetch_list(&mut self, waits: bool) {
        match self.assent.unsaid.clone() {
            Some(word) => self.ask_relay(Call::ListWord(Box::new(word))),
            None if waits => self.ask_relay(Call::ListAsk),
            None => {}
        }
    }

    fn ask_relay(&mut self, call: Call) {
        let Some(up) = &self.up else { return };
        let (connection, events) = (up.connection.clone(), self.link_events.clone());
        self.measurements.spawn(async move {
            match timeout(PATIENCE, link::call::call(&connection, call)).await {
                Ok(Ok(reply)) => drop(events.send(LinkEvent::Answered(Box::new(reply))).await),
                // The line tells of its own end; it is asked again on the next one.
                Ok(Err(why)) => tracing::info!(why, "the relay did not answer"),
                Err(_) => tracing::info!("the relay did not answer in time"),
            }
        });
    }

    /// The relay's answer.
    pub(super) fn answered(&mut self, reply: MachineReply) {
        match reply {
            MachineReply::ListAsk(found) => {
                let known = self.assent.asked.as_ref().map(|ask| ask.list.hash());
                self.assent.waits = found.filter(|ask| known != Some(ask.list.hash()));
            }
            MachineReply::Done => self.assent.unsaid = None,
            MachineReply::Fault { code, en, .. } => {
                // Overtaken, or approved on paper meanwhile: the person's word stays in this journal.
                tracing::warn!(%code, why = en, "the relay does not take the word on the list");
                self.assent.unsaid = None;
            }
            _ => {}
        }
    }

    /// Puts what waits to the person, once there is somebody and no session runs.
    pub(super) fn put_list(&mut self) {
        let engine = &self.driver.engine;
        if self.assent.asked.is_some() || !engine.has_desktop() || engine.session().is_some() {
            return;
        }
        let now = self.driver.clock.monotonic();
        self.assent.put.retain(|at| now.saturating_duration_since(*at) < SILENCE);
        if self.assent.put.len() >= MAX_PROMPTS {
            return;
        }
        let Some(ask) = self.assent.waits.take() else { return };
        match question(&ask, engine.profile()) {
            Ok(question) => {
                self.assent.asked = Some(ask);
                self.assent.put.push(now);
                self.order(ToSession::AskList(Box::new(question)));
            }
            Err(why) => tracing::warn!(%why, "a version of the equipment list is put to nobody"),
        }
    }

    /// Nobody is there any more: it is put again when somebody is.
    pub(super) fn list_back(&mut self) {
        let asked = self.assent.asked.take();
        self.assent.waits = asked.or(self.assent.waits.take());
    }

    /// What the person said. Only their own yes and no are words; the rest decides nothing.
    pub(super) fn list_answered(&mut self, list: ListHash, answer: ListAnswer) {
        let Some(ask) = self.assent.asked.take_if(|ask| ask.list.hash() == list) else { return };
        let (yes, shown_ms) = match answer {
            ListAnswer::Yes { shown_ms } => (true, shown_ms),
            ListAnswer::No(NoReason::Refused) => (false, 0),
            // A session came in between.
            ListAnswer::No(NoReason::Withdrawn) => {
                self.assent.waits.get_or_insert(ask);
                return;
            }
            ListAnswer::No(why) => return tracing::info!(?why, "the equipment list is put aside"),
        };
        let (_, at) = self.times();
        let contract = ask.list.contract.clone();
        let word = ListWord { contract, list, yes, effect: ask.effect, shown_ms, at };
        let signed = match self.driver.signer.sign(&word) {
            Ok(signed) => signed,
            Err(error) => return tracing::error!(%error, "the word on the list can’t be signed"),
        };
        // What is not written down here is not said elsewhere.
        let event = Event::ListAnswered { list, yes };
        if let Err(error) = self.driver.keep.append(&self.driver.signer, at, &event) {
            return tracing::error!(%error, "the journal cannot be written; the list is not answered");
        }
        self.tell_head();
        self.assent.unsaid = Some(signed);
        self.fetch_list(false);
    }
}

/// As the person reads it.
fn question(ask: &ListAsk, firm: &Profile) -> Result<AskList, BadListAsk> {
    let list = &ask.list;
    Ok(AskList {
        firm: firm.name.clone(),
        phone: firm.phone.clone(),
        client: ask.client.clone(),
        contract: list.contract.clone(),
        version: list.version,
        list: list.hash(),
        from: list.from,
        covering: u32::try_from(list.on(list.from).count()).unwrap_or(u32::MAX),
        changes: ask.changes()?,
        effect: ask.effect,
        ttl_s: u16::try_from(LIST_TTL.as_secs()).unwrap_or(u16::MAX),
        lang: None,
    })
}
