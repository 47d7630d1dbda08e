//! Moments as the journal shows them: for people in the time of mainland France, for programs by RFC 3339.

use aval_protocol::id::UnixSeconds;
use aval_protocol::text::Lang;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The contract counts its hours there; the PC's own zone may be as wrong as its clock.
const PARIS: TimeZone = jiff::tz::get!("Europe/Paris");

/// For people: `24/11/2026 à 09 h 00`, `2026-11-24 09:00`.
pub fn shown(lang: Lang, at: UnixSeconds) -> String {
    let Ok(stamp) = Timestamp::from_second(at.0) else { return at.0.to_string() };
    let format = lang.pick("%d/%m/%Y à %H\u{a0}h\u{a0}%M", "%Y-%m-%d %H:%M");
    stamp.to_zoned_datetime(PARIS).strftime(format).to_string()
}

/// For programs: `2026-11-24T08:00:00Z`.
pub fn rfc3339(at: UnixSeconds) -> String {
    Timestamp::from_second(at.0).map_or_else(|_| at.0.to_string(), |stamp| stamp.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_shown_in_paris_and_told_in_utc() {
        let at = UnixSeconds(1_795_507_200);
        assert_eq!(shown(Lang::Fr, at), "24/11/2026 à 09\u{a0}h\u{a0}00");
        assert_eq!(shown(Lang::En, at), "2026-11-24 09:00");
        assert_eq!(rfc3339(at), "2026-11-24T08:00:00Z");
        assert_eq!(shown(Lang::Fr, UnixSeconds(i64::MAX)), i64::MAX.to_string());
    }
}
