//! Rows of MP4 and QuickTime, and of what is only recognised.

use super::patched::{paused, with_wide_offsets};
use super::row::{Finish, Limit, Row};

const USUAL: &str = "{both} {avc} {aac}";

pub(super) const WHOLE: &[Row] = &[
    Row::new("behind.mp4", "the table of samples behind them", &[USUAL])
        .says(&["avc1.4d", "mp4a.40.2"])
        .cut_in(2),
    Row::new(
        "front.mp4",
        "the table in front, and several sounds of several rates",
        &[
            "{both} -f lavfi -i sine=f=880:r=44100:d=6 -map 0:v -map 1:a -map 2:a -map 1:a {avc} {aac} -metadata:s:a:0 language=fra -metadata:s:a:1 language=eng -movflags +faststart",
        ],
    ),
    Row::new(
        "wide.mp4",
        "places of 64 bits, of the data and in it",
        &[USUAL],
    )
    .finished(Finish::Changed(with_wide_offsets)),
    Row::new("picture.mp4", "a picture alone", &["{both} -map 0:v {avc}"]),
    Row::new("sound.mp4", "sound alone", &["{both} -map 1:a {aac}"]).cut_in(2),
    Row::new(
        "apple.mov",
        "QuickTime, with its own form of sound",
        &[USUAL],
    ),
    Row::new(
        "linear.mov",
        "QuickTime whose second sound is not coded",
        &["{both} -map 0:v -map 1:a -map 1:a {avc} -c:a:0 aac -c:a:1 pcm_s16le -ac 2"],
    )
    .waits(&["track 3: PCM_S16LE sound does not play in every browser; needs the workshop"]),
    Row::new(
        "texts.mp4",
        "subtitles inside",
        &[
            "{both} -i {srt} -map 0 -map 1 -map 2 {avc} {aac} -c:s mov_text -metadata:s:s:0 language=ger",
        ],
    ),
    Row::new(
        "chapters.mp4",
        "a track of chapters and Nero's list",
        &["{both} -i {chapters} -map 0 -map 1 -map_chapters 2 {avc} {aac}"],
    ),
    Row::new(
        "turned.mp4",
        "a picture lying on its side",
        &[USUAL, "-i {before} -c copy -metadata:s:v:0 rotate=90"],
    )
    .says(&["RESOLUTION=90x160"]),
    Row::new(
        "over.mp4",
        "a picture standing on its head",
        &[USUAL, "-i {before} -c copy -metadata:s:v:0 rotate=180"],
    )
    .says(&["RESOLUTION=160x90"]),
    Row::new(
        "shaped.mp4",
        "pixels that are not square",
        &["{both} -map 0:v {avc} -vf setsar=16/15"],
    )
    .says(&["RESOLUTION=171x90"]),
];

