//! Pages made from the program: a test fails while one is out of date, and says how to write it anew.

mod clauses;

use std::path::PathBuf;

/// A file of the repository.
pub(crate) fn path(of: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(of)
}

/// Holds a page against what it is made from.
pub(crate) fn is_current(page: &str, made: &str) {
    let file = path(page);
    if std::env::var_os("AVAL_WRITE_PAGES").is_some() {
        std::fs::write(&file, made).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found == made,
        "{page} is out of date: AVAL_WRITE_PAGES=1 cargo test --workspace --lib page_of, then look at the difference and commit it"
    );
}
