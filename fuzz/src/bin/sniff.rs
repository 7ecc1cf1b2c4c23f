//! Fuzz target: `cineclub_fuzz::sniff`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cineclub_fuzz::sniff(bytes));
