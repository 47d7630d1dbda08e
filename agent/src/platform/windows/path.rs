//! Which of two ways the screen is read by: GDI, which always works, or Desktop Duplication (DXGI), which has to show that it does.
//! Nothing is decided here by what a system promises, only by what it did.

use std::time::{Duration, Instant};

/// How long a capture has run when DXGI is first tried: the first pictures come by GDI, without waiting for a graphics driver.
const FIRST: Duration = Duration::from_secs(1);
/// Pause after the first try that failed; doubled with each.
const BACK_OFF: Duration = Duration::from_secs(2);
/// Tries of one capture. After that it stays with GDI.
pub(in crate::platform) const TRIES: u32 = 8;
/// How long opening may take. What takes longer is left alone.
const OPENING: Duration = Duration::from_secs(10);

/// Why DXGI is not used, or no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::platform) enum Fault {
    /// This system, driver or session has none: `E_NOTIMPL`, `DXGI_ERROR_UNSUPPORTED`, no library, monitors it does not reach.
    Unsupported,
    /// A picture in another format than 8 bits of blue, green, red: HDR.
    Format,
    /// What it says of its own picture does not fit it.
    Unsound,
    /// The graphics driver did not come back from being opened.
    Hung,
    /// Its picture stayed another one than GDI's, twice, after it had been trusted.
    Lied,
    /// Its first picture was another one than GDI's.
    Differs,
    /// The right to the picture is lost, as at each change of desktop or mode.
    Lost,
    /// Others use it at the moment, or the session is shown nowhere.
    NotNow,
    /// It may not be seen: another desktop is in front.
    Denied,
    /// The graphics card is gone or was reset.
    Removed,
    /// It never gave a first picture.
    Silent,
    /// The screen moved too much for a comparison.
    Unsettled,
    /// A protected screen of Windows is up.
    Away,
    /// The monitors are arranged otherwise now.
    Moved,
    /// Anything else that it said.
    Other,
}

/// What to do at this look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::platform) enum Step {
    /// GDI only.
    Slow,
    /// GDI, and begin to open DXGI.
    Open,
    /// GDI, and ask whether it is open.
    Opening,
    /// GDI, and compare.
    Trial,
    /// DXGI.
    Fast,
}

/// The decision and how it came about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::platform) struct Path {
    state: State,
    tries: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Slow { again: Option<Instant> },
    Opening { until: Instant },
    Trial,
    Fast,
}

impl Fault {
    /// What a call answered, as Windows numbers it.
    pub(in crate::platform) const fn of(code: i32) -> Self {
        match code.cast_unsigned() {
            // E_NOTIMPL, E_NOINTERFACE, E_INVALIDARG, DXGI_ERROR_UNSUPPORTED, DXGI_ERROR_NOT_FOUND.
            0x8000_4001 | 0x8000_4002 | 0x8007_0057 | 0x887a_0004 | 0x887a_0002 => Self::Unsupported,
            // DXGI_ERROR_ACCESS_LOST, DXGI_ERROR_MODE_CHANGE_IN_PROGRESS.
            0x887a_0026 | 0x887a_0025 => Self::Lost,
            // DXGI_ERROR_NOT_CURRENTLY_AVAILABLE, DXGI_ERROR_SESSION_DISCONNECTED.
            0x887a_0022 | 0x887a_0028 => Self::NotNow,
            // E_ACCESSDENIED, DXGI_ERROR_ACCESS_DENIED.
            0x8007_0005 | 0x887a_002b => Self::Denied,
            // DXGI_ERROR_DEVICE_REMOVED, _DEVICE_HUNG, _DEVICE_RESET, _DRIVER_INTERNAL_ERROR.
            0x887a_0005 | 0x887a_0006 | 0x887a_0007 | 0x887a_0020 => Self::Removed,
            _ => Self::Other,
        }
    }

    /// Whether it is of no use to try again while this capture lives.
    const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Unsupported | Self::Format | Self::Unsound | Self::Hung | Self::Lied | Self::Differs
        )
    }
}

impl Path {
    /// `distrusted`: it lied to this process before.
    pub(in crate::platform) fn new(now: Instant, distrusted: bool) -> Self {
        Self { state: State::Slow { again: (!distrusted).then(|| now + FIRST) }, tries: 0 }
    }

    /// What to do now. `away`: another desktop is in front of the person’s.
    pub(in crate::platform) fn step(&mut self, now: Instant, away: bool) -> Step {
        match self.state {
            State::Slow { again: Some(at) } if now >= at && !away => {
                self.tries += 1;
                self.state = State::Opening { until: now + OPENING };
                Step::Open
            }
            State::Slow { .. } => Step::Slow,
            State::Opening { .. } => Step::Opening,
            State::Trial => Step::Trial,
            State::Fast => Step::Fast,
        }
    }

