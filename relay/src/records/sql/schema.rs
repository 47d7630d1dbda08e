//! The record's tables: the same steps for every engine, written once in SQLite's words.

/// Every step from an empty database to the present schema. Steps that were released are never changed, only followed.
pub(crate) const STEPS: &[&str] = &[
    include_str!("../schema/0001.sql"),
    include_str!("../schema/0002_inventory.sql"),
    include_str!("../schema/0003_installs.sql"),
    include_str!("../schema/0004_desk.sql"),
    include_str!("../schema/0005_papers.sql"),
    include_str!("../schema/0006_equipment.sql"),
    include_str!("../schema/0007_said.sql"),
    include_str!("../schema/0008_ended_codes.sql"),
    include_str!("../schema/0009_assent.sql"),
    include_str!("../schema/0010_renewals.sql"),
];

/// The present schema's number.
pub(crate) fn present() -> u32 {
    u32::try_from(STEPS.len()).unwrap_or(u32::MAX)
}
