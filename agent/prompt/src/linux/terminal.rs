//! The question and the banner on a terminal, where there is no display: the same rules, line by line.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use anyhow::{Context as _, bail};
use aval_protocol::prompt::{Answer, Ask, BEAT, FromBanner, NoReason, ToBanner};
use aval_protocol::text::{closing, prompt as text};
use aval_protocol::wire::session::Capabilities;
use rustix::termios::{QueueSelector, tcflush};

use crate::clock::{machine_ms, now};
use crate::hands::Hand;
use crate::pipe::{self, Incoming};
use crate::question::{Event, Question};
use crate::showing::check;

/// A line longer than that is no answer.
const LINE: usize = 64;
const TICK: Duration = Duration::from_millis(50);
/// When the person is reminded of the time, in seconds before its end.
const REMIND: [u64; 2] = [30, 10];

/// Puts the question on the controlling terminal. A terminal can't tell whose hand types; who sits at it is who decides.
pub(super) fn ask() -> anyhow::Result<()> {
    pipe::answer(put_question(), &Answer::No(NoReason::PromptLost))
}

/// Shows on the controlling terminal who is here: at the start, every minute, and when it changes.
pub(super) fn banner() -> anyhow::Result<()> {
    let (mut banner, from) = pipe::shown()?;
    check(&banner)?;
    let (mut tty, lines) = open()?;
    let (lang, begun) = (banner.lang.unwrap_or_default(), now());
    let mut told = begun;
    let mut said = None;
    let mut capabilities = None;
    pipe::say(&FromBanner::Up)?;
    loop {
        let (since, left) = ((now() - begun).as_secs(), (now() - told).as_secs());
        let remaining = u64::from(banner.remaining_s).saturating_sub(left);
        if said != Some(since / 60) || capabilities != Some(banner.capabilities) {
            (said, capabilities) = (Some(since / 60), Some(banner.capabilities));
            let who = text::banner(lang, &banner.technicians, banner.capabilities);
            let details = text::banner_details(lang, since, remaining, &banner.firm, &banner.phone);
            writeln!(tty, "\r\n{who}. {details}. {}", text::terminal_end(lang))?;
        }
        match lines.recv_timeout(BEAT) {
            Ok(Some(line)) if matches!(line.trim(), "q" | "Q") => {
                pipe::say(&FromBanner::End { at_ms: machine_ms() })?;
            }
            Ok(Some(_)) => {}
            Ok(None) | Err(RecvTimeoutError::Disconnected) => bail!("the terminal is gone"),
            Err(RecvTimeoutError::Timeout) => {}
        }
        while let Ok(incoming) = from.try_recv() {
            match incoming {
                Incoming::Message(ToBanner::Update(update)) => {
                    (banner.remaining_s, banner.capabilities, told) =
                        (update.remaining_s, update.capabilities, now());
                    check(&banner)?;
                }
                Incoming::Message(ToBanner::Technicians(names)) => {
                    (banner.technicians, capabilities) = (names, None);
                    check(&banner)?;
                }
                Incoming::Closed => return Ok(()),
                _ => bail!("what came on standard input is no update of a banner"),
            }
        }
        rustix::termios::tcgetwinsize(&tty).context("the terminal is gone")?;
        pipe::say(&FromBanner::Alive)?;
    }
}

fn put_question() -> anyhow::Result<Answer> {
    let (ask, from) = pipe::asked(Ask::check)?;
    ask.check()?;
    let lang = ask.lang.unwrap_or_default();
    let (mut tty, lines) = open()?;
    let mut question = Question::new(&ask, now());
    show(&mut tty, &ask)?;
    show_boxes(&mut tty, &ask, &question)?;
    question.handle(now(), Event::Visible(true));
    let mut reminders = REMIND.iter().copied().filter(|&s| s < ask.ttl().as_secs()).peekable();
    let answer = loop {
        let event = match (lines.recv_timeout(TICK), pipe::heard(&from)) {
            (_, Some(word)) => word.into(),
            (Ok(Some(line)), _) => typed(&mut tty, &ask, &question, &line)?,
            (Ok(None) | Err(RecvTimeoutError::Disconnected), _) => Event::Closed,
            (Err(RecvTimeoutError::Timeout), _) => Event::Time,
        };
        if let Some(answer) = question.handle(now(), event) {
            break answer;
        }
        if matches!(event, Event::Toggle(..)) {
            show_boxes(&mut tty, &ask, &question)?;
        }
        let remaining = question.view(now()).remaining_s;
        if reminders.next_if(|&s| remaining <= s).is_some() {
            writeln!(tty, "{}", closing::countdown(lang, &ask, remaining))?;
        }
    };
    let yes = matches!(answer, Answer::Yes { .. });
    // The decision stands even if the terminal went away before it could be shown.
    let _ = writeln!(tty, "{}", text::terminal_outcome(lang, yes));
    Ok(answer)
}

