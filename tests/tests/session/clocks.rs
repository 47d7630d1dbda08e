//! Clocks that are wrong: the PC's by a year, and a relay's that lies.

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::codes::EndReason;
use aval_tests::trio::desk::Does;
use aval_tests::trio::{NOW, Setup, Trio};
use aval_transport::Clock;

const DAY: i64 = 86_400;
/// A day more than certificates last.
const YEAR: i64 = 366 * DAY;

#[tokio::test(start_paused = true)]
async fn a_pc_whose_clock_is_a_year_wrong_has_its_session_and_is_told() {
    for off in [-YEAR, YEAR, 0] {
        let pc = Clock::starting_at(UnixSeconds(NOW.0 + off));
        let trio = Trio::start(Setup { pc, ..Setup::default() }).await;
        let told = trio.home.status().unwrap().clock_off_s;
        let right = if off == 0 { told.is_none() } else { told.is_some_and(|t| (t + off).abs() < 120) };
        assert!(right, "{off}: {told:?}");
        let console = trio.console(&trio.technician).await;
        let mut seance = trio.seen(&console).await;
        trio.desk.does(Does::End);
        assert_eq!(seance.ended().await.0, EndReason::EndedByPerson);
        seance.over().await;
        assert!(trio.own_journal().ends_with(&["ASKED", "GRANTED", "STARTED", "ENDED"]));
    }
}

/// Relay and console say it is still the day on which the technician's certificate held; the PC, whose clock is right, knows better.
#[tokio::test(start_paused = true)]
async fn a_relay_that_lies_about_the_time_revives_no_certificate() {
    for (days, technician_days) in [(10, 5), (10, 20), (0, 5)] {
        let pc = Clock::starting_at(UnixSeconds(NOW.0 + days * DAY));
        let trio = Trio::start(Setup { pc, technician_days, ..Setup::default() }).await;
        let console = trio.console(&trio.technician).await;
        if days > i64::from(technician_days) {
            let mut seance = trio.session(&console).await;
            assert_eq!(seance.ended().await.0, EndReason::TechnicianUntrusted);
            let seen = trio.desk.seen();
            assert_eq!((seen.asked.len(), seen.frames), (0, 0), "nobody may be asked");
        } else {
            trio.seen(&console).await;
            assert_eq!(trio.desk.seen().asked.len(), 1);
        }
    }
}
