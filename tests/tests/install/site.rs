//! A relay that serves the install page, and a browser that is nothing but HTTPS.

use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use aval_protocol::id::{ContractId, UnixSeconds};
use aval_relay::records::{Author, Store};
use aval_tests::stage::Stage;
use aval_transport::{Clock, Random};
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use serde_json::Value;

const CONTRACT: &str = "C-2026-014";
/// For one answer; never asserted, only given up after.
const PATIENCE: Duration = Duration::from_secs(90);

/// A relay with its page.
pub(crate) struct Site {
    pub(crate) stage: Stage,
    pub(crate) port: u16,
    _dir: tempfile::TempDir,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// A connection of a visitor's.
pub(crate) type Visit = StreamOwned<ClientConnection, TcpStream>;

// === impl Site

impl Site {
    /// Founded, with a contract and a trial certificate, and not serving yet.
    pub(crate) fn found() -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let stage = Stage::new(dir.path())?;
        stage.found()?;
        let new = ["contract", "new", "--data", "relay", "--id", CONTRACT, "--client", "Cabinet Leroy"];
        stage.run("aval-relay", &[&new[..], &["--signed", "2026-01-05"]].concat())?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let settings = format!(
            "[install]\nlisten = \"127.0.0.1:{port}\"\naddress = \"https://localhost:{port}\"\nrelay = \"{}\"\n",
            stage.relay_address()
        );
        fs::write(stage.path("relay").join("relay.toml"), settings)?;
        stage.run("aval-relay", &["trial-certificate", "--data", "relay", "--host", "localhost"])?;
        Ok(Self { stage, port, _dir: dir })
    }

    /// Serving a small package.
    pub(crate) fn open() -> Result<Self> {
        let mut site = Self::found()?;
        let package = small_package(&site.stage.path("made"), "0.1.0")?;
        site.add(&package)?;
        site.stage.start_relay()?;
        site.stage.until("the page", |stage| Ok(stage.log_of("relay").contains("install page is served")))?;
        Ok(site)
    }

    /// Puts a package on the shelf.
    pub(crate) fn add(&self, package: &Path) -> Result<String> {
        let file = package.to_str().context("a path in UTF-8")?;
        self.stage.run("aval-relay", &["package", "add", "--data", "relay", file])
    }

    /// The package's file on the relay's shelf.
    pub(crate) fn shelved(&self) -> Result<PathBuf> {
        let shelf = fs::read_dir(self.stage.path("relay/packages"))?;
        let mut files = shelf.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        files.pop().context("nothing on the shelf")
    }

    /// A code that was issued so many seconds ago and holds for an hour.
    pub(crate) fn code(&self, ago: i64) -> Result<String> {
        let store = Store::open_existing(&self.stage.path("relay/record.sqlite"))?;
        let at = UnixSeconds(Clock::system().wall().0 - ago);
        let contract = ContractId::new(CONTRACT).map_err(|e| anyhow!("{e:?}"))?;
        Ok(store.issue_code(&contract, 60, &Author::Host, at, Random::system().bytes()?)?.code)
    }

    /// Who agreed to what, as the relay lists it.
    pub(crate) fn installs(&self) -> Result<Vec<Value>> {
        let said = self.stage.run("aval-relay", &["installs", "--data", "relay", "--json"])?;
        said.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
    }

    /// The page's certificate, as PEM.
    pub(crate) fn certificate(&self) -> Result<String> {
        Ok(fs::read_to_string(self.stage.path("relay/web.crt"))?)
    }

    /// A connection that trusts this certificate alone, its handshake done.
    pub(crate) fn visit(&self, certificate: &str) -> Result<Visit> {
        visit(self.port, certificate)
    }

    /// How a machine is attached by hand, without the install page.
    pub(crate) fn enrol_by_hand(&self, code: &str) -> Vec<String> {
        [
            "enrol",
            code,
            "--firm",
            "firm/firm.pub",
            "--home",
            "by-hand",
            "--relay",
            &self.stage.relay_address(),
        ]
        .map(str::to_owned)
        .to_vec()
    }

