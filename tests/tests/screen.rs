//! Real X screens through capture, encoder and picture: after a moment of quiet, what the technician sees equals what the server
//! shows, bit for bit.
#![cfg(target_os = "linux")]

use std::time::Duration;

use anyhow::{Context, ensure};
use aval_agent::encode::{Allowance, Encoder};
use aval_agent::platform::{OpenError, ScreenLost, ScreenSource, native};
use aval_console::picture::Picture;
use aval_protocol::id::Epoch;
use aval_protocol::wire::screen::{Cursor, ScreenDown};
use aval_tests::xserver::{XServer, until};
use aval_transport::Clock;
use x11rb::connection::Connection;
use x11rb::protocol::randr::ConnectionExt as _;
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux,
    ImageFormat, Rectangle, Screen, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// Somebody who draws.
struct Painter {
    connection: RustConnection,
    screen: Screen,
    window: u32,
    gc: u32,
    dice: u32,
}

impl Painter {
    fn new(server: &XServer) -> anyhow::Result<Self> {
        let connection = server.connect()?;
        let screen = connection.setup().roots.first().context("a screen")?.clone();
        let (window, gc) = (connection.generate_id()?, connection.generate_id()?);
        let white = CreateWindowAux::new().override_redirect(1).background_pixel(screen.white_pixel);
        let (root, visual) = (screen.root, screen.root_visual);
        connection
            .create_window(0, window, root, 30, 40, 333, 211, 0, WindowClass::INPUT_OUTPUT, visual, &white)?
            .check()?;
        connection.map_window(window)?.check()?;
        connection.create_gc(gc, root, &CreateGCAux::new())?.check()?;
        Ok(Self { connection, screen, window, gc, dice: 0x9e37_79b9 })
    }

    fn throw(&mut self, below: u16) -> u16 {
        self.dice = self.dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.dice.to_be_bytes().as_chunks::<2>().0.first().map_or(0, |high| u16::from_be_bytes(*high)) % below
    }

    /// One of: a block of noise, a plain rectangle, the window elsewhere, a scroll.
    fn draw(&mut self) -> anyhow::Result<()> {
        let (root, window, gc) = (self.screen.root, self.window, self.gc);
        let (width, height) = (self.screen.width_in_pixels, self.screen.height_in_pixels);
        let (x, y) = (self.throw(width) as i16 - 20, self.throw(height) as i16 - 20);
        match self.throw(4) {
            0 => {
                let (width, height) = (1 + self.throw(200), 1 + self.throw(100));
                let count = usize::from(width) * usize::from(height) * 4;
                let noise: Vec<u8> = (0..count).map(|_| self.throw(256).to_le_bytes()[0]).collect();
                let drawable = if self.throw(2) == 0 { root } else { window };
                let (format, depth) = (ImageFormat::Z_PIXMAP, self.screen.root_depth);
                self.connection
                    .put_image(format, drawable, gc, width, height, x, y, 0, depth, &noise)?
                    .check()?;
            }
            1 => {
                let colour = u32::from(self.throw(u16::MAX)) * 257;
                let aux = x11rb::protocol::xproto::ChangeGCAux::new().foreground(colour & 0x00ff_ffff);
                self.connection.change_gc(gc, &aux)?;
                let (width, height) = (1 + self.throw(300), 1 + self.throw(30));
                let rectangle = Rectangle { x, y, width, height };
                self.connection.poly_fill_rectangle(root, gc, &[rectangle])?.check()?;
            }
            2 => {
                let to = ConfigureWindowAux::new().x(i32::from(x)).y(i32::from(y));
                self.connection.configure_window(window, &to)?.check()?;
            }
            _ => {
                let rows = 1 + self.throw(60) as i16;
                self.connection.copy_area(root, root, gc, 0, rows, 0, 0, width, height)?.check()?;
            }
        }
        Ok(())
    }

    /// What the server shows.
    fn truth(&self) -> anyhow::Result<(u16, u16, Vec<u32>)> {
        self.connection.sync()?;
        let size = self.connection.get_geometry(self.screen.root)?.reply()?;
        let (width, height) = (size.width, size.height);
        let image = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, self.screen.root, 0, 0, width, height, !0)?
            .reply()?;
        let pixel = |[b, g, r, _]: &[u8; 4]| u32::from_be_bytes([0, *r, *g, *b]);
        Ok((width, height, image.data.as_chunks::<4>().0.iter().map(pixel).collect()))
    }
}

