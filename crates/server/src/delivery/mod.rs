//! Plays and the bytes they let flow.
