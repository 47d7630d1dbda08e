//! What this program is, for the record of who agreed to which installation: its version and the hash of its own file.

use std::fs::File;
use std::io;

use aval_protocol::text::Lang;
use aval_protocol::wire::enrol::Accepted;
use aws_lc_rs::digest::{Context, SHA256};

/// The installation of this program, as somebody who reads that language agrees to it.
///
/// # Errors
/// The system's, when the program's own file can't be read.
pub(crate) fn accepted(lang: Lang) -> io::Result<Accepted> {
    let mut file = File::open(std::env::current_exe()?)?;
    let mut digest = Hashing(Context::new(&SHA256));
    io::copy(&mut file, &mut digest)?;
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(digest.0.finish().as_ref());
    Ok(Accepted { version: crate::version::text().to_owned(), sha256, lang })
}

struct Hashing(Context);

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_the_file() {
        let bytes = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let whole = aws_lc_rs::digest::digest(&SHA256, &bytes);
        let accepted = accepted(Lang::En).unwrap();
        assert_eq!(accepted.sha256.as_slice(), whole.as_ref());
        assert_eq!((accepted.version.as_str(), accepted.lang), (env!("CARGO_PKG_VERSION"), Lang::En));
    }
}
