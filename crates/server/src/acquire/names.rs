//! What a file's name says it is: a film of a year, or an episode of a series.
//!
//! Our own rules read what people and libraries write on purpose (`Title (Year)`, `S01E02`, `1x02`,
//! season folders, dates); what is left, the names of releases, is read by the `hunch` crate.

use jiff::civil::Date;

/// What a name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// A film.
    Film {
        /// Its name.
        name: String,
        /// The year it came out.
        year: Option<u16>,
        /// The version, as "Director's Cut"; empty for the one most films have.
        edit: String,
    },
    /// An episode.
    Episode {
        /// The name of its series.
        series: String,
        /// The year in the series' name, which tells it from another of that name.
        series_year: Option<u16>,
        /// The season: 0 for specials, the year for a daily show.
        season: u32,
        /// The number in the season; for a daily show month and day, as 1123.
        episode: u32,
        /// The episode's own name; empty when the file doesn't say.
        name: String,
        /// The day it was shown, in the name of a daily show.
        aired: Option<Date>,
    },
}

/// Reads a path below a watch folder. It always finds something: at worst the whole name is the title.
pub(super) fn read(path: &str) -> Named {
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let file = parts.pop().unwrap_or(path);
    let stem = stem(file);
    episode(stem, &parts).unwrap_or_else(|| film(stem, file, &parts))
}

/// A file's name without its extension.
pub(super) fn stem(file: &str) -> &str {
    match file.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 5 => stem,
        _ => file,
    }
}

/// Whether a folder is one season of a series, and which; specials are season 0.
pub(super) fn season_folder(name: &str) -> Option<u32> {
    let lower = name.to_lowercase();
    if matches!(lower.trim(), "specials" | "hors-série" | "hors série") {
        return Some(0);
    }
    const WORDS: [&str; 8] = [
        "season",
        "saison",
        "series",
        "staffel",
        "stagione",
        "temporada",
        "seizoen",
        "s",
    ];
    let rest = WORDS.iter().find_map(|word| {
        let rest = lower
            .trim()
            .strip_prefix(word)?
            .trim_start_matches([' ', '.', '_', '-']);
        rest.starts_with(|c: char| c.is_ascii_digit())
            .then_some(rest)
    })?;
    let (number, after) = leading_number(rest)?;
    (after.is_empty() || after.starts_with([' ', '(', '-', '.', '_'])).then_some(number)
}

fn leading_number(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text.get(..digits)?
        .parse()
        .ok()
        .map(|number| (number, &text[digits..]))
}

struct Marker {
    /// Where it begins and ends in the stem, in characters.
    start: usize,
    end: usize,
    season: Option<u32>,
    episode: u32,
    aired: Option<Date>,
}

fn episode(stem: &str, folders: &[&str]) -> Option<Named> {
    let season = folders.last().and_then(|folder| season_folder(folder));
    let (group, bare) = without_group(stem);
    let chars: Vec<char> = bare.chars().collect();
    let lower: Vec<char> = chars
        .iter()
        .map(|c| c.to_lowercase().next().unwrap_or(*c))
        .collect();
    let marker = (0..lower.len())
        .find_map(|at| marker_at(&lower, at))
        .or_else(|| season.and_then(|_| plain_number(&lower)))
        .or_else(|| absolute_number(&lower, group))?;
    let before: String = chars[..marker.start].iter().collect();
    let after: String = chars[marker.end..].iter().collect();
    let own = named_with_year(&before);
    let folder = match season {
        // "Show/Season 01/…": the folder was named on purpose, and is the same for every episode.
        Some(_) => folders.len().checked_sub(2).map(|n| folders[n]),
        None => folders.last().copied().filter(|_| own.0.is_empty()),
    };
    let (series, series_year) = folder
        .map(named_with_year)
        .filter(|(name, _)| !name.is_empty())
        .unwrap_or(own);
    if series.is_empty() {
        return None;
    }
    Some(Named::Episode {
        series,
        series_year,
        season: marker.season.or(season).unwrap_or(1),
        episode: marker.episode,
        name: before_technical(&after),
        aired: marker.aired,
    })
}

/// `[Group] Show - 05 [1080p]`: the name without the group in front.
fn without_group(stem: &str) -> (bool, &str) {
    match stem
        .trim_start()
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        Some((_, rest)) if !rest.trim().is_empty() => (true, rest.trim_start()),
        _ => (false, stem),
    }
}

