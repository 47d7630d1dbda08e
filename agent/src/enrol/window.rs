//! The question before a PC is attached, in a window: for people whom an installer brought here, and who have no terminal.

use std::io;

use aval_protocol::prompt::attach::{AskAttach, AttachAnswer, Both};
use aval_protocol::text::{Lang, agent as text};

use super::{EnrolError, Person, Shown};
use crate::prompt::{PromptError, PromptOn, Prompter};

/// Somebody before a window.
#[derive(Debug)]
pub(crate) struct InWindow<R> {
    /// Makes what drives the window's program.
    pub(crate) runtime: R,
}

impl<R: FnMut() -> io::Result<tokio::runtime::Runtime>> Person for InWindow<R> {
    /// The installer asks for it, or has it in its name: here is nobody who knows it.
    fn code(&mut self, _: Lang) -> Result<String, EnrolError> {
        Err(EnrolError::NoCode)
    }

    fn agrees(&mut self, lang: Lang, shown: &Shown<'_>) -> Result<bool, EnrolError> {
        let ask = AskAttach {
            headline: Both::of(|lang| shown.headline(lang)),
            means: Both::of(|lang| shown.means(lang).to_vec()),
            sent: Both::of(|lang| {
                let later = text::inventory_later(lang).to_owned();
                shown.sent(lang).into_iter().chain([String::new(), later]).collect()
            }),
            lang,
        };
        ask.check().map_err(|bad| PromptError::Unfit(bad.to_string()))?;
        let prompter = Prompter::beside_own_program(PromptOn::Display, None)?;
        let runtime = (self.runtime)()?;
        Ok(match runtime.block_on(async { prompter.attach(&ask).await })? {
            AttachAnswer::Yes { .. } => true,
            AttachAnswer::No(_) => false,
        })
    }
}
