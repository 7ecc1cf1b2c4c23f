//! Fuzz target: `cineclub_fuzz::webvtt`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cineclub_fuzz::webvtt(bytes));
