//! What a package for Windows Installer says of itself: properties and files of its database (Microsoft, "Windows Installer Database"),
//! and whether a signature lies in it. Only read, on the command line, before the file is put on the shelf.

use std::io::Cursor;

use msi::{Package, Row, Select};

use super::PRODUCT;
use super::setup::Setup;

/// What such a file begins with: a compound file ([MS-CFB] 2.2).
pub(super) const MAGIC: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// By which every version of this product knows the others (packaging/windows/installer.wxs).
const UPGRADE: &str = "{6B0B7B0E-5C0A-4F57-9B60-9B1D3C0A7E21}";

/// Reads a file; `None` if it is no package for Windows Installer.
pub(super) fn read(bytes: &[u8]) -> Option<Setup> {
    let mut package = Package::open(Cursor::new(bytes)).ok()?;
    let properties: Vec<Row> = rows(&mut package, "Property")?;
    let property = |name: &str| {
        let row = properties.iter().find(|row| row["Property"].as_str() == Some(name))?;
        row["Value"].as_str().map(str::to_owned)
    };
    let ours = property("UpgradeCode").is_some_and(|code| code.eq_ignore_ascii_case(UPGRADE));
    let sizes = rows(&mut package, "File")?.into_iter().map(|row| row["FileSize"].as_int());
    let bytes = sizes.map(|size| u64::try_from(size?).ok()).sum::<Option<u64>>();
    Some(Setup {
        product: if ours { PRODUCT.to_owned() } else { property("ProductName").unwrap_or_default() },
        version: property("ProductVersion").unwrap_or_default(),
        installed_kib: bytes.map(|bytes| bytes.div_ceil(1024)),
        signed: package.has_digital_signature(),
    })
}

/// All rows of a table that has the columns we read.
fn rows(package: &mut Package<Cursor<&[u8]>>, table: &str) -> Option<Vec<Row>> {
    let columns: &[&str] = if table == "File" { &["FileSize"] } else { &["Property", "Value"] };
    package.has_table(table).then_some(())?;
    Some(package.select_rows(Select::table(table).columns(columns)).ok()?.collect())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use msi::{Column, Insert, PackageType, Value};

    use super::*;

    /// The least of a package: two tables, and a place for the signature.
    fn package(upgrade: &str, signed: bool) -> Vec<u8> {
        let mut package = Package::create(PackageType::Installer, Cursor::new(Vec::new())).unwrap();
        let columns =
            vec![Column::build("Property").primary_key().string(72), Column::build("Value").string(0)];
        package.create_table("Property", columns).unwrap();
        for (name, value) in
            [("ProductName", "Aval – assistance"), ("ProductVersion", "0.1.0"), ("UpgradeCode", upgrade)]
        {
            let row = vec![Value::Str(name.to_owned()), Value::Str(value.to_owned())];
            package.insert_rows(Insert::into("Property").row(row)).unwrap();
        }
        let columns = vec![Column::build("File").primary_key().string(72), Column::build("FileSize").int32()];
        package.create_table("File", columns).unwrap();
        for (name, size) in [("agent", 4_000_000), ("prompt", 1_000_001)] {
            let row = vec![Value::Str(name.to_owned()), Value::Int(size)];
            package.insert_rows(Insert::into("File").row(row)).unwrap();
        }
        let bytes = package.into_inner().unwrap();
        let mut file = cfb::CompoundFile::open(bytes).unwrap();
        if signed {
            file.create_stream("\u{5}DigitalSignature").unwrap().write_all(b"a signature").unwrap();
        }
        file.flush().unwrap();
        file.into_inner().into_inner()
    }

    #[test]
    fn a_package_says_what_it_is_and_whether_it_is_signed() {
        let said = read(&package(&UPGRADE.to_lowercase(), true)).unwrap();
        assert_eq!((said.product.as_str(), said.version.as_str()), ("Aval", "0.1.0"));
        assert_eq!((said.installed_kib, said.signed), (Some(4_883), true));
        assert!(!read(&package(UPGRADE, false)).unwrap().signed);
        let other = read(&package("{00000000-0000-0000-0000-000000000000}", true)).unwrap();
        assert_eq!(other.product, "Aval – assistance", "another product by our name");
    }

    #[test]
    fn what_ends_early_is_no_package_and_never_a_panic() {
        let whole = package(UPGRADE, true);
        for end in (0..whole.len()).step_by(97) {
            let _ = read(&whole[..end]);
        }
        assert_eq!(read(&MAGIC), None);
        assert_eq!(read(b"no package"), None);
    }
}
