//! A Windows to run the agent's Windows programs on: Wine, made once, kept beside what is built and copied for each test.
//!
//! What Wine shows is that our programs ask Windows for the right things and live with the answers. What only a real one can show is
//! listed in docs/windows.md.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

/// A Windows with its desktop on an X display. It and its programs end with it.
#[derive(Debug)]
pub struct Wine {
    /// Its folder. The files in it are the first one's, which nobody writes to in place.
    prefix: TempDir,
    programs: PathBuf,
    display: String,
    /// Sits there while the others come and go: the first program starts Windows' own, which keep its pipes open for as long as they run.
    resident: Option<Child>,
}

impl Wine {
    /// Starts a fresh one; `built` is the folder of Linux programs, beside which the others were built.
    ///
    /// # Errors
    /// When the Windows programs were not built or Wine (Debian packages `wine`, `wine64`) is not installed.
    pub fn start(built: &Path, display: &str) -> Result<Self> {
        let target = built.parent().context("programs are in a folder of target")?;
        let programs = windows_programs(built)?;
        ensure!(
            programs.join("aval-agent.exe").is_file(),
            "no aval-agent.exe in {}: run packaging/windows/build --quick",
            programs.display()
        );
        let place = target.join("wine");
        fs::create_dir_all(&place)?;
        first(&place, display)?;
        let prefix = tempfile::Builder::new().prefix("run-").tempdir_in(&place)?;
        // 700 MB are not copied but linked; the registry, which is written to, is copied.
        let copied = Command::new("cp").arg("-al").arg(place.join("first/.")).arg(prefix.path()).status()?;
        ensure!(copied.success(), "cp -al failed");
        for registry in ["system.reg", "user.reg", "userdef.reg"] {
            let own = prefix.path().join(registry);
            fs::remove_file(&own)?;
            fs::copy(place.join("first").join(registry), own)?;
        }
        let mut wine = Self { prefix, programs, display: display.to_owned(), resident: None };
        let mut resident = wine.own("cmd");
        resident.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        wine.resident = Some(resident.spawn().context("wine cannot be started: install wine and wine64")?);
        // Comes back when Windows' own programs are up.
        run(wine.command("wine", &["cmd", "/c", "exit"]))?;
        Ok(wine)
    }

    /// One of our programs, not started yet.
    pub fn program(&self, name: &str) -> Command {
        self.command("wine", &[&self.programs.join(format!("{name}.exe")).to_string_lossy()])
    }

    /// A program of Windows' own, not started yet: `notepad`.
    pub fn own(&self, name: &str) -> Command {
        self.command("wine", &[name])
    }

    /// A file of this Windows, by its path on C:.
    pub fn file(&self, path: &str) -> PathBuf {
        self.prefix.path().join("drive_c").join(path)
    }

    /// Puts what every program of this Windows needs into a command's environment.
    pub fn dress(&self, command: &mut Command) {
        dress(command, self.prefix.path(), &self.display);
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments);
        self.dress(&mut command);
        command
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        // Every program of this folder, and no other's.
        for how in ["-k", "-w"] {
            let _ = run(self.command("wineserver", &[how]));
        }
        if let Some(resident) = &mut self.resident {
            let _ = resident.kill();
            let _ = resident.wait();
        }
    }
}

/// Where the Windows programs lie that are tested: those that `packaging/windows/build --quick` made, or with `small` in the variable
/// `AVAL_WINDOWS_PROGRAMS` those that people get.
///
/// # Errors
/// When `built` is no folder of target.
pub fn windows_programs(built: &Path) -> Result<PathBuf> {
    let kind = std::env::var("AVAL_WINDOWS_PROGRAMS").unwrap_or_else(|_| "debug".to_owned());
    let target = built.parent().context("programs are in a folder of target")?;
    Ok(target.join("windows/x86_64-win7-windows-gnu").join(kind))
}

/// Makes the first Windows, which the others are copies of, unless that was done before.
fn first(place: &Path, display: &str) -> Result<()> {
    let turn = File::create(place.join("turn"))?;
    turn.lock()?;
    let (prefix, whole) = (place.join("first"), place.join("whole"));
    if whole.is_file() {
        return Ok(());
    }
    // What an interrupted run left is no Windows.
    let _ = fs::remove_dir_all(&prefix);
    // Windows 10 is what most people have; Wine says 7 by itself.
    let steps: [(&str, &[&str]); 3] =
        [("wineboot", &["--init"]), ("wine", &["winecfg", "-v", "win10"]), ("wineserver", &["-w"])];
    for (program, arguments) in steps {
        let mut command = Command::new(program);
        dress(command.args(arguments), &prefix, display);
        // A folder without anything of whoever runs this: Wine makes its Documents and Desktop from those it finds here.
        command.env("HOME", place);
        run(command)?;
    }
    File::create(whole)?;
    Ok(())
}

fn dress(command: &mut Command, prefix: &Path, display: &str) {
    command
        .env("WINEPREFIX", prefix)
        .env("WINEDEBUG", "-all")
        // Neither .NET nor a browser is needed, and Wine would ask whether to fetch them. A graphics card of a test's comes before Wine's.
        .env("WINEDLLOVERRIDES", "mscoree,mshtml=;dxgi,d3d11=n,b")
        .env("DISPLAY", display);
}

fn run(mut command: Command) -> Result<()> {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = quiet.status().with_context(|| format!("{command:?}: install wine and wine64"))?;
    ensure!(status.success(), "{command:?} failed ({status})");
    Ok(())
}
