//! The banner: who is here, for how long, and the end button. It beats only while a person can see it.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use anyhow::bail;
use aval_protocol::prompt::{FromBanner, ToBanner};
use aval_protocol::text::{Lang, handover, prompt as text, turn};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    WS_EX_NOACTIVATE, WS_EX_TOOLWINDOW, WS_EX_TOPMOST, WS_POPUP,
};

use super::call::Colour;
use super::dialog::{self, Content, Dialog, Event, Kind};
use super::hook::{Origin, Watch, register_hotkeys};
use super::pen::{Face, Laid, Put, face};
use super::sight;
use crate::clock::{machine_ms, now};
use crate::hands::Hand;
use crate::look::Rect;
use crate::pipe::{self, Incoming};
use crate::showing::Showing;
use crate::strokes::Hotkey;

/// The least time between two attempts to come back on top: two windows that both insist must not burn the PC.
const INSIST: Duration = Duration::from_millis(100);

const HEADLINE: u16 = 100;
const DETAILS: u16 = 101;
const MASK: u16 = 102;
const TAKE_BACK: u16 = 103;
const END: u16 = 104;

const WIDTH: i32 = 1240;
const HEIGHT: i32 = 64;
const BOLD: Face = face(16, true);
const PLAIN: Face = face(14, false);
const BUTTON: Face = face(13, true);
/// While mouse and keyboard are the technician's too, and while they are not.
const CONTROLS: Colour = 0x0020_147a;
const VIEWS: Colour = 0x005a_3412;
const WHITE: Colour = 0x00ff_ffff;

/// One banner and all it depends on.
struct Bar {
    showing: Showing,
    lang: Lang,
    watch: Watch,
    pipe: Receiver<Incoming<ToBanner>>,
    dialog: Dialog,
    /// Whether it was laid out with the button that takes hands back.
    controls: Option<bool>,
    size: (i32, i32),
    insisted: Option<Instant>,
    /// Set when there is nothing more to show: whether that is a failure.
    ended: Option<anyhow::Result<()>>,
}

/// Shows a banner until standard input ends.
pub(super) fn run() -> anyhow::Result<()> {
    let (banner, pipe) = pipe::shown()?;
    let showing = Showing::new(banner, now())?;
    let mut dialog = Dialog::new(WS_POPUP, WS_EX_TOPMOST | WS_EX_TOOLWINDOW | WS_EX_NOACTIVATE)?;
    for id in [HEADLINE, DETAILS] {
        dialog.add(id, Kind::Line)?;
    }
    for id in [MASK, TAKE_BACK, END] {
        dialog.add(id, Kind::Push)?;
    }
    let watch = Watch::start(dialog.window)?;
    register_hotkeys(dialog.window);
    let (window, lang) = (dialog.window, showing.lang());
    let mut bar =
        Bar { showing, lang, watch, pipe, dialog, controls: None, size: (0, 0), insisted: None, ended: None };
    bar.say();
    bar.to_top_centre();
    let bar = Rc::new(RefCell::new(bar));
    dialog::run(window, Rc::clone(&bar) as Rc<RefCell<dyn Content>>);
    let ended = bar.borrow_mut().ended.take();
    ended.unwrap_or_else(|| bail!("the banner's window is gone"))
}

impl Content for Bar {
    fn happen(&mut self, event: Event) -> bool {
        let done = match event {
            Event::Pressed { id, origin } => match id {
                END => self.pressed(Hotkey::End, origin),
                TAKE_BACK => self.pressed(Hotkey::TakeBack, origin),
                MASK => self.pressed(Hotkey::Mask, origin),
                _ => Ok(()),
            },
            Event::HotkeyHit => {
                let hit = self.watch.strokes().take_hotkeys();
                hit.into_iter().try_for_each(|hotkey| self.tell(hotkey))
            }
            Event::HotkeyTold(hotkey) if self.watch.strokes().told_of_hotkey(now()) => self.tell(hotkey),
            Event::Tick => self.tick(),
            Event::Scaled => {
                self.controls = None;
                Ok(())
            }
            // Nobody but the session process takes the banner away.
            Event::HotkeyTold(_) | Event::Closed => Ok(()),
        };
        if let Err(error) = done {
            self.ended.get_or_insert(Err(error));
        }
        self.ended.is_some()
    }
}

