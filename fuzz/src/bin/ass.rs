//! Fuzz target: `cineclub_fuzz::ass`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cineclub_fuzz::ass(bytes));
