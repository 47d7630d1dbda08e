//! The TLS side of trust: verifiers for rustls that know roles and pinned keys.
