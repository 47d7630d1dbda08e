//! Notepad with a file of its own: what was typed is saved and read from the disk. The clipboard would be shorter, but Wine hands its own to X
//! at times not at all.

use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result};
use aval_tests::desk::{Desk, Window};
use aval_tests::world::World;

/// The mark of UTF-8, by which Notepad knows it.
const UTF_8: &str = "\u{feff}";

pub(crate) struct Notepad {
    pub(crate) window: Window,
    file: PathBuf,
}

impl Notepad {
    pub(crate) fn open(world: &mut World) -> Result<Self> {
        let file = world.stage.path("note.txt");
        fs::write(&file, UTF_8)?;
        let mut notepad = world.stage.wine.as_ref().context("a Windows")?.own("notepad");
        notepad.arg(format!("Z:{}", file.display()));
        world.desk.start(notepad)?;
        Ok(Self { window: world.desk.window("notepad")?, file })
    }

    /// Types in the place of all that is there and saves, until the file is exactly that: while no sign of life comes from a busy machine
    /// the picture is hidden for a moment, and what was on its way is dropped.
    pub(crate) fn reads(&self, desk: &Desk, text: &str, mut typed: impl FnMut() -> Result<()>) -> Result<()> {
        desk.until(&format!("{text:?} in the file"), |_| {
            typed()?;
            for _ in 0..30 {
                if fs::read_to_string(&self.file)?.strip_prefix(UTF_8) == Some(text) {
                    return Ok(Some(()));
                }
                sleep(Duration::from_millis(100));
            }
            Ok(None)
        })
    }
}