pub(super) const CODED: &[Row] = &[
    Row::new(
        "hevc.mp4",
        "H.265 and AC-3",
        &["{both} -c:v libx265 -x265-params log-level=none:keyint=25:bframes=2 -preset ultrafast -tag:v hvc1 -c:a ac3 -ac 2"],
    )
    .says(&["hvc1.1.6.L30.90,ac-3"]),
    Row::new(
        "hevc-ten.mp4",
        "H.265 of ten bits, its parameters in the stream, and E-AC-3",
        &["{both} -c:v libx265 -x265-params log-level=none:keyint=25:bframes=2 -preset ultrafast -tag:v hev1 -pix_fmt yuv420p10le -c:a eac3 -ac 2"],
    )
    .says(&["hev1.2.", "ec-3"]),
    Row::new(
        "pq.mp4",
        "high dynamic range by PQ, told by the container",
        &["{both} -t 2 -map 0:v -c:v libx265 -x265-params log-level=none -preset ultrafast -tag:v hvc1 -pix_fmt yuv420p10le -color_primaries bt2020 -colorspace bt2020nc -color_range tv -color_trc smpte2084"],
    )
    .says(&["VIDEO-RANGE=PQ", "hvc1.2."]),
    Row::new(
        "hlg.mp4",
        "high dynamic range by HLG",
        &["{both} -t 2 -map 0:v -c:v libx265 -x265-params log-level=none -preset ultrafast -tag:v hvc1 -pix_fmt yuv420p10le -color_primaries bt2020 -colorspace bt2020nc -color_range tv -color_trc arib-std-b67"],
    )
    .says(&["VIDEO-RANGE=HLG"]),
    Row::new(
        "wide-gamut.mp4",
        "ten bits of standard range",
        &["{both} -t 2 -map 0:v -c:v libx265 -x265-params log-level=none -preset ultrafast -tag:v hvc1 -pix_fmt yuv420p10le -color_primaries bt2020 -colorspace bt2020nc -color_range tv -color_trc bt709"],
    )
    .says(&["VIDEO-RANGE=SDR"]),
    Row::new(
        "av1.mp4",
        "AV1 and Opus",
        &["{both} -c:v libsvtav1 -preset 12 -g 25 -c:a libopus -ac 2 -strict -2"],
    )
    .says(&["av01.0.", "Opus"]),
    Row::new(
        "vp9.mp4",
        "VP9 and FLAC",
        &["{both} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25 -c:a flac -ac 2 -strict -2"],
    )
    .says(&["vp09.00.", "fLaC"]),
    Row::new("mp3.mp4", "MP3", &["{both} {avc} -c:a libmp3lame -ac 2"]).says(&["mp4a.6B"]),
    Row::new(
        "surround.mp4",
        "six channels by three coders, each a group of its own",
        &["{both} -map 0:v -map 1:a -map 1:a -map 1:a {avc} -ac 6 -c:a:0 ac3 -c:a:1 eac3 -c:a:2 aac"],
    )
    .says(&["ac-3", "ec-3", "mp4a.40.2"]),
    Row::new(
        "low.mp4",
        "one channel at a low rate",
        &["{both} {avc} -c:a aac -ac 1 -ar 22050"],
    ),
    Row::new(
        "avc3.mp4",
        "parameters in the stream",
        &["{both} {avc} -tag:v avc3 -bsf:v dump_extra {aac}"],
    )
    .says(&["avc3."]),
];

pub(super) const TIMED: &[Row] = &[
    Row::new(
        "ntsc.mp4",
        "24000 pictures in 1001 seconds, and sound of 44.1 kHz",
        &["-f lavfi -i testsrc2=s=160x90:r=24000/1001:d=6 -f lavfi -i sine=r=44100:d=6 {avc} {aac}"],
    )
    .says(&["FRAME-RATE=23.976"]),
    Row::new(
        "variable.mp4",
        "a variable frame rate",
        &["{both} -vf select='not(eq(mod(n\\,7)\\,3)+eq(mod(n\\,5)\\,1))' -fps_mode vfr {avc} {aac}"],
    ),
    Row::new(
        "sparse.mp4",
        "one picture in two seconds",
        &["-f lavfi -i testsrc2=s=160x90:r=1/2:d=16 -f lavfi -i sine=r=48000:d=16 -c:v libx264 -preset ultrafast -g 2 {aac}"],
    )
    .cut_in(4),
    Row::new("keys.mp4", "each picture a key frame", &["{both} -map 0:v {avc} -g 1"]).cut_in(2),
    Row::new("one-key.mp4", "one key frame for the whole film", &["{both} {avc} -g 1000 {aac}"])
        .cut_in(1),
    Row::new(
        "negative.mp4",
        "negative offsets (ctts of version 1)",
        &["{both} {avc} {aac} -movflags +negative_cts_offsets"],
    ),
    Row::new(
        "open.mp4",
        "open groups of pictures",
        &["{both} -c:v libx264 -preset ultrafast -g 25 -x264-params open-gop=1:bframes=3 {aac}"],
    ),
    Row::new(
        "open-hevc.mp4",
        "open groups of H.265",
        &["{both} -map 0:v -c:v libx265 -x265-params log-level=none:open-gop=1:keyint=27:min-keyint=27:scenecut=0:bframes=3:b-adapt=0 -preset ultrafast -tag:v hvc1"],
    ),
    Row::new(
        "late-sound.mp4",
        "sound that begins later than the picture (an empty edit)",
        &["-f lavfi -i testsrc2=s=160x90:r=25:d=6 -itsoffset 2.5 -f lavfi -i sine=r=48000:d=3 {avc} {aac}"],
    ),
    Row::new(
        "late-picture.mp4",
        "a picture that begins later than the sound",
        &["-itsoffset 1.3 -f lavfi -i testsrc2=s=160x90:r=25:d=5 -f lavfi -i sine=r=48000:d=6 {avc} {aac}"],
    ),
    Row::new(
        "long-sound.mp4",
        "sound that goes on behind the picture",
        &["-f lavfi -i testsrc2=s=160x90:r=25:d=3 -f lavfi -i sine=r=48000:d=9 {avc} {aac}"],
    ),
    Row::new(
        "long-picture.mp4",
        "a picture that goes on behind the sound",
        &["-f lavfi -i testsrc2=s=160x90:r=25:d=6 -f lavfi -i sine=r=48000:d=1 {avc} {aac}"],
    ),
    Row::new(
        "edit.mp4",
        "an edit list that begins between two key frames",
        &["{both} {avc} {aac}", "-ss 2.32 -i {before} -c copy"],
    )
    .shifted(320),
    Row::new(
        "edit-on-key.mp4",
        "an edit list that begins with a key frame",
        &["{both} {avc} {aac}", "-ss 2 -i {before} -c copy"],
    ),
];

