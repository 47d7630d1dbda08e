//! A file that is there only while DXGI is being tried: if a graphics driver takes the process with it, the next one finds it, and does
//! without DXGI. The one after that tries again.

use std::path::{Path, PathBuf};

const NAME: &str = "dxgi-tried";

/// The file. It goes with this.
pub(in crate::platform) struct Mark(PathBuf);

impl Mark {
    /// Makes it. `None`: it cannot be made; then nothing risky is to be done.
    pub(in crate::platform) fn set(folder: &Path) -> Option<Self> {
        std::fs::create_dir_all(folder).ok()?;
        let path = folder.join(NAME);
        std::fs::write(&path, []).ok()?;
        Some(Self(path))
    }

    /// Whether a process before this one left it behind. It is gone then.
    pub(in crate::platform) fn left_behind(folder: &Path) -> bool {
        let path = folder.join(NAME);
        let found = path.exists();
        if found && std::fs::remove_file(&path).is_err() {
            tracing::debug!("the mark of a try with DXGI cannot be removed");
        }
        found
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        // It stays where it cannot be removed: then DXGI is not used, which is no harm.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_that_was_left_behind_is_found_once() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("aval-agent");
        assert!(!Mark::left_behind(&folder));
        drop(Mark::set(&folder));
        assert!(!Mark::left_behind(&folder), "the try ended as it should");
        std::mem::forget(Mark::set(&folder));
        assert!(Mark::left_behind(&folder), "the process ended within the try");
        assert!(!Mark::left_behind(&folder));
        std::fs::write(dir.path().join("file"), []).unwrap();
        assert!(Mark::set(&dir.path().join("file")).is_none());
    }
}
