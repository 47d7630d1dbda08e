//! A client who has Windows: the Windows agent under Wine, its person before a real screen, against a relay, a console and a browser.
#![cfg(target_os = "linux")]

mod card;
mod hands;
mod notepad;
mod returning;
mod update;

use anyhow::{Context as _, Result};
use aval_tests::browser::steps::{LIVE, ask, choose, click_editor, same_pixels, send};
use aval_tests::browser::{Browser, Console, Screen};
use aval_tests::world::{CONTRACT, World, agree_on_windows, banner, online, press_end_on_windows, windows};
use notepad::Notepad;
use serde_json::Value;

/// The row of the screen from which on nothing moves.
const STILL: usize = 72;
const SENTENCE: &str = "Télémaintenance : ça marche, 120 € HT — œuvre d’été";

#[test]
fn a_whole_session_with_a_windows_client() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut world = World::windows(dir.path())?;
    let notepad = Notepad::open(&mut world)?;
    let console = Console::start(&world.stage, "technician")?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    console.enter(&page)?;
    choose(&page, CONTRACT)?;
    ask(&page)?;
    send(&page)?;
    page.reads("La personne lit la demande")?;
    agree_on_windows(&world.desk)?;
    page.holds(LIVE)?;
    page.reads("Vue et contrôle")?;
    banner(&world.desk)?;

    // Wine has all of DXGI but the one call: E_NOTIMPL. The picture below is GDI's then.
    world.stage.until("DXGI to be tried and given up", |stage| {
        let log = stage.log_of("session");
        let said = ["call=\"DuplicateOutput\" code=0x80004001", "reason=Unsupported"];
        Ok(said.iter().all(|said| log.contains(said)))
    })?;

    page.click_named("button", "Taille réelle, 1:1")?;
    // The banner counts seconds, and below it the cursor blinks on the first line: what lies lower stands still.
    same_pixels(&page, &world.desk, dir.path(), STILL)?;

    notepad.reads(&world.desk, SENTENCE, || {
        page.holds(LIVE)?;
        click_editor(&page, notepad.window)?;
        page.with_control(&["a"])?;
        page.press_each(SENTENCE)?;
        page.with_control(&["s"])
    })?;

    press_end_on_windows(&world.desk)?;
    page.reads("La session est terminée")
}

#[test]
fn windows_starts_the_service_and_the_service_starts_the_desktops_part() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let (mut stage, _desk) = windows(dir.path())?;
    stage.enrol(r"C:\ProgramData\Aval\Agent", CONTRACT)?;
    stage.run("aval-agent", &["install"])?;
    let mut machine = None;
    stage.until("the machine to be on line", |stage| {
        machine = online(stage)?.into_iter().next();
        Ok(machine.is_some())
    })?;
    stage.run("aval-console", &["--home", "manager", "approve", &machine.context("it is there")?])?;
    stage.until("the desktop's part", |stage| {
        let said = stage.run("aval-agent", &["status", "--json"])?;
        Ok(serde_json::from_str::<Value>(&said).is_ok_and(|status| status["desktop"] == true))
    })?;
    stage.run("aval-agent", &["uninstall"])?;
    stage.until("the machine to be gone", |stage| Ok(online(stage)?.is_empty()))
}
