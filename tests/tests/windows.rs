//! A client who has Windows: the Windows agent under Wine, against a relay and a console.
#![cfg(target_os = "linux")]

use anyhow::{Context as _, Result};
use aval_tests::desk::Desk;
use aval_tests::stage::Stage;
use aval_tests::wine::Wine;
use aval_tests::world::{CONTRACT, contract, online};
use serde_json::Value;

#[test]
fn windows_starts_the_service_and_the_service_starts_the_desktops_part() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let (mut stage, desk) = (Stage::new(dir.path())?, Desk::open()?);
    stage.wine = Some(Wine::start(stage.programs(), desk.display())?);
    stage.found()?;
    contract(&stage, CONTRACT, "Cabinet Leroy", "2026-01-05")?;
    stage.start_relay()?;
    stage.enrol(r"C:\ProgramData\Aval\Agent", CONTRACT)?;
    stage.run("aval-agent", &["install"])?;
    let mut machine = None;
    stage.until("the machine to be on line", |stage| {
        machine = online(stage)?.into_iter().next();
        Ok(machine.is_some())
    })?;
    stage.run("aval-console", &["--home", "manager", "approve", &machine.context("it is there")?])?;
    stage.until("the desktop's part", |stage| {
        let said = stage.run("aval-agent", &["status", "--json"])?;
        Ok(serde_json::from_str::<Value>(&said).is_ok_and(|status| status["desktop"] == true))
    })?;
    stage.run("aval-agent", &["uninstall"])?;
    stage.until("the machine to be gone", |stage| Ok(online(stage)?.is_empty()))
}
