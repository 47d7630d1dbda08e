//! Hands the fuzzer's bytes to `aval_agent::fuzz::smbios`, which says what must hold.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| aval_agent::fuzz::smbios(bytes));
