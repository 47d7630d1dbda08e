//! Pages of paper: text, lines and boxes at places counted from the top left in points, and the PDF (ISO 32000) that they become.
//!
//! Fonts are embedded with the letters that are used, and with what letter each glyph is, so that the text can be searched and read
//! aloud. Nothing in the file says when or where it was made but what the caller states.

use std::collections::BTreeMap;
use std::io::Write;

use aval_protocol::wire::inventory::Day;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Date, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use super::font::Font;

/// A4, in points.
pub(in crate::exchange) const WIDTH: f32 = 595.28;
pub(in crate::exchange) const HEIGHT: f32 = 841.89;

/// Letters of which weight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::exchange) enum Face {
    Regular,
    Bold,
}

/// A size and a weight.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(in crate::exchange) struct Type(pub(in crate::exchange) Face, pub(in crate::exchange) f32);

/// What the file says of itself.
pub(in crate::exchange) struct About<'a> {
    pub(in crate::exchange) title: &'a str,
    pub(in crate::exchange) author: &'a str,
    pub(in crate::exchange) lang: &'a str,
    pub(in crate::exchange) day: Day,
    pub(in crate::exchange) id: [u8; 32],
}

/// Pages that are being drawn.
pub(in crate::exchange) struct Ink {
    fonts: [Font; 2],
    /// By font: the glyphs used, and a letter of each.
    used: [BTreeMap<u16, char>; 2],
    pages: Vec<Content>,
}

const SYSTEM: SystemInfo<'_> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
const NAMES: [Name<'_>; 2] = [Name(b"F0"), Name(b"F1")];

impl Ink {
    /// No page yet; `None` when the fonts inside the program are damaged.
    pub(in crate::exchange) fn new() -> Option<Self> {
        Some(Self { fonts: [Font::regular()?, Font::bold()?], used: Default::default(), pages: Vec::new() })
    }

    /// Begins a page.
    pub(in crate::exchange) fn page(&mut self) {
        self.pages.push(Content::new());
    }

    /// How many there are.
    pub(in crate::exchange) fn pages(&self) -> usize {
        self.pages.len()
    }

    /// How wide a text is.
    pub(in crate::exchange) fn width(&self, Type(face, size): Type, text: &str) -> f32 {
        let font = &self.fonts[face as usize];
        let units: u32 = text.chars().map(|letter| u32::from(font.advance(font.glyph(letter)))).sum();
        // A line of text is far below 2^24 units.
        units as f32 * size / f32::from(font.units)
    }

    /// A text in lines no wider than this: between words, else behind a hyphen or within the word. No-break spaces hold.
    pub(in crate::exchange) fn wrapped(&self, style: Type, width: f32, text: &str) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in text.split_inclusive([' ', '-']) {
            let fits = |line: &str, more: &str| {
                self.width(style, format!("{line}{more}").trim_end_matches(' ')) <= width
            };
            let line = lines.last().map_or("", String::as_str);
            if !fits(line, word) && !line.is_empty() {
                lines.push(String::new());
            }
            for letter in word.chars() {
                let line = lines.last().map_or("", String::as_str);
                if !fits(line, letter.encode_utf8(&mut [0; 4])) && !line.is_empty() {
                    lines.push(String::new());
                }
                if let Some(line) = lines.last_mut() {
                    line.push(letter);
                }
            }
        }
        lines.iter().map(|line| line.trim_end_matches(' ').to_owned()).collect()
    }

    /// Text on page `page`, its base line at `y`.
    pub(in crate::exchange) fn text_on(
        &mut self,
        page: usize,
        Type(face, size): Type,
        (x, y): (f32, f32),
        text: &str,
    ) {
        let (font, used) = (&self.fonts[face as usize], &mut self.used[face as usize]);
        let mut bytes = Vec::new();
        for letter in text.chars() {
            let glyph = font.glyph(letter);
            // Two letters may look the same; the smaller one is the common one.
            let known = used.entry(glyph).or_insert(letter);
            *known = letter.min(*known);
            bytes.extend(glyph.to_be_bytes());
        }
        if let Some(content) = self.pages.get_mut(page) {
            content.begin_text().set_font(NAMES[face as usize], size).next_line(x, HEIGHT - y);
            content.show(Str(&bytes)).end_text();
        }
    }

    /// Text on the last page.
    pub(in crate::exchange) fn text(&mut self, style: Type, at: (f32, f32), text: &str) {
        self.text_on(self.pages.len().saturating_sub(1), style, at, text);
    }

    /// A line on the last page.
    pub(in crate::exchange) fn line(&mut self, (x, y): (f32, f32), (to_x, to_y): (f32, f32), thick: f32) {
        if let Some(content) = self.pages.last_mut() {
            content.set_line_width(thick).move_to(x, HEIGHT - y).line_to(to_x, HEIGHT - to_y).stroke();
        }
    }

    /// A grey area on the last page.
    pub(in crate::exchange) fn shade(&mut self, (x, y): (f32, f32), (width, height): (f32, f32)) {
        if let Some(content) = self.pages.last_mut() {
            content
                .save_state()
                .set_fill_gray(0.92)
                .rect(x, HEIGHT - y - height, width, height)
                .fill_nonzero();
            content.restore_state();
        }
    }

    /// A box on the last page.
    pub(in crate::exchange) fn frame(&mut self, (x, y): (f32, f32), (width, height): (f32, f32)) {
        if let Some(content) = self.pages.last_mut() {
            content.set_line_width(0.7).rect(x, HEIGHT - y - height, width, height).stroke();
        }
    }

    /// The file.
    pub(in crate::exchange) fn finish(self, about: &About<'_>) -> Option<Vec<u8>> {
        let mut next = 0;
        let mut new = || {
            next += 1;
            Ref::new(next)
        };
        let mut pdf = Pdf::new();
        pdf.set_version(1, 7);
        pdf.set_file_id((about.id.to_vec(), about.id.to_vec()));
        let (catalog, tree, info) = (new(), new(), new());
        let mut root = pdf.catalog(catalog);
        root.pages(tree).lang(TextStr(about.lang));
        root.viewer_preferences().pair(Name(b"DisplayDocTitle"), true);
        root.finish();
        let (year, month, day) = about.day.parts();
        pdf.document_info(info)
            .title(TextStr(about.title))
            .author(TextStr(about.author))
            .producer(TextStr("Aval"))
            .creation_date(Date::new(year).month(month).day(day));
        let fonts = [new(), new()];
        let pages: Vec<_> = self.pages.into_iter().map(|content| (new(), new(), content)).collect();
        pdf.pages(tree).kids(pages.iter().map(|page| page.0)).count(i32::try_from(pages.len()).ok()?);
        for (id, content_id, content) in pages {
            let mut page = pdf.page(id);
            page.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(tree).contents(content_id);
            let mut resources = page.resources();
            let mut named = resources.fonts();
            for (name, font) in NAMES.into_iter().zip(fonts) {
                named.pair(name, font);
            }
            named.finish();
            resources.finish();
            page.finish();
            pdf.stream(content_id, &deflated(content.finish().as_slice())?).filter(Filter::FlateDecode);
        }
        for ((font, used), id) in self.fonts.iter().zip(&self.used).zip(fonts) {
            embed(&mut pdf, font, used, [id, new(), new(), new(), new()])?;
        }
        Some(pdf.finish())
    }
}