fn marker_at(lower: &[char], at: usize) -> Option<Marker> {
    if at > 0 && lower[at - 1].is_alphanumeric() {
        return None;
    }
    let marker = |end, season, episode| Marker {
        start: at,
        end: skip_more(lower, end),
        season,
        episode,
        aired: None,
    };
    if let Some((season, end)) = numbered(lower, at, &["season", "saison", "staffel", "s"], 4) {
        let joint = skip(lower, end, &[' ', '.', '_', '-', ',']);
        let words = ["episode", "épisode", "folge", "ep", "e"];
        if let Some((episode, end)) = numbered(lower, joint, &words, 4) {
            return Some(marker(end, Some(season), episode));
        }
    }
    if let Some((season, end)) = number(lower, at, 2)
        && lower.get(end) == Some(&'x')
        && let Some((episode, stop)) = number(lower, end + 1, 3)
        && stop - end > 2
        && is_boundary(lower, stop)
    {
        return Some(marker(stop, Some(season), episode));
    }
    if let Some((aired, end)) = date_at(lower, at) {
        let day = u32::try_from(i32::from(aired.month()) * 100 + i32::from(aired.day())).ok()?;
        let year = u32::try_from(aired.year()).ok()?;
        return Some(Marker {
            start: at,
            end,
            season: Some(year),
            episode: day,
            aired: Some(aired),
        });
    }
    let words = ["episode", "épisode", "folge", "ep", "e"];
    match numbered(lower, at, &words, 4) {
        Some((episode, end)) if is_boundary(lower, end) => Some(marker(end, None, episode)),
        _ => None,
    }
}

/// One of `words`, an optional separator, and a number of at most `digits` digits.
fn numbered(lower: &[char], at: usize, words: &[&str], digits: usize) -> Option<(u32, usize)> {
    words.iter().find_map(|word| {
        let end = at + word.chars().count();
        let is_word = lower.get(at..end)?.iter().copied().eq(word.chars());
        let from = if word.len() > 2 {
            skip(lower, end, &[' ', '.', '_', '-'])
        } else {
            end
        };
        is_word.then(|| number(lower, from, digits)).flatten()
    })
}

fn number(lower: &[char], at: usize, digits: usize) -> Option<(u32, usize)> {
    let count = lower
        .get(at..)?
        .iter()
        .take_while(|c| c.is_ascii_digit())
        .count();
    if count == 0 || count > digits {
        return None;
    }
    let text: String = lower[at..at + count].iter().collect();
    text.parse().ok().map(|number| (number, at + count))
}

fn skip(lower: &[char], at: usize, separators: &[char]) -> usize {
    at + lower.get(at..).map_or(0, |rest| {
        rest.iter().take_while(|c| separators.contains(c)).count()
    })
}

fn is_boundary(lower: &[char], at: usize) -> bool {
    lower.get(at).is_none_or(|c| !c.is_alphanumeric())
}

/// The further numbers of a file with several episodes: `S01E01-E02`, `S01E01E02`.
fn skip_more(lower: &[char], end: usize) -> usize {
    let joint = skip(lower, end, &['-', ' ', '.']);
    let from = if lower.get(joint) == Some(&'e') {
        joint + 1
    } else {
        joint
    };
    let joined = from > joint || joint == end + 1 && lower.get(end) == Some(&'-');
    match number(lower, from, 3) {
        Some((_, stop)) if joined && stop - from > 1 && is_boundary(lower, stop) => stop,
        Some((_, stop)) if joined && lower.get(stop) == Some(&'e') => skip_more(lower, stop),
        _ => end,
    }
}

fn date_at(lower: &[char], at: usize) -> Option<(Date, usize)> {
    let part =
        |at: usize, digits: usize| number(lower, at, digits).filter(|(_, end)| end - at == digits);
    let (year, end) = part(at, 4)?;
    let separator = *lower
        .get(end)
        .filter(|c| matches!(c, '-' | '.' | ' ' | '_'))?;
    let (month, end) = part(end + 1, 2)?;
    if lower.get(end) != Some(&separator) {
        return None;
    }
    let (day, end) = part(end + 1, 2)?;
    let date = Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()?;
    ((1900..2100).contains(&year) && is_boundary(lower, end)).then_some((date, end))
}

/// In a season folder a plain number is the episode's: `02 - Title`, `Show - 02`.
fn plain_number(lower: &[char]) -> Option<Marker> {
    (0..lower.len()).find_map(|at| {
        let begins = at == 0 || (lower[at - 1] == ' ' && at >= 2 && lower[at - 2] == '-');
        let (episode, end) =
            number(lower, at, 3).filter(|(_, end)| begins && is_boundary(lower, *end))?;
        Some(Marker {
            start: at,
            end,
            season: None,
            episode,
            aired: None,
        })
    })
}

/// Numbering that goes through all seasons: `[Group] Show - 012`, `Show - 0105`.
fn absolute_number(lower: &[char], group: bool) -> Option<Marker> {
    (3..lower.len()).find_map(|at| {
        let begins = lower[at - 3..at] == [' ', '-', ' '];
        let (episode, mut end) = number(lower, at, 4).filter(|(_, end)| begins && end - at >= 2)?;
        if lower.get(end) == Some(&'v') {
            end = number(lower, end + 1, 1).map_or(end, |(_, end)| end);
        }
        let padded = lower[at] == '0' && end - at >= 3;
        (is_boundary(lower, end) && (group || padded)).then_some(Marker {
            start: at,
            end,
            season: None,
            episode,
            aired: None,
        })
    })
}

