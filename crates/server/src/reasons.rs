//! What the media and the storage report, as reasons: the one place where their errors get a key.
//!
//! The matches are exhaustive, so that a new error can't be forgotten. What only an engineer can use stays in the
//! errors' own words: the log and `cineclub media probe` have them.

use std::io;

use cineclub_domain::reason::{Fact, Reason};
use cineclub_media::{
    Container, Damage, Error as Media, Holes, Kind, Misfit, RUNGS_LIMIT, Track, Waiting,
};

use crate::error::{Error, Kind as ErrorKind};
use crate::storage::{Absence, Error as Storage, UnsafePath};

impl From<Storage> for Error {
    fn from(error: Storage) -> Self {
        let kind = match error {
            Storage::Offline { .. } | Storage::Io(_) => ErrorKind::Unavailable,
            Storage::UnsafePath(_) | Storage::NotAFile | Storage::InABucket => ErrorKind::BadInput,
            Storage::UnknownRoot | Storage::Gone => ErrorKind::NotFound,
        };
        Self::new(kind, error.to_string())
            .telling(of_storage(&error))
            .because(error)
    }
}

/// What is wrong with a film's file, or with subtitles, and what to do.
pub(crate) fn of_media(error: &Media) -> Reason {
    match error {
        Media::Read(error) => Reason::new("reason-read").word("why", word_of_io(error)),
        Media::EndedEarly { at, size_bytes } => Reason::new("reason-ended-early")
            .bytes("at", *at)
            .bytes("size", *size_bytes),
        Media::Empty => Reason::new("reason-empty"),
        Media::NotAFilm(container) => {
            Reason::new("reason-not-a-film").word("what", word_of_container(*container))
        }
        Media::NotYet(container) => {
            Reason::new("reason-not-yet").word("what", word_of_container(*container))
        }
        Media::MissingBox(kind) => Reason::new("reason-missing-box").text("kind", kind.to_string()),
        Media::BadBox { kind, .. } => Reason::new("reason-bad-box").text("kind", kind.to_string()),
        Media::BadElement(_) => Reason::new("reason-bad-element"),
        Media::TooLarge {
            kind,
            size_bytes,
            limit_bytes,
        } => Reason::new("reason-box-too-large")
            .text("kind", kind.to_string())
            .bytes("size", *size_bytes)
            .bytes("limit", *limit_bytes),
        Media::Truncated {
            actual_bytes,
            expected_bytes,
        } => Reason::new("reason-truncated")
            .bytes("actual", *actual_bytes)
            .bytes("expected", *expected_bytes),
        Media::NoTracks => Reason::new("reason-no-tracks"),
        // These are met when a film is played, not when it is taken in.
        Media::NoSuchTrack(_)
        | Media::NotPlayable { .. }
        | Media::NotEncrypted { .. }
        | Media::NoSuchSegment { .. }
        | Media::BadIndex(_)
        | Media::IndexVersion { .. }
        | Media::IndexMismatch => Reason::new("reason-index-again"),
        Media::Subtitles(_) => Reason::new("reason-subtitles"),
    }
}

/// Whether a reason tells, before anything else, that not all of a film can be played: it is cut off, or has holes.
pub(crate) fn is_of_damage(reason: &Reason) -> bool {
    reason.fact("playable").is_some() || reason.fact("holes").is_some()
}

/// What is left of a film that is cut off.
pub(crate) fn of_damage(damage: Damage) -> Reason {
    let playable = Fact::LengthMs(damage.playable_ms);
    match damage.declared_ms {
        0 => Reason::new("reason-cut-off-somewhere").with("playable", playable),
        declared_ms => Reason::new("reason-cut-off")
            .with("playable", playable)
            .with("declared", Fact::LengthMs(declared_ms)),
    }
}

/// What is missing in the middle of a film.
pub(crate) fn of_holes(holes: Holes) -> Reason {
    Reason::new("reason-holes")
        .count("holes", holes.count)
        .with("first", Fact::LengthMs(holes.first_ms))
}

