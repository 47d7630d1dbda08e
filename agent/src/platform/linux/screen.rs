//! An X screen: XDamage says where to look, XShm brings the pixels, RandR and the root window tell the size.
//!
//! The shared segment is an anonymous file of this process handed to the server (MIT-SHM 1.2 `AttachFd`), so nothing of a picture
//! has a name in any file system. A server without it serves `GetImage` over the socket: slower, equal.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::time::Duration;

use aval_protocol::wire::screen::{MAX_PIXELS, MAX_SIDE, Rect};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use x11rb::connection::{Connection, RequestConnection as _};
use x11rb::errors::{ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::damage::{self, ConnectionExt as _, ReportLevel};
use x11rb::protocol::randr::{self, ConnectionExt as _};
use x11rb::protocol::shm::{self, ConnectionExt as _};
use x11rb::protocol::xfixes::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConnectionExt as _, EventMask, ImageFormat, ImageOrder, Rectangle,
    Screen as Root, Setup, VisualClass,
};
use x11rb::protocol::{ErrorKind, Event};
use x11rb::rust_connection::RustConnection;
use zeroize::Zeroize;

use super::super::{Change, OpenError, Pixels, ScreenLost, ScreenSource};
use super::cursor;

/// Rectangles of damage beyond which their bounding box is reported: comparing is cheaper than listing.
const MAX_RECTS: usize = 256;
const BYTES_PER_PIXEL: usize = 4;

/// One X screen, watched.
pub(in super::super) struct Screen {
    connection: RustConnection,
    root: u32,
    size: (u16, u16),
    damage: damage::Damage,
    region: xfixes::Region,
    segment: Segment,
    pixels: Vec<u8>,
    /// All of it is to be taken: nothing was reported yet, or the size changed.
    whole: bool,
    damaged: bool,
    /// The size may have changed.
    suspect: bool,
    /// The pointer has another shape.
    pointer: bool,
}

/// Memory shared with the server.
enum Segment {
    /// An attached file and its length in bytes.
    Shared { id: shm::Seg, file: File, length: usize },
    /// Attachable, not needed so far.
    Unused,
    /// The server has no such memory for this client.
    Unavailable,
}

impl Screen {
    /// Connects and starts watching.
    pub(in super::super) fn open(display: &str) -> Result<Self, OpenError> {
        let unreachable = |reason: String| OpenError::Unreachable { display: display.to_owned(), reason };
        let (connection, number) =
            x11rb::connect(Some(display)).map_err(|error| unreachable(error.to_string()))?;
        let setup = connection.setup();
        let screen = setup.roots.get(number).ok_or_else(|| unreachable("no such screen".to_owned()))?;
        check_format(setup, screen)?;
        let root = screen.root;
        let size = (screen.width_in_pixels, screen.height_in_pixels);
        if !sendable(size) {
            return Err(OpenError::TooLarge(size.0, size.1));
        }
        let watched = watch(&connection, root).map_err(|error| match error {
            Setback::Missing(extension) => OpenError::Extension(extension),
            Setback::Failed(error) => unreachable(error.to_string()),
        })?;
        let (damage, region, shared) = watched;
        let segment = if shared { Segment::Unused } else { Segment::Unavailable };
        let mut screen = Self {
            connection,
            root,
            size,
            damage,
            region,
            segment,
            pixels: Vec::new(),
            whole: true,
            damaged: false,
            suspect: false,
            pointer: true,
        };
        // The setup is a moment old; from here on every change is announced.
        screen.remeasure().map_err(|lost| unreachable(lost.to_string()))?;
        Ok(screen)
    }

    /// Reads everything the server has announced so far.
    fn read_events(&mut self) -> Result<(), ScreenLost> {
        while let Some(event) = self.connection.poll_for_event().map_err(gone)? {
            match event {
                Event::DamageNotify(_) => self.damaged = true,
                Event::ConfigureNotify(event) if event.window == self.root => self.suspect = true,
                Event::RandrScreenChangeNotify(_) => self.suspect = true,
                Event::XfixesCursorNotify(_) => self.pointer = true,
                _ => {}
            }
        }
        Ok(())
    }

