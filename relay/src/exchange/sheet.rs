//! A list as a spreadsheet: days are days, everything else that is not the line's number is text, so that nothing in a label or a
//! serial number is ever a formula or a rounded number. The header stays in sight, columns can be filtered, and each printed page
//! names the version and its hash.

use aval_protocol::text::Lang;
use aval_protocol::text::equipment::{Column, annex};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::Shown;
use super::out::{Value, value};

/// How days are shown; the file stores numbers.
const FRENCH_DAY: &str = "dd/mm/yyyy";

/// The workbook's bytes; the same list makes the same.
///
/// # Errors
/// [`XlsxError`], when a list does not fit a sheet: a list within its bounds always does.
pub fn xlsx(lang: Lang, shown: &Shown<'_>) -> Result<Vec<u8>, XlsxError> {
    let list = shown.list;
    let (year, month, day) = list.from.parts();
    let mut book = Workbook::new();
    book.set_properties(
        &DocProperties::new()
            .set_title(annex::title(lang))
            .set_author(shown.firm)
            .set_company(shown.client)
            .set_creation_datetime(&ExcelDateTime::from_ymd(year, month, day)?),
    );
    let sheet = book.add_worksheet();
    sheet.set_name(format!("{} {}", annex::version(lang), list.version))?;
    let bold = Format::new()
        .set_bold()
        .set_background_color(Color::RGB(0xE8_EC_F0))
        .set_border_bottom(FormatBorder::Thin)
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap();
    let (plain, wrapped) =
        (Format::new().set_num_format("@"), Format::new().set_num_format("@").set_text_wrap());
    let days = Format::new().set_num_format(match lang {
        Lang::Fr => FRENCH_DAY,
        Lang::En => "yyyy-mm-dd",
    });
    for (at, column) in (0..).zip(Column::ALL) {
        sheet.set_column_width(at, width(column))?;
        sheet.write_string_with_format(0, at, column.name(lang), &bold)?;
    }
    for (row, line) in (1..).zip(&list.lines) {
        for (at, column) in (0..).zip(Column::ALL) {
            let format = if column == Column::Label { &wrapped } else { &plain };
            write(sheet, (row, at), &value(lang, line, column), (format, &days))?;
        }
    }
    let last = u32::try_from(list.lines.len()).unwrap_or(u32::MAX);
    let columns = u16::try_from(Column::ALL.len() - 1).unwrap_or(u16::MAX);
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, last, columns)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    // An ampersand in a footer is a command, and the digits behind it are a size: a blank ends them.
    let foot = annex::foot(lang, list.contract.as_str(), list.version).replace('&', "&&");
    sheet.set_footer(format!("&L&7 {foot}&C&6 SHA-256 {}&R&7 &P / &N", list.hash()));
    book.save_to_buffer()
}

fn write(
    sheet: &mut Worksheet,
    (row, at): (u32, u16),
    value: &Value,
    (text, days): (&Format, &Format),
) -> Result<(), XlsxError> {
    match value {
        Value::None => return Ok(()),
        Value::Number(number) => sheet.write_number(row, at, *number)?,
        Value::Text(words) => sheet.write_string_with_format(row, at, words, text)?,
        Value::Day(day) => {
            let (year, month, day) = day.parts();
            sheet.write_datetime_with_format(row, at, ExcelDateTime::from_ymd(year, month, day)?, days)?
        }
    };
    Ok(())
}

fn width(column: Column) -> f64 {
    match column {
        Column::No => 6.0,
        Column::Label => 42.0,
        Column::Serial | Column::Site => 20.0,
        Column::Checks | Column::Asset => 34.0,
        Column::Kind | Column::Class | Column::Entered | Column::Grade => 13.0,
        Column::From | Column::Until | Column::EnteredOn | Column::GradedOn => 12.0,
    }
}
