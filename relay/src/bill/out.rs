//! Lines for programs: JSON, and CSV for spreadsheets (French ones: semicolons, decimal comma, a byte order mark). A cell that a spreadsheet
//! would take for a formula is made plain text.

use aval_protocol::text::gate::Sentence;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::exchange::cell::quoted;
use crate::money::lines::{Bill, Invoice, Line};
use crate::money::payment::Debit;

/// The columns of the CSV.
const COLUMNS: [&str; 8] =
    ["état", "facture_du", "facture_jusqu’au", "type", "libellé", "article", "montant_ht", "explication"];

/// As one JSON document.
pub fn json((contract, client): (&str, &str), (from, to): (Date, Date), bill: &Bill) -> Value {
    let lines = |all: &[Line]| all.iter().map(line).collect::<Vec<_>>();
    json!({
        "contract": contract,
        "client": client,
        "from": from.to_string(),
        "to": to.to_string(),
        "invoices": bill.invoices.iter().map(invoice).collect::<Vec<_>>(),
        "waiting": lines(&bill.waiting),
        "rejected": lines(&bill.rejected),
    })
}

fn invoice(invoice: &Invoice) -> Value {
    let due = invoice.payment.due.as_ref();
    let debit = match invoice.payment.debit {
        Debit::On(day) => Some(day.to_string()),
        Debit::None | Debit::NoMandate => None,
    };
    json!({
        "from": invoice.from.to_string(),
        "until": invoice.until.to_string(),
        "lines": invoice.lines.iter().map(line).collect::<Vec<_>>(),
        "total_cents": invoice.total.0,
        "received_on": due.map(|due| due.received.to_string()),
        "due_on": due.map(|due| due.due.to_string()),
        "late_from": due.map(|due| due.late_from.to_string()),
        "reminder_on": due.map(|due| due.reminder.to_string()),
        "debit_on": debit,
        "mandate_missing": invoice.payment.debit == Debit::NoMandate,
    })
}

fn line(line: &Line) -> Value {
    let explained = line.explained.iter().map(|said| json!({ "fr": said.fr, "en": said.en }));
    json!({
        "kind": line.kind,
        "label": line.label,
        "clause": line.clause,
        "cents": line.amount.0,
        "explained": explained.collect::<Vec<_>>(),
    })
}

/// As CSV, one row a line.
pub fn csv(bill: &Bill) -> String {
    let mut text = format!("\u{feff}{}\r\n", COLUMNS.join(";"));
    let mut row = |state: &str, days: Option<&Invoice>, line: &Line| {
        let said: Vec<&str> = line.explained.iter().map(|Sentence { fr, .. }| fr.as_str()).collect();
        let (from, until) = days
            .map_or_else(Default::default, |invoice| (invoice.from.to_string(), invoice.until.to_string()));
        let cents = line.amount.0;
        let amount = format!("{},{:02}", cents / 100, cents.unsigned_abs() % 100);
        let cells = [state, &from, &until, line.kind, &line.label, line.clause, &amount, &said.join(" ")];
        text += &cells.map(quoted).join(";");
        text += "\r\n";
    };
    for invoice in &bill.invoices {
        invoice.lines.iter().for_each(|line| row("facture", Some(invoice), line));
    }
    bill.waiting.iter().for_each(|line| row("en attente", None, line));
    bill.rejected.iter().for_each(|line| row("refusée", None, line));
    text
}
