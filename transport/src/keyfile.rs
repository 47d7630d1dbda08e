//! Files of keys and certificates, the same for all programs: small, whole or not there, private where they must be, and never a
//! key overwritten.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use aval_protocol::text::{Lang, keys as text};
use zeroize::Zeroizing;

/// Longest file read, in bytes.
const MAX: u64 = 80 * 1024;

/// Why a file is not read or written. Shown, it is its sentence in both languages, French first.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Something of that name is there.
    #[error("{}", both(|lang| text::exists(lang, .0)))]
    Exists(String),
    /// Others may read the key.
    #[error("{}", both(|lang| text::exposed(lang, .0)))]
    Exposed(String),
    /// The system refuses.
    #[error("{}", both(|lang| text::unusable(lang, .path, .why)))]
    Unusable {
        /// Which file.
        path: String,
        /// What the system said.
        why: String,
    },
}

type Result<T, E = FileError> = std::result::Result<T, E>;

/// Refuses if something of that name is there, a dangling link included.
///
/// # Errors
/// [`FileError`].
pub fn refuse_existing(path: &Path) -> Result<()> {
    if fs::symlink_metadata(path).is_ok() { Err(exists(path)) } else { Ok(()) }
}

/// Makes a folder that only its owner enters, if it is missing.
///
/// # Errors
/// [`FileError`].
pub fn make_dir(dir: &Path) -> Result<()> {
    #[cfg(windows)]
    let missing = !dir.exists();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|e| unusable(dir, &e))?;
    #[cfg(windows)]
    if missing {
        crate::windows::make_private(dir).map_err(|e| unusable(dir, &e))?;
    }
    Ok(())
}

/// Writes a file that is not there yet: whole, on disk, or not at all.
///
/// # Errors
/// [`FileError`].
pub fn write_new(path: &Path, content: &str, private: bool) -> Result<()> {
    refuse_existing(path)?;
    let draft = draft(path, content, private).map_err(|e| unusable(path, &e))?;
    // A link fails where a rename would replace.
    let placed = match fs::hard_link(&draft, path) {
        Ok(()) => {
            let _ = fs::remove_file(&draft);
            sync_dir(path)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // FAT and some network drives know no links.
        Err(_) if fs::symlink_metadata(path).is_err() => fs::rename(&draft, path),
        Err(_) => Err(io::ErrorKind::AlreadyExists.into()),
    };
    placed.map_err(|error| {
        let _ = fs::remove_file(&draft);
        if error.kind() == io::ErrorKind::AlreadyExists { exists(path) } else { unusable(path, &error) }
    })
}

/// Replaces a key that is written in another way from now on, whole.
///
/// # Errors
/// [`FileError`].
pub fn replace_private(path: &Path, content: &str) -> Result<()> {
    place(path, content, true)
}

/// Replaces a file that holds no secret, whole.
///
/// # Errors
/// [`FileError`].
pub fn replace(path: &Path, content: &str) -> Result<()> {
    place(path, content, false)
}

fn place(path: &Path, content: &str, private: bool) -> Result<()> {
    let draft = draft(path, content, private).map_err(|e| unusable(path, &e))?;
    fs::rename(&draft, path).and_then(|()| sync_dir(path)).map_err(|error| {
        let _ = fs::remove_file(&draft);
        unusable(path, &error)
    })
}

/// Gives a file a name that says until when it served; `None` if it is not there.
///
/// # Errors
/// [`FileError`].
pub fn move_aside(path: &Path, label: &str) -> Result<Option<PathBuf>> {
    if fs::symlink_metadata(path).is_err() {
        return Ok(None);
    }
    for number in 1..100 {
        let kept = path.with_extension(format!("until-{label}.{number}.key"));
        if fs::symlink_metadata(&kept).is_err() {
            return fs::rename(path, &kept).map(|()| Some(kept)).map_err(|e| unusable(path, &e));
        }
    }
    Err(exists(path))
}

/// Reads a small text.
///
/// # Errors
/// [`FileError`].
pub fn read(path: &Path) -> Result<String> {
    let mut text = String::new();
    let file = File::open(path).map_err(|e| unusable(path, &e))?;
    file.take(MAX).read_to_string(&mut text).map_err(|e| unusable(path, &e))?;
    Ok(text)
}

/// Reads a key, unless others may read it too.
///
/// # Errors
/// [`FileError`].
pub fn read_secret(path: &Path) -> Result<Zeroizing<String>> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let meta = fs::metadata(path).map_err(|e| unusable(path, &e))?;
        if meta.mode() & 0o077 != 0 {
            return Err(FileError::Exposed(shown(path)));
        }
    }
    #[cfg(windows)]
    if crate::windows::is_exposed(path).map_err(|e| unusable(path, &e))? {
        return Err(FileError::Exposed(shown(path)));
    }
    read(path).map(Zeroizing::new)
}

/// A finished file beside its place.
fn draft(path: &Path, content: &str, private: bool) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy().into_owned();
    let draft = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if private { 0o600 } else { 0o644 });
    let _ = private;
    let mut file = options.open(&draft)?;
    // Before anything is in it.
    #[cfg(windows)]
    if private {
        crate::windows::make_private(&draft)?;
    }
    let written = file.write_all(content.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written.map(|()| draft)
}

#[cfg(unix)]
fn sync_dir(path: &Path) -> io::Result<()> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}

fn exists(path: &Path) -> FileError {
    FileError::Exists(shown(path))
}

fn unusable(path: &Path, error: &io::Error) -> FileError {
    FileError::Unusable { path: shown(path), why: error.to_string() }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn both(sentence: impl Fn(Lang) -> String) -> String {
    format!("{}\n  {}", sentence(Lang::Fr), sentence(Lang::En))
}
