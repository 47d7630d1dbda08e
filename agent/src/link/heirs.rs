//! A relay that is not the firm's, as far as is known here, may be of a firm whose root was succeeded by another one meanwhile: it is asked
//! for the firm's file, without a word of this machine. Only what the known root signed in it will be believed.

use aval_protocol::firm::{FirmFile, SignedSuccession};

use super::LinkConfig;
use crate::enrol::meet::firm_of;

/// What it shows of the firm's roots, unjudged; `None` where it shows nothing.
pub(super) async fn ask(config: &LinkConfig, relay: &str) -> Option<Vec<SignedSuccession>> {
    let tls = config.trust.meeting().ok()?;
    let connection = config.dialer.dial_with(tls, relay).await.ok()?;
    let text = firm_of(connection).await.ok()?;
    let all = FirmFile::parse(&text).ok()?.firm().successions();
    (!all.is_empty()).then_some(all)
}
