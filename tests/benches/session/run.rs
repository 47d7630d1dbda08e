//! The measurement itself: the floor without the product, then a session, then its figures.

use std::fs;
use std::sync::atomic::Ordering;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use aval_agent::encode::{Allowance, Encoder};
use aval_agent::platform;
use aval_console::home::Home;
use aval_console::session::hands::Hands;
use aval_console::session::view::View;
use aval_protocol::id::Epoch;
use aval_protocol::wire::input::{Button, InputEvent, Key};
use aval_protocol::wire::screen::{Rect, ScreenDown};
use aval_tests::desk::{Desk, Window};
use aval_tests::figures::{Times, now};
use aval_tests::paint::{Paint, colour, spacing};
use aval_tests::simnet::rng::Rng;
use aval_tests::technician::{connect, granted};
use aval_tests::world::{World, editor};

use crate::counted;

/// Changes measured, and characters.
const CHANGES: u32 = 200;
const CHARACTERS: u32 = 120;
/// A change that is not seen by then is missed.
const MISSED: Duration = Duration::from_secs(5);
/// How long nothing happens, to know what silence costs.
const QUIET: Duration = Duration::from_secs(10);

pub(crate) fn run() -> Result<()> {
    let dir = tempfile::tempdir()?;
    // A blinking cursor would pass for an echo.
    fs::create_dir_all(dir.path().join(".config/gtk-3.0"))?;
    fs::write(dir.path().join(".config/gtk-3.0/settings.ini"), "[Settings]\ngtk-cursor-blink=0\n")?;
    let mut world = World::open(dir.path())?;
    let window = editor(&mut world.desk, dir.path())?;
    let probe = Paint::show(world.desk.display(), (1100, 560), 48)?;
    let mut rng = Rng::new(11);
    println!("floor, the same change read back from the X server: {}", floor(&probe, &mut rng)?);
    println!("{}", encoded(world.desk.display(), &probe, &mut rng)?);
    let home = Home::open(Some(&world.stage.path("technician"))).map_err(|e| anyhow!("{e:?}"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(session(home, &world.desk, window, &probe, &mut rng))
}

async fn session(home: Home, desk: &Desk, window: Window, probe: &Paint, rng: &mut Rng) -> Result<()> {
    let (socket, received) = counted::socket()?;
    let console = connect(home, socket).await?;
    let mut running = granted(&console, desk).await?;
    let hands = running.hands().clone();
    let view = hands.view().clone();
    let shown = |view: &View| view.size().is_some() && view.seq() > 0;
    seen(&view, shown).await.context("the screen never came")?;
    tokio::time::sleep(Duration::from_secs(2)).await;

    let (quiet_from, seq) = (received.load(Ordering::Relaxed), view.seq());
    tokio::time::sleep(QUIET).await;
    let quiet = (received.load(Ordering::Relaxed) - quiet_from) as f64 / QUIET.as_secs_f64();
    println!(
        "a session where nothing happens: {quiet:.0} B/s to the technician, {} updates",
        view.seq() - seq
    );

    let (begun, from, seq) = (now(), received.load(Ordering::Relaxed), view.seq());
    let changed = changes(&view, probe, rng).await?;
    let took = (now() - begun).as_secs_f64();
    let updates = view.seq() - seq;
    let bytes = (received.load(Ordering::Relaxed) - from) as f64 - quiet * took;
    println!("changed pixels to the technician's picture: {changed}");
    println!(
        "on the technician's line: {:.0} B of UDP payload an update beyond silence ({updates} updates)",
        bytes / f64::from(updates)
    );

    println!(
        "typed character to changed pixels in the technician's picture: {}",
        echo(&hands, window, rng).await?
    );
    hands.end().await;
    while running.next().await.is_some() {}
    console.close().await;
    Ok(())
}

async fn changes(view: &View, probe: &Paint, rng: &mut Rng) -> Result<Times> {
    let mut times = Times::default();
    for number in 0..CHANGES {
        tokio::time::sleep(spacing(rng)).await;
        let (colour, begun) = (colour(number, rng), now());
        probe.fill(colour)?;
        let all = |view: &View| probe.points().iter().all(|&(x, y)| view.pixel(x, y) == Some(colour));
        seen(view, all).await.with_context(|| format!("change {number} was missed"))?;
        times.push(now() - begun);
    }
    Ok(times)
}

async fn echo(hands: &Hands, window: Window, rng: &mut Rng) -> Result<Times> {
    let side = |value: i32| u16::try_from(value.max(0));
    let (width, height) = (side(window.width)?, side(window.height)?);
    let rect = Rect { x: side(window.x)?, y: side(window.y)?, width, height };
    for event in [
        InputEvent::Move { x: rect.x + width / 2, y: rect.y + height / 2 },
        InputEvent::Button { button: Button::Left, down: true },
        InputEvent::Button { button: Button::Left, down: false },
        // The first character changes the window's title too.
        InputEvent::Char('x'),
    ] {
        hands.input(event).await?;
    }
    let view = hands.view();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let seq = view.seq();
    tokio::time::sleep(QUIET).await;
    ensure!(!view.touched_since(seq, rect), "the editor changes by itself: an echo could not be told apart");
    let mut times = Times::default();
    for number in 0..CHARACTERS {
        tokio::time::sleep(spacing(rng)).await;
        if number % 40 == 39 {
            for down in [true, false] {
                hands.input(InputEvent::Key { key: Key::Enter, down }).await?;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let letter = char::from_u32(u32::from('a') + number % 26).context("a letter")?;
        let (mark, begun) = (view.seq(), now());
        hands.input(InputEvent::Char(letter)).await?;
        seen(view, |view| view.touched_since(mark, rect)).await.context("an echo was missed")?;
        times.push(now() - begun);
    }
    Ok(times)
}

/// Waits until the picture is so.
async fn seen(view: &View, so: impl Fn(&View) -> bool) -> Result<()> {
    let mut changes = view.changes();
    let wait = async {
        while !so(view) {
            changes.changed().await?;
        }
        Ok(())
    };
    tokio::time::timeout(MISSED, wait).await.context("waited in vain")?
}

fn floor(probe: &Paint, rng: &mut Rng) -> Result<Times> {
    let mut times = Times::default();
    for number in 0..CHANGES {
        sleep(spacing(rng));
        let (colour, begun) = (colour(number, rng), now());
        probe.fill(colour)?;
        while probe.read()? != colour {
            ensure!(now() - begun < MISSED, "the X server shows not what was painted");
        }
        times.push(now() - begun);
    }
    Ok(times)
}

/// What one change is in the encoder's stream.
fn encoded(display: &str, probe: &Paint, rng: &mut Rng) -> Result<String> {
    let mut source = platform::native().open_screen(Some(display))?;
    let (width, height) = source.size();
    let mut encoder = Encoder::new(width, height)?;
    let mut sizes = Vec::new();
    for number in 0..=CHANGES {
        if number > 0 {
            sleep(Duration::from_millis(20));
            probe.fill(colour(number, rng))?;
        }
        let change = source.wait(Duration::from_secs(1))?;
        let mut size = 0;
        loop {
            let all = Allowance::updates(1 << 20);
            let messages = encoder.encode(now(), &change.damage, source.as_mut(), Epoch(1), all)?;
            for message in messages {
                if let ScreenDown::Update { pixels, photos, .. } = message {
                    size += pixels.len() + photos.iter().map(|photo| photo.jpeg.len()).sum::<usize>();
                }
            }
            if !encoder.is_pending() {
                break;
            }
        }
        sizes.push(size);
    }
    let first = sizes.remove(0);
    sizes.sort_unstable();
    let (half, most) = (sizes[sizes.len() / 2], sizes[sizes.len() - 1]);
    Ok(format!("compressed pixels: the whole desk {first} B, then {half} B a change (p50; max {most} B)"))
}
