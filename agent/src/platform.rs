//! What the session process needs of an operating system, as small blocking traits: look at the screen, move the hands.
//!
//! A back end runs on a thread of its own and talks over bounded channels; decisions (what changed, what may be injected, under
//! which epoch) sit above. [`native`] is the system this program was built for; tests bring their own [`Platform`].

use std::fmt;
use std::time::Duration;

use aval_protocol::wire::input::InputEvent;
use aval_protocol::wire::screen::{Cursor, Rect};

#[cfg(target_os = "linux")]
mod linux;
mod os;
#[cfg(not(any(target_os = "linux", windows)))]
mod other;
#[cfg(windows)]
mod windows;
#[cfg(any(windows, test))]
#[path = "platform/windows/rules.rs"]
mod windows_rules;

pub use os::{OsEvent, OsLost, OsSession};

/// Opens the screen and the hands of one person's desktop.
pub trait Platform: fmt::Debug + Send + Sync {
    /// Starts watching a screen; `display` names it (`:0` on X), `None` means the one of this process's environment.
    ///
    /// # Errors
    /// [`OpenError`], which says what the person can do.
    fn open_screen(&self, display: Option<&str>) -> Result<Box<dyn ScreenSource>, OpenError>;

    /// Opens the keyboard and pointer of a screen.
    ///
    /// # Errors
    /// [`OpenError`].
    fn open_input(&self, display: Option<&str>) -> Result<Box<dyn InputSink>, OpenError>;

    /// Starts watching what the person's own devices do on a screen.
    ///
    /// # Errors
    /// [`OpenError`]; [`OpenError::NotSupported`] where a person's hand cannot be told from a program's.
    fn open_person(&self, display: Option<&str>) -> Result<Box<dyn PersonHands>, OpenError> {
        let _ = display;
        Err(OpenError::NotSupported)
    }

    /// Which kind of desktop this process lives in, by its environment alone.
    fn display_state(&self) -> Display;
}

/// A screen that says what changed and yields pixels.
pub trait ScreenSource: Send {
    /// Width and height in pixels, as of the last [`wait`](Self::wait).
    fn size(&self) -> (u16, u16);

    /// Blocks until something changed or `timeout` passed, and returns everything that changed since the last call, coalesced.
    /// The first call reports the whole screen. May return early with nothing.
    ///
    /// # Errors
    /// [`ScreenLost`]; the source is of no use afterwards.
    fn wait(&mut self, timeout: Duration) -> Result<Change, ScreenLost>;

    /// The pixels of a rectangle inside [`size`](Self::size), as they are now.
    ///
    /// # Errors
    /// [`ScreenLost::Stale`] when the screen was resized meanwhile: call [`wait`](Self::wait), it tells the new size. Any other
    /// [`ScreenLost`] is final.
    fn grab(&mut self, rect: Rect) -> Result<Pixels<'_>, ScreenLost>;
}

/// The technician's hands on the client's desktop. The caller checks epoch and lease immediately before each event.
pub trait InputSink: Send {
    /// Does one event. Positions are clamped to the screen; a release of what is not held is ignored.
    ///
    /// # Errors
    /// [`InputError::DisplayGone`] is final, the others leave the sink usable.
    fn inject(&mut self, event: InputEvent) -> Result<(), InputError>;

    /// Releases every key and button this sink holds down. Dropping the sink does so too.
    fn release_all(&mut self);
}

/// The person's own mouse, keyboard and touch, told from what programs do by the device it comes from.
pub trait PersonHands: Send {
    /// Blocks until the person did something or `timeout` passed. Whether they did; may return early.
    ///
    /// # Errors
    /// [`InputError`]; it is of no use afterwards.
    fn wait(&mut self, timeout: Duration) -> Result<bool, InputError>;
}

/// What changed on a screen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Change {
    /// The new size, if it changed: everything is to be taken anew.
    pub resized: Option<(u16, u16)>,
    /// Where pixels may differ, inside the screen; may overlap and may report too much, never too little.
    pub damage: Vec<Rect>,
    /// What the pointer looks like, if that changed or was not told yet. It is never among the pixels.
    pub cursor: Option<Cursor>,
}

