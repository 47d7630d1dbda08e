//! The firm's bulletin, as a relay hands it on.

use super::{Sample, sample, signed};
use crate::firm::{Bulletin, Revoked, RevokedFor};
use crate::id::{KeyId, UnixSeconds};
use crate::wire::link::Downlink;

pub(super) fn all() -> Vec<Sample> {
    let at = UnixSeconds(1_795_000_000);
    let bulletin = Bulletin {
        root: KeyId([9; 32]),
        version: 7,
        at,
        revoked: vec![Revoked { key: KeyId([4; 32]), since: at, reason: RevokedFor::Stolen }],
        relays: vec!["relais.example.fr:4433".into()],
    };
    vec![sample("downlink bulletin", Downlink::Bulletin(Box::new(signed(&bulletin))))]
}
