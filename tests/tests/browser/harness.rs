//! The driver itself: a browser whose complaints are not heard would let every other test pass.

use std::fs;

use aval_tests::browser::{Browser, Screen};

const PAGE: &str = r#"<!doctype html><html lang="fr"><meta charset="utf-8"><title>x</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'">
<label>Nom <input id="name"></label><button aria-label="Fermer la fenêtre" onclick="document.body.append('pressé')">x</button>
<button onclick="console.error('exprès')">Erreur</button><button onclick="setTimeout(() => absent())">Exception</button>
<button onclick="document.body.append(Object.assign(new Image(), { src: 'https://example.invalid/a.png' }))">Image</button>"#;

#[test]
fn what_is_clicked_has_a_name_and_every_complaint_is_heard() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("page.html");
    fs::write(&file, PAGE)?;
    let browser = Browser::start(Screen::Headless)?;
    let page = browser.page()?;
    page.open(&file)?;
    page.click_named("button", "Fermer la fenêtre")?;
    page.reads("pressé")?;
    page.fill("textbox", "Nom", "Élodie")?;
    page.press("!", 0)?;
    assert_eq!(page.eval("document.querySelector('input').value")?, "Élodie!");
    assert!(!page.has_named("button", "Ouvrir")?);
    assert_eq!(page.errors(), Vec::<String>::new());
    for (button, complaint) in [("Erreur", "exprès"), ("Exception", "absent"), ("Image", "content policy")] {
        page.click_named("button", button)?;
        page.holds("true")?;
        let heard = || page.errors().iter().any(|error| error.contains(complaint));
        for _ in 0..100 {
            if heard() {
                break;
            }
            page.eval("new Promise(done => setTimeout(done, 50))")?;
        }
        assert!(heard(), "{complaint}: {:?}", page.errors());
    }
    for expected in ["exprès", "absent", "content policy", "Content Security Policy", "example.invalid"] {
        page.expect_error(expected);
    }
    let picture = dir.path().join("page.png");
    page.size(1920, 1080, true)?;
    page.screenshot(&picture)?;
    assert!(fs::read(&picture)?.starts_with(b"\x89PNG"));
    Ok(())
}
