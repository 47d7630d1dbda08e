//! Systems without a back end: every section says that it is not measurable, nothing pretends.

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::{Section, SectionKind, Status};

use super::Collect;

/// A system that this version cannot read.
#[derive(Debug)]
pub(super) struct Other;

impl Collect for Other {
    fn section(&self, kind: SectionKind, now: UnixSeconds) -> Section {
        Section::missing(kind, Status::Unsupported, now)
    }
}