fn deflated(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut small = ZlibEncoder::new(Vec::new(), Compression::best());
    small.write_all(bytes).ok()?;
    small.finish().ok()
}

fn embed(pdf: &mut Pdf, font: &Font, used: &BTreeMap<u16, char>, ids: [Ref; 5]) -> Option<()> {
    let [id, cid, descriptor, file, letters] = ids;
    let name = format!("AAAAAA+{}", font.name);
    let name = Name(name.as_bytes());
    // A font's units, as the thousandths that PDF counts in.
    let thousandths = |units: f32| units * 1000.0 / f32::from(font.units);
    pdf.type0_font(id)
        .base_font(name)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid)
        .to_unicode(letters);
    let mut descendant = pdf.cid_font(cid);
    descendant.subtype(CidFontType::Type2).base_font(name).system_info(SYSTEM).font_descriptor(descriptor);
    descendant.default_width(0.0).cid_to_gid_map_predefined(Name(b"Identity"));
    let mut widths = descendant.widths();
    for &glyph in used.keys() {
        widths.consecutive(glyph, [thousandths(f32::from(font.advance(glyph)))]);
    }
    widths.finish();
    descendant.finish();
    let [left, bottom, right, top] = font.bounds.map(|bound| thousandths(f32::from(bound)));
    let ascent = thousandths(f32::from(font.ascent));
    pdf.font_descriptor(descriptor)
        .name(name)
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(left, bottom, right, top))
        .italic_angle(0.0)
        .ascent(ascent)
        .descent(thousandths(f32::from(font.descent)))
        .cap_height(ascent)
        .stem_v(80.0)
        .font_file2(file);
    let subset = font.subset(used.keys().copied())?;
    let mut stream_of = |id: Ref, bytes: &[u8]| {
        let small = deflated(bytes)?;
        let mut stream = pdf.stream(id, &small);
        stream.filter(Filter::FlateDecode);
        stream.pair(Name(b"Length1"), i32::try_from(bytes.len()).ok()?);
        Some(())
    };
    stream_of(file, &subset)?;
    let mut cmap = UnicodeCmap::new(Name(b"Custom"), SYSTEM);
    used.iter().for_each(|(&glyph, &letter)| cmap.pair(glyph, letter));
    pdf.cmap(letters, cmap.finish().as_slice());
    Some(())
}
