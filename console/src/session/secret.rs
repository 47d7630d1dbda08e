//! A password that the person hands over (clause 8.2): opened here, given out once, wiped after a minute whatever happens.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aval_protocol::prompt::secret::SecretAnswer;
use aval_protocol::seal::secret::SecretKey;
use aval_protocol::wire::handover::{HandoverKind, Secret, Wish};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How long a password is there to be looked at.
pub const SHOWN_FOR: Duration = Duration::from_secs(60);

/// The one that waits to be looked at. Clones see the same one.
#[derive(Clone, Default)]
pub struct Drawer(Arc<Mutex<Option<Held>>>);

struct Held {
    secret: Secret,
    until: Instant,
}

/// What a driver keeps of it.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    asked: Option<SecretKey>,
    pub(super) drawer: Drawer,
    wiping: JoinSet<()>,
}

/// What became of a question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Handed {
    /// The person is being asked.
    Asked(HandoverKind),
    /// It is here, until [`SHOWN_FOR`] has passed.
    Given(HandoverKind),
    /// It is not.
    NotGiven(HandoverKind),
}

// === impl Drawer

impl Drawer {
    /// Takes it out: once. `None` when there is none, or not any more.
    pub fn take(&self, now: Instant) -> Option<(Secret, Duration)> {
        let held = self.lock().take()?;
        let left = held.until.saturating_duration_since(now);
        (!left.is_zero()).then_some((held.secret, left))
    }

    /// Wipes it.
    pub fn wipe(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// What is in it must not reach a log.
impl fmt::Debug for Drawer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Drawer(..)")
    }
}

// === impl Secrets

impl Secrets {
    /// A question with this key goes out. The one before, and what came of it, is gone.
    pub(super) fn ask(&mut self, key: SecretKey) -> (Wish, Handed) {
        self.drawer.wipe();
        let (kind, public) = (key.context().kind, key.public());
        self.asked = Some(key);
        (Wish::Secret { kind, key: public }, Handed::Asked(kind))
    }

    /// The person answered. `None` when nothing was asked.
    pub(super) fn answered(&mut self, now: Instant, answer: &SecretAnswer) -> Option<Handed> {
        let key = self.asked.take()?;
        let kind = key.context().kind;
        let SecretAnswer::Given { sealed, .. } = answer else { return Some(Handed::NotGiven(kind)) };
        let Ok(secret) = key.open(sealed) else {
            tracing::info!("what was handed over cannot be opened");
            return Some(Handed::NotGiven(kind));
        };
        *self.drawer.lock() = Some(Held { secret, until: now + SHOWN_FOR });
        let drawer = self.drawer.clone();
        self.wiping = JoinSet::new();
        self.wiping.spawn(async move {
            sleep(SHOWN_FOR).await;
            drawer.wipe();
        });
        Some(Handed::Given(kind))
    }

    /// The line is lost: what is not here yet does not come. What was asked for, if something was.
    pub(super) fn forget(&mut self) -> Option<Handed> {
        self.drawer.wipe();
        self.asked.take().map(|key| Handed::NotGiven(key.context().kind))
    }
}

impl Drop for Secrets {
    fn drop(&mut self) {
        self.drawer.wipe();
    }
}

#[cfg(test)]
mod tests {
    use aval_protocol::id::SessionId;
    use aval_protocol::prompt::NoReason;
    use aval_protocol::seal::secret::{Context, seal_secret};
    use zeroize::Zeroizing;

    use super::*;

    const CONTEXT: Context = Context { session: SessionId([7; 16]), kind: HandoverKind::Windows };

    fn asked(secrets: &mut Secrets) -> [u8; 32] {
        let key = SecretKey::new(&Zeroizing::new([5; 32]), CONTEXT).unwrap();
        let (Wish::Secret { key, .. }, _) = secrets.ask(key) else { panic!("no question") };
        key
    }

    fn given(key: [u8; 32]) -> SecretAnswer {
        let secret = Secret {
            identifier: Zeroizing::new("leroy".to_owned()),
            password: Zeroizing::new("sésame".to_owned()),
        };
        SecretAnswer::Given { sealed: seal_secret(&secret, &key, CONTEXT).unwrap(), count: 2 }
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_given_out_once_and_for_a_minute() {
        let now = aval_transport::Clock::system().monotonic();
        let mut secrets = Secrets::default();
        assert_eq!(secrets.answered(now, &given([1; 32])), None, "nobody asked");

        let key = asked(&mut secrets);
        assert_eq!(secrets.answered(now, &given(key)), Some(Handed::Given(HandoverKind::Windows)));
        let (secret, left) = secrets.drawer.take(now + Duration::from_secs(20)).unwrap();
        assert_eq!((&**secret.password, left), ("sésame", Duration::from_secs(40)));
        assert!(secrets.drawer.take(now).is_none(), "once");

        let key = asked(&mut secrets);
        secrets.answered(now, &given(key));
        assert!(secrets.drawer.take(now + SHOWN_FOR).is_none(), "too late");
        let key = asked(&mut secrets);
        secrets.answered(now, &given(key));
        sleep(SHOWN_FOR + Duration::from_millis(1)).await;
        assert!(secrets.drawer.lock().is_none(), "wiped though nobody looked");
    }

    #[tokio::test]
    async fn what_was_not_asked_for_or_was_sealed_to_another_is_not_shown() {
        let now = aval_transport::Clock::system().monotonic();
        let mut secrets = Secrets::default();
        let key = asked(&mut secrets);
        let no = Some(Handed::NotGiven(HandoverKind::Windows));
        assert_eq!(secrets.answered(now, &given([9; 32])), no, "sealed to another key");
        asked(&mut secrets);
        assert_eq!(secrets.answered(now, &SecretAnswer::No(NoReason::Refused)), no);
        asked(&mut secrets);
        assert_eq!(secrets.forget(), no);
        assert_eq!(secrets.answered(now, &given(key)), None, "after a lost line");
    }
}
