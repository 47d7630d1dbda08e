//! A child that asks what may never answer, on the agent's behalf: the agent gives it some time and kills it then, with its job.

use std::os::windows::io::AsRawHandle as _;
use std::os::windows::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use windows_sys::Win32::System::Threading::CREATE_NO_WINDOW;

use crate::inventory::child::{Ran, heard};
use crate::inventory::wmi::{Missing, Question, Told};
use crate::windows::helper::{job, join};

/// The command of this program that such a child runs.
const ASK: &str = "ask";

/// What one class after the other says, in the order of the question.
pub(super) fn ask(question: Question) -> Result<Vec<Told>, Missing> {
    let program = std::env::current_exe().map_err(|_| Missing::Failed)?;
    let said = match run(&program, &[ASK, question.name()], question.deadline()) {
        Ran::Said(said) => said,
        Ran::TimedOut => return Err(Missing::TimedOut),
        Ran::Absent | Ran::Failed => return Err(Missing::Failed),
    };
    serde_json::from_slice(&said).map_err(|error| {
        tracing::debug!(question = question.name(), %error, "a child of the inventory made no sense");
        Missing::Failed
    })
}

fn run(program: &Path, arguments: &[&str], deadline: Duration) -> Ran {
    let mut command = Command::new(program);
    command.args(arguments).creation_flags(CREATE_NO_WINDOW);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            tracing::debug!(%error, "a child of the inventory does not start");
            return Ran::Failed;
        }
    };
    // Before Windows 8 a process that is in a job already joins no other: then it is killed alone.
    let job = job().and_then(|job| join(&job, child.as_raw_handle()).map(|()| job)).ok();
    heard(child, deadline, |child: &mut Child| {
        let _ = child.kill();
        drop(job);
    })
}
