//! The program's own version, read from a mark in its own file: what it says is what whoever signed the file could read there.

use std::hint::black_box;
use std::sync::LazyLock;

use aval_protocol::release::Version;
use aval_protocol::release::version::{MARK_LEN, mark, read};

#[used]
static OWN: [u8; MARK_LEN] = mark(env!("CARGO_PKG_VERSION"));

/// The version of this program.
pub fn own() -> Version {
    // Read where it lies: the compiler must not put a copy into its place.
    read(black_box(&OWN)).unwrap_or_default()
}

/// The same, as text.
pub fn text() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| own().to_string());
    &TEXT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_says_the_version_it_was_built_as() {
        assert_eq!(text(), env!("CARGO_PKG_VERSION"));
    }
}
