//! The agent's own journal on disk: one chain, signed by the machine's key, on disk before the relay hears of it.

mod file;
