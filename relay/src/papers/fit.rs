//! Whether a new paper fits those that stand: no day says two things, nothing is done before it has happened, what is named is there.

use aval_protocol::id::UnixSeconds;
use aval_protocol::text::papers as text;
use jiff::civil::Date;

use super::kinds::{About, Held, Kind};
use super::{NewPaper, Paper, PaperError, PaperRow, Wrong, standing};
use crate::document::Object;
use crate::gate::hours::{self, shown_day};
use crate::gate::term::Day;
use crate::money::Period;
use crate::records::{Contract, note};

/// Looks at a new paper beside all that was written under its contract.
///
/// # Errors
/// [`PaperError::Wrong`] with a sentence that cites the clause.
pub fn check(
    contract: &Contract,
    rows: &[PaperRow],
    new: &NewPaper,
    now: UnixSeconds,
) -> Result<(), PaperError> {
    let kind = new.kind();
    let about = match (kind.about(), new.agent) {
        (About::Machine, None) => Some(true),
        (About::Contract | About::Firm, Some(_)) => Some(false),
        _ => None,
    };
    if let Some(machine) = about {
        return Err(text::about(kind.label(), kind.clause(), machine).into());
    }
    let corrected = match &new.corrects {
        None => None,
        Some((number, why)) => {
            note(why).ok_or_else(text::why_needed)?;
            let mut all = standing(rows).map(|(row, _)| row);
            let row = all.find(|row| row.n == *number && row.kind == kind && row.agent == new.agent);
            Some(row.ok_or_else(|| text::not_to_correct(*number))?.n)
        }
    };
    let Ok(paper) = &new.says else {
        return if corrected.is_some() { Ok(()) } else { Err(text::how_many(super::MOST_AT_ONCE).into()) };
    };
    let of = paper.object();
    not_in_the_future(kind, &of, now).map_err(|wrong| wrong.said(kind))?;
    let others: Vec<(&PaperRow, &Paper)> =
        standing(rows).filter(|(row, _)| Some(row.n) != corrected).collect();
    beside(kind, &of, new, &others).map_err(|wrong| wrong.said(kind))?;
    names(kind, &of, &others).map_err(|wrong| wrong.said(kind))?;
    let of_terms = by_terms(kind, &of, contract, &others);
    of_terms.map_err(|wrong| wrong.said(kind).into())
}

fn not_in_the_future(kind: Kind, of: &Object<'_>, now: UnixSeconds) -> Result<(), Wrong> {
    let today = hours::day(now);
    let ahead = |key: &str| {
        of.day(key).is_some_and(|day| day.date() > today) || of.moment(key).is_some_and(|at| at > now)
    };
    kind.past().iter().find(|key| ahead(key)).map_or(Ok(()), |key| Err(Wrong::NotYet(key)))
}

/// Two papers of one kind, machine and keys.
fn beside(kind: Kind, of: &Object<'_>, new: &NewPaper, others: &[(&PaperRow, &Paper)]) -> Result<(), Wrong> {
    let same = |other: &Object<'_>| kind.keys().iter().all(|key| other.same(of, key));
    let mut like = others
        .iter()
        .filter(|(row, _)| row.kind == kind && row.agent == new.agent)
        .map(|(row, paper)| (row.n, paper.object()))
        .filter(|(_, other)| same(other));
    match kind.held() {
        Held::Event => Ok(()),
        Held::Once => like.next().map_or(Ok(()), |(n, _)| Err(Wrong::There(n))),
        Held::Since => {
            let from = of.day("from");
            like.find(|(_, other)| other.day("from") == from).map_or(Ok(()), |(n, _)| Err(Wrong::Overlaps(n)))
        }
        Held::Span => {
            let (from, until) = span(of);
            let meets = |other: &Object<'_>| {
                let (a, b) = span(other);
                until.is_none_or(|until| a < Some(until)) && b.is_none_or(|b| from < Some(b))
            };
            like.find(|(_, other)| meets(other)).map_or(Ok(()), |(n, _)| Err(Wrong::Overlaps(n)))
        }
    }
}

