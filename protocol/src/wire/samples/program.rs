//! Releases as a relay announces them, what agents fetch of them and say of their program.

use super::{LATER, NOW, Sample, sample, signed};
use crate::release::{Manifest, Part, Release, Rotation, Succession, Version, WINDOWS, WINDOWS_PROGRAMS};
use crate::wire::enrol::{Call, Reply};
use crate::wire::link::{Downlink, Uplink};
use crate::wire::program::{ProgramState, ProgramWord};

const VERSION: Version = Version { major: 0, minor: 1, patch: 0 };
const NEXT: Version = Version { major: 0, minor: 1, patch: 1 };

pub(super) const fn word() -> ProgramWord {
    ProgramWord { version: VERSION, newest: Some(NEXT), state: ProgramState::Staged, below_floor: false }
}

pub(super) fn all() -> Vec<Sample> {
    let part = |name: &str| Part {
        system: WINDOWS.into(),
        name: name.into(),
        length: 9_000_000,
        sha256: [0xf1; 32],
    };
    let release = Release {
        edition: 7,
        version: NEXT,
        floor: VERSION,
        at: NOW,
        until: LATER,
        spread_s: 14_400,
        files: WINDOWS_PROGRAMS.map(part).to_vec(),
    };
    let word = Succession { from: crate::id::KeyId([4; 32]), to: vec![0x30, 0x2a], at: NOW };
    let rotation = Rotation { given: signed(&word), taken: signed(&word) };
    let manifest = Manifest { key: vec![0x30, 0x2a], rotations: vec![rotation], release: signed(&release) };
    vec![
        sample("downlink release", Downlink::Release(Box::new(manifest))),
        sample("uplink program", Uplink::Program(self::word())),
        sample("call release part", Call::ReleasePart { sha256: [0xf1; 32], from: 262_144 }),
        sample("reply release part", Reply::ReleasePart(vec![0x4d, 0x5a])),
    ]
}
