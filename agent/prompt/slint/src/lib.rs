//! The windows as slint makes them of `ui/`: generated code, which follows no rule of this house. What they say and what a press
//! means is decided in `aval-agent-prompt`.
#![allow(
    missing_debug_implementations,
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::todo,
    clippy::unwrap_used
)]

slint::include_modules!();
