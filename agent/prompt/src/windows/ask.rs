//! The consent window: what it shows and asks.

use aval_protocol::prompt::{Answer, Ask, NoReason};
use aval_protocol::text::{Lang, closing, prompt as text};
use aval_protocol::wire::session::Capabilities;

use super::asking::{self, ALARM, COLOURS, Form, LANGUAGE, SOFT};
use super::call::Colour;
use super::dialog::{Dialog, Kind, REFUSE};
use super::pen::{Face, Pen, face};
use super::sight;
use crate::clock::now;
use crate::hands::Hand;
use crate::pipe;
use crate::question::{Event, Question, View};

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

const WIDTH: i32 = 640;
const PLAIN: Face = face(15, false);
const ACCENT: Colour = 0x0094_4f0a;

struct Consent(Ask);

/// Puts the question and writes the answer. Whatever goes wrong is written as a no, and told on standard error.
pub(super) fn run() -> anyhow::Result<()> {
    pipe::answer(put_question(), &Answer::No(NoReason::PromptLost))
}

fn put_question() -> anyhow::Result<Answer> {
    let (ask, pipe) = pipe::asked(Ask::check)?;
    let (question, lang) = (Question::new(&ask, now()), ask.lang.unwrap_or_default());
    let answer = asking::put(Consent(ask), question, lang, pipe)?;
    Ok(answer.unwrap_or(Answer::No(NoReason::PromptLost)))
}

impl Form for Consent {
    fn controls(&self) -> Vec<(u16, Kind)> {
        let texts = [HEADLINE, FROM_FIRM, REASON, DURATION, DID_YOU_CALL, CODE_ADVICE, CODE, ADVICE, I_ALLOW];
        let mut controls: Vec<_> = texts.map(|id| (id, Kind::Text)).into();
        controls.push((VIEW, Kind::Tick));
        if self.both() {
            controls.push((CONTROL, Kind::Tick));
        }
        controls.push((COUNTDOWN, Kind::Text));
        controls.push((REFUSE, Kind::Default));
        controls.extend([ACCEPT, LANGUAGE].map(|id| (id, Kind::Push)));
        controls
    }

    fn pressed(&self, id: u16, hand: Hand) -> Option<Event> {
        match id {
            ACCEPT => Some(Event::Accept(hand)),
            VIEW => Some(Event::Toggle(Capabilities::VIEW, hand)),
            CONTROL => Some(Event::Toggle(Capabilities::CONTROL, hand)),
            _ => None,
        }
    }

    fn look(&mut self, d: &Dialog) -> bool {
        let look = sight::look(d.window);
        if !look.visible() {
            d.window.put_on_top(look.at, false);
        }
        look.visible()
    }

    fn show(&self, d: &Dialog, lang: Lang, view: &View) {
        d.set_ticked(VIEW, view.ticked.holds(Capabilities::VIEW));
        d.set_ticked(CONTROL, view.ticked.holds(Capabilities::CONTROL));
        d.enable(ACCEPT, view.ready);
        d.say(ACCEPT, &closing::accept(lang, &self.0, view.ready_in_s));
        d.ink(COUNTDOWN, Some(if view.warn { ALARM } else { SOFT }));
        if view.warn {
            d.say(COUNTDOWN, text::injected(lang));
        } else {
            d.say(COUNTDOWN, &closing::countdown(lang, &self.0, view.remaining_s));
        }
    }

    fn say(&self, d: &Dialog, lang: Lang) {
        let ask = &self.0;
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
        d.colours(COLOURS);
        d.ink(REASON, Some(SOFT));
        d.ink(DURATION, Some(SOFT));
        d.ink(CODE, Some(ACCENT));
    }

    fn appear(&self, d: &Dialog, first: bool) {
        d.appear(WIDTH, first.then_some(REFUSE), |pen| lay(pen, self.both()));
    }
}

impl Consent {
    fn both(&self) -> bool {
        self.0.capabilities.holds(Capabilities::CONTROL)
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