/// Why a track can't be played as it is, or not on every screen, if that is so.
pub(crate) fn of_track(track: &Track) -> Option<Reason> {
    let Some(waiting) = track.waiting else {
        let everywhere = matches!(track.codec.as_str(), "h264" | "aac");
        let limited = Reason::new("reason-some-screens")
            .word("what", word_of_kind(track.kind))
            .text("codec", codec(track))
            .count("track", track.number);
        return (!everywhere).then_some(limited);
    };
    let reason = match waiting {
        Waiting::Codec => Reason::new("reason-waits-codec")
            .word("what", word_of_kind(track.kind))
            .text("codec", codec(track)),
        Waiting::Profile => Reason::new("reason-waits-profile")
            .word("what", word_of_kind(track.kind))
            .text("codec", codec(track)),
        Waiting::Encrypted => Reason::new("reason-waits-encrypted"),
        Waiting::ElsewhereData => Reason::new("reason-waits-elsewhere"),
        Waiting::KeyFrames { longest_ms } => {
            Reason::new("reason-waits-key-frames").with("longest", Fact::LengthMs(longest_ms))
        }
        Waiting::FormatChanges => Reason::new("reason-waits-format-changes"),
        Waiting::Text => return None,
        Waiting::SubtitleInside => Reason::new("reason-waits-subtitles"),
        Waiting::BurnIn => Reason::new("reason-waits-burn-in"),
        Waiting::Compressed => Reason::new("reason-waits-compressed"),
        Waiting::Scattered => Reason::new("reason-waits-scattered"),
        Waiting::NotShown => Reason::new("reason-waits-not-shown"),
        Waiting::SecondPicture => Reason::new("reason-waits-second-picture"),
        Waiting::NoSamples => Reason::new("reason-waits-no-samples"),
        Waiting::Damaged => Reason::new("reason-waits-damaged"),
    };
    Some(reason.count("track", track.number))
}

/// Why a film can't be another size of a title's film.
pub(crate) fn of_misfit(why: &Misfit) -> Reason {
    let shape = |(width, height): (u32, u32)| format!("{width}×{height}");
    match why {
        Misfit::NoPicture => Reason::new("reason-size-no-picture"),
        Misfit::Codec { own, lead } => Reason::new("reason-size-codec")
            .text("own", own.to_uppercase())
            .text("film", lead.to_uppercase()),
        Misfit::LightRange => Reason::new("reason-size-range"),
        Misfit::Shape { own, lead } => Reason::new("reason-size-shape")
            .text("own", shape(*own))
            .text("film", shape(*lead)),
        Misfit::Length { own_ms, lead_ms } => Reason::new("reason-size-length")
            .with("own", Fact::LengthMs(*own_ms))
            .with("film", Fact::LengthMs(*lead_ms)),
        Misfit::Shifted => Reason::new("reason-size-shifted"),
        Misfit::OpenGroups => Reason::new("reason-size-open-groups"),
        Misfit::KeyFrames { longest_ms } => {
            Reason::new("reason-size-key-frames").with("longest", Fact::LengthMs(*longest_ms))
        }
        Misfit::TooMany => Reason::new("reason-size-too-many").count("most", RUNGS_LIMIT as u64),
    }
}

/// Why a stored file can't be had, and what to do.
pub(crate) fn of_storage(error: &Storage) -> Reason {
    match error {
        Storage::Offline { path, why } => of_absence(path, why),
        Storage::UnknownRoot => Reason::new("reason-unknown-root"),
        Storage::UnsafePath(refused) => of_path(*refused),
        Storage::Gone => Reason::new("reason-gone"),
        Storage::NotAFile => Reason::new("reason-not-a-file"),
        Storage::InABucket => Reason::new("reason-in-a-bucket"),
        Storage::Io(error) => of_io(error),
    }
}

/// Why a path is refused, and what to do.
pub(crate) fn of_path(refused: UnsafePath) -> Reason {
    Reason::new(match refused {
        UnsafePath::Long => "reason-path-long",
        UnsafePath::Deep => "reason-path-deep",
        UnsafePath::Leaving => "reason-path-leaving",
        UnsafePath::NotUtf8 => "reason-path-not-utf8",
        UnsafePath::Control => "reason-path-control",
    })
}

/// Why the storage could not be read or written.
pub(crate) fn of_io(error: &io::Error) -> Reason {
    Reason::new("reason-storage").word("why", word_of_io(error))
}

fn of_absence(path: &str, why: &Absence) -> Reason {
    let reason = match why {
        Absence::NoFolder => Reason::new("reason-offline-no-folder"),
        Absence::AnotherRoot => Reason::new("reason-offline-another-root"),
        Absence::NoId => Reason::new("reason-offline-no-id"),
        Absence::BadId => Reason::new("reason-offline-bad-id"),
        Absence::UnknownBucket => Reason::new("reason-offline-bucket-unknown"),
        Absence::NoBucket => Reason::new("reason-offline-bucket-none"),
        Absence::Refused => Reason::new("reason-offline-bucket-refused"),
        Absence::Unanswered(_) => Reason::new("reason-offline-bucket-silent"),
        Absence::Unreadable(error) => {
            Reason::new("reason-offline-unreadable").word("why", word_of_io(error))
        }
    };
    reason.text("path", path)
}

