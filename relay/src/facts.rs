//! A question to the gate as one document: contract, calendar, device, link, request and the moment, from which the gate's facts are built
//! with nothing guessed. What is left out is what the general terms themselves say; everything else must be written.

pub mod forms;
pub mod shapes;

use aval_protocol::firm::Profile;
use aval_protocol::id::{AgentId, PersonId, UnixSeconds};
use aval_protocol::wire::closing::Overrun;
use aval_protocol::wire::record::LineFacts;
use aval_protocol::wire::session::{Capabilities, SessionRequest, WorkCategory};

use crate::document::{self, Bad, Object};
use crate::gate::hours::{Holidays, Window};
use crate::gate::link::{Insufficient, Thresholds};
use crate::gate::papers::{
    ClientClass, Duty, Form, Letter, MovedAbroad, Papers, Quote, Unlisted, Warranty, admit,
};
use crate::gate::term::{Day, Months, NoticeCountsFrom, NoticeDays, Term};
use crate::gate::{Facts, Presence, Request, Rules};
use crate::records::{AgentStanding, Contract, Coverage, ExceptionRow, Party, RecordFacts, Suspension};
use forms::{Country, Siren, Siret};

/// A document's question: who asks for what, by which facts, when.
#[derive(Clone, Debug)]
pub struct Question {
    /// The request.
    pub request: Request,
    /// The facts.
    pub facts: Facts,
    /// The moment.
    pub now: UnixSeconds,
}

/// Reads a question.
///
/// # Errors
/// [`Bad`]: what is wrong first, and where.
pub fn read(bytes: &[u8]) -> Result<Question, Bad> {
    let json = document::read(bytes, &shapes::FACTS)?;
    let root = Object::whole(&json);
    let now = root.need("now", root.moment("now"))?;
    let asked = root.need("request", root.object("request"))?;
    let device = root.need("device", root.object("device"))?;
    let calendar = root.need("calendar", root.object("calendar"))?;
    let firm = root.need("firm", root.object("firm"))?;

    let agent: AgentId = device.need("id", device.parse("id")?)?;
    let request = request(&asked, agent)?;
    let mut papers = Papers::default();
    let contract = root.object("contract").map(|object| contract(&object, &mut papers)).transpose()?;
    let coverage = coverage(root.object("contract").as_ref(), &device, &mut papers)?;
    papers.quotes = asked.object("quote").map(|quote| accepted(&quote)).transpose()?.into_iter().collect();
    papers.warranty = match device.text("warranty_until") {
        None => Warranty::NotKept,
        Some("unknown") => Warranty::Unknown,
        Some(_) => Warranty::Until(device.need("warranty_until", device.day("warranty_until"))?),
    };
    let standings = [
        AgentStanding::Unknown,
        AgentStanding::Pending,
        AgentStanding::Approved,
        AgentStanding::Revoked,
        AgentStanding::Left,
    ];
    // A machine is held only while it is approved otherwise.
    let quarantined = device.text("standing") == Some("quarantined");
    let standing = match quarantined {
        true => AgentStanding::Approved,
        false => device.need("standing", device.word("standing", &standings, AgentStanding::label))?,
    };
    let record = RecordFacts {
        technician_locked: asked.flag("locked"),
        agent: standing,
        quarantined,
        coverage,
        contract,
        exceptions: exceptions(&calendar, agent)?,
    };
    let facts = Facts {
        technician_certified: asked.flag("certified"),
        record: Some(record),
        presence: match device.text("presence") {
            Some("online") => Presence::Online,
            Some("busy") => Presence::Busy,
            _ => Presence::Offline,
        },
        line: root.object("link").map(|link| line(&link)).transpose()?,
        clock_trusted: calendar.flag("clock_trusted"),
        throttled_until: asked.moment("throttled_until"),
        profile: Profile {
            name: firm.need("name", firm.text("name"))?.to_owned(),
            phone: firm.need("phone", firm.text("phone"))?.to_owned(),
        },
        rules: rules(root.object("rules").as_ref(), calendar.parse("holidays")?)?,
        papers,
    };
    Ok(Question { request, facts, now })
}

fn request(asked: &Object<'_>, agent: AgentId) -> Result<Request, Bad> {
    let mut capabilities = Capabilities::none();
    for word in asked.list("capabilities").words() {
        capabilities =
            capabilities.with(if word == "view" { Capabilities::VIEW } else { Capabilities::CONTROL });
    }
    let category = asked.word("category", WorkCategory::ALL, WorkCategory::label);
    let session = SessionRequest {
        agent,
        capabilities,
        category: asked.need("category", category)?,
        reference: asked.text("reference").unwrap_or_default().to_owned(),
        minutes: asked.need("minutes", asked.whole_number("minutes"))?,
    };
    let technician: PersonId = asked.need("technician", asked.parse("technician")?)?;
    Request::new(technician, session).map_err(|error| asked.bad("minutes", error.to_string()))
}