    /// Asks the root window for its size.
    fn remeasure(&mut self) -> Result<Option<(u16, u16)>, ScreenLost> {
        self.suspect = false;
        let geometry = self.connection.get_geometry(self.root).map_err(gone)?.reply().map_err(refused)?;
        let size = (geometry.width, geometry.height);
        if size == self.size {
            return Ok(None);
        }
        if !sendable(size) {
            return Err(ScreenLost::Unusable(format!("{} × {} pixels", size.0, size.1)));
        }
        self.size = size;
        self.whole = true;
        Ok(Some(size))
    }

    /// Takes the damage so far and lets the server report the next.
    fn take_damage(&mut self) -> Result<Vec<Rect>, ScreenLost> {
        self.damaged = false;
        self.connection.damage_subtract(self.damage, x11rb::NONE, self.region).map_err(gone)?;
        let cookie = self.connection.xfixes_fetch_region(self.region).map_err(gone)?;
        let region = cookie.reply().map_err(refused)?;
        if self.whole {
            self.whole = false;
            return Ok(vec![Rect { x: 0, y: 0, width: self.size.0, height: self.size.1 }]);
        }
        let clip = |rectangle: &Rectangle| clipped(*rectangle, self.size);
        if region.rectangles.len() > MAX_RECTS {
            return Ok(clip(&region.extents).into_iter().collect());
        }
        Ok(region.rectangles.iter().filter_map(clip).collect())
    }

    /// Attaches memory of at least that many bytes; on failure the socket has to do.
    fn reserve(&mut self, bytes: usize) -> Result<(), ScreenLost> {
        match &self.segment {
            Segment::Shared { length, .. } if *length >= bytes => return Ok(()),
            Segment::Unavailable => return Ok(()),
            Segment::Shared { id, .. } => {
                self.connection.shm_detach(*id).map_err(gone)?;
            }
            Segment::Unused => {}
        }
        self.segment = Segment::Unavailable;
        if let Some((file, fd)) = anonymous_file(bytes) {
            let id = self.connection.generate_id().map_err(|error| ScreenLost::Refused(error.to_string()))?;
            let attached = self.connection.shm_attach_fd(id, fd, false).map_err(gone)?.check();
            match attached {
                Ok(()) => self.segment = Segment::Shared { id, file, length: bytes },
                Err(ReplyError::ConnectionError(error)) => return Err(gone(error)),
                Err(ReplyError::X11Error(error)) => {
                    tracing::debug!(kind = ?error.error_kind, "no shared memory with the screen");
                }
            }
        }
        Ok(())
    }

    /// The picture of a rectangle into `self.pixels`.
    fn fetch(&mut self, rect: Rect, bytes: usize) -> Result<(), ReplyError> {
        let (x, y) = (signed(rect.x), signed(rect.y));
        if let Segment::Shared { id, file, .. } = &self.segment {
            let format = u8::from(ImageFormat::Z_PIXMAP);
            self.connection
                .shm_get_image(self.root, x, y, rect.width, rect.height, !0, format, *id, 0)?
                .reply()?;
            self.pixels.resize(bytes, 0);
            file.read_exact_at(&mut self.pixels, 0).map_err(ConnectionError::IoError)?;
        } else {
            let (width, height) = (rect.width, rect.height);
            self.pixels = self
                .connection
                .get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, !0)?
                .reply()?
                .data;
        }
        Ok(())
    }
}

impl ScreenSource for Screen {
    fn size(&self) -> (u16, u16) {
        self.size
    }

