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
use windows_sys::Win32::UI::WindowsAndMessaging::{WS_CAPTION, WS_EX_TOPMOST, WS_POPUP, WS_SYSMENU};

use super::asking::COLOURS;
use super::dialog::{self, Content, Dialog, Event, Kind, REFUSE};
use super::hook::Watch;
use super::pen::{Pen, face};
use super::sight;
use crate::clock::now;
use crate::hands::Hand;
use crate::pipe::{self, Incoming};

/// The window must have been seen for that long: a key meant for another one hands over nothing.
const SETTLE: Duration = Duration::from_secs(1);

const HEADLINE: u16 = 100;
const FROM_FIRM: u16 = 101;
const IDENTIFIER_NAME: u16 = 102;
const IDENTIFIER: u16 = 103;
const PASSWORD_NAME: u16 = 104;
const PASSWORD: u16 = 105;
const REVEAL: u16 = 106;
const BECOMES: u16 = 107;
const ADVICE: u16 = 108;
const COUNTDOWN: u16 = 109;
const GIVE: u16 = 110;
const LANGUAGE: u16 = 111;

const WIDTH: i32 = 620;

struct Asking {
    ask: AskSecret,
    watch: Watch,
    pipe: Receiver<Incoming<AskSecret>>,
    dialog: Dialog,
    lang: Lang,
    until: Instant,
    /// Since when it can be seen without a break.
    seen: Option<Instant>,
    looked: Option<Instant>,
    revealed: bool,
    answer: Option<SecretAnswer>,
}

/// Asks and writes the answer. Whatever goes wrong is written as a no, and told on standard error.
pub(super) fn run() -> anyhow::Result<()> {
    pipe::answer(ask(), &SecretAnswer::No(NoReason::PromptLost))
}

fn ask() -> anyhow::Result<SecretAnswer> {
    let (ask, pipe) = pipe::asked(AskSecret::check)?;
    let mut dialog = Dialog::new(WS_POPUP | WS_CAPTION | WS_SYSMENU, WS_EX_TOPMOST)?;
    // A field is named by the text before it.
    let kinds = [
        (HEADLINE, Kind::Text),
        (FROM_FIRM, Kind::Text),
        (IDENTIFIER_NAME, Kind::Text),
        (IDENTIFIER, Kind::Field { hidden: false }),
        (PASSWORD_NAME, Kind::Text),
        (PASSWORD, Kind::Field { hidden: true }),
        (REVEAL, Kind::Tick),
        (BECOMES, Kind::Text),
        (ADVICE, Kind::Text),
        (COUNTDOWN, Kind::Text),
        (REFUSE, Kind::Push),
        (GIVE, Kind::Push),
        (LANGUAGE, Kind::Push),
    ];
    kinds.into_iter().try_for_each(|(id, kind)| dialog.add(id, kind))?;
    sight::hide_from_capture(dialog.window);
    let watch = Watch::start(dialog.window)?;
    let (window, lang, until) = (dialog.window, ask.lang.unwrap_or_default(), now() + ask.ttl());
    let asking = Asking {
        ask,
        watch,
        pipe,
        dialog,
        lang,
        until,
        seen: None,
        looked: None,
        revealed: false,
        answer: None,
    };
    asking.say();
    asking.appear();
    let asking = Rc::new(RefCell::new(asking));
    dialog::run(window, Rc::clone(&asking) as Rc<RefCell<dyn Content>>);
    let answer = asking.borrow_mut().answer.take();
    Ok(answer.unwrap_or(SecretAnswer::No(NoReason::PromptLost)))
}

impl Content for Asking {
    fn happen(&mut self, event: Event) -> bool {
        match event {
            Event::Pressed { id: REFUSE, .. } | Event::Closed => {
                self.done(SecretAnswer::No(NoReason::Refused))
            }
            Event::Pressed { id: GIVE, origin } if self.watch.judge(origin) == Hand::Person => self.give(),
            Event::Pressed { id: REVEAL, origin } if self.watch.judge(origin) == Hand::Person => {
                self.revealed = !self.revealed;
                self.dialog.reveal(PASSWORD, self.revealed);
                self.show_state();
            }
            Event::Pressed { id: LANGUAGE, .. } => {
                self.lang = self.lang.other();
                self.say();
                self.appear();
            }
            Event::Tick => self.tick(),
            Event::Scaled => self.appear(),
            Event::Pressed { .. } | Event::HotkeyHit | Event::HotkeyTold(_) => {}
        }
        let done = self.answer.is_some();
        if done {
            self.dialog.wipe(PASSWORD);
            self.dialog.wipe(IDENTIFIER);
        }
        done
    }
}

