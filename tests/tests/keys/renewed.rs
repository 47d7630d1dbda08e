//! The machine's own key is renewed: cut short anywhere it is finished later, a manager approves it anew, and the old key is nobody.

use std::fs;

use anyhow::{Result, ensure};
use aval_tests::stage::Stage;
use aval_tests::world::{MACHINE, online};

use super::attached;

fn start(stage: &mut Stage, home: &str) -> Result<()> {
    let mut service = stage.program("aval-agent");
    service.args(["service", "--home", home, "--socket", &stage.socket(home)]);
    stage.start(home, service)
}

fn fingerprint(stage: &Stage) -> Result<String> {
    let said = stage.run("aval-agent", &["status", "--home", MACHINE, "--json"])?;
    let said: serde_json::Value = serde_json::from_str(&said)?;
    Ok(said["key_fingerprint"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_renewal_that_is_cut_short_anywhere_leaves_one_key_that_counts() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let (mut stage, machine) = attached(dir.path())?;
    let renew = ["key", "renew", "--home", MACHINE];
    let refused = stage.output("aval-agent", &renew)?;
    ensure!(!refused.status.success(), "renewed under a running service");
    stage.kill(MACHINE)?;
    let old = fingerprint(&stage)?;
    let before = fs::read(stage.path(MACHINE).join("identity.key"))?;
    let journal = fs::read(stage.path(MACHINE).join("journal"))?;

    // Nobody is reached: the old key counts on, and the service serves with it.
    stage.kill("relay")?;
    ensure!(!stage.output("aval-agent", &renew)?.status.success(), "renewed without the relay");
    ensure!(stage.path(MACHINE).join("identity.next").exists(), "the next key is not kept");
    stage.start_relay()?;
    let said = stage.run("aval-agent", &renew)?;
    let new = fingerprint(&stage)?;
    ensure!(new != old && said.contains(&old) && said.contains(&new), "{said}");

    // As if the power had failed after the relay wrote it down: everything of the machine is as before, and the next key beside it.
    fs::copy(stage.path(MACHINE).join("identity.key"), stage.path(MACHINE).join("identity.next"))?;
    fs::write(stage.path(MACHINE).join("identity.key"), &before)?;
    fs::write(stage.path(MACHINE).join("journal"), &journal)?;
    start(&mut stage, MACHINE)?;
    let mut there = Vec::new();
    stage.until("the machine under its new key", |stage| {
        there = online(stage)?;
        Ok(there.len() == 1 && there[0] != machine)
    })?;
    ensure!(fingerprint(&stage)? == new && !stage.path(MACHINE).join("identity.next").exists());

    // One journal on the machine, signed by both; the relay’s names both; a manager approves the new one.
    let register = stage.run("aval-agent", &["register", "--home", MACHINE])?;
    ensure!(
        register.contains(&old) && register.contains(&new) && register.contains("rattaché"),
        "{register}"
    );
    stage.run("aval-agent", &["register", "verify", "--home", MACHINE])?;
    stage.run("aval-agent", &["register", "export", "--home", MACHINE, "journal.json"])?;
    let plain = |key: &str| key.split_whitespace().collect::<String>();
    let key = plain(&new);
    let file = ["register", "verify", "--home", MACHINE, "--file", "journal.json", "--key", &key];
    stage.run("aval-agent", &file)?;
    let show = ["--home", "manager", "journal", "show", "--machine", &there[0]];
    let told = stage.run("aval-console", &show)?;
    ensure!(told.contains(&plain(&old)) && told.contains(&plain(&new)), "{told}");
    stage.run("aval-console", &["--home", "manager", "approve", &there[0]])?;
    stage.until("the approval", |stage| {
        let said = stage.run("aval-agent", &["status", "--home", MACHINE, "--json"])?;
        Ok(said.to_lowercase().contains("\"approved\""))
    })?;

    // Whoever kept a copy of the old key is nobody, and renews nothing with it.
    super::copy(&stage, MACHINE, "thief")?;
    fs::write(stage.path("thief/identity.key"), &before)?;
    fs::write(stage.path("thief/journal"), &journal)?;
    ensure!(!stage.output("aval-agent", &["key", "renew", "--home", "thief"])?.status.success());
    ensure!(online(&stage)? == there, "the old key came back");
    Ok(())
}
