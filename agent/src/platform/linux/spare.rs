//! Keys lent to characters that the client's layout does not have.
//!
//! A client program learns of a new symbol by a message and asks for the table when it gets round to it. A key that changes its
//! symbol too soon would make a slow program read the later one, so a key keeps its symbol for a while after use, and keys are
//! taken in turn.

use std::time::{Duration, Instant};

/// How long a key keeps its symbol after its last use.
pub(super) const KEEP: Duration = Duration::from_secs(1);

/// The keys that may be lent.
#[derive(Debug, Default)]
pub(super) struct Spares(Vec<Spare>);

/// One key.
#[derive(Debug)]
struct Spare {
    keycode: u8,
    /// What it makes at present by our doing; 0 is nothing.
    symbol: u32,
    used: Option<Instant>,
}

/// What to do for a symbol that no key makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Choice {
    /// Give this key the symbol.
    Lend(u8),
    /// All keys were used a moment ago.
    Wait(Duration),
    /// There is no key to lend.
    None,
}

impl Spares {
    /// From keys that make nothing.
    pub(super) fn new(keycodes: Vec<u8>) -> Self {
        let spare = |keycode| Spare { keycode, symbol: 0, used: None };
        Self(keycodes.into_iter().map(spare).collect())
    }

    /// The key longest unused among those that `free` still allows, given what it makes by our doing.
    pub(super) fn choose(&self, now: Instant, free: impl Fn(u8, u32) -> bool) -> Choice {
        let usable = self.0.iter().filter(|spare| free(spare.keycode, spare.symbol));
        let Some(oldest) = usable.min_by_key(|spare| spare.used) else { return Choice::None };
        let kept = oldest
            .used
            .map_or(Duration::ZERO, |used| KEEP.saturating_sub(now.saturating_duration_since(used)));
        if kept.is_zero() { Choice::Lend(oldest.keycode) } else { Choice::Wait(kept) }
    }

    /// The key got this symbol.
    pub(super) fn lent(&mut self, keycode: u8, symbol: u32, now: Instant) {
        if let Some(spare) = self.0.iter_mut().find(|spare| spare.keycode == keycode) {
            (spare.symbol, spare.used) = (symbol, Some(now));
        }
    }

    /// The key was pressed; nothing happens if it is none of these.
    pub(super) fn used(&mut self, keycode: u8, now: Instant) {
        if let Some(spare) = self.0.iter_mut().find(|spare| spare.keycode == keycode && spare.symbol != 0) {
            spare.used = Some(now);
        }
    }

    /// Keys to give back and what they make by our doing, and how long to wait before.
    pub(super) fn to_return(&self, now: Instant) -> (Vec<(u8, u32)>, Duration) {
        let lent = self.0.iter().filter(|spare| spare.symbol != 0);
        let keys = lent.map(|spare| (spare.keycode, spare.symbol)).collect();
        let last = self.0.iter().filter_map(|spare| spare.used).max();
        (keys, last.map_or(Duration::ZERO, |used| KEEP.saturating_sub(now.saturating_duration_since(used))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A moment to count from; the clock is not asked.
    fn moment() -> Instant {
        aval_transport::clock::Clock::system().monotonic()
    }

    #[test]
    fn keys_are_lent_in_turn_and_kept_a_second() {
        let start = moment();
        let after = |millis| start + Duration::from_millis(millis);
        let mut spares = Spares::new(vec![100, 101]);
        let any = |_, _| true;
        assert_eq!(spares.choose(start, any), Choice::Lend(100));
        spares.lent(100, 0xe9, start);
        assert_eq!(spares.choose(start, any), Choice::Lend(101));
        spares.lent(101, 0xe8, after(100));
        assert_eq!(spares.choose(after(400), any), Choice::Wait(Duration::from_millis(600)));
        spares.used(100, after(500));
        assert_eq!(spares.choose(after(1100), any), Choice::Lend(101));
        assert_eq!(
            spares.to_return(after(1100)),
            (vec![(100, 0xe9), (101, 0xe8)], Duration::from_millis(400))
        );
    }

    #[test]
    fn a_key_that_the_layout_took_is_not_lent() {
        let spares = Spares::new(vec![100]);
        assert_eq!(spares.choose(moment(), |_, _| false), Choice::None);
        assert_eq!(Spares::default().to_return(moment()), (vec![], Duration::ZERO));
    }
}
