//! A contract as its page and the command line show it: one shaping for both, from the judgement that the gate makes.

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::contract::{
    ContractDetail, EndLine, IsoDay, NoticeLine, PartyCode, SuspensionLine, TermLine,
};
use aval_protocol::wire::record::ContractLine;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::gate::ends::{self, Outlook};
use crate::gate::{Rules, hours, standing};
use crate::papers::judged::Judged;
use crate::records::Party;

/// A contract in a list.
pub(crate) fn line(judged: &Judged, machines: u32, rules: &Rules, now: UnixSeconds) -> ContractLine {
    let Judged { contract, papers, .. } = judged;
    ContractLine {
        standing: standing::of(contract, papers, rules, now),
        contract: contract.id.clone(),
        client: contract.client.clone(),
        machines,
    }
}

/// A contract with its terms and letters.
pub(crate) fn of(judged: &Judged, machines: u32, rules: &Rules, now: UnixSeconds) -> ContractDetail {
    let Judged { contract, papers, .. } = judged;
    let today = hours::day(now);
    let ending = ends::ending(contract, papers, rules.notice_counts_from);
    let outlook = Outlook::of(contract.term, ending, today);
    let iso = |day: Date| IsoDay(day.to_string());
    let notices = contract.notices.iter().map(|notice| NoticeLine {
        by: match notice.by {
            Party::Client => PartyCode::Client,
            Party::Provider => PartyCode::Provider,
        },
        sent_on: notice.days.sent().map(|day| iso(day.date())),
        received_on: notice.days.received().map(|day| iso(day.date())),
        proof: notice.proof.clone(),
    });
    ContractDetail {
        line: line(judged, machines, rules, now),
        signed_on: iso(contract.signed_on.date()),
        effective_on: iso(contract.term.effective_on()),
        months: contract.term.months().get(),
        postal: contract.postal.as_ref().map(|postal| postal.as_str().to_owned()),
        onsite: contract.onsite,
        notices: notices.collect(),
        ends: ending.map(|end| EndLine { on: iso(end.on), clause: end.clause.to_owned(), edge: end.edge }),
        terms: outlook
            .all
            .iter()
            .map(|(number, from, until)| TermLine { number: *number, from: iso(*from), until: iso(*until) })
            .collect(),
        next_echeance: outlook.next_echeance.map(iso),
        last_day_for_notice: outlook.last_day_for_notice.map(iso),
        suspension: contract.suspension.as_ref().map(|it| SuspensionLine {
            by: it.by.to_string(),
            reason: it.reason.clone(),
            at: it.at,
        }),
        today: iso(today),
    }
}

/// When the client is to be told of the next renewal (15.2): the first and the last day; `None` when the contract's end is known.
pub(crate) fn renewal_notice(judged: &Judged, rules: &Rules, now: UnixSeconds) -> Option<(Date, Date)> {
    let ending = ends::ending(&judged.contract, &judged.papers, rules.notice_counts_from);
    Outlook::of(judged.contract.term, ending, hours::day(now)).renewal_notice
}

/// The same for programs.
pub(crate) fn json(judged: &Judged, machines: u32, rules: &Rules, now: UnixSeconds) -> Value {
    let detail = &of(judged, machines, rules, now);
    let (contract, today) = (&judged.contract, hours::day(now));
    let ending = ends::ending(contract, &judged.papers, rules.notice_counts_from);
    let told = renewal_notice(judged, rules, now);
    let day = |day: &Option<IsoDay>| day.as_ref().map(|day| day.0.clone());
    let notices = detail.notices.iter().map(|notice| {
        json!({
            "by": notice.by.label(),
            "sent": day(&notice.sent_on),
            "received": day(&notice.received_on),
            "proof": notice.proof,
        })
    });
    let ends = detail.ends.as_ref();
    json!({
        "id": detail.line.contract.as_str(),
        "client": detail.line.client,
        "client_class": judged.papers.duty.class.label(),
        "signed": detail.signed_on.0,
        "effective": detail.effective_on.0,
        "months": detail.months,
        "postal": detail.postal,
        "onsite": detail.onsite,
        "holidays": judged.contract.holidays.as_ref().map(ToString::to_string),
        "notices": notices.collect::<Vec<_>>(),
        "ends": ends.map(|end| &end.on.0),
        "ends_by_clause": ends.map(|end| &end.clause),
        "end_needs_review": ends.is_some_and(|end| end.edge),
        "today": detail.today.0,
        "in_force": contract.term.in_force(today, ending),
        "terms": detail.terms.iter().map(|term| json!({
            "number": term.number, "from": term.from.0, "until": term.until.0,
        })).collect::<Vec<_>>(),
        "next_echeance": day(&detail.next_echeance),
        "last_day_for_notice": day(&detail.last_day_for_notice),
        "renewal_notice": told.map(|(first, last)| json!({
            "first_day": first.to_string(), "last_day": last.to_string(),
        })),
        "suspended": detail.suspension.as_ref().map(|it| json!({
            "by": it.by, "reason": it.reason, "at": crate::cli::rfc3339(it.at),
        })),
    })
}
