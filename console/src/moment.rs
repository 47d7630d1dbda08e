//! Moments for people (the contract's time zone) and for programs (RFC 3339).

use aval_protocol::id::UnixSeconds;
use aval_protocol::text::Lang;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Where the support hours of the contract are counted.
const PARIS: TimeZone = jiff::tz::get!("Europe/Paris");

/// For people: `24/11/2026 à 09 h 00`, `2026-11-24 09:00`.
pub(crate) fn shown(lang: Lang, at: UnixSeconds) -> String {
    let Ok(stamp) = Timestamp::from_second(at.0) else { return at.0.to_string() };
    let format = lang.pick("%d/%m/%Y à %H\u{a0}h\u{a0}%M", "%Y-%m-%d %H:%M");
    stamp.to_zoned_datetime(PARIS).strftime(format).to_string()
}

/// A day for people: `24/11/2026`, `2026-11-24`.
pub(crate) fn day(lang: Lang, at: UnixSeconds) -> String {
    let Ok(stamp) = Timestamp::from_second(at.0) else { return at.0.to_string() };
    stamp.to_zoned_datetime(PARIS).strftime(lang.pick("%d/%m/%Y", "%Y-%m-%d")).to_string()
}

/// For programs: `2026-11-24T08:00:00Z`.
pub(crate) fn rfc3339(at: UnixSeconds) -> String {
    Timestamp::from_second(at.0).map_or_else(|_| at.0.to_string(), |stamp| stamp.to_string())
}

/// From a command line: RFC 3339 with its offset.
///
/// # Errors
/// jiff's sentence when the text is no moment.
pub(crate) fn parse(text: &str) -> Result<UnixSeconds, String> {
    text.parse::<Timestamp>()
        .map(|stamp| UnixSeconds(stamp.as_second()))
        .map_err(|e| format!("{e}; write it as 2026-11-24T09:00:00+01:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_shown_in_paris_and_told_in_utc() {
        let at = parse("2026-11-24T09:00:00+01:00").unwrap();
        assert_eq!(shown(Lang::Fr, at), "24/11/2026 à 09\u{a0}h\u{a0}00");
        assert_eq!(shown(Lang::En, at), "2026-11-24 09:00");
        assert_eq!(rfc3339(at), "2026-11-24T08:00:00Z");
        let summer = parse("2026-07-01T09:00:00Z").unwrap();
        assert_eq!(shown(Lang::En, summer), "2026-07-01 11:00");
        assert!(parse("demain").is_err());
        assert!(parse("2026-11-24T09:00:00").is_err(), "without an offset it is no moment");
    }
}
