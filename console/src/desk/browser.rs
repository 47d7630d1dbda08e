//! The browser that shows the desk: found on this computer, started with a profile that is thrown away, told to keep nothing and
//! to call nobody (clause 12.2: nothing that was shown is saved or transmitted).

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::{Child, Command};

/// A browser.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Browser {
    /// The program.
    pub(super) program: PathBuf,
    /// How it is spoken to.
    pub(super) kind: Kind,
}

/// How a browser is spoken to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Chromium and what is made of it: has windows without tabs.
    Chromium,
    /// Firefox: an ordinary window.
    Firefox,
}

/// By preference: windows without tabs first.
const NAMES: [(&str, Kind); 8] = [
    ("chromium", Kind::Chromium),
    ("chromium-browser", Kind::Chromium),
    ("google-chrome-stable", Kind::Chromium),
    ("google-chrome", Kind::Chromium),
    ("microsoft-edge-stable", Kind::Chromium),
    ("microsoft-edge", Kind::Chromium),
    ("firefox-esr", Kind::Firefox),
    ("firefox", Kind::Firefox),
];

/// Below the usual program folders of Windows.
const WINDOWS: [(&str, Kind); 4] = [
    ("Google/Chrome/Application/chrome.exe", Kind::Chromium),
    ("Microsoft/Edge/Application/msedge.exe", Kind::Chromium),
    ("Chromium/Application/chrome.exe", Kind::Chromium),
    ("Mozilla Firefox/firefox.exe", Kind::Firefox),
];

/// What Chromium is told. No `--no-sandbox`, ever: the sandbox is what stands between a client's picture and this computer.
const CHROMIUM: [&str; 16] = [
    // History, cache and cookies stay in memory.
    "--incognito",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--disable-extensions",
    "--disable-default-apps",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--no-pings",
    "--disk-cache-size=1",
    "--media-cache-size=1",
    "--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication",
];

/// What Firefox is told, as preferences of the profile.
const FIREFOX: &str = r#"user_pref("browser.privatebrowsing.autostart", true);
user_pref("browser.cache.disk.enable", false);
user_pref("browser.sessionstore.resume_from_crash", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("datareporting.healthreport.uploadEnabled", false);
user_pref("toolkit.telemetry.enabled", false);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
user_pref("app.update.auto", false);
user_pref("app.normandy.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("dom.push.connection.enabled", false);
"#;

// === impl Browser

impl Browser {
    /// The first one on this computer.
    pub(super) fn find() -> Option<Self> {
        if cfg!(windows) {
            let roots = ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"].map(std::env::var_os);
            let roots: Vec<PathBuf> = roots.into_iter().flatten().map(PathBuf::from).collect();
            return first(&WINDOWS, &roots);
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        first(&NAMES, &std::env::split_paths(&path).filter(|dir| dir.is_absolute()).collect::<Vec<_>>())
    }

    /// Whether it refuses to run for this user.
    pub(super) fn refuses_root(&self) -> bool {
        self.kind == Kind::Chromium && root()
    }

    /// Shows the launch file in a window of its own. The child lives as long as the window.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn open(&self, launch: &Path, profile: &Path) -> io::Result<Child> {
        if self.kind == Kind::Firefox {
            std::fs::write(profile.join("user.js"), FIREFOX)?;
        }
        Command::new(&self.program)
            .args(self.arguments(launch, profile))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
    }

    fn arguments(&self, launch: &Path, profile: &Path) -> Vec<OsString> {
        let joined = |name: &str, value: &Path| {
            let mut all = OsString::from(name);
            all.push(value);
            all
        };
        match self.kind {
            Kind::Chromium => {
                let app = format!("--app={}", file_url(launch));
                let profile = joined("--user-data-dir=", profile);
                [app.into(), profile].into_iter().chain(CHROMIUM.map(Into::into)).collect()
            }
            Kind::Firefox => {
                let window = ["--new-window".into(), file_url(launch).into()];
                ["--no-remote".into(), "--profile".into(), profile.into()].into_iter().chain(window).collect()
            }
        }
    }
}

fn first(names: &[(&str, Kind)], dirs: &[PathBuf]) -> Option<Browser> {
    names.iter().find_map(|(name, kind)| {
        let program = dirs.iter().map(|dir| dir.join(name)).find(|path| path.is_file())?;
        Some(Browser { program, kind: *kind })
    })
}

/// A path as a URL (RFC 8089): what is not plainly harmless is written as its bytes.
fn file_url(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let mut url = String::from(if text.starts_with('/') { "file://" } else { "file:///" });
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' | b':' => {
                url.push(char::from(byte));
            }
            other => url.push_str(&format!("%{other:02X}")),
        }
    }
    url
}

#[cfg(unix)]
fn root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    // Who owns this very process, without a call of the C library.
    std::fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0)
}

#[cfg(not(unix))]
fn root() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_on_no_command_line_and_the_sandbox_stays() {
        let (launch, profile) =
            (Path::new("/run/user/1000/aval é/launch.html"), Path::new("/run/user/1000/p"));
        for kind in [Kind::Chromium, Kind::Firefox] {
            let browser = Browser { program: "x".into(), kind };
            let all = browser.arguments(launch, profile);
            let all: Vec<_> = all.iter().map(|one| one.to_string_lossy().into_owned()).collect();
            assert!(all.iter().any(|one| one.ends_with("file:///run/user/1000/aval%20%C3%A9/launch.html")));
            assert!(!all.iter().any(|one| one.contains("no-sandbox") || one.contains("#launch")), "{all:?}");
            assert!(all.iter().any(|one| one.contains("/run/user/1000/p")));
        }
        assert_eq!(file_url(Path::new(r"C:\Users\é\l.html")), "file:///C:/Users/%C3%A9/l.html");
    }

    #[test]
    fn a_window_without_tabs_is_preferred() {
        let dir = tempfile::tempdir().unwrap();
        let dirs = [dir.path().to_owned()];
        assert_eq!(first(&NAMES, &dirs), None);
        std::fs::write(dir.path().join("firefox"), "").unwrap();
        assert_eq!(first(&NAMES, &dirs).unwrap().kind, Kind::Firefox);
        std::fs::write(dir.path().join("google-chrome"), "").unwrap();
        assert_eq!(first(&NAMES, &dirs).unwrap().kind, Kind::Chromium);
    }
}
