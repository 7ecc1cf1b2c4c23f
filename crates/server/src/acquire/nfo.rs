//! NFO files in Kodi's dialect: what a library already knows of a film, a series or an episode.

use cineclub_domain::language::Language;
use jiff::civil::Date;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::text::plain;

/// The largest NFO that is read, in bytes.
pub(super) const LIMIT_BYTES: u64 = 1 << 20;
/// The longest text kept of one element, in characters.
const LIMIT_CHARS: usize = 10_000;
/// How deep elements may be nested.
const LIMIT_DEPTH: usize = 32;

/// What an NFO is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// `<movie>`.
    Film,
    /// `<tvshow>`.
    Series,
    /// `<season>`.
    Season,
    /// `<episodedetails>`.
    Episode,
}

/// What an NFO says. Texts it doesn't have are empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Nfo {
    /// What it is about.
    pub about: About,
    /// The name.
    pub title: String,
    /// The name in the language it was made in.
    pub original_title: String,
    /// The name that lists sort by.
    pub sort_title: String,
    /// One line that makes one want to see it.
    pub tagline: String,
    /// What it is about; the outline where there is no plot.
    pub plot: String,
    /// The year it came out.
    pub year: Option<u16>,
    /// The day it was first shown.
    pub aired: Option<Date>,
    /// Its running time, in minutes.
    pub runtime_min: Option<u32>,
    /// The youngest age it is meant for, in years.
    pub rating_age: Option<u8>,
    /// Genre words.
    pub genres: Vec<String>,
    /// Ids elsewhere: scheme (imdb, tmdb, …) and value.
    pub ids: Vec<(String, String)>,
    /// The names of a series' seasons.
    pub seasons: Vec<(u32, String)>,
    /// The season of an episode.
    pub season: Option<u32>,
    /// The number of an episode.
    pub episode: Option<u32>,
    /// The language its texts are in, when it says so.
    pub language: Option<Language>,
    /// The language the work was made in, when it says so.
    pub original_language: Option<Language>,
}

/// Why an NFO is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NfoError {
    /// It holds no element we know, as the NFO of a scene release or a lone address.
    #[error("the NFO is not about a film, series or episode in Kodi's dialect: it is passed over")]
    NotKodi,
    /// It isn't XML, or too deep.
    #[error("the NFO is not well-formed ({0}): correct or remove it")]
    Malformed(String),
}

/// Reads an NFO. What follows its root element, such as the address of a web page, is passed over.
///
/// # Errors
/// [`NfoError`], a sentence for staff.
pub(super) fn parse(bytes: &[u8]) -> Result<Nfo, NfoError> {
    let text = decode(bytes);
    let mut reader = Reader::from_str(&text);
    let mut reading = Reading::default();
    loop {
        let malformed = |error: &dyn std::fmt::Display| NfoError::Malformed(error.to_string());
        match reader.read_event().map_err(|error| malformed(&error))? {
            Event::Start(start) => reading.open(&start)?,
            Event::Empty(start) => {
                reading.open(&start)?;
                reading.close();
            }
            Event::Text(text) => reading.push(&text.xml10_content()),
            Event::CData(text) => reading.push(&text.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => reading.push(character.encode_utf8(&mut [0; 4])),
                // Entities of a DTD are not followed, so none can grow.
                _ => reading.push(predefined(&reference.xml10_content())),
            },
            Event::End(_) if reading.close() => break,
            Event::Eof => break,
            _ => {}
        }
    }
    reading.nfo.ok_or(NfoError::NotKodi)
}

fn decode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text
            .trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t'])
            .to_owned(),
        // Old programs wrote Latin-1, whose bytes are the first 256 characters.
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}

fn predefined(entity: &str) -> &'static str {
    match entity {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        "nbsp" => " ",
        _ => "",
    }
}

#[derive(Default)]
struct Reading {
    nfo: Option<Nfo>,
    /// The names of the open elements below the root.
    open: Vec<String>,
    text: String,
    /// `type` of a uniqueid, `number` of a namedseason.
    attribute: String,
}

