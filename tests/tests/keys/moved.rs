//! The relay goes to another host, and the relay's key is lost: machines and people follow, and nobody else is followed.

use std::fs;
use std::net::UdpSocket;

use anyhow::{Result, ensure};
use aval_tests::world::online;

use super::{attached, copy, followed, publish, serve};

#[test]
fn machines_follow_the_relay_to_another_address_that_the_firm_signed() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let (mut stage, machine) = attached(dir.path())?;
    let old = stage.relay_address();
    let new = format!("127.0.0.1:{}", UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port());
    stage.run("aval-console", &["firm", "relays", "--dir", "firm", &old, &new])?;
    fs::copy(stage.path("firm/bulletin.pem"), stage.path("first.pem"))?;
    publish(&stage, "relay")?;
    followed(&mut stage, &machine)?;

    stage.kill("relay")?;
    copy(&stage, "relay", "moved")?;
    serve(&mut stage, "moved", &new)?;
    followed(&mut stage, &machine)?;
    stage.run("aval-console", &["firm", "relays", "--dir", "firm", &new])?;
    publish(&stage, "moved")?;

    // Yesterday's bulletin, and one of somebody else's, are refused with a sentence.
    let older = stage.output("aval-relay", &["bulletin", "--data", "moved", "first.pem"])?;
    let said = String::from_utf8_lossy(&older.stderr).into_owned();
    ensure!(!older.status.success() && said.contains("plus ancien"), "{said}");
    let other =
        ["firm", "init", "--name", "Autre", "--phone", "+33199009999", "--dir", "other", "--no-passphrase"];
    stage.run("aval-console", &other)?;
    stage.run("aval-console", &["firm", "relays", "--dir", "other", "127.0.0.1:9"])?;
    let foreign = stage.output("aval-relay", &["bulletin", "--data", "moved", "other/bulletin.pem"])?;
    ensure!(!foreign.status.success(), "a foreign bulletin was taken in");
    Ok(())
}

#[test]
fn a_relay_whose_key_is_lost_serves_with_a_new_one_and_the_old_one_serves_nobody() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let (mut stage, machine) = attached(dir.path())?;
    let address = stage.relay_address();
    stage.run("aval-relay", &["backup", "--data", "relay", "record.copy"])?;
    stage.kill("relay")?;
    stage.run("aval-relay", &["init", "--data", "fresh", "--firm", "firm/firm.pub", "--name", "relais-1"])?;
    let certify = ["firm", "certify", "--dir", "firm", "--request", "fresh/request.pem", "--role", "relay"];
    let named = ["--person", "relais-1", "--name", "Relais 1", "--out", "fresh.crt"];
    stage.run("aval-console", &[&certify[..], &named[..]].concat())?;
    stage.run("aval-relay", &["install", "--data", "fresh", "fresh.crt"])?;
    for left in ["record.sqlite", "record.sqlite-wal", "record.sqlite-shm"] {
        let _ = fs::remove_file(stage.path("fresh").join(left));
    }
    fs::copy(stage.path("record.copy"), stage.path("fresh/record.sqlite"))?;
    let lost = ["firm", "revoke", "--dir", "firm", "--certificate", "relay.crt", "--reason", "lost"];
    stage.run("aval-console", &lost)?;
    publish(&stage, "fresh")?;
    serve(&mut stage, "fresh", &address)?;
    followed(&mut stage, &machine)?;

    // Whoever has the old key now is no relay of the firm, although its certificate has not ended.
    stage.kill("fresh")?;
    serve(&mut stage, "relay", &address)?;
    stage.until("the machine to refuse", |stage| Ok(stage.log_of("agent").contains("Revoked")))?;
    ensure!(online(&stage).is_err(), "the manager’s program talked to a revoked relay");
    Ok(())
}
