//! The whole product, as its users run it, with the contract record in PostgreSQL: the same world as with SQLite, judged by what the
//! database says, and refused while it says nothing.
#![cfg(target_os = "linux")]

use anyhow::{Result, ensure};
use aval_test_cluster::Cluster;
use aval_tests::stage::Stage;
use aval_tests::world::{CONTRACT, World, press_end, refused, request};

#[test]
fn sessions_go_by_the_record_in_postgresql_and_are_refused_while_it_is_gone() -> Result<()> {
    let mut server = Cluster::make();
    server.start();
    let dir = tempfile::tempdir()?;
    let mut stage = Stage::new(dir.path())?;
    stage.store = Some(server.place());
    // Founded, attached with a code, approved by a manager.
    let world = World::open_on(stage)?;
    session(&world)?;

    let contract = |what: &str, more: &[&str]| {
        let command = ["contract", what, "--data", "relay", "--id", CONTRACT];
        world.stage.run("aval-relay", &[&command[..], more].concat())
    };
    contract("suspend", &["--reason", "impayés"])?;
    let codes = refused(&world.stage, &world.machine)?;
    ensure!(codes == ["SUSPENDED"], "{codes:?}");
    contract("resume", &[])?;

    server.crash();
    let mut technician = world.stage.technician(&request(&world.machine))?;
    let failed = technician.wait("failed")?;
    ensure!(failed["fr"].as_str().is_some_and(|said| said.contains("registre")), "{failed}");
    technician.exit()?;
    server.start();
    session(&world)?;

    world.stage.run("aval-relay", &["journal", "verify", "--data", "relay", "--machine", &world.machine])?;
    ensure!(!world.stage.path("relay/record.sqlite").exists(), "a file was made too");
    Ok(())
}

/// Asked for, granted by the person, and ended by them.
fn session(world: &World) -> Result<()> {
    let mut technician = world.granted()?;
    world.banner()?;
    press_end(&world.desk)?;
    technician.wait("ended")?;
    technician.exit().map(drop)
}
