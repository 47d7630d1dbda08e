//! The firm's bulletin and the succession of its roots, as a relay hands them on.

use super::{Sample, sample, signed};
use crate::firm::{Bulletin, Renewal, Revoked, RevokedFor, SignedRenewal, SignedSuccession, Succession};
use crate::id::{KeyId, UnixSeconds};
use crate::wire::enrol::Call;
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

pub(super) fn succession() -> Vec<Sample> {
    let at = UnixSeconds(1_795_000_000);
    let word = Succession {
        number: 1,
        old: KeyId([9; 32]),
        root: vec![0x30, 3],
        since: at,
        until: UnixSeconds(at.0 + 86_400),
    };
    let all = vec![SignedSuccession::sample(signed(&word))];
    vec![sample("downlink successions", Downlink::Successions(all))]
}

pub(super) fn renewal() -> Vec<Sample> {
    let word = Renewal { old: KeyId([9; 32]), spki: vec![0x30, 3], at: UnixSeconds(1_795_000_000) };
    vec![sample("call renew", Call::Renew(Box::new(SignedRenewal::sample(signed(&word)))))]
}
