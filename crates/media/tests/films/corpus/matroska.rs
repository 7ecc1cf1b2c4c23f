//! Rows of Matroska and WebM.

use super::row::{Finish, Limit, Row};
use crate::way::{Cues, Way};

pub(super) const BY_FFMPEG: &[Row] = &[
    Row::new("usual.mkv", "a picture with B-frames and AAC", &["{both} {avc} {aac}"]).cut_in(2),
    Row::new(
        "hevc.mkv",
        "H.265 and AC-3",
        &["{both} -c:v libx265 -x265-params log-level=none:keyint=25:bframes=3 -preset ultrafast -c:a ac3 -ac 2"],
    )
    .says(&["hvc1.1.", "ac-3"]),
    Row::new(
        "hevc-ten.mkv",
        "H.265 of ten bits in open groups, PQ, and E-AC-3",
        &["{both} -c:v libx265 -x265-params log-level=none:keyint=25:open-gop=1 -preset ultrafast -pix_fmt yuv420p10le -color_primaries bt2020 -colorspace bt2020nc -color_range tv -color_trc smpte2084 -c:a eac3 -ac 2"],
    )
    .says(&["hvc1.2.", "ec-3", "VIDEO-RANGE=PQ"]),
    Row::new(
        "av1.webm",
        "AV1 and Opus",
        &["{both} -c:v libsvtav1 -preset 12 -g 25 -c:a libopus -ac 2"],
    )
    .says(&["av01.0.", "Opus"]),
    Row::new(
        "vp9.webm",
        "VP9 and Opus in packets of 60 ms",
        &["{both} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25 -c:a libopus -frame_duration 60 -ac 2"],
    )
    .packets_of(2880)
    .says(&["vp09.00.1", "Opus"]),
    Row::new(
        "vp9-ten.mkv",
        "VP9 of ten bits and FLAC",
        &["{both} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25 -pix_fmt yuv420p10le -c:a flac -ac 2"],
    )
    .says(&["vp09.02.1", "fLaC"]),
    Row::new("mp3.mkv", "MP3", &["{both} {avc} -c:a libmp3lame -ar 44100"]).says(&["mp4a.6B"]),
    Row::new("slow.mkv", "MP3 of a low rate", &["{both} {avc} -c:a libmp3lame -ar 22050"])
        .says(&["mp4a.69"]),
    Row::new(
        "open.mkv",
        "open groups of pictures, sound of 44.1 kHz",
        &["{both} -c:v libx264 -preset ultrafast -g 25 -x264-params open-gop=1:bframes=3 -c:a aac -ac 2 -ar 44100"],
    ),
    Row::new(
        "live.mkv",
        "sizes that are not known, no list of places",
        &["{both} {avc} {aac} -f matroska -live 1"],
    ),
    Row::new(
        "front.mkv",
        "the list of places in front",
        &["{both} {avc} {aac} -reserve_index_space 4000"],
    ),
    Row::new(
        "small.mkv",
        "many small clusters",
        &["{both} {avc} {aac} -cluster_size_limit 4000"],
    ),
    Row::new(
        "large.mkv",
        "one cluster",
        &["{both} {avc} {aac} -cluster_time_limit 20000 -cluster_size_limit 50000000"],
    ),
    Row::new(
        "several.mkv",
        "several sounds, languages, pixels that are not square",
        &["{both} -map 0:v -map 1:a -map 1:a -map 1:a {avc} -vf setsar=16/15 -c:a:0 libopus -c:a:1 ac3 -c:a:2 aac -ac 2 -metadata:s:a:1 language=fre -metadata:s:a:2 title=Commentary -disposition:a:2 comment"],
    ),
    Row::new(
        "texts.mkv",
        "subtitles and chapters inside",
        &["{both} -i {srt} -i {chapters} -map 0 -map 1 -map 2 -map_chapters 3 {avc} {aac} -c:s srt -metadata:s:s:0 language=fre"],
    ),
    Row::new("picture.mkv", "a picture alone", &["{both} -map 0:v {avc}"]),
    Row::new("sound.mka", "sound alone", &["{both} -map 1:a -c:a libopus -ac 2 -f matroska"]),
    Row::new(
        "variable.mkv",
        "a variable frame rate",
        &["{both} -vf select='not(eq(mod(n\\,7)\\,3)+eq(mod(n\\,5)\\,1))' -fps_mode vfr {avc} {aac}"],
    ),
    Row::new(
        "sparse.mkv",
        "one picture in two seconds",
        &["-f lavfi -i testsrc2=s=160x90:r=1/2:d=16 -f lavfi -i sine=r=48000:d=16 -c:v libx264 -preset ultrafast -g 2 {aac}"],
    ),
    Row::new("one-key.mkv", "one key frame for the whole film", &["{both} {avc} -g 1000 {aac}"])
        .cut_in(1),
    Row::new(
        "late-sound.mkv",
        "sound that begins later than the picture",
        &["-f lavfi -i testsrc2=s=160x90:r=25:d=6 -itsoffset 2.5 -f lavfi -i sine=r=48000:d=3 {avc} {aac}"],
    ),
    Row::new(
        "late-picture.mkv",
        "a picture that begins later than the sound",
        &["-itsoffset 1.3 -f lavfi -i testsrc2=s=160x90:r=25:d=5 -f lavfi -i sine=r=48000:d=6 {avc} {aac}"],
    ),
    Row::new(
        "long-sound.mkv",
        "sound that goes on behind the picture",
        &["-f lavfi -i testsrc2=s=160x90:r=25:d=3 -f lavfi -i sine=r=48000:d=9 {avc} {aac}"],
    ),
    Row::new(
        "very-late-sound.mkv",
        "sound that begins when the picture is half over",
        &[
            "-f lavfi -i testsrc2=s=160x90:r=25:d=14 -itsoffset 9.5 -f lavfi -i sine=r=48000:d=4 {avc} {aac}",
        ],
    ),
    Row::new(
        "short-sound.mkv",
        "sound that ends long before the picture",
        &[
            "-f lavfi -i testsrc2=s=160x90:r=25:d=24 -f lavfi -i sine=r=48000:d=9 {avc} {aac}",
        ],
    ),
    Row::new(
        "much-sound.mkv",
        "sound that goes on long behind the picture, in short clusters",
        &[
            "-f lavfi -i testsrc2=s=160x90:r=25:d=3 -f lavfi -i sine=r=48000:d=20 {avc} -c:a ac3 -ac 2 -cluster_time_limit 1000",
        ],
    ),
];

