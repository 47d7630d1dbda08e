//! The packages: looked at when they are put on the shelf, and again each time one is handed out. What was changed on the disk
//! since is not what people agreed to, and stays here.

mod database;
mod setup;

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;
use std::process::Command;

use aws_lc_rs::digest::{SHA256, digest};

use crate::records::installs::Package;
use setup::Setup;

/// What every package is called.
const NAME: &str = "aval-agent";
/// The product that the installers for Windows name.
const PRODUCT: &str = "Aval";
/// Longest package, in bytes.
const MAX: u64 = 200 * 1024 * 1024;

/// Why a package is not put on the shelf, or not handed out.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The system refuses.
    #[error("{path}: {error}")]
    Io {
        /// What.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// It is no package of this product.
    #[error("{path} is no package of aval-agent: {why}")]
    Unfit {
        /// Which file.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// It is not the file that was put there.
    #[error("{0} is not the file that was recorded: put the right one back")]
    Changed(String),
}

/// What a package's file is. Reads what an installer for Windows says of itself, and asks `dpkg-deb` what Debian's does: for the
/// command line, never while serving.
///
/// # Errors
/// [`PackageError`].
pub fn look_at(path: &Path) -> Result<Package, PackageError> {
    let bytes = read(path)?;
    if bytes.starts_with(b"MZ") {
        windows(path, &bytes, Setup::read(&bytes), "exe")
    } else if bytes.starts_with(&database::MAGIC) {
        windows(path, &bytes, database::read(&bytes), "msi")
    } else {
        debian(path, &bytes)
    }
}

fn windows(path: &Path, bytes: &[u8], said: Option<Setup>, end: &str) -> Result<Package, PackageError> {
    let unfit = |why: &str| PackageError::Unfit { path: path.display().to_string(), why: why.to_owned() };
    let setup = said.ok_or_else(|| unfit("it is no installer for Windows"))?;
    if setup.product != PRODUCT {
        return Err(unfit(&format!("it is an installer of {:?}", setup.product)));
    }
    if !setup.signed {
        return Err(unfit("it bears no signature, and Windows would warn of it: sign it first"));
    }
    if !plain(&setup.version) {
        return Err(unfit("its version makes no file’s name"));
    }
    Ok(Package {
        file: format!("{NAME}_{}_x64.{end}", setup.version),
        arch: "x64".to_owned(),
        size: bytes.len() as u64,
        installed_kib: setup.installed_kib.ok_or_else(|| unfit("it does not say how much room it takes"))?,
        sha256: sha256(bytes),
        version: setup.version,
    })
}

fn debian(path: &Path, bytes: &[u8]) -> Result<Package, PackageError> {
    let unfit = |why: &str| PackageError::Unfit { path: path.display().to_string(), why: why.to_owned() };
    let fields = ["Package", "Version", "Architecture", "Installed-Size"];
    let format = fields.map(|field| format!("${{{field}}}\n")).concat();
    let asked = Command::new("dpkg-deb").args(["--show", "--showformat", &format]).arg(path).output();
    let asked = asked.map_err(|_| unfit("dpkg-deb is not installed here: apt install dpkg"))?;
    if !asked.status.success() {
        return Err(unfit(String::from_utf8_lossy(&asked.stderr).trim()));
    }
    let said = String::from_utf8_lossy(&asked.stdout).into_owned();
    let mut said = said.lines().map(str::trim);
    let mut next = || said.next().unwrap_or_default().to_owned();
    let (name, version, arch, kib) = (next(), next(), next(), next());
    if name != NAME {
        return Err(unfit(&format!("it is a package of {name:?}")));
    }
    if !plain(&version) || !plain(&arch) {
        return Err(unfit("its version makes no file’s name"));
    }
    Ok(Package {
        file: format!("{NAME}_{version}_{arch}.deb"),
        version,
        arch,
        size: bytes.len() as u64,
        installed_kib: kib.parse().map_err(|_| unfit("it does not say how much room it takes"))?,
        sha256: sha256(bytes),
    })
}

/// A word that may stand in a file's name.
fn plain(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'~' | b'-'))
}

