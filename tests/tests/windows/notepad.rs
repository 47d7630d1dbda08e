//! Notepad with a file of its own: what was typed is saved and read from the disk. The clipboard would be shorter, but Wine hands its own to X
//! at times not at all.

use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result};
use aval_tests::desk::{Desk, Window};
use aval_tests::world::World;

pub(crate) struct Notepad {
    pub(crate) window: Window,
    file: PathBuf,
}

impl Notepad {
    pub(crate) fn open(world: &mut World) -> Result<Self> {
        let file = world.stage.path("note.txt");
        // Which says that it is UTF-8, and stays so.
        fs::write(&file, "\u{feff}")?;
        let mut notepad = world.stage.wine.as_ref().context("a Windows")?.own("notepad");
        notepad.arg(format!("Z:{}", file.display()));
        world.desk.start(notepad)?;
        Ok(Self { window: world.desk.window("notepad")?, file })
    }

    /// Types and saves until the file ends in that: while no sign of life comes from a busy machine the picture is hidden for a moment, and
    /// what was on its way is dropped.
    pub(crate) fn reads(&self, desk: &Desk, text: &str, mut typed: impl FnMut() -> Result<()>) -> Result<()> {
        desk.until(&format!("{text:?} in the file"), |_| {
            typed()?;
            for _ in 0..30 {
                if fs::read_to_string(&self.file)?.ends_with(text) {
                    return Ok(Some(()));
                }
                sleep(Duration::from_millis(100));
            }
            Ok(None)
        })
    }
}
