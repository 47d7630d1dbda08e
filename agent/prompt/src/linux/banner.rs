//! The banner: who is here, for how long, and the end button. It beats only while a person can see it.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use anyhow::bail;
use aval_protocol::prompt::{FromBanner, ToBanner};
use aval_protocol::text::{Lang, handover, prompt as text, turn};
use slint::{CloseRequestResponse, ComponentHandle as _};

use super::desk::{Desk, Hotkey};
use super::ui::BannerWindow;
use super::{every_tick, start_toolkit, xid};
use crate::clock::{machine_ms, now};
use crate::hands::Hand;
use crate::pipe::{self, Incoming};
use crate::showing::Showing;

/// The least time between two attempts to come back on top: two windows that both insist must not burn the PC.
const INSIST: Duration = Duration::from_millis(100);

/// One banner and all it depends on.
struct Bar {
    showing: Showing,
    lang: Lang,
    desk: Desk,
    pipe: Receiver<Incoming<ToBanner>>,
    window: BannerWindow,
    insisted: Option<Instant>,
    failure: Option<anyhow::Error>,
}

/// Shows a banner until standard input ends.
pub(super) fn run() -> anyhow::Result<()> {
    let (banner, pipe) = pipe::shown()?;
    let showing = Showing::new(banner, now())?;
    let mut desk = Desk::open()?;
    desk.watch_hotkey()?;
    start_toolkit(true)?;
    let (window, lang) = (BannerWindow::new()?, showing.lang());
    let showing =
        Bar { showing, lang, desk, pipe, window: window.clone_strong(), insisted: None, failure: None };
    showing.say();
    showing.fit()?;
    let showing = Rc::new(RefCell::new(showing));
    let ended = Rc::clone(&showing);
    window.on_end(move || ended.borrow_mut().pressed(Hotkey::End));
    let masked = Rc::clone(&showing);
    window.on_mask(move || masked.borrow_mut().pressed_mask());
    let taken = Rc::clone(&showing);
    window.on_take_back(move || taken.borrow_mut().pressed(Hotkey::TakeBack));
    window.window().on_close_requested(|| CloseRequestResponse::KeepWindowShown);
    window.show()?;
    let tick = Rc::clone(&showing);
    let timer = every_tick(move || {
        let mut showing = tick.borrow_mut();
        if let Err(error) = showing.tick() {
            showing.fail(error);
        }
    });
    slint::run_event_loop_until_quit()?;
    timer.stop();
    let failure = showing.borrow_mut().failure.take();
    failure.map_or(Ok(()), Err)
}

impl Bar {
    /// A button was pressed. By a person's device, or not at all; a program's noise can't block it: both buttons only narrow.
    fn pressed(&mut self, which: Hotkey) {
        let at_ms = machine_ms();
        match self.desk.take_press() {
            Ok(true) => self.tell(which, at_ms),
            Ok(false) => {}
            Err(error) => self.fail(error),
        }
    }

    /// The mask's button or keys were pressed. Noise of a program can't keep it from closing, nor open it.
    fn pressed_mask(&mut self) {
        let on = self.showing.masks();
        let own =
            if on { self.desk.take_press() } else { self.desk.judge().map(|hand| hand == Hand::Person) };
        match own.and_then(|own| if own { pipe::say(&FromBanner::Mask { on }) } else { Ok(()) }) {
            Ok(()) => {}
            Err(error) => self.fail(error),
        }
    }

    fn tell(&mut self, which: Hotkey, at_ms: u64) {
        let word = match which {
            Hotkey::End => FromBanner::End { at_ms },
            Hotkey::TakeBack => FromBanner::TakeBack { at_ms },
        };
        if let Err(error) = pipe::say(&word) {
            self.fail(error);
        }
    }

    fn fail(&mut self, error: anyhow::Error) {
        self.failure.get_or_insert(error);
        let _ = slint::quit_event_loop();
    }

    fn tick(&mut self) -> anyhow::Result<()> {
        while let Ok(incoming) = self.pipe.try_recv() {
            match incoming {
                Incoming::Message(ToBanner::Update(update)) => {
                    self.showing.update(update, now())?;
                }
                Incoming::Message(ToBanner::Technicians(names)) => self.showing.name(names)?,
                Incoming::Message(ToBanner::Show(_)) | Incoming::Garbage => {
                    bail!("what came on standard input is no update of a banner");
                }
                Incoming::Closed => {
                    let _ = slint::quit_event_loop();
                    return Ok(());
                }
            }
        }
        self.desk.drain()?;
        if let Some(which) = self.desk.take_hotkey() {
            self.tell(which, machine_ms());
        }
        if self.desk.take_mask_key() {
            self.pressed_mask();
        }
        let (covered, due) = (self.desk.take_covered(), self.showing.due(now()));
        if covered || due {
            self.beat()?;
        }
        Ok(())
    }

    /// Looks at itself, comes back where it belongs, and says that it lives if a person can see it.
    fn beat(&mut self) -> anyhow::Result<()> {
        let Some(xid) = xid(self.window.window()) else { return Ok(()) };
        self.say();
        let mut look = self.desk.look(xid)?;
        if !self.showing.is_up() {
            self.desk.watch(xid)?;
        }
        if !self.showing.held() && (!look.visible() || look.seen < 100) {
            self.insist(xid)?;
            look = self.desk.look(xid)?;
        }
        self.desk.to_top_centre(xid, look.at)?;
        for word in self.showing.looked(now(), &look) {
            pipe::say(&word)?;
        }
        Ok(())
    }

    fn insist(&mut self, xid: u32) -> anyhow::Result<()> {
        if self.insisted.is_some_and(|at| now() - at < INSIST) {
            return Ok(());
        }
        self.insisted = Some(now());
        self.desk.raise(xid)
    }

    /// No wider than the monitor.
    fn fit(&self) -> anyhow::Result<()> {
        let monitor = u16::try_from(self.desk.main_monitor()?.w).unwrap_or(u16::MAX);
        let pixels = f32::from(monitor) / self.window.window().scale_factor();
        self.window.set_bar_width(pixels.min(self.window.get_bar_width()));
        Ok(())
    }

    fn say(&self) {
        let (w, lang) = (&self.window, self.lang);
        let words = self.showing.words(now(), lang);
        w.set_headline(words.headline.into());
        w.set_details(words.details.into());
        w.set_notice(words.notice.into());
        w.set_mask_text(words.mask.into());
        w.set_controls(words.controls);
        w.set_mask_hotkey(handover::mask_hotkey(lang).into());
        w.set_hotkey(text::hotkey(lang).into());
        w.set_take_back_text(turn::take_back(lang).into());
        w.set_take_back_hotkey(turn::hotkey(lang).into());
        w.set_take_back_means(turn::take_back_means(lang).into());
        w.set_end_text(words.end.into());
    }
}
