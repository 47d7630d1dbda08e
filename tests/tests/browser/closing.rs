//! Clause 4.2 on the technician's page and the person's screen, with the real programs and the real clock: the firm is closed today by its
//! own calendar, and a manager's exception ends in two minutes.

use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use aval_tests::browser::steps::{choose, granted};
use aval_tests::browser::{Browser, Console, Screen};
use aval_tests::desk::{HEIGHT, WIDTH};
use aval_tests::stage::Stage;
use aval_tests::world::{CONTRACT, PROMPT, World, banner, press_end};

/// Longest wait for the exception's end.
const UNTIL_CLOSED: u32 = 150;

#[test]
#[ignore = "waits for a real closing time: for --long"]
fn long_clause_4_2_the_toolbar_follows_closing_time() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let today = Command::new("date").env("TZ", "Europe/Paris").arg("+%F").output()?;
    let today = String::from_utf8(today.stdout)?;
    let settings = format!(
        "holidays = \"custom:{}\"\n[overrun]\nminutes = 3\nanswer_seconds = 20\ngrace_minutes = 2\n",
        today.trim()
    );
    let world = World::excepted(Stage::new(dir.path())?, (WIDTH, HEIGHT), 2, Some(&settings))?;
    let console = Console::start(&world.stage, "technician")?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    console.enter(&page)?;
    choose(&page, CONTRACT)?;
    granted(&page, &world.desk)?;
    page.reads("Support jusqu’à")?;
    page.reads("Vue et contrôle")?;
    let bar = banner(&world.desk)?;
    ensure!(bar.height < 100, "the banner");
    let mut asked = false;
    for _ in 0..UNTIL_CLOSED {
        asked = page.text()?.contains("Prolongation demandée au client");
        if asked {
            break;
        }
        sleep(Duration::from_secs(1));
    }
    ensure!(asked, "the toolbar never said that the client is asked");
    page.reads("Vue seule")?;
    let question = world.desk.until("the question whether to go on", |desk| {
        Ok(desk.find(PROMPT)?.filter(|window| window.height > 100))
    });
    question.context("the person is asked on their own screen")?;
    // Nobody answers.
    page.reads("Lecture seule, fin à")?;
    page.reads("Vue seule")?;
    press_end(&world.desk)?;
    page.reads("La session est terminée")
}
