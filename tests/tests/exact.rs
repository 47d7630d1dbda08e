//! The whole way through the real programs: whatever was on the client's screen, once it is quiet the technician's picture equals it
//! bit for bit.
#![cfg(target_os = "linux")]

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use aval_console::home::Home;
use aval_console::session::view::View;
use aval_protocol::wire::screen::Rect;
use aval_tests::canvas::Canvas;
use aval_tests::desk::{HEIGHT, WIDTH};
use aval_tests::simnet::rng::Rng;
use aval_tests::technician::{connect, granted};
use aval_tests::world::World;
use tokio::time::{sleep, timeout};

/// What is compared: all but the edge where the banner's clock runs, which is never quiet.
const PART: Rect = Rect { x: 0, y: 200, width: WIDTH, height: HEIGHT - 200 };
/// Longer than it takes on a busy machine; never asserted, only given up after.
const PATIENCE: Duration = Duration::from_secs(45);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_it_is_quiet_the_picture_is_the_screen_bit_for_bit() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let world = tokio::task::block_in_place(|| World::open(dir.path()))?;
    let mut rng = Rng::new(7);
    let background = Canvas::show(world.desk.display(), (0, 0), (WIDTH, HEIGHT), true)?;
    background.photograph(&mut rng)?;
    let home = Home::open(Some(&world.stage.path("technician"))).map_err(|e| anyhow!("{e:?}"))?;
    let console = connect(home, None).await?;
    let mut running = granted(&console, &world.desk).await?;
    let hands = running.hands().clone();
    let view = hands.view().clone();
    let heard = tokio::spawn(async move { while running.next().await.is_some() {} });

    equal(&view, &background).await.context("the first screen, a photograph")?;
    // A film that begins and ends between tiles, and goes on where it was.
    let mut film = Canvas::show(world.desk.display(), (300, 300), (430, 210), false)?;
    film.film(6, &mut rng)?;
    for frame in 0..40 {
        film.turn(frame)?;
        sleep(Duration::from_millis(30)).await;
    }
    equal(&view, &background).await.context("a film that stopped")?;
    let mut text = Canvas::show(world.desk.display(), (40, 220), (700, 400), false)?;
    text.write_pages(3, &mut rng)?;
    for flip in 0..7 {
        text.flip(flip, 0x00c0_3020 + u32::try_from(flip)?)?;
        sleep(Duration::from_millis(20)).await;
    }
    equal(&view, &background).await.context("pages of text over both")?;

    hands.end().await;
    let _ = heard.await;
    console.close().await;
    Ok(())
}

/// Waits until the picture is what the server shows, and not before it shows something.
async fn equal(view: &View, any: &Canvas) -> Result<()> {
    let mut wrong = None;
    let same = async {
        loop {
            let truth = any.truth(PART)?;
            wrong = view
                .look(|picture| {
                    let rows = picture.rows_of(PART)?;
                    Some(rows.flatten().zip(&truth).filter(|(pixel, truth)| pixel != truth).count())
                })
                .flatten();
            if wrong == Some(0) {
                return Ok::<_, anyhow::Error>(());
            }
            sleep(Duration::from_millis(200)).await;
        }
    };
    match timeout(PATIENCE, same).await {
        Ok(done) => done,
        Err(_) => bail!("{wrong:?} pixels differ (None: there is no picture)"),
    }
}
