//! The window for a version of the equipment list, from its parent's side.

use aval_protocol::prompt::NoReason;
use aval_protocol::prompt::list::{AskList, ListAnswer};
use aval_protocol::wire::{self, Inbox};
use tokio::io::AsyncWriteExt as _;
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{GRACE, PromptError, Prompter, read_one};

/// A question about a list that is on its way to the person. Dropped, the window closes.
#[derive(Debug)]
pub struct ListHandle {
    answer: oneshot::Receiver<ListAnswer>,
    task: JoinHandle<()>,
}

impl Prompter {
    /// Puts a version of the list. The answer comes from [`ListHandle::answer`].
    ///
    /// # Errors
    /// [`PromptError::Start`]: nothing is decided then. Must be called inside a tokio runtime.
    pub fn list(&self, ask: AskList) -> Result<ListHandle, PromptError> {
        let (child, stdin, stdout) = self.start("list")?;
        let (tell, answer) = oneshot::channel();
        let task = tokio::spawn(async move {
            // The child lives until here: whatever it does after its answer, it is killed.
            let _child = child;
            let answered = timeout(ask.ttl() + GRACE, converse(&ask, stdin, stdout)).await;
            // Nobody listens any more: then it does not matter.
            let _ = tell.send(answered.unwrap_or(ListAnswer::No(NoReason::PromptLost)));
        });
        Ok(ListHandle { answer, task })
    }
}

impl ListHandle {
    /// The person's answer. Cancel-safe; after the first return it is a no.
    pub async fn answer(&mut self) -> ListAnswer {
        (&mut self.answer).await.unwrap_or(ListAnswer::No(NoReason::PromptLost))
    }
}

impl Drop for ListHandle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(ask: &AskList, mut stdin: ChildStdin, mut stdout: ChildStdout) -> ListAnswer {
    let asked = async {
        stdin.write_all(&wire::encode(ask).ok()?).await.ok()?;
        read_one::<ListAnswer>(&mut stdout, &mut Inbox::default()).await
    };
    asked.await.map_or(ListAnswer::No(NoReason::PromptLost), ListAnswer::judged)
}
