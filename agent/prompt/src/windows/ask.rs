//! The consent window: moves presses and time into the [`Question`], and what it says into the window.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use aval_protocol::prompt::{Answer, Ask, BEAT, NoReason};
use aval_protocol::text::{Lang, closing, prompt as text};
use aval_protocol::wire::session::Capabilities;
use windows_sys::Win32::UI::WindowsAndMessaging::{WS_CAPTION, WS_EX_TOPMOST, WS_POPUP, WS_SYSMENU};

use super::call::Colour;
use super::dialog::{self, Content, Dialog, Event as Happened, Kind, REFUSE};
use super::hook::Watch;
use super::pen::{Face, Pen, face};
use super::sight;
use crate::clock::now;
use crate::hands::Hand;
use crate::pipe::{self, Incoming};
use crate::question::{Event, Question};

const HEADLINE: u16 = 100;
const FROM_FIRM: u16 = 101;
const REASON: u16 = 102;
const DURATION: u16 = 103;
const DID_YOU_CALL: u16 = 104;
const CODE_ADVICE: u16 = 105;
const CODE: u16 = 106;
const ADVICE: u16 = 107;
const I_ALLOW: u16 = 108;
const VIEW: u16 = 109;
const CONTROL: u16 = 110;
const COUNTDOWN: u16 = 111;
const ACCEPT: u16 = 112;
const LANGUAGE: u16 = 113;

const WIDTH: i32 = 640;
const PLAIN: Face = face(15, false);
/// Ground, ink, and the panels' ground and edge: those of the window on Linux.
pub(super) const COLOURS: [Colour; 4] = [0x00f8_f5f3, 0x002c_2014, 0x00e0_f6ff, 0x001f_79b7];
pub(super) const SOFT: Colour = 0x005e_5144;
const ACCENT: Colour = 0x0094_4f0a;
pub(super) const ALARM: Colour = 0x001c_1c9b;

/// One consent window and all it depends on.
struct Asking {
    ask: Ask,
    question: Question,
    watch: Watch,
    pipe: Receiver<Incoming<Ask>>,
    dialog: Dialog,
    lang: Lang,
    injected: Option<Instant>,
    looked: Option<Instant>,
    answer: Option<Answer>,
}

/// Puts the question and writes the answer. Whatever goes wrong is written as a no, and told on standard error.
pub(super) fn run() -> anyhow::Result<()> {
    pipe::answer(put_question(), &Answer::No(NoReason::PromptLost))
}

fn put_question() -> anyhow::Result<Answer> {
    let (ask, pipe) = pipe::asked(Ask::check)?;
    let question = Question::new(&ask, now());
    let mut dialog = Dialog::new(WS_POPUP | WS_CAPTION | WS_SYSMENU, WS_EX_TOPMOST)?;
    for id in [HEADLINE, FROM_FIRM, REASON, DURATION, DID_YOU_CALL, CODE_ADVICE, CODE, ADVICE, I_ALLOW] {
        dialog.add(id, Kind::Text)?;
    }
    dialog.add(VIEW, Kind::Tick)?;
    if ask.capabilities.holds(Capabilities::CONTROL) {
        dialog.add(CONTROL, Kind::Tick)?;
    }
    dialog.add(COUNTDOWN, Kind::Text)?;
    dialog.add(REFUSE, Kind::Default)?;
    for id in [ACCEPT, LANGUAGE] {
        dialog.add(id, Kind::Push)?;
    }
    let watch = Watch::start(dialog.window)?;
    let (window, lang) = (dialog.window, ask.lang.unwrap_or_default());
    let asking =
        Asking { ask, question, watch, pipe, dialog, lang, injected: None, looked: None, answer: None };
    asking.say();
    asking.appear();
    let asking = Rc::new(RefCell::new(asking));
    dialog::run(window, Rc::clone(&asking) as Rc<RefCell<dyn Content>>);
    let answer = asking.borrow().answer;
    Ok(answer.unwrap_or(Answer::No(NoReason::PromptLost)))
}

