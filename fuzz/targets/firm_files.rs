//! Hands the fuzzer's bytes to `aval_protocol::fuzz::firm_files`, which says what must hold.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| aval_protocol::fuzz::firm_files(bytes));
