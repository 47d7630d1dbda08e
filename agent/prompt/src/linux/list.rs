//! The window for a version of the equipment list (clause 2.2): the rules of the consent's question, without its haste.
//!
//! Only a person's own hand approves, and only once the last change could be read. Closing is a no; silence puts it aside.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use aval_protocol::prompt::list::{AskList, ListAnswer};
use aval_protocol::prompt::{Answer, BEAT, NoReason};
use aval_protocol::text::{Lang, assent as text, prompt};
use slint::{CloseRequestResponse, ComponentHandle as _, ModelRc, SharedString, VecModel};

use super::desk::Desk;
use super::ui::ListWindow;
use super::{every_tick, start_toolkit, xid};
use crate::clock::now;
use crate::hands::Hand;
use crate::pipe::{self, Incoming};
use crate::question::{Event, Question};

struct Asking {
    ask: AskList,
    question: Question,
    desk: Desk,
    pipe: Receiver<Incoming<AskList>>,
    window: ListWindow,
    lang: Lang,
    placed: bool,
    /// The last change was on the screen.
    read: bool,
    looked: Option<Instant>,
    answer: Option<Answer>,
}

/// Puts the question and writes the answer. Whatever goes wrong is written as a no, and told on standard error.
pub(super) fn run() -> anyhow::Result<()> {
    pipe::answer(put_question(), &ListAnswer::No(NoReason::PromptLost))
}

fn put_question() -> anyhow::Result<ListAnswer> {
    let (ask, pipe) = pipe::asked(AskList::check)?;
    let question = Question::of_list(&ask, now());
    let desk = Desk::open()?;
    start_toolkit(false)?;
    let window = ListWindow::new()?;
    let lang = ask.lang.unwrap_or_default();
    let asking = Asking {
        ask,
        question,
        desk,
        pipe,
        window: window.clone_strong(),
        lang,
        placed: false,
        read: false,
        looked: None,
        answer: None,
    };
    asking.say();
    let asking = Rc::new(RefCell::new(asking));
    let on = |event: fn(&mut Asking)| {
        let asking = Rc::clone(&asking);
        move || event(&mut asking.borrow_mut())
    };
    window.on_approved(on(|asking| {
        if asking.read {
            asking.press(Event::Accept);
        }
    }));
    window.on_refused(on(|asking| asking.press(Event::Refuse)));
    window.on_language(on(|asking| {
        if matches!(asking.desk.judge(), Ok(Hand::Person | Hand::Nobody)) {
            asking.lang = asking.lang.other();
            asking.say();
        }
    }));
    let close = on(|asking| asking.handle(Event::Closed));
    window.window().on_close_requested(move || {
        close();
        CloseRequestResponse::KeepWindowShown
    });
    window.show()?;
    let timer = every_tick(on(Asking::tick));
    slint::run_event_loop_until_quit()?;
    timer.stop();
    let answer = asking.borrow().answer;
    Ok(answer.into())
}

impl Asking {
    /// A control was pressed: by whom decides what it means.
    fn press(&mut self, event: fn(Hand) -> Event) {
        match self.desk.judge() {
            Ok(hand) => self.handle(event(hand)),
            Err(_) => self.handle(Event::Failed),
        }
    }

    fn tick(&mut self) {
        if let Some(word) = pipe::heard(&self.pipe) {
            self.handle(word.into());
        }
        if self.watch().is_err() {
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
        if self.looked.is_some_and(|at| now() - at < BEAT) {
            return Ok(());
        }
        self.looked = Some(now());
        let Some(xid) = xid(self.window.window()) else { return Ok(()) };
        let look = self.desk.look(xid)?;
        if look.mapped && !self.placed {
            self.placed = true;
            if self.desk.focus_if_unmanaged(xid)? {
                self.desk.to_middle(xid, look.at)?;
            }
        }
        // It is not raised over other work: nothing presses, and a yes counts only where it can be read.
        self.read |= look.visible() && self.window.get_at_end();
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
        w.set_approve_ready(view.ready && self.read);
        w.set_approve_text(text::approve(lang, view.ready_in_s).into());
        let stays =
            if self.read { text::stays(lang, view.remaining_s) } else { text::read_on(lang).to_owned() };
        w.set_stays(stays.into());
        w.set_warning(if view.warn { prompt::injected(lang).into() } else { Default::default() });
    }

    fn say(&self) {
        let (w, ask, lang) = (&self.window, &self.ask, self.lang);
        let changes: Vec<SharedString> =
            ask.changes.iter().map(|one| text::change(lang, one).into()).collect();
        w.set_window_title(text::title(lang).into());
        w.set_headline(text::headline(lang, ask).into());
        w.set_which(text::which(lang, ask).into());
        w.set_changes(ModelRc::new(VecModel::from(changes)));
        w.set_effect(text::effect(lang, ask.effect.as_ref()).into());
        w.set_means(text::means(lang, ask).into());
        w.set_refuse_text(prompt::refuse(lang).into());
        w.set_language_text(prompt::other_language(lang).into());
        self.show_state();
    }
}
