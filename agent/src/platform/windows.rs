//! Windows: the screen by GDI or Desktop Duplication, the hands by `SendInput`, the session by its notifications.

mod cursor;
mod dxgi;
mod eyes;
mod gdi;
mod input;
mod person;
mod screen;
mod send;
mod session;
mod system;

use super::windows_rules as rules;
use super::{Display, InputSink, OpenError, OsLost, OsSession, PersonHands, Platform, ScreenSource};

/// The desktop of the person who runs this process.
#[derive(Debug)]
pub(super) struct Windows;

impl Platform for Windows {
    fn open_screen(&self, _display: Option<&str>) -> Result<Box<dyn ScreenSource>, OpenError> {
        system::see_pixels();
        Ok(Box::new(screen::Screen::open()?))
    }

    fn open_input(&self, _display: Option<&str>) -> Result<Box<dyn InputSink>, OpenError> {
        system::see_pixels();
        Ok(Box::new(input::Hands::default()))
    }

    fn open_person(&self, _display: Option<&str>) -> Result<Box<dyn PersonHands>, OpenError> {
        system::see_pixels();
        Ok(Box::new(person::Person::open()?))
    }

    fn display_state(&self) -> Display {
        system::see_pixels();
        if system::has_desktop() { Display::Screen } else { Display::None }
    }
}

/// The session as the system tells of it.
pub(super) fn open_os_session() -> Result<Box<dyn OsSession>, OsLost> {
    system::see_pixels();
    Ok(Box::new(session::Session::open()?))
}
