//! What a paper's fields ask of each other, beyond the form of each. What a clause forbids is refused with that clause.

use aval_protocol::text::papers as text;

use super::kinds::{Held, Kind};
use super::wrong::Wrong;
use crate::document::Object;
use crate::facts::forms::Country;

/// Holds a paper's fields against each other.
pub(super) fn rules(kind: Kind, of: &Object<'_>) -> Result<(), Wrong> {
    if kind.held() == Held::Span {
        after(of, "from", "until", false)?;
    }
    match kind {
        Kind::Letter => letter(of),
        Kind::MovedAbroad if france(of, "to_country")? => Err(Wrong::Clause("6.2", text::within_france())),
        Kind::Site if !france(of, "country")? => Err(Wrong::Clause("15.1", text::site_abroad())),
        Kind::Scope => match (of.text("whole_fleet"), of.text("establishment")) {
            (Some(_), None) | (None, Some(_)) => Ok(()),
            _ => Err(Wrong::OneOf("whole_fleet", "establishment")),
        },
        Kind::DataRequest => after(of, "asked_on", "closed_on", true),
        Kind::Visit => moments(of, "from", "until", false),
        Kind::ThirdParty => moments(of, "found_at", "informed_at", true),
        Kind::VisitEnd => match (of.text("outcome"), of.text("stop")) {
            (Some("stopped"), None) => Err(Wrong::Needed("stop")),
            (Some("stopped"), Some(_)) | (_, None) => Ok(()),
            _ => Err(Wrong::NoPlace("stop")),
        },
        Kind::Price => match (of.text("basis"), of.text("from")) {
            (Some("contract"), Some(_)) => Err(Wrong::NoPlace("from")),
            (Some("contract"), None) | (_, Some(_)) => Ok(()),
            _ => Err(Wrong::Needed("from")),
        },
        Kind::Index => index(of),
        Kind::QuoteLine => line(of, "kind"),
        Kind::Charge => charge(of),
        _ => Ok(()),
    }
}

/// The second day, if there is one, lies after the first; or on it.
fn after(of: &Object<'_>, first: &'static str, second: &'static str, same: bool) -> Result<(), Wrong> {
    match (of.day(first), of.day(second)) {
        (Some(a), Some(b)) if b < a || (b == a && !same) => Err(Wrong::Order(first, second)),
        _ => Ok(()),
    }
}

fn moments(of: &Object<'_>, first: &'static str, second: &'static str, same: bool) -> Result<(), Wrong> {
    match (of.moment(first), of.moment(second)) {
        (Some(a), Some(b)) if b < a || (b == a && !same) => Err(Wrong::Order(first, second)),
        _ => Ok(()),
    }
}

fn letter(of: &Object<'_>) -> Result<(), Wrong> {
    if of.day("sent_on").is_none() && of.day("received_on").is_none() {
        return Err(Wrong::OneAtLeast("sent_on", "received_on"));
    }
    after(of, "sent_on", "received_on", true)?;
    let registered = matches!(of.text("form"), Some("registered_letter" | "electronic_registered_letter"));
    if registered && of.text("proof").is_none() { Err(Wrong::Needed("proof")) } else { Ok(()) }
}

fn france(of: &Object<'_>, key: &'static str) -> Result<bool, Wrong> {
    let country = of.text(key).and_then(|text| text.parse::<Country>().ok());
    country.map(Country::is_france).ok_or(Wrong::Needed(key))
}

fn index(of: &Object<'_>) -> Result<(), Wrong> {
    let month = of.text("month").and_then(|text| crate::bill::shapes::month(text).ok());
    let (month, on) = (month.ok_or(Wrong::Needed("month"))?, of.day("published_on"));
    if on.is_some_and(|on| on.date() > month.last_of_month()) {
        Ok(())
    } else {
        Err(Wrong::Clause("10.5", text::index_after_its_month()))
    }
}

/// Parts and software have a price of their own; a part that the warranty pays has none (2.5).
fn line(of: &Object<'_>, kind: &str) -> Result<(), Wrong> {
    let cents: Option<i64> = of.whole_number("cents");
    let free = of.flag("included") || cents == Some(0);
    match of.text(kind) {
        Some("part" | "software") if free => Err(Wrong::Clause("2.5", text::never_included())),
        Some("warranty_part") if cents != Some(0) => Err(Wrong::Clause("2.5", text::never_included())),
        _ => Ok(()),
    }
}

fn charge(of: &Object<'_>) -> Result<(), Wrong> {
    line(of, "kind")?;
    match of.text("kind") {
        Some("bank_fee") => Err(Wrong::Clause("10.4", text::fee_on_the_firm())),
        Some("quoted_work") if of.text("quote").is_none() => Err(Wrong::Needed("quote")),
        Some("visit") if of.text("category").is_none() => Err(Wrong::Needed("category")),
        Some("trip") => match of.text("cause") {
            None => Err(Wrong::Needed("cause")),
            Some("provider") => Err(Wrong::Clause("5.5", text::trip_not_the_clients())),
            Some(_) => Ok(()),
        },
        _ => Ok(()),
    }
}
