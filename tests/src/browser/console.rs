//! The technician's program as the page's other half: started without a window, left to whoever opens its launch file.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};

use anyhow::{Context as _, Result, ensure};

use super::Page;
use crate::stage::Stage;

/// `aval-console desk`, running. It ends with this.
#[derive(Debug)]
pub struct Console {
    child: Child,
    launch: PathBuf,
    /// Held open: who prints into a closed pipe ends.
    _stdout: BufReader<ChildStdout>,
}

// === impl Console

impl Console {
    /// Starts it for the member of the firm in that folder and waits for its launch file.
    ///
    /// # Errors
    /// When it ends, or prints something else.
    pub fn start(stage: &Stage, home: &str) -> Result<Self> {
        let log = File::options().create(true).append(true).open(stage.path("console.log"))?;
        let mut program = stage.program("aval-console");
        program.args(["--home", home, "desk", "--no-browser"]);
        let mut child = program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn()?;
        let mut stdout = BufReader::new(child.stdout.take().context("a pipe was asked for")?);
        let mut line = String::new();
        stdout.read_line(&mut line)?;
        let launch = PathBuf::from(line.trim());
        if !launch.is_file() {
            let _ = child.kill();
            let _ = child.wait();
            ensure!(false, "no launch file but: {line:?}");
        }
        Ok(Self { child, launch, _stdout: stdout })
    }

    /// The program's process number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The private file that leads a browser in, once.
    pub fn launch(&self) -> &Path {
        &self.launch
    }

    /// The address that the launch file leads to, without the token.
    ///
    /// # Errors
    /// When the file is gone: it was used.
    pub fn origin(&self) -> Result<String> {
        let page = std::fs::read_to_string(&self.launch)?;
        let from = page.find("http://127.0.0.1:").context("the launch file names the address")?;
        let rest = &page[from..];
        Ok(rest[..rest.find("/#").context("and leads to the page")?].to_owned())
    }

    /// Comes in with this tab and waits for the machines.
    ///
    /// # Errors
    /// When the page does not come up.
    pub fn enter(&self, page: &Page) -> Result<()> {
        page.open(&self.launch)?;
        page.holds("document.querySelector('.list, .card') !== null")
    }

    /// Kills it, as a crash would.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}