impl Reading {
    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), NfoError> {
        let name = start.local_name().into_inner().to_ascii_lowercase();
        let Some(_) = &self.nfo else {
            self.nfo = Some(blank(&name, start).ok_or(NfoError::NotKodi)?);
            return Ok(());
        };
        if self.open.len() >= LIMIT_DEPTH {
            return Err(NfoError::Malformed(
                "elements are nested too deep".to_owned(),
            ));
        }
        self.text.clear();
        self.attribute = attribute(start, "type")
            .or_else(|| attribute(start, "number"))
            .unwrap_or_default();
        self.open.push(name);
        Ok(())
    }

    fn push(&mut self, text: &str) {
        if self.text.len() < LIMIT_CHARS {
            self.text.extend(plain(text).chars().take(LIMIT_CHARS));
        }
    }

    /// Takes in the element that ends; true when it was the root.
    fn close(&mut self) -> bool {
        let Some(name) = self.open.pop() else {
            return self.nfo.is_some();
        };
        if let (true, Some(nfo)) = (self.open.is_empty(), &mut self.nfo) {
            nfo.take(&name, self.text.trim(), &self.attribute);
        }
        self.text.clear();
        false
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start
        .attributes()
        .flatten()
        .find(|attribute| attribute.key.into_inner() == name)?;
    Some(plain(&found.value))
}

fn blank(root: &str, start: &BytesStart<'_>) -> Option<Nfo> {
    let about = match root {
        "movie" => About::Film,
        "tvshow" => About::Series,
        "season" => About::Season,
        "episodedetails" => About::Episode,
        _ => return None,
    };
    Some(Nfo {
        about,
        title: String::new(),
        original_title: String::new(),
        sort_title: String::new(),
        tagline: String::new(),
        plot: String::new(),
        year: None,
        aired: None,
        runtime_min: None,
        rating_age: None,
        genres: Vec::new(),
        ids: Vec::new(),
        seasons: Vec::new(),
        season: None,
        episode: None,
        language: attribute(start, "xml:lang").and_then(|tag| tag.parse().ok()),
        original_language: None,
    })
}

impl Nfo {
    fn take(&mut self, name: &str, text: &str, attribute: &str) {
        if text.is_empty() {
            return;
        }
        let owned = || text.to_owned();
        match name {
            "title" => self.title = owned(),
            "originaltitle" => self.original_title = owned(),
            "sorttitle" => self.sort_title = owned(),
            "tagline" => self.tagline = owned(),
            "plot" => self.plot = owned(),
            "outline" if self.plot.is_empty() => self.plot = owned(),
            "year" => self.year = plausible_year(text).or(self.year),
            "premiered" | "aired" | "releasedate" => {
                self.aired = text.parse().ok().or(self.aired);
                self.year = self.year.or_else(|| text.get(..4).and_then(plausible_year));
            }
            "runtime" => {
                self.runtime_min = leading(text).filter(|minutes| (1..6_000).contains(minutes))
            }
            "mpaa" | "certification" => {
                self.rating_age = self.rating_age.or_else(|| rating_age(text))
            }
            "genre" if self.genres.len() < 20 => {
                self.genres
                    .extend(text.split(" / ").map(|genre| genre.trim().to_owned()));
            }
            "uniqueid" if self.ids.len() < 20 && !attribute.is_empty() => {
                self.ids.push((attribute.to_lowercase(), owned()));
            }
            "namedseason" if self.seasons.len() < 1_000 => {
                self.seasons
                    .extend(attribute.parse().ok().map(|number| (number, owned())));
            }
            "season" | "seasonnumber" => self.season = text.parse().ok(),
            "episode" => self.episode = text.parse().ok(),
            "language" => self.language = text.parse().ok().or(self.language.take()),
            "originallanguage" => self.original_language = text.parse().ok(),
            _ => {}
        }
    }
}

fn leading(text: &str) -> Option<u32> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text[..end].parse().ok()
}

fn plausible_year(text: &str) -> Option<u16> {
    text.parse().ok().filter(|year| (1870..2100).contains(year))
}

