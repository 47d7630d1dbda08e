//! The technician's hands on an X screen: XTEST events, characters found in the client's own layout.

use aval_protocol::wire::input::{Button, InputEvent, Key, NOTCH};
use aval_transport::clock::Clock;
use x11rb::connection::{Connection, RequestConnection as _};
use x11rb::errors::{ConnectionError, ReplyError};
use x11rb::protocol::Event;
use x11rb::protocol::xkb::{self, ConnectionExt as _, EventType, MapPart, SelectEventsAux};
use x11rb::protocol::xproto::{
    BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ChangeWindowAttributesAux, ConnectionExt as _, EventMask,
    KEY_PRESS_EVENT, KEY_RELEASE_EVENT, MOTION_NOTIFY_EVENT, ModMask,
};
use x11rb::protocol::xtest::{self, ConnectionExt as _};
use x11rb::rust_connection::RustConnection;

use super::super::{InputError, InputSink, OpenError};
use super::keyboard::{
    ALT, CAPS_LOCK, CONTROL, CORE_KEYBOARD, GROUPS, Keymap, SHIFT, SUPER, Stroke, bits, u8_of,
};
use super::keycode;
use super::keysym;
use super::spare::{Choice, Spares};

/// Most wheel notches of one event: a full turn of a finger, not a runaway.
const MAX_NOTCHES: u16 = 20;

/// Keyboard and pointer of one X screen.
pub(in super::super) struct Hands {
    display: String,
    connection: RustConnection,
    clock: Clock,
    root: u32,
    size: (u16, u16),
    keymap: Keymap,
    /// The layout may have changed since it was read.
    outdated: bool,
    spares: Spares,
    /// What is held down by our doing, in the order it was pressed. A key remembers its code: the layout may change meanwhile.
    held: Vec<(Key, u8)>,
    buttons: Vec<Button>,
    /// Parts of a notch that the wheel has turned and X has not heard of: sideways, down.
    turned: [i16; 2],
}

impl Hands {
    /// Connects to a display that has XTEST and XKB.
    pub(in super::super) fn open(display: &str) -> Result<Self, OpenError> {
        let unreachable = |reason: String| OpenError::Unreachable { display: display.to_owned(), reason };
        let (connection, number) =
            x11rb::connect(Some(display)).map_err(|error| unreachable(error.to_string()))?;
        for (name, called) in [(xtest::X11_EXTENSION_NAME, "XTEST"), (xkb::X11_EXTENSION_NAME, "XKEYBOARD")] {
            let found =
                connection.extension_information(name).map_err(|error| unreachable(error.to_string()))?;
            found.ok_or(OpenError::Extension(called))?;
        }
        let screen =
            connection.setup().roots.get(number).ok_or_else(|| unreachable("no such screen".into()))?;
        let (root, size) = (screen.root, (screen.width_in_pixels, screen.height_in_pixels));
        let keymap = prepare(&connection, root).map_err(|error| unreachable(error.to_string()))?;
        let spares = Spares::new(keymap.unused());
        let (held, buttons, turned) = (Vec::new(), Vec::new(), [0; 2]);
        let clock = Clock::system();
        let display = display.to_owned();
        Ok(Self {
            display,
            connection,
            clock,
            root,
            size,
            keymap,
            outdated: false,
            spares,
            held,
            buttons,
            turned,
        })
    }

    /// Types one character, whatever the layout, the modifiers held by us, and Caps Lock.
    fn char(&mut self, c: char) -> Result<(), InputError> {
        if let Some(symbol) = keysym::of_control(c) {
            return self.tap_symbol(symbol);
        }
        let symbols = keysym::of_char(c);
        let preferred = *symbols.first().ok_or(InputError::NoSuchCharacter)?;
        let state = self.state()?;
        let held = self.held_modifiers(|_| true);
        // The technician's AltGr made the character, also where the client's right Alt key is an Alt key.
        let meant = self.held_modifiers(|key| key != Key::AltRight || c.is_ascii_alphanumeric());
        if meant & (CONTROL | ALT | SUPER) != 0 {
            return self.shortcut(c, preferred, &state, held, meant);
        }
        let found = symbols.iter().find_map(|symbol| self.keymap.find(*symbol, state.group, state.locked));
        let stroke = match found {
            Some(stroke) => stroke,
            None => self.lend(preferred)?,
        };
        if state.caps {
            self.set_caps_lock(false)?;
        }
        self.stroke(stroke, held)?;
        if state.caps {
            self.set_caps_lock(true)?;
        }
        self.flush()
    }

