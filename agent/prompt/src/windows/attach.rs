//! The window of the installer's question: to whom this PC would be attached, and what would be sent (clause 4.5).
//!
//! The rules are the consent's: only a person's own hand says yes, and only once it could be read; closing is a no.

use aval_protocol::prompt::NoReason;
use aval_protocol::prompt::attach::{ATTACH_TTL, AskAttach, AttachAnswer};
use aval_protocol::text::{Lang, agent as text, prompt};

use super::asking::{self, COLOURS, Form, LANGUAGE, is_seen};
use super::dialog::{Dialog, Kind, REFUSE};
use super::pen::{Pen, face};
use crate::clock::now;
use crate::hands::Hand;
use crate::pipe;
use crate::question::{Event, Question, View};

const HEADLINE: u16 = 100;
const MEANS: u16 = 101;
const SENT_TITLE: u16 = 102;
const SENT: u16 = 103;
const WARNING: u16 = 104;
const ACCEPT: u16 = 105;

const WIDTH: i32 = 720;

struct Attach(AskAttach);

/// Puts the question and writes the answer. Whatever goes wrong is written as a no, and told on standard error.
pub(super) fn run() -> anyhow::Result<()> {
    pipe::answer(put_question(), &AttachAnswer::No(NoReason::PromptLost))
}

fn put_question() -> anyhow::Result<AttachAnswer> {
    let (ask, pipe) = pipe::asked(AskAttach::check)?;
    let lang = ask.lang;
    asking::put(Attach(ask), Question::plain(ATTACH_TTL, now()), lang, pipe).map(Into::into)
}

impl Form for Attach {
    fn controls(&self) -> Vec<(u16, Kind)> {
        vec![
            (HEADLINE, Kind::Text),
            (MEANS, Kind::Text),
            (SENT_TITLE, Kind::Text),
            (SENT, Kind::Text),
            (WARNING, Kind::Text),
            (REFUSE, Kind::Default),
            (ACCEPT, Kind::Push),
            (LANGUAGE, Kind::Push),
        ]
    }

    fn pressed(&self, id: u16, hand: Hand) -> Option<Event> {
        (id == ACCEPT).then_some(Event::Accept(hand))
    }

    /// Whoever puts another window before it reads that one first.
    fn look(&mut self, d: &Dialog) -> bool {
        is_seen(d)
    }

    fn say(&self, d: &Dialog, lang: Lang) {
        let ask = &self.0;
        d.window.set_text(text::attach_title(lang));
        d.say(HEADLINE, ask.headline.get(lang));
        d.say(MEANS, &ask.means.get(lang).join("\n"));
        d.say(SENT_TITLE, text::will_be_sent(lang));
        d.say(SENT, &ask.sent.get(lang).join("\n"));
        d.say(REFUSE, prompt::refuse(lang));
        d.colours(COLOURS);
    }

    fn show(&self, d: &Dialog, lang: Lang, view: &View) {
        d.enable(ACCEPT, view.ready);
        d.say(ACCEPT, &text::attach(lang, view.ready_in_s));
        d.say(WARNING, if view.warn { prompt::injected(lang) } else { "" });
    }

    fn appear(&self, d: &Dialog, first: bool) {
        d.appear(WIDTH, first.then_some(REFUSE), lay);
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
