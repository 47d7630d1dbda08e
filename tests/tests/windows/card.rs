//! Desktop Duplication with a card of ours: Wine has none. The calls are made for real, the picture is believed, and no more when it lies.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use aval_tests::browser::steps::{LIVE, ask, choose, same_pixels, send};
use aval_tests::browser::{Browser, Console, Screen};
use aval_tests::wine::Wine;
use aval_tests::world::{CONTRACT, World, agree_on_windows, banner, press_end_on_windows};

use super::STILL;

/// Puts both libraries where Windows keeps its own.
fn card(wine: &Wine) -> Result<()> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/windows/card/card.c");
    for library in ["dxgi.dll", "d3d11.dll"] {
        let place = wine.file("windows/system32").join(library);
        // The file there is the first Windows' too.
        std::fs::remove_file(&place)?;
        let mut compiler = Command::new("x86_64-w64-mingw32-gcc");
        compiler.args(["-shared", "-O1", "-o"]).arg(&place).arg(&source).args(["-lgdi32", "-luser32"]);
        ensure!(compiler.status()?.success(), "card.c does not compile");
    }
    Ok(())
}

#[test]
fn a_card_that_shows_what_gdi_shows_is_believed_until_it_lies() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut world = World::windows_with(dir.path(), card)?;
    let Some(wine) = &world.stage.wine else { return Ok(()) };
    let (notepad, lie) = (wine.own("notepad"), wine.file("lie"));
    world.desk.start(notepad)?;
    world.desk.window("notepad")?;
    let console = Console::start(&world.stage, "technician")?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    console.enter(&page)?;
    choose(&page, CONTRACT)?;
    ask(&page)?;
    send(&page)?;
    agree_on_windows(&world.desk)?;
    page.holds(LIVE)?;
    banner(&world.desk)?;
    page.click_named("button", "Taille réelle, 1:1")?;
    let same = |world: &World| same_pixels(&page, &world.desk, dir.path(), STILL);
    let said = |sentence: &'static str| {
        move |stage: &aval_tests::stage::Stage| Ok(stage.log_of("session").contains(sentence))
    };
    world.stage.until("DXGI to be believed", said("read by Desktop Duplication"))?;
    same(&world)?;
    // From now on it is black, as it says.
    std::fs::write(&lie, [])?;
    world.stage.until("the lie to be found out", said("reason=Lied"))?;
    same(&world)?;
    press_end_on_windows(&world.desk)?;
    page.reads("La session est terminée")
}
