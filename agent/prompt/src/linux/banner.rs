//! The banner: who is here, for how long, and the end button. It beats only while a person can see it.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use anyhow::bail;
use aval_protocol::prompt::{BEAT, Banner, BannerNotice, FromBanner, ToBanner};
use aval_protocol::text::{Lang, handover, promise, prompt as text, turn};
use aval_protocol::wire::handover::Mask;
use aval_protocol::wire::session::Capabilities;
use slint::{CloseRequestResponse, ComponentHandle as _};

use super::desk::{Desk, Hotkey};
use super::ui::BannerWindow;
use super::{TICK, every_tick, first, start_toolkit, xid};
use crate::clock::{machine_ms, now};
use crate::hands::Hand;
use crate::pipe::{self, Incoming};

/// A banner that stays covered that long is no banner.
const COVERED: Duration = Duration::from_secs(1);
/// The least time between two attempts to come back on top: two windows that both insist must not burn the PC.
const INSIST: Duration = Duration::from_millis(100);

/// One banner and all it depends on.
struct Showing {
    banner: Banner,
    notice: Option<BannerNotice>,
    mask: Mask,
    begun: Instant,
    /// When `banner.remaining_s` was true.
    told: Instant,
    lang: Lang,
    desk: Desk,
    pipe: Receiver<Incoming<ToBanner>>,
    window: BannerWindow,
    up: bool,
    beat: Option<Instant>,
    insisted: Option<Instant>,
    /// When a person could last see it.
    seen: Option<Instant>,
    failure: Option<anyhow::Error>,
}

/// Shows a banner until standard input ends.
pub(super) fn run() -> anyhow::Result<()> {
    let pipe = pipe::listen::<ToBanner>();
    let ToBanner::Show(banner) = first(&pipe)? else { bail!("an update came before the banner") };
    check(&banner)?;
    let mut desk = Desk::open()?;
    desk.watch_hotkey()?;
    start_toolkit(true)?;
    let window = BannerWindow::new()?;
    let (begun, lang) = (now(), banner.lang.unwrap_or_default());
    let showing = Showing {
        banner,
        notice: None,
        mask: Mask::Off,
        begun,
        told: begun,
        lang,
        desk,
        pipe,
        window: window.clone_strong(),
        up: false,
        beat: None,
        insisted: None,
        seen: None,
        failure: None,
    };
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

/// A banner that names nobody tells nothing.
pub(super) fn check(banner: &Banner) -> anyhow::Result<()> {
    let names = &banner.technicians;
    let bad = names.is_empty()
        || names.len() > aval_protocol::prompt::MAX_TECHNICIANS
        || names.iter().any(|n| text::plain(n, 1).is_empty())
        || !banner.capabilities.holds(Capabilities::VIEW)
        || banner.capabilities.has_unknown();
    if bad {
        bail!("the banner's content makes no sense");
    }
    Ok(())
}

impl Showing {
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
        let on = self.mask != Mask::ByHand;
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
                    self.banner.remaining_s = update.remaining_s;
                    self.banner.capabilities = update.capabilities;
                    (self.notice, self.mask) = (update.notice, update.mask);
                    self.told = now();
                    check(&self.banner)?;
                }
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
        let (covered, due) = (self.desk.take_covered(), self.beat.is_none_or(|at| now() - at + TICK >= BEAT));
        if covered || due {
            self.beat(due)?;
        }
        Ok(())
    }

    /// Looks at itself, comes back where it belongs, and says that it lives if a person can see it.
    fn beat(&mut self, due: bool) -> anyhow::Result<()> {
        let Some(xid) = xid(self.window.window()) else { return Ok(()) };
        self.say();
        let mut look = self.desk.look(xid)?;
        if !self.up {
            self.desk.watch(xid)?;
        }
        // Over a locked screen nothing is to be seen, and a locker is not fought with.
        let held = matches!(self.notice, Some(BannerNotice::Held(_)));
        if !held && (!look.visible() || look.seen < 100) {
            self.insist(xid)?;
            look = self.desk.look(xid)?;
        }
        self.desk.to_top_centre(xid, look.at)?;
        if look.visible() {
            self.seen = Some(now());
        }
        if !due {
            return Ok(());
        }
        self.beat = Some(now());
        if look.visible() && !self.up {
            self.up = true;
            pipe::say(&FromBanner::Up)?;
        }
        let lately = self.seen.is_some_and(|at| now() - at < COVERED);
        if self.up && look.mapped && lately {
            pipe::say(&FromBanner::Alive)?;
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
        let (w, b, lang) = (&self.window, &self.banner, self.lang);
        let since = (now() - self.begun).as_secs();
        let remaining = u64::from(b.remaining_s).saturating_sub((now() - self.told).as_secs());
        let elapsed = u16::try_from((now() - self.told).as_secs()).unwrap_or(u16::MAX);
        // Without a line, or locked, nobody sees or controls anything: that is what it says then, and for how long still.
        let lost = match self.notice {
            Some(BannerNotice::LineLost(for_s)) => {
                Some(BannerNotice::LineLost(for_s.saturating_sub(elapsed)))
            }
            Some(BannerNotice::Held(for_s)) => Some(BannerNotice::Held(for_s.saturating_sub(elapsed))),
            Some(BannerNotice::ReturnsIn(s)) => Some(BannerNotice::ReturnsIn(s.saturating_sub(elapsed))),
            _ => None,
        };
        let masked = self.mask != Mask::Off;
        let headline = match lost {
            Some(notice) => text::notice(lang, notice),
            None if masked => handover::banner_masked(lang).to_owned(),
            None => text::banner(lang, &b.technicians, b.capabilities),
        };
        let notice = self.notice.filter(|_| lost.is_none());
        w.set_headline(headline.into());
        w.set_details(text::banner_details(lang, since, remaining, &b.firm, &b.phone).into());
        w.set_notice(notice.map(|n| text::notice(lang, n)).unwrap_or_default().into());
        let shown = if self.mask == Mask::ByHand { handover::unmask(lang) } else { handover::mask(lang) };
        w.set_mask_text(shown.into());
        w.set_controls(lost.is_none() && !masked && b.capabilities.holds(Capabilities::CONTROL));
        w.set_mask_hotkey(handover::mask_hotkey(lang).into());
        w.set_hotkey(text::hotkey(lang).into());
        w.set_take_back_text(turn::take_back(lang).into());
        w.set_take_back_hotkey(turn::hotkey(lang).into());
        w.set_take_back_means(turn::take_back_means(lang).into());
        let counting = matches!(lost, Some(BannerNotice::ReturnsIn(_)));
        w.set_end_text(if counting { promise::cancel(lang) } else { text::end(lang) }.into());
    }
}