    fn wait(&mut self, timeout: Duration) -> Result<Change, ScreenLost> {
        self.connection.flush().map_err(gone)?;
        self.read_events()?;
        if !(self.whole || self.damaged || self.suspect || self.pointer) {
            let timeout = Timespec::try_from(timeout).ok();
            let mut polled = [PollFd::new(self.connection.stream(), PollFlags::IN)];
            match poll(&mut polled, timeout.as_ref()) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(_) => return Err(ScreenLost::DisplayGone),
            }
            self.read_events()?;
        }
        let resized = if self.suspect { self.remeasure()? } else { None };
        let damage = if self.whole || self.damaged { self.take_damage()? } else { Vec::new() };
        let cursor = if std::mem::take(&mut self.pointer) { cursor::read(&self.connection)? } else { None };
        Ok(Change { resized, damage, cursor })
    }

    fn grab(&mut self, rect: Rect) -> Result<Pixels<'_>, ScreenLost> {
        if !rect.fits(self.size.0, self.size.1) {
            return Err(ScreenLost::Stale);
        }
        let stride = usize::from(rect.width) * BYTES_PER_PIXEL;
        let bytes = stride * usize::from(rect.height);
        self.reserve(bytes)?;
        match self.fetch(rect, bytes) {
            Ok(()) if self.pixels.len() >= bytes => Ok(Pixels { stride, bytes: &self.pixels[..bytes] }),
            Ok(()) => Err(ScreenLost::Unusable("fewer pixels than asked for".to_owned())),
            // What the server says when the rectangle is no longer on the screen.
            Err(ReplyError::X11Error(error)) if error.error_kind == ErrorKind::Match => {
                self.suspect = true;
                Err(ScreenLost::Stale)
            }
            Err(error) => Err(refused(error)),
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.pixels.zeroize();
        if let Segment::Shared { file, length, .. } = &self.segment {
            let _ = file.write_all_at(&vec![0; *length], 0);
        }
    }
}