impl Asking {
    /// The person hands over what the fields hold.
    fn give(&mut self) {
        if self.seen.is_none_or(|since| now() - since < SETTLE) {
            return;
        }
        let secret =
            Secret { identifier: self.typed(IDENTIFIER).into(), password: self.typed(PASSWORD).into() };
        if !secret.is_sound() {
            return;
        }
        let answer = match seal_secret(&secret, &self.ask.key, self.ask.context()) {
            Ok(sealed) => SecretAnswer::Given { sealed, count: secret.count() },
            Err(_) => SecretAnswer::No(NoReason::PromptLost),
        };
        self.done(answer);
    }

    fn typed(&self, field: u16) -> String {
        let mut units = self.dialog.typed(field);
        let text = String::from_utf16_lossy(&units);
        units.fill(0);
        text
    }

    fn done(&mut self, answer: SecretAnswer) {
        self.answer.get_or_insert(answer);
    }

    fn tick(&mut self) {
        if let Some(word) = pipe::heard(&self.pipe) {
            return self.done(SecretAnswer::No(word.why()));
        }
        if now() >= self.until {
            return self.done(SecretAnswer::No(NoReason::TimedOut));
        }
        if self.looked.is_none_or(|at| now() - at >= BEAT) {
            self.looked = Some(now());
            let look = sight::look(self.dialog.window);
            if !look.visible() {
                self.dialog.window.put_on_top(look.at, false);
            }
            self.seen = if look.visible() { self.seen.or_else(|| Some(now())) } else { None };
        }
        self.show_state();
    }

    fn show_state(&self) {
        let (d, left) = (&self.dialog, self.until.saturating_duration_since(now()).as_secs() + 1);
        let settled = self.seen.is_some_and(|since| now() - since >= SETTLE);
        let mut typed = d.typed(PASSWORD);
        d.enable(GIVE, settled && !typed.is_empty());
        typed.fill(0);
        d.set_ticked(REVEAL, self.revealed);
        d.say(COUNTDOWN, &text::countdown(self.lang, left));
    }

    fn say(&self) {
        let (d, ask, lang) = (&self.dialog, &self.ask, self.lang);
        d.window.set_text(text::title(lang));
        d.say(HEADLINE, &text::headline(lang, &ask.technician, ask.kind));
        d.say(FROM_FIRM, &text::from_firm(&ask.firm));
        d.say(BECOMES, text::becomes(lang));
        d.say(ADVICE, text::advice(lang));
        d.say(IDENTIFIER_NAME, text::identifier(lang, ask.kind));
        d.say(PASSWORD_NAME, text::password(lang, ask.kind));
        d.say(REVEAL, text::reveal(lang));
        d.say(REFUSE, prompt::refuse(lang));
        d.say(GIVE, text::give(lang));
        d.say(LANGUAGE, prompt::other_language(lang));
        self.show_state();
        d.colours(COLOURS);
    }

    fn appear(&self) {
        self.dialog.appear(WIDTH, self.looked.is_none().then_some(IDENTIFIER), lay);
    }
}

fn lay(pen: &mut Pen<'_>) {
    let (plain, name) = (face(15, false), face(15, true));
    pen.text(HEADLINE, face(19, true));
    pen.gap(4);
    pen.text(FROM_FIRM, plain);
    pen.gap(14);
    for (label, field) in [(IDENTIFIER_NAME, IDENTIFIER), (PASSWORD_NAME, PASSWORD)] {
        pen.text(label, name);
        pen.gap(4);
        pen.field(field, face(17, false));
        pen.gap(12);
    }
    pen.tick(REVEAL, plain);
    pen.gap(10);
    pen.text(BECOMES, face(14, false));
    pen.gap(12);
    pen.panel(|pen| pen.text(ADVICE, face(14, false)));
    pen.gap(12);
    pen.text(COUNTDOWN, plain);
    pen.gap(12);
    pen.buttons(&[REFUSE, GIVE, LANGUAGE], face(16, true));
}
