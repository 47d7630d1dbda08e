//! The runs. A change that never arrives fails the run.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use aval_console::home::Home;
use aval_console::session::hands::Hands;
use aval_console::session::view::View;
use aval_protocol::wire::input::{Button, InputEvent, Key, NOTCH};
use aval_protocol::wire::screen::Rect;
use aval_tests::canvas::Canvas;
use aval_tests::desk::Window;
use aval_tests::figures::{Times, now};
use aval_tests::paint::{Paint, colour, spacing};
use aval_tests::simnet::rng::Rng;
use aval_tests::stage::Stage;
use aval_tests::technician::{connect, granted};
use aval_tests::world::{MACHINE, World};
use tokio::time::sleep;

use crate::counted;
use crate::meter::Meter;
use crate::scenes::browser;

const SIZE: (u16, u16) = (1920, 1080);
/// A change that is not seen by then is missed.
const MISSED: Duration = Duration::from_secs(8);
/// The part of the screen that the first picture is compared in: without the edge where the banner's clock runs.
const FIRST: Rect = Rect { x: 0, y: 200, width: SIZE.0, height: SIZE.1 - 200 };
const KEYS: u32 = 120;
const NOTCHES: u32 = 40;
const FLIPS: u32 = 40;
const CHANGES: u32 = 120;