/// What stops the watching before it starts.
enum Setback {
    Missing(&'static str),
    Failed(ReplyOrIdError),
}

impl<E: Into<ReplyOrIdError>> From<E> for Setback {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Asks for reports of damage and size; also whether memory can be shared by descriptor.
fn watch(connection: &RustConnection, root: u32) -> Result<(damage::Damage, xfixes::Region, bool), Setback> {
    let has = |name| connection.extension_information(name).map(|found| found.is_some());
    if !has(damage::X11_EXTENSION_NAME)? {
        return Err(Setback::Missing("DAMAGE"));
    }
    if !has(xfixes::X11_EXTENSION_NAME)? {
        return Err(Setback::Missing("XFIXES"));
    }
    connection.xfixes_query_version(5, 0)?.reply()?;
    connection.xfixes_select_cursor_input(root, xfixes::CursorNotifyMask::DISPLAY_CURSOR)?.check()?;
    connection.damage_query_version(1, 1)?.reply()?;
    let shared = if has(shm::X11_EXTENSION_NAME)? {
        let version = connection.shm_query_version()?.reply()?;
        (version.major_version, version.minor_version) >= (1, 2)
    } else {
        false
    };
    let events = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
    connection.change_window_attributes(root, &events)?.check()?;
    if has(randr::X11_EXTENSION_NAME)? {
        connection.randr_query_version(1, 3)?.reply()?;
        connection.randr_select_input(root, randr::NotifyMask::SCREEN_CHANGE)?.check()?;
    }
    let region = connection.generate_id()?;
    connection.xfixes_create_region(region, &[])?.check()?;
    let damage = connection.generate_id()?;
    connection.damage_create(damage, root, ReportLevel::NON_EMPTY)?.check()?;
    Ok((damage, region, shared))
}

/// Accepts what the encoder reads: bytes B G R and one unused.
fn check_format(setup: &Setup, screen: &Root) -> Result<(), OpenError> {
    let depth = screen.root_depth;
    let format = setup.pixmap_formats.iter().find(|format| format.depth == depth);
    let bits_per_pixel = format.map_or(0, |format| format.bits_per_pixel);
    let visual = screen
        .allowed_depths
        .iter()
        .flat_map(|depth| &depth.visuals)
        .find(|visual| visual.visual_id == screen.root_visual);
    let bgr = visual.is_some_and(|visual| {
        (visual.red_mask, visual.green_mask, visual.blue_mask) == (0x00ff_0000, 0xff00, 0xff)
            && visual.class == VisualClass::TRUE_COLOR
    });
    let little = setup.image_byte_order == ImageOrder::LSB_FIRST;
    if matches!(depth, 24 | 32) && bits_per_pixel == 32 && bgr && little {
        return Ok(());
    }
    let order = match (little, bgr) {
        (false, _) => "most significant byte first",
        (true, false) => "not red-green-blue of 8 bits each",
        (true, true) => "8 bits per colour",
    };
    Err(OpenError::Format { depth, bits_per_pixel, order: order.to_owned() })
}

/// A file that has no name, twice: to read from, and to give to the server.
fn anonymous_file(bytes: usize) -> Option<(File, OwnedFd)> {
    let fd = memfd_create("aval-screen", MemfdFlags::CLOEXEC).ok()?;
    ftruncate(&fd, u64::try_from(bytes).ok()?).ok()?;
    let file = File::from(fd);
    let copy = file.try_clone().ok()?;
    Some((file, copy.into()))
}

fn sendable((width, height): (u16, u16)) -> bool {
    let area = u64::from(width) * u64::from(height);
    width <= MAX_SIDE && height <= MAX_SIDE && area > 0 && area <= MAX_PIXELS
}

/// The part of a rectangle that lies on the screen.
fn clipped(rectangle: Rectangle, (width, height): (u16, u16)) -> Option<Rect> {
    let edges = |start: i16, length: u16, most: u16| {
        let end = (i32::from(start) + i32::from(length)).clamp(0, i32::from(most));
        let start = i32::from(start).clamp(0, end);
        Some((u16::try_from(start).ok()?, u16::try_from(end - start).ok()?))
    };
    let (x, width) = edges(rectangle.x, rectangle.width, width)?;
    let (y, height) = edges(rectangle.y, rectangle.height, height)?;
    (width > 0 && height > 0).then_some(Rect { x, y, width, height })
}

/// A coordinate as X writes it; no screen here is wider than [`MAX_SIDE`].
fn signed(coordinate: u16) -> i16 {
    i16::try_from(coordinate).unwrap_or(i16::MAX)
}

#[allow(clippy::needless_pass_by_value, reason = "the shape map_err wants")]
pub(super) fn gone(_error: ConnectionError) -> ScreenLost {
    ScreenLost::DisplayGone
}

pub(super) fn refused(error: ReplyError) -> ScreenLost {
    match error {
        ReplyError::ConnectionError(_) => ScreenLost::DisplayGone,
        ReplyError::X11Error(error) => ScreenLost::Refused(format!("{:?}", error.error_kind)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_cut_to_the_screen() {
        let cut = |x, y, width, height| clipped(Rectangle { x, y, width, height }, (100, 50));
        assert_eq!(cut(-10, -5, 20, 10), Some(Rect { x: 0, y: 0, width: 10, height: 5 }));
        assert_eq!(cut(90, 40, 60_000, 60_000), Some(Rect { x: 90, y: 40, width: 10, height: 10 }));
        assert_eq!(cut(100, 0, 5, 5), None);
        assert_eq!(cut(-20, 0, 20, 5), None);
    }

    #[test]
    fn sizes_beyond_the_wire_are_known() {
        assert!(sendable((1920, 1080)) && sendable((8192, 8192)));
        assert!(!sendable((MAX_SIDE + 1, 1)) && !sendable((MAX_SIDE, MAX_SIDE)) && !sendable((0, 10)));
    }
}
