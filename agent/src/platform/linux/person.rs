//! What the person's own devices do, told from what programs do by the device that each raw event came from.
//!
//! XTEST, by which the technician's hands move, has slave devices of its own, which carry the server's property "XTEST Device".

use std::collections::BTreeMap;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use x11rb::connection::{Connection as _, RequestConnection as _};
use x11rb::errors::{ConnectionError, ReplyError};
use x11rb::protocol::Event;
use x11rb::protocol::xinput::{self, ConnectionExt as _, DeviceType, KeyEventFlags, XIEventMask};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _};
use x11rb::rust_connection::RustConnection;

use super::super::{InputError, OpenError, PersonHands};

const ALL_DEVICES: u16 = 0;

/// The devices of one X screen.
pub(in super::super) struct Person {
    connection: RustConnection,
    xtest: u32,
    /// Whether each is a person's.
    devices: BTreeMap<u16, bool>,
}

impl Person {
    /// Connects to a display that has XInput 2.2, and begins to watch all devices.
    pub(in super::super) fn open(display: &str) -> Result<Self, OpenError> {
        let unreachable = |reason: String| OpenError::Unreachable { display: display.to_owned(), reason };
        let (connection, number) =
            x11rb::connect(Some(display)).map_err(|error| unreachable(error.to_string()))?;
        let found = connection
            .extension_information(xinput::X11_EXTENSION_NAME)
            .map_err(|error| unreachable(error.to_string()))?;
        found.ok_or(OpenError::Extension("XInputExtension"))?;
        let screen =
            connection.setup().roots.get(number).ok_or_else(|| unreachable("no such screen".into()))?;
        let root = screen.root;
        let xtest = watch(&connection, root).map_err(|error| unreachable(error.to_string()))?;
        let mut person = Self { connection, xtest, devices: BTreeMap::new() };
        person.list().map_err(|error| unreachable(error.to_string()))?;
        Ok(person)
    }

    /// Takes in what the devices did; whether a person's did anything.
    fn drain(&mut self) -> Result<bool, InputError> {
        let mut acted = false;
        while let Some(event) = self.connection.poll_for_event().map_err(|_| InputError::DisplayGone)? {
            let device = match event {
                // A key that repeats is no act of its own.
                Event::XinputRawKeyPress(e) if e.flags.contains(KeyEventFlags::KEY_REPEAT) => continue,
                Event::XinputRawKeyPress(e) | Event::XinputRawKeyRelease(e) => e.sourceid,
                Event::XinputRawButtonPress(e)
                | Event::XinputRawButtonRelease(e)
                | Event::XinputRawMotion(e) => e.sourceid,
                Event::XinputRawTouchBegin(e)
                | Event::XinputRawTouchUpdate(e)
                | Event::XinputRawTouchEnd(e) => e.sourceid,
                Event::XinputHierarchy(_) => {
                    self.list().map_err(lost)?;
                    continue;
                }
                _ => continue,
            };
            if !self.devices.contains_key(&device) {
                self.list().map_err(lost)?;
            }
            acted |= self.devices.get(&device).copied().unwrap_or(false);
        }
        Ok(acted)
    }

    fn list(&mut self) -> Result<(), ReplyError> {
        let listed = self.connection.xinput_xi_query_device(ALL_DEVICES)?.reply()?;
        let slaves = listed
            .infos
            .into_iter()
            .filter(|device| matches!(device.type_, DeviceType::SLAVE_POINTER | DeviceType::SLAVE_KEYBOARD));
        let mut devices = BTreeMap::new();
        for device in slaves {
            let any = AtomEnum::ANY.into();
            let asked =
                self.connection.xinput_xi_get_property(device.deviceid, false, self.xtest, any, 0, 1)?;
            // A device that went away meanwhile is nobody's.
            let Ok(property) = asked.reply() else { continue };
            let injects = property.num_items > 0 || String::from_utf8_lossy(&device.name).contains("XTEST");
            devices.insert(device.deviceid, !injects);
        }
        self.devices = devices;
        Ok(())
    }
}

impl PersonHands for Person {
    fn wait(&mut self, timeout: Duration) -> Result<bool, InputError> {
        self.connection.flush().map_err(|_| InputError::DisplayGone)?;
        if self.drain()? {
            return Ok(true);
        }
        let timeout = Timespec::try_from(timeout).ok();
        let mut polled = [PollFd::new(self.connection.stream(), PollFlags::IN)];
        match poll(&mut polled, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => self.drain(),
            Err(_) => Err(InputError::DisplayGone),
        }
    }
}

/// Selects raw events, which come whoever holds the keyboard; the atom of the property that tells programs' devices.
fn watch(connection: &RustConnection, root: u32) -> Result<u32, ReplyError> {
    connection.xinput_xi_query_version(2, 2)?.reply()?;
    let wanted = XIEventMask::RAW_KEY_PRESS
        | XIEventMask::RAW_KEY_RELEASE
        | XIEventMask::RAW_BUTTON_PRESS
        | XIEventMask::RAW_BUTTON_RELEASE
        | XIEventMask::RAW_MOTION
        | XIEventMask::RAW_TOUCH_BEGIN
        | XIEventMask::RAW_TOUCH_UPDATE
        | XIEventMask::RAW_TOUCH_END
        | XIEventMask::HIERARCHY;
    let mask = xinput::EventMask { deviceid: ALL_DEVICES, mask: vec![wanted] };
    connection.xinput_xi_select_events(root, &[mask])?.check()?;
    Ok(connection.intern_atom(false, b"XTEST Device")?.reply()?.atom)
}

fn lost(error: ReplyError) -> InputError {
    match error {
        ReplyError::ConnectionError(ConnectionError::IoError(_) | ConnectionError::UnknownError) => {
            InputError::DisplayGone
        }
        error => InputError::Refused(error.to_string()),
    }
}
