//! Passwords (clause 8.2): what the person types behind the mask, and what they hand over, is found nowhere but where it must be.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use aval_tests::browser::steps::{LIVE, choose, granted, same_pixels};
use aval_tests::browser::{Browser, Console, Page, Screen};
use aval_tests::canary::{contains, forms, in_memory, in_no_file};
use aval_tests::stage::Stage;
use aval_tests::world::{CONTRACT, MACHINE, World, editor, press_end, press_mask, question};

use super::{noise, seen, show};

/// Typed by the person into a program of theirs, while the screen is masked.
const MASKED: &str = "Canari-4g7-masque";
/// Handed over.
const ACCOUNT: &str = "leroy.canari77";
const HANDED: &str = "Canari-9x2-remis";
/// The session process's label on the stage.
const SESSION: &str = "session";

fn secret(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

#[test]
fn clause_8_2_a_password_is_nowhere_but_before_the_eyes_it_was_meant_for() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut stage = Stage::new(dir.path())?;
    stage.log = "trace";
    let mut world = World::open_on(stage)?;
    let window = editor(&mut world.desk, dir.path())?;
    let console = Console::start(&world.stage, "technician")?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    console.enter(&page)?;
    choose(&page, CONTRACT)?;
    granted(&page, &world.desk)?;
    page.click_named("button", "Taille réelle, 1:1")?;
    masked(&mut world, &page, dir.path(), (window.x + 200, window.y + 200), console.pid())?;
    handed_over(&world, &page, dir.path(), console.pid(), &browser)?;
    press_end(&world.desk)?;
    page.reads("La session est terminée")?;

    let journal = world.stage.run("aval-agent", &["register", "--home", MACHINE])?;
    ensure!(journal.contains("écran masqué"), "{journal}");
    ensure!(journal.contains("un mot de passe Windows (2 valeurs)"), "{journal}");
    let told = world
        .stage
        .run("aval-console", &["--home", "technician", "journal", "show", "--machine", &world.machine])?;
    ensure!(told.contains("HANDOVER  count=2  kind=windows"), "{told}");
    nowhere(&world, dir.path(), &browser)?;
    let log = fs::read_to_string(dir.path().join("relay.log"))?;
    ensure!(log.contains("TRACE"), "the relay's log does not go down to TRACE");
    Ok(())
}

/// The person masks the screen, types, shows a picture, takes both away and shows the screen again.
fn masked(world: &mut World, page: &Page, dir: &Path, editor: (i32, i32), console: u32) -> Result<()> {
    // A program cannot do it in the person's name, nor can the technician.
    world.desk.program(&["key", "--clearmodifiers", "ctrl+shift+F11"])?;
    press_mask(&world.desk)?;
    page.reads("La personne saisit un mot de passe, son écran est masqué")?;
    ensure!(page.eval("document.querySelector('.cover').hidden")? == false, "the picture is covered");
    let pixels = noise();
    let shown = show(world.desk.display(), &pixels)?;
    world.desk.click(editor.0, editor.1)?;
    world.desk.person(&["type", "--delay", "40", MASKED])?;
    world.desk.until("what was typed", |desk| Ok((desk.copy_all()? == MASKED).then_some(())))?;
    // A program's hand does not open the curtain.
    world.desk.program(&["key", "--clearmodifiers", "ctrl+shift+F11"])?;
    page.holds("document.querySelector('.cover').hidden === false")?;
    let drawn = [seen(&pixels), pixels[..8].iter().map(|row| row[..8 * 4].to_vec()).collect()].concat();
    ensure!(in_memory(console, &drawn)?.is_none(), "the console holds what was masked");
    drop(shown);
    world.desk.person(&["key", "--clearmodifiers", "ctrl+a"])?;
    world.desk.person(&["key", "Delete"])?;
    world.desk.until("an empty editor", |desk| {
        desk.person(&["key", "x"])?;
        let only = desk.copy_all()? == "x";
        desk.person(&["key", "Delete"])?;
        Ok(only.then_some(()))
    })?;
    press_mask(&world.desk)?;
    page.holds(LIVE)?;
    same_pixels(page, &world.desk, dir, 0)?;
    ensure!(in_memory(console, &drawn)?.is_none(), "what was masked came later");
    ensure!(in_memory(world.stage.pid("relay")?, &drawn)?.is_none(), "the relay holds what was masked");
    // The twin: what is shown now is where it must be, when it was not masked.
    let shown = show(world.desk.display(), &pixels)?;
    world.desk.until("the picture in the console", |_| Ok(in_memory(console, &drawn)?.map(|_| ())))?;
    drop(shown);
    Ok(())
}

/// The technician asks, the person types into the window, the technician looks once.
fn handed_over(world: &World, page: &Page, dir: &Path, console: u32, browser: &Browser) -> Result<()> {
    page.click_named("button", "Demander à la personne")?;
    page.click_named("menuitem", "Demander un mot de passe Windows")?;
    page.reads("Demandé à la personne")?;
    page.reads("La personne saisit un mot de passe, son écran est masqué")?;
    question(&world.desk)?;
    std::thread::sleep(std::time::Duration::from_secs(2));
    for (text, then) in [(ACCOUNT, "Tab"), (HANDED, "Tab")] {
        world.desk.person(&["type", "--delay", "40", text])?;
        world.desk.person(&["key", then])?;
    }
    // A program cannot hand it over.
    world.desk.person(&["key", "Tab", "Tab"])?;
    world.desk.picture(&dir.join("secret.png"))?;
    world.desk.program(&["key", "Return"])?;
    std::thread::sleep(std::time::Duration::from_secs(1));
    question(&world.desk)?;
    world.desk.person(&["key", "Return"])?;
    page.reads("Reçu\u{a0}: un mot de passe Windows. Affiché une seule fois.")?;
    ensure!(!page.text()?.contains(HANDED), "not before the click");
    let secrets = [secret(HANDED), secret(ACCOUNT)];
    // The twin: here it waits to be looked at.
    ensure!(in_memory(console, &secrets)?.is_some(), "the search does not find it where it must be");
    for label in ["relay", MACHINE, SESSION] {
        let pid = world.stage.pid(label)?;
        ensure!(in_memory(pid, &secrets)?.is_none(), "{label} holds what was handed over");
    }
    page.holds(LIVE)?;
    page.click_named("button", "Afficher")?;
    page.reads(HANDED)?;
    ensure!(page.text()?.contains(ACCOUNT));
    ensure!(page.eval("getComputedStyle(document.querySelector('.secret-values')).userSelect")? == "none");
    nowhere(world, dir, browser)?;
    page.click_named("button", "Effacer")?;
    ensure!(!page.eval("document.documentElement.outerHTML")?.to_string().contains(HANDED), "it is gone");
    ensure!(!page.has_named("button", "Afficher")?, "it is not shown twice");
    Ok(())
}

/// No file holds any of it: record, logs, journals, the folders of all programs, the browser's profile.
fn nowhere(world: &World, dir: &Path, browser: &Browser) -> Result<()> {
    let secrets: Vec<Vec<u8>> = [MASKED, HANDED, ACCOUNT].into_iter().flat_map(forms).collect();
    let searched = in_no_file(dir, &secrets)?.len() + in_no_file(browser.profile(), &secrets)?.len();
    ensure!(searched > 20, "only {searched} files were searched");
    let relay = world.stage.pid("relay")?;
    ensure!(in_memory(relay, &secrets)?.is_none(), "the relay's memory holds it");
    ensure!(contains(&secrets[0], b"Canari"), "the search searches");
    Ok(())
}