pub(super) const FRAGMENTED: &[Row] = &[
    fragmented(
        "by-key.mp4",
        &["{both} {avc} {aac} -movflags +frag_keyframe+empty_moov"],
    ),
    fragmented(
        "default-base.mp4",
        &["{both} {avc} {aac} -movflags +frag_keyframe+empty_moov+default_base_moof"],
    ),
    fragmented(
        "no-offset.mp4",
        &["{both} {avc} {aac} -movflags +frag_keyframe+empty_moov+omit_tfhd_offset"],
    ),
    fragmented(
        "separate.mp4",
        &["{both} {avc} {aac} -movflags +frag_keyframe+empty_moov+separate_moof"],
    ),
    fragmented(
        "delayed.mp4",
        &["{both} {avc} {aac} -movflags +frag_keyframe+delay_moov"],
    )
    .except(&[Limit::Field("duration")]),
    // Some samples in `moov`, the others in fragments.
    fragmented(
        "partly.mp4",
        &["{both} {avc} {aac} -movflags +frag_keyframe"],
    ),
    fragmented("dash.mp4", &["{both} {avc} {aac} -movflags +dash"]),
    fragmented(
        "listed.mp4",
        &["{both} {avc} {aac} -movflags +dash+global_sidx"],
    ),
    fragmented(
        "each.mp4",
        &["{both} {avc} {aac} -movflags +frag_every_frame+empty_moov"],
    )
    .except(&[Limit::Decoded]),
    fragmented(
        "each-partly.mp4",
        &["{both} {avc} {aac} -movflags +frag_every_frame"],
    )
    .except(&[Limit::Decoded]),
    fragmented("cmaf.mp4", &["{both} {avc} {aac} -movflags +cmaf"])
        .except(&[Limit::Apart, Limit::Field("duration")]),
    fragmented(
        "fragmented-hevc.mp4",
        &[
            "{both} -c:v libx265 -x265-params log-level=none:keyint=25:bframes=2 -preset ultrafast -tag:v hvc1 -c:a aac -movflags +dash+delay_moov",
        ],
    ),
    fragmented(
        "fragmented-vp9.mp4",
        &[
            "{both} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25 -c:a libopus -strict -2 -movflags +frag_keyframe+empty_moov",
        ],
    ),
    fragmented(
        "fragmented-av1.mp4",
        &["{both} -c:v libsvtav1 -preset 12 -g 25 -c:a flac -strict -2 -movflags +frag_keyframe"],
    ),
    fragmented(
        "fragmented-sounds.mp4",
        &[
            "{both} -f lavfi -i sine=f=880:r=44100:d=6 -map 0:v -map 1:a -map 2:a {avc} {aac} -movflags +frag_keyframe+empty_moov",
        ],
    ),
    fragmented(
        "fragmented-sound.mp4",
        &["{both} -map 1:a {aac} -movflags +empty_moov -frag_duration 500000"],
    ),
    fragmented(
        "fragmented-edit.mp4",
        &[
            "{both} {avc} {aac}",
            "-ss 2.32 -i {before} -c copy -movflags +frag_keyframe+delay_moov",
        ],
    )
    .except(&[Limit::ShowsAll, Limit::Field("duration")])
    .shifted(320),
    fragmented(
        "pause.mp4",
        &["{both} {avc} {aac} -movflags +frag_keyframe+empty_moov+default_base_moof"],
    )
    .except(&[Limit::Field("frame_rate")])
    .finished(Finish::Changed(paused)),
];

