//! The page for a visitor with Windows: their own way, their own installer, its code in its name. The Wine run has a real one.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use crate::site::{Answer, Site};

const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";
const OTHER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// What the relay reads of an installer: headers of a Portable Executable, a place for the signature, strings of a version resource.
fn installer(product: &str, signed: bool) -> Vec<u8> {
    let mut bytes = vec![0; 0x40];
    bytes[..2].copy_from_slice(b"MZ");
    bytes[0x3c] = 0x40;
    bytes.extend(b"PE\0\0");
    bytes.extend([0; 20]);
    bytes.extend([0x0b, 0x02]);
    bytes.extend([0; 110]);
    for directory in 0..16 {
        bytes.extend([0x10, 0, 0, 0, if directory == 4 && signed { 8 } else { 0 }, 0, 0, 0]);
    }
    for (name, value) in [("ProductName", product), ("ProductVersion", "0.1.0"), ("InstalledKiB", "9000")] {
        bytes.extend(name.encode_utf16().chain([0, 0]).flat_map(u16::to_le_bytes));
        bytes.extend(value.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
    }
    bytes
}

fn visit(site: &Site, path: &str, browser: &str) -> Result<Answer> {
    site.send(&format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {browser}\r\nConnection: close\r\n\r\n"
    ))
}

#[test]
fn clause_4_5_a_visitor_with_windows_reads_of_windows_and_has_its_installer() -> Result<()> {
    let site = Site::open()?;
    let given = site.stage.path("given.exe");
    for (bytes, why) in [
        (installer("Autre", true), "Autre"),
        (installer("Aval", false), "signature"),
        (b"MZ and nothing else".to_vec(), "Windows"),
    ] {
        fs::write(&given, bytes)?;
        let refused = site.stage.output("aval-relay", &["package", "add", "--data", "relay", "given.exe"])?;
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        ensure!(!refused.status.success() && said.contains(why), "{said}");
    }
    let code = site.code(0)?;
    let before = visit(&site, &format!("/i/{code}"), BROWSER)?.text();
    ensure!(before.contains("Aucun paquet") && before.contains("system=debian"), "{before}");

    let bytes = installer("Aval", true);
    fs::write(&given, &bytes)?;
    site.add(&given)?;
    let page = visit(&site, &format!("/i/{code}"), BROWSER)?.text();
    for told in [
        "C:\\Program Files\\Aval",
        "C:\\ProgramData\\Aval",
        "Désinstaller",
        "aval-agent_0.1.0_x64.exe",
        &code,
    ] {
        ensure!(page.contains(told), "“{told}” is not on the page:\n{page}");
    }
    ensure!(!page.contains("apt "), "Debian’s way is on the page:\n{page}");
    // Whoever has another system, or chooses one, has that one's page.
    let debian = visit(&site, &format!("/i/{code}"), OTHER)?.text();
    ensure!(debian.contains("apt purge") && !debian.contains("ProgramData"), "{debian}");
    let chosen = visit(&site, &format!("/i/{code}?system=debian&lang=en"), BROWSER)?.text();
    ensure!(chosen.contains("apt purge") && chosen.contains("value=\"debian\""), "{chosen}");

    let (next, link) = site.agreed_on(&code, "windows")?;
    ensure!(link.ends_with(&format!("?code={code}")) && !next.contains("apt install"), "{link}\n{next}");
    let file = site.get(&link)?;
    ensure!(file.status == 200 && file.body == bytes, "not the bytes that were put there");
    let saved = file.header("content-disposition").context("no name")?;
    ensure!(saved == format!("attachment; filename=\"aval-agent_0.1.0_x64_{code}.exe\""), "{saved}");
    // Debian's package stays what it was, for whoever agreed to it.
    let (_, deb) = site.agreed_on(&site.code(0)?, "debian")?;
    ensure!(deb.ends_with(".deb") && site.get(&deb)?.status == 200);
    let kept = site.installs()?;
    ensure!(kept.len() == 2 && kept[0]["sha256"] != kept[1]["sha256"], "{kept:?}");
    Ok(())
}
