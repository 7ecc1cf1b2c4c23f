//! A title with everything the catalogue knows of it.

use cineclub_db::artwork::{Artwork, ArtworkKind};
use cineclub_db::assets::{Asset, AssetState};
use cineclub_db::edits::Edit;
use cineclub_db::titles::{Title, TitleText};
use cineclub_db::tracks::Track;
use cineclub_domain::codec::Codec;
use cineclub_domain::decide::Subject;
use cineclub_domain::id::AssetId;
use cineclub_domain::language::Language;
use cineclub_domain::permit::RUNGS_LIMIT;
use cineclub_domain::title::{self, Lineage, TrackKind};

use crate::storage::Presence;

/// A title with everything the catalogue knows of it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The title.
    pub title: Title,
    /// The title and those it belongs to.
    pub lineage: Lineage,
    /// Its texts, in each language there is.
    pub texts: Vec<TitleText>,
    /// Its pictures.
    pub artwork: Vec<Artwork>,
    /// Its edits.
    pub edits: Vec<Edit>,
    /// The files that embody it, the newest first.
    pub assets: Vec<AssetEntry>,
}

/// A file with its tracks.
#[derive(Debug, Clone)]
pub struct AssetEntry {
    /// The file.
    pub asset: Asset,
    /// Its tracks.
    pub tracks: Vec<Track>,
    /// Whether the disk it lies on is there.
    pub presence: Presence,
}

impl Entry {
    /// What the decision asks about.
    pub fn subject(&self) -> Subject<'_> {
        Subject {
            lineage: &self.lineage,
            min_age: self.title.rating_age,
        }
    }

    /// Its text in `language`, in the language it was made in, or in whatever there is.
    pub fn text(&self, language: &Language) -> Option<&TitleText> {
        let wanted = [
            language.primary(),
            self.title.original_language.primary(),
            "en",
        ];
        wanted
            .iter()
            .find_map(|tag| {
                self.texts
                    .iter()
                    .find(|text| text.language.primary() == *tag)
            })
            .or_else(|| self.texts.first())
    }

    /// Its name in `language`; its slug where it has none.
    pub fn name(&self, language: &Language) -> &str {
        self.text(language)
            .map_or(self.title.slug.as_str(), |text| text.name.as_str())
    }

    /// Its picture of a kind.
    pub fn art(&self, kind: ArtworkKind) -> Option<&Artwork> {
        self.artwork.iter().find(|artwork| artwork.kind == kind)
    }

    /// The file a play would use: the newest that can be played and whose disk is there. Another size of a film does
    /// not play by itself: it may have no sound.
    pub fn playable(&self) -> Option<&AssetEntry> {
        self.leading()
            .find(|entry| entry.state_now() == AssetState::Ready)
    }

    /// The film behind it, even if its file is away for now.
    pub fn film(&self) -> Option<&AssetEntry> {
        let kept = |entry: &&AssetEntry| {
            matches!(entry.asset.state, AssetState::Ready | AssetState::Missing)
        };
        self.playable().or_else(|| self.leading().find(kept))
    }

    /// The files with other sizes of a film, the oldest first, even if they are away for now: of copies one, and no more
    /// than a permit names.
    pub fn rungs<'e>(&'e self, film: &'e AssetEntry) -> impl Iterator<Item = &'e AssetEntry> {
        let contents = |asset: &Asset| (asset.fingerprint.clone(), asset.size_bytes);
        // A copy of the film has its sizes as well.
        let is_film = move |id: AssetId| {
            let named = self.assets.iter().find(|entry| entry.asset.id == id);
            id == film.asset.id
                || named.is_some_and(|named| contents(&named.asset) == contents(&film.asset))
        };
        let rungs =
            self.assets.iter().rev().filter(|entry| {
                matches!(entry.asset.state, AssetState::Ready | AssetState::Missing)
            });
        let mut kept: Vec<&AssetEntry> = Vec::new();
        for rung in rungs.filter(move |entry| entry.asset.rung_of.is_some_and(is_film)) {
            let twin = kept
                .iter_mut()
                .find(|twin| contents(&twin.asset) == contents(&rung.asset));
            match twin {
                Some(twin) if twin.state_now() != AssetState::Ready => *twin = rung,
                Some(_) => {}
                None => kept.push(rung),
            }
        }
        kept.truncate(RUNGS_LIMIT);
        kept.into_iter()
    }

    /// The files that play by themselves, the newest first.
    pub fn leading(&self) -> impl Iterator<Item = &AssetEntry> {
        self.assets
            .iter()
            .filter(|entry| entry.asset.rung_of.is_none())
    }

    /// Whether there is a film behind it, even if its file is away for now.
    pub fn is_embodied(&self) -> bool {
        self.film().is_some()
    }
}

impl AssetEntry {
    /// The file's state, as long as its disk is there.
    pub fn state_now(&self) -> AssetState {
        self.presence.state_now(self.asset.state)
    }

    /// The picture as the decision needs it, with the file it is in.
    pub fn size(&self) -> Option<(AssetId, title::Track)> {
        let mut tracks = self.rules_tracks().into_iter();
        let picture = tracks.find(|track| track.kind == TrackKind::Video)?;
        Some((self.asset.id, picture))
    }

    /// The tracks as the decision needs them.
    pub fn rules_tracks(&self) -> Vec<title::Track> {
        self.tracks
            .iter()
            .map(|track| title::Track {
                number: track.number,
                kind: track.kind,
                codec: Codec::of_string(&track.rfc6381),
                language: track.language.clone(),
                height: track.height,
            })
            .collect()
    }
}
