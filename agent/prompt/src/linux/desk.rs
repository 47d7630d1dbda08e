//! This program's own connection to the display: which devices are a person's, what they do, and the hotkey.
//!
//! Raw events (XInput 2.2) come with the slave device they were made by. XTEST has slave devices of its own, which carry the
//! server's property "XTEST Device"; everything else with a driver is taken for a person's.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, bail};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xinput::{self, ConnectionExt as _, DeviceType, KeyEventFlags, XIEventMask};
use x11rb::protocol::xproto::{self, AtomEnum, ConnectionExt as _, GrabMode, ModMask, Window};
use x11rb::rust_connection::RustConnection;

use crate::clock::now;
use crate::hands::{Hand, Hands, Source};

/// Keysyms (X11/keysymdef.h).
const F10: u32 = 0xffc7;
const F11: u32 = 0xffc8;
const F12: u32 = 0xffc9;
/// Buttons that press something; the others are wheels.
const PRESSING_BUTTONS: std::ops::RangeInclusive<u32> = 1..=3;
const ALL_DEVICES: u16 = 0;

/// The display, as this program watches it.
pub(super) struct Desk {
    pub(super) conn: RustConnection,
    pub(super) root: Window,
    pub(super) hands: Hands,
    devices: BTreeMap<u16, Source>,
    xtest: xproto::Atom,
    keys: Keys,
    /// Keys that a person holds down.
    held: BTreeSet<u32>,
    mask_hit: bool,
    hotkey_hit: Option<Hotkey>,
    covered: bool,
}

/// What a person asks for by keyboard, wherever they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Hotkey {
    /// Ctrl + Shift + F12.
    End,
    /// Ctrl + Shift + F10.
    TakeBack,
}

/// Where the hotkeys' keys are on this keyboard.
#[derive(Default)]
struct Keys {
    f10: Vec<u32>,
    f11: Vec<u32>,
    f12: Vec<u32>,
    shift: Vec<u32>,
    control: Vec<u32>,
}

impl Desk {
    /// Connects and begins to watch all devices.
    pub(super) fn open() -> anyhow::Result<Self> {
        let (conn, screen) = x11rb::connect(None).context(
            "there is no X11 display (DISPLAY) to ask on: log on at the machine, or use --terminal",
        )?;
        let root = conn.setup().roots.get(screen).context("the display has no screen")?.root;
        let version = conn.xinput_xi_query_version(2, 2)?.reply();
        let version =
            version.context("the display lacks XInput 2, so a person can't be told from a program")?;
        if (version.major_version, version.minor_version) < (2, 2) {
            bail!("the display's XInput is older than 2.2, so a person can't be told from a program");
        }
        let wanted = XIEventMask::RAW_KEY_PRESS
            | XIEventMask::RAW_KEY_RELEASE
            | XIEventMask::RAW_BUTTON_PRESS
            | XIEventMask::RAW_BUTTON_RELEASE
            | XIEventMask::RAW_MOTION
            | XIEventMask::RAW_TOUCH_BEGIN
            | XIEventMask::RAW_TOUCH_END
            | XIEventMask::HIERARCHY;
        let mask = xinput::EventMask { deviceid: ALL_DEVICES, mask: vec![wanted] };
        conn.xinput_xi_select_events(root, &[mask])?.check().context("the display hides its devices")?;
        let xtest = conn.intern_atom(false, b"XTEST Device")?.reply()?.atom;
        let mut desk = Self {
            conn,
            root,
            hands: Hands::default(),
            devices: BTreeMap::new(),
            xtest,
            keys: Keys::default(),
            held: BTreeSet::new(),
            mask_hit: false,
            hotkey_hit: None,
            covered: false,
        };
        desk.list_devices()?;
        Ok(desk)
    }

    /// Takes in what the devices did so far. Errors when the display is gone.
    pub(super) fn drain(&mut self) -> anyhow::Result<()> {
        while let Some(event) = self.conn.poll_for_event().context("the display is gone")? {
            self.take(&event)?;
        }
        Ok(())
    }

    /// Whose action it is that a control reports now: first everything that led to it is taken in.
    pub(super) fn judge(&mut self) -> anyhow::Result<Hand> {
        self.sync()?;
        Ok(self.hands.judge(now()))
    }

    /// Whether a person's own press is behind an action that only narrows.
    pub(super) fn take_press(&mut self) -> anyhow::Result<bool> {
        self.sync()?;
        Ok(self.hands.take_press(now()))
    }

    /// Which hotkey a person hit since the last call; the end counts more than anything.
    pub(super) fn take_hotkey(&mut self) -> Option<Hotkey> {
        self.hotkey_hit.take()
    }

    /// Whether a person hit the keys of the mask since the last call.
    pub(super) fn take_mask_key(&mut self) -> bool {
        std::mem::take(&mut self.mask_hit)
    }

    /// Whether the watched window was covered since the last call.
    pub(super) fn take_covered(&mut self) -> bool {
        std::mem::take(&mut self.covered)
    }

    /// Watches for Ctrl + Shift + F10, F11 and F12 of a person. The grab keeps the keys from other programs; raw events find them even
    /// while another program holds the keyboard, and say whose they are.
    pub(super) fn watch_hotkey(&mut self) -> anyhow::Result<()> {
        self.list_keys()?;
        let (lock, num) = (ModMask::LOCK, ModMask::M2);
        let Keys { f10, f11, f12, .. } = &self.keys;
        for &key in f10.iter().chain(f11).chain(f12) {
            for locks in [ModMask::default(), lock, num, lock | num] {
                let mask = ModMask::CONTROL | ModMask::SHIFT | locks;
                let key = u8::try_from(key).unwrap_or(0);
                // Another program may hold it; the raw events suffice then.
                self.conn
                    .grab_key(false, self.root, mask, key, GrabMode::ASYNC, GrabMode::ASYNC)?
                    .ignore_error();
            }
        }
        Ok(self.conn.flush()?)
    }

