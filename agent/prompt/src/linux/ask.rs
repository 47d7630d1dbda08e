//! The consent window: moves presses and time into the [`Question`], and what it says into the window.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use aval_protocol::prompt::{Answer, Ask, BEAT, NoReason};
use aval_protocol::text::{Lang, closing, prompt as text};
use aval_protocol::wire::session::Capabilities;
use slint::{CloseRequestResponse, ComponentHandle as _};

use super::desk::Desk;
use super::ui::AskWindow;
use super::{every_tick, start_toolkit, xid};
use crate::clock::now;
use crate::hands::Hand;
use crate::pipe::{self, Incoming};
use crate::question::{Event, Question};

/// One consent window and all it depends on.
struct Asking {
    ask: Ask,
    question: Question,
    desk: Desk,
    pipe: Receiver<Incoming<Ask>>,
    window: AskWindow,
    lang: Lang,
    xid: Option<u32>,
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
    let desk = Desk::open()?;
    start_toolkit(false)?;
    let window = AskWindow::new()?;
    let lang = ask.lang.unwrap_or_default();
    let asking = Asking { ask, question, desk, pipe, window, lang, xid: None, looked: None, answer: None };
    asking.say();
    asking.show_state();
    let window = asking.window.clone_strong();
    let asking = Rc::new(RefCell::new(asking));
    connect(&window, &asking);
    window.show()?;
    let tick = Rc::clone(&asking);
    let timer = every_tick(move || tick.borrow_mut().tick());
    slint::run_event_loop_until_quit()?;
    timer.stop();
    let answer = asking.borrow().answer;
    Ok(answer.unwrap_or(Answer::No(NoReason::PromptLost)))
}

fn connect(window: &AskWindow, asking: &Rc<RefCell<Asking>>) {
    let on = |event: fn(Hand) -> Event| {
        let asking = Rc::clone(asking);
        move || asking.borrow_mut().press(event)
    };
    window.on_accepted(on(Event::Accept));
    window.on_refused(on(Event::Refuse));
    window.on_view_toggled(on(|hand| Event::Toggle(Capabilities::VIEW, hand)));
    window.on_control_toggled(on(|hand| Event::Toggle(Capabilities::CONTROL, hand)));
    let changed = Rc::clone(asking);
    window.on_language(move || changed.borrow_mut().change_language());
    let closed = Rc::clone(asking);
    window.window().on_close_requested(move || {
        closed.borrow_mut().handle(Event::Closed);
        CloseRequestResponse::KeepWindowShown
    });
}

impl Asking {
    /// A control was pressed: by whom decides what it means.
    fn press(&mut self, event: fn(Hand) -> Event) {
        match self.desk.judge() {
            Ok(hand) => self.handle(event(hand)),
            Err(_) => self.handle(Event::Failed),
        }
    }

    fn change_language(&mut self) {
        if matches!(self.desk.judge(), Ok(Hand::Person | Hand::Nobody)) {
            self.lang = self.lang.other();
            self.say();
            self.show_state();
        }
    }

    fn tick(&mut self) {
        if let Some(word) = pipe::heard(&self.pipe) {
            self.handle(word.into());
        }
        if let Err(_gone) = self.watch() {
            self.handle(Event::Failed);
        }
        self.handle(Event::Time);
    }

    fn watch(&mut self) -> anyhow::Result<()> {
        let before = self.desk.hands.injected_at();
        self.desk.drain()?;
        if self.desk.hands.injected_at() != before {
            self.handle(Event::Injected);
        }
        if self.looked.is_none_or(|at| now() - at >= BEAT) {
            self.looked = Some(now());
            self.look()?;
        }
        Ok(())
    }

    fn look(&mut self) -> anyhow::Result<()> {
        let Some(xid) = xid(self.window.window()) else { return Ok(()) };
        let look = self.desk.look(xid)?;
        if self.xid.is_none() && look.mapped {
            self.xid = Some(xid);
            if self.desk.focus_if_unmanaged(xid)? {
                self.desk.to_middle(xid, look.at)?;
            }
        }
        if look.mapped && !look.visible() {
            self.desk.raise(xid)?;
        }
        self.handle(Event::Visible(look.visible()));
        Ok(())
    }

    fn handle(&mut self, event: Event) {
        self.answer = self.question.handle(now(), event);
        if self.answer.is_some() {
            // Fails only when the loop has ended already, which is what is wanted.
            let _ = slint::quit_event_loop();
        } else {
            self.show_state();
        }
    }

    fn show_state(&self) {
        let (w, lang) = (&self.window, self.lang);
        let view = self.question.view(now());
        w.set_view_checked(view.ticked.holds(Capabilities::VIEW));
        w.set_control_checked(view.ticked.holds(Capabilities::CONTROL));
        w.set_accept_ready(view.ready);
        w.set_accept_text(closing::accept(lang, &self.ask, view.ready_in_s).into());
        w.set_countdown(closing::countdown(lang, &self.ask, view.remaining_s).into());
        w.set_warning(if view.warn { text::injected(lang).into() } else { Default::default() });
    }

    fn say(&self) {
        let (w, ask, lang) = (&self.window, &self.ask, self.lang);
        w.set_window_title(closing::title(lang, ask).into());
        w.set_headline(closing::headline(lang, ask).into());
        w.set_from_firm(closing::from_firm(lang, ask).into());
        w.set_reason(text::reason(lang, ask).into());
        w.set_duration(closing::duration(lang, ask).into());
        w.set_did_you_call(text::did_you_call(lang, &ask.phone).into());
        w.set_code_advice(text::code_advice(lang).into());
        w.set_code(text::code(ask.match_code).into());
        w.set_code_spelled(text::code_spelled(ask.match_code).into());
        w.set_advice(text::advice(lang).into());
        w.set_i_allow(text::i_allow(lang).into());
        w.set_view_text(text::view(lang).into());
        w.set_view_means(text::view_means(lang).into());
        w.set_control_text(text::control(lang).into());
        w.set_control_means(text::control_means(lang).into());
        w.set_asks_control(ask.capabilities.holds(Capabilities::CONTROL));
        w.set_refuse_text(closing::refuse(lang, ask).into());
        w.set_language_text(text::other_language(lang).into());
    }
}
