//! The technician's part of the demo: the page in a browser, and the person's part at the PC beside it.

use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use aval_tests::browser::steps::{LIVE, ask, choose, click_editor, codes, send};
use aval_tests::browser::{Browser, Console, Screen};
use aval_tests::desk::{Desk, Window};
use aval_tests::stage::Stage;
use aval_tests::world::{CONTRACT, PROMPT, accept_button, agree, banner, press_end};

use crate::Teller;

/// What the technician types.
pub(crate) const SENTENCE: &str = "Télémaintenance : ça marche, l’œuvre d’été à 120 € est prête !";

/// A whole session from the page, the person's hand on the outer X server. Pictures of both sides stay in `out`.
pub(crate) fn session(
    stage: &Stage,
    desk: &Desk,
    editor: Window,
    out: &Path,
    tell: &mut Teller,
) -> Result<()> {
    let console = Console::start(stage, "technician")?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    page.size(1280, 800, false)?;
    console.enter(&page)?;
    choose(&page, CONTRACT)?;
    page.reads("Processeur")?;
    page.screenshot(&out.join("machine.png"))?;
    tell.saw("the technician’s page is open in a browser and shows the machine, its contract, its inventory");

    ask(&page)?;
    send(&page)?;
    let (code, _) = codes(&page, desk, out)?;
    desk.picture(&out.join("question.png"))?;
    page.screenshot(&out.join("waiting.png"))?;
    tell.saw(&format!(
        "the gate permits, the line was measured; both sides show the same match code, {code}, read off the person’s screen"
    ));

    program_in_vain(desk)?;
    agree(desk)?;
    page.holds(LIVE)?;
    page.reads("Vue et contrôle")?;
    banner(desk)?;
    tell.saw("a program’s clicks do nothing; the person ticked control and accepted with the mouse; the picture is on the page");

    click_editor(&page, editor)?;
    page.press_each(SENTENCE)?;
    page.copy_all()?;
    desk.copied(SENTENCE)?;
    page.press("End", 0)?;
    // One breath, for the editor to show what it holds and the page to paint it.
    sleep(Duration::from_secs(1));
    page.screenshot(&out.join("technician.png"))?;
    desk.picture(&out.join("client.png"))?;
    side_by_side(out)?;
    tell.saw(&format!("the technician typed into the picture, and the client’s editor holds: {SENTENCE}"));

    press_end(desk)?;
    page.reads("La session est terminée")?;
    ensure!(
        page.eval("document.querySelector('.picture').hidden")? == true,
        "the picture stayed on the page"
    );
    page.screenshot(&out.join("ended.png"))?;
    tell.saw("the person ended it with the banner’s button; the page says so and shows no picture any more");
    let complaints = browser.errors();
    ensure!(complaints.is_empty(), "the browser complained: {complaints:#?}");
    Ok(())
}

/// A program clicks and types on the consent window, in vain.
fn program_in_vain(desk: &Desk) -> Result<()> {
    sleep(Duration::from_secs(4));
    let (x, y) = accept_button(desk.window(PROMPT)?);
    desk.program(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"])?;
    desk.program(&["key", "Tab", "Return"])?;
    sleep(Duration::from_millis(800));
    ensure!(desk.find(PROMPT)?.is_some(), "a program answered the question");
    Ok(())
}

/// Both sides of the session in one picture: the technician's page left, the client's screen right.
fn side_by_side(out: &Path) -> Result<()> {
    let mut convert = Command::new("convert");
    convert.current_dir(out).args(["technician.png", "client.png", "-background", "white"]);
    let joined = convert.args(["-gravity", "center", "+append", "session.png"]).status();
    ensure!(
        joined.context("convert (ImageMagick) cannot be started")?.success(),
        "the pictures can't be joined"
    );
    Ok(())
}
