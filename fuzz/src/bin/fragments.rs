//! Fuzz target: `cineclub_fuzz::fragments`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cineclub_fuzz::fragments(bytes));
