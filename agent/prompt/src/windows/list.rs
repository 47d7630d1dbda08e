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
use windows_sys::Win32::UI::WindowsAndMessaging::{WS_CAPTION, WS_EX_TOPMOST, WS_POPUP, WS_SYSMENU};

use super::ask::{ALARM, COLOURS, SOFT};
use super::dialog::{self, Content, Dialog, Event as Happened, Kind, REFUSE};
use super::hook::Watch;
use super::pen::{Pen, face};
use super::sight;
use crate::clock::now;
use crate::hands::Hand;
use crate::pipe::{self, Incoming};
use crate::question::{Event, Question};

const HEADLINE: u16 = 100;
const WHICH: u16 = 101;
const CHANGES: u16 = 102;
const EFFECT: u16 = 103;
const MEANS: u16 = 104;
const STAYS: u16 = 105;
const APPROVE: u16 = 106;
const LANGUAGE: u16 = 107;

const WIDTH: i32 = 720;
/// What can be read of the changes without scrolling.
const HEIGHT: i32 = 240;

struct Asking {
    ask: AskList,
    question: Question,
    watch: Watch,
    pipe: Receiver<Incoming<AskList>>,
    dialog: Dialog,
    lang: Lang,
    /// The last change was on the screen.
    read: bool,
    injected: Option<Instant>,
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
    let mut dialog = Dialog::new(WS_POPUP | WS_CAPTION | WS_SYSMENU, WS_EX_TOPMOST)?;
    let kinds = [
        (HEADLINE, Kind::Text),
        (WHICH, Kind::Text),
        (CHANGES, Kind::Scroll),
        (EFFECT, Kind::Text),
        (MEANS, Kind::Text),
        (STAYS, Kind::Text),
        (REFUSE, Kind::Default),
        (APPROVE, Kind::Push),
        (LANGUAGE, Kind::Push),
    ];
    kinds.into_iter().try_for_each(|(id, kind)| dialog.add(id, kind))?;
    let watch = Watch::start(dialog.window)?;
    let (window, lang) = (dialog.window, ask.lang.unwrap_or_default());
    let asking = Asking {
        ask,
        question,
        watch,
        pipe,
        dialog,
        lang,
        read: false,
        injected: None,
        looked: None,
        answer: None,
    };
    asking.say();
    asking.appear();
    let asking = Rc::new(RefCell::new(asking));
    dialog::run(window, Rc::clone(&asking) as Rc<RefCell<dyn Content>>);
    let answer = asking.borrow().answer;
    Ok(match answer {
        Some(Answer::Yes { shown_ms, .. }) => ListAnswer::Yes { shown_ms },
        Some(Answer::No(why)) => ListAnswer::No(why),
        None => ListAnswer::No(NoReason::PromptLost),
    })
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
            APPROVE if self.read => self.handle(Event::Accept(hand)),
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
            // It is not raised again over other work: nothing presses, and a yes counts only where it can be read.
            let visible = sight::look(self.dialog.window).visible();
            self.read |= visible && self.dialog.shows_end(CHANGES);
            self.handle(Event::Visible(visible));
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
        let (d, lang) = (&self.dialog, self.lang);
        let view = self.question.view(now());
        d.enable(APPROVE, view.ready && self.read);
        d.say(APPROVE, &text::approve(lang, view.ready_in_s));
        d.ink(STAYS, Some(if view.warn { ALARM } else { SOFT }));
        if view.warn {
            d.say(STAYS, prompt::injected(lang));
        } else if self.read {
            d.say(STAYS, &text::stays(lang, view.remaining_s));
        } else {
            d.say(STAYS, text::read_on(lang));
        }
    }

    fn say(&self) {
        let (d, ask, lang) = (&self.dialog, &self.ask, self.lang);
        let changes: Vec<String> = ask.changes.iter().map(|one| text::change(lang, one)).collect();
        d.window.set_text(text::title(lang));
        d.say(HEADLINE, &text::headline(lang, ask));
        d.say(WHICH, &text::which(lang, ask));
        // As a field wants its lines.
        d.say(CHANGES, &changes.join("\r\n"));
        d.say(EFFECT, &text::effect(lang, ask.effect.as_ref()));
        d.say(MEANS, &text::means(lang, ask));
        d.say(REFUSE, prompt::refuse(lang));
        d.say(LANGUAGE, prompt::other_language(lang));
        self.show_state();
        d.colours(COLOURS);
        d.ink(WHICH, Some(SOFT));
    }

    /// The keyboard is on the changes, where it scrolls; Return refuses there.
    fn appear(&self) {
        self.dialog.appear(WIDTH, self.looked.is_none().then_some(CHANGES), lay);
    }
}

fn lay(pen: &mut Pen<'_>) {
    let plain = face(15, false);
    pen.text(HEADLINE, face(19, true));
    pen.gap(4);
    pen.text(WHICH, plain);
    pen.gap(12);
    pen.scroll(CHANGES, plain, HEIGHT);
    pen.gap(12);
    pen.text(EFFECT, face(16, true));
    pen.gap(12);
    pen.panel(|pen| pen.text(MEANS, face(14, false)));
    pen.gap(12);
    pen.text(STAYS, plain);
    pen.gap(12);
    pen.buttons(&[REFUSE, APPROVE, LANGUAGE], face(16, true));
}
