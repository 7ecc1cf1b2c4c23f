//! Titles: what a viewer sees, and the tracks of the files that embody them.

use serde::{Deserialize, Serialize};

use crate::codec::Codec;
use crate::id::TitleId;
use crate::language::Language;

/// What a title is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TitleKind {
    /// A work that stands alone.
    Film,
    /// A work in seasons.
    Series,
    /// A part of a series.
    Season,
    /// A part of a season.
    Episode,
    /// A trailer, interview or making-of.
    Extra,
}

impl TitleKind {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Film => "film",
            Self::Series => "series",
            Self::Season => "season",
            Self::Episode => "episode",
            Self::Extra => "extra",
        }
    }

    /// Reads a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Film,
            Self::Series,
            Self::Season,
            Self::Episode,
            Self::Extra,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == text)
    }

    /// Whether a title of this kind is itself watched, and not only a shelf for others.
    pub fn is_watched(self) -> bool {
        matches!(self, Self::Film | Self::Episode | Self::Extra)
    }
}

/// A title and those it belongs to, nearest first: an episode, its season, its series. At most three.
///
/// Grants and holds on an ancestor reach the title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lineage {
    titles: [Option<TitleId>; 3],
}

impl Lineage {
    /// A title that belongs to nothing.
    pub fn of(title: TitleId) -> Self {
        Self {
            titles: [Some(title), None, None],
        }
    }

    /// A title that belongs to `parent`, and with it to whatever `parent` belongs to.
    pub fn below(title: TitleId, parent: Self) -> Self {
        Self {
            titles: [Some(title), parent.titles[0], parent.titles[1]],
        }
    }

    /// The title first, then those it belongs to.
    pub fn iter(&self) -> impl Iterator<Item = TitleId> + '_ {
        self.titles.iter().flatten().copied()
    }

    /// Whether `title` is the title itself or one it belongs to.
    pub fn contains(&self, title: TitleId) -> bool {
        self.iter().any(|t| t == title)
    }

    pub(crate) fn slots(&self) -> [Option<TitleId>; 3] {
        self.titles
    }

    pub(crate) fn from_slots(titles: [Option<TitleId>; 3]) -> Option<Self> {
        titles[0].map(|_| Self { titles })
    }
}

/// What a track carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackKind {
    /// Pictures.
    Video,
    /// Sound.
    Audio,
    /// Text shown with the pictures.
    Subtitle,
}

impl TrackKind {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Subtitle => "subtitle",
        }
    }

    /// Reads a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Video, Self::Audio, Self::Subtitle]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// What the rules need to know of a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// Its number in the asset, from 0; at most 63.
    pub number: u8,
    /// What it carries.
    pub kind: TrackKind,
    /// How it is coded.
    pub codec: Codec,
    /// Its language; `und` where it is not known.
    pub language: Language,
    /// Height in pixels, of pictures.
    pub height: Option<u32>,
}
