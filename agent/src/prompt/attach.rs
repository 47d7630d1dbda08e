//! The window of the installer's question, from its parent's side.

use aval_protocol::prompt::NoReason;
use aval_protocol::prompt::attach::{ATTACH_TTL, AskAttach, AttachAnswer};
use aval_protocol::wire::{self, Inbox};
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;

use super::{GRACE, PromptError, Prompter, read_one};

impl Prompter {
    /// Puts the question and waits for its answer. Whatever goes wrong meanwhile is a no.
    ///
    /// # Errors
    /// [`PromptError::Start`]: nothing is attached then.
    pub async fn attach(&self, ask: &AskAttach) -> Result<AttachAnswer, PromptError> {
        // The child lives until here: whatever it does after its answer, it is killed.
        let (_child, mut stdin, mut stdout) = self.start("attach")?;
        let asked = async {
            stdin.write_all(&wire::encode(ask).ok()?).await.ok()?;
            read_one::<AttachAnswer>(&mut stdout, &mut Inbox::default()).await
        };
        let answered = timeout(ATTACH_TTL + GRACE, asked).await.ok().flatten();
        Ok(answered.map_or(AttachAnswer::No(NoReason::PromptLost), AttachAnswer::judged))
    }
}
