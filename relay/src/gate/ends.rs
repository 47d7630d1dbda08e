//! When a contract ends: of all that may end it – letters (6.3), a move abroad (6.2), a consumer's right to leave (15.2) – the earliest.

use jiff::civil::Date;

use super::papers::{Duty, MovedAbroad, Papers};
use super::term::{self, Ending, NoticeCountsFrom, NoticeDays, Term};
use crate::records::{Contract, Notice, Party};

/// Terms shown at most: the newest.
const MOST_TERMS: u32 = 60;

/// How a contract stands on a day, for people who plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outlook {
    /// The term that runs on the day: its number, first day and échéance. The first before it began, the last once it is over.
    pub term: (u32, Date, Date),
    /// Every term up to that one, at most the newest sixty.
    pub all: Vec<(u32, Date, Date)>,
    /// The échéance that comes next; `None` once the contract is over.
    pub next_echeance: Option<Date>,
    /// The last day on which a letter still ends the contract on that échéance; the next one's when that day is past. `None` when its end
    /// is known.
    pub last_day_for_notice: Option<Date>,
    /// When a consumer or non-professional is to be told of the renewal on the échéance that the letter would end (L215-1).
    pub renewal_notice: Option<(Date, Date)>,
}

impl Outlook {
    /// How it stands.
    pub fn of(term: Term, ending: Option<Ending>, today: Date) -> Self {
        let over = ending.is_some_and(|ending| ending.on <= today);
        let seen = ending.filter(|_| over).and_then(|ending| ending.on.yesterday().ok()).unwrap_or(today);
        let (number, _) = term.next_echeance(seen);
        let cut = |echeance: Date| ending.map_or(echeance, |ending| ending.on.min(echeance));
        let one = |k: u32| (k, term.echeance(k - 1), cut(term.echeance(k)));
        let first = number.saturating_sub(MOST_TERMS) + 1;
        let ends = ending.is_none().then(|| term.ends_on_date(today).1);
        Self {
            term: one(number),
            all: (first.min(number)..=number).map(one).collect(),
            next_echeance: (!over).then(|| cut(term.echeance(number))),
            last_day_for_notice: ends.map(term::last_day_for_notice),
            renewal_notice: ends.map(term::renewal_notice_window),
        }
    }
}

/// When this contract ends; `None` while it renews itself.
pub fn ending(contract: &Contract, papers: &Papers, from: NoticeCountsFrom) -> Option<Ending> {
    let days: Vec<NoticeDays> = contract.notices.iter().map(|notice| notice.days).collect();
    let by_letter = contract.term.ending(&days, from);
    let abroad = papers.moved_abroad.map(|MovedAbroad { moved_on, letter_on }| {
        // A contract that is not in force yet never begins: it ends on its first day.
        let ending = term::moved_abroad(moved_on, letter_on);
        Ending { on: ending.on.max(contract.term.effective_on()), ..ending }
    });
    let freely =
        contract.notices.iter().filter_map(|notice| left_freely(contract.term, notice, &papers.duty, from));
    by_letter.into_iter().chain(abroad).chain(freely).min_by_key(|ending| ending.on)
}

/// The newest renewal that came upon a client who should have been told and was not, on a day of the renewed term.
pub fn renewed_untold(term: Term, duty: &Duty, today: Date) -> Option<Date> {
    let (k, _) = term.next_echeance(today);
    let renewed = term.echeance(k - 1);
    (k >= 2 && renewed <= today && duty.missed(renewed)).then_some(renewed)
}

/// Code de la consommation, L215-1: who was not told may end a renewed contract at any time from the renewal on, free of charge. A letter
/// that came too late for one échéance so ends the contract on it, and one of the renewed term on the day that counts. A person looks.
fn left_freely(term: Term, notice: &Notice, duty: &Duty, from: NoticeCountsFrom) -> Option<Ending> {
    if notice.by != Party::Client {
        return None;
    }
    let counts = notice.days.counts(from)?.date();
    let free = |on, after_term| Some(Ending { on, after_term, edge: true, clause: "15.2" });
    if let Some(renewed) = renewed_untold(term, duty, counts) {
        let (next, _) = term.next_echeance(renewed);
        return free(counts, next - 1);
    }
    let (last, regular) = term.ends_on_date(counts);
    let (next, _) = term.next_echeance(counts);
    (next..last)
        .map(|k| (k, term.echeance(k)))
        .take_while(|&(_, echeance)| echeance < regular)
        .find(|&(_, echeance)| duty.missed(echeance))
        .and_then(|(k, echeance)| free(echeance, k))
}

#[cfg(test)]
mod tests;
