//! The canary: what is on the client's screen and what the technician types never is in the relay in clear.
//!
//! Real programs, one session. A picture of noise is put on the screen and rare characters are typed; then the relay's memory, files and
//! log (at TRACE) are searched, as are all files of all programs, and the profile of a browser that showed it. The honest twin: the same search finds the picture in the
//! console's memory, where it must be, and finds both patterns in what the lanes would carry if they were not sealed.
#![cfg(target_os = "linux")]

#[path = "canary/passwords.rs"]
mod passwords;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use aval_agent::encode::{Allowance, Encoder};
use aval_agent::platform::{Change, Pixels, ScreenLost, ScreenSource};
use aval_protocol::id::Epoch;
use aval_protocol::wire::encode;
use aval_protocol::wire::input::{InputEvent, InputUp};
use aval_protocol::wire::screen::{Rect, ScreenDown};
use aval_tests::browser::steps::{ask, choose, picture, types_once};
use aval_tests::browser::{Browser, Console, Screen};
use aval_tests::canary::{contains, forms, in_files, in_memory, in_no_file};
use aval_tests::simnet::rng::Rng;
use aval_tests::stage::Stage;
use aval_tests::world::{CONTRACT, World, agree, banner, editor, press_end};
use aval_transport::Clock;
use serde_json::json;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateGCAux, CreateWindowAux, ImageFormat, WindowClass};

/// The picture's side in pixels, and where it is shown.
const SIDE: u16 = 96;
const AT: (i16, i16) = (900, 500);
/// Nobody types these by chance: the last characters of Unicode's supplementary private use area.
const TYPED: &str = "\u{10ff01}\u{10ff5d}\u{10ffa7}";

/// The same for a keyboard with keys: nobody types this by chance either.
const WORD: &str = "Zqxj-Vwyk 7741 Kjbz";

/// A screen that shows the noise and nothing else.
struct Still(Vec<u8>);

#[test]
fn nothing_seen_or_typed_is_in_the_relay_in_clear() {
    let dir = tempfile::tempdir().unwrap();
    let mut stage = Stage::new(dir.path()).unwrap();
    stage.log = "trace";
    let mut world = World::open_on(stage).unwrap();
    // Inside, so that the logs are told if it fails.
    session(&mut world, dir.path()).unwrap();
}

fn session(world: &mut World, dir: &Path) -> Result<()> {
    let window = editor(&mut world.desk, dir)?;
    let pixels = noise();
    let _shown = show(world.desk.display(), &pixels)?;

    let mut technician = world.granted()?;
    technician.step(&json!({ "do": "wait-for-still", "for_ms": 500, "within_ms": 20_000 }))?;
    let (x, y) = (window.x + window.width / 2, window.y + window.height / 2);
    technician.step(&json!({ "do": "click", "x": x, "y": y }))?;
    technician.step(&json!({ "do": "type", "text": TYPED }))?;
    technician.step(&json!({ "do": "wait-for-still", "for_ms": 500, "within_ms": 20_000 }))?;

    let secrets = [seen(&pixels), typed()].concat();
    let relay = world.stage.pid("relay")?;
    ensure!(in_memory(relay, &secrets)?.is_none(), "the relay holds the session in clear");
    // The twin: where the technician looks, the picture is; as pixels in the framebuffer.
    let framebuffer: Vec<Vec<u8>> = pixels[..8].iter().map(|row| row[..8 * 4].to_vec()).collect();
    let console = technician.pid();
    ensure!(
        in_memory(console, &framebuffer)?.is_some(),
        "the search does not find the picture where it must be"
    );

    press_end(&world.desk)?;
    technician.wait("ended")?;
    technician.exit()?;
    ensure!(in_memory(relay, &secrets)?.is_none(), "the relay kept the session in clear");
    let everything = [secrets, framebuffer, vec![TYPED.as_bytes().to_vec()]].concat();
    let searched = in_no_file(dir, &everything)?;
    complete(dir, &searched)
}

/// Whether the person was left a receipt, and a search saw every program's folder, and logs that go down to TRACE.
fn complete(dir: &Path, searched: &[PathBuf]) -> Result<()> {
    for file in ["relay/record.sqlite", "agent/journal", "technician/key.pem"] {
        ensure!(searched.contains(&dir.join(file)), "{file} was not searched: {searched:?}");
    }
    let receipt = searched.iter().find(|path| path.starts_with(dir.join("Aval")));
    let receipt = fs::read_to_string(receipt.context("no receipt")?)?;
    ensure!(receipt.contains("vous y avez mis fin") && receipt.contains("Sophie"), "{receipt}");
    for program in ["relay", "agent", "session", "console"] {
        let log = dir.join(format!("{program}.log"));
        ensure!(searched.contains(&log), "{program}.log was not searched: {searched:?}");
        // The session process has no line of its own, and nothing to say so low.
        let low = program == "session" || fs::read_to_string(&log)?.contains("TRACE");
        ensure!(low, "{program}.log does not go down to TRACE");
    }
    Ok(())
}

#[test]
fn nothing_seen_or_typed_stays_with_the_technician_s_browser() {
    let dir = tempfile::tempdir().unwrap();
    let mut stage = Stage::new(dir.path()).unwrap();
    stage.log = "trace";
    let mut world = World::open_on(stage).unwrap();
    from_the_page(&mut world, dir.path()).unwrap();
}

