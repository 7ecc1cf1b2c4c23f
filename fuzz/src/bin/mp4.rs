//! Fuzz target: `cineclub_fuzz::mp4`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cineclub_fuzz::mp4(bytes));
