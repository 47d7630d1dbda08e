//! Hands the fuzzer's bytes to `aval_console::fuzz::gestures`, which says what must hold.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| aval_console::fuzz::gestures(bytes));