/// Copies a package into the folder, whole, under its own name. One that is there already with the same bytes is left.
///
/// # Errors
/// [`PackageError`].
pub fn shelve(from: &Path, package: &Package, folder: &Path) -> Result<(), PackageError> {
    let to = folder.join(&package.file);
    let fail = |error| PackageError::Io { path: to.display().to_string(), error };
    fs::create_dir_all(folder).map_err(fail)?;
    if to.exists() {
        return take(folder, package).map(drop);
    }
    let bytes = read(from)?;
    if sha256(&bytes) != package.sha256 {
        return Err(PackageError::Changed(from.display().to_string()));
    }
    let draft = folder.join(format!(".{}.{}.tmp", package.file, std::process::id()));
    let written = fs::write(&draft, &bytes)
        .and_then(|()| File::open(&draft)?.sync_all())
        .and_then(|()| fs::rename(&draft, &to))
        .and_then(|()| File::open(folder)?.sync_all());
    written.map_err(|error| {
        let _ = fs::remove_file(&draft);
        fail(error)
    })
}

/// The bytes of a package, if they are still those that were recorded.
pub(super) fn take(folder: &Path, package: &Package) -> Result<Vec<u8>, PackageError> {
    let path = folder.join(&package.file);
    let bytes = read(&path)?;
    if bytes.len() as u64 == package.size && sha256(&bytes) == package.sha256 {
        Ok(bytes)
    } else {
        Err(PackageError::Changed(path.display().to_string()))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, PackageError> {
    let fail = |error| PackageError::Io { path: path.display().to_string(), error };
    let file = File::open(path).map_err(fail)?;
    let mut bytes = Vec::new();
    file.take(MAX + 1).read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() as u64 > MAX { Err(fail(io::ErrorKind::FileTooLarge.into())) } else { Ok(bytes) }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(bytes: &[u8]) -> Package {
        Package {
            file: "aval-agent_0.1.0_amd64.deb".to_owned(),
            version: "0.1.0".to_owned(),
            arch: "amd64".to_owned(),
            size: bytes.len() as u64,
            installed_kib: 1,
            sha256: sha256(bytes),
        }
    }

    #[test]
    fn what_was_changed_on_the_shelf_is_not_handed_out() {
        let dir = tempfile::tempdir().unwrap();
        let (given, shelf) = (dir.path().join("given.deb"), dir.path().join("shelf"));
        fs::write(&given, b"the package").unwrap();
        let package = package(b"the package");
        shelve(&given, &package, &shelf).unwrap();
        shelve(&given, &package, &shelf).unwrap();
        assert_eq!(take(&shelf, &package).unwrap(), b"the package");
        for spoilt in [&b"the packagE"[..], b"the package ", b""] {
            fs::write(shelf.join(&package.file), spoilt).unwrap();
            assert!(matches!(take(&shelf, &package), Err(PackageError::Changed(_))));
            assert!(matches!(shelve(&given, &package, &shelf), Err(PackageError::Changed(_))));
        }
        fs::remove_file(shelf.join(&package.file)).unwrap();
        assert!(matches!(take(&shelf, &package), Err(PackageError::Io { .. })));
        fs::write(&given, b"another").unwrap();
        assert!(matches!(shelve(&given, &package, &shelf), Err(PackageError::Changed(_))));
        assert_eq!(fs::read_dir(&shelf).unwrap().count(), 0);
    }

    #[test]
    fn what_is_no_package_is_not_put_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.deb");
        fs::write(&path, b"no package").unwrap();
        assert!(matches!(look_at(&path), Err(PackageError::Unfit { .. })));
        assert!(matches!(look_at(&dir.path().join("none")), Err(PackageError::Io { .. })));
    }
}
