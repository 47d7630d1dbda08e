//! Linux: X11 by its wire protocol, no C library. Wayland is refused.

mod asleep;
mod cursor;
mod input;
mod keyboard;
mod keycode;
mod keysym;
mod logind;
mod person;
mod screen;
mod spare;

use super::{Display, InputSink, OpenError, OsLost, OsSession, PersonHands, Platform, ScreenSource};

/// The X11 back end.
#[derive(Debug)]
pub(super) struct Linux;

/// What the environment says about the desktop.
#[derive(Debug, Default)]
struct Environment {
    session_type: Option<String>,
    wayland_display: Option<String>,
    display: Option<String>,
}

impl Platform for Linux {
    fn open_screen(&self, display: Option<&str>) -> Result<Box<dyn ScreenSource>, OpenError> {
        let display = Environment::of_process().choose(display)?;
        Ok(Box::new(screen::Screen::open(&display)?))
    }

    fn open_input(&self, display: Option<&str>) -> Result<Box<dyn InputSink>, OpenError> {
        let display = Environment::of_process().choose(display)?;
        Ok(Box::new(input::Hands::open(&display)?))
    }

    fn open_person(&self, display: Option<&str>) -> Result<Box<dyn PersonHands>, OpenError> {
        let display = Environment::of_process().choose(display)?;
        Ok(Box::new(person::Person::open(&display)?))
    }

    fn display_state(&self) -> Display {
        Environment::of_process().state()
    }
}

/// The session that systemd-logind, or elogind, knows of.
pub(super) fn open_os_session() -> Result<Box<dyn OsSession>, OsLost> {
    Ok(Box::new(logind::Logind::open()?))
}

// === impl Environment

impl Environment {
    fn of_process() -> Self {
        let get = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            session_type: get("XDG_SESSION_TYPE"),
            wayland_display: get("WAYLAND_DISPLAY"),
            display: get("DISPLAY"),
        }
    }

    fn state(&self) -> Display {
        let wayland = self.session_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("wayland"));
        if wayland || self.wayland_display.is_some() {
            Display::Wayland
        } else if self.display.is_some() {
            Display::Screen
        } else {
            Display::None
        }
    }

    /// The display to open. Whoever names one means it, so that only the environment's own is subject to the Wayland rule.
    fn choose(&self, named: Option<&str>) -> Result<String, OpenError> {
        match (named, self.state()) {
            (Some(named), _) => Ok(named.to_owned()),
            (None, Display::Wayland) => Err(OpenError::Wayland),
            (None, Display::None) => Err(OpenError::NoDisplay),
            (None, Display::Screen) => self.display.clone().ok_or(OpenError::NoDisplay),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(kind: Option<&str>, wayland: Option<&str>, display: Option<&str>) -> Environment {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Environment { session_type: own(kind), wayland_display: own(wayland), display: own(display) }
    }

    #[test]
    fn wayland_is_refused_even_with_an_x_server_inside() {
        for (kind, wayland) in [(Some("wayland"), None), (None, Some("wayland-0")), (Some("x11"), Some("w"))]
        {
            let environment = environment(kind, wayland, Some(":0"));
            assert_eq!(environment.state(), Display::Wayland);
            assert_eq!(environment.choose(None), Err(OpenError::Wayland));
        }
    }

    #[test]
    fn an_x_desktop_is_used_and_none_is_said() {
        assert_eq!(environment(Some("x11"), None, Some(":7")).choose(None), Ok(":7".to_owned()));
        assert_eq!(environment(Some("tty"), None, None).choose(None), Err(OpenError::NoDisplay));
        assert_eq!(environment(None, None, None).choose(Some(":9")), Ok(":9".to_owned()));
    }
}
