//! What [`Sight`](super::rules::sight::Sight) asks of the system: copies by GDI, the sentence across the picture, and DXGI opened on a
//! thread of its own, because a graphics driver takes its time and may never come back.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

use aval_protocol::text::agent as text;

use super::super::ScreenLost;
use super::cursor;
use super::dxgi::{self, Duplication};
use super::gdi::{Canvas, PIXEL};
use super::rules::agree::TILE;
use super::rules::layout::Area;
use super::rules::mark::Mark;
use super::rules::path::Fault;
use super::rules::sight::System;
use super::system::{Above, Desktop, is_shut_out};
use crate::paths::Whereabouts;

/// DXGI lied to this process, or ended the one before.
static DISTRUST: LazyLock<AtomicBool> = LazyLock::new(|| {
    let ended = Mark::left_behind(&Whereabouts::of_process().agent_home());
    if ended {
        tracing::info!("the process before this one ended while DXGI was tried: this one does without");
    }
    AtomicBool::new(ended)
});

/// Whether this process does without DXGI.
pub(super) fn distrusted() -> bool {
    DISTRUST.load(Ordering::SeqCst)
}

/// The picture, and what fills it.
pub(super) struct Eyes {
    place: Desktop,
    canvas: Canvas,
    /// For copies of some rows; made when first needed.
    rows: Option<Canvas>,
    above: Above,
    opening: Option<Receiver<Result<Duplication, Fault>>>,
}

impl Eyes {
    /// For monitors at that place.
    pub(super) fn new(place: Desktop) -> std::io::Result<Self> {
        let canvas = Canvas::new(place.width, place.height)?;
        Ok(Self { place, canvas, rows: None, above: Above::default(), opening: None })
    }

    /// As it is now.
    pub(super) const fn canvas(&self) -> &Canvas {
        &self.canvas
    }

    fn copy_rows(&mut self, top: u16, height: u16) -> Option<Vec<u8>> {
        let tile = i32::try_from(TILE).ok()?;
        if self.rows.is_none() {
            self.rows = Canvas::new(self.place.width, tile).ok();
        }
        let rows = self.rows.as_mut()?;
        rows.copy_screen(self.place.left, self.place.top + i32::from(top)).ok()?;
        let length = usize::try_from(self.place.width).ok()? * usize::from(height) * PIXEL;
        rows.bytes().get(..length).map(<[u8]>::to_vec)
    }
}

impl System for Eyes {
    type Fast = Duplication;
    type Refused = ScreenLost;

    fn copy(&mut self) -> Result<(), ScreenLost> {
        match self.canvas.copy_screen(self.place.left, self.place.top) {
            // Windows shows a desktop of its own, for a password say; this one stands still.
            Err(error) if !is_shut_out() => Err(ScreenLost::Refused(error.to_string())),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn picture(&mut self) -> &mut [u8] {
        self.canvas.bytes_mut()
    }

    fn rows(&mut self, top: u16, height: u16) -> Option<Vec<u8>> {
        if is_shut_out() { None } else { self.copy_rows(top, height) }
    }

    fn pointer(&mut self) -> Option<u16> {
        u16::try_from(cursor::row()?.checked_sub(self.place.top)?).ok()
    }

    fn note(&mut self) -> Option<Area> {
        let sentence = if is_shut_out() {
            text::secure_desktop()
        } else if self.above.is_in_front() {
            text::window_above()
        } else {
            return None;
        };
        Some(self.canvas.note(sentence))
    }

    fn open(&mut self) {
        let (sender, receiver) = sync_channel(1);
        let place = self.place;
        std::thread::spawn(move || {
            let mark = Mark::set(&Whereabouts::of_process().agent_home());
            let opened = mark.ok_or(Fault::Unsupported).and_then(|mark| dxgi::open(place, mark));
            // Nobody waits any more: it is closed again.
            let _ = sender.send(opened);
        });
        self.opening = Some(receiver);
    }

    fn opened(&mut self) -> Option<Result<Duplication, Fault>> {
        let answer = match self.opening.as_ref()?.try_recv() {
            Ok(answer) => answer,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => Err(Fault::Other),
        };
        self.opening = None;
        Some(answer)
    }

    fn distrust(&mut self) {
        DISTRUST.store(true, Ordering::SeqCst);
    }
}
