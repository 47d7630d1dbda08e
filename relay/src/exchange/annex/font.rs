//! Fonts inside the program, and of them what one document needs: outlines of its letters alone, under a name of its own (OpenType 1.9,
//! tables `cmap`, `glyf`, `head`, `hhea`, `hmtx`, `loca`, `maxp`). Glyphs keep their numbers; those that nobody shows are empty.

use std::collections::{BTreeMap, BTreeSet};

const REGULAR: &[u8] = include_bytes!("fonts/DejaVuSansCondensed.ttf");
const BOLD: &[u8] = include_bytes!("fonts/DejaVuSansCondensed-Bold.ttf");
/// What a letter that the font lacks is shown as.
const LACKING: char = '\u{fffd}';
/// Tables that a reader of PDF needs as they are: programs of the outlines.
const KEPT: [[u8; 4]; 3] = [*b"cvt ", *b"fpgm", *b"prep"];

/// A font.
#[derive(Clone, Debug)]
pub(super) struct Font {
    /// Its name.
    pub(super) name: &'static str,
    /// Units of one em.
    pub(super) units: u16,
    /// Highest and lowest of its lines, in units.
    pub(super) ascent: i16,
    pub(super) descent: i16,
    /// Left, bottom, right, top of all its letters, in units.
    pub(super) bounds: [i16; 4],
    tables: BTreeMap<[u8; 4], &'static [u8]>,
    letters: &'static [u8],
    advances: u16,
    lacking: u16,
}

impl Font {
    /// For running text.
    pub(super) fn regular() -> Option<Self> {
        Self::of("DejaVuSansCondensed", REGULAR)
    }

    /// For titles.
    pub(super) fn bold() -> Option<Self> {
        Self::of("DejaVuSansCondensed-Bold", BOLD)
    }

    fn of(name: &'static str, bytes: &'static [u8]) -> Option<Self> {
        let count = usize::from(be16(bytes, 4)?);
        let mut tables = BTreeMap::new();
        for entry in bytes.get(12..12 + 16 * count)?.chunks_exact(16) {
            let (at, len) = (usize::try_from(be32(entry, 8)?).ok()?, usize::try_from(be32(entry, 12)?).ok()?);
            tables.insert(entry.get(..4)?.try_into().ok()?, bytes.get(at..at.checked_add(len)?)?);
        }
        let (head, hhea, cmap) = (*tables.get(b"head")?, *tables.get(b"hhea")?, *tables.get(b"cmap")?);
        let bound = |at| be16(head, at).map(u16::cast_signed);
        let mut font = Self {
            name,
            units: be16(head, 18)?,
            ascent: be16(hhea, 4)?.cast_signed(),
            descent: be16(hhea, 6)?.cast_signed(),
            bounds: [bound(36)?, bound(38)?, bound(40)?, bound(42)?],
            advances: be16(hhea, 34)?,
            letters: letters(cmap)?,
            tables,
            lacking: 0,
        };
        // Offsets of four bytes are the only ones that `outline` reads.
        if be16(head, 50)? != 1 || font.units == 0 || font.advances == 0 {
            return None;
        }
        font.lacking = font.find(LACKING).unwrap_or(0);
        Some(font)
    }

    /// The glyph of a letter.
    pub(super) fn glyph(&self, letter: char) -> u16 {
        self.find(letter).unwrap_or(self.lacking)
    }

    fn find(&self, letter: char) -> Option<u16> {
        let letter = u32::from(letter);
        let groups = self.letters.chunks_exact(12);
        groups.map(|group| (be32(group, 0), be32(group, 4), be32(group, 8))).find_map(|group| match group {
            (Some(first), Some(last), Some(glyph)) if (first..=last).contains(&letter) => {
                u16::try_from(glyph.checked_add(letter - first)?).ok().filter(|glyph| *glyph != 0)
            }
            _ => None,
        })
    }

    /// How far the pen moves, in units.
    pub(super) fn advance(&self, glyph: u16) -> u16 {
        let at = usize::from(glyph.min(self.advances - 1)) * 4;
        self.tables.get(b"hmtx").and_then(|table| be16(table, at)).unwrap_or(0)
    }

    fn outline(&self, glyph: u16) -> Option<&'static [u8]> {
        let at =
            |n: usize| self.tables.get(b"loca").and_then(|table| be32(table, n * 4)).map(|at| at as usize);
        let glyph = usize::from(glyph);
        self.tables.get(b"glyf")?.get(at(glyph)?..at(glyph + 1)?)
    }

    /// A font of these glyphs, as a file.
    pub(super) fn subset(&self, glyphs: impl IntoIterator<Item = u16>) -> Option<Vec<u8>> {
        let mut wanted: Vec<u16> = glyphs.into_iter().chain([0]).collect();
        let mut all = BTreeSet::new();
        while let Some(glyph) = wanted.pop() {
            if all.insert(glyph) {
                wanted.extend(parts(self.outline(glyph)?));
            }
        }
        let count = all.last()?.checked_add(1)?;
        let (mut glyf, mut loca) = (Vec::new(), Vec::new());
        for glyph in 0..count {
            loca.extend(u32::try_from(glyf.len()).ok()?.to_be_bytes());
            if all.contains(&glyph) {
                glyf.extend(self.outline(glyph)?);
                glyf.resize(glyf.len().next_multiple_of(4), 0);
            }
        }
        loca.extend(u32::try_from(glyf.len()).ok()?.to_be_bytes());
        let advances = count.min(self.advances);
        let metrics = usize::from(advances) * 4 + usize::from(count - advances) * 2;
        let table = |tag: &[u8; 4]| self.tables.get(tag).map(|table| table.to_vec());
        let mut head = table(b"head")?;
        put(&mut head, 8, &[0; 4])?;
        let mut hhea = table(b"hhea")?;
        put(&mut hhea, 34, &advances.to_be_bytes())?;
        let mut maxp = table(b"maxp")?;
        put(&mut maxp, 4, &count.to_be_bytes())?;
        let hmtx = self.tables.get(b"hmtx")?.get(..metrics)?.to_vec();
        let made = [
            (*b"glyf", glyf),
            (*b"head", head),
            (*b"hhea", hhea),
            (*b"hmtx", hmtx),
            (*b"loca", loca),
            (*b"maxp", maxp),
        ];
        let mut tables = BTreeMap::from(made);
        tables.extend(KEPT.into_iter().filter_map(|tag| Some((tag, table(&tag)?))));
        file(&tables)
    }
}

