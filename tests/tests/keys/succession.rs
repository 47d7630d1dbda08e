//! The firm's root is succeeded by another one: the machine follows, also one that was off, and nobody else leads it anywhere.

use std::fs;

use anyhow::{Result, ensure};
use aval_tests::stage::Stage;
use aval_tests::world::{MACHINE, online};
use serde_json::Value;

use super::{attached, copy, followed, publish, serve};

/// What a machine says of itself.
fn status(stage: &Stage) -> Result<Value> {
    Ok(serde_json::from_str(&stage.run("aval-agent", &["status", "--home", MACHINE, "--json"])?)?)
}

/// Certifies a request in a firm's folder; the certificate's file.
fn certify(stage: &Stage, firm: &str, request: &str, named: [&str; 2], to: &str) -> Result<()> {
    let command = ["firm", "certify", "--dir", firm, "--request", request, "--role", named[0]];
    let whom = ["--person", named[1], "--name", named[1], "--days", "100", "--out", to];
    stage.run("aval-console", &[&command[..], &whom[..]].concat()).map(drop)
}

#[test]
fn a_machine_that_was_off_follows_the_old_root_s_word_to_the_new_one_and_never_goes_back() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let (mut stage, machine) = attached(dir.path())?;
    let address = stage.relay_address();
    let old = status(&stage)?["firm_fingerprint"].clone();
    stage.kill(MACHINE)?;
    copy(&stage, "firm", "before")?;
    let succeed = ["firm", "succeed", "--dir", "firm", "--root", "firm/root.key", "--no-passphrase"];
    let said = stage.run("aval-console", &succeed)?;
    ensure!(said.contains("La racine est remplacée"), "{said}");

    // The relay: the firm's file, then a certificate of the new root. Another firm's file, and the old one again, are refused.
    stage.run("aval-relay", &["firm", "--data", "relay", "firm/firm.pub"])?;
    let other =
        ["firm", "init", "--name", "Autre", "--phone", "+33199009999", "--dir", "other", "--no-passphrase"];
    stage.run("aval-console", &other)?;
    for (file, why) in [("other/firm.pub", "autre société"), ("before/firm.pub", "plus ancien")] {
        let refused = stage.output("aval-relay", &["firm", "--data", "relay", file])?;
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        ensure!(!refused.status.success() && said.contains(why), "{said}");
    }
    certify(&stage, "firm", "relay/request.pem", ["relay", "relais-1"], "relay-2.crt")?;
    stage.run("aval-relay", &["install", "--data", "relay", "relay-2.crt"])?;
    publish(&stage, "relay")?;
    stage.kill("relay")?;
    serve(&mut stage, "relay", &address)?;

    // Machine and manager knew nothing of it. Both their fingerprints stand in the register.
    let start = |stage: &mut Stage| {
        let mut service = stage.program("aval-agent");
        service.args(["service", "--home", MACHINE, "--socket", &stage.socket(MACHINE)]);
        stage.start(MACHINE, service)
    };
    start(&mut stage)?;
    followed(&mut stage, &machine)?;
    let now = status(&stage)?;
    ensure!(now["firm_fingerprint"] != old && now["firm_former"][0] == old, "{now}");
    let register = stage.run("aval-agent", &["register", "--home", MACHINE])?;
    for key in [&old, &now["firm_fingerprint"]] {
        let key = key.as_str().unwrap_or("missing");
        ensure!(register.matches(key).count() == 1, "{key} not once in the register:\n{register}");
        let shown = stage.run("aval-agent", &["status", "--home", MACHINE])?;
        ensure!(shown.contains(key), "{shown}");
    }

    // After a restart it is the same, told once; and a relay of the old root, newly certified, is nobody's any more.
    stage.kill(MACHINE)?;
    stage.kill("relay")?;
    certify(&stage, "before", "relay/request.pem", ["relay", "relais-1"], "late.crt")?;
    copy(&stage, "relay", "late")?;
    fs::copy(stage.path("before/firm.pub"), stage.path("late/firm.pub"))?;
    fs::remove_file(stage.path("late/bulletin.pem"))?;
    stage.run("aval-relay", &["install", "--data", "late", "late.crt"])?;
    serve(&mut stage, "late", &address)?;
    let refusals = |stage: &Stage| stage.log_of(MACHINE).matches("UnknownIssuer").count();
    let before = refusals(&stage);
    start(&mut stage)?;
    stage.until("the machine to refuse", |stage| Ok(refusals(stage) > before))?;
    ensure!(online(&stage).is_err(), "the manager’s program talked to a relay of the old root");
    stage.kill("late")?;
    serve(&mut stage, "relay", &address)?;
    followed(&mut stage, &machine)?;
    ensure!(stage.run("aval-agent", &["register", "--home", MACHINE])? == register, "told twice");

    // Members: what the old root certified before counts still, what it certifies now does not, and the new one’s does.
    stage.run("aval-console", &["--home", "technician", "machines"])?;
    for (firm, counts) in [("before", false), ("firm", true)] {
        let to = format!("{firm}.crt");
        certify(&stage, firm, "technician/request.pem", ["technician", "sophie.martin"], &to)?;
        let install = ["key", "install", "--dir", "technician", "--firm", "firm/firm.pub", &to];
        ensure!(stage.output("aval-console", &install)?.status.success() == counts, "{firm}");
    }
    stage.run("aval-console", &["--home", "technician", "machines"]).map(drop)
}
