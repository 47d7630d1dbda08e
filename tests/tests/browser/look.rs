//! What the desk looks like, for people to look at, and whether everybody can use it: each page in both sizes, both schemes and both
//! languages, with axe-core's rules.

use std::path::PathBuf;

use anyhow::Result;
use aval_tests::browser::{Browser, Console, Page, Screen};
use aval_tests::world::{CONTRACT, World};

use aval_tests::browser::steps::{ask, choose, granted};

/// Pictures stay here after the test.
fn folder() -> Result<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("desk");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Pictures the page in every size and scheme, and complains of what keeps people out.
fn look(page: &Page, name: &str) -> Result<()> {
    for (width, height) in [(1280, 800), (1920, 1080)] {
        for dark in [false, true] {
            page.size(width, height, dark)?;
            page.eval(
                "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))",
            )?;
            let scheme = if dark { "dark" } else { "light" };
            page.screenshot(&folder()?.join(format!("{name}-{width}-{scheme}.png")))?;
            assert_eq!(page.barriers()?, Vec::<String>::new(), "{name} {width} {scheme}");
            let wide = page.eval("document.documentElement.scrollWidth > innerWidth")?;
            assert_eq!(wide, false, "{name} is wider than {width}");
            // What a page cuts off has no scroll bar: each control must lie in the window.
            let outside = page.eval(
                "[...document.querySelectorAll('button, a, input, select')]
                   .filter(one => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
                   .map(one => one.textContent || one.id).join(', ')",
            )?;
            assert_eq!(outside, "", "{name} at {width} cuts these off");
        }
    }
    page.size(1280, 800, false)
}

#[test]
fn every_page_can_be_read_by_everybody() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let world = World::open(dir.path())?;
    let (console, office) =
        (Console::start(&world.stage, "technician")?, Console::start(&world.stage, "manager")?);
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    console.enter(&page)?;
    page.holds("document.querySelector('.grid-body .grid-row') !== null")?;
    look(&page, "machines")?;
    choose(&page, CONTRACT)?;
    page.reads("Le contrat permet une demande maintenant.")?;
    look(&page, "machine")?;
    page.click_named("button", "English")?;
    page.reads("Ask for control")?;
    page.holds("document.documentElement.lang === 'en' && document.querySelector('.verdict') !== null")?;
    look(&page, "machine-en")?;
    page.click_named("button", "Français")?;
    page.click_named("button", "Journal")?;
    page.reads("Chaîne vérifiée")?;
    look(&page, "journal")?;
    page.press("?", 0)?;
    page.reads("Pendant une session")?;
    look(&page, "help")?;
    page.press("Escape", 0)?;
    page.click_named("button", "Fiche")?;
    page.holds("document.querySelector('.facts') !== null")?;
    ask(&page)?;
    page.reads("La demande peut partir")?;
    look(&page, "ask")?;
    page.press("Escape", 0)?;
    granted(&page, &world.desk)?;
    look(&page, "viewer")?;
    page.click_named("button", "Touches spéciales à envoyer")?;
    look(&page, "viewer-keys")?;
    page.click_named("button", "Terminer")?;
    page.reads("La session est terminée")?;
    look(&page, "ended")?;

    let manager = browser.page()?;
    office.enter(&manager)?;
    manager.eval("location.hash = '#/manage'")?;
    manager.reads("Aucun poste n’attend.")?;
    look(&manager, "manage")?;
    manager.eval(&format!("location.hash = '#/contracts/{CONTRACT}'"))?;
    manager.holds("document.querySelector('.timeline') !== null")?;
    look(&manager, "contract")?;
    manager.click_named("button", "Nouveau contrat")?;
    manager.reads("Date de signature")?;
    look(&manager, "contract-new")?;
    manager.press("Escape", 0)?;
    let closed = browser.page()?;
    closed.goto(&office_origin(&manager)?)?;
    closed.reads("Ouvrez Aval depuis le programme")?;
    look(&closed, "closed")
}

fn office_origin(page: &Page) -> Result<String> {
    Ok(page.eval("location.origin + '/'")?.as_str().unwrap_or_default().to_owned())
}
