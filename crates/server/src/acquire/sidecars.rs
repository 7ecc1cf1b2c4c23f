//! Which files beside a film belong to it: texts, pictures, subtitles, the claim of a licence.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use cineclub_db::artwork::ArtworkKind;
use cineclub_domain::language::Language;

use super::claims;
use super::names::{Named, season_folder, stem};

/// Endings of files we take for films. What they are is told by their content.
const VIDEO: [&str; 15] = [
    "mp4", "m4v", "mov", "mkv", "webm", "avi", "ts", "m2ts", "mpg", "mpeg", "wmv", "flv", "mxf",
    "ogv", "3gp",
];
const PICTURE: [&str; 4] = ["jpg", "jpeg", "png", "webp"];
const SUBTITLE: [&str; 4] = ["vtt", "srt", "ass", "ssa"];
/// Endings of files that are still being written by somebody else.
const UNFINISHED: [&str; 7] = [
    "part",
    "tmp",
    "crdownload",
    "partial",
    "download",
    "!qb",
    "filepart",
];

/// What a file is to a watch folder, told from its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It may be a film.
    Film,
    /// It may say something about a film.
    Sidecar,
    /// It is none of our business: hidden, unfinished, or of another kind.
    Nothing,
}

/// To which title of a family a sidecar belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// The film or episode.
    Own,
    /// The season.
    Season,
    /// The series.
    Series,
}

/// A subtitle file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SubtitleFile {
    /// Its path below the root.
    pub path: String,
    /// Its language, `und` when the name doesn't say.
    pub language: Language,
    /// Only where the language is foreign to the film's own.
    pub forced: bool,
    /// For the deaf and hard of hearing.
    pub sdh: bool,
}

/// The files that belong to a film or an episode, by their paths below the root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sidecars {
    /// NFO files: whose, and the language of a localised one.
    pub texts: Vec<(Level, Option<Language>, String)>,
    /// Pictures: whose, and what for.
    pub pictures: Vec<(Level, ArtworkKind, String)>,
    /// Subtitles.
    pub subtitles: Vec<SubtitleFile>,
    /// The nearest `rights.toml`, and whose it is.
    pub claim: Option<(Level, String)>,
}

/// What a file is to a watch folder.
pub(super) fn role(name: &str) -> Role {
    let extension = extension(name);
    if name.starts_with('.') || name.ends_with('~') || UNFINISHED.contains(&extension.as_str()) {
        return Role::Nothing;
    }
    if VIDEO.contains(&extension.as_str()) {
        return Role::Film;
    }
    let is_sidecar = extension == "nfo"
        || PICTURE.contains(&extension.as_str())
        || SUBTITLE.contains(&extension.as_str())
        || name == claims::FILE;
    if is_sidecar {
        Role::Sidecar
    } else {
        Role::Nothing
    }
}

/// Whether a file may be a film, by its name.
pub(crate) fn may_be_film(name: &str) -> bool {
    role(name) == Role::Film
}

/// Whether a name is one that programs give to files they have not finished.
pub(super) fn is_temporary(name: &str) -> bool {
    name.starts_with('.') || UNFINISHED.contains(&extension(name).as_str())
}

/// Finds the sidecars of the film at `path`. `list` gives the names of the plain files in a folder below the root.
pub(super) fn find(
    path: &str,
    named: &Named,
    list: &mut dyn FnMut(&str) -> Vec<String>,
) -> Sidecars {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let mut found = Sidecars::default();
    let names = list(folder);
    let stem = stem(file);
    own(
        &mut found,
        folder,
        stem,
        &names,
        matches!(named, Named::Episode { .. }),
    );
    match named {
        Named::Film { .. } => {
            let is_alone = !folder.is_empty()
                && names.iter().filter(|name| role(name) == Role::Film).count() == 1;
            if is_alone {
                folder_level(&mut found, Level::Own, "movie", folder, &names);
            }
            claim(&mut found, Level::Own, folder, &names);
        }
        Named::Episode { season, .. } => {
            let last = folder.rsplit('/').next().unwrap_or_default();
            if season_folder(last).is_some() {
                folder_level(&mut found, Level::Season, "season", folder, &names);
                claim(&mut found, Level::Season, folder, &names);
                let parent = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
                of_series(&mut found, parent, &list(parent), *season);
            } else if !folder.is_empty() || names.iter().any(|name| name == "tvshow.nfo") {
                of_series(&mut found, folder, &names, *season);
            }
        }
    }
    found
}

/// Films by their folders and names, so that a sidecar finds those it concerns without looking at all of them.
pub(super) struct Films<'f, F> {
    by_folder: BTreeMap<&'f str, Vec<&'f F>>,
    by_stem: HashMap<(&'f str, &'f str), Vec<&'f F>>,
}

