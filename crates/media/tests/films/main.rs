//! Real films, made with ffmpeg when the tests run, go in; what comes out is compared frame by frame.

mod bad_input;
mod chapters;
mod compare;
mod corpus;
mod encrypted;
mod fragments;
mod holes;
mod ladder;
mod make;
mod package;
mod pinned;
mod playlists;
mod rewritten;
mod texts;
mod way;
