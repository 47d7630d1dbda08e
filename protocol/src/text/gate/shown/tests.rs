//! The tests of `shown.rs`, beside it so that both stay short.

use super::*;

#[test]
fn days_and_moments_read_as_people_write_them() {
    let day = Day { year: 2026, month: 11, day: 11, weekday: 3 };
    assert_eq!(day.fr(), "mercredi 11\u{a0}novembre 2026");
    assert_eq!(Day { day: 1, month: 1, year: 2027, weekday: 5 }.fr(), "vendredi 1er\u{a0}janvier 2027");
    let at = |hour, minute| Moment { day, hour, minute };
    assert_eq!(at(9, 0).fr(), "mercredi 11\u{a0}novembre 2026 à 9\u{a0}h");
    assert_eq!(at(18, 5).fr_until(), "au mercredi 11\u{a0}novembre 2026 à 18\u{a0}h\u{a0}05");
    assert_eq!(at(9, 5).en(), "Wednesday 11\u{a0}November 2026 at 9:05 (Paris time)");
}

#[test]
fn a_line_reads_with_its_units() {
    let facts = LineFacts {
        measured_at: crate::id::UnixSeconds(0),
        rtt_ms: 40,
        down_kbit: 1234,
        up_kbit: 300,
        loss_permille: 15,
        loss_low_permille: 4,
    };
    assert_eq!(
        line(Lang::Fr, &facts),
        "réception 1,2\u{a0}Mbit/s, émission 300\u{a0}kbit/s, aller-retour 40\u{a0}ms, pertes 1,5\u{a0}%"
    );
}
