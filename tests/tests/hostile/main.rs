//! The relay is in the wrong hands. It has the firm's own certificate, so it may sign tickets, speak first, and touch every byte; what
//! it must not get is a question to the person, a picture, a key stroke, another program on the machine, or a machine that falls
//! over. Each attempt has its honest twin: with the same hands and no mischief, the session is had and the program is changed.
#![allow(clippy::unwrap_used, clippy::too_many_lines, reason = "a test's helpers, too, are the test")]

mod captor;
mod lanes;
mod releases;
mod words;
