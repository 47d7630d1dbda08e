//! A program's window that shows what is hard for a codec: a photograph, a film, pages full of text that flip.

use anyhow::{Context as _, Result};
use aval_protocol::wire::screen::Rect;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    ChangeGCAux, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, ImageFormat, Pixmap,
    Rectangle, StackMode, WindowClass,
};
use x11rb::rust_connection::RustConnection;

use crate::simnet::rng::Rng;

/// Rows of one `PutImage`: below the protocol's 256 kB without big requests.
const STRIP: u16 = 32;

/// A program's window without a frame.
#[derive(Debug)]
pub struct Canvas {
    connection: RustConnection,
    window: u32,
    gc: u32,
    size: (u16, u16),
    depth: u8,
    pages: Vec<Pixmap>,
}

impl Canvas {
    /// Shows it; below all others if it is a background.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn show(display: &str, at: (i16, i16), size: (u16, u16), background: bool) -> Result<Self> {
        let (connection, screen) = x11rb::connect(Some(display))?;
        let root = &connection.setup().roots[screen];
        let (window, gc, depth) = (connection.generate_id()?, connection.generate_id()?, root.root_depth);
        let how = CreateWindowAux::new().override_redirect(1).background_pixel(0);
        let class = WindowClass::INPUT_OUTPUT;
        connection
            .create_window(depth, window, root.root, at.0, at.1, size.0, size.1, 0, class, 0, &how)?
            .check()?;
        connection.create_gc(gc, window, &CreateGCAux::new().graphics_exposures(0))?.check()?;
        if background {
            let below = ConfigureWindowAux::new().stack_mode(StackMode::BELOW);
            connection.configure_window(window, &below)?.check()?;
        }
        connection.map_window(window)?.check()?;
        Ok(Self { connection, window, gc, size, depth, pages: Vec::new() })
    }

    /// Shows a photograph.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn photograph(&self, rng: &mut Rng) -> Result<()> {
        self.expose(self.window, 0.0, rng)
    }

    /// Prepares a film of that many pictures inside the server.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn film(&mut self, count: u32, rng: &mut Rng) -> Result<()> {
        for frame in 0..count {
            let page = self.connection.generate_id()?;
            let (width, height) = self.size;
            self.connection.create_pixmap(self.depth, page, self.window, width, height)?.check()?;
            self.expose(page, f64::from(frame) * 0.08, rng)?;
            self.pages.push(page);
        }
        Ok(())
    }

    /// Shows a page of those prepared.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn turn(&self, page: usize) -> Result<()> {
        let page = *self.pages.get(page % self.pages.len().max(1)).context("a page")?;
        let (width, height) = self.size;
        self.connection.copy_area(page, self.window, self.gc, 0, 0, 0, 0, width, height)?;
        Ok(self.connection.flush()?)
    }

    /// All pixels of a part of the screen as the server has them, `0x00RRGGBB`.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn truth(&self, part: Rect) -> Result<Vec<u32>> {
        let (x, y) = (i16::try_from(part.x)?, i16::try_from(part.y)?);
        let root = self.connection.setup().roots.first().context("a screen")?.root;
        let format = ImageFormat::Z_PIXMAP;
        let image = self.connection.get_image(format, root, x, y, part.width, part.height, !0)?.reply()?;
        let pixel = |[b, g, r, _]: &[u8; 4]| u32::from_be_bytes([0, *r, *g, *b]);
        Ok(image.data.as_chunks::<4>().0.iter().map(pixel).collect())
    }

    /// Slow waves of colour, and the grain of a sensor.
    fn expose(&self, on: u32, phase: f64, rng: &mut Rng) -> Result<()> {
        let (width, height) = self.size;
        for top in (0..height).step_by(usize::from(STRIP)) {
            let rows = STRIP.min(height - top);
            let mut strip = Vec::with_capacity(usize::from(width) * usize::from(rows) * 4);
            for y in top..top + rows {
                let mut grain = rng.bits();
                for x in 0..width {
                    if x % 8 == 0 {
                        grain = rng.bits();
                    }
                    let noise = (grain & 7) as f64;
                    grain >>= 8;
                    let (u, v) = (f64::from(x) / 210.0 + phase, f64::from(y) / 170.0);
                    let wave = |shift: f64| 118.0 + 90.0 * ((u + shift).sin() * (v - shift).cos()) + noise;
                    strip.extend([wave(0.0), wave(1.1), wave(2.3)].map(byte));
                    strip.push(0);
                }
            }
            let (y, format) = (i16::try_from(top)?, ImageFormat::Z_PIXMAP);
            self.connection.put_image(format, on, self.gc, width, rows, 0, y, 0, self.depth, &strip)?;
        }
        self.connection.get_input_focus()?.reply()?;
        Ok(())
    }

    /// Prepares that many pages full of different text inside the server.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn write_pages(&mut self, count: usize, rng: &mut Rng) -> Result<()> {
        let font = self.connection.generate_id()?;
        self.connection.open_font(font, b"fixed")?.check()?;
        let (width, height) = self.size;
        for _ in 0..count {
            let page = self.connection.generate_id()?;
            self.connection.create_pixmap(self.depth, page, self.window, width, height)?.check()?;
            let white = ChangeGCAux::new().foreground(0x00ff_ffff).background(0x00ff_ffff).font(font);
            self.connection.change_gc(self.gc, &white)?;
            let all = Rectangle { x: 0, y: 0, width, height };
            self.connection.poly_fill_rectangle(page, self.gc, &[all])?;
            self.connection.change_gc(self.gc, &ChangeGCAux::new().foreground(0x0020_2020))?;
            for y in (14..height).step_by(15) {
                let mut line = words(rng, usize::from(width) / 6 + 8);
                line.truncate(250);
                for (at, part) in line.as_bytes().chunks(120).enumerate() {
                    let x = i16::try_from(10 + at * 720)?;
                    self.connection.image_text8(page, self.gc, x, i16::try_from(y)?, part)?;
                }
            }
            self.pages.push(page);
        }
        self.connection.get_input_focus()?.reply()?;
        Ok(())
    }

    /// Shows a page with squares of one colour in its corners and its middle.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn flip(&self, page: usize, colour: u32) -> Result<()> {
        let drawn = *self.pages.get(page % self.pages.len().max(1)).context("a page")?;
        self.connection.change_gc(self.gc, &ChangeGCAux::new().foreground(colour))?;
        let squares = self.points().map(|(x, y)| {
            let corner = |at: u16| i16::try_from(at.saturating_sub(4)).unwrap_or(0);
            Rectangle { x: corner(x), y: corner(y), width: 8, height: 8 }
        });
        self.connection.poly_fill_rectangle(drawn, self.gc, &squares)?;
        self.turn(page)
    }

    /// Where the squares are.
    pub fn points(&self) -> [(u16, u16); 5] {
        let (right, bottom) = (self.size.0 - 5, self.size.1 - 5);
        [(4, 4), (right, 4), (4, bottom), (right, bottom), (right / 2, bottom / 2)]
    }
}

/// About that many characters of words.
pub fn words(rng: &mut Rng, length: usize) -> String {
    const SYLLABLES: [&str; 16] = [
        "ma", "ti", "re", "con", "trat", "ser", "vice", "po", "ste", "li", "gne", "do", "cu", "ment", "par",
        "le",
    ];
    let mut text = String::with_capacity(length + 12);
    while text.len() < length {
        let bits = rng.bits();
        for part in 0..1 + bits % 4 {
            text.push_str(SYLLABLES[(bits >> (8 + 4 * part) & 15) as usize]);
        }
        text.push(' ');
    }
    text
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
fn byte(value: f64) -> u8 {
    value.clamp(0.0, 255.0) as u8
}
