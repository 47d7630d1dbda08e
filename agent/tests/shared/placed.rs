//! Programs that tests put somewhere to start them there.
//!
//! They are written by a child: a file that this process had open for writing could still be open in a copy of it that another
//! thread is just starting something from, and Linux starts no file that anybody may write to (`ETXTBSY`).
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Makes a program of these bytes there.
pub(crate) fn program(path: &Path, bytes: &[u8]) {
    let write = ["-c", "cat > \"$0\" && chmod 755 \"$0\""];
    let mut child = Command::new("sh").args(write).arg(path).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    assert!(child.wait().unwrap().success());
}
