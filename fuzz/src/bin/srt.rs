//! Fuzz target: `cineclub_fuzz::subtitles`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cineclub_fuzz::subtitles(bytes));
