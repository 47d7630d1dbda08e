//! From an invitation to an enrolled machine, with the package itself; and away again.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use aval_tests::stage::FIRM;

use crate::site::Site;

/// The package of the programs beside this test's own, made as a release is.
pub(crate) fn built(site: &Site, epoch: &str, out: &str) -> Result<PathBuf> {
    let top = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let made = Command::new(top.join("packaging/deb/build"))
        .args(["--compression", "gzip", "--programs"])
        .arg(site.stage.programs())
        .arg("--out")
        .arg(site.stage.path(out))
        .env("SOURCE_DATE_EPOCH", epoch)
        .output()?;
    ensure!(made.status.success(), "no package: {}", String::from_utf8_lossy(&made.stderr));
    Ok(PathBuf::from(String::from_utf8(made.stdout)?.trim()))
}

#[test]
fn clause_4_5_from_the_invitation_to_an_enrolled_machine_and_away_again() -> Result<()> {
    let mut site = Site::found()?;
    let package = built(&site, "1795000000", "out")?;
    site.add(&package)?;
    site.stage.start_relay()?;
    // The manager's code comes with the link to send.
    let issued =
        site.stage.run("aval-console", &["--home", "manager", "code", "new", "--contract", "C-2026-014"])?;
    let link = format!("https://localhost:{}/i/", site.port);
    let code =
        issued.split(&link).nth(1).context("no link with the code")?.get(..14).context("no code")?.to_owned();

    let (page, download) = site.agreed(&code)?;
    let deb = site.stage.path("downloaded.deb");
    std::fs::write(&deb, site.get(&download)?.body)?;
    let unpacked = Command::new("dpkg-deb").arg("-x").arg(&deb).arg(site.stage.path("unpacked")).status()?;
    ensure!(unpacked.success(), "what was downloaded is no package");
    let agent = site.stage.path("unpacked/usr/bin/aval-agent");
    let agent = agent.to_str().context("a path in UTF-8")?;

    let invitation = page.split("sudo aval-agent enrol ").nth(1).context("no command on the page")?;
    let invitation = invitation.split('<').next().unwrap_or_default().to_owned();
    // Under another fingerprint nobody is met, and nothing is said.
    let other = if invitation.ends_with('0') { "1" } else { "0" };
    let forged = [&invitation[..invitation.len() - 1], other].concat();
    let refused = site.stage.output_with(agent, &["enrol", &forged, "--home", "pc"], "oui\n")?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    ensure!(!refused.status.success() && said.contains("n’est pas celui de votre invitation"), "{said}");
    ensure!(!site.stage.path("pc").exists(), "something was kept");
    // Without a yes nothing is attached.
    let declined = site.stage.output_with(agent, &["enrol", &invitation, "--home", "pc"], "non\n")?;
    ensure!(declined.status.code() == Some(3) && site.stage.machines()?.is_empty());

    let said = site.stage.run_with(agent, &["enrol", &invitation, "--home", "pc"], "oui\n")?;
    for told in
        [&format!("Rattachement à {FIRM}"), "01\u{a0}99", "Empreinte de la clé", "4.5", "Nom", "apt purge"]
    {
        ensure!(said.contains(told), "“{told}” was not shown:\n{said}");
    }
    let kept = site.installs()?;
    ensure!(kept.len() == 1 && kept[0]["via"] == "page" && kept[0]["machine"].is_string(), "{kept:?}");
    let machines = site.stage.machines()?;
    ensure!(machines.len() == 1, "{machines:?}");
    // Once is enough, and the code is spent.
    let again = site.stage.output_with(agent, &["enrol", &invitation, "--home", "pc"], "oui\n")?;
    let said = String::from_utf8_lossy(&again.stderr).into_owned();
    ensure!(
        !again.status.success() && said.contains("déjà rattaché") && said.contains("01\u{a0}99"),
        "{said}"
    );
    let spent = site.stage.output_with(agent, &["enrol", &invitation, "--home", "pc2"], "oui\n")?;
    let said = String::from_utf8_lossy(&spent.stderr).into_owned();
    ensure!(
        !spent.status.success() && said.contains("a déjà servi") && said.contains("01\u{a0}99"),
        "{said}"
    );

    // Removing the package detaches the machine, tells the relay, and nothing brings it back.
    let gone = site.stage.run_with(agent, &["uninstalled", "--home", "pc"], "")?;
    ensure!(gone.contains("en est informé"), "{gone}");
    ensure!(site.stage.machines()?.is_empty(), "it is still managed");
    ensure!(!site.stage.path("pc/identity.key").exists());
    ensure!(site.stage.log_of("relay").contains("a machine has left"));
    Ok(())
}
