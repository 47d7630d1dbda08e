//! Printers of this PC: CUPS' table, or its client's word where the table is for root.

use std::time::Duration;

use aval_protocol::wire::inventory::{Content, Status};

use super::child::{Ran, run};
use super::root::{Missing, Root};
use super::{Found, collected};
use crate::inventory::printers;

const FOLDER: &str = "/etc/cups";
const TABLE: &str = "/etc/cups/printers.conf";
const LPSTAT: &[&str] = &["/usr/bin/lpstat"];
const MAX_TABLE: u64 = 1 << 20;

pub(super) fn printers(root: &Root, deadline: Duration) -> Found {
    let list = |list| collected(Content::Printers(list));
    match root.bytes(TABLE, MAX_TABLE) {
        Ok(table) => list(printers::table(&String::from_utf8_lossy(&table))),
        // Nobody prints without CUPS here; with it, a table that was never written holds no queue.
        Err(Missing::Absent) if !root.exists(FOLDER) => (Status::Unsupported, None),
        Err(Missing::Absent) if !root.exists(TABLE) => list(printers::table("")),
        Err(_) => match run(root, LPSTAT, &["-v"], deadline) {
            // Without the models' names that the table has.
            Ran::Said(said) => (
                Status::NoPrivilege,
                Some(Content::Printers(printers::lpstat(&String::from_utf8_lossy(&said)))),
            ),
            Ran::TimedOut => (Status::TimedOut, None),
            Ran::Absent | Ran::Failed => (Status::NoPrivilege, None),
        },
    }
}
