//! A relay that can't serve says why and what to do, in French and English, changes nothing, and serves once that is done.
//!
//! Each case has its honest twin in the same world: the same folder starts as soon as the trouble is gone.
#![cfg(target_os = "linux")]

use std::fs;
use std::net::UdpSocket;
use std::path::Path;

use anyhow::{Result, ensure};
use aval_tests::stage::Stage;

const RECORD: &str = "relay/record.sqlite";

#[test]
fn a_relay_that_cannot_serve_says_what_to_do() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut stage = Stage::new(dir.path())?;
    says(&stage, "nowhere", "aval-relay init")?;
    stage.found()?;
    stage.run(
        "aval-relay",
        &[
            "contract",
            "new",
            "--data",
            "relay",
            "--id",
            "C-1",
            "--client",
            "Cabinet Leroy",
            "--signed",
            "2026-01-05",
        ],
    )?;
    let record = stage.path(RECORD);
    let good = fs::read(&record)?;

    // A record of another program, a damaged one, and one that a newer program wrote: refused as they are.
    let newer = {
        let mut bytes = good.clone();
        // SQLite's user version: four bytes at offset 60 of the header (sqlite.org/fileformat.html §1.3).
        bytes[60..64].copy_from_slice(&9999_u32.to_be_bytes());
        bytes
    };
    let damaged = {
        let mut bytes = good.clone();
        let middle = bytes.len() / 2;
        bytes[middle..].fill(0xa5);
        bytes
    };
    for (name, bytes) in
        [("another file", b"no record at all".repeat(300)), ("newer", newer), ("damaged", damaged)]
    {
        replace(&record, &bytes)?;
        says(&stage, "relay", "record.sqlite")?;
        ensure!(fs::read(&record)? == bytes, "a record that is {name} was changed");
    }
    replace(&record, &good)?;

    let taken = UdpSocket::bind(stage.relay_address())?;
    says(&stage, "relay", &stage.relay_address())?;
    drop(taken);

    for file in ["key.pem", "chain.pem", "firm.pub"] {
        let (path, aside) = (stage.path("relay").join(file), stage.path("aside"));
        fs::rename(&path, &aside)?;
        says(&stage, "relay", file)?;
        fs::rename(&aside, &path)?;
    }

    stage.start_relay()?;
    says(&stage, "relay", "relay")?;
    Ok(())
}

/// Serving from that folder fails at once, with both languages and this hint, and without a panic.
fn says(stage: &Stage, data: &str, hint: &str) -> Result<()> {
    let out = stage.output("aval-relay", &["serve", "--data", data, "--listen", &stage.relay_address()])?;
    let said = [out.stdout, out.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    ensure!(out.status.code() == Some(1), "{hint}: ended with {:?}:\n{said}", out.status);
    ensure!(said.contains(hint), "“{hint}” is not in:\n{said}");
    ensure!(!said.contains("panicked"), "it panicked:\n{said}");
    ensure!(said.lines().filter(|line| !line.trim().is_empty()).count() >= 2, "one language only:\n{said}");
    Ok(())
}

/// Puts a record in place of another, without what belongs to the old one.
fn replace(record: &Path, bytes: &[u8]) -> Result<()> {
    for end in ["-wal", "-shm"] {
        let beside = record.with_file_name(format!("record.sqlite{end}"));
        if beside.exists() {
            fs::remove_file(beside)?;
        }
    }
    Ok(fs::write(record, bytes)?)
}
