//! Fuzz target: `cineclub_fuzz::segmenter`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cineclub_fuzz::segmenter(bytes));
