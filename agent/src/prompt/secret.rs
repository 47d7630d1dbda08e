//! The window for a password, from its parent's side: what comes back is sealed already, or a no.

use aval_protocol::prompt::NoReason;
use aval_protocol::prompt::secret::{AskSecret, SecretAnswer};
use aval_protocol::wire::{self, Inbox};
use tokio::io::AsyncWriteExt as _;
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{GRACE, PromptError, Prompter, read_one};

/// A question for a password that is on its way to the person. Dropped, the window closes and what was typed is gone.
#[derive(Debug)]
pub struct SecretHandle {
    answer: oneshot::Receiver<SecretAnswer>,
    task: JoinHandle<()>,
}

impl Prompter {
    /// Asks for a password. The answer comes from [`SecretHandle::answer`].
    ///
    /// # Errors
    /// [`PromptError::Start`]: that is a no as well. Must be called inside a tokio runtime.
    pub fn secret(&self, ask: AskSecret) -> Result<SecretHandle, PromptError> {
        let (child, stdin, stdout) = self.start("secret")?;
        let (tell, answer) = oneshot::channel();
        let task = tokio::spawn(async move {
            // The child lives until here: with it goes what was typed.
            let _child = child;
            let answered = timeout(ask.ttl() + GRACE, converse(&ask, stdin, stdout)).await;
            // Nobody listens any more: then it does not matter.
            let _ = tell.send(answered.unwrap_or(SecretAnswer::No(NoReason::PromptLost)));
        });
        Ok(SecretHandle { answer, task })
    }
}

impl SecretHandle {
    /// The person's answer. Cancel-safe; after the first return it is a no.
    pub async fn answer(&mut self) -> SecretAnswer {
        (&mut self.answer).await.unwrap_or(SecretAnswer::No(NoReason::PromptLost))
    }
}

impl Drop for SecretHandle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(ask: &AskSecret, mut stdin: ChildStdin, mut stdout: ChildStdout) -> SecretAnswer {
    let asked = async {
        stdin.write_all(&wire::encode(ask).ok()?).await.ok()?;
        read_one::<SecretAnswer>(&mut stdout, &mut Inbox::default()).await
    };
    asked.await.map_or(SecretAnswer::No(NoReason::PromptLost), SecretAnswer::judged)
}
