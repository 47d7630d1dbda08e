//! The machine's own key is replaced by another one that is made here. The relay is told first, by both keys; then the journal goes on under
//! the new one, and last the new one takes the old one's place. Whatever is cut short is finished by doing it again.

use std::time::Duration;

use aval_protocol::firm::{SignedRenewal, Signer};
use aval_protocol::id::{AgentId, KeyId};
use aval_protocol::journal::Event;
use aval_protocol::wire::codes::FaultCode;
use aval_protocol::wire::enrol::Call;
use aval_protocol::wire::machine::MachineReply;
use aval_transport::{Clock, Random};
use tokio::time::timeout;

use crate::enrol::EnrolError;
use crate::enrol::ask::Line;
use crate::keep::{JOURNAL, Keep};
use crate::link::dial::Dialer;
use crate::link::trust::Relays;
use crate::state::Home;

/// How long a starting service looks for the relay to finish a renewal that was cut short.
const PATIENCE: Duration = Duration::from_secs(15);

/// Renews the key, or finishes a renewal that was begun. The old key and the new one. Hold no lock of the folder.
///
/// # Errors
/// [`EnrolError`]; the old key counts on, unless the relay was reached, and then doing it again finishes it.
pub(crate) async fn renew(home: &Home) -> Result<(KeyId, KeyId), EnrolError> {
    let _lock = home.lock()?;
    let (clock, random) = (Clock::system(), Random::system());
    let (old, file) = (home.signer()?, home.firm_file()?);
    home.recall(file.firm())?;
    let new = home.begin_renewal()?;
    if Keep::open(&home.path(JOURNAL), old.spki())?.key() == new.spki() {
        // The relay has answered already.
        home.finish_renewal()?;
        return Ok((old.key_id(), new.key_id()));
    }
    let word = SignedRenewal::sign(&old, &new, clock.wall())?;
    let trust = Relays::new(file.firm().clone(), clock.clone());
    let dialer = Dialer::new(trust.tls(&old)?, None)?;
    let relays = trust.listed().into_iter().chain(home.settings()?.relays).collect::<Vec<_>>();
    let line = Line { dialer: &dialer, trust: &trust, clock: &clock, boot: random.bytes()? };
    let answer = line.ask(&relays, file.profile(), Call::Renew(Box::new(word))).await;
    dialer.settle().await;
    match answer?.0 {
        MachineReply::Enrolled { agent } if agent == AgentId::from(new.key_id()) => {}
        MachineReply::Fault { code, .. } => {
            // A key that the relay would have known is not among those that it refuses so.
            if matches!(code, FaultCode::Conflict | FaultCode::NotFound) {
                home.give_up_renewal()?;
            }
            return Err(EnrolError::Refused { code, firm: file.profile().clone() });
        }
        _ => {
            let why = "an answer to another question".to_owned();
            return Err(EnrolError::Interrupted { why, firm: file.profile().clone() });
        }
    }
    take_over(home, (&old, &new), &clock)?;
    Ok((old.key_id(), new.key_id()))
}

/// The old key's last entry names the new one; then the new one is the machine's own.
fn take_over(home: &Home, (old, new): (&Signer, &Signer), clock: &Clock) -> Result<(), EnrolError> {
    let mut journal = Keep::open(&home.path(JOURNAL), old.spki())?;
    if journal.key() == old.spki() {
        let event = Event::KeyRenewed { old_spki: old.spki().to_vec(), new_spki: new.spki().to_vec() };
        journal.append(old, clock.wall(), &event)?;
    }
    Ok(home.finish_renewal()?)
}

/// Before a service serves: finishes a renewal that was cut short, if the relay can be reached. Otherwise the old key is tried, which the relay
/// may refuse by now.
pub(crate) async fn finish_if_begun(home: &Home) {
    if !home.renewal_begun() {
        return;
    }
    match timeout(PATIENCE, renew(home)).await {
        Ok(Ok((old, new))) => tracing::info!(%old, %new, "the renewal of this PC’s key is finished"),
        Ok(Err(error)) => tracing::warn!(%error, "the renewal of this PC’s key is not finished"),
        Err(_) => tracing::warn!("the renewal of this PC’s key is not finished: nobody was reached"),
    }
}