    /// Whether opening takes too long.
    pub(in crate::platform) fn hangs(&self, now: Instant) -> bool {
        matches!(self.state, State::Opening { until } if now >= until)
    }

    /// It is open; whether it tells the truth is to be seen.
    pub(in crate::platform) fn opened(&mut self) {
        if let State::Opening { .. } = self.state {
            self.state = State::Trial;
        }
    }

    /// It told the truth.
    pub(in crate::platform) fn agreed(&mut self) {
        if self.state == State::Trial {
            self.state = State::Fast;
        }
    }

    /// It is of no use, at least for a while. This very look is GDI’s.
    pub(in crate::platform) fn failed(&mut self, now: Instant, fault: Fault) {
        if let State::Slow { .. } = self.state {
            return;
        }
        let over = fault.is_final() || self.tries >= TRIES;
        let pause = BACK_OFF * 2_u32.saturating_pow(self.tries.saturating_sub(1));
        self.state = State::Slow { again: (!over).then(|| now + pause) };
    }

    /// Whether DXGI is tried or used.
    pub(in crate::platform) const fn is_slow(&self) -> bool {
        matches!(self.state, State::Slow { .. })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FAULTS: [Fault; 15] = [
        Fault::Unsupported,
        Fault::Format,
        Fault::Unsound,
        Fault::Hung,
        Fault::Lied,
        Fault::Differs,
        Fault::Lost,
        Fault::NotNow,
        Fault::Denied,
        Fault::Removed,
        Fault::Silent,
        Fault::Unsettled,
        Fault::Away,
        Fault::Moved,
        Fault::Other,
    ];

    /// Every order of five things that can happen, from each state on: what is done is what the state says, never more.
    #[test]
    fn at_every_order_of_events_the_fast_path_is_only_reached_by_way_of_a_comparison() {
        let start = aval_transport::Clock::system().monotonic();
        let events = 4 + FAULTS.len();
        for order in 0..events.pow(4) {
            let mut path = Path::new(start, false);
            let (mut now, mut order, mut agreed) = (start + FIRST, order, false);
            for _ in 0..4 {
                let before = path;
                match order % events {
                    0 => drop(path.step(now, false)),
                    1 => path.opened(),
                    2 => {
                        agreed |= before.state == State::Trial;
                        path.agreed();
                    }
                    3 => now += Duration::from_secs(3),
                    fault => {
                        path.failed(now, FAULTS[fault - 4]);
                        assert!(path.is_slow());
                        agreed = false;
                    }
                }
                order /= events;
                assert!(path.state != State::Fast || agreed);
                assert!(path.tries <= TRIES);
                let slow = matches!(path.step(now, true), Step::Slow);
                assert_eq!(slow, path.is_slow(), "nothing begins while another desktop is in front");
            }
        }
    }

    #[test]
    fn each_answer_of_windows_has_a_meaning() {
        let code = |code: u32| Fault::of(code.cast_signed());
        assert_eq!(code(0x8000_4001), Fault::Unsupported);
        assert_eq!(code(0x887a_0004), Fault::Unsupported);
        assert_eq!(code(0x887a_0026), Fault::Lost);
        assert_eq!(code(0x887a_0028), Fault::NotNow);
        assert_eq!(code(0x8007_0005), Fault::Denied);
        assert_eq!(code(0x887a_0005), Fault::Removed);
        assert_eq!(code(0x887a_0001), Fault::Other);
    }

    #[test]
    fn what_lied_before_is_not_tried() {
        let start = aval_transport::Clock::system().monotonic();
        let mut path = Path::new(start, true);
        assert_eq!(path.step(start + Duration::from_secs(3600), false), Step::Slow);
    }

    proptest! {
        #[test]
        fn tries_are_few_and_ever_further_apart(
            faults in proptest::collection::vec((proptest::sample::select(&FAULTS[..]), 0_u64..200, any::<bool>()), 0..80),
        ) {
            let start = aval_transport::Clock::system().monotonic();
            let (mut path, mut now, mut opens) = (Path::new(start, false), start, Vec::new());
            let mut over = false;
            for (fault, pause, trusted) in faults {
                now += Duration::from_secs(pause);
                if path.step(now, false) == Step::Open {
                    prop_assert!(!over);
                    opens.push(now);
                    if trusted {
                        path.opened();
                        path.agreed();
                    }
                    path.failed(now, fault);
                    over |= fault.is_final();
                }
                prop_assert!(path.is_slow());
            }
            prop_assert!(opens.len() <= TRIES as usize);
            for (at, pair) in opens.windows(2).enumerate() {
                prop_assert!(pair[1] - pair[0] >= BACK_OFF * 2_u32.pow(u32::try_from(at).unwrap()));
            }
        }
    }
}
