//! The person's press with its exact moment, and an eye on every movement that a program makes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context as _, Result};
use aval_tests::figures::now;
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xinput::{ConnectionExt as _, Device, DeviceType, EventMask, XIEventMask};
use x11rb::protocol::xproto::{
    BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConnectionExt as _, MOTION_NOTIFY_EVENT,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// The mouse in the person's hand.
pub(crate) struct Mouse {
    outer: RustConnection,
    root: u32,
}

/// The newest movement by a program's hand (XTEST), and how many there were.
#[derive(Clone, Default)]
pub(crate) struct Moves(Arc<Mutex<(Option<Instant>, u64)>>);

impl Mouse {
    pub(crate) fn take(outer: &str) -> Result<Self> {
        let (outer, screen) = x11rb::connect(Some(outer))?;
        let root = outer.setup().roots[screen].root;
        Ok(Self { outer, root })
    }

    /// Goes there and clicks; the moment of the press.
    pub(crate) fn click(&self, x: i16, y: i16) -> Result<Instant> {
        self.outer.xtest_fake_input(MOTION_NOTIFY_EVENT, 0, 0, self.root, x, y, 0)?;
        let pressed = now();
        for kind in [BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT] {
            self.outer.xtest_fake_input(kind, 1, 0, self.root, 0, 0, 0)?;
        }
        self.outer.flush()?;
        Ok(pressed)
    }
}

impl Moves {
    /// Watches a display from now on.
    pub(crate) fn watch(display: &str) -> Result<Self> {
        let (inner, screen) = x11rb::connect(Some(display))?;
        let root = inner.setup().roots[screen].root;
        inner.xinput_xi_query_version(2, 2)?.reply()?;
        let devices = inner.xinput_xi_query_device(Device::ALL)?.reply()?.infos;
        let program = devices.iter().find(|device| {
            device.type_ == DeviceType::SLAVE_POINTER
                && String::from_utf8_lossy(&device.name).contains("XTEST")
        });
        let program = program.context("the display has no XTEST pointer")?.deviceid;
        let mask = EventMask { deviceid: Device::ALL.into(), mask: vec![XIEventMask::RAW_MOTION] };
        inner.xinput_xi_select_events(root, &[mask])?.check()?;
        inner.get_input_focus()?.reply()?;
        let moves = Self::default();
        let seen = moves.clone();
        std::thread::spawn(move || {
            while let Ok(event) = inner.wait_for_event() {
                if let Event::XinputRawMotion(motion) = event
                    && motion.deviceid == program
                {
                    let mut last = seen.0.lock().unwrap_or_else(PoisonError::into_inner);
                    *last = (Some(now()), last.1 + 1);
                }
            }
        });
        Ok(moves)
    }

    pub(crate) fn last(&self) -> (Option<Instant>, u64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
