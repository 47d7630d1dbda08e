//! The measurement: the floor (the same change read back from its own X server), then the way through the product.

use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use aval_tests::browser::steps::{choose, granted};
use aval_tests::browser::{Browser, Console, Page, Screen};
use aval_tests::figures::{Times, now};
use aval_tests::paint::{Paint, colour, spacing};
use aval_tests::simnet::rng::Rng;
use aval_tests::world::{CONTRACT, World};
use aval_tests::xserver::XServer;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat, Window};
use x11rb::rust_connection::RustConnection;

/// Changes measured.
const CHANGES: u32 = 200;
/// A change that is not seen by then is missed.
const MISSED: Duration = Duration::from_secs(5);
/// The technician's screen.
const DISPLAY: u16 = 77;
const SIZE: (u16, u16) = (1280, 800);

/// The technician's screen as another program sees it.
struct Eyes {
    connection: RustConnection,
    root: Window,
}

pub(crate) fn run() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let world = World::open(dir.path())?;
    let probe = Paint::show(world.desk.display(), (600, 400), 48)?;
    let mut rng = Rng::new(17);
    let mut floor = Times::default();
    for number in 0..CHANGES {
        sleep(spacing(&mut rng));
        let (colour, begun) = (colour(number, &mut rng), now());
        probe.fill(colour)?;
        while probe.read()? != colour {}
        floor.push(now() - begun);
    }
    println!("floor, the same change read back from its own X server: {floor}");

    let server = XServer::start(DISPLAY, &format!("{}x{}x24", SIZE.0, SIZE.1), &[])?;
    let console = Console::start(&world.stage, "technician")?;
    let browser = Browser::start(Screen::Display(server.display()))?;
    let page = browser.page()?;
    console.enter(&page)?;
    choose(&page, CONTRACT)?;
    granted(&page, &world.desk)?;
    let connection = server.connect()?;
    let root = connection.setup().roots[0].root;
    let eyes = Eyes { connection, root };
    sleep(Duration::from_secs(2));
    let at = eyes.find(&probe, 0x00d8_2c91)?;
    let mut times = Times::default();
    for number in 0..CHANGES {
        sleep(spacing(&mut rng));
        let (colour, begun) = (colour(number, &mut rng), now());
        probe.fill(colour)?;
        while eyes.pixel(at)? != colour {
            if now() - begun > MISSED {
                bail!("change {number} was missed");
            }
        }
        times.push(now() - begun);
    }
    println!("client's screen to technician's screen, 48 × 48 pixels, page at {}: {times}", zoom(&page)?);
    page.click_named("button", "Terminer")?;
    page.reads("La session est terminée")
}

/// How large the page shows the client's screen.
fn zoom(page: &Page) -> Result<String> {
    let zoom = page.eval(
        "(() => { const c = document.querySelector('.picture canvas'); return c.getBoundingClientRect().width / c.width; })()",
    )?;
    Ok(format!("{:.0} %", zoom.as_f64().context("a picture")? * 100.0))
}

// === impl Eyes

impl Eyes {
    /// Where the probe is seen: the middle of what has this colour.
    fn find(&self, probe: &Paint, colour: u32) -> Result<(i16, i16)> {
        probe.fill(colour)?;
        for _ in 0..100 {
            sleep(Duration::from_millis(100));
            let all = self.image((0, 0), SIZE)?;
            let row = usize::from(SIZE.0);
            let seen: Vec<usize> = (0..all.len()).filter(|&i| all[i] == colour).collect();
            if seen.len() > 400 {
                let middle = |places: Vec<usize>| places.iter().sum::<usize>() / places.len();
                let x = middle(seen.iter().map(|i| i % row).collect());
                let y = middle(seen.iter().map(|i| i / row).collect());
                return Ok((i16::try_from(x)?, i16::try_from(y)?));
            }
        }
        bail!("the probe is not on the technician's screen")
    }

    fn pixel(&self, at: (i16, i16)) -> Result<u32> {
        self.image(at, (1, 1))?.first().copied().context("a pixel")
    }

    fn image(&self, (x, y): (i16, i16), (width, height): (u16, u16)) -> Result<Vec<u32>> {
        let image = self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, !0)?;
        let data = image.reply()?.data;
        let pixels = data.chunks_exact(4).filter_map(|pixel| pixel.first_chunk::<4>());
        Ok(pixels.map(|pixel| u32::from_le_bytes(*pixel) & 0x00ff_ffff).collect())
    }
}
