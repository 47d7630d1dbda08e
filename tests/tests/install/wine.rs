//! From the page to an attached Windows PC and away again: the installer as it is made for people, run by a person under Wine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use aval_tests::desk::{Desk, Window};
use aval_tests::wine::{Wine, windows_programs};
use aval_tests::world::online;
use serde_json::Value;

use crate::site::Site;

/// The middle of « Suivant » from the right and lower edges of the installer's window.
const NEXT: (i32, i32) = (157, 23);
/// « Rattacher » from the left and lower edges of the question.
const ATTACH: (i32, i32) = (200, 42);
/// Where the agent keeps what is its own.
const IDENTITY: &str = "ProgramData/Aval/Agent/identity.key";
const PROGRAM: &str = "Program Files/Aval/aval-agent.exe";
/// Where the key of releases is made, and where the machine that follows it keeps it.
const RELEASE_KEY: &str = "release/release.pub";
const PINNED: &str = "ProgramData/Aval/Agent/release.pub";
/// The windows that ask and tell.
const QUESTION: &str = "aval-agent-prompt.exe";
const NEWS: &str = "aval-agent.exe";

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

/// The installers of the stage's firm, for people and for administrators, made of the programs that the tests run, packed quickly. The
/// firm signs its releases.
fn installers(site: &Site) -> Result<[PathBuf; 2]> {
    certificate(site)?;
    site.stage.run("aval-console", &["release", "key", "--dir", "release", "--no-passphrase"])?;
    let top = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let made = Command::new(top.join("packaging/windows/installer"))
        .args(["--firm", "firm/firm.pub", "--relay", &site.stage.relay_address(), "--compression", "zlib"])
        .args(["--certificate", "sign.pem", "--key", "sign.key", "--release-key", RELEASE_KEY])
        .args(["--out", ".", "--programs"])
        .arg(windows_programs(site.stage.programs())?)
        .current_dir(site.stage.path(""))
        .output()?;
    ensure!(made.status.success(), "no installer: {}", String::from_utf8_lossy(&made.stderr));
    let mut made = std::str::from_utf8(&made.stdout)?.lines().map(PathBuf::from);
    Ok([made.next().context("no installer")?, made.next().context("no package")?])
}