/// The age a rating speaks of: `FR:12`, `FSK 16`, `Rated PG-13`, `TV-MA`, `Tous publics`.
fn rating_age(text: &str) -> Option<u8> {
    let upper = text.to_uppercase();
    let bare = upper.rsplit([':', '/']).next().unwrap_or(&upper).trim();
    let bare = bare.strip_prefix("RATED ").unwrap_or(bare);
    match bare {
        "G" | "U" | "UC" | "A" | "AL" | "TP" | "E" | "TV-Y" | "TV-G" | "TOUS PUBLICS"
        | "APPROVED" | "ALL" => Some(0),
        "PG" | "TV-PG" => Some(10),
        "R" | "TV-MA" => Some(17),
        "NC-17" | "X" => Some(18),
        _ => {
            let digits: String = bare
                .chars()
                .skip_while(|c| !c.is_ascii_digit())
                .take_while(char::is_ascii_digit)
                .collect();
            digits.parse().ok().filter(|age| *age <= 21)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_is_read_with_everything_it_says_and_the_address_after_it_is_passed_over() {
        let text = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- made -->\n<movie><title>L&apos;&#201;t&#xe9; &amp; Co</title>
            <originaltitle>Summer</originaltitle><plot><![CDATA[Two <friends>.]]></plot><tagline>Hot.</tagline><year>1999</year>
            <runtime>95 min</runtime><mpaa>Rated PG-13</mpaa><genre>Drama</genre><genre>Comedy / Short</genre>
            <uniqueid type=\"imdb\">tt1</uniqueid><actor><name>Not the title</name><title>Nor this</title></actor><set/></movie>
            https://www.themoviedb.org/movie/1 & <broken";
        let nfo = parse(text.as_bytes()).unwrap();
        assert_eq!(
            (nfo.about, nfo.title.as_str(), nfo.plot.as_str()),
            (About::Film, "L'Été & Co", "Two <friends>.")
        );
        assert_eq!(
            (nfo.year, nfo.runtime_min, nfo.rating_age),
            (Some(1999), Some(95), Some(13))
        );
        assert_eq!(nfo.genres, ["Drama", "Comedy", "Short"]);
        assert_eq!(nfo.ids, [("imdb".to_owned(), "tt1".to_owned())]);
    }

    #[test]
    fn an_episode_and_a_series_say_their_numbers() {
        let text = b"<episodedetails><season>2</season><episode>5</episode><aired>2026-01-31</aired></episodedetails>";
        let nfo = parse(text).unwrap();
        assert_eq!(
            (nfo.season, nfo.episode, nfo.year),
            (Some(2), Some(5), Some(2026))
        );
        let text =
            b"<tvshow><title>X</title><namedseason number=\"1\">Spring tide</namedseason></tvshow>";
        assert_eq!(
            parse(text).unwrap().seasons,
            [(1, "Spring tide".to_owned())]
        );
    }

    #[test]
    fn what_is_no_nfo_of_ours_is_told_apart_from_a_broken_one() {
        assert_eq!(
            parse(b"https://www.imdb.com/title/tt1"),
            Err(NfoError::NotKodi)
        );
        assert_eq!(parse(b""), Err(NfoError::NotKodi));
        assert_eq!(parse(b"<html><p>no</p></html>"), Err(NfoError::NotKodi));
        assert!(matches!(
            parse(b"<movie><title>x</movie>"),
            Err(NfoError::Malformed(_))
        ));
        let deep = format!("<movie>{}", "<a>".repeat(1_000));
        assert!(matches!(
            parse(deep.as_bytes()),
            Err(NfoError::Malformed(_))
        ));
        let bomb = b"<!DOCTYPE m [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><movie><title>x&b;&b;</title></movie>";
        assert_eq!(parse(bomb).unwrap().title, "x");
        let latin = b"<movie><title>Caf\xe9</title></movie>";
        assert_eq!(parse(latin).unwrap().title, "Café");
    }

    #[test]
    fn control_characters_are_dropped_wherever_they_stand() {
        let text = b"<movie><title>A\0b&#1;&#x7f;c</title><plot><![CDATA[one\x02\n\ttwo]]></plot><uniqueid type=\"im\0db\">tt\x011</uniqueid></movie>";
        let nfo = parse(text).unwrap();
        assert_eq!(
            (nfo.title.as_str(), nfo.plot.as_str()),
            ("Abc", "one\n\ttwo")
        );
        assert_eq!(nfo.ids, [("imdb".to_owned(), "tt1".to_owned())]);
    }

    #[test]
    fn ratings_become_ages() {
        for (text, age) in [
            ("U", Some(0)),
            ("FR:12", Some(12)),
            ("FSK 16", Some(16)),
            ("-10", Some(10)),
            ("12A", Some(12)),
            ("TV-14", Some(14)),
            ("TV-Y7", Some(7)),
            ("UK:15", Some(15)),
            ("NC-17", Some(18)),
            ("Not Rated", None),
            ("US:R / UK:18", Some(18)),
        ] {
            assert_eq!(rating_age(text), age, "{text}");
        }
    }
}
