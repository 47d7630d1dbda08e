//! Strangers who are slow, or many; and a certificate that is renewed while the page is served.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use anyhow::{Result, ensure};
use aval_relay::install::trial;
use aval_transport::Clock;

use crate::site::{Answer, Site, visit};

/// For a limit to strike; never asserted, only given up after.
const PATIENCE: Duration = Duration::from_secs(90);

#[test]
fn a_renewed_certificate_is_picked_up_without_a_restart() -> Result<()> {
    let mut site = Site::open()?;
    let before = site.certificate()?;
    let (certificate, key) = trial("localhost", Clock::system().wall()).map_err(anyhow::Error::msg)?;
    ensure!(certificate != before);
    // First the certificate alone, as renewal does for a moment: what does not fit together changes nothing.
    fs::write(site.stage.path("relay/web.crt"), &certificate)?;
    site.stage.until("the refusal", |stage| Ok(stage.log_of("relay").contains("the old one stays")))?;
    ensure!(site.visit(&before).is_ok(), "the old certificate was dropped too early");
    let path = site.stage.path("relay/web.key");
    fs::write(&path, &key)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    let port = site.port;
    site.stage.until("the new one", |_| Ok(visit(port, &certificate).is_ok()))?;
    ensure!(site.visit(&before).is_err(), "the old certificate is still shown");
    Ok(())
}

#[test]
fn who_is_slow_or_too_many_is_shown_out_and_others_are_served() -> Result<()> {
    let mut site = Site::open()?;
    let (port, certificate) = (site.port, site.certificate()?);
    // Nothing at all; half a head; a form that does not come.
    let mut silent = TcpStream::connect(("127.0.0.1", site.port))?;
    silent.set_read_timeout(Some(PATIENCE))?;
    let mut half = site.visit(&certificate)?;
    half.write_all(b"GET / HTTP/1.1\r\nHost: loc")?;
    half.flush()?;
    let mut formless = site.visit(&certificate)?;
    formless.write_all(
        b"POST /accept HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 50\r\n\r\ncode=",
    )?;
    formless.flush()?;
    ensure!(site.get("/")?.status == 200, "one slow visitor holds up the others");
    let mut rest = Vec::new();
    // An error is a reset: shown out as well. Only to stay inside is wrong, which the patience ends.
    let _ = silent.read_to_end(&mut rest);
    ensure!(rest.is_empty(), "something was said to nobody: {rest:?}");
    let _ = half.read_to_end(&mut rest);
    let answer = Answer::read(formless)?;
    ensure!(answer.status == 408, "{answer:?}");

    // More than one place may hold at a time.
    let many: Vec<_> = (0..40).map(|_| site.visit(&certificate)).collect();
    let inside = many.iter().filter(|visit| visit.is_ok()).count();
    ensure!((1..40).contains(&inside), "{inside} of 40 at once");
    drop(many);
    site.stage.until("a place", |_| Ok(visit(port, &certificate).is_ok()))
}
