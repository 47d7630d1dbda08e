//! A technician's key is stolen while its session runs.

use std::fs;

use anyhow::{Result, ensure};
use aval_tests::world::{MACHINE, World, online, request};

use super::publish;

#[test]
fn a_stolen_key_is_out_of_its_session_and_stays_out_whatever_the_relay_withholds() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut world = World::open(dir.path())?;
    let mut thief = world.granted()?;
    let revoke = ["firm", "revoke", "--dir", "firm", "--certificate", "technician.crt", "--reason", "stolen"];
    let said = world.stage.run("aval-console", &revoke)?;
    ensure!(said.contains("Clé révoquée (volée)"), "{said}");
    publish(&world.stage, "relay")?;
    let ended = thief.wait("ended")?;
    ensure!(ended["reason"] == "SECURITY_CUT", "{ended}");
    drop(thief);
    world
        .stage
        .until("the machine to know", |stage| Ok(stage.path(MACHINE).join("bulletin.pem").exists()))?;
    let turned_away = world.stage.output("aval-console", &["--home", "technician", "machines"])?;
    ensure!(!turned_away.status.success(), "the relay talked to a stolen key");

    // A relay that forgets the bulletin, and a thief's program that never had it: the machine alone knows.
    world.stage.kill("relay")?;
    fs::remove_file(world.stage.path("relay/bulletin.pem"))?;
    let _ = fs::remove_file(world.stage.path("technician/bulletin.pem"));
    world.stage.start_relay()?;
    world.stage.until("the machine", |stage| Ok(online(stage).is_ok_and(|there| !there.is_empty())))?;
    let mut thief = world.stage.technician(&request(&world.machine))?;
    ensure!(thief.wait("granted").is_err(), "a stolen key was granted something");
    ensure!(
        thief.heard.iter().all(|event| event["event"] != "asking"),
        "the person was asked: {:?}",
        thief.heard
    );
    drop(thief);

    // The same person with a new key.
    publish(&world.stage, "relay")?;
    for name in ["technician", "technician.crt"] {
        fs::rename(world.stage.path(name), world.stage.path(&format!("old-{name}")))?;
    }
    world.stage.member("technician", "sophie.martin", "Sophie Martin")?;
    world.granted().map(drop)
}
