//! The technician's hands on real X servers: what a terminal receives is, byte for byte, what was typed.
#![cfg(target_os = "linux")]

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, ensure};
use aval_agent::platform::{InputError, InputSink, native};
use aval_protocol::wire::input::{Button, InputEvent, Key, NOTCH};
use aval_tests::xserver::{XServer, until};
use tempfile::TempDir;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xkb::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    ConnectionExt as _, CreateWindowAux, EventMask, InputFocus, KeyButMask, ModMask, WindowClass,
};
use x11rb::rust_connection::RustConnection;

/// Keys held, the character typed, the key code and the modifiers that arrive.
type Shortcut<'a> = (&'a [Key], char, u32, u16);

const SENTENCE: &str = "Télémaintenance : ça marche, 120 € HT — œuvre d’été, où ? À Noël : «oui». \
                        @#{[|`\\^]}~ AZERTY qwerty 0123456789 l'ÉTÉ, ŒUVRE, Ÿ; «\u{a0}là\u{202f}!\u{a0}» ß ñ 語";

/// A window that has the focus and writes down which keys it gets, as programs see them: key, modifiers.
struct Listener {
    connection: RustConnection,
    window: u32,
}

impl Listener {
    fn open(server: &XServer) -> anyhow::Result<Self> {
        let connection = server.connect()?;
        let screen = connection.setup().roots.first().context("a screen")?;
        let (window, root) = (connection.generate_id()?, screen.root);
        let how = CreateWindowAux::new()
            .override_redirect(1)
            .event_mask(EventMask::KEY_PRESS | EventMask::BUTTON_PRESS | EventMask::EXPOSURE);
        let class = WindowClass::INPUT_OUTPUT;
        connection.create_window(0, window, root, 0, 0, 400, 300, 0, class, 0, &how)?.check()?;
        connection.map_window(window)?.check()?;
        until("the window is there", || Ok(connection.poll_for_event()?))?;
        connection.set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME)?.check()?;
        Ok(Self { connection, window })
    }

    /// The next key that is no modifier: the character on it (without modifiers, in its first layout) and the modifiers held.
    fn key(&self) -> anyhow::Result<(u32, u16)> {
        loop {
            let event = until("a key", || Ok(self.connection.poll_for_event()?))?;
            let Event::KeyPress(event) = event else { continue };
            let map = self.connection.get_keyboard_mapping(event.detail, 1)?.reply()?;
            let symbol = *map.keysyms.first().context("a symbol")?;
            if !(0xffe1..=0xffee).contains(&symbol) && symbol != 0xfe03 {
                return Ok((symbol, u16::from(event.state)));
            }
        }
    }

    /// The buttons pressed up to and with `last`. The hands' own connection may be served later than this one, so what the server
    /// knows by now is no answer: the last press says that the ones before it are here.
    fn buttons_until(&self, last: u8) -> anyhow::Result<Vec<u8>> {
        let mut buttons = Vec::new();
        while buttons.last() != Some(&last) {
            if let Event::ButtonPress(event) = until("a button", || Ok(self.connection.poll_for_event()?))? {
                buttons.push(event.detail);
            }
        }
        Ok(buttons)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.connection.destroy_window(self.window);
        let _ = self.connection.flush();
    }
}

/// A terminal that writes what it is typed into a file.
struct Terminal {
    child: Child,
    folder: TempDir,
}

