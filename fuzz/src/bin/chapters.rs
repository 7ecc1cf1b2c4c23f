//! Fuzz target: `cineclub_fuzz::chapters`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cineclub_fuzz::chapters(bytes));
