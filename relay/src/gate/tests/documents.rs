//! Whatever the gate may meet can be written as a document, and the document is judged as the facts are: nothing is lost or guessed between.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::cases::cases;
use super::*;
use crate::facts;
use crate::gate::papers::Warranty;
use crate::records::PostalCode;

const HERE: &str = "73282932000074";
const ELSEWHERE: &str = "73282932000009";

fn moment(at: UnixSeconds) -> String {
    jiff::Timestamp::from_second(at.0).unwrap().to_string()
}

fn date(day: Day) -> String {
    day.date().to_string()
}

/// The facts as a document; `None` for those that no document holds: a record that can't be read, rights and work that nobody knows.
fn written(request: &Request, facts: &Facts, now: UnixSeconds) -> Option<Value> {
    let (asked, record, papers) = (request.asked(), facts.record.as_ref()?, &facts.papers);
    let known = |category: WorkCategory| WorkCategory::ALL.contains(&category);
    let quote_known = papers.quotes.iter().all(|quote| known(quote.category));
    if !known(asked.category) || asked.capabilities.has_unknown() || !quote_known {
        return None;
    }
    let coverage = match (record.coverage, papers.unlisted) {
        (Coverage::NeedsRemediation | Coverage::OffTheList, Some(_)) => return None,
        (Coverage::OtherEstablishment, _) if record.contract.is_none() => return None,
        (Coverage::NeedsRemediation, None) => "needs_remediation",
        (Coverage::OffTheList, None) => "off_the_list",
        (_, Some(_)) => "seen_unlisted",
        (_, None) => "covered",
    };
    let mine = record.exceptions.iter().filter(|row| row.agent == AGENT);
    let exceptions: Vec<_> = mine
        .map(|row| {
            let (from, until) = (moment(row.window.from), moment(row.window.until));
            json!({ "from": from, "until": until, "by": row.by.as_str(), "reason": row.reason })
        })
        .collect();
    let counts = facts.rules.notice_counts_from == NoticeCountsFrom::Sent;
    let tries = facts.rules.insufficient == Insufficient::Try;
    let rights = [(Capabilities::VIEW, "view"), (Capabilities::CONTROL, "control")];
    let rights: Vec<_> =
        rights.iter().filter(|(right, _)| asked.capabilities.holds(*right)).map(|(_, word)| *word).collect();
    Some(json!({
        "now": moment(now),
        "firm": { "name": facts.profile.name, "phone": facts.profile.phone },
        "calendar": {
            "holidays": facts.rules.holidays.to_string(),
            "clock_trusted": facts.clock_trusted,
            "exceptions": exceptions,
        },
        "rules": {
            "notice_counts_from": if counts { "sent" } else { "received" },
            "insufficient": if tries { "try" } else { "refuse" },
        },
        "contract": record.contract.as_ref().map(|contract| contract_of(contract, facts)),
        "device": {
            "id": AGENT.to_string(),
            "standing": if record.quarantined { "quarantined" } else { record.agent.label() },
            "coverage": coverage,
            "first_seen": papers.unlisted.and_then(|unlisted| unlisted.first_seen).map(date),
            "establishment": if record.coverage == Coverage::OtherEstablishment { ELSEWHERE } else { HERE },
            "presence": match facts.presence {
                Presence::Online => "online",
                Presence::Busy => "busy",
                Presence::Offline => "offline",
            },
            "warranty_until": match papers.warranty {
                Warranty::NotKept => None,
                Warranty::Unknown => Some("unknown".to_owned()),
                Warranty::Until(day) => Some(date(day)),
            },
        },
        "link": facts.line.map(|line| json!({
            "measured_at": moment(line.measured_at),
            "rtt_ms": line.rtt_ms,
            "down_kbit": line.down_kbit,
            "up_kbit": line.up_kbit,
            "loss_permille": line.loss_permille,
            "loss_low_permille": line.loss_low_permille,
        })),
        "request": {
            "technician": request.technician().as_str(),
            "certified": facts.technician_certified,
            "locked": record.technician_locked,
            "capabilities": rights,
            "category": asked.category.label(),
            "reference": Some(asked.reference.trim()).filter(|text| !text.is_empty()),
            "minutes": asked.minutes,
            "quote": papers.quotes.first().map(|quote| json!({
                "id": quote.id, "category": quote.category.label(), "accepted_at": moment(quote.accepted_at),
            })),
            "throttled_until": facts.throttled_until.map(moment),
        },
    }))
}

fn contract_of(contract: &Contract, facts: &Facts) -> Value {
    let papers = &facts.papers;
    let letters = contract.notices.iter().map(|notice| {
        json!({
            "by": notice.by.label(),
            "form": "registered_letter",
            "sent_on": notice.days.sent().map(date),
            "received_on": notice.days.received().map(date),
            "proof": notice.proof,
        })
    });
    let others = papers
        .not_notices
        .iter()
        .map(|&day| json!({ "by": "client", "form": "email", "sent_on": date(day) }));
    json!({
        "id": contract.id.as_str(),
        "client": contract.client,
        "client_class": papers.duty.class.label(),
        "signed_on": date(contract.signed_on),
        "effective_on": contract.term.effective_on().to_string(),
        "months": contract.term.months().get(),
        "scope": { "establishment": HERE },
        "site": {
            "country": "FR",
            "postal": contract.postal.as_ref().map(PostalCode::as_str),
            "commune": papers.commune.as_ref().map(crate::gate::papers::Commune::as_str),
        },
        "onsite": contract.onsite,
        "holidays": contract.holidays.as_ref().map(ToString::to_string),
        "letters": letters.chain(others).collect::<Vec<_>>(),
        "moved_abroad": papers.moved_abroad.map(|moved| json!({
            "to_country": "BE",
            "moved_on": date(moved.moved_on),
            "letter_on": date(moved.letter_on),
            "all_sites": true,
        })),
        "renewal_notices": papers.duty.told_on.iter().map(|&day| date(day)).collect::<Vec<_>>(),
        "suspended": contract.suspension.as_ref().map(|suspension| json!({
            "by": "claire.dubois", "reason": suspension.reason, "at": moment(suspension.at),
        })),
    })
}

pub(super) fn said(request: &Request, facts: &Facts, now: UnixSeconds) -> (Decision, Option<UnixSeconds>) {
    match decide(request, facts, now) {
        Verdict::Permit(permit) => (permit.decision().clone(), Some(permit.recheck_at())),
        Verdict::Refuse(decision) => (*decision, None),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_document_of_the_facts_is_judged_as_the_facts_are((request, mut facts, now) in cases()) {
        if let Some(line) = &mut facts.line {
            line.loss_low_permille = line.loss_low_permille.min(line.loss_permille);
        }
        let Some(document) = written(&request, &facts, now) else { return Ok(()) };
        let read = facts::read(serde_json::to_string(&document).unwrap().as_bytes());
        let question = read.map_err(|bad| TestCaseError::fail(format!("{bad}\n{document}")))?;
        prop_assert_eq!(question.now, now);
        prop_assert_eq!(said(&question.request, &question.facts, question.now), said(&request, &facts, now));
    }
}
