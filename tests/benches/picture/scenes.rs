//! A long page in a real browser, full screen.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use aval_tests::canvas::words;
use aval_tests::desk::{Desk, Window};
use aval_tests::simnet::rng::Rng;

/// A browser with a long page, full screen.
pub(crate) fn browser(desk: &mut Desk, dir: &Path, smooth: bool) -> Result<Window> {
    let page = dir.join("page.html");
    let mut html = String::from(
        "<!doctype html><meta charset=utf-8><title>Guide</title><body style='font:16px sans-serif;max-width:1400px;margin:2em auto'>",
    );
    let mut rng = Rng::new(5);
    for section in 1..200 {
        write!(html, "<h2>{section}. {}</h2><p>{}</p>", words(&mut rng, 40), words(&mut rng, 700))?;
        write!(html, "<table border=1><tr><td>{}<td>{}</table>", words(&mut rng, 30), words(&mut rng, 60))?;
        write!(
            html,
            "<pre style='background:#f4f4f0'>{}</pre><p>{}</p>",
            words(&mut rng, 90),
            words(&mut rng, 500)
        )?;
    }
    fs::write(&page, html)?;
    let profile = dir.join(if smooth { "smooth" } else { "wheel" });
    let mut chromium = Command::new("chromium");
    chromium
        .args([
            "--no-sandbox",
            "--no-first-run",
            "--disable-gpu",
            "--window-size=1920,1040",
            "--window-position=0,0",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("--app=file://{}", page.display()));
    if !smooth {
        chromium.arg("--disable-smooth-scrolling");
    }
    desk.start(chromium)?;
    desk.window("page.html")
        .or_else(|_| desk.window("chromium"))
        .inspect(|_| std::thread::sleep(Duration::from_secs(4)))
}
