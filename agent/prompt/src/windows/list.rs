//! The window for a version of the equipment list (clause 2.2): the rules of the consent's question, without its haste.
//!
//! Only a person's own hand approves, and only once the last change could be read. Closing is a no; silence puts it aside.

use aval_protocol::prompt::NoReason;
use aval_protocol::prompt::list::{AskList, ListAnswer};
use aval_protocol::text::{Lang, assent as text, prompt};

use super::asking::{self, ALARM, COLOURS, Form, LANGUAGE, SOFT, is_seen};
use super::dialog::{Dialog, Kind, REFUSE};
use super::pen::{Pen, face};
use crate::clock::now;
use crate::hands::Hand;
use crate::pipe;
use crate::question::{Event, Question, View};

const HEADLINE: u16 = 100;
const WHICH: u16 = 101;
const CHANGES: u16 = 102;
const EFFECT: u16 = 103;
const MEANS: u16 = 104;
const STAYS: u16 = 105;
const APPROVE: u16 = 106;

const WIDTH: i32 = 720;
/// What can be read of the changes without scrolling.
const HEIGHT: i32 = 240;

struct List {
    ask: AskList,
    /// The last change was on the screen.
    read: bool,
}

/// Puts the question and writes the answer. Whatever goes wrong is written as a no, and told on standard error.
pub(super) fn run() -> anyhow::Result<()> {
    pipe::answer(put_question(), &ListAnswer::No(NoReason::PromptLost))
}

fn put_question() -> anyhow::Result<ListAnswer> {
    let (ask, pipe) = pipe::asked(AskList::check)?;
    let (question, lang) = (Question::of_list(&ask, now()), ask.lang.unwrap_or_default());
    asking::put(List { ask, read: false }, question, lang, pipe).map(Into::into)
}

impl Form for List {
    fn controls(&self) -> Vec<(u16, Kind)> {
        vec![
            (HEADLINE, Kind::Text),
            (WHICH, Kind::Text),
            (CHANGES, Kind::Scroll),
            (EFFECT, Kind::Text),
            (MEANS, Kind::Text),
            (STAYS, Kind::Text),
            (REFUSE, Kind::Default),
            (APPROVE, Kind::Push),
            (LANGUAGE, Kind::Push),
        ]
    }

    fn pressed(&self, id: u16, hand: Hand) -> Option<Event> {
        (id == APPROVE && self.read).then_some(Event::Accept(hand))
    }

    /// It is not raised again over other work: nothing presses, and a yes counts only where it can be read.
    fn look(&mut self, d: &Dialog) -> bool {
        let visible = is_seen(d);
        self.read |= visible && d.shows_end(CHANGES);
        visible
    }

    fn show(&self, d: &Dialog, lang: Lang, view: &View) {
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

    fn say(&self, d: &Dialog, lang: Lang) {
        let ask = &self.ask;
        let changes: Vec<String> = ask.changes.iter().map(|one| text::change(lang, one)).collect();
        d.window.set_text(text::title(lang));
        d.say(HEADLINE, &text::headline(lang, ask));
        d.say(WHICH, &text::which(lang, ask));
        // As a field wants its lines.
        d.say(CHANGES, &changes.join("\r\n"));
        d.say(EFFECT, &text::effect(lang, ask.effect.as_ref()));
        d.say(MEANS, &text::means(lang, ask));
        d.say(REFUSE, prompt::refuse(lang));
        d.colours(COLOURS);
        d.ink(WHICH, Some(SOFT));
    }

    /// The keyboard is on the changes, where it scrolls; Return refuses there.
    fn appear(&self, d: &Dialog, first: bool) {
        d.appear(WIDTH, first.then_some(CHANGES), lay);
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