fn accepted(quote: &Object<'_>) -> Result<Quote, Bad> {
    let category = quote.word("category", WorkCategory::ALL, WorkCategory::label);
    Ok(Quote {
        id: quote.need("id", quote.text("id"))?.to_owned(),
        category: quote.need("category", category)?,
        accepted_at: quote.need("accepted_at", quote.moment("accepted_at"))?,
    })
}

fn contract(of: &Object<'_>, papers: &mut Papers) -> Result<Contract, Bad> {
    let signed_on = of.need("signed_on", of.day("signed_on"))?;
    let term = term(of, signed_on)?;
    let site = of.need("site", of.object("site"))?;
    let country: Country = site.need("country", site.parse("country")?)?;
    if !country.is_france() {
        let why = "a contract's site lies in France (clause 15.1); a client who moved abroad is told by moved_abroad";
        return Err(site.bad("country", why));
    }
    papers.commune = site.parse("commune")?;
    papers.moved_abroad = of.object("moved_abroad").map(|moved| moved_abroad(&moved)).transpose()?.flatten();
    let class = of.word("client_class", &ClientClass::ALL, ClientClass::label);
    papers.duty =
        Duty { class: of.need("client_class", class)?, told_on: of.list("renewal_notices").days().collect() };
    let letters: Vec<Letter> =
        of.list("letters").objects().map(|one| letter(&one)).collect::<Result<_, _>>()?;
    let (notices, others) = admit(letters);
    papers.not_notices = others;
    let suspension = of.object("suspended").map(|one| -> Result<_, Bad> {
        let by = one.parse("by")?.map(crate::records::Author::Member);
        Ok(Suspension {
            by: one.need("by", by)?,
            reason: one.need("reason", one.text("reason"))?.to_owned(),
            at: one.need("at", one.moment("at"))?,
        })
    });
    Ok(Contract {
        id: of.need("id", of.parse("id")?)?,
        client: of.need("client", of.text("client"))?.to_owned(),
        signed_on,
        term,
        postal: site.parse("postal")?,
        onsite: of.flag("onsite"),
        holidays: of.parse("holidays")?,
        notices,
        suspension: suspension.transpose()?,
    })
}

/// The contract's term, for this document and that of the lines.
pub(crate) fn term(of: &Object<'_>, signed_on: Day) -> Result<Term, Bad> {
    let months = of.whole_number("months").map_or(Ok(Months::default()), Months::new);
    let months = months.map_err(|error| of.bad("months", error.to_string()))?;
    let term = Term::new(of.day("effective_on").unwrap_or(signed_on), months);
    let named = of.day("first_echeance").map_or(Ok(term), |first| term.falling_due(first));
    named.map_err(|error| of.bad("first_echeance", error.to_string()))
}

pub(crate) fn letter(of: &Object<'_>) -> Result<Letter, Bad> {
    let days = NoticeDays::new(of.day("sent_on"), of.day("received_on"));
    let by = of.word("by", &[Party::Client, Party::Provider], Party::label);
    Ok(Letter {
        by: of.need("by", by)?,
        form: of.need("form", of.word("form", &Form::ALL, Form::label))?,
        days: days.map_err(|error| {
            let key = if of.day("received_on").is_some() { "received_on" } else { "sent_on" };
            of.bad(key, error.to_string())
        })?,
        proof: of.text("proof").unwrap_or_default().to_owned(),
        withdrawn_by_client: of.day("withdrawn_by_client_on").is_some(),
        withdrawn_by_provider: of.day("withdrawn_by_provider_on").is_some(),
    })
}

/// A move of all sites abroad ends the contract; one of some sites makes it smaller, which is no end (6.2).
pub(crate) fn moved_abroad(of: &Object<'_>) -> Result<Option<MovedAbroad>, Bad> {
    let to: Country = of.need("to_country", of.parse("to_country")?)?;
    if to.is_france() {
        return Err(of.bad(
            "to_country",
            "a move within France ends no contract (clause 6.2): give the site's new address",
        ));
    }
    let moved = MovedAbroad {
        moved_on: of.need("moved_on", of.day("moved_on"))?,
        letter_on: of.need("letter_on", of.day("letter_on"))?,
    };
    Ok(of.flag("all_sites").then_some(moved))
}

