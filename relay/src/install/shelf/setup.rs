//! What an installer for Windows says of itself: the version resource and the place of its signature in a Portable Executable
//! (Microsoft, "PE Format"; "VS_VERSIONINFO"). Only read, on the command line, before the file is put on the shelf.

/// Where the offset of the PE header stands.
const HEADER_AT: usize = 0x3c;
/// From the PE header to the optional header: the signature and COFF's own.
const COFF: usize = 24;
/// The data directory that names the signature (`IMAGE_DIRECTORY_ENTRY_SECURITY`).
const SECURITY: usize = 4;

/// What an installer says of itself.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Setup {
    pub(super) product: String,
    pub(super) version: String,
    /// Room that it takes once installed, in KiB.
    pub(super) installed_kib: Option<u64>,
    pub(super) signed: bool,
}

impl Setup {
    /// Reads a file; `None` if it is no program for Windows.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        if !bytes.starts_with(b"MZ") {
            return None;
        }
        let header = usize::try_from(number(bytes, HEADER_AT, 4)?).ok()?;
        if bytes.get(header..header.checked_add(4)?)? != b"PE\0\0" {
            return None;
        }
        let optional = header.checked_add(COFF)?;
        let directories = match number(bytes, optional, 2)? {
            0x10b => optional.checked_add(96)?,
            0x20b => optional.checked_add(112)?,
            _ => return None,
        };
        let at = number(bytes, directories.checked_add(SECURITY * 8)?, 4)?;
        let length = number(bytes, directories.checked_add(SECURITY * 8 + 4)?, 4)?;
        let signed = length > 0 && at + length <= bytes.len() as u64;
        Some(Self {
            product: said(bytes, "ProductName").unwrap_or_default(),
            version: said(bytes, "ProductVersion").unwrap_or_default(),
            installed_kib: said(bytes, "InstalledKiB").and_then(|kib| kib.parse().ok()),
            signed,
        })
    }
}

/// A little-endian number of that many bytes.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let some = bytes.get(at..at.checked_add(length)?)?;
    Some(some.iter().rev().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
}

/// A string of the version resource: the name in UTF-16 and its zero, padding to four bytes, the value and its zero.
fn said(bytes: &[u8], name: &str) -> Option<String> {
    /// Longest value that is read, in UTF-16 units.
    const MOST: usize = 64;
    let wanted: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    let end = bytes.windows(wanted.len()).position(|some| some == wanted)? + wanted.len();
    let units = bytes.get(end..)?.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let value: Vec<u16> =
        units.skip_while(|unit| *unit == 0).take(MOST).take_while(|unit| *unit != 0).collect();
    String::from_utf16(&value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    /// The least of a 32-bit program with a version resource's strings, by Microsoft's description of both.
    fn program(signature: u32) -> Vec<u8> {
        let mut bytes = vec![0; 0x40];
        bytes[..2].copy_from_slice(b"MZ");
        bytes[HEADER_AT] = 0x40;
        bytes.extend(b"PE\0\0");
        bytes.extend([0; 20]);
        bytes.extend([0x0b, 0x01]);
        bytes.extend([0; 94]);
        for directory in 0..16_u32 {
            let (at, length): (u32, u32) = if directory == 4 { (0x10, signature) } else { (0, 0) };
            bytes.extend(at.to_le_bytes());
            bytes.extend(length.to_le_bytes());
        }
        for (name, value) in [("ProductName", "Aval"), ("ProductVersion", "0.1.0"), ("InstalledKiB", "9000")]
        {
            bytes.extend(wide(name));
            bytes.extend([0; 4]);
            bytes.extend(wide(value));
            bytes.extend([0; 2]);
        }
        bytes
    }

    #[test]
    fn an_installer_says_what_it_is_and_whether_it_is_signed() {
        let said = Setup::read(&program(8)).unwrap();
        assert_eq!((said.product.as_str(), said.version.as_str()), ("Aval", "0.1.0"));
        assert_eq!((said.installed_kib, said.signed), (Some(9000), true));
        assert!(!Setup::read(&program(0)).unwrap().signed);
        assert!(!Setup::read(&program(u32::MAX)).unwrap().signed, "a signature beyond the file");
    }

    #[test]
    fn what_ends_early_is_no_installer_and_never_a_panic() {
        let whole = program(8);
        for end in 0..whole.len() {
            let _ = Setup::read(&whole[..end]);
        }
        assert_eq!(Setup::read(b"no program"), None);
        let mut far = whole;
        far[HEADER_AT..HEADER_AT + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Setup::read(&far), None);
    }
}