fn span(of: &Object<'_>) -> (Option<Day>, Option<Day>) {
    (of.day("from"), of.day("until"))
}

/// What a paper names is written down.
fn names(kind: Kind, of: &Object<'_>, others: &[(&PaperRow, &Paper)]) -> Result<(), Wrong> {
    let named = |target: Kind, key: &'static str| {
        let found = others.iter().find(|(row, paper)| row.kind == target && paper.object().same(of, key));
        let name = || of.text(key).unwrap_or_default().to_owned();
        found.map(|(_, paper)| paper.object()).ok_or_else(|| Wrong::Nothing(key, name()))
    };
    match kind {
        Kind::Withdrawal => {
            let number: Option<i64> = of.whole_number("letter");
            let is_it = |row: &PaperRow| row.kind == Kind::Letter && Some(row.n) == number;
            let found = others.iter().any(|(row, _)| is_it(row));
            let name = number.map(|number| number.to_string()).unwrap_or_default();
            if found { Ok(()) } else { Err(Wrong::Nothing("letter", name)) }
        }
        Kind::QuoteStep => {
            let offered = named(Kind::Quote, "quote")?.day("offered_on");
            let on = of.moment("at").map(hours::day);
            if offered.map(Day::date) > on {
                return Err(Wrong::Order("offered_on", "at"));
            }
            let said = |step: &str| {
                others.iter().find(|(row, paper)| {
                    let other = paper.object();
                    row.kind == Kind::QuoteStep && other.same(of, "quote") && other.text("step") == Some(step)
                })
            };
            match of.text("step") {
                Some("accepted") => said("refused").map_or(Ok(()), |(row, _)| Err(Wrong::Overlaps(row.n))),
                Some("refused") => said("accepted").map_or(Ok(()), |(row, _)| Err(Wrong::Overlaps(row.n))),
                // Work that the price excludes is not done before the client said yes (2.6).
                _ => said("accepted")
                    .filter(|(_, paper)| paper.object().moment("at") <= of.moment("at"))
                    .map_or(Err(Wrong::Order("quote", "at")), |_| Ok(())),
            }
        }
        Kind::QuoteLine => named(Kind::Quote, "quote").map(drop),
        Kind::Charge if of.text("quote").is_some() => named(Kind::Quote, "quote").map(drop),
        Kind::VisitEnd => named(Kind::Visit, "visit").map(drop),
        _ => Ok(()),
    }
}

/// What the contract's own days ask for.
fn by_terms(
    kind: Kind,
    of: &Object<'_>,
    contract: &Contract,
    others: &[(&PaperRow, &Paper)],
) -> Result<(), Wrong> {
    let effective = contract.term.effective_on();
    match kind {
        Kind::Echeance if of.day("first_echeance").is_some_and(|day| day.date() <= effective) => {
            Err(Wrong::Order("from", "first_echeance"))
        }
        Kind::Billing => {
            let (Some(from), Some(before)) = (of.day("from").map(Day::date), rhythm_before(of, others))
            else {
                return Ok(());
            };
            match next_boundary(effective, before, from) {
                boundary if boundary == from => Ok(()),
                boundary => Err(Wrong::Clause("10.1", text::between_two_periods(shown_day(boundary)))),
            }
        }
        _ => Ok(()),
    }
}

/// How the contract is invoiced until a new rhythm begins; `None` while nobody has said.
fn rhythm_before(of: &Object<'_>, others: &[(&PaperRow, &Paper)]) -> Option<Period> {
    let mut before: Vec<Object<'_>> = others
        .iter()
        .filter(|(row, _)| row.kind == Kind::Billing)
        .map(|(_, paper)| paper.object())
        .filter(|other| other.day("from") < of.day("from"))
        .collect();
    before.sort_by_key(|other| other.day("from"));
    let last = before.last()?;
    last.text("period_months")?.parse().ok().and_then(Period::from_months)
}

/// The first day from this one on at which a period begins.
fn next_boundary(effective: Date, period: Period, from: Date) -> Date {
    let mut k = 0;
    loop {
        let begins = period.begins(effective, k);
        if begins >= from || begins == Date::MAX {
            return begins;
        }
        k += 1;
    }
}
