//! Launch tokens and keys: whoever opened the private launch file gets a key, once, and shows it from then on.

use std::sync::{Mutex, MutexGuard, PoisonError};

use aval_transport::random::{NoRandomness, Random};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use zeroize::Zeroizing;

/// Keys that live at once: the oldest is forgotten. Someone who opens the page again and again needs the newest.
const MOST: usize = 8;

/// A secret as text: 64 hexadecimal digits of 256 random bits.
pub(super) type Secret = Zeroizing<String>;

/// What the door lock opens to.
pub(super) struct Keys {
    random: Random,
    inner: Mutex<Inner>,
}

struct Inner {
    launch: Option<Secret>,
    keys: Vec<Secret>,
}

// === impl Keys

impl Keys {
    /// Nothing opens yet.
    pub(super) fn new(random: Random) -> Self {
        Self { random, inner: Mutex::new(Inner { launch: None, keys: Vec::new() }) }
    }

    /// A new launch token; an older one is void.
    ///
    /// # Errors
    /// The system gives no randomness.
    pub(super) fn launch(&self) -> Result<Secret, NoRandomness> {
        let token = self.secret()?;
        self.inner().launch = Some(token.clone());
        Ok(token)
    }

    /// A key for the launch token, which is void from then on. `None`: it is not the one.
    ///
    /// # Errors
    /// The system gives no randomness.
    pub(super) fn enter(&self, token: &str) -> Result<Option<Secret>, NoRandomness> {
        let key = self.secret()?;
        let mut inner = self.inner();
        if !inner.launch.as_ref().is_some_and(|launch| same(launch, token)) {
            return Ok(None);
        }
        inner.launch = None;
        if inner.keys.len() == MOST {
            inner.keys.remove(0);
        }
        inner.keys.push(key.clone());
        Ok(Some(key))
    }

    /// Whether this key was given out.
    pub(super) fn opens(&self, key: &str) -> bool {
        // All are looked at: how long it takes says nothing.
        self.inner().keys.iter().fold(false, |found, known| same(known, key) | found)
    }

    fn secret(&self) -> Result<Secret, NoRandomness> {
        let bytes = Zeroizing::new(self.random.bytes::<32>()?);
        let mut text = Zeroizing::new(String::with_capacity(64));
        for byte in bytes.iter() {
            text.push(char::from(DIGITS[usize::from(byte >> 4)]));
            text.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
        Ok(text)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

fn same(known: &Secret, shown: &str) -> bool {
    verify_slices_are_equal(known.as_bytes(), shown.as_bytes()).is_ok()
}

// Neither tokens nor keys reach a log.
impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_once_and_its_key_from_then_on() {
        let keys = Keys::new(Random::system());
        assert_eq!(keys.enter("").unwrap(), None, "nothing opens yet");
        let token = keys.launch().unwrap();
        assert_eq!(token.len(), 64);
        assert_eq!(keys.enter("0").unwrap(), None);
        assert_eq!(keys.enter(&token[..63]).unwrap(), None);
        assert!(!keys.opens(&token), "a token is no key");
        let key = keys.enter(&token).unwrap().unwrap();
        assert_eq!(keys.enter(&token).unwrap(), None, "used");
        assert!(keys.opens(&key) && !keys.opens(&key[1..]) && !keys.opens(""));
        assert_eq!(format!("{keys:?}"), "Keys(..)");
    }

    #[test]
    fn the_oldest_key_is_forgotten_and_an_older_token_is_void() {
        let keys = Keys::new(Random::system());
        let old = keys.launch().unwrap();
        let fresh = keys.launch().unwrap();
        assert_eq!(keys.enter(&old).unwrap(), None);
        let first = keys.enter(&fresh).unwrap().unwrap();
        for _ in 0..MOST {
            assert!(keys.opens(&first));
            let token = keys.launch().unwrap();
            keys.enter(&token).unwrap().unwrap();
        }
        assert!(!keys.opens(&first));
    }

    #[test]
    fn without_randomness_nothing_opens() {
        let keys = Keys::new(Random::of(|_| false));
        assert!(keys.launch().is_err() && keys.enter("").is_err());
    }
}