    /// A character while Control, Alt or Super is held means the key that carries it, not the character.
    fn shortcut(
        &mut self,
        c: char,
        symbol: u32,
        state: &State,
        held: u8,
        meant: u8,
    ) -> Result<(), InputError> {
        // Shift belongs to the shortcut where it does not choose the character (T), elsewhere it only made it (1 on AZERTY).
        let shift = if c.is_alphabetic() || c == ' ' { SHIFT } else { 0 };
        let hold = meant & (CONTROL | ALT | SUPER | shift);
        let lower = c.to_lowercase().next().map(keysym::of_char).unwrap_or_default();
        let base = |group: usize| {
            lower.iter().chain([&symbol]).find_map(|symbol| self.keymap.base_key(*symbol, group))
        };
        let stroke = match (base(state.group), self.keymap.find(symbol, state.group, state.locked)) {
            (Some(keycode), _) => Stroke { keycode, hold },
            (None, Some(stroke)) => Stroke { hold: stroke.hold | hold, ..stroke },
            // Programs know a shortcut by its Latin letter, also while another alphabet is switched to.
            (None, None) => match (0..GROUPS).find_map(base) {
                Some(keycode) => Stroke { keycode, hold },
                None => Stroke { hold, ..self.lend(symbol)? },
            },
        };
        self.stroke(stroke, held)?;
        self.flush()
    }

    /// Presses and releases the key of a symbol with whatever is held.
    fn tap_symbol(&mut self, symbol: u32) -> Result<(), InputError> {
        let keycode = self.keycode_of(&[symbol])?;
        self.key(keycode, true)?;
        self.key(keycode, false)?;
        self.flush()
    }

    /// A named key goes down or up.
    fn named(&mut self, key: Key, down: bool) -> Result<(), InputError> {
        let at = self.held.iter().position(|(held, _)| *held == key);
        match (at, down) {
            // The server repeats a held key by itself.
            (Some(_), true) | (None, false) => Ok(()),
            (Some(at), false) => {
                let (_, keycode) = self.held.remove(at);
                self.key(keycode, false)?;
                self.flush()
            }
            (None, true) => {
                let keycode = match keycode::of_position(key) {
                    Some(keycode) => keycode,
                    None => self.keycode_of(keysym::of_key(key))?,
                };
                self.key(keycode, true)?;
                self.held.push((key, keycode));
                self.flush()
            }
        }
    }

    fn keycode_of(&mut self, symbols: &[u32]) -> Result<u8, InputError> {
        let state = self.state()?;
        let preferred = *symbols.first().ok_or(InputError::NoSuchKey)?;
        match symbols.iter().find_map(|symbol| self.keymap.base_key(*symbol, state.group)) {
            Some(keycode) => Ok(keycode),
            None => Ok(self.lend(preferred)?.keycode),
        }
    }

    /// One key with exactly the modifiers of its stroke; ours are put back afterwards.
    fn stroke(&mut self, stroke: Stroke, held: u8) -> Result<(), InputError> {
        let lifted: Vec<u8> = self
            .held
            .iter()
            .filter(|held| self.holds(held) & !stroke.hold != 0)
            .map(|(_, keycode)| *keycode)
            .collect();
        let kept = held & stroke.hold;
        let added: Vec<u8> =
            bits(stroke.hold & !kept).filter_map(|bit| self.keymap.modifier_key(bit)).collect();
        for keycode in &lifted {
            self.key(*keycode, false)?;
        }
        for keycode in &added {
            self.key(*keycode, true)?;
        }
        self.key(stroke.keycode, true)?;
        self.key(stroke.keycode, false)?;
        for keycode in added.iter().rev() {
            self.key(*keycode, false)?;
        }
        for keycode in &lifted {
            self.key(*keycode, true)?;
        }
        self.spares.used(stroke.keycode, self.clock.monotonic());
        Ok(())
    }

    /// Gives a spare key a symbol.
    fn lend(&mut self, symbol: u32) -> Result<Stroke, InputError> {
        let now = self.clock.monotonic();
        let unused = self.keymap.unused();
        let free = |code, ours| unused.contains(&code) || (ours != 0 && self.keymap.makes_only(code, ours));
        match self.spares.choose(now, free) {
            Choice::None => Err(InputError::NoSuchCharacter),
            Choice::Wait(pause) => Err(InputError::Busy(pause)),
            Choice::Lend(keycode) => {
                bind(&self.connection, keycode, symbol)?;
                self.spares.lent(keycode, symbol, now);
                self.keymap = Keymap::load(&self.connection).map_err(failed)?;
                Ok(Stroke { keycode, hold: 0 })
            }
        }
    }