fn word_of_io(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "word-io-denied",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "word-io-full",
        io::ErrorKind::ReadOnlyFilesystem => "word-io-read-only",
        io::ErrorKind::NotADirectory => "word-io-not-a-file",
        _ => "word-io-failed",
    }
}

fn word_of_container(container: Container) -> &'static str {
    match container {
        Container::Mp4 => "word-container-mp4",
        Container::Matroska => "word-container-matroska",
        Container::MpegTs => "word-container-mpegts",
        Container::Avi => "word-container-avi",
        Container::Mxf => "word-container-mxf",
        Container::Flv => "word-container-flv",
        Container::Asf => "word-container-asf",
        Container::Ogg => "word-container-ogg",
        Container::Mp3 => "word-container-mp3",
        Container::Playlist => "word-container-playlist",
        Container::Text => "word-container-text",
        Container::Image => "word-container-image",
        Container::Empty => "word-container-empty",
        Container::Unknown => "word-container-unknown",
    }
}

fn word_of_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Video => "word-picture",
        Kind::Audio => "word-sound",
        Kind::Subtitle => "word-subtitles",
        Kind::Other => "word-data",
    }
}

/// The codec as people write it. The file may call it anything.
fn codec(track: &Track) -> String {
    let name = track.codec.to_uppercase();
    name.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use cineclub_media::FourCc;

    use super::*;
    use crate::translations::{PageLanguage, T, Translations};

    fn told(language: PageLanguage, reason: &Reason) -> String {
        T::new(Arc::new(Translations::load("UTC")), language).reason(reason)
    }

    fn io(kind: io::ErrorKind) -> io::Error {
        kind.into()
    }

    /// One of each error of the media crate, and of each word in one.
    fn of_all_media() -> Vec<Reason> {
        let kind = FourCc(*b"stsc");
        let (size_bytes, limit_bytes) = (2_000_000, 1_000_000);
        let containers = [
            Container::Mp4,
            Container::Matroska,
            Container::MpegTs,
            Container::Avi,
            Container::Mxf,
            Container::Flv,
            Container::Asf,
            Container::Ogg,
            Container::Mp3,
            Container::Playlist,
            Container::Text,
            Container::Image,
            Container::Empty,
            Container::Unknown,
        ];
        let mut errors = vec![
            Media::EndedEarly { at: 1, size_bytes },
            Media::Empty,
            Media::MissingBox(kind),
            Media::BadBox {
                kind,
                what: "it ends early",
            },
            Media::TooLarge {
                kind,
                size_bytes,
                limit_bytes,
            },
            Media::Truncated {
                actual_bytes: 1,
                expected_bytes: 2,
            },
            Media::BadElement("the head is missing"),
            Media::NoTracks,
            Media::IndexMismatch,
            Media::Subtitles("there is no text with times in it"),
        ];
        errors.extend(containers.map(Media::NotAFilm));
        errors.extend(containers.map(Media::NotYet));
        errors.iter().map(of_media).collect()
    }

    fn of_all_tracks() -> Vec<Reason> {
        let film = cineclub_media::example_film();
        let (index, _) = cineclub_media::open(&film, film.len() as u64).unwrap();
        let waits = |waiting, kind, codec: &str| {
            let mut track = index.tracks[0].clone();
            (track.waiting, track.kind) = (Some(waiting), kind);
            codec.clone_into(&mut track.codec);
            of_track(&track).unwrap()
        };
        let mut limited = index.tracks[0].clone();
        assert_eq!(of_track(&limited), None, "H.264 plays everywhere");
        limited.codec = "hevc".to_owned();
        let mut reasons = vec![of_track(&limited).unwrap()];
        for kind in [Kind::Video, Kind::Audio, Kind::Subtitle, Kind::Other] {
            reasons.push(waits(Waiting::Codec, kind, "hevc"));
            reasons.push(waits(Waiting::Profile, kind, "h264"));
        }
        for waiting in [
            Waiting::Encrypted,
            Waiting::ElsewhereData,
            Waiting::KeyFrames { longest_ms: 61_250 },
            Waiting::FormatChanges,
            Waiting::SubtitleInside,
            Waiting::BurnIn,
            Waiting::Compressed,
            Waiting::Scattered,
            Waiting::NotShown,
            Waiting::SecondPicture,
            Waiting::NoSamples,
            Waiting::Damaged,
        ] {
            reasons.push(waits(waiting, Kind::Video, "h264"));
        }
        reasons
    }

    fn of_all_storage() -> Vec<Reason> {
        let offline = |why| Storage::Offline {
            path: "/films".to_owned(),
            why,
        };
        let mut errors = vec![
            Storage::UnknownRoot,
            Storage::Gone,
            Storage::NotAFile,
            Storage::InABucket,
            offline(Absence::UnknownBucket),
            offline(Absence::NoBucket),
            offline(Absence::Refused),
            offline(Absence::Unanswered("timed out".to_owned())),
            offline(Absence::NoFolder),
            offline(Absence::AnotherRoot),
            offline(Absence::NoId),
            offline(Absence::BadId),
            offline(Absence::Unreadable(io(io::ErrorKind::PermissionDenied))),
        ];
        errors.extend(
            [
                UnsafePath::Long,
                UnsafePath::Deep,
                UnsafePath::Leaving,
                UnsafePath::NotUtf8,
                UnsafePath::Control,
            ]
            .map(Storage::from),
        );
        errors.extend(
            [
                io::ErrorKind::PermissionDenied,
                io::ErrorKind::StorageFull,
                io::ErrorKind::ReadOnlyFilesystem,
                io::ErrorKind::NotADirectory,
                io::ErrorKind::TimedOut,
            ]
            .map(|kind| Storage::Io(io(kind))),
        );
        errors.iter().map(of_storage).collect()
    }

    #[test]
    fn every_error_has_a_whole_sentence_of_its_own_in_both_languages() {
        let damage = Damage {
            playable_ms: 1_000,
            declared_ms: 2_000,
        };
        let endless = Damage {
            declared_ms: 0,
            ..damage
        };
        let [one, two] = [1, 2].map(|count| Holes {
            count,
            first_ms: 3_000,
        });
        let mut reasons = vec![
            of_damage(damage),
            of_damage(endless),
            of_holes(one),
            of_holes(two),
        ];
        reasons.extend(of_all_media());
        reasons.extend(of_all_tracks());
        reasons.extend(of_all_storage());
        let mut all = BTreeSet::new();
        for reason in &reasons {
            let (en, fr) = (
                told(PageLanguage::En, reason),
                told(PageLanguage::Fr, reason),
            );
            for text in [&en, &fr] {
                let is_whole = !text.contains('{') && text.ends_with(['.', '?']);
                assert!(is_whole && text.contains(' '), "{text}");
            }
            assert_ne!(en, fr);
            all.insert(fr);
        }
        assert_eq!(all.len(), reasons.len(), "no two are told alike: {all:#?}");
        let bare = told(PageLanguage::Fr, &Reason::new("reason-missing-box"));
        assert!(bare.contains('{'), "the control: a missing fact is noticed");
    }

    #[test]
    fn a_reason_is_told_in_plain_words_and_in_the_readers_own_way() {
        let long = Media::TooLarge {
            kind: FourCc(*b"\xa9nam"),
            size_bytes: 3 << 20,
            limit_bytes: 1_536,
        };
        insta::assert_snapshot!(told(PageLanguage::En, &of_media(&long)), @r"The file’s “\xa9nam” box has 3.0 MB; at most 1.5 KB are read. Deliver the file again.");
        insta::assert_snapshot!(told(PageLanguage::Fr, &of_media(&long)), @r"La boîte « \xa9nam » du fichier fait 3,0 Mo ; on en lit au plus 1,5 Ko. Livrez le fichier de nouveau.");
        let text = of_media(&Media::NotAFilm(Container::Text));
        let holes = of_holes(Holes {
            count: 2,
            first_ms: 72_000,
        });
        insta::assert_snapshot!(told(PageLanguage::En, &holes), @"The file is damaged in 2 places, the first 1 min 12 s after its beginning: what lies there is left out. Deliver the file again.");
        insta::assert_snapshot!(told(PageLanguage::Fr, &holes), @"Le fichier est abîmé à 2 endroits, le premier 1 min 12 s après le début : ce qui s’y trouve est omis. Livrez le fichier de nouveau.");
        insta::assert_snapshot!(told(PageLanguage::Fr, &text), @"C’est un fichier texte, pas un film. Retirez-le ou donnez-lui l’extension qui lui revient.");
    }
}
