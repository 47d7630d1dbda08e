//! A table of the volumes that were saved, as backup programs and spreadsheets write it: `2026-07;112345678901`, one month a line.

use aval_protocol::text::gate::Sentence;
use aval_protocol::text::papers as text;

use super::{Kind, MOST_AT_ONCE, NewPaper, Paper};

/// Longest table, in bytes.
const MAX_TABLE: usize = 16 * 1024;

/// Reads a table: a month and its bytes in each line, parted by `;`, `,` or a tab. A first line of words is a heading, quotes and a byte
/// order mark mean nothing.
///
/// # Errors
/// A sentence with the line's number.
pub fn read(bytes: &[u8]) -> Result<Vec<NewPaper>, Sentence> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_TABLE);
    let text = text.ok_or_else(|| text::bad_table(1))?;
    let mut all = Vec::new();
    for (n, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let cells: Vec<&str> =
            line.split([';', ',', '\t']).map(|cell| cell.trim().trim_matches('"')).collect();
        let [month, volume] = cells.as_slice() else {
            if line.trim().is_empty() {
                continue;
            }
            return Err(text::bad_table(n + 1));
        };
        match volume.parse::<u64>() {
            Ok(volume) => {
                let body = serde_json::json!({ "month": month, "bytes": volume });
                let paper = Paper::read(Kind::Volume, body.to_string().as_bytes());
                all.push(NewPaper::plain(paper.map_err(|_| text::bad_table(n + 1))?));
            }
            Err(_) if n == 0 && !volume.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {}
            Err(_) => return Err(text::bad_table(n + 1)),
        }
    }
    if (1..=MOST_AT_ONCE).contains(&all.len()) { Ok(all) } else { Err(text::how_many(MOST_AT_ONCE)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_7_1_volumes_come_from_a_table_and_a_wrong_line_is_named() {
        for good in [
            "2026-07;112345678901\n2026-08;0\n",
            "\u{feff}mois;octets\r\n\"2026-07\";\"112345678901\"\r\n2026-08,5\r\n\r\n",
            "2026-07\t1\n2026-08\t2",
        ] {
            let papers = read(good.as_bytes()).unwrap();
            assert_eq!(papers.len(), 2, "{good}");
            assert!(papers[0].says.as_ref().unwrap().body().contains("\"2026-07\""));
        }
        for (bad, line) in [
            ("2026-13;1", 1),
            ("2026-07;-1", 1),
            ("2026-07;1\n2026-08;1,5", 2),
            ("2026-07;1\njuillet;deux", 2),
            ("2026-07;1e9", 1),
            ("2026-07;99999999999999999999999", 1),
            ("2026-07", 1),
        ] {
            let said = read(bad.as_bytes()).unwrap_err();
            assert!(
                said.fr.contains(&format!("ligne\u{a0}{line}")) && said.fr.contains("7.1"),
                "{bad}: {}",
                said.fr
            );
        }
        read(b"").unwrap_err();
        read(&[0xff]).unwrap_err();
    }
}
