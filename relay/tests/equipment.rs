//! The covered-equipment list as files, by the real program: a person's spreadsheet in, told first and then proposed; approved by a
//! signed paper; out as CSV, workbook and annex; and in again.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aval_protocol::firm::authority::found;
use aval_transport::Clock;
use tempfile::TempDir;

const EXAMPLE: &str = include_str!("../../docs/examples/equipment.csv");

struct Folder(TempDir);

impl Folder {
    /// A firm, a relay's folder and a contract that begins with the year 2026.
    fn new() -> Self {
        let folder = Self(TempDir::new().unwrap());
        let firm = found("Atelier Beaurepaire", "+33199001234", Clock::system().wall(), 20, 400).unwrap();
        folder.put("firm.pub", firm.file.to_pem().unwrap().as_bytes());
        folder.run(&["init", "--data", "relay", "--firm", "firm.pub", "--name", "relais-1"]).unwrap();
        let new = ["--client", "Menuiserie Lœwenstein & Fils", "--signed", "2026-01-01", "--postal", "94200"];
        folder
            .run(&[&["contract", "new", "--data", "relay", "--id", "C-2026-014"], &new[..]].concat())
            .unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    fn run(&self, args: &[&str]) -> Result<String, String> {
        let mut program = Command::new(Path::new(env!("CARGO_BIN_EXE_aval-relay")));
        let out = program.args(args).current_dir(self.0.path()).output().unwrap();
        let said =
            format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        if out.status.success() { Ok(said) } else { Err(said) }
    }

    fn equipment(&self, what: &str, more: &[&str]) -> Result<String, String> {
        self.run(&[&["equipment", what, "--data", "relay", "--id", "C-2026-014"], more].concat())
    }
}

#[test]
fn a_list_comes_in_is_signed_goes_out_and_comes_in_again() {
    let folder = Folder::new();
    folder.put("materiel.csv", EXAMPLE.as_bytes());
    let told = folder.equipment("import", &["materiel.csv", "--from", "2026-01-05"]).unwrap();
    assert!(
        told.contains("Ligne 2\u{a0}: nouvelle ligne n°\u{a0}1") && told.contains("Line 6: new line no. 5"),
        "{told}"
    );
    // Telling changes nothing.
    assert_eq!(folder.equipment("versions", &[]).unwrap(), "");
    folder.equipment("export", &["--csv", "none.csv"]).unwrap_err();
    folder.equipment("import", &["materiel.csv", "--from", "2026-01-05", "--apply"]).unwrap();
    let files = ["--csv", "liste.csv", "--xlsx", "liste.xlsx", "--pdf", "annexe.pdf"];
    folder.equipment("export", &[&["--version", "1"], &files[..]].concat()).unwrap();
    let unsigned = fs::read(folder.path("annexe.pdf")).unwrap();
    folder.put("scan.pdf", b"a scan");
    let paper = ["--version", "1", "--by", "both", "--paper", "scan.pdf", "--reference", "classeur 2026"];
    folder.equipment("approve", &paper).unwrap();
    let said = folder.equipment("export", &files).unwrap();
    assert!(said.contains("annexe.pdf\u{a0}: version 1, empreinte "), "{said}");
    let (signed, sheet) = (fs::read(folder.path("annexe.pdf")), fs::read(folder.path("liste.xlsx")));
    let (signed, sheet) = (signed.unwrap(), sheet.unwrap());
    assert!(signed.starts_with(b"%PDF") && signed != unsigned && sheet.starts_with(b"PK"));
    let csv = fs::read_to_string(folder.path("liste.csv")).unwrap();
    assert!(csv.contains("\"Écran 24\"\", atelier\"") && csv.lines().count() == 6, "{csv}");
    // What went out says nothing new.
    let same = folder.equipment("import", &["liste.csv"]).unwrap_err();
    assert!(same.contains("identique à la ligne n°\u{a0}5"), "{same}");
    let refused = "n°;type;libellé;numéro de série\n;imprimante;Bonne;AB12\n9;;;\n";
    folder.put("bad.csv", refused.as_bytes());
    let bad = folder.equipment("import", &["bad.csv", "--class", "poste", "--apply"]).unwrap_err();
    assert!(bad.contains("Ligne 3\u{a0}: la ligne n°\u{a0}9 n’est pas dans la liste"), "{bad}");
    assert_eq!(folder.equipment("versions", &[]).unwrap().matches("Version 2").count(), 0);
    folder.put("change.csv", "n°;plus couvert à partir du\n2;01/05/2027\n".as_bytes());
    folder.equipment("import", &["change.csv", "--from", "2027-05-01", "--apply"]).unwrap();
    folder.equipment("export", &["--version", "2", "--pdf", "avenant.pdf", "--english"]).unwrap();
}
