//! Text on the screen, read honestly from its pixels by the program `tesseract`, which gets them through a pipe.
//!
//! On Linux nothing reaches the disk: tesseract reads standard input whole and opens it as memory (`fmemopen`). Elsewhere its
//! image library (leptonica, `fopenReadFromMemory`) may go through a temporary file, so the step is refused there.

use std::io;
use std::process::Stdio;

use aval_protocol::text::console::StepTrouble;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use zeroize::Zeroizing;

use crate::picture::Picture;

/// Screens have about 96 dots per inch; tesseract is made for 300, so each pixel becomes four. Above that many pixels it stays.
const MAX_ENLARGED: usize = 4 * 1024 * 1024;

/// The picture as a grey portable graymap (PGM, Netpbm `P5`), enlarged for reading.
pub(crate) fn graymap(picture: &Picture) -> Zeroizing<Vec<u8>> {
    let (width, height) = picture.size();
    let (width, height) = (usize::from(width), usize::from(height));
    let times = if width * height <= MAX_ENLARGED { 2 } else { 1 };
    let head = format!("P5\n{} {}\n255\n", width * times, height * times);
    let mut out = Zeroizing::new(Vec::with_capacity(head.len() + width * height * times * times));
    out.extend_from_slice(head.as_bytes());
    for row in picture.rows() {
        for _ in 0..times {
            out.extend(row.iter().flat_map(|&pixel| std::iter::repeat_n(luma(pixel), times)));
        }
    }
    out
}

/// What can be read in it.
pub(crate) async fn read(graymap: &[u8]) -> Result<Zeroizing<String>, StepTrouble> {
    if !cfg!(target_os = "linux") {
        return Err(StepTrouble::ReaderUnsafe);
    }
    let mut child = Command::new("tesseract")
        .args(["stdin", "stdout", "-l", "fra", "--psm", "11", "--dpi", "192"])
        .env("OMP_THREAD_LIMIT", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => StepTrouble::NoReader,
            _ => StepTrouble::ReaderFailed,
        })?;
    let mut stdin = child.stdin.take().ok_or(StepTrouble::ReaderFailed)?;
    let feed = async move {
        // It may have failed already; its exit status says so.
        let _ = stdin.write_all(graymap).await;
    };
    let ((), output) = tokio::join!(feed, child.wait_with_output());
    let output = output.map_err(|_| StepTrouble::ReaderFailed)?;
    if !output.status.success() {
        return Err(StepTrouble::ReaderFailed);
    }
    let text = Zeroizing::new(output.stdout);
    Ok(Zeroizing::new(String::from_utf8_lossy(&text).into_owned()))
}

/// Whether a text is in what was read; white space does not count.
pub(crate) fn holds(read: &str, wanted: &str) -> bool {
    let bare = |text: &str| Zeroizing::new(text.split_whitespace().collect::<String>());
    bare(read).contains(bare(wanted).as_str())
}

/// ITU-R BT.601 luma in 8 bits.
fn luma(pixel: u32) -> u8 {
    let [_, r, g, b] = pixel.to_be_bytes().map(u32::from);
    u8::try_from((299 * r + 587 * g + 114 * b) / 1000).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use aval_protocol::wire::screen::ScreenDown;

    use super::*;

    #[test]
    fn a_graymap_is_twice_as_large() {
        let mut picture = Picture::new().unwrap();
        picture.apply(ScreenDown::Geometry { width: 3, height: 2 }).unwrap();
        let map = graymap(&picture);
        assert_eq!(&map[..], [b"P5\n6 4\n255\n".as_slice(), &[0; 24]].concat());
    }

    #[test]
    fn grey_is_weighed_by_the_eye() {
        assert_eq!((luma(0), luma(0xff_ffff), luma(0x00_ff00)), (0, 255, 149));
    }

    #[test]
    fn white_space_does_not_count() {
        assert!(holds("Bonjour\n\nmadame  Leroy", "Bonjour madame Leroy"));
        assert!(!holds("Bonjour madame Leroi", "madame Leroy"));
    }
}