/// A grabbed rectangle: rows of 32-bit pixels, bytes B G R and one unused.
#[derive(Clone, Copy)]
pub struct Pixels<'a> {
    /// Bytes from one row to the next; at least four times the rectangle's width.
    pub stride: usize,
    /// The rows, top to bottom; the last may end with its last pixel.
    pub bytes: &'a [u8],
}

/// The kind of desktop a process finds itself in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Display {
    /// One whose screen can be shown: an X server, a Windows desktop.
    Screen,
    /// A Wayland desktop. An X server inside it would show only some windows, so it is refused even if there is one.
    Wayland,
    /// None: a terminal, a server, a service.
    None,
}

/// Why a screen or its hands cannot be opened.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OpenError {
    /// No display is named, neither by the caller nor by the environment.
    #[error("no screen here: DISPLAY is not set; start the agent's session part inside the person's desktop")]
    NoDisplay,
    /// The desktop is Wayland's.
    #[error(
        "this desktop runs on Wayland, which this version cannot show; log in with an “Xorg” / “X11” session instead"
    )]
    Wayland,
    /// The display does not answer or refuses this process.
    #[error(
        "the screen {display} cannot be reached ({reason}); is it running, and may this user connect to it?"
    )]
    Unreachable {
        /// Which.
        display: String,
        /// What the system said.
        reason: String,
    },
    /// The display lacks an extension this program needs.
    #[error("the screen lacks the X extension {0}; enable it in the X server's configuration")]
    Extension(&'static str),
    /// The display's pixels are of a kind this program cannot read.
    #[error(
        "the screen has {depth}-bit colour in {bits_per_pixel} bits per pixel ({order}); set it to 24-bit colour"
    )]
    Format {
        /// Bits of colour.
        depth: u8,
        /// Bits in memory.
        bits_per_pixel: u8,
        /// What else is unusual: byte order or colour masks.
        order: String,
    },
    /// The screen is larger than the wire allows.
    #[error("the screen of {0} × {1} pixels is larger than this version can send")]
    TooLarge(u16, u16),
    /// This operating system has no back end yet.
    #[error("screens of this operating system are not supported by this version yet")]
    NotSupported,
}

/// Why a screen yields no pixels any more.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ScreenLost {
    /// The connection to the display ended: the person logged off or the server stopped.
    #[error("the connection to the screen ended (log-off, or the display server stopped)")]
    DisplayGone,
    /// The screen has another size by now; not final, see [`ScreenSource::grab`].
    #[error("the screen was resized meanwhile")]
    Stale,
    /// The screen took a size or format this program cannot send.
    #[error("the screen changed to something this version cannot send: {0}")]
    Unusable(String),
    /// The display refused a request it should grant.
    #[error("the display refused a request ({0}); end the session and start it again")]
    Refused(String),
}

/// Why an event was not done.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InputError {
    /// No key makes this character and none could be lent to it. Which character, no error says: it was typed.
    #[error("a character could not be typed on this keyboard")]
    NoSuchCharacter,
    /// Every key that could be lent to this character was lent to another a moment ago. Ask again after this long, and check epoch
    /// and lease again first.
    #[error("a character has to wait for a free key")]
    Busy(Duration),
    /// A key or button of a newer console than this program.
    #[error("a key that this version does not know; update the agent")]
    NoSuchKey,
    /// The connection to the display ended.
    #[error("the connection to the screen ended (log-off, or the display server stopped)")]
    DisplayGone,
    /// The display refused the event.
    #[error("the display refused an input event ({0})")]
    Refused(String),
}

/// The back end of the system this program was built for.
pub fn native() -> &'static dyn Platform {
    #[cfg(target_os = "linux")]
    return &linux::Linux;
    #[cfg(windows)]
    return &windows::Windows;
    #[cfg(not(any(target_os = "linux", windows)))]
    return &other::Other;
}

/// The person's session on this machine.
///
/// # Errors
/// [`OsLost`]: then locking, sleep and log-off are not noticed by these means.
pub fn open_os_session() -> Result<Box<dyn OsSession>, OsLost> {
    #[cfg(target_os = "linux")]
    return linux::open_os_session();
    #[cfg(windows)]
    return windows::open_os_session();
    #[cfg(not(any(target_os = "linux", windows)))]
    return Err(OsLost::NotSupported);
}

// A picture must not reach a log by way of `Debug`.
impl fmt::Debug for Pixels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pixels").field("stride", &self.stride).finish_non_exhaustive()
    }
}
