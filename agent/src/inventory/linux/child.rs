//! Another program's word, within a deadline.
//!
//! A program that asks a drive, a printer's server or a package manager may hang. It runs in a process group of its own that is
//! killed when its time is up, with nothing of our surroundings: no input, no variables but a plain locale, a fixed place on disk.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use super::root::Root;
pub(super) use crate::inventory::child::Ran;
use crate::inventory::child::heard;

/// Where programs are found; nobody's own folder is among them.
const PATH: &str = "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Runs the first of these programs that is installed.
pub(super) fn run(root: &Root, programs: &[&str], args: &[&str], deadline: Duration) -> Ran {
    let Some(program) = programs.iter().find(|program| root.exists(program)) else { return Ran::Absent };
    let mut command = Command::new(root.path(program));
    command.args(args).env_clear().envs([("LC_ALL", "C"), ("PATH", PATH)]).current_dir("/").process_group(0);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    match command.spawn() {
        Ok(child) => heard(child, deadline, kill),
        Err(error) => {
            tracing::debug!(program, %error, "a program of the system does not start");
            Ran::Failed
        }
    }
}

/// Also one that has said all: nothing that it started stays. One that is gone already is no error.
fn kill(child: &mut Child) {
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
}