    /// Locks and group at present; the layout is read anew if it changed.
    fn state(&mut self) -> Result<State, InputError> {
        let reply = self.connection.xkb_get_state(CORE_KEYBOARD).map_err(gone)?.reply().map_err(failed)?;
        // Every announcement before the reply has come with it.
        self.read_events()?;
        if self.outdated {
            self.keymap = Keymap::load(&self.connection).map_err(failed)?;
            self.outdated = false;
        }
        let locked = u8_of(reply.locked_mods);
        Ok(State {
            group: usize::from(u8::from(reply.group)),
            locked: locked & !CAPS_LOCK,
            caps: locked & CAPS_LOCK != 0,
        })
    }

    fn read_events(&mut self) -> Result<(), InputError> {
        while let Some(event) = self.connection.poll_for_event().map_err(gone)? {
            match event {
                Event::MappingNotify(_) | Event::XkbMapNotify(_) | Event::XkbNewKeyboardNotify(_) => {
                    self.outdated = true;
                }
                Event::ConfigureNotify(event) if event.window == self.root => {
                    self.size = (event.width, event.height);
                }
                Event::Error(error) => return Err(InputError::Refused(format!("{:?}", error.error_kind))),
                _ => {}
            }
        }
        Ok(())
    }

    /// The modifiers that keys of ours hold, as far as those keys count.
    fn held_modifiers(&self, counts: impl Fn(Key) -> bool) -> u8 {
        let held = self.held.iter().filter(|(key, _)| counts(*key));
        held.fold(0, |mods, held| mods | self.holds(held))
    }

    /// The modifiers that a key sets while it is held; one that locks holds none.
    fn holds(&self, (key, keycode): &(Key, u8)) -> u8 {
        let locks = matches!(key, Key::CapsLock | Key::NumLock | Key::ScrollLock);
        if locks { 0 } else { self.keymap.modifiers_of(*keycode) }
    }

    fn set_caps_lock(&self, on: bool) -> Result<(), InputError> {
        let (none, lock) = (ModMask::from(0_u16), ModMask::LOCK);
        let locks = if on { lock } else { none };
        self.connection
            .xkb_latch_lock_state(CORE_KEYBOARD, lock, locks, false, xkb::Group::M1, none, false, 0)
            .map_err(gone)?;
        Ok(())
    }

    fn key(&self, keycode: u8, down: bool) -> Result<(), InputError> {
        self.fake(if down { KEY_PRESS_EVENT } else { KEY_RELEASE_EVENT }, keycode, 0, 0)
    }

    fn button(&self, number: u8, down: bool) -> Result<(), InputError> {
        self.fake(if down { BUTTON_PRESS_EVENT } else { BUTTON_RELEASE_EVENT }, number, 0, 0)
    }

    fn fake(&self, kind: u8, detail: u8, x: i16, y: i16) -> Result<(), InputError> {
        self.connection.xtest_fake_input(kind, detail, 0, self.root, x, y, 0).map_err(gone)?;
        Ok(())
    }

    fn flush(&self) -> Result<(), InputError> {
        self.connection.flush().map_err(gone)
    }

    fn press(&mut self, button: Button, down: bool) -> Result<(), InputError> {
        let number = button_number(button).ok_or(InputError::NoSuchKey)?;
        let held = self.buttons.contains(&button);
        if held == down {
            return Ok(());
        }
        if down {
            self.buttons.push(button);
        } else {
            self.buttons.retain(|other| *other != button);
        }
        self.button(number, down)?;
        self.flush()
    }

    fn wheel(&mut self, dx: i16, dy: i16) -> Result<(), InputError> {
        let [sideways, down] = &mut self.turned;
        // X's wheel is four buttons: up, down, left, right.
        for (notches, backward, forward) in [(notches(down, dy), 4, 5), (notches(sideways, dx), 6, 7)] {
            let button = if notches < 0 { backward } else { forward };
            for _ in 0..notches.unsigned_abs().min(MAX_NOTCHES) {
                self.button(button, true)?;
                self.button(button, false)?;
            }
        }
        self.flush()
    }

    fn go(&self, x: u16, y: u16) -> Result<(), InputError> {
        let inside = |at: u16, size: u16| i16::try_from(at.min(size.saturating_sub(1))).unwrap_or(i16::MAX);
        self.fake(MOTION_NOTIFY_EVENT, 0, inside(x, self.size.0), inside(y, self.size.1))?;
        self.flush()
    }

