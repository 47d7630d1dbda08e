//! The drills of docs/keys.md with the real programs: each command here is the one that the page gives.
#![cfg(target_os = "linux")]

mod moved;
mod renewed;
mod restored;
mod stolen;
mod succession;
mod words;

use std::fs;
use std::path::Path;

use anyhow::Result;
use aval_tests::stage::Stage;
use aval_tests::world::{CONTRACT, MACHINE, contract, online, service};

/// A firm, its relay at work, one machine attached; which one.
fn attached(dir: &Path) -> Result<(Stage, String)> {
    let mut stage = Stage::new(dir)?;
    stage.found()?;
    contract(&stage, CONTRACT, "Cabinet Leroy", "2026-01-05")?;
    stage.start_relay()?;
    stage.enrol(MACHINE, CONTRACT)?;
    let machine = service(&mut stage, MACHINE)?;
    Ok((stage, machine))
}

/// Takes the firm's newest bulletin to a relay.
fn publish(stage: &Stage, relay: &str) -> Result<()> {
    stage.run("aval-relay", &["bulletin", "--data", relay, "firm/bulletin.pem"]).map(drop)
}

/// Copies a stopped relay's folder, as it goes to another host.
fn copy(stage: &Stage, from: &str, to: &str) -> Result<()> {
    fs::create_dir(stage.path(to))?;
    for file in fs::read_dir(stage.path(from))? {
        let file = file?;
        if file.file_type()?.is_file() {
            fs::copy(file.path(), stage.path(to).join(file.file_name()))?;
        }
    }
    Ok(())
}

/// Waits until a machine is on line and, with it, until the manager's program has the bulletin.
fn followed(stage: &mut Stage, machine: &str) -> Result<()> {
    stage.until("the machine on line", |stage| {
        // No relay may answer yet.
        let there = online(stage).is_ok_and(|machines| machines.iter().any(|it| it == machine));
        Ok(there && stage.path("manager/bulletin.pem").exists())
    })?;
    stage.until("the machine to know", |stage| Ok(stage.path(MACHINE).join("bulletin.pem").exists()))
}

/// Starts a relay on that folder, at that address.
fn serve(stage: &mut Stage, folder: &str, address: &str) -> Result<()> {
    let mut relay = stage.program("aval-relay");
    relay.args(["serve", "--data", folder, "--listen", address]);
    stage.start(folder, relay)
}
