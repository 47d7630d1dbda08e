//! What the windows of all questions do alike: presses and time go into the [`Question`], and what it says into the window.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use aval_protocol::prompt::{Answer, BEAT};
use aval_protocol::text::{Lang, prompt as text};
use windows_sys::Win32::UI::WindowsAndMessaging::{WS_CAPTION, WS_EX_TOPMOST, WS_POPUP, WS_SYSMENU};

use super::call::Colour;
use super::dialog::{self, Content, Dialog, Event as Happened, Kind, REFUSE};
use super::hook::Watch;
use super::sight;
use crate::clock::now;
use crate::hands::Hand;
use crate::pipe::{self, Incoming};
use crate::question::{Event, Question, View};

/// The button of the other language, in every form.
pub(super) const LANGUAGE: u16 = 3;
/// Ground, ink, and the panels' ground and edge: those of the window on Linux.
pub(super) const COLOURS: [Colour; 4] = [0x00f8_f5f3, 0x002c_2014, 0x00e0_f6ff, 0x001f_79b7];
pub(super) const SOFT: Colour = 0x005e_5144;
pub(super) const ALARM: Colour = 0x001c_1c9b;

/// One kind of question: its controls, its words, and what else it wants of the person.
pub(super) trait Form: 'static {
    /// The controls, in the order of the keyboard.
    fn controls(&self) -> Vec<(u16, Kind)>;

    /// What a press of one's own control means; refusing and the other language mean the same in every form.
    fn pressed(&self, id: u16, hand: Hand) -> Option<Event>;

    /// The beat's look at the window: whether the person can see it, and what to do where not.
    fn look(&mut self, dialog: &Dialog) -> bool;

    /// Its words, which change with the language only.
    fn say(&self, dialog: &Dialog, lang: Lang);

    /// What changes with time and presses.
    fn show(&self, dialog: &Dialog, lang: Lang, view: &View);

    /// Puts it on the screen, when it appears first with the keyboard on the control where it belongs.
    fn appear(&self, dialog: &Dialog, first: bool);
}

/// One question's window and all it depends on.
struct Asking<F, M> {
    form: F,
    question: Question,
    watch: Watch,
    pipe: Receiver<Incoming<M>>,
    dialog: Dialog,
    lang: Lang,
    injected: Option<Instant>,
    looked: Option<Instant>,
    answer: Option<Answer>,
}

/// Puts a question; `None` if it ended without an answer.
pub(super) fn put<F: Form, M: 'static>(
    form: F,
    question: Question,
    lang: Lang,
    pipe: Receiver<Incoming<M>>,
) -> anyhow::Result<Option<Answer>> {
    let mut dialog = Dialog::new(WS_POPUP | WS_CAPTION | WS_SYSMENU, WS_EX_TOPMOST)?;
    form.controls().into_iter().try_for_each(|(id, kind)| dialog.add(id, kind))?;
    let watch = Watch::start(dialog.window)?;
    let window = dialog.window;
    let asking =
        Asking { form, question, watch, pipe, dialog, lang, injected: None, looked: None, answer: None };
    asking.say();
    asking.appear();
    let asking = Rc::new(RefCell::new(asking));
    dialog::run(window, Rc::clone(&asking) as Rc<RefCell<dyn Content>>);
    let answer = asking.borrow().answer;
    Ok(answer)
}

impl<F: Form, M> Content for Asking<F, M> {
    fn happen(&mut self, event: Happened) -> bool {
        match event {
            Happened::Pressed { id, origin } => {
                let hand = self.watch.judge(origin);
                self.press(id, hand);
            }
            Happened::Closed => self.handle(Event::Closed),
            Happened::Tick => self.tick(),
            Happened::Scaled => self.appear(),
            Happened::HotkeyHit | Happened::HotkeyTold(_) => {}
        }
        self.answer.is_some()
    }
}

impl<F: Form, M> Asking<F, M> {
    /// A control was pressed: by whom decides what it means.
    fn press(&mut self, id: u16, hand: Hand) {
        match id {
            REFUSE => self.handle(Event::Refuse(hand)),
            LANGUAGE => {
                if hand != Hand::Program {
                    self.lang = self.lang.other();
                    self.say();
                    self.appear();
                }
            }
            _ => {
                if let Some(event) = self.form.pressed(id, hand) {
                    self.handle(event);
                }
            }
        }
    }

    fn tick(&mut self) {
        if let Some(word) = pipe::heard(&self.pipe) {
            self.handle(word.into());
        }
        let injected = self.watch.injected_at();
        if injected != std::mem::replace(&mut self.injected, injected) {
            self.handle(Event::Injected);
        }
        if self.looked.is_none_or(|at| now() - at >= BEAT) {
            self.looked = Some(now());
            let visible = self.form.look(&self.dialog);
            self.handle(Event::Visible(visible));
        }
        self.handle(Event::Time);
    }

    fn handle(&mut self, event: Event) {
        self.answer = self.question.handle(now(), event);
        if self.answer.is_none() {
            self.show();
        }
    }

    fn show(&self) {
        self.form.show(&self.dialog, self.lang, &self.question.view(now()));
    }

    fn say(&self) {
        self.dialog.say(LANGUAGE, text::other_language(self.lang));
        self.form.say(&self.dialog, self.lang);
        self.show();
    }

    fn appear(&self) {
        self.form.appear(&self.dialog, self.looked.is_none());
    }
}

/// Whether the person sees the window, which is not raised over their other work.
pub(super) fn is_seen(dialog: &Dialog) -> bool {
    sight::look(dialog.window).visible()
}