fn film(stem: &str, file: &str, folders: &[&str]) -> Named {
    let (bare, tagged) = edition_tag(stem);
    let bare = bare.as_str();
    if let Some((before, year, after)) = bracketed_year(bare) {
        let edit = tagged.unwrap_or_else(|| edit_in(after));
        return Named::Film {
            name: clean(before),
            year: Some(year),
            edit,
        };
    }
    let edit = tagged.clone().unwrap_or_else(|| edit_in(bare));
    if let Some((name, year)) = release_year(bare) {
        return Named::Film {
            name,
            year: Some(year),
            edit,
        };
    }
    let (title, year) = guess(if tagged.is_some() { bare } else { file });
    let whole = clean(bare);
    let name = title
        .as_deref()
        .map(clean)
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| whole.clone());
    // "Agent 327": a number at the end that nothing follows is part of the name.
    let is_number =
        |rest: &str| !rest.is_empty() && rest.trim().chars().all(|c| c.is_ascii_digit());
    let name = if year.is_none() && whole.strip_prefix(&name).is_some_and(is_number) {
        whole
    } else {
        name
    };
    let year = year.and_then(|year| u16::try_from(year).ok());
    if let Some((folder, folder_year)) = folders
        .last()
        .and_then(|folder| own_folder(folder, &name, bare))
    {
        return Named::Film {
            name: folder,
            year: Some(folder_year),
            edit,
        };
    }
    Named::Film { name, year, edit }
}

/// The title and the year that the crate finds; none where it stumbles, as it does over a dash between dashes.
fn guess(name: &str) -> (Option<String>, Option<i32>) {
    let read = || {
        let guess = hunch::hunch(name);
        (guess.title().map(str::to_owned), guess.year())
    };
    std::panic::catch_unwind(read).unwrap_or_default()
}

/// `Title.2049.2017.1080p…`: the year is the one before the first word about the file itself.
fn release_year(stem: &str) -> Option<(String, u16)> {
    let words: Vec<&str> = stem
        .split(['.', '_', ' '])
        .filter(|word| !word.is_empty())
        .collect();
    let technical = words.iter().position(|word| is_technical(word))?;
    let (year, name) = words[..technical].split_last()?;
    let year = year
        .parse()
        .ok()
        .filter(|year| (1870..2100).contains(year))?;
    let name = clean(&name.join(if stem.contains(' ') { " " } else { "." }));
    (!name.is_empty()).then_some((name, year))
}

/// `Title (1999)/…`: the folder's name, when the file in it is that film and not one of a collection.
fn own_folder(folder: &str, name: &str, stem: &str) -> Option<(String, u16)> {
    let (before, year, _) = bracketed_year(folder)?;
    let title = clean(before);
    const PLAIN: [&str; 6] = ["movie", "film", "video", "main", "feature", "cd1"];
    let plain = PLAIN.contains(&stem.to_lowercase().as_str());
    let same =
        letters(name).starts_with(&letters(&title)) || letters(&title).starts_with(&letters(name));
    (plain || same).then_some((title, year))
}

fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// `{edition-Director's Cut}`, as libraries mark a version.
fn edition_tag(stem: &str) -> (String, Option<String>) {
    let found = stem.find("{edition-").and_then(|start| {
        let rest = &stem[start + "{edition-".len()..];
        rest.find('}')
            .map(|end| (start, &rest[..end], &rest[end + 1..]))
    });
    match found {
        Some((start, edit, after)) => (
            format!("{}{after}", &stem[..start]),
            Some(edit.trim().to_owned()),
        ),
        None => (stem.to_owned(), None),
    }
}

/// The last year in brackets that has a name before it: before, year, after.
fn bracketed_year(text: &str) -> Option<(&str, u16, &str)> {
    let found = text.char_indices().rev().find_map(|(at, open)| {
        let close = match open {
            '(' => ')',
            '[' => ']',
            _ => return None,
        };
        let inner = text.get(at + 1..at + 5)?;
        let year = inner
            .parse::<u16>()
            .ok()
            .filter(|year| (1870..2100).contains(year))?;
        let after = text.get(at + 5..)?.strip_prefix(close)?;
        Some((&text[..at], year, after))
    });
    found.filter(|(before, ..)| !clean(before).is_empty())
}

fn named_with_year(text: &str) -> (String, Option<u16>) {
    match bracketed_year(text) {
        Some((before, year, _)) => (clean(before), Some(year)),
        None => (clean(text), None),
    }
}