    /// A round trip: every event older than this call is in the queue afterwards.
    fn sync(&mut self) -> anyhow::Result<()> {
        self.conn.get_input_focus()?.reply().context("the display is gone")?;
        self.drain()
    }

    fn take(&mut self, event: &Event) -> anyhow::Result<()> {
        match event {
            Event::XinputRawKeyPress(e) if !e.flags.contains(KeyEventFlags::KEY_REPEAT) => {
                self.key(e.sourceid, e.detail, true)?;
            }
            Event::XinputRawKeyRelease(e) => self.key(e.sourceid, e.detail, false)?,
            Event::XinputRawButtonPress(e) if PRESSING_BUTTONS.contains(&e.detail) => {
                self.press(e.sourceid, false)?;
            }
            Event::XinputRawButtonRelease(e) if PRESSING_BUTTONS.contains(&e.detail) => {
                self.press(e.sourceid, true)?;
            }
            Event::XinputRawTouchBegin(e) => {
                self.press(e.sourceid, false)?;
            }
            Event::XinputRawTouchEnd(e) => {
                self.press(e.sourceid, true)?;
            }
            Event::XinputRawMotion(e) => {
                let source = self.source(e.sourceid)?;
                self.hands.moved(now(), source);
            }
            Event::XinputHierarchy(_) => self.list_devices()?,
            Event::MappingNotify(_) if !self.keys.f12.is_empty() => self.list_keys()?,
            Event::VisibilityNotify(e) if e.state != xproto::Visibility::UNOBSCURED => self.covered = true,
            _ => {}
        }
        Ok(())
    }

    fn key(&mut self, device: u16, key: u32, down: bool) -> anyhow::Result<()> {
        let source = self.press(device, down)?;
        if source == Source::Person {
            if down {
                self.held.insert(key);
            } else {
                self.held.remove(&key);
            }
            let held = |keys: &[u32]| keys.iter().any(|k| self.held.contains(k));
            if down && held(&self.keys.control) && held(&self.keys.shift) {
                if self.keys.f12.contains(&key) {
                    self.hotkey_hit = Some(Hotkey::End);
                } else if self.keys.f11.contains(&key) {
                    self.mask_hit = true;
                } else if self.keys.f10.contains(&key) {
                    self.hotkey_hit.get_or_insert(Hotkey::TakeBack);
                }
            }
        }
        Ok(())
    }

    fn press(&mut self, device: u16, acts: bool) -> anyhow::Result<Source> {
        let source = self.source(device)?;
        self.hands.pressed(now(), source, acts);
        Ok(source)
    }

    /// Whose device it is; an unknown one is asked for once, and not trusted if the display denies it.
    fn source(&mut self, device: u16) -> anyhow::Result<Source> {
        if !self.devices.contains_key(&device) {
            self.list_devices()?;
        }
        Ok(self.devices.get(&device).copied().unwrap_or(Source::Program))
    }

    fn list_devices(&mut self) -> anyhow::Result<()> {
        let listed = self.conn.xinput_xi_query_device(ALL_DEVICES)?.reply()?;
        let mut devices = BTreeMap::new();
        for device in listed.infos {
            let slave = matches!(device.type_, DeviceType::SLAVE_POINTER | DeviceType::SLAVE_KEYBOARD);
            if !slave {
                continue;
            }
            let property = self.conn.xinput_xi_get_property(
                device.deviceid,
                false,
                self.xtest,
                AtomEnum::ANY.into(),
                0,
                1,
            )?;
            // A device that went away meanwhile is nobody's.
            let Ok(property) = property.reply() else { continue };
            let injects = property.num_items > 0 || String::from_utf8_lossy(&device.name).contains("XTEST");
            let source = if injects { Source::Program } else { Source::Person };
            devices.insert(device.deviceid, source);
        }
        self.devices = devices;
        Ok(())
    }

    fn list_keys(&mut self) -> anyhow::Result<()> {
        let setup = self.conn.setup();
        let (min, max) = (setup.min_keycode, setup.max_keycode);
        let map = self.conn.get_keyboard_mapping(min, max - min + 1)?.reply()?;
        let per_key = usize::from(map.keysyms_per_keycode).max(1);
        let first_key = u32::from(min);
        let making = |keysym: u32| {
            let keys = (first_key..).zip(map.keysyms.chunks(per_key));
            keys.filter(|(_, syms)| syms.contains(&keysym)).map(|(key, _)| key).collect()
        };
        (self.keys.f10, self.keys.f11, self.keys.f12) = (making(F10), making(F11), making(F12));
        let modifiers = self.conn.get_modifier_mapping()?.reply()?;
        let row = usize::from(modifiers.keycodes_per_modifier()).max(1);
        let keys_of = |index: usize| {
            let row = modifiers.keycodes.chunks(row).nth(index).unwrap_or_default();
            row.iter().filter(|&&k| k != 0).map(|&k| u32::from(k)).collect()
        };
        // The protocol's order: Shift, Lock, Control, Mod1 to Mod5.
        (self.keys.shift, self.keys.control) = (keys_of(0), keys_of(2));
        Ok(())
    }
}