/// The most films a file about a whole folder concerns, in it and as many in the folders below.
const MOST: usize = 50;

impl<F> Default for Films<'_, F> {
    fn default() -> Self {
        Self {
            by_folder: BTreeMap::new(),
            by_stem: HashMap::new(),
        }
    }
}

impl<'f, F> Films<'f, F> {
    /// Adds the film at `path`.
    pub(super) fn add(&mut self, path: &'f str, film: &'f F) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        self.by_folder.entry(folder).or_default().push(film);
        let key = (folder, stem(name));
        self.by_stem.entry(key).or_default().push(film);
    }

    /// The films that a sidecar which has just arrived may concern.
    ///
    /// Those whose name it begins with; for a file about the whole folder, those in it and one of each folder below.
    pub(super) fn concerned(&self, sidecar: &str) -> Vec<&'f F> {
        let (folder, name) = sidecar.rsplit_once('/').unwrap_or(("", sidecar));
        let ends = name.match_indices(['.', '-']);
        let own: Vec<_> = ends
            .filter_map(|(end, _)| self.by_stem.get(&(folder, &name[..end])))
            .flatten()
            .copied()
            .collect();
        if !own.is_empty() || !is_about_folder(name) {
            return own;
        }
        let here = self.by_folder.get(folder).into_iter().flatten().copied();
        here.take(MOST)
            .chain(self.one_of_each_below(folder))
            .collect()
    }

    fn one_of_each_below(&self, folder: &str) -> impl Iterator<Item = &'f F> {
        let below = match folder {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let from = (Bound::Included(below.as_str()), Bound::Unbounded);
        let folders = self.by_folder.range::<str, _>(from);
        folders
            .take_while(move |(theirs, _)| theirs.starts_with(&below))
            .filter(move |(theirs, _)| !theirs.is_empty())
            .filter_map(|(_, films)| films.first().copied())
            .take(MOST)
    }
}

/// Whether a sidecar says something about everything in its folder, and not about a film that isn't there yet.
fn is_about_folder(name: &str) -> bool {
    const ABOUT: [&str; 9] = [
        "tvshow",
        "movie",
        "season",
        "poster",
        "folder",
        "cover",
        "fanart",
        "backdrop",
        "landscape",
    ];
    let first: String = name
        .chars()
        .take_while(|c| c.is_ascii_alphabetic())
        .flat_map(char::to_lowercase)
        .collect();
    name == claims::FILE || ABOUT.contains(&first.as_str())
}