/// Downloads what was agreed to, under the name that the page gives it; its signature holds.
fn download(site: &Site, link: &str, code: &str) -> Result<PathBuf> {
    let answer = site.get(link)?;
    let name = answer.header("content-disposition").and_then(|it| it.split('"').nth(1)).context("no name")?;
    ensure!(name.contains(code), "{name}");
    fs::create_dir_all(site.stage.path("downloads"))?;
    let saved = site.stage.path("downloads").join(name);
    fs::write(&saved, &answer.body)?;
    let mut sealed = Command::new("osslsigncode");
    sealed.args(["verify", "-CAfile", "sign.pem"]).arg(&saved).current_dir(site.stage.path(""));
    ensure!(sealed.output()?.status.success(), "the download’s signature is broken");
    Ok(saved)
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

/// A person presses « Rattacher », which does nothing before the question could be read.
fn say_yes(desk: &Desk, wine: &Wine) -> Result<()> {
    desk.until("the yes to be heard", |desk| {
        if let Some(Window { x, y, height, .. }) = desk.find(QUESTION)? {
            desk.click(x + ATTACH.0, y + height - ATTACH.1)?;
        }
        sleep(Duration::from_secs(1));
        Ok(wine.file(IDENTITY).exists().then_some(()))
    })
}

/// The person reads how it went and closes the window, if it is there.
fn read_news(desk: &Desk) -> Result<Option<()>> {
    sleep(Duration::from_secs(1));
    let Some(_) = desk.find(NEWS)? else { return Ok(None) };
    desk.person(&["key", "Return"])?;
    Ok(Some(()))
}

/// The machine follows the firm's own releases.
fn follows(site: &Site, wine: &Wine) -> Result<()> {
    let pinned = fs::read(wine.file(PINNED)).context("no key of releases is pinned")?;
    ensure!(pinned == fs::read(site.stage.path(RELEASE_KEY))?, "another key of releases");
    let asked = wine.own(&wine.file(PROGRAM).to_string_lossy()).args(["status", "--json"]).output()?;
    let said: Value = serde_json::from_slice(&asked.stdout).context("no status")?;
    ensure!(said["running"] == true && said["release_fingerprint"].is_string(), "{said}");
    Ok(())
}

/// Nothing is left on the PC, and the relay manages it no more.
fn gone(site: &mut Site, wine: &Wine) -> Result<()> {
    site.stage.until("nothing to be left", |_| {
        Ok(!wine.file(PROGRAM).exists()
            && !wine.file("ProgramData/Aval").exists()
            && !wine.file("Program Files/Aval").exists())
    })?;
    ensure!(site.stage.machines()?.is_empty(), "it is still managed");
    ensure!(site.stage.log_of("relay").contains("a machine has left"));
    Ok(())
}

#[test]
fn clause_4_5_a_windows_pc_is_attached_by_its_installer_and_everything_goes_away_again() -> Result<()> {
    let mut site = Site::found()?;
    let desk = Desk::open()?;
    site.add(&installers(&site)?[0])?;
    site.stage.start_relay()?;
    site.stage.until("the page", |stage| Ok(stage.log_of("relay").contains("install page is served")))?;
    let code = site.code(0)?;
    let (_, link) = site.agreed_on(&code, "windows")?;
    let setup = download(&site, &link, &code)?;
    let name = setup.file_name().context("no name")?.to_string_lossy().into_owned();

    let wine = Wine::start(site.stage.programs(), desk.display())?;
    let mut opened = open(&wine, &setup, &[])?;
    let class = name.to_lowercase();
    forward(&desk, &class, QUESTION)?;
    ensure!(!wine.file(IDENTITY).exists() && site.stage.machines()?.is_empty(), "attached before the yes");
    say_yes(&desk, &wine)?;
    site.stage.until("the machine to be on line", |stage| Ok(!online(stage)?.is_empty()))?;
    follows(&site, &wine)?;
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
    gone(&mut site, &wine)
}

#[test]
fn clause_4_5_a_package_that_is_rolled_out_attaches_nothing_without_a_yes() -> Result<()> {
    let mut site = Site::found()?;
    let desk = Desk::open()?;
    let both = installers(&site)?;
    for package in &both {
        site.add(package)?;
    }
    site.stage.start_relay()?;
    site.stage.until("the page", |stage| Ok(stage.log_of("relay").contains("install page is served")))?;
    let code = site.code(0)?;
    let page = site.get(&format!("/i/{code}?system=windows"))?.text();
    ensure!(
        page.contains("value=\"msi\"") && page.contains("aval-agent_0.1.0_x64.msi"),
        "no package:\n{page}"
    );
    let (next, link) = site.agreed_to(&code, "windows", "msi")?;
    let named = download(&site, &link, &code)?;
    ensure!(
        next.contains(&format!("{}&quot; /qn", named.file_name().context("no name")?.display())),
        "{next}"
    );
    let recorded = site.installs()?;
    ensure!(page.contains(recorded[0]["sha256"].as_str().context("no hash")?), "{recorded:?}");
    let wine = Wine::start(site.stage.programs(), desk.display())?;
    let named = format!("Z:{}", named.display());
    let does = |verb: &str, how: &str| -> Result<()> {
        let done = open(&wine, Path::new("msiexec"), &[verb, &named, how])?.wait()?;
        ensure!(done.success(), "msiexec {verb} {how}: {done}");
        Ok(())
    };

    does("/i", "/qn")?;
    ensure!(wine.file(PROGRAM).exists() && wine.file("Program Files/Aval/provider/firm.pub").exists());
    sleep(Duration::from_secs(3));
    ensure!(!wine.file(IDENTITY).exists() && desk.find(QUESTION)?.is_none(), "it did more than copy");
    // As the page says: somebody attaches the PC later, and may still think better of it.
    let mut later = open(&wine, &wine.file(PROGRAM), &["enrol", "--window", "--start", &code])?;
    desk.until("the question", |desk| desk.find(QUESTION))?;
    desk.until("the no to be heard", |desk| {
        if desk.find(QUESTION)?.is_some() {
            desk.person(&["key", "Escape"])?;
        }
        read_news(desk)
    })?;
    later.wait()?;
    ensure!(!wine.file(IDENTITY).exists() && site.stage.machines()?.is_empty(), "attached by a no");
    does("/x", "/qn")?;
    ensure!(!wine.file(PROGRAM).exists());

    does("/i", "/qb")?;
    desk.until("the question", |desk| desk.find(QUESTION))?;
    ensure!(!wine.file(IDENTITY).exists() && site.stage.machines()?.is_empty(), "attached before the yes");
    say_yes(&desk, &wine)?;
    site.stage.until("the machine to be on line", |stage| Ok(!online(stage)?.is_empty()))?;
    follows(&site, &wine)?;
    desk.until("the news", read_news)?;
    does("/x", "/qn")?;
    gone(&mut site, &wine)
}
