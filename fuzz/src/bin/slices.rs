//! Fuzz target: `cineclub_fuzz::slices`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cineclub_fuzz::slices(bytes));
