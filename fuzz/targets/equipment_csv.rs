//! Hands the fuzzer's bytes to `aval_relay::fuzz::equipment_csv`, which says what must hold.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| aval_relay::fuzz::equipment_csv(bytes));
