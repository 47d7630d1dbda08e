//! Sessions from the page: the code, the person's yes by hand, the picture, the hands, two tabs, the end, a lost relay.

use std::fs;

use anyhow::Result;
use aval_tests::browser::{Browser, Console, Screen};
use aval_tests::figures::now;
use aval_tests::world::{CONTRACT, World, banner, editor, press_end};

use aval_tests::browser::steps::{LIVE, ask, choose, codes, granted, same_pixels, types, types_once};
use aval_tests::desk::Window;

const SENTENCE: &str = "Ca marche: 12 + 3 = 15, oui/non (fin)";

#[test]
fn a_whole_session_from_the_page_and_back_to_it() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut world = World::open(dir.path())?;
    let window = editor(&mut world.desk, &world.stage.path(""))?;
    let console = Console::start(&world.stage, "technician")?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    console.enter(&page)?;
    assert!(!page.eval("location.href")?.to_string().contains("launch"), "the token is out of the address");
    choose(&page, CONTRACT)?;
    page.reads("Le contrat permet une demande maintenant.")?;

    ask(&page)?;
    page.reads("La demande peut partir")?;
    page.click_named("button", "Envoyer la demande")?;
    let (shown, read) = codes(&page, &world.desk, dir.path())?;
    assert_eq!(shown, read, "both sides show the same code");
    page.reads("Sans réponse, c’est non.")?;
    assert_eq!(page.barriers()?, Vec::<String>::new(), "the waiting room");
    aval_tests::world::agree(&world.desk)?;
    let yes = now();
    page.holds("document.querySelector('.cover')?.hidden === true")?;
    println!("first picture {} ms after the person's yes", yes.elapsed().as_millis());
    page.reads("Vue et contrôle")?;
    banner(&world.desk)?;

    page.click_named("button", "Taille réelle, 1:1")?;
    same_pixels(&page, &world.desk, dir.path(), 0)?;

    types_once(&page, &world.desk, window, SENTENCE)?;

    // The person's own hand comes first, and the page says so for as long.
    page.eval("window.saw = ''; new MutationObserver(() => { window.saw += document.querySelector('.held').textContent; }).observe(document.querySelector('.held'), { childList: true, characterData: true, subtree: true })")?;
    world.desk.person(&["mousemove", &(window.x + 30).to_string(), &(window.y + 60).to_string()])?;
    page.holds("window.saw.includes('n’est pas exécuté')")?;
    page.holds("document.querySelector('.held').hidden")?;

    // Another tab of the same page: it is asked, it takes over, the first says so.
    let second = page.duplicate()?;
    second.reads("Cette session est affichée dans un autre onglet")?;
    second.click_named("button", "Afficher ici")?;
    second.holds("document.querySelector('.cover')?.hidden === true")?;
    page.reads("La session est passée dans un autre onglet")?;
    assert!(page.eval("document.querySelector('.picture').hidden")? == true, "no picture stays behind");

    press_end(&world.desk)?;
    second.reads("La session est terminée")?;
    second.reads("Durée")?;
    assert!(second.eval("document.querySelector('.picture').hidden")? == true, "no picture stays behind");
    second.click_named("button", "Fiche du poste")?;
    second.holds("document.querySelector('.pane h1') !== null")?;
    Ok(())
}

#[test]
fn a_lost_relay_is_said_and_work_goes_on_when_it_is_back() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut world = World::open(dir.path())?;
    let console = Console::start(&world.stage, "technician")?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    // What is asked of a relay that is away is answered with 503, and the browser writes that down.
    page.expect_error("503");
    console.enter(&page)?;
    choose(&page, CONTRACT)?;
    world.stage.kill("relay")?;
    page.reads("Relais perdu")?;
    assert!(page.text()?.contains("Cabinet Leroy"), "what was known stays readable");
    world.stage.start_relay()?;
    page.reads("Relais connecté")?;
    page.holds("document.querySelector('.banner').hidden")?;
    world.stage.until("the machine to be back", |stage| Ok(!aval_tests::world::online(stage)?.is_empty()))?;
    page.holds("document.querySelector('.grid-body .grid-row .dot.on') !== null")?;
    granted(&page, &world.desk)?;
    Ok(())
}

#[test]
fn clause_4_4_a_session_outlives_its_relay_and_nobody_is_asked_again() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut world = World::open(dir.path())?;
    let window = editor(&mut world.desk, &world.stage.path(""))?;
    let console = Console::start(&world.stage, "technician")?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    page.expect_error("503");
    console.enter(&page)?;
    choose(&page, CONTRACT)?;
    granted(&page, &world.desk)?;
    world.stage.kill("relay")?;
    // Without a word from anybody the ends give each other up after half a minute.
    page.reads("Reconnexion…")?;
    assert!(page.eval("document.querySelector('.picture').hidden")? == true, "no picture stays behind");
    assert!(page.text()?.contains("l’accord du client vaut encore"));
    world.desk.until("the banner to say so", |desk| {
        let bar = banner(desk)?;
        let first = Window { height: bar.height * 9 / 16, width: bar.width * 7 / 10, ..bar };
        Ok(desk.read_line(dir.path(), first)?.contains("interrompue").then_some(()))
    })?;
    world.stage.start_relay()?;
    page.holds(LIVE)?;
    page.reads("Vue et contrôle")?;
    types(&page, &world.desk, window, "et")?;
    page.click_named("button", "Terminer")?;
    page.reads("La session est terminée")?;
    Ok(())
}

#[test]
fn a_dead_program_leaves_no_picture_behind() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let world = World::open(dir.path())?;
    let mut console = Console::start(&world.stage, "technician")?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    page.expect_error("ERR_CONNECTION_REFUSED");
    page.expect_error("ERR_CONNECTION_RESET");
    page.expect_error("WebSocket connection");
    console.enter(&page)?;
    choose(&page, CONTRACT)?;
    granted(&page, &world.desk)?;
    console.kill()?;
    page.reads("Reconnexion à votre programme…")?;
    assert!(page.eval("document.querySelector('.picture').hidden")? == true, "no picture stays behind");
    assert!(!fs::read_to_string(world.stage.path("console.log"))?.contains("panicked"));
    Ok(())
}