const SOUNDS: &str = "{both} -map 0:v -map 1:a -map 1:a -map 1:a {avc} -c:a:0 ac3 -c:a:1 aac -c:a:2 libmp3lame -ar:a:2 44100 -ac 2";

pub(super) const BY_MKVMERGE: &[Row] = &[
    merged("merged.mkv", "its own choice, sound laced", ""),
    merged(
        "two-seconds.mkv",
        "clusters of two seconds",
        "--cluster-length 2000ms",
    ),
    merged(
        "groups.mkv",
        "groups of blocks, none laced",
        "--disable-lacing --engage no_simpleblocks",
    ),
    merged("no-list.mkv", "no list of places", "--no-cues"),
    merged(
        "fine.mkv",
        "finer ticks and short clusters",
        "--timestamp-scale 10000 --cluster-length 300ms",
    ),
    merged("samples.mkv", "ticks of a sample", "--timestamp-scale -1"),
];

const fn merged(name: &'static str, tries: &'static str, words: &'static str) -> Row {
    Row::new(name, tries, &[SOUNDS]).finished(Finish::Mkvmerge(words))
}

pub(super) const BY_OTHERS: &[Row] = &[
    written("plain.mkv", "neither list nor lacing", Way::PLAIN),
    written(
        "listed-wrongly.mkv",
        "each place of the list that of the cluster behind",
        Way {
            cues: Cues::Wrong,
            ..Way::PLAIN
        },
    ),
    written(
        "xiph.mkv",
        "sound laced by Xiph's way",
        Way {
            lacing: 1,
            ..Way::PLAIN
        },
    ),
    written(
        "fixed.mkv",
        "sound laced in fixed sizes",
        Way {
            lacing: 2,
            ..Way::PLAIN
        },
    ),
    written(
        "ebml.mkv",
        "sound laced by EBML's way",
        Way {
            lacing: 3,
            ..Way::PLAIN
        },
    ),
    written(
        "grouped.mkv",
        "groups of blocks",
        Way {
            has_groups: true,
            ..Way::PLAIN
        },
    ),
    written(
        "recorded.mkv",
        "no size known",
        Way {
            has_unknown_sizes: true,
            ..Way::PLAIN
        },
    ),
    written(
        "stripped.mkv",
        "the heads of frames of sound stripped",
        Way {
            is_stripped: true,
            lacing: 1,
            ..Way::PLAIN
        },
    ),
    written(
        "inside.mkv",
        "key frames inside clusters",
        Way {
            early: 9,
            cues: Cues::Right,
            ..Way::PLAIN
        },
    ),
    written(
        "behind.mkv",
        "sound far behind its picture",
        Way {
            late_sound: 40,
            cues: Cues::Right,
            ..Way::PLAIN
        },
    ),
    written(
        "far-behind.mkv",
        "sound further behind, no size known",
        Way {
            late_sound: 70,
            has_unknown_sizes: true,
            ..Way::PLAIN
        },
    ),
    // The source has a key frame every fifty pictures: the sound begins two seconds earlier.
    written(
        "headless.mkv",
        "sound in front of the first key frame",
        Way {
            without: 50,
            ..Way::PLAIN
        },
    ),
    theirs("no_cluster_position.mkv").waits(&FULL_COLOUR),
    theirs("multi_seekhead.mkv").waits(&FULL_COLOUR),
    theirs("simple.mkv").waits(&FULL_COLOUR),
    theirs("subtitles.mkv"),
    theirs("subtitles_pgs.mkv").waits(&DRAWN),
    theirs("subtitles_vobsub.mkv").waits(&DRAWN),
    theirs("hdr.mkv").waits(&[
        "track 1: MPEG4 picture does not play in every browser; needs the workshop",
        "track 2: VORBIS sound does not play in every browser; needs the workshop",
    ]),
];

const FULL_COLOUR: [&str; 2] = [
    "track 1: this profile of VP9 picture does not play in browsers; needs the workshop",
    "track 2: VORBIS sound does not play in every browser; needs the workshop",
];

const DRAWN: [&str; 2] = [
    "track 2: the subtitles are pictures and have to be drawn into the film's own; needs the workshop",
    "track 3: the subtitles are pictures and have to be drawn into the film's own; needs the workshop",
];

const fn written(name: &'static str, tries: &'static str, way: Way) -> Row {
    let steps = &["{both} -c:v libx264 -preset ultrafast -g 50 -bf 2 -b_strategy 0 -c:a ac3 -ac 2"];
    Row::new(name, tries, steps).finished(Finish::Way(way))
}

const fn theirs(name: &'static str) -> Row {
    // ffprobe reads the old element of a language, keeps long names, and chapters behind the end.
    Row::new(name, "an odd file of others", &[])
        .finished(Finish::Theirs)
        .except(&[
            Limit::Field("language"),
            Limit::Field("name"),
            Limit::Field("chapters"),
        ])
}
