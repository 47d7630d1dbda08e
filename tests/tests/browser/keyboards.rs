//! Two technicians' keyboards on two clients' layouts: what is pressed on the one is what a real editor receives on the other.
//!
//! The keys are physical ones: codes of keys pressed on the X server that a browser with a window shows on, so that dead keys, AltGr
//! and the layout's own tables are Chromium's and X's business, as on a technician's desk.

use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use aval_tests::browser::{Browser, Console, Screen};
use aval_tests::world::{CONTRACT, World, editor};
use aval_tests::xserver::XServer;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::ConnectionExt as _;

use aval_tests::browser::steps::{choose, click_editor, granted};

/// Codes of the keys of a PC keyboard in X (evdev).
const SHIFT: u8 = 50;
/// The right Alt key: AltGr where the layout has one.
const ALTGR: u8 = 108;
/// A and C by what they say on the technician's layout, and by their places.
const LETTERS: [&str; 2] = ["a", "c"];
const PLACES: [&str; 2] = ["38", "54"];
/// Between two strokes, as fast typing has it.
const STROKE: &str = "0.04";

/// What one keyboard can type: the sentence, less what its layout has no key for.
struct Keyboard {
    layout: &'static str,
    variant: &'static str,
    sentence: &'static str,
}

/// AZERTY with AltGr and a dead circumflex; QWERTY with dead keys for nearly every accent. Neither has a key for the long dash.
const KEYBOARDS: [Keyboard; 2] = [
    Keyboard {
        layout: "fr", variant: "", sentence: "« Voilà l’été : çà coûte 12,50 € {[|#@]} ~ ^ ô ê »"
    },
    Keyboard {
        layout: "us", variant: "intl", sentence: "«Voilà l’été: çà coûte 12,50 € {[|#@]} ~ ^ ô ê»"
    },
];

/// A symbol's key and level, by the server's own table: level 1 is Shift, 2 AltGr, 3 both.
fn stroke(table: &[Vec<u32>], first: u8, symbol: u32) -> Option<(u8, usize)> {
    // Columns of the core mapping: group one has 0 and 1, its AltGr levels are 4 and 5 (X Keyboard Extension §12.4).
    for (level, column) in [0, 1, 4, 5].into_iter().enumerate() {
        let at = table.iter().position(|symbols| symbols.get(column) == Some(&symbol));
        if let Some(at) = at.and_then(|at| u8::try_from(at).ok()) {
            return Some((first + at, level));
        }
    }
    None
}

/// The symbols to press for a character: its own key, or a dead key and a letter (X11/keysymdef.h).
fn symbols(character: char) -> Vec<Vec<u32>> {
    const GRAVE: u32 = 0xfe50;
    const ACUTE: u32 = 0xfe51;
    const CIRCUMFLEX: u32 = 0xfe52;
    const TILDE: u32 = 0xfe53;
    let own = match character {
        '€' => 0x20ac,
        '’' => 0xad1,
        c if u32::from(c) < 0x100 => u32::from(c),
        c => 0x0100_0000 + u32::from(c),
    };
    let dead = |dead, letter: char| vec![dead, u32::from(letter)];
    let made = match character {
        'ô' => Some(dead(CIRCUMFLEX, 'o')),
        'ê' => Some(dead(CIRCUMFLEX, 'e')),
        'û' => Some(dead(CIRCUMFLEX, 'u')),
        'à' => Some(dead(GRAVE, 'a')),
        'é' => Some(dead(ACUTE, 'e')),
        'ç' => Some(dead(ACUTE, 'c')),
        '^' => Some(dead(CIRCUMFLEX, ' ')),
        '~' => Some(dead(TILDE, ' ')),
        _ => None,
    };
    std::iter::once(vec![own]).chain(made).collect()
}

/// The presses that type a text on that server, as xdotool's arguments.
fn presses(server: &XServer, text: &str) -> Result<Vec<String>> {
    let connection = server.connect()?;
    let (first, last) = (connection.setup().min_keycode, connection.setup().max_keycode);
    let mapping = connection.get_keyboard_mapping(first, last - first + 1)?.reply()?;
    let width = usize::from(mapping.keysyms_per_keycode);
    let table: Vec<Vec<u32>> = mapping.keysyms.chunks(width).map(<[u32]>::to_vec).collect();
    let mut all = Vec::new();
    for character in text.chars() {
        let found = symbols(character).into_iter().find_map(|symbols| {
            symbols.iter().map(|symbol| stroke(&table, first, *symbol)).collect::<Option<Vec<_>>>()
        });
        for (code, level) in found.with_context(|| format!("no key for {character:?} on this keyboard"))? {
            let held: Vec<u8> = [(1, SHIFT), (2, ALTGR)]
                .into_iter()
                .filter(|(bit, _)| level & bit != 0)
                .map(|(_, k)| k)
                .collect();
            let mut add = |verb: &str, code: u8| all.extend([verb.to_owned(), code.to_string()]);
            held.iter().for_each(|code| add("keydown", *code));
            add("key", code);
            held.iter().rev().for_each(|code| add("keyup", *code));
            all.extend(["sleep".to_owned(), STROKE.to_owned()]);
        }
    }
    Ok(all)
}