const fn fragmented(name: &'static str, steps: &'static [&'static str]) -> Row {
    Row::new(name, "a fragmented film", steps)
}

pub(super) const WAITING: &[Row] = &[
    Row::new(
        "stream.ts",
        "an MPEG transport stream",
        &["{both} -t 1 {avc} {aac}"],
    )
    .waits(&["MPEG transport stream files cannot be read yet"]),
    Row::new(
        "old.avi",
        "AVI",
        &["{both} -t 1 -c:v mpeg4 -c:a libmp3lame"],
    )
    .waits(&["AVI files cannot be read yet"]),
    Row::new(
        "post.mxf",
        "MXF",
        &["{both} -t 1 -c:v mpeg2video -c:a pcm_s16le"],
    )
    .waits(&["MXF files cannot be read yet"]),
    Row::new("web.flv", "Flash video", &["{both} -t 1 {avc} {aac}"])
        .waits(&["Flash video files cannot be read yet"]),
    Row::new(
        "windows.wmv",
        "Windows Media",
        &["{both} -t 1 -c:v wmv2 -c:a wmav2"],
    )
    .waits(&["Windows Media files cannot be read yet"]),
    Row::new(
        "xiph.ogg",
        "Ogg",
        &["{both} -t 1 -c:v libtheora -c:a libvorbis"],
    )
    .waits(&["Ogg files cannot be read yet"]),
    Row::new(
        "master.mov",
        "ProRes",
        &["{both} -t 1 -map 0:v -c:v prores_ks"],
    )
    .waits(&["track 1: PRORES picture does not play in every browser; needs the workshop"]),
    Row::new(
        "ten.mp4",
        "H.264 of ten bits",
        &["{both} -t 2 {avc} {aac} -pix_fmt yuv420p10le"],
    )
    .waits(&[
        "track 1: this profile of H264 picture does not play in browsers; needs the workshop",
    ]),
    Row::new(
        "two.mp4",
        "two pictures",
        &["{both} -map 0:v -map 0:v -map 1:a {avc} {aac}"],
    )
    .waits(&["track 2: only the first picture track is shown"]),
    Row::new(
        "mpeg4.mp4",
        "MPEG-4 part 2",
        &["{both} -t 1 -c:v mpeg4 {aac}"],
    )
    .waits(&["track 1: MPEG4 picture does not play in every browser; needs the workshop"]),
    Row::new(
        "rgb.webm",
        "VP9 that keeps all colours",
        &["{both} -t 1 -map 0:v -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -pix_fmt yuv444p"],
    )
    .waits(&["track 1: this profile of VP9 picture does not play in browsers; needs the workshop"]),
    Row::new(
        "vp8.webm",
        "VP8 and Vorbis",
        &["{both} -t 1 -c:v libvpx -c:a libvorbis"],
    )
    .waits(&[
        "track 1: VP8 picture does not play in every browser; needs the workshop",
        "track 2: VORBIS sound does not play in every browser; needs the workshop",
    ]),
];
