//! What of a film is listed in its playlists, whichever their language: a permit may narrow it.

use crate::error::{Error, Result};
use crate::index::{Index, Track};
use crate::key_system::Encryption;
use crate::ladder::{self, Listed, Sizes};
use crate::languages;
use crate::model::{Kind, Role};
use crate::tiles::Tiles;

/// What of a film is listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Track numbers; tracks that wait are left out by themselves.
    pub tracks: Vec<u32>,
    /// Names to show for tracks, where the language's own name is not enough.
    pub names: Vec<(u32, String)>,
    /// Subtitles beside the film.
    pub subtitles: Vec<SubtitleRendition>,
    /// How picture and sound are encrypted, if they are.
    pub encryption: Option<Encryption>,
    /// The thumbnails of the picture, which are listed with it: not without it, and not where it is encrypted, as they are not.
    pub tiles: Option<Tiles>,
}

/// Subtitles beside the film, served as `{track}/text.vtt`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubtitleRendition {
    /// The first part of the URI; letters, digits, `-` and `_` only.
    pub track: String,
    /// The name to show; without one, the language's own name.
    pub name: Option<String>,
    /// ISO 639-2 or BCP 47.
    pub language: Option<String>,
    /// Shown even when subtitles are off.
    pub forced: bool,
    /// For the deaf and hard of hearing.
    pub sdh: bool,
    /// Shown unless the viewer chooses otherwise.
    pub default: bool,
}

/// The tracks of a selection that are there and play.
pub(crate) struct Chosen<'a> {
    /// The picture, in each size that is listed, the one to begin with first.
    pub(crate) pictures: Vec<Listed<'a>>,
    /// What the pictures are called together: the number of the leading film's.
    pub(crate) picture_set: u32,
    pub(crate) sounds: Vec<&'a Track>,
    /// Which sound is heard unless the viewer chooses otherwise, as a place in `sounds`.
    pub(crate) default_sound: usize,
    pub(crate) tiles: Option<&'a Tiles>,
}

impl Selection {
    /// Everything in the film that can be played.
    pub fn everything(index: &Index) -> Selection {
        let playable = index.tracks.iter().filter(|track| track.is_playable());
        Selection {
            tracks: playable.map(|track| track.number).collect(),
            ..Selection::default()
        }
    }

    /// Finds the tracks in the index.
    ///
    /// # Errors
    /// [`Error::NoSuchTrack`] for a number the film has not, [`Error::NoTracks`] when nothing playable is selected,
    /// [`Error::Subtitles`] for a subtitle track that cannot be a part of a URI.
    pub(crate) fn chosen<'a>(&'a self, film: Sizes<'a>) -> Result<Chosen<'a>> {
        let mut own = None;
        let mut sounds = Vec::new();
        for number in &self.tracks {
            let track = film.lead.track(*number)?;
            match track.kind {
                Kind::Video if track.is_playable() => own = own.or(Some(track)),
                Kind::Audio if track.is_playable() => sounds.push(track),
                _ => {}
            }
        }
        let mut pictures: Vec<Listed<'a>> = Vec::new();
        if let Some(own) = own {
            let joined = film
                .ladder
                .and_then(|ladder| Listed::picture(film.lead, ladder, 0));
            pictures.push(joined.unwrap_or(Listed::alone(own)));
        }
        for (rung, index) in film.rungs {
            let ladder = film.ladder.filter(|ladder| ladder.picture(0).is_some());
            pictures.extend(ladder.and_then(|ladder| Listed::picture(index, ladder, *rung)));
        }
        ladder::sort(&mut pictures);
        if pictures.is_empty() && sounds.is_empty() {
            return Err(Error::NoTracks);
        }
        if !self.subtitles.iter().all(SubtitleRendition::is_addressable) {
            return Err(Error::Subtitles(
                "the track's name cannot be part of an address",
            ));
        }
        let default_sound = sounds
            .iter()
            .position(|track| track.default && track.role == Role::Main)
            .unwrap_or(0);
        let lead = film.ladder.and_then(|ladder| ladder.picture(0));
        let has_clear_picture = !pictures.is_empty() && self.encryption.is_none();
        let own = own.map(|own| own.number);
        Ok(Chosen {
            picture_set: own.or(lead).unwrap_or(0),
            pictures,
            sounds,
            default_sound,
            tiles: self.tiles.as_ref().filter(|_| has_clear_picture),
        })
    }

    /// What a track of sound is called: as the selection says, or the language's own name and what the file adds.
    pub(crate) fn sound_name(&self, track: &Track) -> String {
        let given = self
            .names
            .iter()
            .find(|(number, _)| *number == track.number);
        given
            .map(|(_, name)| name.clone())
            .or_else(|| spoken_name(track))
            .unwrap_or_else(|| track.number.to_string())
    }
}

impl SubtitleRendition {
    /// What it is called.
    pub(crate) fn shown_name(&self) -> String {
        let own = self.language.as_deref().and_then(languages::endonym);
        self.name
            .clone()
            .or_else(|| own.map(str::to_owned))
            .unwrap_or_else(|| self.track.clone())
    }

    fn is_addressable(&self) -> bool {
        let is_plain =
            |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
        !self.track.is_empty() && self.track.chars().all(is_plain)
    }
}

/// The language's own name, and what the file adds to it.
fn spoken_name(track: &Track) -> Option<String> {
    let language = track.language.as_deref().and_then(languages::endonym);
    match (language, &track.name) {
        (Some(language), Some(name)) if !name.eq_ignore_ascii_case(language) => {
            Some(format!("{language} ({name})"))
        }
        (Some(language), _) => Some(language.to_owned()),
        (None, name) => name.clone(),
    }
}