    /// Returns the lent keys once slow programs have read them.
    fn give_back(&mut self) {
        let (keys, kept) = self.spares.to_return(self.clock.monotonic());
        if keys.is_empty() {
            return;
        }
        std::thread::sleep(kept);
        if let Err(error) = unbind(&self.display, &keys) {
            tracing::debug!(%error, "lent keys were not given back");
        }
    }
}

impl InputSink for Hands {
    fn inject(&mut self, event: InputEvent) -> Result<(), InputError> {
        self.read_events()?;
        match event {
            InputEvent::Move { x, y } => self.go(x, y),
            InputEvent::Button { button, down } => self.press(button, down),
            InputEvent::Wheel { dx, dy } => self.wheel(dx, dy),
            InputEvent::Char(c) => self.char(c),
            InputEvent::Key { key, down } => self.named(key, down),
            InputEvent::ReleaseAll => {
                self.release_all();
                Ok(())
            }
        }
    }

    fn release_all(&mut self) {
        for (_, keycode) in std::mem::take(&mut self.held).into_iter().rev() {
            let _ = self.key(keycode, false);
        }
        for button in std::mem::take(&mut self.buttons) {
            if let Some(number) = button_number(button) {
                let _ = self.button(number, false);
            }
        }
        // The answer comes after the releases are done; without a server nothing is held.
        if let Ok(cookie) = self.connection.get_input_focus() {
            let _ = cookie.reply();
        }
    }
}

impl Drop for Hands {
    /// Takes up to a second when keys were lent: then nothing of them is left.
    fn drop(&mut self) {
        self.release_all();
        self.give_back();
    }
}

/// The keyboard's state as far as it decides what a key makes.
struct State {
    group: usize,
    /// Without Caps Lock.
    locked: u8,
    caps: bool,
}

/// Both levels get the symbol, so that a held Shift does not matter. Returns when the server did it.
fn bind(connection: &RustConnection, keycode: u8, symbol: u32) -> Result<(), InputError> {
    let cookie = connection.change_keyboard_mapping(1, keycode, 2, &[symbol, symbol]).map_err(gone)?;
    cookie.check().map_err(failed)
}

/// Takes symbols from the keys that still have them.
fn unbind(display: &str, keys: &[(u8, u32)]) -> Result<(), InputError> {
    let (connection, _) = x11rb::connect(Some(display)).map_err(|_| InputError::DisplayGone)?;
    connection.xkb_use_extension(1, 0).map_err(gone)?.reply().map_err(failed)?;
    let keymap = Keymap::load(&connection).map_err(failed)?;
    let ours = keys.iter().filter(|(keycode, symbol)| keymap.makes_only(*keycode, *symbol));
    ours.map(|(keycode, _)| *keycode).try_for_each(|keycode| bind(&connection, keycode, 0))
}

/// Starts XKB, asks to be told of changes, reads the layout.
fn prepare(connection: &RustConnection, root: u32) -> Result<Keymap, ReplyError> {
    connection.xkb_use_extension(1, 0)?.reply()?;
    connection.xtest_get_version(2, 2)?.reply()?;
    let events = EventType::MAP_NOTIFY | EventType::NEW_KEYBOARD_NOTIFY;
    let none = EventType::from(0_u16);
    let parts = MapPart::KEY_TYPES | MapPart::KEY_SYMS | MapPart::MODIFIER_MAP;
    connection
        .xkb_select_events(CORE_KEYBOARD, none, events, parts, parts, &SelectEventsAux::new())?
        .check()?;
    let watched = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
    connection.change_window_attributes(root, &watched)?.check()?;
    Keymap::load(connection)
}

/// Whole notches of a turn and of what was left over; what is left over is kept. Turning back begins anew.
fn notches(left: &mut i16, turn: i16) -> i16 {
    let before = if left.signum() * turn.signum() < 0 { 0 } else { *left };
    let all = before.saturating_add(turn);
    *left = all % NOTCH;
    all / NOTCH
}

/// X's number of a button.
fn button_number(button: Button) -> Option<u8> {
    match button {
        Button::Left => Some(1),
        Button::Middle => Some(2),
        Button::Right => Some(3),
        Button::Unknown(_) => None,
    }
}

#[allow(clippy::needless_pass_by_value, reason = "the shape map_err wants")]
fn gone(_error: ConnectionError) -> InputError {
    InputError::DisplayGone
}

fn failed(error: ReplyError) -> InputError {
    match error {
        ReplyError::ConnectionError(_) => InputError::DisplayGone,
        ReplyError::X11Error(error) => InputError::Refused(format!("{:?}", error.error_kind)),
    }
}
