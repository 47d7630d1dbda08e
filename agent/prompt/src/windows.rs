//! The Windows body: dialogs of the system's own controls, which every keyboard, magnifier and screen reader knows.
//!
//! `call`, `hook` and `sight` are the files that call the system; what they are told and tell is decided elsewhere.

mod ask;
mod asking;
mod attach;
mod banner;
mod call;
mod dialog;
mod hook;
mod list;
mod pen;
mod secret;
mod sight;

use anyhow::bail;

use crate::Mode;

pub(crate) use sight::machine_ms;

pub(crate) fn run(mode: Mode) -> anyhow::Result<()> {
    match mode {
        Mode::Ask { terminal: false } => ask::run(),
        Mode::Banner { terminal: false } => banner::run(),
        Mode::Secret => secret::run(),
        Mode::Attach => attach::run(),
        Mode::List => list::run(),
        Mode::Ask { terminal: true } | Mode::Banner { terminal: true } => {
            bail!(
                "there is no terminal to ask on: on Windows whoever sits at the machine is asked in a window"
            )
        }
    }
}
