//! Carries out steps in a running session, through nothing but what a technician has: [`Hands`].

use std::time::Duration;

use aval_protocol::text::console::StepTrouble;
use aval_protocol::wire::input::{InputEvent, Key, NOTCH};
use aval_protocol::wire::screen::Rect;
use tokio::time::timeout;

use super::{Step, reader};
use crate::session::hands::{Hands, InputError, Wanted};
use crate::session::view::View;

/// How long a step that acts waits for a lost lease to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// Carries out one step after the other.
#[derive(Debug)]
pub struct Runner {
    hands: Hands,
    /// The update that was painted last when the last acting step began.
    mark: u32,
}

/// What a step found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Found {
    /// For [`Step::Hash`].
    pub sha256: Option<String>,
}

// === impl Runner

impl Runner {
    /// In this session.
    pub fn new(hands: Hands) -> Self {
        Self { hands, mark: 0 }
    }

    /// Carries out one step. Steps that see or act wait for the grant first.
    ///
    /// # Errors
    /// [`StepTrouble`].
    pub async fn run(&mut self, step: &Step) -> Result<Found, StepTrouble> {
        if !matches!(step, Step::WaitForEnd | Step::End) {
            let state = self.hands.until(|state| state.grant.is_some()).await;
            if state.ended.is_some() {
                return Err(StepTrouble::Over);
            }
        }
        if step.acts() {
            self.mark = self.hands.view().seq();
        }
        match step {
            Step::Type { text } => {
                for c in text.chars() {
                    match c {
                        '\n' => self.press(Key::Enter).await?,
                        '\t' => self.press(Key::Tab).await?,
                        '\r' => {}
                        c => self.send(InputEvent::Char(c)).await?,
                    }
                }
            }
            Step::Key { key, mods } => self.chord(*key, mods).await?,
            Step::Move { x, y } => self.send(InputEvent::Move { x: *x, y: *y }).await?,
            Step::Click { x, y, button, count } => {
                self.send(InputEvent::Move { x: *x, y: *y }).await?;
                for _ in 0..*count {
                    self.send(InputEvent::Button { button: *button, down: true }).await?;
                    self.send(InputEvent::Button { button: *button, down: false }).await?;
                }
            }
            Step::Wheel { dx, dy } => {
                let (dx, dy) = (i16::from(*dx) * NOTCH, i16::from(*dy) * NOTCH);
                self.send(InputEvent::Wheel { dx, dy }).await?;
            }
            Step::WaitForPixel { x, y, rgb, tolerance, within_ms } => {
                let has = |view: &View| view.pixel(*x, *y).is_some_and(|p| rgb.is(p, *tolerance));
                self.until(*within_ms, has).await?;
            }
            Step::WaitForChange { x, y, width, height, within_ms } => {
                let (rect, mark) = (Rect { x: *x, y: *y, width: *width, height: *height }, self.mark);
                self.until(*within_ms, |view| view.size().is_some() && view.touched_since(mark, rect))
                    .await?;
            }
            Step::WaitForStill { for_ms, within_ms } => self.still(*for_ms, *within_ms).await?,
            Step::WaitForText { text, within_ms } => {
                let search = self.search(text);
                timeout(ms(*within_ms), search).await.map_err(|_| StepTrouble::TimedOut)??;
            }
            Step::Hash => {
                let digest = self.hands.view().hash().ok_or_else(|| self.unseen())?;
                let sha256 = aval_protocol::hex::encode(digest.as_ref());
                return Ok(Found { sha256: Some(sha256) });
            }
            Step::WaitForEnd => {
                self.hands.until(|_| false).await;
            }
            Step::GoOn => self.hands.wish(Wanted::GoOn).await,
            Step::AskReturn => self.hands.wish(Wanted::Return).await,
            Step::End => {
                self.hands.end().await;
                self.hands.until(|_| false).await;
            }
        }
        Ok(Found::default())
    }

    async fn press(&self, key: Key) -> Result<(), StepTrouble> {
        self.chord(key, &[]).await
    }

    async fn chord(&self, key: Key, mods: &[Key]) -> Result<(), StepTrouble> {
        let keys = || mods.iter().copied().chain([key]);
        for key in keys() {
            self.send(InputEvent::Key { key, down: true }).await?;
        }
        for key in keys().collect::<Vec<_>>().into_iter().rev() {
            self.send(InputEvent::Key { key, down: false }).await?;
        }
        Ok(())
    }

    async fn send(&self, event: InputEvent) -> Result<(), StepTrouble> {
        loop {
            match self.hands.input(event).await {
                Ok(()) => return Ok(()),
                Err(InputError::NotGranted | InputError::ViewOnly) => return Err(StepTrouble::NoControl),
                Err(InputError::Over(_)) => return Err(StepTrouble::Over),
                Err(InputError::Hidden | InputError::Asked | InputError::Yields) => {
                    let back = self.hands.until(|state| !state.blank && !state.asked && !state.yields);
                    timeout(PATIENCE, back).await.map_err(|_| StepTrouble::Hidden)?;
                }
            }
        }
    }

    /// Waits until something can be seen.
    async fn until(&self, within_ms: u64, holds: impl Fn(&View) -> bool) -> Result<(), StepTrouble> {
        let view = self.hands.view();
        let mut changes = view.changes();
        let look = async {
            loop {
                changes.mark_unchanged();
                if holds(view) {
                    return Ok(());
                }
                if self.hands.state().ended.is_some() || changes.changed().await.is_err() {
                    return Err(StepTrouble::Over);
                }
            }
        };
        timeout(ms(within_ms), look).await.map_err(|_| StepTrouble::TimedOut)?
    }

    async fn still(&self, for_ms: u64, within_ms: u64) -> Result<(), StepTrouble> {
        let view = self.hands.view();
        let mut changes = view.changes();
        let look = async {
            loop {
                changes.mark_unchanged();
                if self.hands.state().ended.is_some() {
                    return Err(StepTrouble::Over);
                }
                // A size alone is no picture yet.
                let moved = timeout(ms(for_ms), changes.changed()).await;
                if moved.is_err() && view.size().is_some() && view.seq() > 0 {
                    return Ok(());
                }
            }
        };
        timeout(ms(within_ms), look).await.map_err(|_| StepTrouble::TimedOut)?
    }

    async fn search(&self, text: &str) -> Result<(), StepTrouble> {
        let view = self.hands.view();
        let mut changes = view.changes();
        loop {
            changes.mark_unchanged();
            if let Some(graymap) = view.look(reader::graymap)
                && reader::holds(&reader::read(&graymap).await?, text)
            {
                return Ok(());
            }
            if self.hands.state().ended.is_some() || changes.changed().await.is_err() {
                return Err(StepTrouble::Over);
            }
        }
    }

    fn unseen(&self) -> StepTrouble {
        let state = self.hands.state();
        match state {
            _ if state.ended.is_some() => StepTrouble::Over,
            _ if state.blank => StepTrouble::Hidden,
            _ => StepTrouble::NoPicture,
        }
    }
}

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}