impl Terminal {
    fn open(server: &XServer) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let script = format!("stty raw -echo; : > {0}/ready; exec cat > {0}/typed", folder.path().display());
        let child = Command::new("xterm")
            .args(["-display", server.display(), "-u8", "-geometry", "80x24+0+0", "-e", "sh", "-c", &script])
            .envs([("LC_ALL", "C.UTF-8"), ("XMODIFIERS", "@im=none")])
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("xterm cannot be started: install the package xterm")?;
        let terminal = Self { child, folder };
        until("the terminal is ready", || Ok(terminal.path("ready").exists().then_some(())))?;
        Ok(terminal)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn typed(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.path("typed")).unwrap_or_default()).into_owned()
    }

    /// Waits until at least that much came and says what.
    fn receives(&self, expected: &str) -> anyhow::Result<()> {
        let arrived = until(expected, || {
            let typed = self.typed();
            Ok((typed.chars().count() >= expected.chars().count()).then_some(typed))
        });
        let typed = self.typed();
        arrived.with_context(|| format!("the terminal received {typed:?}"))?;
        ensure!(typed == expected, "typed    {expected:?}\nreceived {typed:?}");
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Hands whose pointer, and with it the focus, is on the terminal.
fn hands(server: &XServer) -> anyhow::Result<Box<dyn InputSink>> {
    let mut hands = native().open_input(Some(server.display()))?;
    hands.inject(InputEvent::Move { x: 100, y: 100 })?;
    Ok(hands)
}

fn type_text(hands: &mut dyn InputSink, text: &str) -> Result<(), InputError> {
    text.chars().try_for_each(|c| type_char(hands, c))
}

fn type_char(hands: &mut dyn InputSink, c: char) -> Result<(), InputError> {
    loop {
        match hands.inject(InputEvent::Char(c)) {
            Err(InputError::Busy(pause)) => std::thread::sleep(pause),
            done => return done,
        }
    }
}

fn hold(hands: &mut dyn InputSink, key: Key, down: bool) -> Result<(), InputError> {
    hands.inject(InputEvent::Key { key, down })
}

fn mapping(connection: &RustConnection) -> anyhow::Result<Vec<u32>> {
    let (min, max) = (connection.setup().min_keycode, connection.setup().max_keycode);
    Ok(connection.get_keyboard_mapping(min, max - min + 1)?.reply()?.keysyms)
}

#[test]
fn a_french_sentence_arrives_whatever_the_layout() -> anyhow::Result<()> {
    let server = XServer::start(40, "800x600x24", &[])?;
    for layout in ["us", "fr", "be", "de", "ru"] {
        server.layout(layout)?;
        let terminal = Terminal::open(&server)?;
        let mut hands = hands(&server)?;
        type_text(hands.as_mut(), SENTENCE)?;
        terminal.receives(SENTENCE).with_context(|| layout.to_owned())?;
    }
    Ok(())
}

#[test]
fn the_layout_switched_to_is_the_one_that_counts() -> anyhow::Result<()> {
    let server = XServer::start(41, "800x600x24", &[])?;
    server.layout("us,fr")?;
    let terminal = Terminal::open(&server)?;
    let mut hands = hands(&server)?;
    type_text(hands.as_mut(), "azqwm,1é")?;
    let person = server.connect()?;
    person.xkb_use_extension(1, 0)?.reply()?;
    let none = ModMask::from(0_u16);
    person.xkb_latch_lock_state(0x100, none, none, true, xkb::Group::M2, none, false, 0)?.check()?;
    type_text(hands.as_mut(), "azqwm,1é")?;
    // A terminal that is slow to read its keys would read them by the next layout.
    terminal.receives("azqwm,1éazqwm,1é")?;
    server.layout("de")?;
    type_text(hands.as_mut(), "zyß")?;
    terminal.receives("azqwm,1éazqwm,1ézyß")
}

#[test]
fn held_shift_and_caps_lock_change_no_character() -> anyhow::Result<()> {
    let server = XServer::start(42, "800x600x24", &[])?;
    server.layout("fr")?;
    let terminal = Terminal::open(&server)?;
    let mut hands = hands(&server)?;
    hold(hands.as_mut(), Key::ShiftLeft, true)?;
    type_text(hands.as_mut(), "aB1é€")?;
    hold(hands.as_mut(), Key::ShiftLeft, false)?;
    hold(hands.as_mut(), Key::AltRight, true)?;
    type_text(hands.as_mut(), "e€@")?;
    hold(hands.as_mut(), Key::AltRight, false)?;
    let person = server.connect()?;
    person.xkb_use_extension(1, 0)?.reply()?;
    let lock = ModMask::LOCK;
    let none = ModMask::from(0_u16);
    person.xkb_latch_lock_state(0x100, lock, lock, false, xkb::Group::M1, none, false, 0)?.check()?;
    type_text(hands.as_mut(), "aB1é€œŒ")?;
    terminal.receives("aB1é€e€@aB1é€œŒ")?;
    let locked = person.xkb_get_state(0x100)?.reply()?.locked_mods;
    ensure!(u16::from(locked) & u16::from(lock) != 0, "the person's Caps Lock is left alone");
    Ok(())
}

#[test]
fn a_shortcut_is_the_key_of_its_letter() -> anyhow::Result<()> {
    let server = XServer::start(43, "800x600x24", &[])?;
    for layout in ["fr", "us"] {
        server.layout(layout)?;
        let terminal = Terminal::open(&server)?;
        let mut hands = hands(&server)?;
        hold(hands.as_mut(), Key::ControlLeft, true)?;
        type_text(hands.as_mut(), "aZw")?;
        hold(hands.as_mut(), Key::ControlLeft, false)?;
        type_text(hands.as_mut(), "a")?;
        for key in [Key::Enter, Key::ArrowUp, Key::F5, Key::Delete] {
            hold(hands.as_mut(), key, true)?;
            hold(hands.as_mut(), key, false)?;
        }
        type_text(hands.as_mut(), "\n\t.")?;
        terminal.receives("\u{1}\u{1a}\u{17}a\r\u{1b}[A\u{1b}[15~\u{1b}[3~\r\t.").context(layout)?;
    }
    Ok(())
}

/// What a technician's keyboard holds, the character it makes, and what the client's programs must get.
#[test]
fn shortcuts_reach_programs_as_on_the_client_s_own_keyboard() -> anyhow::Result<()> {
    use Key::{AltLeft, AltRight, ControlLeft, MetaLeft, ShiftLeft};
    let server = XServer::start(51, "800x600x24", &[])?;
    let listener = Listener::open(&server)?;
    const CTRL: u16 = 4;
    const SHIFT: u16 = 1;
    let letter = |c: char| u32::from(c);
    let of_all: &[(&[Key], char, u32, u16)] = &[
        (&[ControlLeft], 'c', letter('c'), CTRL),
        (&[ControlLeft], 'C', letter('c'), CTRL),
        (&[ControlLeft], 'z', letter('z'), CTRL),
        (&[ControlLeft], 'a', letter('a'), CTRL),
        (&[ControlLeft, ShiftLeft], 'T', letter('t'), CTRL | SHIFT),
        (&[AltLeft], 'f', letter('f'), 8),
        (&[MetaLeft], 'e', letter('e'), 64),
        (&[ControlLeft, ShiftLeft], ' ', letter(' '), CTRL | SHIFT),
    ];
    let of_each: [(&str, &[Shortcut<'_>]); 3] = [
        // On AZERTY a digit needs Shift, on QWERTY it must not have it.
        (
            "fr",
            &[
                (&[ControlLeft, ShiftLeft], '1', letter('&'), CTRL | SHIFT),
                (&[ControlLeft], '&', letter('&'), CTRL),
            ],
        ),
        ("us", &[(&[ControlLeft, ShiftLeft], '1', letter('1'), CTRL), (&[AltRight], '1', letter('1'), 8)]),
        // Another alphabet first: the Latin letter is still the shortcut.
        ("ru,us", &[(&[ControlLeft, ShiftLeft], 'V', 0x6cd, CTRL | SHIFT)]),
    ];
    for (layout, more) in of_each {
        server.layout(layout)?;
        let mut hands = native().open_input(Some(server.display()))?;
        let common = if layout == "ru,us" { &[] } else { of_all };
        for (keys, c, symbol, state) in common.iter().chain(more) {
            keys.iter().try_for_each(|key| hold(hands.as_mut(), *key, true))?;
            type_char(hands.as_mut(), *c)?;
            keys.iter().rev().try_for_each(|key| hold(hands.as_mut(), *key, false))?;
            let got = listener.key().with_context(|| format!("{layout}: {keys:?} {c}"))?;
            ensure!(got == (*symbol, *state), "{layout}: {keys:?} {c} came as {got:x?}");
        }
    }
    Ok(())
}

#[test]
fn a_position_is_the_clients_key_whatever_it_makes() -> anyhow::Result<()> {
    for (number, layout, made) in [(58, "us", ['q', 'a', 'z', '1']), (59, "fr", ['a', 'q', 'w', '&'])] {
        let server = XServer::start(number, "800x600x24", &[])?;
        server.layout(layout)?;
        let listener = Listener::open(&server)?;
        let mut hands = hands(&server)?;
        for (key, char) in [Key::KeyQ, Key::KeyA, Key::KeyZ, Key::Digit1].into_iter().zip(made) {
            hold(hands.as_mut(), key, true)?;
            hold(hands.as_mut(), key, false)?;
            let (got, state) = listener.key()?;
            ensure!((got, state) == (u32::from(char), 0), "{key} on {layout} came as {got:x} {state:x}");
        }
    }
    Ok(())
}

#[test]
fn named_keys_reach_programs_and_the_wheel_adds_up() -> anyhow::Result<()> {
    let server = XServer::start(52, "800x600x24", &[])?;
    let listener = Listener::open(&server)?;
    let mut hands = hands(&server)?;
    let named = [
        (Key::NumpadEnter, 0xff8d),
        (Key::Numpad7, 0xff95),
        (Key::NumpadDecimal, 0xff9f),
        (Key::NumpadDivide, 0xffaf),
        (Key::PrintScreen, 0xff61),
        (Key::Pause, 0xff13),
        (Key::ScrollLock, 0xff14),
        (Key::NumLock, 0xff7f),
        (Key::F4, 0xffc1),
        (Key::F24, 0xffd5),
        (Key::ContextMenu, 0xff67),
    ];
    for (key, symbol) in named {
        hold(hands.as_mut(), key, true)?;
        hold(hands.as_mut(), key, false)?;
        let (got, _) = listener.key().with_context(|| format!("{key}"))?;
        ensure!(got == symbol, "{key} came as {got:x}");
    }
    // Num Lock is on by now; it does not matter to characters, and Alt+F4 is Alt+F4.
    hold(hands.as_mut(), Key::AltLeft, true)?;
    hold(hands.as_mut(), Key::F4, true)?;
    hands.release_all();
    let (key, state) = listener.key()?;
    ensure!((key, state & !0x10) == (0xffc1, 8), "{key:x} {state:x}");
    for part in [NOTCH / 4, NOTCH / 4, NOTCH / 2, NOTCH / 2, -NOTCH, NOTCH * 2] {
        hands.inject(InputEvent::Wheel { dx: 0, dy: part })?;
    }
    hands.inject(InputEvent::Wheel { dx: -NOTCH, dy: 0 })?;
    ensure!(listener.buttons_until(6)? == [5, 4, 5, 5, 6], "notches down, up, down twice, left");
    Ok(())
}

#[test]
fn a_held_key_repeats_and_locks_change_no_character() -> anyhow::Result<()> {
    let server = XServer::start(53, "800x600x24", &[])?;
    for layout in ["fr", "us"] {
        server.layout(layout)?;
        let terminal = Terminal::open(&server)?;
        let mut hands = hands(&server)?;
        for lock in [Key::CapsLock, Key::NumLock] {
            hold(hands.as_mut(), lock, true)?;
            hold(hands.as_mut(), lock, false)?;
        }
        type_text(hands.as_mut(), SENTENCE)?;
        terminal.receives(SENTENCE).with_context(|| layout.to_owned())?;
        for lock in [Key::CapsLock, Key::NumLock] {
            hold(hands.as_mut(), lock, true)?;
            hold(hands.as_mut(), lock, false)?;
        }
        let before = terminal.typed().len();
        hold(hands.as_mut(), Key::ArrowUp, true)?;
        until("the held key repeats", || Ok((terminal.typed().len() >= before + 9).then_some(())))?;
        hold(hands.as_mut(), Key::ArrowUp, false)?;
    }
    Ok(())
}

#[test]
fn more_foreign_characters_than_spare_keys_reach_even_a_slow_program() -> anyhow::Result<()> {
    let server = XServer::start(44, "800x600x24", &[])?;
    server.layout("us")?;
    let before = mapping(&server.connect()?)?;
    let terminal = Terminal::open(&server)?;
    let mut hands = hands(&server)?;
    let pid = rustix::process::Pid::from_raw(i32::try_from(terminal.child.id())?).context("pid")?;
    let text: String = ('α'..='ω').chain('а'..='я').chain('ぁ'..='ん').collect();
    let mut waits = 0;
    for (count, c) in text.chars().enumerate() {
        if count % 20 == 0 {
            rustix::process::kill_process(pid, rustix::process::Signal::STOP)?;
        }
        if hands.inject(InputEvent::Char(c)).is_err() {
            rustix::process::kill_process(pid, rustix::process::Signal::CONT)?;
            waits += 1;
            type_char(hands.as_mut(), c)?;
        }
        if count % 20 == 10 {
            rustix::process::kill_process(pid, rustix::process::Signal::CONT)?;
        }
    }
    rustix::process::kill_process(pid, rustix::process::Signal::CONT)?;
    terminal.receives(&text)?;
    ensure!(waits > 0, "more keys to lend than this text has characters: lengthen it");
    drop(hands);
    let connection = server.connect()?;
    until("the spare keys are given back", || Ok((mapping(&connection)? == before).then_some(())))
}

#[test]
fn nothing_stays_pressed() -> anyhow::Result<()> {
    let server = XServer::start(45, "800x600x24", &[])?;
    let connection = server.connect()?;
    let root = connection.setup().roots.first().context("a root")?.root;
    let pressed = || -> anyhow::Result<(usize, bool)> {
        let keys = connection.query_keymap()?.reply()?.keys;
        let mask = connection.query_pointer(root)?.reply()?.mask;
        let keys = keys.iter().map(|byte| byte.count_ones() as usize).sum();
        Ok((keys, mask.contains(KeyButMask::BUTTON1)))
    };
    for way in ["event", "call", "drop"] {
        let mut hands = hands(&server)?;
        for key in [Key::ControlLeft, Key::ShiftLeft, Key::Delete] {
            hold(hands.as_mut(), key, true)?;
        }
        hands.inject(InputEvent::Button { button: Button::Left, down: true })?;
        until("all is pressed", || Ok((pressed()? == (3, true)).then_some(())))?;
        match way {
            "event" => hands.inject(InputEvent::ReleaseAll)?,
            "call" => hands.release_all(),
            _ => drop(hands),
        }
        ensure!(pressed()? == (0, false), "{way}");
    }
    Ok(())
}

#[test]
fn the_pointer_stays_on_the_screen_and_unknown_keys_are_refused() -> anyhow::Result<()> {
    let mut server = XServer::start(46, "800x600x24", &[])?;
    let connection = server.connect()?;
    let root = connection.setup().roots.first().context("a root")?.root;
    let mut hands = hands(&server)?;
    for (to, at) in [((17, 23), (17, 23)), ((u16::MAX, u16::MAX), (799, 599)), ((0, 0), (0, 0))] {
        hands.inject(InputEvent::Move { x: to.0, y: to.1 })?;
        hands.inject(InputEvent::Wheel { dx: i16::MIN, dy: i16::MAX })?;
        hands.release_all();
        let pointer = connection.query_pointer(root)?.reply()?;
        assert_eq!((pointer.root_x, pointer.root_y), at);
    }
    let refused = [
        (InputEvent::Key { key: Key::Unknown(999), down: true }, InputError::NoSuchKey),
        (InputEvent::Button { button: Button::Unknown(9), down: true }, InputError::NoSuchKey),
        (InputEvent::Char('\u{0}'), InputError::NoSuchCharacter),
    ];
    for (event, error) in refused {
        assert_eq!(hands.inject(event), Err(error));
    }
    hands.inject(InputEvent::Char('a'))?;
    server.kill()?;
    assert_eq!(hands.inject(InputEvent::Char('a')), Err(InputError::DisplayGone));
    hands.release_all();
    Ok(())
}
