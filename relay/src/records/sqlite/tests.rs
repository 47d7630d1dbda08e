//! Proof of the record: written next.
