//! The command `session`: asks, tells what happens, and carries out the steps of a script until the end.

use std::io;
use std::time::Duration;

use aval_protocol::text::console::{self as text, StepTrouble};
use aval_protocol::wire::codes::EndReason;
use aval_transport::Clock;
use serde_json::json;
use tokio::io::{AsyncBufRead, BufReader};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::hands::Hands;
use super::tell::Teller;
use super::{Happened, StartError, join, start};
use crate::calls::{request, show};
use crate::cli::SessionArgs;
use crate::link::Console;
use crate::say::{EXIT_REFUSED_BY_GATE, Failure, Mouth, Said};
use crate::steps::Step;
use crate::steps::read::Lines;
use crate::steps::run::{Found, Runner};

/// How long a step may go on when the session is over.
const LEFT: Duration = Duration::from_millis(500);

/// What came of the script so far.
#[derive(Debug)]
enum Played {
    /// A step was carried out, or not.
    Step { number: u32, name: &'static str, ms: u64, result: Result<Found, StepTrouble> },
    /// A line is no step.
    Bad { number: u32, why: String },
    /// There are no more steps.
    Done,
}

/// Asks for a session and stays in it to its end. The exit code.
pub(crate) async fn run(console: &Console, args: &SessionArgs, mouth: &mut Mouth<'_>) -> Result<u8, Failure> {
    let (request, row) = request(console, &args.request).await?;
    let mut teller = Teller::new(&request, &row, mouth)?;
    let begun = if args.join { join(console, request).await } else { start(console, request).await };
    let mut running = match begun {
        Ok(running) => running,
        Err(StartError::Refused(decision)) => {
            show::decision("refused", &decision, mouth)?;
            return Ok(EXIT_REFUSED_BY_GATE);
        }
        Err(error) => return Err(error.into()),
    };
    teller.permitted(&running, mouth)?;
    let hands = running.hands().clone();
    let (told, mut played) = mpsc::channel(1);
    let mut player = JoinSet::new();
    if args.json {
        let steps = BufReader::new(tokio::io::stdin());
        player.spawn(play(Lines::new(steps), hands.clone(), console.line.clock.clone(), told));
    } else {
        drop(told);
    }
    let mut failed = false;
    loop {
        tokio::select! {
            biased;
            happened = running.next() => match happened {
                Some(Happened::Ended(reason)) => {
                    teller.tell(Happened::Ended(reason), mouth)?;
                    break;
                }
                Some(happened) => teller.tell(happened, mouth)?,
                None => break,
            },
            Some(played) = played.recv() => {
                failed |= tell(&played, mouth)?;
                if failed || matches!(played, Played::Done) {
                    hands.end().await;
                }
            }
            interrupt = tokio::signal::ctrl_c() => {
                if interrupt.is_ok() {
                    hands.end().await;
                }
            }
        }
    }
    // The step under way ends with the session.
    while let Some(played) = played.recv().await {
        failed |= tell(&played, mouth)?;
    }
    // The driver hangs up when the relay has heard of the end.
    while running.next().await.is_some() {}
    let reason = hands.state().ended.unwrap_or(EndReason::LinkLost);
    Ok(teller.end(reason, failed, mouth)?)
}

/// Carries out one line after the other, until one fails or the session is over.
async fn play<R: AsyncBufRead + Unpin>(
    mut lines: Lines<R>,
    hands: Hands,
    clock: Clock,
    told: mpsc::Sender<Played>,
) {
    let mut runner = Runner::new(hands.clone());
    for number in 1.. {
        let line = tokio::select! {
            biased;
            _ = hands.until(|_| false) => return,
            line = lines.next() => line,
        };
        let step = match line {
            Ok(Some(line)) => Step::parse(&line).map_err(|e| e.to_string()),
            Ok(None) => {
                let _ = told.send(Played::Done).await;
                return;
            }
            Err(error) => Err(error.to_string()),
        };
        let step = match step {
            Ok(step) => step,
            Err(why) => {
                let _ = told.send(Played::Bad { number, why }).await;
                return;
            }
        };
        let begun = clock.monotonic();
        let result = tokio::select! {
            biased;
            result = runner.run(&step) => result,
            () = over(&hands) => Err(StepTrouble::Over),
        };
        let ms = clock.monotonic().saturating_duration_since(begun).as_millis();
        let ms = u64::try_from(ms).unwrap_or(u64::MAX);
        let failed = result.is_err();
        if told.send(Played::Step { number, name: step.name(), ms, result }).await.is_err() || failed {
            return;
        }
    }
}

/// A moment after the end, so that a step can say so itself.
async fn over(hands: &Hands) {
    hands.until(|_| false).await;
    sleep(LEFT).await;
}

/// Says what came of a step. Whether it failed.
fn tell(played: &Played, mouth: &mut Mouth<'_>) -> io::Result<bool> {
    match played {
        Played::Step { number, name, ms, result: Ok(found) } => {
            let mut event = json!({ "event": "step", "step": number, "do": name, "ok": true, "ms": ms });
            if let (Some(sha256), Some(map)) = (&found.sha256, event.as_object_mut()) {
                map.insert("sha256".into(), sha256.clone().into());
            }
            mouth.event(&event)?;
            Ok(false)
        }
        Played::Step { number, name, ms, result: Err(trouble) } => {
            let fields =
                json!({ "step": number, "do": name, "ok": false, "ms": ms, "error": trouble.label() });
            mouth.tell("step", &Said::of(|l| text::step_failed(l, *trouble)), fields)?;
            Ok(true)
        }
        Played::Bad { number, why } => {
            let fields = json!({ "step": number, "ok": false, "error": "BAD_STEP" });
            mouth.tell("step", &Said::of(|l| text::bad_step(l, why)), fields)?;
            Ok(true)
        }
        Played::Done => Ok(false),
    }
}

#[cfg(test)]
mod tests;
