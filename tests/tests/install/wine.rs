//! From the page to an attached Windows PC and away again: the installer as it is made for people, run by a person under Wine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use aval_tests::desk::{Desk, Window};
use aval_tests::wine::Wine;
use aval_tests::world::online;

use crate::site::Site;

/// The middle of « Suivant » from the right and lower edges of the installer's window.
const NEXT: (i32, i32) = (157, 23);
/// Where the agent keeps what is its own.
const IDENTITY: &str = "ProgramData/Aval/Agent/identity.key";
const PROGRAM: &str = "Program Files/Aval/aval-agent.exe";

/// A certificate to sign code with, of nobody's.
fn certificate(site: &Site) -> Result<()> {
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=Essai de signature",
        ])
        .args(["-addext", "extendedKeyUsage=codeSigning", "-keyout", "sign.key", "-out", "sign.pem"])
        .current_dir(site.stage.path(""))
        .output();
    ensure!(made.context("openssl is missing: apt install openssl")?.status.success(), "no certificate");
    Ok(())
}

/// The installer of the stage's firm, made of the programs that the tests run, packed quickly.
fn installer(site: &Site) -> Result<PathBuf> {
    certificate(site)?;
    let top = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let made = Command::new(top.join("packaging/windows/installer"))
        .args(["--firm", "firm/firm.pub", "--relay", &site.stage.relay_address(), "--compression", "zlib"])
        .args(["--certificate", "sign.pem", "--key", "sign.key", "--out", ".", "--programs"])
        .arg(site.stage.programs().join("../windows/x86_64-win7-windows-gnu/debug"))
        .current_dir(site.stage.path(""))
        .output()?;
    ensure!(made.status.success(), "no installer: {}", String::from_utf8_lossy(&made.stderr));
    Ok(PathBuf::from(String::from_utf8(made.stdout)?.trim()))
}

/// A program of this Windows, started by a person.
fn open(wine: &Wine, program: &Path, arguments: &[&str]) -> Result<Child> {
    let mut command = wine.own(&program.to_string_lossy());
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().context("wine cannot be started")
}

/// Presses the installer's button for going on, if its window is there.
fn next(desk: &Desk, installer: &str) -> Result<bool> {
    let Some(Window { x, y, width, height, .. }) = desk.find(installer)? else { return Ok(false) };
    desk.click(x + width - NEXT.0, y + height - NEXT.1)?;
    Ok(true)
}

/// Presses « Suivant » until that window is there.
fn forward(desk: &Desk, installer: &str, until: &str) -> Result<Window> {
    desk.until(&format!("{until} behind the installer's pages"), |desk| {
        if let Some(window) = desk.find(until)? {
            return Ok(Some(window));
        }
        next(desk, installer)?;
        sleep(Duration::from_secs(2));
        Ok(None)
    })
}

#[test]
fn clause_4_5_a_windows_pc_is_attached_by_its_installer_and_everything_goes_away_again() -> Result<()> {
    let mut site = Site::found()?;
    let desk = Desk::open()?;
    site.add(&installer(&site)?)?;
    site.stage.start_relay()?;
    site.stage.until("the page", |stage| Ok(stage.log_of("relay").contains("install page is served")))?;
    let code = site.code(0)?;
    let (_, link) = site.agreed_on(&code, "windows")?;
    let answer = site.get(&link)?;
    let name = answer.header("content-disposition").and_then(|it| it.split('"').nth(1)).context("no name")?;
    ensure!(name.contains(&code), "{name}");
    let setup = site.stage.path(name);
    fs::write(&setup, &answer.body)?;
    let mut sealed = Command::new("osslsigncode");
    sealed.args(["verify", "-CAfile", "sign.pem", name]).current_dir(site.stage.path(""));
    ensure!(sealed.output()?.status.success(), "the download’s signature is broken");

    let wine = Wine::start(site.stage.programs(), desk.display())?;
    let mut opened = open(&wine, &setup, &[])?;
    let class = name.to_lowercase();
    let console = forward(&desk, &class, "conhost.exe")?;
    ensure!(!wine.file(IDENTITY).exists() && site.stage.machines()?.is_empty(), "attached before the yes");
    // The person reads, clicks into the window, and types.
    sleep(Duration::from_secs(5));
    desk.until("the typed yes to be heard", |desk| {
        desk.click(console.x + console.width / 2, console.y + console.height / 2)?;
        desk.person(&["type", "--delay", "60", "oui"])?;
        desk.person(&["key", "Return"])?;
        sleep(Duration::from_secs(3));
        Ok(wine.file(IDENTITY).exists().then_some(()))
    })?;
    site.stage.until("the machine to be on line", |stage| Ok(!online(stage)?.is_empty()))?;
    let kept = site.installs()?;
    ensure!(kept.len() == 1 && kept[0]["via"] == "page" && kept[0]["machine"].is_string(), "{kept:?}");
    desk.until("the installer to be done", |desk| {
        let there = next(desk, &class)?;
        sleep(Duration::from_secs(1));
        Ok((!there).then_some(()))
    })?;
    ensure!(opened.wait()?.success());

    // The same again, silently: an upgrade keeps the machine that it is.
    let before = fs::read(wine.file(IDENTITY))?;
    ensure!(open(&wine, &setup, &["/S"])?.wait()?.success(), "the upgrade failed");
    ensure!(fs::read(wine.file(IDENTITY))? == before, "another machine after an upgrade");
    site.stage.until("the machine to be back", |stage| Ok(!online(stage)?.is_empty()))?;

    open(&wine, &wine.file("Program Files/Aval/uninstall.exe"), &["/S"])?.wait()?;
    site.stage.until("nothing to be left", |_| {
        Ok(!wine.file(PROGRAM).exists()
            && !wine.file("ProgramData/Aval").exists()
            && !wine.file("Program Files/Aval").exists())
    })?;
    ensure!(site.stage.machines()?.is_empty(), "it is still managed");
    ensure!(site.stage.log_of("relay").contains("a machine has left"));
    Ok(())
}
