//! The window of the installer's question: to whom this PC would be attached, and what would be sent (clause 4.5).
//!
//! The rules are the consent's: only a person's own hand says yes, and only once it could be read; closing is a no.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use aval_protocol::prompt::attach::{ATTACH_TTL, AskAttach, AttachAnswer};
use aval_protocol::prompt::{Answer, BEAT, NoReason};
use aval_protocol::text::{Lang, agent as text, prompt};
use windows_sys::Win32::UI::WindowsAndMessaging::{WS_CAPTION, WS_EX_TOPMOST, WS_POPUP, WS_SYSMENU};

use super::ask::COLOURS;
use super::dialog::{self, Content, Dialog, Event as Happened, Kind, REFUSE};
use super::hook::Watch;
use super::pen::{Pen, face};
use super::sight;
use crate::clock::now;
use crate::hands::Hand;
use crate::pipe::{self, Incoming};
use crate::question::{Event, Question};

const HEADLINE: u16 = 100;
const MEANS: u16 = 101;
const SENT_TITLE: u16 = 102;
const SENT: u16 = 103;
const WARNING: u16 = 104;
const ACCEPT: u16 = 105;
const LANGUAGE: u16 = 106;

const WIDTH: i32 = 720;

struct Asking {
    ask: AskAttach,
    question: Question,
    watch: Watch,
    pipe: Receiver<Incoming<AskAttach>>,
    dialog: Dialog,
    lang: Lang,
    injected: Option<Instant>,
    looked: Option<Instant>,
    answer: Option<Answer>,
}

/// Puts the question and writes the answer. Whatever goes wrong is written as a no, and told on standard error.
pub(super) fn run() -> anyhow::Result<()> {
    pipe::answer(put_question(), &AttachAnswer::No(NoReason::PromptLost))
}

fn put_question() -> anyhow::Result<AttachAnswer> {
    let (ask, pipe) = pipe::asked(AskAttach::check)?;
    let mut dialog = Dialog::new(WS_POPUP | WS_CAPTION | WS_SYSMENU, WS_EX_TOPMOST)?;
    let kinds = [
        (HEADLINE, Kind::Text),
        (MEANS, Kind::Text),
        (SENT_TITLE, Kind::Text),
        (SENT, Kind::Text),
        (WARNING, Kind::Text),
        (REFUSE, Kind::Default),
        (ACCEPT, Kind::Push),
        (LANGUAGE, Kind::Push),
    ];
    kinds.into_iter().try_for_each(|(id, kind)| dialog.add(id, kind))?;
    let watch = Watch::start(dialog.window)?;
    let (window, lang, question) = (dialog.window, ask.lang, Question::plain(ATTACH_TTL, now()));
    let asking =
        Asking { ask, question, watch, pipe, dialog, lang, injected: None, looked: None, answer: None };
    asking.say();
    asking.appear();
    let asking = Rc::new(RefCell::new(asking));
    dialog::run(window, Rc::clone(&asking) as Rc<RefCell<dyn Content>>);
    let answer = asking.borrow().answer;
    Ok(match answer {
        Some(Answer::Yes { shown_ms, .. }) => AttachAnswer::Yes { shown_ms },
        Some(Answer::No(why)) => AttachAnswer::No(why),
        None => AttachAnswer::No(NoReason::PromptLost),
    })
}

impl Content for Asking {
    fn happen(&mut self, event: Happened) -> bool {
        match event {
            Happened::Pressed { id, origin } => {
                let hand = self.watch.judge(origin);
                match id {
                    REFUSE => self.handle(Event::Refuse(hand)),
                    ACCEPT => self.handle(Event::Accept(hand)),
                    LANGUAGE if hand != Hand::Program => {
                        self.lang = self.lang.other();
                        self.say();
                        self.appear();
                    }
                    _ => {}
                }
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
            // Whoever puts another window before it reads that one first.
            self.handle(Event::Visible(sight::look(self.dialog.window).visible()));
        }
        self.handle(Event::Time);
    }

    fn handle(&mut self, event: Event) {
        self.answer = self.question.handle(now(), event);
        if self.answer.is_none() {
            self.show_state();
        }
    }

    fn show_state(&self) {
        let view = self.question.view(now());
        self.dialog.enable(ACCEPT, view.ready);
        self.dialog.say(ACCEPT, &text::attach(self.lang, view.ready_in_s));
        self.dialog.say(WARNING, if view.warn { prompt::injected(self.lang) } else { "" });
    }

    fn say(&self) {
        let (d, ask, lang) = (&self.dialog, &self.ask, self.lang);
        d.window.set_text(text::attach_title(lang));
        d.say(HEADLINE, ask.headline.get(lang));
        d.say(MEANS, &ask.means.get(lang).join("\n"));
        d.say(SENT_TITLE, text::will_be_sent(lang));
        d.say(SENT, &ask.sent.get(lang).join("\n"));
        d.say(REFUSE, prompt::refuse(lang));
        d.say(LANGUAGE, prompt::other_language(lang));
        self.show_state();
        d.colours(COLOURS);
    }

    fn appear(&self) {
        self.dialog.appear(WIDTH, self.looked.is_none().then_some(REFUSE), lay);
    }
}

fn lay(pen: &mut Pen<'_>) {
    let small = face(14, false);
    pen.text(HEADLINE, face(19, true));
    pen.gap(10);
    pen.text(MEANS, small);
    pen.gap(12);
    pen.text(SENT_TITLE, face(15, true));
    pen.gap(4);
    pen.panel(|pen| pen.text(SENT, small));
    pen.gap(10);
    pen.text(WARNING, face(15, true));
    pen.gap(8);
    pen.buttons(&[REFUSE, ACCEPT, LANGUAGE], face(16, true));
}
