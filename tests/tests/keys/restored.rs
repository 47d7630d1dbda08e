//! The record is put back from a copy: what was used since is not usable again.

use std::fs;

use anyhow::{Result, ensure};
use aval_tests::world::{CONTRACT, online};

use super::attached;

#[test]
fn a_code_that_was_used_after_the_copy_is_not_used_again() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let (mut stage, machine) = attached(dir.path())?;
    let issued = stage.run("aval-console", &["--home", "manager", "code", "new", "--contract", CONTRACT])?;
    let code = issued
        .split_whitespace()
        .map(|word| word.trim_end_matches(['.', ',']))
        .find(|word| word.len() == 14 && word.matches('-').count() == 2)
        .map(str::to_owned)
        .unwrap_or_default();
    stage.run("aval-relay", &["backup", "--data", "relay", "yesterday.sqlite"])?;
    let address = stage.relay_address();
    let enrol = |home| ["enrol", &code, "--relay", &address, "--firm", "firm/firm.pub", "--home", home];
    stage.run_with("aval-agent", &enrol("second"), "oui\n")?;
    stage.kill("relay")?;
    for left in ["record.sqlite-wal", "record.sqlite-shm"] {
        let _ = fs::remove_file(stage.path("relay").join(left));
    }
    fs::copy(stage.path("yesterday.sqlite"), stage.path("relay/record.sqlite"))?;
    let said = stage.run("aval-relay", &["restored", "--data", "relay"])?;
    ensure!(said.contains("1 code(s)"), "{said}");
    stage.start_relay()?;
    stage.until("the machine from before", |stage| {
        Ok(online(stage).is_ok_and(|there| there == [machine.clone()]))
    })?;
    let again = stage.output_with("aval-agent", &enrol("third"), "oui\n")?;
    ensure!(!again.status.success(), "a used code attached another machine");
    Ok(())
}
