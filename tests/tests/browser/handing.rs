//! Handing over from page to page: the dialog, the colleague's notice and its button, the person's no and their yes.

use anyhow::Result;
use aval_tests::browser::{Browser, Console, Screen};
use aval_tests::world::{CONTRACT, PROMPT, World, agree, question};

use aval_tests::browser::steps::{LIVE, choose, granted, send};

const NOTICE: &str = "Sophie Martin vous passe la main sur le poste";

#[test]
fn a_session_goes_from_page_to_page_by_the_persons_yes_and_stays_after_their_no() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let world = World::open(dir.path())?;
    world.stage.member_in("colleague", "technician", "hugo.lambert", "Hugo Lambert")?;
    let (hers, his) =
        (Console::start(&world.stage, "technician")?, Console::start(&world.stage, "colleague")?);
    let browser = Browser::start(Screen::Headless)?;
    let (page, other) = (browser.page()?, browser.page()?);
    hers.enter(&page)?;
    choose(&page, CONTRACT)?;
    granted(&page, &world.desk)?;
    page.click_named("button", "Demander à la personne")?;
    page.click_named("menuitem", "Passer la main à un collègue…")?;
    page.fill("textbox", "Identifiant du collègue", "hugo.lambert")?;
    assert_eq!(page.barriers()?, Vec::<String>::new(), "the dialog");
    page.click_named("button", "Passer la main")?;
    page.reads("hugo.lambert")?;
    page.press("Escape", 0)?;

    // He was not there when it was said: he hears of it when he comes.
    his.enter(&other)?;
    other.reads(NOTICE)?;
    assert_eq!(other.barriers()?, Vec::<String>::new(), "the notice");
    // By keyboard alone.
    other.eval("document.querySelector('#main').focus()")?;
    other.press("Tab", 8)?;
    other.press("Tab", 8)?;
    assert_eq!(other.eval("document.activeElement.textContent")?, "Demander l’accès");
    other.press("Enter", 0)?;
    other.reads("La demande peut partir")?;
    send(&other)?;
    other.reads("La personne lit la demande")?;
    page.reads("La personne décide si votre collègue prend la suite")?;
    question(&world.desk)?;
    // A window that has just come takes no keys yet.
    world.desk.until("the question to be answered", |desk| {
        desk.person(&["key", "Escape"])?;
        Ok(desk.find(PROMPT)?.is_some_and(|bar| bar.height < 100).then_some(()))
    })?;
    page.reads("La personne a refusé votre collègue")?;
    other.reads("Rien n’a changé pour votre collègue.")?;
    page.holds(LIVE)?;

    other.click_named("button", "Demander l’accès")?;
    send(&other)?;
    agree(&world.desk)?;
    page.reads("La session est terminée")?;
    page.reads("que la personne a accepté")?;
    other.holds(LIVE)?;
    other.holds("document.querySelector('.handed').hidden")?;
    Ok(())
}