/// From the server to the framebuffer.
struct Line {
    source: Box<dyn ScreenSource>,
    encoder: Encoder,
    picture: Picture,
    updates: usize,
}

impl Line {
    fn open(server: &XServer) -> anyhow::Result<Self> {
        let source = native().open_screen(Some(server.display()))?;
        let (width, height) = source.size();
        let encoder = Encoder::new(width, height)?;
        Ok(Self { source, encoder, picture: Picture::new()?, updates: 0 })
    }

    fn step(&mut self, patience: Duration, budget: usize) -> anyhow::Result<bool> {
        let change = self.source.wait(patience)?;
        if let Some((width, height)) = change.resized {
            self.encoder.resize(width, height)?;
        }
        let (now, allowance) = (Clock::system().monotonic(), Allowance::updates(budget));
        let source = self.source.as_mut();
        let mut messages = self.encoder.encode(now, &change.damage, source, Epoch(1), allowance)?;
        let moved = !messages.is_empty() || change.resized.is_some();
        if let Some(shape) = change.cursor {
            messages.push(ScreenDown::Cursor { epoch: Epoch(1), shape });
        }
        for message in messages {
            self.picture.apply(message)?;
            self.updates += 1;
        }
        Ok(moved)
    }

    fn settle(&mut self) -> anyhow::Result<()> {
        while self.step(Duration::from_millis(200), 3)? || self.encoder.is_pending() {}
        let later = Clock::system().monotonic() + Duration::from_secs(1);
        while let Some(update) = self.encoder.refine(later, Epoch(1), 50_000)? {
            self.picture.apply(update)?;
        }
        Ok(())
    }

    fn equals(&self, painter: &Painter) -> anyhow::Result<()> {
        let (width, height, truth) = painter.truth()?;
        ensure!(self.picture.size() == (width, height), "sizes differ");
        let seen: Vec<u32> = self.picture.rows().flatten().copied().collect();
        let wrong = seen.iter().zip(&truth).filter(|(seen, truth)| seen != truth).count();
        ensure!(wrong == 0, "{wrong} pixels of {} differ", truth.len());
        Ok(())
    }
}

fn drawn_and_seen(number: u16, more: &[&str]) -> anyhow::Result<()> {
    let server = XServer::start(number, "1001x703x24", more)?;
    let mut painter = Painter::new(&server)?;
    let mut line = Line::open(&server)?;
    line.settle()?;
    line.equals(&painter)?;
    for round in 0..12 {
        for _ in 0..20 {
            painter.draw()?;
            line.step(Duration::ZERO, round % 4)?;
        }
        line.settle()?;
        line.equals(&painter)?;
    }
    ensure!(line.updates > 12, "{} updates", line.updates);
    Ok(())
}

#[test]
fn what_is_drawn_is_seen() -> anyhow::Result<()> {
    drawn_and_seen(47, &[])
}

#[test]
fn a_server_without_shared_memory_is_seen_too() -> anyhow::Result<()> {
    drawn_and_seen(48, &["-extension", "MIT-SHM"])
}

#[test]
fn a_screen_may_change_its_size_and_go_away() -> anyhow::Result<()> {
    let mut server = XServer::start(49, "1280x800x24", &[])?;
    let mut painter = Painter::new(&server)?;
    let mut line = Line::open(&server)?;
    line.settle()?;
    let root = painter.screen.root;
    for (width, height) in [(641, 479), (800, 600)] {
        shrink(&painter.connection, root, width, height)?;
        (painter.screen.width_in_pixels, painter.screen.height_in_pixels) = (width, height);
        for _ in 0..10 {
            painter.draw()?;
            line.step(Duration::ZERO, 1)?;
        }
        line.settle()?;
        ensure!(line.picture.size() == (width, height), "{:?}", line.picture.size());
        line.equals(&painter)?;
    }
    server.kill()?;
    let lost = until("the loss is told", || Ok(line.source.wait(Duration::from_millis(10)).err()))?;
    assert_eq!(lost, ScreenLost::DisplayGone);
    Ok(())
}