/// The groups of the table that knows all planes (platform 3, encoding 10, format 12).
fn letters(cmap: &'static [u8]) -> Option<&'static [u8]> {
    let count = usize::from(be16(cmap, 2)?);
    let full = cmap.get(4..4 + 8 * count)?.chunks_exact(8).find(|entry| entry.starts_with(&[0, 3, 0, 10]))?;
    let table = cmap.get(be32(full, 4)? as usize..)?;
    let groups = be32(table, 12)? as usize;
    (be16(table, 0)? == 12).then(|| table.get(16..16 + groups.checked_mul(12)?)).flatten()
}

/// The glyphs that a glyph is made of.
fn parts(outline: &[u8]) -> Vec<u16> {
    let mut parts = Vec::new();
    if be16(outline, 0).is_none_or(|contours| contours.cast_signed() >= 0) {
        return parts;
    }
    let mut at = 10;
    while let (Some(flags), Some(glyph)) = (be16(outline, at), be16(outline, at + 2)) {
        parts.push(glyph);
        at += if flags & 1 == 0 { 6 } else { 8 };
        at += match flags & 0xc8 {
            0x08 => 2,
            0x40 => 4,
            0x80 => 8,
            _ => 0,
        };
        if flags & 0x20 == 0 {
            break;
        }
    }
    parts
}

/// Tables as a file with its sums.
fn file(tables: &BTreeMap<[u8; 4], Vec<u8>>) -> Option<Vec<u8>> {
    let count = u16::try_from(tables.len()).ok()?;
    let power = count.checked_ilog2()?;
    let range = 16_u16 << power;
    let mut bytes = vec![0, 1, 0, 0];
    for word in [count, range, u16::try_from(power).ok()?, count * 16 - range] {
        bytes.extend(word.to_be_bytes());
    }
    let (mut at, mut body) = (12 + 16 * tables.len(), Vec::new());
    let mut head_at = None;
    for (tag, table) in tables {
        if tag == b"head" {
            head_at = Some(at + 8);
        }
        bytes.extend(tag);
        for word in [sum(table), u32::try_from(at).ok()?, u32::try_from(table.len()).ok()?] {
            bytes.extend(word.to_be_bytes());
        }
        body.extend(table);
        body.resize(body.len().next_multiple_of(4), 0);
        at = 12 + 16 * tables.len() + body.len();
    }
    bytes.extend(body);
    let whole = 0xb1b0_afba_u32.wrapping_sub(sum(&bytes));
    put(&mut bytes, head_at?, &whole.to_be_bytes())?;
    Some(bytes)
}

fn sum(bytes: &[u8]) -> u32 {
    let word =
        |chunk: &[u8]| (0..4).fold(0, |word, n| word << 8 | u32::from(chunk.get(n).copied().unwrap_or(0)));
    bytes.chunks(4).fold(0, |sum: u32, chunk| sum.wrapping_add(word(chunk)))
}

fn put(bytes: &mut [u8], at: usize, new: &[u8]) -> Option<()> {
    bytes.get_mut(at..at + new.len())?.copy_from_slice(new);
    Some(())
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fonts_have_the_letters_of_french() {
        for font in [Font::regular().unwrap(), Font::bold().unwrap()] {
            for letter in "AZaz09àâäçéèêëîïôöùûüÿœŒæÆ€’«»°–—…→\u{a0}\u{202f}ßñłąčΩЖ".chars()
            {
                assert!(font.find(letter).is_some(), "{} lacks {letter:?}", font.name);
            }
            assert_eq!(font.glyph('漢'), font.glyph(LACKING));
            assert!(font.advance(font.glyph('m')) > font.advance(font.glyph('i')));
        }
    }

    #[test]
    fn a_subset_is_small_and_a_font_itself() {
        let font = Font::regular().unwrap();
        let glyphs: Vec<u16> = "Écran œuvre €".chars().map(|letter| font.glyph(letter)).collect();
        let file = font.subset(glyphs.iter().copied()).unwrap();
        assert!(file.len() < REGULAR.len() / 10, "{}", file.len());
        assert_eq!(sum(&file), 0xb1b0_afba);
        // É is made of E and an accent: both have come along.
        let composite = parts(font.outline(font.glyph('É')).unwrap());
        assert!(composite.contains(&font.glyph('E')), "{composite:?}");
    }
}
