//! Fuzz target: `cineclub_fuzz::matroska`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cineclub_fuzz::matroska(bytes));