/// What a typed line means.
fn typed(tty: &mut File, ask: &Ask, question: &Question, line: &str) -> anyhow::Result<Event> {
    let control = ask.capabilities.holds(Capabilities::CONTROL);
    Ok(match line.trim() {
        "1" => Event::Toggle(Capabilities::VIEW, Hand::Person),
        "2" if control => Event::Toggle(Capabilities::CONTROL, Hand::Person),
        "oui" if question.view(now()).ready => Event::Accept(Hand::Person),
        "oui" => {
            writeln!(tty, "{}", text::terminal_too_soon(ask.lang.unwrap_or_default()))?;
            Event::Time
        }
        _ => Event::Closed,
    })
}

fn show(tty: &mut File, ask: &Ask) -> anyhow::Result<()> {
    let lang = ask.lang.unwrap_or_default();
    writeln!(tty, "\r\n=== {} ===", closing::title(lang, ask))?;
    writeln!(tty, "{}", closing::headline(lang, ask))?;
    writeln!(tty, "{}", closing::from_firm(lang, ask))?;
    writeln!(tty, "{}", text::reason(lang, ask))?;
    writeln!(tty, "{}", closing::duration(lang, ask))?;
    writeln!(tty, "{}", text::did_you_call(lang, &ask.phone))?;
    writeln!(tty, "{}   [ {} ]", text::code_advice(lang), text::code(ask.match_code))?;
    writeln!(tty, "{}", text::advice(lang))?;
    writeln!(tty, "{}", text::terminal_help(lang))?;
    writeln!(tty, "{}", closing::countdown(lang, ask, ask.ttl().as_secs()))?;
    Ok(())
}

fn show_boxes(tty: &mut File, ask: &Ask, question: &Question) -> anyhow::Result<()> {
    let (lang, ticked) = (ask.lang.unwrap_or_default(), question.view(now()).ticked);
    let cross = |which| if ticked.holds(which) { "[x]" } else { "[ ]" };
    writeln!(tty, "{}", text::i_allow(lang))?;
    writeln!(tty, "  1 {} {}", cross(Capabilities::VIEW), text::view(lang))?;
    if ask.capabilities.holds(Capabilities::CONTROL) {
        writeln!(tty, "  2 {} {}", cross(Capabilities::CONTROL), text::control(lang))?;
    }
    Ok(())
}

/// The controlling terminal, and a thread that reads its lines: `None` at its end. What was typed before is thrown away.
fn open() -> anyhow::Result<(File, Receiver<Option<String>>)> {
    let tty = OpenOptions::new().read(true).write(true).open("/dev/tty");
    let tty = tty.context("there is no terminal to ask on")?;
    tcflush(&tty, QueueSelector::IFlush)?;
    let mut input = tty.try_clone()?;
    let (send, lines) = sync_channel(16);
    std::thread::spawn(move || {
        let (mut line, mut bytes) = (Vec::new(), [0; LINE]);
        loop {
            let n = input.read(&mut bytes).unwrap_or(0);
            for &byte in &bytes[..n] {
                // A line too long is cut, and what is left of it is still no yes.
                if byte != b'\n' && line.len() < LINE {
                    line.push(byte);
                }
                if byte == b'\n' && send.send(Some(String::from_utf8_lossy(&line).into_owned())).is_err() {
                    return;
                }
                if byte == b'\n' {
                    line.clear();
                }
            }
            if n == 0 {
                let _ = send.send(None);
                return;
            }
        }
    });
    Ok((tty, lines))
}
