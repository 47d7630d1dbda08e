//! Proof by clause: written next.
