//! Attaching this PC to a firm.
mod dialog;