fn extension(name: &str) -> String {
    name.rsplit_once('.')
        .map_or_else(String::new, |(_, extension)| extension.to_ascii_lowercase())
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// Files that begin with the film's own name.
fn own(found: &mut Sidecars, folder: &str, film: &str, names: &[String], is_episode: bool) {
    for name in names {
        let Some(rest) = name
            .strip_prefix(film)
            .filter(|rest| rest.starts_with(['.', '-']))
        else {
            continue;
        };
        let extension = extension(name);
        let middle = rest
            .strip_suffix(&rest[rest.len() - extension.len()..])
            .unwrap_or(rest)
            .trim_end_matches('.');
        let path = join(folder, name);
        if extension == "nfo" {
            text(found, Level::Own, middle, path);
        } else if SUBTITLE.contains(&extension.as_str()) {
            found.subtitles.extend(subtitle(middle, path));
        } else if PICTURE.contains(&extension.as_str()) {
            let kind = match (middle, is_episode) {
                ("-poster" | "", false) | ("-poster", true) => ArtworkKind::Poster,
                ("-fanart" | "-backdrop" | "-landscape", _) => ArtworkKind::Backdrop,
                ("-thumb" | "-still" | "", true) => ArtworkKind::Still,
                _ => continue,
            };
            found.pictures.push((Level::Own, kind, path));
        }
    }
    // WebVTT before SubRip: of two files for the same purpose the first is kept.
    found
        .subtitles
        .sort_by_key(|file| !file.path.ends_with("vtt"));
    let mut kept: Vec<SubtitleFile> = Vec::new();
    for file in found.subtitles.drain(..) {
        let same = |other: &SubtitleFile| {
            (&other.language, other.forced, other.sdh) == (&file.language, file.forced, file.sdh)
        };
        if !kept.iter().any(same) {
            kept.push(file);
        }
    }
    kept.sort_by(|a, b| a.path.cmp(&b.path));
    found.subtitles = kept;
}

/// An NFO named `….nfo` or, localised, `….fr.nfo`.
fn text(found: &mut Sidecars, level: Level, middle: &str, path: String) {
    let language = match middle.strip_prefix('.') {
        None if middle.is_empty() => None,
        Some(tag) => match tag.parse() {
            Ok(language) => Some(language),
            Err(_) => return,
        },
        None => return,
    };
    found.texts.push((level, language, path));
}

/// `….en.forced.srt`: what the words between the film's name and the ending say.
fn subtitle(middle: &str, path: String) -> Option<SubtitleFile> {
    let mut file = SubtitleFile {
        path,
        language: Language::unknown(),
        forced: false,
        sdh: false,
    };
    for word in middle.split('.').filter(|word| !word.is_empty()) {
        match word.to_ascii_lowercase().as_str() {
            "forced" | "foreign" => file.forced = true,
            "sdh" | "cc" | "hi" if file.language != Language::unknown() || word != "hi" => {
                file.sdh = true
            }
            "default" => {}
            // A dash belongs to another film: "Film-trailer.srt".
            tag => file.language = tag.parse().ok()?,
        }
    }
    Some(file)
}

/// Files about everything in a folder: `movie.nfo`, `poster.jpg`, `fanart.jpg`.
fn folder_level(found: &mut Sidecars, level: Level, about: &str, folder: &str, names: &[String]) {
    for name in names {
        let extension = extension(name);
        let bare = stem(name);
        if extension == "nfo" {
            if let Some(middle) = bare.strip_prefix(about) {
                text(found, level, middle, join(folder, name));
            }
        } else if PICTURE.contains(&extension.as_str()) {
            let kind = match bare.to_ascii_lowercase().as_str() {
                "poster" | "folder" | "cover" => ArtworkKind::Poster,
                "fanart" | "backdrop" | "landscape" => ArtworkKind::Backdrop,
                _ => continue,
            };
            picture(found, level, kind, join(folder, name));
        }
    }
}

/// Takes a picture unless a more exact name gave one already.
fn picture(found: &mut Sidecars, level: Level, kind: ArtworkKind, path: String) {
    if !found
        .pictures
        .iter()
        .any(|(l, k, _)| (*l, *k) == (level, kind))
    {
        found.pictures.push((level, kind, path));
    }
}

fn of_series(found: &mut Sidecars, folder: &str, names: &[String], season: u32) {
    folder_level(found, Level::Series, "tvshow", folder, names);
    claim(found, Level::Series, folder, names);
    let prefix = if season == 0 {
        "season-specials".to_owned()
    } else {
        format!("season{season:02}")
    };
    for name in names {
        let is_picture = PICTURE.contains(&extension(name).as_str());
        match stem(name).to_ascii_lowercase().strip_prefix(&prefix) {
            Some("-poster" | "") if is_picture => picture(
                found,
                Level::Season,
                ArtworkKind::Poster,
                join(folder, name),
            ),
            Some("-fanart") if is_picture => picture(
                found,
                Level::Season,
                ArtworkKind::Backdrop,
                join(folder, name),
            ),
            _ => {}
        }
    }
}

fn claim(found: &mut Sidecars, level: Level, folder: &str, names: &[String]) {
    if found.claim.is_none() && names.iter().any(|name| name == claims::FILE) {
        found.claim = Some((level, join(folder, claims::FILE)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acquire::names;

    fn of(path: &str, files: &[&str]) -> Sidecars {
        let mut list = |folder: &str| {
            let inside = files.iter().chain([&path]).filter_map(|file| {
                let (theirs, name) = file.rsplit_once('/').unwrap_or(("", file));
                (theirs == folder).then(|| name.to_owned())
            });
            inside.collect()
        };
        find(path, &names::read(path), &mut list)
    }

    #[test]
    fn a_film_has_the_files_that_begin_with_its_name_and_those_of_its_own_folder() {
        let found = of(
            "Sintel (2010)/Sintel (2010).mp4",
            &[
                "Sintel (2010)/Sintel (2010).nfo",
                "Sintel (2010)/Sintel (2010).fr.nfo",
                "Sintel (2010)/Sintel (2010)-poster.jpg",
                "Sintel (2010)/poster.png",
                "Sintel (2010)/fanart.jpg",
                "Sintel (2010)/Sintel (2010).en.srt",
                "Sintel (2010)/Sintel (2010).en.vtt",
                "Sintel (2010)/Sintel (2010).fr.forced.srt",
                "Sintel (2010)/Sintel (2010).pt-BR.sdh.srt",
                "Sintel (2010)/Sintel (2010) 2.srt",
                "Sintel (2010)/rights.toml",
                "poster.jpg",
            ],
        );
        let languages: Vec<_> = found
            .texts
            .iter()
            .map(|(_, l, _)| l.as_ref().map(Language::as_str))
            .collect();
        assert_eq!(languages, [None, Some("fr")]);
        let pictures: Vec<_> = found
            .pictures
            .iter()
            .map(|(_, kind, path)| (*kind, path.as_str()))
            .collect();
        assert_eq!(
            pictures,
            [
                (
                    ArtworkKind::Poster,
                    "Sintel (2010)/Sintel (2010)-poster.jpg"
                ),
                (ArtworkKind::Backdrop, "Sintel (2010)/fanart.jpg"),
            ]
        );
        let subtitles: Vec<_> = found
            .subtitles
            .iter()
            .map(|f| {
                (
                    f.language.as_str(),
                    f.forced,
                    f.sdh,
                    f.path.ends_with("vtt"),
                )
            })
            .collect();
        assert_eq!(
            subtitles,
            [
                ("en", false, false, true),
                ("fr", true, false, false),
                ("pt-BR", false, true, false)
            ]
        );
        assert_eq!(
            found.claim,
            Some((Level::Own, "Sintel (2010)/rights.toml".to_owned()))
        );
    }

    #[test]
    fn films_that_share_a_folder_do_not_share_its_poster() {
        let found = of(
            "films/A (2001).mp4",
            &[
                "films/B (2002).mp4",
                "films/poster.jpg",
                "films/B (2002)-poster.jpg",
            ],
        );
        assert_eq!(found.pictures, []);
    }

    #[test]
    fn an_episode_brings_the_files_of_its_season_and_series() {
        let path = "Tidelines/Season 02/Tidelines - S02E01 - Ebb.mp4";
        let found = of(
            path,
            &[
                "Tidelines/tvshow.nfo",
                "Tidelines/tvshow.fr.nfo",
                "Tidelines/poster.jpg",
                "Tidelines/fanart.jpg",
                "Tidelines/season01-poster.jpg",
                "Tidelines/season02-poster.jpg",
                "Tidelines/rights.toml",
                "Tidelines/Season 02/Tidelines - S02E01 - Ebb.nfo",
                "Tidelines/Season 02/Tidelines - S02E01 - Ebb-thumb.jpg",
            ],
        );
        let texts: Vec<_> = found.texts.iter().map(|(level, ..)| *level).collect();
        assert_eq!(texts, [Level::Own, Level::Series, Level::Series]);
        let pictures: Vec<_> = found
            .pictures
            .iter()
            .map(|(level, kind, _)| (*level, *kind))
            .collect();
        assert_eq!(
            pictures,
            [
                (Level::Own, ArtworkKind::Still),
                (Level::Series, ArtworkKind::Poster),
                (Level::Series, ArtworkKind::Backdrop),
                (Level::Season, ArtworkKind::Poster),
            ]
        );
        assert!(found.pictures[3].2.ends_with("season02-poster.jpg"));
        assert_eq!(found.claim.unwrap().0, Level::Series);
    }

    #[test]
    fn files_that_are_hidden_or_unfinished_are_none_of_our_business() {
        for name in [
            ".film.mp4",
            "film.mp4.part",
            "film.crdownload",
            "film.tmp",
            "film.mp4~",
            "notes.txt",
            "film",
        ] {
            assert_eq!(role(name), Role::Nothing, "{name}");
        }
        assert_eq!(role("FILM.MP4"), Role::Film);
        assert_eq!(role("rights.toml"), Role::Sidecar);
        assert_eq!(role("Cargo.toml"), Role::Nothing);
    }

    #[test]
    fn a_late_sidecar_finds_the_films_it_concerns() {
        let films = [
            "a/A.mp4",
            "a/B.mp4",
            "s/Season 01/S - S01E01.mp4",
            "s/Season 01/S - S01E02.mp4",
            "s/Season 02/x.mp4",
        ];
        let mut index = Films::default();
        for film in &films {
            index.add(film, film);
        }
        let concerns = |path| {
            let found: Vec<&&str> = index.concerned(path);
            found.into_iter().copied().collect::<Vec<_>>()
        };
        assert_eq!(concerns("a/B.nfo"), ["a/B.mp4"]);
        assert_eq!(concerns("a/rights.toml"), ["a/A.mp4", "a/B.mp4"]);
        assert_eq!(
            concerns("s/poster.jpg"),
            ["s/Season 01/S - S01E01.mp4", "s/Season 02/x.mp4"]
        );
        assert_eq!(concerns("other/poster.jpg"), [""; 0]);
        assert_eq!(concerns("a/C.nfo"), [""; 0], "its film has not come yet");
        let each = ["a/A.mp4", "s/Season 01/S - S01E01.mp4", "s/Season 02/x.mp4"];
        assert_eq!(concerns("poster.jpg"), each, "one of each folder below");
    }
}
