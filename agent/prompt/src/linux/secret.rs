//! The window for a password (clause 8.2): what is typed is sealed here, to the technician's program, and goes with this process.
//!
//! The process that started it hears a sealed value or a no. Only a person's own hand hands over; closing, silence and failing are a no.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use aval_protocol::prompt::secret::{AskSecret, SecretAnswer};
use aval_protocol::prompt::{BEAT, NoReason};
use aval_protocol::seal::secret::seal_secret;
use aval_protocol::text::{Lang, handover as text, prompt};
use aval_protocol::wire::handover::Secret;
use slint::{CloseRequestResponse, ComponentHandle as _};

use super::desk::Desk;
use super::ui::SecretWindow;
use super::{every_tick, start_toolkit, xid};
use crate::clock::now;
use crate::hands::Hand;
use crate::pipe::{self, Incoming};

/// The window must have been seen for that long: a key meant for another one hands over nothing.
const SETTLE: Duration = Duration::from_secs(1);

struct Asking {
    ask: AskSecret,
    desk: Desk,
    pipe: Receiver<Incoming<AskSecret>>,
    window: SecretWindow,
    lang: Lang,
    until: Instant,
    /// Since when it can be seen without a break.
    seen: Option<Instant>,
    placed: bool,
    looked: Option<Instant>,
    answer: Option<SecretAnswer>,
}

/// Asks and writes the answer. Whatever goes wrong is written as a no, and told on standard error.
pub(super) fn run() -> anyhow::Result<()> {
    // No other program of the person may look into this one, and it leaves no core behind.
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    pipe::answer(ask(), &SecretAnswer::No(NoReason::PromptLost))
}

fn ask() -> anyhow::Result<SecretAnswer> {
    let (ask, pipe) = pipe::asked(AskSecret::check)?;
    let desk = Desk::open()?;
    start_toolkit(false)?;
    let window = SecretWindow::new()?;
    let (lang, until) = (ask.lang.unwrap_or_default(), now() + ask.ttl());
    let asking = Asking {
        ask,
        desk,
        pipe,
        window: window.clone_strong(),
        lang,
        until,
        seen: None,
        placed: false,
        looked: None,
        answer: None,
    };
    asking.say();
    let asking = Rc::new(RefCell::new(asking));
    let on = |event: fn(&mut Asking)| {
        let asking = Rc::clone(&asking);
        move || event(&mut asking.borrow_mut())
    };
    window.on_given(on(Asking::give));
    window.on_refused(on(|asking| asking.done(SecretAnswer::No(NoReason::Refused))));
    window.on_language(on(|asking| {
        asking.lang = asking.lang.other();
        asking.say();
    }));
    let close = on(|asking| asking.done(SecretAnswer::No(NoReason::Refused)));
    window.window().on_close_requested(move || {
        close();
        CloseRequestResponse::KeepWindowShown
    });
    window.show()?;
    let timer = every_tick(on(Asking::tick));
    slint::run_event_loop_until_quit()?;
    timer.stop();
    window.set_password(Default::default());
    window.set_identifier(Default::default());
    let answer = asking.borrow_mut().answer.take();
    Ok(answer.unwrap_or(SecretAnswer::No(NoReason::PromptLost)))
}

impl Asking {
    /// The person hands over what the fields hold.
    fn give(&mut self) {
        let own = matches!(self.desk.judge(), Ok(Hand::Person));
        if !own || self.seen.is_none_or(|since| now() - since < SETTLE) {
            return;
        }
        let secret = Secret {
            identifier: self.window.get_identifier().to_string().into(),
            password: self.window.get_password().to_string().into(),
        };
        if !secret.is_sound() {
            return;
        }
        let answer = match seal_secret(&secret, &self.ask.key, self.ask.context()) {
            Ok(sealed) => SecretAnswer::Given { sealed, count: secret.count() },
            Err(_) => SecretAnswer::No(NoReason::PromptLost),
        };
        self.done(answer);
    }

    fn done(&mut self, answer: SecretAnswer) {
        self.answer.get_or_insert(answer);
        // Fails only when the loop has ended already, which is what is wanted.
        let _ = slint::quit_event_loop();
    }

    fn tick(&mut self) {
        if let Some(word) = pipe::heard(&self.pipe) {
            return self.done(SecretAnswer::No(word.why()));
        }
        if now() >= self.until {
            return self.done(SecretAnswer::No(NoReason::TimedOut));
        }
        if self.watch().is_err() {
            return self.done(SecretAnswer::No(NoReason::PromptLost));
        }
        self.show_state();
    }

    fn watch(&mut self) -> anyhow::Result<()> {
        self.desk.drain()?;
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
        if look.mapped && !look.visible() {
            self.desk.raise(xid)?;
        }
        self.seen = if look.visible() { self.seen.or_else(|| Some(now())) } else { None };
        Ok(())
    }

    fn show_state(&self) {
        let left = self.until.saturating_duration_since(now()).as_secs() + 1;
        let settled = self.seen.is_some_and(|since| now() - since >= SETTLE);
        self.window.set_give_ready(settled && !self.window.get_password().is_empty());
        self.window.set_countdown(text::countdown(self.lang, left).into());
    }

    fn say(&self) {
        let (w, ask, lang) = (&self.window, &self.ask, self.lang);
        w.set_window_title(text::title(lang).into());
        w.set_headline(text::headline(lang, &ask.technician, ask.kind).into());
        w.set_from_firm(text::from_firm(&ask.firm).into());
        w.set_becomes(text::becomes(lang).into());
        w.set_advice(text::advice(lang).into());
        w.set_identifier_name(text::identifier(lang, ask.kind).into());
        w.set_password_name(text::password(lang, ask.kind).into());
        w.set_reveal_text(text::reveal(lang).into());
        w.set_refuse_text(prompt::refuse(lang).into());
        w.set_give_text(text::give(lang).into());
        w.set_language_text(prompt::other_language(lang).into());
        self.show_state();
    }
}
