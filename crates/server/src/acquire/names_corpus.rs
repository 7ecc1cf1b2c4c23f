//! Names as people, libraries and release groups write them, and what each must be read as.

use super::{Named, read, season_folder};

/// A film as `name|year|edit`, an episode as `series|year|SxE|name`.
fn shown(path: &str) -> String {
    let year = |year: Option<u16>| year.map_or_else(String::new, |year| year.to_string());
    match read(path) {
        Named::Film {
            name,
            year: y,
            edit,
        } => format!("{name}|{}|{edit}", year(y)),
        Named::Episode {
            series,
            series_year,
            season,
            episode,
            name,
            ..
        } => {
            format!("{series}|{}|{season}x{episode}|{name}", year(series_year))
        }
    }
}

pub(super) const CORPUS: &[(&str, &str)] = &[
    // Films, as libraries name them.
    (
        "Big Buck Bunny - Trailer (2008)/Big Buck Bunny - Trailer (2008).mp4",
        "Big Buck Bunny - Trailer|2008|",
    ),
    ("Sintel (2010).mp4", "Sintel|2010|"),
    ("Blade Runner 2049 (2017).mkv", "Blade Runner 2049|2017|"),
    (
        "2001 A Space Odyssey (1968).mkv",
        "2001 A Space Odyssey|1968|",
    ),
    ("1917 (2019)/1917 (2019).mp4", "1917|2019|"),
    ("Amélie (2001) [1080p].mp4", "Amélie|2001|"),
    (
        "Le Fabuleux Destin d'Amélie Poulain (2001) VF 1080p.mp4",
        "Le Fabuleux Destin d'Amélie Poulain|2001|",
    ),
    (
        "Blade Runner (1982) - Final Cut.mkv",
        "Blade Runner|1982|Final Cut",
    ),
    (
        "Blade Runner (1982) {edition-Director's Cut}.mkv",
        "Blade Runner|1982|Director's Cut",
    ),
    (
        "Das Boot (1981) [Director's Cut].mkv",
        "Das Boot|1981|Director's Cut",
    ),
    ("Alien (1979) {tmdb-348}.mkv", "Alien|1979|"),
    ("Metropolis [1927].mp4", "Metropolis|1927|"),
    ("M (1931).mp4", "M|1931|"),
    (
        "(500) Days of Summer (2009).mp4",
        "(500) Days of Summer|2009|",
    ),
    ("Nosferatu (1922)/movie.mp4", "Nosferatu|1922|"),
    ("Nosferatu (1922)/Nosferatu.mp4", "Nosferatu|1922|"),
    (
        "Le Voyage dans la Lune (1902)/Le.Voyage.dans.la.Lune.mp4",
        "Le Voyage dans la Lune|1902|",
    ),
    (
        "Charlie Chaplin (1914-1977)/The Kid (1921).mp4",
        "The Kid|1921|",
    ),
    ("七人の侍 (1954).mp4", "七人の侍|1954|"),
    ("Straße der Nacht (1999).mp4", "Straße der Nacht|1999|"),
    ("Mr. Robot's Day (2011).mp4", "Mr. Robot's Day|2011|"),
    (
        "What Ever Happened to Baby Jane? (1962).mp4",
        "What Ever Happened to Baby Jane?|1962|",
    ),
    // Films, as release groups name them.
    (
        "The.Matrix.1999.1080p.BluRay.x264-GROUP.mkv",
        "The Matrix|1999|",
    ),
    (
        "Tears.of.Steel.2012.2160p.WEB-DL.DD5.1.H264.mp4",
        "Tears of Steel|2012|",
    ),
    (
        "Blade.Runner.2049.2017.1080p.BluRay.x264.mkv",
        "Blade Runner 2049|2017|",
    ),
    ("Amelie.2001.FRENCH.720p.BluRay.x264.mkv", "Amelie|2001|"),
    ("Big_Buck_Bunny_2008_1080p.mp4", "Big Buck Bunny|2008|"),
    (
        "Aliens.1986.Directors.Cut.1080p.mkv",
        "Aliens|1986|Director's Cut",
    ),
    (
        "Night.of.the.Living.Dead.1968.REMASTERED.1080p.BluRay.mkv",
        "Night of the Living Dead|1968|Remastered",
    ),
    ("Elephants.Dream.2006.mp4", "Elephants Dream|2006|"),
    // Films that say little.
    ("Agent 327.mp4", "Agent 327||"),
    ("slow light.mp4", "slow light||"),
    ("Spring.mp4", "Spring||"),
    ("Cosmos_Laundromat.mp4", "Cosmos Laundromat||"),
    // Series in season folders.
    (
        "Tidelines/Season 01/Tidelines - S01E02 - The Channel.mp4",
        "Tidelines||1x2|The Channel",
    ),
    (
        "Night Trains/Season 02/Night Trains - S02E03 - Last Stop.mp4",
        "Night Trains||2x3|Last Stop",
    ),
    (
        "Doctor Who (2005)/Season 1/Doctor Who - S01E01 - Rose.mkv",
        "Doctor Who|2005|1x1|Rose",
    ),
    (
        "Les Revenants/Saison 1/Les Revenants - 1x02 - Simon.mkv",
        "Les Revenants||1x2|Simon",
    ),
    (
        "Show/Season 1/02 - The Second One.mp4",
        "Show||1x2|The Second One",
    ),
    ("Show/Season 1/02.mp4", "Show||1x2|"),
    ("Show/S02/E05.mp4", "Show||2x5|"),
    ("Show/Season 3/Episode 7.mp4", "Show||3x7|"),
    ("Show/Season 3/Show - 07.mp4", "Show||3x7|"),
    (
        "Show/Specials/Show - S00E01 - Making of.mp4",
        "Show||0x1|Making of",
    ),
    ("Show/Staffel 2/Folge 4.mp4", "Show||2x4|"),
    (
        "TV/The Wire/Season 04/The.Wire.S04E13.Final.Grades.720p.BluRay.mkv",
        "The Wire||4x13|Final Grades",
    ),
    // Series in one folder or none.
    ("Show.S01E02.1080p.mkv", "Show||1x2|"),
    ("Show - 1x02.mkv", "Show||1x2|"),
    (
        "The.Wire.S01E01.The.Target.720p.BluRay.x264-GRP.mkv",
        "The Wire||1x1|The Target",
    ),
    (
        "Mr. Robot - S01E01 - eps1.0_hellofriend.mov.mkv",
        "Mr. Robot||1x1|eps1.0 hellofriend.mov",
    ),
    ("S.W.A.T.S01E02.720p.mkv", "S.W.A.T.||1x2|"),
    ("show_name_s03e11_hdtv.avi", "show name||3x11|"),
    ("Show Name s1e2.mp4", "Show Name||1x2|"),
    ("Show Name S01 E02.mp4", "Show Name||1x2|"),
    ("Show.Name.S2016E045.mp4", "Show Name||2016x45|"),
    ("Show S01E01-E02 Pilot.mkv", "Show||1x1|Pilot"),
    ("Show.S01E01E02.720p.mkv", "Show||1x1|"),
    ("Show S01E01-02.mkv", "Show||1x1|"),
    ("Show Season 2 Episode 5.mp4", "Show||2x5|"),
    ("Le Bureau Saison 2 Épisode 05.mp4", "Le Bureau||2x5|"),
    (
        "Battlestar Galactica (2003) - 1x01 - 33.avi",
        "Battlestar Galactica|2003|1x1|33",
    ),
    ("24 - S01E01.mkv", "24||1x1|"),
    ("1883.S01E01.1080p.mkv", "1883||1x1|"),
    (
        "Kaamelott/Kaamelott S01E01 - Heat.mp4",
        "Kaamelott||1x1|Heat",
    ),
    ("Kaamelott/S01E01.mp4", "Kaamelott||1x1|"),
    // Daily shows.
    (
        "The Daily Show - 2026-11-23 - A Guest.mp4",
        "The Daily Show||2026x1123|A Guest",
    ),
    (
        "The.Daily.Show.2024.01.31.1080p.WEB.mkv",
        "The Daily Show||2024x131|",
    ),
    ("Journal/2026-02-28.mp4", "Journal||2026x228|"),
    // Numbering through all seasons.
    ("[Group] Show Name - 05 [1080p].mkv", "Show Name||1x5|"),
    (
        "[Group] Show Name - 112v2 (720p) [ABCD1234].mkv",
        "Show Name||1x112|",
    ),
    ("One Piece - 0105.mkv", "One Piece||1x105|"),
    // Numbers that are no episodes.
    ("Apollo - 13 (1995).mp4", "Apollo - 13|1995|"),
    ("Film.1920x1080.mp4", "Film||"),
    ("Ocean's Eleven (2001).mp4", "Ocean's Eleven|2001|"),
];

