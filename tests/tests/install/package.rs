//! The package: the same bytes from the same programs, in order, and nothing left when it goes.

use std::fs;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::machine::built;
use crate::site::Site;

#[test]
fn the_same_programs_make_the_same_package() -> Result<()> {
    let site = Site::found()?;
    let (one, two) = (built(&site, "1795000000", "one")?, built(&site, "1795000000", "two")?);
    ensure!(fs::read(&one)? == fs::read(&two)?, "two builds differ");

    let listed = Command::new("dpkg-deb").arg("--contents").arg(&one).output()?;
    let listed = String::from_utf8(listed.stdout)?;
    let files: Vec<&str> = listed.lines().filter(|line| !line.ends_with('/')).collect();
    for wanted in [
        "-rwxr-xr-x root/root ./usr/bin/aval-agent",
        "-rwxr-xr-x root/root ./usr/bin/aval-agent-prompt",
        "-rw-r--r-- root/root ./lib/systemd/system/aval-agent-smart.service",
        "-rw-r--r-- root/root ./lib/systemd/system/aval-agent-smart.timer",
        "-rw-r--r-- root/root ./lib/systemd/system/aval-agent.service",
        "-rw-r--r-- root/root ./etc/xdg/autostart/aval-agent-session.desktop",
        "-rw-r--r-- root/root ./usr/share/doc/aval-agent/copyright",
    ] {
        let found = files.iter().any(|line| {
            let mut words = line.split_whitespace();
            let (rights, owner) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            format!("{rights} {owner} {}", words.nth(3).unwrap_or_default()) == wanted
        });
        ensure!(found, "{wanted} is not in:\n{listed}");
    }
    let rights =
        |line: &&str| line.starts_with("-rw") || line.starts_with("drwxr-xr-x") || line.starts_with('l');
    let odd: Vec<_> = listed.lines().filter(|line| !rights(line) || line.contains("rws")).collect();
    ensure!(odd.is_empty() && !listed.contains("-rwxrwx"), "rights that nobody needs: {odd:?}");

    // Every file is the one that md5sums names, and every script is one that the shell understands.
    let root = site.stage.path("unpacked");
    ensure!(Command::new("dpkg-deb").arg("-R").arg(&one).arg(&root).status()?.success());
    let check =
        Command::new("md5sum").args(["--check", "--quiet", "DEBIAN/md5sums"]).current_dir(&root).status()?;
    ensure!(check.success(), "md5sums do not fit");
    for script in ["postinst", "prerm", "postrm"] {
        ensure!(
            Command::new("sh").arg("-n").arg(root.join("DEBIAN").join(script)).status()?.success(),
            "{script}"
        );
    }
    // Nothing of a firm is in it.
    for name in ["usr/bin/aval-agent", "DEBIAN/control", "DEBIAN/postinst", "DEBIAN/prerm", "DEBIAN/postrm"] {
        let bytes = fs::read(root.join(name))?;
        let firm = b"Atelier Beaurepaire";
        ensure!(!bytes.windows(firm.len()).any(|some| some == firm), "{name} names a firm");
    }
    Ok(())
}