/// The pointer's shape comes beside the picture, when it changes; the picture stays what the server shows without it.
#[test]
fn the_pointer_is_told_and_never_in_the_picture() -> anyhow::Result<()> {
    let server = XServer::start(50, "640x480x24", &[])?;
    let painter = Painter::new(&server)?;
    let mut line = Line::open(&server)?;
    let x = &painter.connection;
    let bits = |on: u8| vec![on; 16 * 2];
    let (shape, mask, gc) = (x.generate_id()?, x.generate_id()?, x.generate_id()?);
    for (pixmap, on) in [(shape, 0xff), (mask, 0xff)] {
        x.create_pixmap(1, pixmap, painter.screen.root, 16, 16)?.check()?;
        if pixmap == shape {
            x.create_gc(gc, shape, &CreateGCAux::new())?.check()?;
        }
        x.put_image(ImageFormat::XY_PIXMAP, pixmap, gc, 16, 16, 0, 0, 0, 1, &padded(&bits(on)))?.check()?;
    }
    let (seen, hidden, none) = (x.generate_id()?, x.generate_id()?, x.generate_id()?);
    x.create_cursor(seen, shape, mask, u16::MAX, 0, 0, 0, 0, 0, 3, 5)?.check()?;
    x.create_pixmap(1, none, painter.screen.root, 16, 16)?.check()?;
    x.put_image(ImageFormat::XY_PIXMAP, none, gc, 16, 16, 0, 0, 0, 1, &padded(&bits(0)))?.check()?;
    x.create_cursor(hidden, shape, none, 0, 0, 0, 0, 0, 0, 3, 5)?.check()?;
    x.warp_pointer(x11rb::NONE, painter.screen.root, 0, 0, 0, 0, 100, 100)?.check()?;
    let show = |cursor| -> anyhow::Result<()> {
        let shown = ChangeWindowAttributesAux::new().cursor(cursor);
        x.change_window_attributes(painter.window, &shown)?;
        Ok(x.change_window_attributes(painter.screen.root, &shown)?.check()?)
    };
    line.settle()?;
    ensure!(line.picture.cursor().is_some(), "a shape is told from the start");
    show(seen)?;
    line.settle()?;
    let red = Cursor { width: 16, height: 16, hot_x: 3, hot_y: 5, rgba: [255, 0, 0, 255].repeat(256) };
    ensure!(line.picture.cursor() == Some(&red), "{:?}", line.picture.cursor());
    line.equals(&painter)?;
    ensure!(
        line.picture.rows().flatten().all(|pixel| *pixel != 0x00ff_0000),
        "the pointer is in the picture"
    );
    show(hidden)?;
    line.settle()?;
    ensure!(line.picture.cursor() == Some(&Cursor::default()), "{:?}", line.picture.cursor());
    line.equals(&painter)
}

/// Rows of a bitmap begin at multiples of 32 bits.
fn padded(bits: &[u8]) -> Vec<u8> {
    bits.chunks(2).flat_map(|row| [row[0], row[1], 0, 0]).collect()
}

#[test]
fn what_cannot_be_shown_is_refused_in_words() -> anyhow::Result<()> {
    let refused = |display: &str| native().open_screen(Some(display)).err();
    ensure!(matches!(refused(":147"), Some(OpenError::Unreachable { .. })));
    let server = XServer::start(148, "640x480x16", &[])?;
    ensure!(matches!(refused(server.display()), Some(OpenError::Format { depth: 16, .. })));
    drop(server);
    let server = XServer::start(149, "640x480x24", &["-extension", "XFIXES"])?;
    ensure!(
        refused(server.display()) == Some(OpenError::Extension("XFIXES")),
        "{:?}",
        refused(server.display())
    );
    Ok(())
}

/// As `xrandr` does: the output goes, the screen shrinks.
fn shrink(connection: &RustConnection, root: u32, width: u16, height: u16) -> anyhow::Result<()> {
    let resources = connection.randr_get_screen_resources(root)?.reply()?;
    for crtc in resources.crtcs {
        let off = x11rb::protocol::randr::Rotation::ROTATE0;
        connection.randr_set_crtc_config(crtc, 0, resources.config_timestamp, 0, 0, 0, off, &[])?.reply()?;
    }
    let millimetres = |pixels: u16| u32::from(pixels) * 254 / 960;
    connection
        .randr_set_screen_size(root, width, height, millimetres(width), millimetres(height))?
        .check()?;
    Ok(())
}
