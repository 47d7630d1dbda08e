//! Another program's word, within a deadline.
//!
//! A program that asks a drive, a printer's server or a package manager may hang. It runs in a process group of its own that is
//! killed when its time is up, with nothing of our surroundings: no input, no variables but a plain locale, a fixed place on disk.

use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use super::root::Root;

/// Most bytes of a program's word.
const MAX_SAID: u64 = 4 << 20;
const STACK: usize = 128 * 1024;
/// Where programs are found; nobody's own folder is among them.
const PATH: &str = "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Ran {
    /// All that it wrote; how it ended is not asked, since these programs end badly on good news too.
    Said(Vec<u8>),
    /// There is no such program.
    Absent,
    /// Its time was up, and it was killed with all that it had started.
    TimedOut,
    /// The system did not let it run.
    Failed,
}

/// Runs the first of these programs that is installed.
pub(super) fn run(root: &Root, programs: &[&str], args: &[&str], deadline: Duration) -> Ran {
    let Some(program) = programs.iter().find(|program| root.exists(program)) else { return Ran::Absent };
    let mut command = Command::new(root.path(program));
    command.args(args).env_clear().envs([("LC_ALL", "C"), ("PATH", PATH)]).current_dir("/").process_group(0);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    match command.spawn() {
        Ok(child) => heard(child, deadline),
        Err(error) => {
            tracing::debug!(program, %error, "a program of the system does not start");
            Ran::Failed
        }
    }
}

fn heard(mut child: Child, deadline: Duration) -> Ran {
    let (tell, told) = mpsc::sync_channel(1);
    let mut output = child.stdout.take();
    let read = move || {
        let mut said = Vec::new();
        let read = output.as_mut().map(|output| output.take(MAX_SAID).read_to_end(&mut said));
        // Whoever waited may have given up.
        let _ = tell.send(read.is_some_and(|read| read.is_ok()).then_some(said));
    };
    let reader = std::thread::Builder::new().name("child".to_owned()).stack_size(STACK).spawn(read);
    let ran = match reader.map(|_| told.recv_timeout(deadline)) {
        Ok(Ok(Some(said))) => Ran::Said(said),
        Ok(Err(RecvTimeoutError::Timeout)) => Ran::TimedOut,
        Ok(Ok(None) | Err(RecvTimeoutError::Disconnected)) | Err(_) => Ran::Failed,
    };
    // Also one that has said all: nothing that it started stays. One that is gone already is no error.
    let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
    if let Err(error) = child.wait() {
        tracing::debug!(%error, "a program of the system was not waited for");
    }
    ran
}