fn setxkbmap(display: &str, layout: &str, variant: &str) -> Result<()> {
    let status = Command::new("setxkbmap")
        .args(["-display", display, "-layout", layout, "-variant", variant])
        .status()
        .context("setxkbmap cannot be started: install the package x11-xkb-utils")?;
    ensure!(status.success(), "setxkbmap {layout} {variant}: {status}");
    Ok(())
}

#[test]
fn what_a_technician_presses_is_what_the_client_s_editor_holds() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut world = World::open(dir.path())?;
    let window = editor(&mut world.desk, &world.stage.path(""))?;
    let technician = XServer::start(47, "1400x900x24", &[])?;
    let console = Console::start(&world.stage, "technician")?;
    let browser = Browser::start(Screen::Display(technician.display()))?;
    let page = browser.page()?;
    console.enter(&page)?;
    choose(&page, CONTRACT)?;
    granted(&page, &world.desk)?;
    page.front()?;
    for client in ["fr", "us"] {
        // The person's hand is on the outer server: its letters must be where the inner one looks for them.
        setxkbmap(world.desk.outer(), client, "")?;
        setxkbmap(world.desk.display(), client, "")?;
        for keyboard in &KEYBOARDS {
            setxkbmap(technician.display(), keyboard.layout, keyboard.variant)?;
            // What both programs heard of their new layouts has to sink in.
            sleep(Duration::from_millis(800));
            click_editor(&page, window)?;
            sleep(Duration::from_millis(300));
            // A shortcut first: everything selected and deleted, by the letter's own place on either layout.
            let clear = ["keydown", "37", "key", "a", "keyup", "37", "key", "Delete", "sleep", "0.2"]
                .map(str::to_owned);
            let keys: Vec<String> =
                clear.into_iter().chain(presses(&technician, keyboard.sentence)?).collect();
            press(&technician, &keys)?;
            arrives(&world, &technician, LETTERS, keyboard.sentence)
                .with_context(|| format!("{}({}) on {client}", keyboard.layout, keyboard.variant))?;
        }
    }
    // By position: the keys that AZERTY has « a » and « q » on are « q » and « a » of the client's QWERTY.
    setxkbmap(technician.display(), "fr", "")?;
    sleep(Duration::from_millis(800));
    let clear = ["keydown", "37", "key", "a", "keyup", "37", "key", "Delete", "sleep", "0.2"];
    press(&technician, &clear.map(str::to_owned))?;
    page.click_named("button", "Touches spéciales à envoyer")?;
    page.click_named("menuitemcheckbox", "Touches par emplacement")?;
    press(&technician, &["key", "24", "key", "38", "key", "52"].map(str::to_owned))?;
    arrives(&world, &technician, PLACES, "qaz")?;

    // In full screen with Keyboard Lock, Esc is the machine's: the page stays as it is, and typing goes on.
    page.click_named("button", "Plein écran")?;
    page.holds("document.fullscreenElement !== null")?;
    sleep(Duration::from_millis(500));
    press(
        &technician,
        &["key", "Escape", "sleep", "0.5", "key", "End", "sleep", "0.2", "key", "24"].map(str::to_owned),
    )?;
    arrives(&world, &technician, PLACES, "qazq")?;
    page.holds("document.fullscreenElement !== null")?;
    page.click_named("button", "Terminer")?;
    page.reads("La session est terminée")
}

/// The technician's fingers.
fn press(server: &XServer, keys: &[String]) -> Result<()> {
    let typed = Command::new("xdotool").args(keys).env("DISPLAY", server.display()).status();
    ensure!(typed.context("xdotool cannot be started")?.success(), "xdotool failed");
    Ok(())
}

/// The technician copies all of the client's editor, by those two keys with Ctrl; it holds just this.
fn arrives(world: &World, technician: &XServer, [all, copy]: [&str; 2], expected: &str) -> Result<()> {
    press(technician, &["keydown", "37", "key", all, "key", copy, "keyup", "37"].map(str::to_owned))?;
    world.desk.copied(expected)
}