impl Content for Asking {
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

impl Asking {
    /// A control was pressed: by whom decides what it means.
    fn press(&mut self, id: u16, hand: Hand) {
        match id {
            REFUSE => self.handle(Event::Refuse(hand)),
            ACCEPT => self.handle(Event::Accept(hand)),
            VIEW => self.handle(Event::Toggle(Capabilities::VIEW, hand)),
            CONTROL => self.handle(Event::Toggle(Capabilities::CONTROL, hand)),
            LANGUAGE if hand != Hand::Program => {
                self.lang = self.lang.other();
                self.say();
                self.appear();
            }
            _ => {}
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
            self.look();
        }
        self.handle(Event::Time);
    }

    fn look(&mut self) {
        let look = sight::look(self.dialog.window);
        if !look.visible() {
            self.dialog.window.put_on_top(look.at, false);
        }
        self.handle(Event::Visible(look.visible()));
    }

    fn handle(&mut self, event: Event) {
        self.answer = self.question.handle(now(), event);
        if self.answer.is_none() {
            self.show_state();
        }
    }

    fn show_state(&self) {
        let (d, lang) = (&self.dialog, self.lang);
        let view = self.question.view(now());
        d.set_ticked(VIEW, view.ticked.holds(Capabilities::VIEW));
        d.set_ticked(CONTROL, view.ticked.holds(Capabilities::CONTROL));
        d.enable(ACCEPT, view.ready);
        d.say(ACCEPT, &closing::accept(lang, &self.ask, view.ready_in_s));
        d.ink(COUNTDOWN, Some(if view.warn { ALARM } else { SOFT }));
        if view.warn {
            d.say(COUNTDOWN, text::injected(lang));
        } else {
            d.say(COUNTDOWN, &closing::countdown(lang, &self.ask, view.remaining_s));
        }
    }

    fn say(&self) {
        let (d, ask, lang) = (&self.dialog, &self.ask, self.lang);
        d.window.set_text(closing::title(lang, ask));
        d.say(HEADLINE, &closing::headline(lang, ask));
        d.say(FROM_FIRM, &closing::from_firm(lang, ask));
        d.say(REASON, &text::reason(lang, ask));
        d.say(DURATION, &closing::duration(lang, ask));
        d.say(DID_YOU_CALL, &text::did_you_call(lang, &ask.phone));
        d.say(CODE_ADVICE, text::code_advice(lang));
        // Digit by digit, as a screen reader should say it; a wider gap in the middle, as it is read.
        let spelled = text::code_spelled(ask.match_code);
        let (left, right) = spelled.split_at(spelled.len() / 2);
        d.say(CODE, &format!("{left}  {right}"));
        d.say(ADVICE, text::advice(lang));
        d.say(I_ALLOW, text::i_allow(lang));
        d.say(VIEW, &format!("{} – {}", text::view(lang), text::view_means(lang)));
        d.say(CONTROL, &format!("{} – {}", text::control(lang), text::control_means(lang)));
        d.say(REFUSE, closing::refuse(lang, ask));
        d.say(LANGUAGE, text::other_language(lang));
        self.show_state();
        d.colours(COLOURS);
        d.ink(REASON, Some(SOFT));
        d.ink(DURATION, Some(SOFT));
        d.ink(CODE, Some(ACCENT));
    }

    fn appear(&self) {
        let both = self.ask.capabilities.holds(Capabilities::CONTROL);
        let first = self.looked.is_none().then_some(REFUSE);
        self.dialog.appear(WIDTH, first, |pen| lay(pen, both));
    }
}

fn lay(pen: &mut Pen<'_>, both: bool) {
    pen.text(HEADLINE, face(19, true));
    pen.gap(4);
    for id in [FROM_FIRM, REASON, DURATION] {
        pen.text(id, PLAIN);
        pen.gap(2);
    }
    pen.gap(10);
    pen.beside(CODE, face(32, true), |pen| {
        pen.text(DID_YOU_CALL, face(17, true));
        pen.gap(4);
        pen.text(CODE_ADVICE, face(14, false));
    });
    pen.gap(12);
    pen.panel(|pen| pen.text(ADVICE, face(14, false)));
    pen.gap(12);
    pen.text(I_ALLOW, PLAIN);
    pen.gap(4);
    pen.tick(VIEW, PLAIN);
    if both {
        pen.tick(CONTROL, PLAIN);
    }
    pen.gap(8);
    pen.text(COUNTDOWN, PLAIN);
    pen.gap(12);
    pen.buttons(&[REFUSE, ACCEPT, LANGUAGE], face(16, true));
}
