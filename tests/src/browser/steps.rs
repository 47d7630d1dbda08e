//! What a technician does on the page, step by step, in words of the page.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Page;
use crate::desk::{Desk, WIDTH, Window};
use crate::world::{PROMPT, agree, code_place};

/// Who asked, as a technician writes it.
pub const REFERENCE: &str = "appel de M. Leroy, 10 h 12";
/// The picture is there, and nothing is in front of it.
pub const LIVE: &str = "document.querySelector('.cover')?.hidden === true";

/// Searches for a machine from the keyboard and opens it.
///
/// # Errors
/// When the list or the machine does not come up.
pub fn choose(page: &Page, search: &str) -> Result<()> {
    page.holds("document.querySelector('.grid-body .grid-row') !== null")?;
    page.fill("searchbox", "Chercher un poste, un client, un contrat", search)?;
    page.press("Enter", 0)?;
    page.press("Enter", 0)?;
    page.holds("document.querySelector('.pane h1') !== null")
}

/// Asks for the machine that is chosen; what the page says next is for the caller to read.
///
/// # Errors
/// When the page has no such dialog.
pub fn ask(page: &Page) -> Result<()> {
    page.click_named("button", "Demander la prise en main")?;
    page.fill("textbox", "Demande du client", REFERENCE)
}

/// Sends what was asked.
///
/// # Errors
/// When it cannot be sent.
pub fn send(page: &Page) -> Result<()> {
    page.click_named("button", "Envoyer la demande")
}

/// Asks, and the person says yes with the mouse; the picture is there.
///
/// # Errors
/// When it does not come to that.
pub fn granted(page: &Page, desk: &Desk) -> Result<()> {
    ask(page)?;
    send(page)?;
    page.reads("La personne lit la demande")?;
    agree(desk)?;
    page.holds(LIVE)
}

/// The match code on the page and on the person's screen; both must be there.
///
/// # Errors
/// When one of them never is.
pub fn codes(page: &Page, desk: &Desk, dir: &Path) -> Result<(String, String)> {
    page.holds(r"/^\d{3}\s\d{3}$/.test(document.querySelector('.code')?.textContent ?? '')")?;
    let shown = page.eval("document.querySelector('.code').textContent.replace(/\\s/, '')")?;
    let shown = shown.as_str().context("a code")?.to_owned();
    let read = desk.until("the code on the person's screen", |desk| {
        // Looked for each time: a window manager moves a new window.
        let seen = desk.read_line(dir, code_place(desk.window(PROMPT)?))?;
        let digits: String = seen.chars().filter(char::is_ascii_digit).collect();
        Ok((digits == shown).then_some(digits))
    })?;
    Ok((shown, read))
}

/// Clicks a pixel of the client's screen in the picture.
///
/// # Errors
/// When there is no picture.
pub fn click_pixel(page: &Page, x: i32, y: i32) -> Result<()> {
    let at = page.eval(&format!(
        "(() => {{ const c = document.querySelector('.picture canvas'), r = c.getBoundingClientRect(); \
         return [r.left + ({x} + 0.5) * r.width / c.width, r.top + ({y} + 0.5) * r.height / c.height]; }})()"
    ))?;
    let (Some(x), Some(y)) = (at[0].as_f64(), at[1].as_f64()) else {
        anyhow::bail!("no picture to click on: {at}");
    };
    page.click(x, y)
}

/// The picture on the page as R G B rows, read back from its canvas.
///
/// # Errors
/// When there is none.
pub fn picture(page: &Page) -> Result<Vec<u8>> {
    let said = page.eval(
        "(() => { const c = document.querySelector('.picture canvas'); const o = new OffscreenCanvas(c.width, c.height); \
         const x = o.getContext('2d', { willReadFrequently: true }); x.drawImage(c, 0, 0); const d = x.getImageData(0, 0, c.width, c.height).data; \
         const rgb = new Uint8Array(d.length / 4 * 3); for (let i = 0, j = 0; i < d.length; i += 4) { rgb[j++] = d[i]; rgb[j++] = d[i + 1]; rgb[j++] = d[i + 2]; } \
         let text = ''; for (let i = 0; i < rgb.length; i += 32768) text += String.fromCharCode(...rgb.subarray(i, i + 32768)); return btoa(text); })()",
    )?;
    Ok(STANDARD.decode(said.as_str().context("a picture")?)?)
}

/// The person's screen as R G B rows, by another program's eyes.
///
/// # Errors
/// When ImageMagick fails.
fn screen(desk: &Desk, dir: &Path) -> Result<Vec<u8>> {
    let file = dir.join("screen.png");
    desk.picture(&file)?;
    let out = Command::new("convert").arg(&file).args(["-depth", "8", "rgb:-"]).output();
    let out = out.context("convert (ImageMagick) cannot be started")?;
    ensure!(out.status.success(), "convert failed");
    Ok(out.stdout)
}

/// The page shows what is on the screen, pixel for pixel, from this row on: above it a banner's clock changes every second, faster than a
/// busy machine takes both pictures.
///
/// # Errors
/// When it never does.
pub fn same_pixels(page: &Page, desk: &Desk, dir: &Path, row: usize) -> Result<()> {
    let from = row * usize::from(WIDTH) * 3;
    desk.until("the same pixels on both sides", |desk| {
        let (seen, shown) = (picture(page)?, screen(desk, dir)?);
        Ok((seen.len() == shown.len() && seen.get(from..) == shown.get(from..)).then_some(()))
    })
}

/// The first row below a window at the top of the screen.
pub fn below(window: Window) -> usize {
    usize::try_from(window.y + window.height).unwrap_or(0)
}

/// Types that through the picture and copies all of the editor, again until it ends in it: while no sign of life comes from a busy machine
/// the picture is hidden for a moment, and takes no keys.
///
/// # Errors
/// When it is never there.
pub fn types(page: &Page, desk: &Desk, editor: Window, text: &str) -> Result<()> {
    desk.until(&format!("{text:?} in the editor"), |desk| {
        page.holds(LIVE)?;
        click_editor(page, editor)?;
        page.press_each(text)?;
        page.copy_all()?;
        Ok(desk.soon_copied(text)?.then_some(()))
    })
}

/// Types a line through the picture, once, and copies all of the editor: it holds exactly that.
///
/// # Errors
/// When it holds something else.
pub fn types_once(page: &Page, desk: &Desk, editor: Window, text: &str) -> Result<()> {
    click_editor(page, editor)?;
    page.press_each(text)?;
    page.press("Enter", 0)?;
    page.copy_all()?;
    desk.copied(text)
}

/// Clicks into the editor through the picture, so that it has the focus.
///
/// # Errors
/// When there is no picture.
pub fn click_editor(page: &Page, editor: Window) -> Result<()> {
    click_pixel(page, editor.x + editor.width / 2, editor.y + editor.height / 2)
}
