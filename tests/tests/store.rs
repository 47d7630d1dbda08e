//! The whole product, as its users run it, with the contract record in PostgreSQL: the same world as with SQLite, judged by what the
//! database says, and refused while it says nothing.
#![cfg(target_os = "linux")]

use std::fs;

use anyhow::{Result, ensure};
use aval_test_cluster::Cluster;
use aval_tests::stage::Stage;
use aval_tests::world::{CONTRACT, World, online, press_end, refused, request};

#[test]
fn sessions_go_by_the_record_in_postgresql_and_are_refused_while_it_is_gone() -> Result<()> {
    let mut server = Cluster::make();
    server.start();
    let dir = tempfile::tempdir()?;
    let mut stage = Stage::new(dir.path())?;
    stage.store = Some(server.place());
    // Founded, attached with a code, approved by a manager.
    let mut world = World::open_on(stage)?;
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
    move_out(&world, &server)?;
    // What was PostgreSQL's work goes on in a file.
    world.stage.kill("relay")?;
    world.stage.store = None;
    world.stage.start_relay()?;
    world.stage.until("the machine to be back", |stage| Ok(!online(stage)?.is_empty()))?;
    session(&world)?;
    copy(&world)
}

/// Exports from PostgreSQL while the relay serves, imports into SQLite, and from there into PostgreSQL again: the same bytes each time.
fn move_out(world: &World, server: &Cluster) -> Result<()> {
    server.batch("CREATE SCHEMA again");
    let again = format!("{}&options=-csearch_path%3Dagain", server.place());
    let first = server.place();
    for (from, file, to) in [(first.as_str(), "1.export", "sqlite"), ("sqlite", "2.export", &again)] {
        world.stage.run("aval-relay", &["export", "--data", "relay", "--store", from, file])?;
        let import = ["import", "--data", "relay", "--store", to, file];
        world.stage.run("aval-relay", &import)?;
        ensure!(!world.stage.output("aval-relay", &import)?.status.success(), "imported twice into {to}");
    }
    world.stage.run("aval-relay", &["export", "--data", "relay", "--store", &again, "3.export"])?;
    let export = |file: &str| fs::read(world.stage.path(file));
    ensure!(export("1.export")? == export("2.export")? && export("1.export")? == export("3.export")?);
    let verify = ["journal", "verify", "--data", "relay", "--store", "sqlite", "--machine", &world.machine];
    world.stage.run("aval-relay", &verify).map(drop)
}

/// A backup that was taken while the relay serves is a record.
fn copy(world: &World) -> Result<()> {
    fs::create_dir(world.stage.path("restored"))?;
    world.stage.run("aval-relay", &["backup", "--data", "relay", "restored/record.sqlite"])?;
    let said = world.stage.run("aval-relay", &["contract", "list", "--data", "restored"])?;
    ensure!(said.contains(CONTRACT), "{said}");
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
