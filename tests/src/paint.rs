//! A program of the person's that paints: a small window on the desk whose colour changes when it is told to.

use std::time::Duration;

use anyhow::{Context as _, Result};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    ChangeGCAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, Gcontext, ImageFormat, Rectangle, Window,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;

use crate::simnet::rng::Rng;

/// The window.
#[derive(Debug)]
pub struct Paint {
    connection: RustConnection,
    window: Window,
    gc: Gcontext,
    side: u16,
    /// Where it is on the screen.
    pub at: (i16, i16),
}

/// 120 to 170 ms between two changes, so that no period of anybody's is met.
pub fn spacing(rng: &mut Rng) -> Duration {
    Duration::from_millis(120 + rng.bits() % 51)
}

/// The colour of a change, never the one before: the lowest bits count.
pub fn colour(number: u32, rng: &mut Rng) -> u32 {
    let bits = u32::try_from(rng.bits() & 0x00ff_ff00).unwrap_or_default();
    bits | (number & 0xff)
}

// === impl Paint

impl Paint {
    /// Shows it, above all others, on a display.
    ///
    /// # Errors
    /// When the display refuses.
    pub fn show(display: &str, at: (i16, i16), side: u16) -> Result<Self> {
        let (connection, screen) = x11rb::connect(Some(display))?;
        let root = &connection.setup().roots[screen];
        let (window, gc) = (connection.generate_id()?, connection.generate_id()?);
        let how = CreateWindowAux::new().override_redirect(1).background_pixel(0);
        let (depth, visual) = (root.root_depth, root.root_visual);
        let class = WindowClass::INPUT_OUTPUT;
        connection
            .create_window(depth, window, root.root, at.0, at.1, side, side, 0, class, visual, &how)?
            .check()?;
        connection.create_gc(gc, window, &CreateGCAux::new())?.check()?;
        connection.map_window(window)?.check()?;
        Ok(Self { connection, window, gc, side, at })
    }

    /// Paints it whole in one colour (`0x00RRGGBB`) and hands that to the display.
    ///
    /// # Errors
    /// When the display is gone.
    pub fn fill(&self, colour: u32) -> Result<()> {
        let all = Rectangle { x: 0, y: 0, width: self.side, height: self.side };
        self.connection.change_gc(self.gc, &ChangeGCAux::new().foreground(colour))?;
        self.connection.poly_fill_rectangle(self.window, self.gc, &[all])?;
        Ok(self.connection.flush()?)
    }

    /// Its first pixel as the display has it now, by a copy of the whole window.
    ///
    /// # Errors
    /// When the display is gone.
    pub fn read(&self) -> Result<u32> {
        let all = (self.side, self.side);
        let image =
            self.connection.get_image(ImageFormat::Z_PIXMAP, self.window, 0, 0, all.0, all.1, !0)?.reply()?;
        let first = image.data.first_chunk::<4>().context("an image has pixels")?;
        Ok(u32::from_le_bytes(*first) & 0x00ff_ffff)
    }

    /// Its corners and its middle on the screen.
    pub fn points(&self) -> [(u16, u16); 5] {
        let last = self.side - 1;
        let place = |x: u16, y: u16| (self.at.0.unsigned_abs() + x, self.at.1.unsigned_abs() + y);
        [place(0, 0), place(last, 0), place(0, last), place(last, last), place(last / 2, last / 2)]
    }
}
