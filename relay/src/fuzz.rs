//! The doors of this crate that take a stranger's bytes, each as a function of bytes that panics when something is wrong: for the
//! fuzzers of `fuzz/`, and for the replay of what they found.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use aval_protocol::id::ContractId;
use aval_protocol::text::Lang;
use aval_protocol::wire::equipment::Entered;
use aval_protocol::wire::inventory::Day;
use aval_protocol::wire::inventory::values::Text;

use crate::coverage::amend::amend;
use crate::exchange::plan::{Defaults, Fate, plan};
use crate::gate::{self, Verdict};
use crate::settings::Settings;
use crate::{bill, exchange, facts};

/// A document for `explain`: judged without a doubt left, each reason in both languages.
pub fn explain(bytes: &[u8]) {
    let Ok(question) = facts::read(bytes) else { return };
    let decision = match gate::decide(&question.request, &question.facts, question.now) {
        Verdict::Permit(permit) => permit.decision().clone(),
        Verdict::Refuse(decision) => *decision,
    };
    assert_eq!(decision.permitted, decision.reasons.is_empty(), "{:?}", decision.reasons);
    for reason in decision.reasons.iter().chain(&decision.warnings) {
        assert!(!reason.fr.is_empty() && !reason.en.is_empty());
    }
}

/// A document for `lines`: each invoice is the sum of its lines.
pub fn bill(bytes: &[u8]) {
    let Ok((ask, bill)) = bill::read(bytes) else { return };
    for invoice in &bill.invoices {
        let sum: i64 = invoice.lines.iter().map(|line| line.amount.0).sum();
        assert_eq!(sum, invoice.total.0);
    }
    let _ = ask.json(&bill).to_string();
    let _ = bill::out::csv(&bill);
}

/// A file that is to change the covered-equipment list: taken as a whole, or not at all; taken, and written, it says the same again.
pub fn equipment_csv(bytes: &[u8]) {
    let Ok(file) = exchange::read(bytes) else { return };
    let (contract, from) = (ContractId::new("C-2026-014").unwrap(), Day::new(2026, 4, 1).unwrap());
    let defaults = Defaults { from, entered: Entered::Agreed, class: Text::new("poste") };
    let first = plan(&contract, None, &defaults, &file);
    assert_eq!(first.lines.len(), file.rows.len());
    assert!(first.told().all(|said| said.fr.starts_with("Ligne ") && said.en.starts_with("Line ")));
    let Ok(changes) = first.amendments() else { return };
    assert!(!first.lines.iter().any(|(_, fate)| matches!(fate, Fate::Refused(_))));
    let list = amend(&contract, None, from, changes).unwrap();
    let written = exchange::read(exchange::out::csv(Lang::Fr, &list).as_bytes()).unwrap();
    let again = plan(&contract, Some(&list), &defaults, &written);
    assert!(again.lines.iter().all(|(_, fate)| matches!(fate, Fate::Same(_))), "{again:?}");
}

/// A settings file.
pub fn settings(bytes: &[u8]) {
    let _ = Settings::parse(&String::from_utf8_lossy(bytes));
}

/// Who is in which session, and which of their lanes exist.
pub fn broker(bytes: &[u8]) {
    crate::broker::tests::scenario::run(bytes);
}

#[cfg(test)]
mod replayed {
    #[test]
    fn explain() {
        aval_corpus::replay("explain", super::explain);
    }

    #[test]
    fn bill() {
        aval_corpus::replay("bill", super::bill);
    }

    #[test]
    fn equipment_csv() {
        aval_corpus::replay("equipment_csv", super::equipment_csv);
    }

    #[test]
    fn settings() {
        aval_corpus::replay("settings", super::settings);
    }

    #[test]
    fn broker() {
        aval_corpus::replay("broker", super::broker);
    }
}