    /// One request, as it stands.
    pub(crate) fn send(&self, request: &str) -> Result<Answer> {
        let mut visit = self.visit(&self.certificate()?)?;
        visit.write_all(request.as_bytes())?;
        visit.flush()?;
        Answer::read(visit)
    }

    pub(crate) fn get(&self, path: &str) -> Result<Answer> {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
    }

    /// Presses the button with this code; where that leads.
    pub(crate) fn accept(&self, code: &str) -> Result<Answer> {
        self.post(&format!("code={code}&lang=fr"))
    }

    fn post(&self, form: &str) -> Result<Answer> {
        self.send(&format!(
            "POST /accept HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{form}",
            form.len()
        ))
    }

    /// Agrees and follows: the next page, and the path of the download on it.
    pub(crate) fn agreed(&self, code: &str) -> Result<(String, String)> {
        self.follow(&self.accept(code)?)
    }

    /// The same on the page for that system.
    pub(crate) fn agreed_on(&self, code: &str, system: &str) -> Result<(String, String)> {
        self.follow(&self.post(&format!("code={code}&lang=fr&system={system}"))?)
    }

    /// The same, by the button of that kind of package.
    pub(crate) fn agreed_to(&self, code: &str, system: &str, kind: &str) -> Result<(String, String)> {
        self.follow(&self.post(&format!("code={code}&lang=fr&system={system}&kind={kind}"))?)
    }

    fn follow(&self, answer: &Answer) -> Result<(String, String)> {
        ensure!(answer.status == 303, "not accepted: {answer:?}");
        let page = self.get(answer.header("location").context("nowhere to go")?)?.text();
        let link =
            page.split("<a href=\"").find(|rest| rest.starts_with("/p/") && rest.contains("\" download>"));
        let link =
            link.and_then(|rest| rest.split('"').next()).context("no download on the page")?.to_owned();
        Ok((page, link))
    }
}

// === impl Answer

impl Answer {
    pub(crate) fn read(mut visit: Visit) -> Result<Self> {
        let mut all = Vec::new();
        match visit.read_to_end(&mut all) {
            Err(error) if error.kind() != ErrorKind::UnexpectedEof => return Err(error.into()),
            _ => {}
        }
        let end = all.windows(4).position(|four| four == b"\r\n\r\n").context("no answer")?;
        let head = std::str::from_utf8(&all[..end])?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status")?.parse()?;
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Ok(Self { status, headers, body: all[end + 4..].to_vec() })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection to the page on this port that trusts this certificate alone, its handshake done.
pub(crate) fn visit(port: u16, certificate: &str) -> Result<Visit> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(certificate.as_bytes())?)?;
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let tls = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost")?)?;
    let mut visit = StreamOwned::new(tls, stream);
    while visit.conn.is_handshaking() {
        visit.conn.complete_io(&mut visit.sock)?;
    }
    Ok(visit)
}

/// A package of this product with next to nothing in it.
pub(crate) fn small_package(dir: &Path, version: &str) -> Result<PathBuf> {
    let root = dir.join(format!("root-{version}"));
    fs::create_dir_all(root.join("DEBIAN"))?;
    let control = format!(
        "Package: aval-agent\nVersion: {version}\nArchitecture: amd64\nMaintainer: Nobody <nobody@invalid>\nInstalled-Size: 34000\n\
         Description: next to nothing\n"
    );
    fs::write(root.join("DEBIAN/control"), control)?;
    let file = dir.join(format!("given-{version}.deb"));
    let made = Command::new("dpkg-deb")
        .args(["--root-owner-group", "-Zgzip", "--build"])
        .arg(&root)
        .arg(&file)
        .output();
    let made = made.context("dpkg-deb is missing: apt install dpkg")?;
    ensure!(made.status.success(), "dpkg-deb: {}", String::from_utf8_lossy(&made.stderr));
    Ok(file)
}
