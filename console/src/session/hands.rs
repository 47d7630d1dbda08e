//! What a technician can do in a running session: see, type, end. Each input event goes only while the grant and its lease stand.

use aval_protocol::id::Epoch;
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::handover::HandoverKind;
use aval_protocol::wire::input::InputEvent;
use aval_protocol::wire::session::Capabilities;
use tokio::sync::{mpsc, oneshot, watch};

use super::secret::Drawer;
use super::view::View;

/// How a session stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct State {
    /// What the person granted; `None` before.
    pub grant: Option<Grant>,
    /// The lease is lost, or the person types a password: nothing is shown, nothing is sent.
    pub blank: bool,
    /// The person is being asked for more: nothing is sent meanwhile.
    pub asked: bool,
    /// The person's own hands come first: nothing is sent meanwhile.
    pub yields: bool,
    /// The technician only looks, by their own choice.
    pub view_only: bool,
    /// The session is over.
    pub ended: Option<EndReason>,
}

/// What the technician does beside moving the hands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Order {
    /// Ends the session.
    End,
    /// Wants more than was granted.
    Widen {
        /// Everything that would hold.
        capabilities: Capabilities,
        /// What for.
        reason: String,
    },
    /// Only looks, or no longer only.
    ViewOnly(bool),
}

/// What the person granted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Grant {
    /// The living epoch.
    pub epoch: Epoch,
    /// What may be done.
    pub capabilities: Capabilities,
    /// For how long, in seconds.
    pub for_s: u32,
}

/// Why an event was not sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InputError {
    /// The person has not said yes yet, or not to mouse and keyboard.
    #[error("mouse and keyboard are not granted")]
    NotGranted,
    /// The lease is lost for now.
    #[error("the client's PC does not answer: nothing is sent")]
    Hidden,
    /// The person is being asked for more.
    #[error("the person at the PC is being asked: nothing is sent meanwhile")]
    Asked,
    /// The person moves the mouse or types.
    #[error("the person at the PC moves the mouse or types: nothing is sent meanwhile")]
    Yields,
    /// The technician chose to look only.
    #[error("view only: nothing is sent")]
    ViewOnly,
    /// The session is over.
    #[error("the session is over: {0}")]
    Over(EndReason),
}

/// An event on its way to the input lane, and who waits to hear that it left.
pub(crate) type Typed = (InputEvent, oneshot::Sender<Result<(), InputError>>);

/// The technician's hands and eyes. Clones belong to the same session.
#[derive(Clone)]
pub struct Hands {
    typed: mpsc::Sender<Typed>,
    asks: Asks,
    state: watch::Receiver<State>,
    view: View,
}

/// What else reaches the driver, and what it keeps for whoever asks.
#[derive(Clone)]
pub(super) struct Asks {
    pub(super) orders: mpsc::Sender<Order>,
    pub(super) wishes: mpsc::Sender<Wanted>,
    pub(super) drawer: Drawer,
}

/// What the technician wishes of the person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// That they type a password where nothing is seen.
    Mask,
    /// Nothing of the person: to go on, after the technician did nothing for long.
    GoOn,
    /// That they let the technician come back once after a restart.
    Return,
    /// That they hand over one of this kind.
    Secret(HandoverKind),
}

// === impl State

impl State {
    /// The epoch under which input may be sent now.
    ///
    /// # Errors
    /// [`InputError`].
    pub fn may_type(&self) -> Result<Epoch, InputError> {
        match (self.ended, self.grant) {
            (Some(reason), _) => Err(InputError::Over(reason)),
            (None, Some(grant)) if grant.capabilities.holds(Capabilities::KNOWN) => {
                if self.blank {
                    Err(InputError::Hidden)
                } else if self.asked {
                    Err(InputError::Asked)
                } else if self.yields {
                    Err(InputError::Yields)
                } else if self.view_only {
                    Err(InputError::ViewOnly)
                } else {
                    Ok(grant.epoch)
                }
            }
            (None, _) => Err(InputError::NotGranted),
        }
    }
}

// === impl Hands

impl Hands {
    pub(super) fn new(
        typed: mpsc::Sender<Typed>,
        asks: Asks,
        state: watch::Receiver<State>,
        view: View,
    ) -> Self {
        Self { typed, asks, state, view }
    }

    /// Sends one event, in order; returns when it was handed to the line. Grant and lease are looked at again right then.
    ///
    /// # Errors
    /// [`InputError`]; nothing was sent then.
    pub async fn input(&self, event: InputEvent) -> Result<(), InputError> {
        self.state().may_type()?;
        let (done, left) = oneshot::channel();
        let over = || InputError::Over(self.state().ended.unwrap_or(EndReason::LinkLost));
        self.typed.send((event, done)).await.map_err(|_| over())?;
        left.await.map_err(|_| over())?
    }

    /// Ends the session. [`State::ended`] says when it is done.
    pub async fn end(&self) {
        // Fails only when the driver is gone: then it has ended.
        let _ = self.asks.orders.send(Order::End).await;
    }

    /// Wishes something of the person, who decides. What comes of it is told as [`super::Happened`].
    pub async fn wish(&self, wanted: Wanted) {
        // Fails only when the driver is gone.
        let _ = self.asks.wishes.send(wanted).await;
    }

    /// Where a password waits that was handed over.
    pub fn drawer(&self) -> &Drawer {
        &self.asks.drawer
    }

    /// Asks the person for more than was granted. What becomes of it is told as it happens.
    pub async fn widen(&self, capabilities: Capabilities, reason: String) {
        let _ = self.asks.orders.send(Order::Widen { capabilities, reason }).await;
    }

    /// Only looks from now on, with everything let go that was held; or no longer only. [`State::view_only`] says when it is so.
    pub async fn view_only(&self, on: bool) {
        if on {
            // What may not be typed now holds nothing down.
            let _ = self.input(InputEvent::ReleaseAll).await;
        }
        let _ = self.asks.orders.send(Order::ViewOnly(on)).await;
    }

    /// The client's screen.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// How the session stands.
    pub fn state(&self) -> State {
        *self.state.borrow()
    }

    /// Hears of every change.
    pub fn states(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// Waits until a condition holds or the session is over; how it stands then.
    pub async fn until(&self, holds: impl Fn(&State) -> bool) -> State {
        let mut states = self.state.clone();
        let found = states.wait_for(|state| state.ended.is_some() || holds(state)).await.map(|s| *s);
        // The driver is gone without a last word: it was cancelled.
        found.unwrap_or(State { ended: Some(EndReason::LinkLost), ..self.state() })
    }
}

impl std::fmt::Debug for Hands {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hands").field("state", &self.state()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