fn coverage(
    contract: Option<&Object<'_>>,
    device: &Object<'_>,
    papers: &mut Papers,
) -> Result<Coverage, Bad> {
    if device.text("coverage") == Some("seen_unlisted") {
        papers.unlisted = Some(Unlisted { first_seen: device.day("first_seen") });
    }
    let Some(scope) = contract.and_then(|contract| contract.object("scope")) else {
        return Ok(worth(device));
    };
    let at: Option<Siret> = device.parse("establishment")?;
    let covered = match (scope.parse::<Siren>("whole_fleet")?, scope.parse::<Siret>("establishment")?) {
        (Some(firm), None) => at.is_none_or(|at| at.siren() == firm),
        (None, Some(site)) => device.need("establishment", at)? == site,
        _ => return Err(scope.bad("whole_fleet", "write either whole_fleet or establishment (clause 2.3)")),
    };
    Ok(if covered { worth(device) } else { Coverage::OtherEstablishment })
}

fn worth(device: &Object<'_>) -> Coverage {
    match device.text("coverage") {
        Some("needs_remediation") => Coverage::NeedsRemediation,
        Some("off_the_list") => Coverage::OffTheList,
        _ => Coverage::Covered,
    }
}

fn exceptions(calendar: &Object<'_>, agent: AgentId) -> Result<Vec<ExceptionRow>, Bad> {
    let one = |of: Object<'_>| {
        let window = Window {
            from: of.need("from", of.moment("from"))?,
            until: of.need("until", of.moment("until"))?,
        };
        if window.until <= window.from {
            return Err(of.bad("until", "an exception ends after it begins: check both moments"));
        }
        let by = of.need("by", of.parse("by")?)?;
        let reason = of.need("reason", of.text("reason"))?.to_owned();
        Ok(ExceptionRow { agent, window, by, reason, at: window.from })
    };
    calendar.list("exceptions").objects().map(one).collect()
}

fn line(of: &Object<'_>) -> Result<LineFacts, Bad> {
    let kbit = |key| of.need(key, of.whole_number::<u32>(key));
    let permille = |key| of.need(key, of.whole_number::<u16>(key));
    let line = LineFacts {
        measured_at: of.need("measured_at", of.moment("measured_at"))?,
        rtt_ms: kbit("rtt_ms")?,
        down_kbit: kbit("down_kbit")?,
        up_kbit: kbit("up_kbit")?,
        loss_permille: permille("loss_permille")?,
        loss_low_permille: permille("loss_low_permille")?,
    };
    if line.loss_low_permille > line.loss_permille {
        return Err(of.bad("loss_low_permille", "the lower bound of the loss can't be above the loss"));
    }
    Ok(line)
}

fn rules(of: Option<&Object<'_>>, holidays: Option<Holidays>) -> Result<Rules, Bad> {
    let mut rules = Rules { holidays: holidays.unwrap_or_default(), ..Rules::default() };
    let Some(of) = of else { return Ok(rules) };
    if of.text("notice_counts_from") == Some("received") {
        rules.notice_counts_from = NoticeCountsFrom::Received;
    }
    if of.text("insufficient") == Some("try") {
        rules.insufficient = Insufficient::Try;
    }
    let usual = Thresholds::default();
    let kbit = |key, usual| of.whole_number(key).unwrap_or(usual);
    let permille = |key, usual| of.whole_number(key).unwrap_or(usual);
    rules.thresholds = Thresholds {
        good_down_kbit: kbit("good_down_kbit", usual.good_down_kbit),
        good_up_kbit: kbit("good_up_kbit", usual.good_up_kbit),
        good_rtt_ms: kbit("good_rtt_ms", usual.good_rtt_ms),
        good_loss_permille: permille("good_loss_permille", usual.good_loss_permille),
        least_down_kbit: kbit("least_down_kbit", usual.least_down_kbit),
        least_up_kbit: kbit("least_up_kbit", usual.least_up_kbit),
        most_rtt_ms: kbit("most_rtt_ms", usual.most_rtt_ms),
        most_loss_permille: permille("most_loss_permille", usual.most_loss_permille),
    };
    let seconds = |key, usual| of.whole_number(key).unwrap_or(usual);
    let after = Overrun::default();
    let length_s = seconds("overrun_s", after.length_s);
    let grace_s = seconds("overrun_grace_s", after.grace_s.min(length_s));
    let answer_s = seconds("overrun_answer_s", after.answer_s.min(grace_s));
    rules.overrun = Overrun { length_s, answer_s, grace_s };
    if !rules.overrun.is_lawful() {
        return Err(of.bad(
            "overrun_s",
            "10 s to answer at least, no longer than the grace, and that no longer than the overrun",
        ));
    }
    if rules.thresholds.are_ordered() {
        Ok(rules)
    } else {
        Err(of.bad("good_down_kbit", "a good line can't be worse than the least one: check the thresholds"))
    }
}

#[cfg(test)]
mod tests;