pub(crate) fn run() -> Result<()> {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |scene: &str| chosen.is_empty() || chosen.iter().any(|word| word == scene);
    let dir = tempfile::tempdir()?;
    let mut world = World::sized(Stage::new(dir.path())?, SIZE)?;
    let mut rng = Rng::new(11);
    let background = Canvas::show(world.desk.display(), (0, 0), SIZE, true)?;
    background.photograph(&mut rng)?;
    let home = Home::open(Some(&world.stage.path("technician"))).map_err(|e| anyhow!("{e:?}"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(session(home, &mut world, &background, dir.path(), &wanted, &mut rng))
}

async fn session(
    home: Home,
    world: &mut World,
    background: &Canvas,
    dir: &std::path::Path,
    wanted: &impl Fn(&str) -> bool,
    rng: &mut Rng,
) -> Result<()> {
    let (socket, received) = counted::socket()?;
    let console = connect(home, socket).await?;
    let mut running = granted(&console, &world.desk).await?;
    let hands = running.hands().clone();
    let view = hands.view().clone();
    let agent = [world.stage.pid("session")?, world.stage.pid(MACHINE)?];
    let meter = Meter { received, view: view.clone(), agent };
    // What else happens is heard, so that nothing fills up.
    let heard = tokio::spawn(async move { while running.next().await.is_some() {} });
    if wanted("first") {
        first(&meter, background).await?;
    } else {
        sleep(Duration::from_secs(5)).await;
    }
    if wanted("idle") {
        let rest = async {
            sleep(Duration::from_secs(10)).await;
            Ok(())
        };
        println!("idle: {}", meter.during(None, rest).await?);
    }
    if wanted("glass") {
        glass(world.desk.display(), &view, rng).await?;
    }
    if wanted("typing") {
        let mut terminal = Command::new("xterm");
        terminal.args(["-geometry", "100x40+200+200", "-e", "cat"]).env("LC_ALL", "C.UTF-8");
        world.desk.start(terminal)?;
        let window = world.desk.window("xterm")?;
        over(&hands, window).await?;
        sleep(Duration::from_secs(2)).await;
        println!("typing: {}", meter.during(Some(("key", KEYS)), typing(&hands)).await?);
    }
    for (scene, smooth) in [("wheel", false), ("smooth", true)] {
        if wanted(scene) {
            let window = browser(&mut world.desk, dir, smooth)?;
            over(&hands, window).await?;
            sleep(Duration::from_secs(3)).await;
            println!("{scene}: {}", meter.during(Some(("notch", NOTCHES)), scrolling(&hands)).await?);
        }
    }
    if wanted("video") {
        let mut film = Canvas::show(world.desk.display(), (300, 300), (640, 344), false)?;
        film.film(25, rng)?;
        let playing = async {
            let begun = now();
            for frame in 0..250_u32 {
                film.turn(frame as usize)?;
                let next = begun + Duration::from_millis(40) * (frame + 1);
                sleep(next.saturating_duration_since(now())).await;
            }
            Ok(())
        };
        println!("video, 640 × 344 at 25 a second: {}", meter.during(Some(("frame", 250)), playing).await?);
    }
    hands.end().await;
    let _ = heard.await;
    console.close().await;
    Ok(())
}

/// From the grant to the whole screen nearly, and to the bit. What the server has is read only afterwards: that takes longer than the
/// first picture.
async fn first(meter: &Meter, background: &Canvas) -> Result<()> {
    let (begun, bytes) = (now(), meter.bytes());
    let mut changes = meter.view.changes();
    // When the part looked otherwise than before, and how much of it was still black.
    let mut steps: Vec<(Duration, u64, usize)> = Vec::new();
    let mut last = 0;
    while tokio::time::timeout(Duration::from_secs(2), changes.changed()).await.is_ok() || steps.is_empty() {
        let seen = meter.view.look(|picture| {
            let rows = picture.rows_of(FIRST)?;
            let (mut black, mut sum) = (0_usize, 1_u64);
            for pixel in rows.flatten() {
                black += usize::from(*pixel == 0);
                sum = sum.wrapping_mul(0x0000_0100_0000_01b3) ^ u64::from(*pixel);
            }
            Some((black, sum))
        });
        if let Some((black, sum)) = seen.flatten()
            && sum != last
        {
            last = sum;
            steps.push((now() - begun, meter.bytes() - bytes, black));
        }
        if now() - begun > Duration::from_secs(30) {
            break;
        }
    }
    let truth = background.truth(FIRST)?;
    let wrong = meter.view.look(|picture| {
        let rows = picture.rows_of(FIRST)?;
        Some(rows.flatten().zip(&truth).filter(|(pixel, truth)| pixel != truth).count())
    });
    anyhow::ensure!(wrong.flatten() == Some(0), "never exact: {wrong:?}");
    let (at, sent, left) = *steps.last().context("a picture")?;
    let exact = (at, sent);
    let nearly = steps.iter().find(|step| step.2 < left + 2000).map(|step| (step.0, step.1));
    let told = |(at, bytes): (Duration, u64)| {
        format!("{:.0} ms, {:.0} kB", at.as_secs_f64() * 1000.0, bytes as f64 / 1000.0)
    };
    println!(
        "first screen with a photograph as its background: {} after the grant; to the bit {}",
        told(nearly.unwrap_or(exact)),
        told(exact)
    );
    Ok(())
}

/// A click into the middle of a window, so that keys and wheel reach it.
async fn over(hands: &Hands, window: Window) -> Result<()> {
    let x = u16::try_from((window.x + window.width / 2).max(0))?;
    let y = u16::try_from((window.y + window.height / 2).max(0))?;
    hands.input(InputEvent::Move { x, y }).await?;
    for down in [true, false] {
        hands.input(InputEvent::Button { button: Button::Left, down }).await?;
    }
    Ok(())
}

async fn typing(hands: &Hands) -> Result<()> {
    for number in 0..KEYS {
        let letter = char::from_u32(u32::from('a') + number * 7 % 26).context("a letter")?;
        if number % 40 == 39 {
            for down in [true, false] {
                hands.input(InputEvent::Key { key: Key::Enter, down }).await?;
            }
        }
        hands.input(InputEvent::Char(letter)).await?;
        sleep(Duration::from_millis(91)).await;
    }
    Ok(())
}

async fn scrolling(hands: &Hands) -> Result<()> {
    for _ in 0..NOTCHES {
        hands.input(InputEvent::Wheel { dx: 0, dy: NOTCH }).await?;
        sleep(Duration::from_millis(130)).await;
    }
    sleep(Duration::from_millis(300)).await;
    Ok(())
}

/// Small and whole-screen changes, from the X server to the technician's picture, and the floor of the same run.
async fn glass(display: &str, view: &View, rng: &mut Rng) -> Result<()> {
    let probe = Paint::show(display, (1500, 560), 48)?;
    let (mut small, mut floor) = (Times::default(), Times::default());
    for number in 0..CHANGES {
        sleep(spacing(rng)).await;
        let (colour, begun) = (colour(number, rng), now());
        probe.fill(colour)?;
        seen(view, &probe.points(), colour).await.with_context(|| format!("change {number}"))?;
        small.push(now() - begun);
        sleep(spacing(rng)).await;
        let begun = now();
        probe.fill(!colour & 0x00ff_ffff)?;
        while probe.read()? == colour {}
        floor.push(now() - begun);
    }
    println!("48 × 48, X server to X server read back, without the product: {floor}");
    println!("48 × 48, X server to the technician's picture: {small}");
    drop(probe);
    let mut text = Canvas::show(display, (0, 0), SIZE, false)?;
    text.write_pages(8, rng)?;
    let mut large = Times::default();
    for number in 0..FLIPS {
        sleep(spacing(rng) * 3).await;
        let (colour, begun) = (colour(number, rng), now());
        text.flip(number as usize, colour)?;
        seen(view, &text.points(), colour).await.with_context(|| format!("page {number}"))?;
        large.push(now() - begun);
    }
    println!("a whole screen of text, X server to the technician's picture: {large}");
    Ok(())
}

/// Waits until all these points have that colour.
async fn seen(view: &View, points: &[(u16, u16)], colour: u32) -> Result<()> {
    let mut changes = view.changes();
    let wait = async {
        while !points.iter().all(|&(x, y)| view.pixel(x, y) == Some(colour)) {
            changes.changed().await?;
        }
        Ok(())
    };
    tokio::time::timeout(MISSED, wait).await.context("it was never seen")?
}
