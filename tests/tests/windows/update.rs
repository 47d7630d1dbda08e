//! A Windows PC that takes a release: the installed service of one version becomes the signed next one by itself, and is the one before
//! again when the next one is no program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use aval_protocol::release::WINDOWS_PROGRAMS;
use aval_protocol::release::version::{mark, places};
use aval_tests::stage::Stage;
use aval_tests::wine::windows_programs;
use aval_tests::world::{CONTRACT, online, windows};
use serde_json::Value;

const PLACE: &str = "Program Files/Aval";

/// One of the installed programs' commands, on this Windows; what it printed.
fn installed(stage: &Stage, arguments: &[&str]) -> Result<String> {
    let wine = stage.wine.as_ref().context("a Windows")?;
    let mut command = wine.own(&wine.file(PLACE).join(WINDOWS_PROGRAMS[0]).to_string_lossy());
    let out = command.args(arguments).stdin(Stdio::null()).output()?;
    ensure!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

/// The two programs as they are released, and the agent's with another version in its mark: another program, which says so everywhere.
fn programs(stage: &Stage, folder: &str, version: &str) -> Result<PathBuf> {
    let built = windows_programs(stage.programs())?;
    let folder = stage.path(folder);
    fs::create_dir(&folder)?;
    for name in WINDOWS_PROGRAMS {
        let mut strip = Command::new("x86_64-w64-mingw32-strip");
        ensure!(strip.arg("-o").arg(folder.join(name)).arg(built.join(name)).status()?.success(), "{name}");
    }
    let path = folder.join(WINDOWS_PROGRAMS[0]);
    let mut bytes = fs::read(&path)?;
    let (found, mark) = (places(&bytes), mark(version));
    ensure!(!found.is_empty(), "the program does not say its version");
    for at in found {
        bytes[at..at + mark.len()].copy_from_slice(&mark);
    }
    fs::write(path, bytes)?;
    Ok(folder)
}

/// The firm signs a release off line and puts it on its relay's shelf.
fn release(stage: &Stage, version: &str, folder: &Path) -> Result<()> {
    let files = WINDOWS_PROGRAMS.map(|name| folder.join(name).display().to_string());
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let sign = ["release", "sign", "--dir", "release", "--version", version, "--spread", "0"];
    stage.run("aval-console", &[&sign[..], &files].concat())?;
    let put = ["release", "put", "--data", "relay", "release/release.pem"];
    stage.run("aval-relay", &[&put[..], &files].concat()).map(drop)
}

/// What the service says of its program, if it runs.
fn program(stage: &Stage) -> Option<Value> {
    let said: Value = serde_json::from_str(&installed(stage, &["status", "--json"]).ok()?).ok()?;
    said["relay"].is_string().then(|| said["program"].clone())
}

/// Waits for what the service says of its program; what was logged there, if it never says so.
fn until(stage: &mut Stage, what: &str, mut fits: impl FnMut(&Value) -> bool) -> Result<()> {
    let waited = stage.until(what, |stage| Ok(program(stage).is_some_and(|it| fits(&it))));
    waited.with_context(|| {
        let home = stage.wine.as_ref().map(|wine| wine.file("ProgramData/Aval/Agent"));
        let logs = ["service.log", "update.log", "status.json"].map(|name| {
            let log =
                home.as_ref().and_then(|home| fs::read_to_string(home.join(name)).ok()).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            format!("== {name}\n{}\n", lines[lines.len().saturating_sub(25)..].join("\n"))
        });
        logs.concat()
    })
}

#[test]
fn a_signed_release_takes_the_place_and_one_that_is_no_program_gives_it_back() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let (mut stage, _desk) = windows(dir.path())?;
    stage.run("aval-console", &["release", "key", "--dir", "release", "--no-passphrase"])?;
    stage.enrol(r"C:\ProgramData\Aval\Agent", CONTRACT)?;

    // As the installer lays it out, with the release key beside firm.pub.
    let place = stage.wine.as_ref().context("a Windows")?.file(PLACE);
    fs::create_dir_all(place.join("provider"))?;
    let first = programs(&stage, "first", "0.1.0")?;
    for name in WINDOWS_PROGRAMS {
        fs::copy(first.join(name), place.join(name))?;
    }
    fs::copy(stage.path("firm/firm.pub"), place.join("provider/firm.pub"))?;
    fs::copy(stage.path("release/release.pub"), place.join("provider/release.pub"))?;
    fs::write(place.join("provider/relays.txt"), stage.relay_address())?;
    installed(&stage, &["install"])?;
    until(&mut stage, "the first version", |it| it["version"] == "0.1.0" && it["state"] == "UNHEARD")?;

    release(&stage, "0.1.1", &programs(&stage, "second", "0.1.1")?)?;
    until(&mut stage, "the second version", |it| it["version"] == "0.1.1" && it["state"] == "CURRENT")?;
    ensure!(place.join("versions/0.1.1").is_dir() && !online(&stage)?.is_empty());
    let told = installed(&stage, &["register"])?;
    ensure!(told.contains("mis à jour de 0.1.0 à 0.1.1"), "{told}");

    // The firm signs something that no Windows runs.
    let broken = programs(&stage, "broken", "0.1.2")?;
    fs::write(broken.join(WINDOWS_PROGRAMS[0]), [b"MZ".as_slice(), &mark("0.1.2")].concat())?;
    release(&stage, "0.1.2", &broken)?;
    until(&mut stage, "the second one again", |it| it["version"] == "0.1.1" && it["state"] == "PUT_BACK")?;
    stage.until("the machine to be back on line", |stage| Ok(!online(stage)?.is_empty()))?;
    let told = installed(&stage, &["register"])?;
    ensure!(told.contains("0.1.2 n’a pas fait ses preuves"), "{told}");

    installed(&stage, &["uninstall"])?;
    stage.until("the machine to be gone", |stage| Ok(online(stage)?.is_empty()))
}
