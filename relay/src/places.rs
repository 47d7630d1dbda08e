//! Places for guests, counted for each neighbourhood, so that nobody takes them all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::throttle::neighbourhood;

/// So many places in all, and so many for one [`neighbourhood`]. Clones are the same places.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    most: usize,
    most_of_one: usize,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A place, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    of: Places,
    from: IpAddr,
}

// === impl Places

impl Places {
    pub(crate) fn new(most: usize, most_of_one: usize) -> Self {
        Self { most, most_of_one, taken: Arc::default() }
    }

    /// A place for somebody from this address, if there is one.
    pub(crate) fn take(&self, from: IpAddr) -> Option<Place> {
        let from = neighbourhood(from);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_one = taken.get(&from).copied().unwrap_or(0);
        if of_one >= self.most_of_one || taken.values().sum::<usize>() >= self.most {
            return None;
        }
        taken.insert(from, of_one + 1);
        Some(Place { of: self.clone(), from })
    }

    /// How many are taken.
    pub(crate) fn taken(&self) -> usize {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.of.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.from) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(taken.remove(&self.from)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_for_each_and_given_back() {
        let places = Places::new(256, 24);
        let from = |n: u8| IpAddr::from([192, 0, 2, n]);
        let held: Vec<_> = (0..24).map(|_| places.take(from(1)).unwrap()).collect();
        assert!(places.take(from(1)).is_none(), "one address takes all");
        let other = places.take(from(2)).unwrap();
        drop(held);
        assert!(places.take(from(1)).is_some());
        drop(other);
        assert_eq!(places.taken(), 0, "a place was kept");
        let all: Vec<_> = (0..255).flat_map(|n| places.take(from(n))).collect();
        assert!(all.len() < 256 && places.take(from(255)).is_some());
        let one_more = places.take(from(254)).unwrap();
        assert!(places.take(from(254)).is_none(), "all are taken");
        drop(one_more);
    }
}
