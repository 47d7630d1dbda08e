//! Looking on from a second page: the refusal offers it, the person is asked, both pages have the picture, and one press ends both.

use anyhow::Result;
use aval_tests::browser::steps::{LIVE, ask, below, choose, click_editor, granted, same_pixels, send, types};
use aval_tests::browser::{Browser, Console, Screen};
use aval_tests::desk::Window;
use aval_tests::world::{CONTRACT, World, agree_to_look, banner, editor, press_end};

#[test]
fn a_colleague_looks_on_by_the_persons_yes_and_one_press_ends_both() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut world = World::open(dir.path())?;
    let window = editor(&mut world.desk, &world.stage.path(""))?;
    world.stage.member_in("colleague", "technician", "hugo.lambert", "Hugo Lambert")?;
    let (hers, his) =
        (Console::start(&world.stage, "technician")?, Console::start(&world.stage, "colleague")?);
    // Two computers: a page behind another one paints nothing, and gets nothing.
    let (near, far) = (Browser::start(Screen::Headless)?, Browser::start(Screen::Headless)?);
    let (page, other) = (near.page()?, far.page()?);
    hers.enter(&page)?;
    choose(&page, CONTRACT)?;
    granted(&page, &world.desk)?;

    // A refusal is answered with 409, and the browser writes that down.
    other.expect_error("409");
    // A refusal is answered with 409, and the browser writes that down.
    other.expect_error("409");
    his.enter(&other)?;
    choose(&other, CONTRACT)?;
    ask(&other)?;
    send(&other)?;
    other.reads("Une autre session est en cours sur ce poste.")?;
    assert_eq!(other.barriers()?, Vec::<String>::new(), "the refusal with its way out");
    other.click_named("button", "Rejoindre, en vue seule")?;
    other.reads("La personne lit la demande")?;
    agree_to_look(&world.desk)?;
    other.holds(LIVE)?;
    page.holds(LIVE)?;
    for one in [&page, &other] {
        same_pixels(one, &world.desk, dir.path(), below(banner(&world.desk)?))?;
    }
    world.desk.until("both names on the banner", |desk| {
        let bar = banner(desk)?;
        let first = Window { height: bar.height * 9 / 16, width: bar.width / 2, ..bar };
        let said = desk.read_line(dir.path(), first)?;
        Ok((said.contains("Martin") && said.contains("Lambert")).then_some(()))
    })?;

    // What he types goes nowhere; what she types is seen by both.
    click_editor(&other, window)?;
    other.press_each("NON")?;
    types(&page, &world.desk, window, "oui")?;
    assert!(!world.desk.clipboard()?.contains("NON"), "who only looks has typed");

    press_end(&world.desk)?;
    for one in [&page, &other] {
        one.reads("La session est terminée")?;
        assert!(one.eval("document.querySelector('.picture').hidden")? == true, "no picture stays behind");
    }
    Ok(())
}