/// The version a name speaks of, if it is one people make: "Director's Cut".
fn edit_in(text: &str) -> String {
    const EDITS: [(&str, &str); 14] = [
        ("directorscut", "Director's Cut"),
        ("director'scut", "Director's Cut"),
        ("finalcut", "Final Cut"),
        ("festivalcut", "Festival Cut"),
        ("extendedcut", "Extended Cut"),
        ("extendededition", "Extended Edition"),
        ("specialedition", "Special Edition"),
        ("ultimateedition", "Ultimate Edition"),
        ("theatricalcut", "Theatrical Cut"),
        ("versionlongue", "Version longue"),
        ("unrated", "Unrated"),
        ("extended", "Extended"),
        ("theatrical", "Theatrical"),
        ("remastered", "Remastered"),
    ];
    let folded: String = text
        .to_lowercase()
        .chars()
        .filter(|c| !matches!(c, ' ' | '.' | '_' | '-' | '’'))
        .collect();
    EDITS
        .iter()
        .find(|(key, _)| folded.contains(key))
        .map_or_else(String::new, |(_, edit)| (*edit).to_owned())
}

/// What stands before the first word about the file itself, such as 1080p.
fn before_technical(text: &str) -> String {
    let name = clean(text);
    let kept: Vec<_> = name
        .split(' ')
        .take_while(|word| !is_technical(word))
        .collect();
    clean(&kept.join(" "))
}

fn is_technical(word: &str) -> bool {
    const WORDS: [&str; 40] = [
        "480p",
        "576p",
        "720p",
        "1080p",
        "1080i",
        "1440p",
        "2160p",
        "4k",
        "uhd",
        "hdr",
        "web",
        "webdl",
        "web-dl",
        "webrip",
        "bluray",
        "blu-ray",
        "brrip",
        "bdrip",
        "dvdrip",
        "hdtv",
        "pdtv",
        "x264",
        "x265",
        "h264",
        "h265",
        "hevc",
        "avc",
        "av1",
        "aac",
        "ac3",
        "dts",
        "proper",
        "repack",
        "multi",
        "vostfr",
        "truefrench",
        "internal",
        "amzn",
        "nf",
        "10bit",
    ];
    let lower = word.trim_matches(['(', ')', '[', ']', ',']).to_lowercase();
    let first = lower.split(['-', '.']).next().unwrap_or_default();
    WORDS.contains(&lower.as_str()) || WORDS.contains(&first)
}

/// A name for people: dots and underscores that stand for spaces become spaces, brackets go.
fn clean(text: &str) -> String {
    let mut open = 0_u32;
    let bare: String = text
        .chars()
        .filter(|c| {
            match c {
                '[' | '{' => open += 1,
                ']' | '}' => {
                    open = open.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            open == 0
        })
        .collect();
    let spaced = if bare.trim().contains(' ') {
        bare.replace('_', " ")
    } else {
        without_dots(&bare)
    };
    let words: Vec<_> = spaced.split_whitespace().collect();
    words
        .join(" ")
        .trim_start_matches([' ', '-', '–', '_', ',', '#'])
        .trim_end_matches([' ', '-', '–', '_', ',', '(', '#'])
        .trim_end_matches('.')
        .trim()
        .to_owned()
        + stop(&spaced)
}

/// The full stop that belongs to an abbreviation at the end: "S.W.A.T.".
fn stop(spaced: &str) -> &'static str {
    let last = spaced
        .trim_end_matches([' ', '-'])
        .rsplit(' ')
        .next()
        .unwrap_or_default();
    let mut parts = last.trim_end_matches('.').split('.');
    let is_short = last.ends_with('.')
        && last.matches('.').count() > 1
        && parts.all(|part| part.chars().count() == 1);
    if is_short { "." } else { "" }
}

/// `S.W.A.T.Reborn` is "S.W.A.T. Reborn": dots between single letters stay.
fn without_dots(text: &str) -> String {
    let parts: Vec<&str> = text
        .split(['.', '_'])
        .filter(|part| !part.is_empty())
        .collect();
    let single = |n: usize| {
        parts
            .get(n)
            .is_some_and(|p| p.chars().count() == 1 && p.chars().all(char::is_alphabetic))
    };
    let mut out = String::new();
    for (n, part) in parts.iter().enumerate() {
        let in_run = single(n) && (n > 0 && single(n - 1) || single(n + 1));
        if !(out.is_empty() || in_run && n > 0 && single(n - 1)) {
            out.push(' ');
        }
        out.push_str(part);
        if in_run {
            out.push('.');
        }
    }
    out
}

#[cfg(test)]
#[path = "names_corpus.rs"]
mod corpus;

#[cfg(test)]
#[path = "names_arbitrary.rs"]
mod arbitrary;
