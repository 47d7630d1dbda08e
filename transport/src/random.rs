//! Randomness as an argument: the system's in every program, a seeded one in a simulated world.

use std::fmt;
use std::sync::Arc;

/// Fills with random bytes; `false` if there are none.
type Fill = dyn Fn(&mut [u8]) -> bool + Send + Sync;

/// Gives random bytes.
#[derive(Clone)]
pub struct Random {
    fill: Arc<Fill>,
}

/// The system gives no randomness: nothing secret can be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the system gives no randomness")]
pub struct NoRandomness;

// === impl Random

impl Random {
    /// The system's.
    pub fn system() -> Self {
        let provider = aval_protocol::firm::tls::provider();
        Self { fill: Arc::new(move |bytes| provider.secure_random.fill(bytes).is_ok()) }
    }

    /// Whatever `fill` gives; `false` means that it gave nothing.
    pub fn of(fill: impl Fn(&mut [u8]) -> bool + Send + Sync + 'static) -> Self {
        Self { fill: Arc::new(fill) }
    }

    /// Random bytes.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], NoRandomness> {
        let mut bytes = [0; N];
        if (self.fill)(&mut bytes) { Ok(bytes) } else { Err(NoRandomness) }
    }

    /// A number to spread moments with; 0 if there is no randomness.
    pub fn number(&self) -> u64 {
        self.bytes().map_or(0, u64::from_le_bytes)
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random")
    }
}