fn from_the_page(world: &mut World, dir: &Path) -> Result<()> {
    let window = editor(&mut world.desk, dir)?;
    let pixels = noise();
    let _shown = show(world.desk.display(), &pixels)?;
    let console = Console::start(&world.stage, "technician")?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    console.enter(&page)?;
    choose(&page, CONTRACT)?;
    page.reads("Le contrat permet une demande maintenant.")?;
    ask(&page)?;
    page.reads("La demande peut partir")?;
    page.click_named("button", "Envoyer la demande")?;
    page.reads("Sans réponse, c’est non.")?;
    agree(&world.desk)?;
    page.holds("document.querySelector('.cover')?.hidden === true")?;
    page.reads("Vue et contrôle")?;
    banner(&world.desk)?;
    types_once(&page, &world.desk, window, WORD)?;
    // The twin: the page has the picture.
    let row: Vec<u8> = pixels[0].chunks(4).flat_map(|p| [p[2], p[1], p[0]]).collect();
    world.desk.until("the picture in the page", |_| Ok(contains(&picture(&page)?, &row).then_some(())))?;
    press_end(&world.desk)?;
    page.reads("La session est terminée")?;

    let row = |alpha: u8, order: [usize; 3]| {
        move |row: &Vec<u8>| -> Vec<u8> {
            row.chunks(4)
                .skip(24)
                .take(8)
                .flat_map(|p| [p[order[0]], p[order[1]], p[order[2]], alpha])
                .collect()
        }
    };
    let drawn =
        pixels.iter().flat_map(|r| [row(255, [2, 1, 0])(r), row(255, [0, 1, 2])(r), row(0, [0, 1, 2])(r)]);
    let everything: Vec<Vec<u8>> = forms(WORD).into_iter().chain(seen(&pixels)).chain(drawn).collect();
    let origin = b"http://127.0.0.1:";
    ensure!(!in_files(browser.profile(), origin)?.is_empty(), "the profile does not even know the page");
    in_no_file(browser.profile(), &everything)?;
    let relay = world.stage.pid("relay")?;
    ensure!(in_memory(relay, &everything)?.is_none(), "the relay kept the session in clear");
    complete(dir, &in_no_file(dir, &everything)?)
}

#[test]
fn the_patterns_would_be_found_if_the_lanes_were_not_sealed() -> Result<()> {
    let pixels = noise();
    let mut encoder = Encoder::new(SIDE, SIDE)?;
    let whole = Rect { x: 0, y: 0, width: SIDE, height: SIDE };
    let (now, still) = (Clock::system().monotonic(), &mut Still(pixels.concat()));
    let pieces = encoder.encode(now, &[whole], still, Epoch(3), Allowance::updates(3))?;
    let frames: Vec<u8> = pieces.iter().map(encode::<ScreenDown>).collect::<Result<Vec<_>, _>>()?.concat();
    ensure!(seen(&pixels).iter().any(|secret| contains(&frames, secret)), "compression hides the noise");
    for (c, secret) in TYPED.chars().zip(typed()) {
        let frame = encode(&InputUp { epoch: Epoch(3), event: InputEvent::Char(c) })?;
        ensure!(contains(&frame, &secret), "the frame of a typed character has another form");
    }
    Ok(())
}

impl ScreenSource for Still {
    fn size(&self) -> (u16, u16) {
        (SIDE, SIDE)
    }
    fn wait(&mut self, _: std::time::Duration) -> Result<Change, ScreenLost> {
        Ok(Change::default())
    }
    fn grab(&mut self, rect: Rect) -> Result<Pixels<'_>, ScreenLost> {
        let stride = usize::from(SIDE) * 4;
        Ok(Pixels { stride, bytes: &self.0[usize::from(rect.y) * stride + usize::from(rect.x) * 4..] })
    }
}

/// Rows of pixels, B G R X; each pixel twice, so that it passes for something drawn and travels to the bit.
fn noise() -> Vec<Vec<u8>> {
    let mut rng = Rng::new(0x0ca_4a27);
    let pixel = |rng: &mut Rng| {
        let [b, g, r, ..] = rng.bits().to_le_bytes();
        [b, g, r, 0].repeat(2)
    };
    (0..SIDE).map(|_| (0..SIDE / 2).flat_map(|_| pixel(&mut rng)).collect()).collect()
}

/// What the screen lane would carry: pieces of rows, as B G R.
fn seen(pixels: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let bgr = |row: &Vec<u8>| row.chunks(4).skip(24).take(8).flat_map(|p| p[..3].to_vec()).collect();
    pixels.iter().map(bgr).collect()
}

/// What the input lane would carry: the event's number, the character's length, its UTF-8.
fn typed() -> Vec<Vec<u8>> {
    let event = |c: char| [&[3, 4][..], c.to_string().as_bytes()].concat();
    TYPED.chars().map(event).collect()
}

/// Puts the picture on the screen for as long as the connection lives.
fn show(display: &str, pixels: &[Vec<u8>]) -> Result<impl Sized> {
    let (x, screen) = x11rb::connect(Some(display))?;
    let screen = &x.setup().roots[screen];
    let (window, gc) = (x.generate_id()?, x.generate_id()?);
    let values = CreateWindowAux::new().override_redirect(1);
    x.create_window(
        0,
        window,
        screen.root,
        AT.0,
        AT.1,
        SIDE,
        SIDE,
        0,
        WindowClass::INPUT_OUTPUT,
        0,
        &values,
    )?;
    x.create_gc(gc, window, &CreateGCAux::new())?;
    x.map_window(window)?;
    x.flush()?;
    std::thread::sleep(std::time::Duration::from_millis(300));
    let depth = screen.root_depth;
    x.put_image(ImageFormat::Z_PIXMAP, window, gc, SIDE, SIDE, 0, 0, 0, depth, &pixels.concat())?.check()?;
    Ok(x)
}