impl Bar {
    /// A button was pressed. By a person's device, or not at all; a program's noise can't block what only narrows.
    fn pressed(&self, which: Hotkey, origin: Origin) -> anyhow::Result<()> {
        let widens = which == Hotkey::Mask && !self.showing.masks();
        let own =
            if widens { self.watch.judge(origin) == Hand::Person } else { self.watch.take_press(origin) };
        if own { self.tell(which) } else { Ok(()) }
    }

    fn tell(&self, which: Hotkey) -> anyhow::Result<()> {
        let at_ms = machine_ms();
        pipe::say(&match which {
            Hotkey::End => FromBanner::End { at_ms },
            Hotkey::TakeBack => FromBanner::TakeBack { at_ms },
            Hotkey::Mask => FromBanner::Mask { on: self.showing.masks() },
        })
    }

    fn tick(&mut self) -> anyhow::Result<()> {
        while let Ok(incoming) = self.pipe.try_recv() {
            match incoming {
                Incoming::Message(ToBanner::Update(update)) => self.showing.update(update, now())?,
                Incoming::Message(ToBanner::Technicians(names)) => self.showing.name(names)?,
                Incoming::Message(ToBanner::Show(_)) | Incoming::Garbage => {
                    bail!("what came on standard input is no update of a banner");
                }
                Incoming::Closed => {
                    self.ended.get_or_insert(Ok(()));
                    return Ok(());
                }
            }
        }
        let mut look = sight::look(self.dialog.window);
        if !self.showing.held() && (!look.visible() || look.seen < 100 || look.at != self.place()) {
            self.insist();
            look = sight::look(self.dialog.window);
        }
        if self.showing.due(now()) {
            self.say();
        }
        self.showing.looked(now(), &look).iter().try_for_each(pipe::say)
    }

    fn insist(&mut self) {
        if self.insisted.is_none_or(|at| now() - at >= INSIST) {
            self.insisted = Some(now());
            self.to_top_centre();
        }
    }

    /// Where it belongs: the top centre of the main monitor.
    fn place(&self) -> Rect {
        let (monitor, (w, h)) = (sight::main_monitor(), self.size);
        Rect { x: monitor.x + (monitor.w - w) / 2, y: monitor.y, w, h }
    }

    fn to_top_centre(&self) {
        self.dialog.window.put_on_top(self.place(), false);
    }

    fn say(&mut self) {
        let (d, lang) = (&self.dialog, self.lang);
        let words = self.showing.words(now(), lang);
        d.window.set_text(&words.headline);
        let headline = if words.notice.is_empty() {
            words.headline
        } else {
            format!("{} – {}", words.headline, words.notice)
        };
        d.say(HEADLINE, &headline);
        d.say(DETAILS, &words.details);
        let hint = |text: &str, keys: &str| format!("{text}\n{keys}");
        let mut new = d.say(MASK, &hint(words.mask, handover::mask_hotkey(lang)));
        new |= d.say(TAKE_BACK, &hint(turn::take_back(lang), turn::hotkey(lang)));
        new |= d.say(END, &hint(words.end, text::hotkey(lang)));
        if new || self.controls != Some(words.controls) {
            self.controls = Some(words.controls);
            self.lay(words.controls);
        }
    }

    /// Texts on the left, buttons on the right; no wider than the monitor.
    fn lay(&mut self, controls: bool) {
        let d = &self.dialog;
        let ground = if controls { CONTROLS } else { VIEWS };
        d.colours([ground, WHITE, ground, WHITE]);
        d.show(TAKE_BACK, controls);
        let dpi = d.window.dpi();
        let scaled = |length: i32| length * dpi / 96;
        let size = (scaled(WIDTH).min(sight::main_monitor().w), scaled(HEIGHT));
        let mut right = size.0 - scaled(14);
        let mut puts = Vec::new();
        for id in [END, TAKE_BACK, MASK] {
            if id == TAKE_BACK && !controls {
                continue;
            }
            let w = d.widest_line(id, BUTTON, dpi) + scaled(24);
            right -= w;
            puts.push(Put {
                id,
                at: Rect { x: right, y: scaled(8), w, h: size.1 - scaled(16) },
                face: BUTTON,
            });
            right -= scaled(10);
        }
        let (left, w) = (scaled(18), right - scaled(18));
        puts.push(Put { id: HEADLINE, at: Rect { x: left, y: scaled(9), w, h: scaled(23) }, face: BOLD });
        puts.push(Put { id: DETAILS, at: Rect { x: left, y: scaled(34), w, h: scaled(20) }, face: PLAIN });
        self.size = size;
        self.dialog.obey(&Laid { size, puts, panels: Vec::new() }, dpi);
        self.to_top_centre();
    }
}
