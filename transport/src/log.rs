//! What a program logs, for all three alike: `AVAL_LOG=debug`, or `AVAL_LOG=aval_relay=debug,info` by part.
//!
//! Parts and levels only, no expressions over fields: those would bring a regular-expression engine into every program.

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// The variable that says what is logged.
const VARIABLE: &str = "AVAL_LOG";

/// Logs to `writer` from now on: what the variable says, or this level where it says nothing that can be understood.
pub fn start(writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static, usual: Level) {
    let said = std::env::var(VARIABLE).ok();
    let lines = fmt::layer().with_writer(writer).with_ansi(false);
    tracing_subscriber::registry().with(lines).with(filter(said.as_deref(), usual)).init();
}

fn filter(said: Option<&str>, usual: Level) -> Targets {
    let said = said.filter(|said| !said.trim().is_empty());
    said.and_then(|said| said.parse().ok()).unwrap_or_else(|| Targets::new().with_default(usual))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_levels_are_understood_and_nonsense_is_the_usual() {
        let debug = filter(Some("debug"), Level::WARN);
        assert!(debug.would_enable("quinn", &Level::DEBUG) && !debug.would_enable("quinn", &Level::TRACE));
        let parts = filter(Some("aval_relay=debug,warn"), Level::INFO);
        assert!(parts.would_enable("aval_relay::gate", &Level::DEBUG));
        assert!(parts.would_enable("quinn", &Level::WARN) && !parts.would_enable("quinn", &Level::INFO));
        for said in [None, Some(""), Some(" "), Some("aval=loud")] {
            let usual = filter(said, Level::INFO);
            assert!(usual.would_enable("aval", &Level::INFO), "{said:?}");
            assert!(!usual.would_enable("aval", &Level::DEBUG), "{said:?}");
        }
    }
}
