//! Fuzz target: `cineclub_fuzz::film`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cineclub_fuzz::film(bytes));