#[test]
fn names_are_read_as_people_mean_them() {
    let wrong: Vec<_> = CORPUS
        .iter()
        .filter_map(|(path, meant)| {
            let got = shown(path);
            (got != *meant).then(|| format!("{path}\n   meant {meant}\n     got {got}"))
        })
        .collect();
    println!(
        "{} of {} names read as meant",
        CORPUS.len() - wrong.len(),
        CORPUS.len()
    );
    assert!(CORPUS.len() >= 60);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_name_makes_the_reader_stumble() {
    let pieces = [
        "",
        ".",
        "-",
        "S01",
        "E",
        "é",
        "(",
        ")",
        "1999",
        "[",
        "x",
        "日本",
        "9999999999",
        "_",
        "s1e",
        "{edition-",
    ];
    for a in pieces {
        for b in pieces {
            for c in pieces {
                let _ = read(&format!("{a}{b}{c}"));
                let _ = read(&format!("{a}/{b}{c}.mp4"));
            }
        }
    }
}

#[test]
fn season_folders_are_told_from_series_that_begin_like_them() {
    for (name, season) in [
        ("Season 01", Some(1)),
        ("Saison 2", Some(2)),
        ("S03", Some(3)),
        ("Specials", Some(0)),
        ("Season 1 (2020)", Some(1)),
        ("S1m0ne", None),
        ("Seasons", None),
        ("Show", None),
    ] {
        assert_eq!(season_folder(name), season, "{name}");
    }
}
