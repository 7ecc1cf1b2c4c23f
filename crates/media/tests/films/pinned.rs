//! The bytes we serve are a contract: whoever changes them changes `FORMAT_VERSION` and these digests.

use cineclub_media as media;
use media::hls::{Selection, media_playlist, multivariant};

use crate::package::segment_bytes;

#[test]
fn the_bytes_of_a_fixed_film_do_not_change() {
    let film = media::example_film();
    let (index, tables) = media::open(&film, film.len() as u64).expect("the example is a film");
    assert_eq!(index.verdict(), media::Verdict::Playable);
    let digest = index.digest();
    let mut segment = media::Segment::default();
    let bodies: Vec<Vec<u8>> = (0..3)
        .map(|n| segment_bytes(&film, &index, &tables, 1, n, &mut segment))
        .collect();
    let lines = [
        format!("version {}", media::FORMAT_VERSION),
        format!("film {}", media::text_tag(&film)),
        format!(
            "index {} ({} bytes)",
            media::text_tag(&index.to_bytes()),
            index.to_bytes().len()
        ),
        format!(
            "init {}",
            media::text_tag(&media::init_segment(&index, 1).expect("an init segment"))
        ),
        format!(
            "segments {}",
            bodies
                .iter()
                .map(|body| media::text_tag(body))
                .collect::<Vec<_>>()
                .join(" ")
        ),
        format!("tag {}", media::segment_tag(&digest, 1, 2)),
        multivariant(&index, &Selection::everything(&index)).expect("a playlist"),
        media_playlist(&index, 1).expect("a playlist"),
    ];
    insta::assert_snapshot!(lines.join("\n"), @r##"
    version 1
    film "0c0ff966979c24036935c4b59f88db8b"
    index "e6afccfe2ad5a0b349c2262e64a2088b" (149 bytes)
    init "802ede35f4b901d10bd98af0d737db90"
    segments "496553c1e3df715a1598588a30cdeb90" "f91eaf7e5216643eb903f07cd70d2cac" "62bc89b70b55b825a1dc8596ea65a6da"
    tag "6274d09bf859d7a0d19f84e286ae9938"
    #EXTM3U
    #EXT-X-VERSION:7
    #EXT-X-INDEPENDENT-SEGMENTS
    #EXT-X-STREAM-INF:BANDWIDTH=4368,AVERAGE-BANDWIDTH=4164,CODECS="avc1.64000d",RESOLUTION=320x180,FRAME-RATE=25.000,VIDEO-RANGE=SDR,CLOSED-CAPTIONS=NONE
    1/index.m3u8

    #EXTM3U
    #EXT-X-VERSION:7
    #EXT-X-TARGETDURATION:4
    #EXT-X-MEDIA-SEQUENCE:0
    #EXT-X-PLAYLIST-TYPE:VOD
    #EXT-X-INDEPENDENT-SEGMENTS
    #EXT-X-MAP:URI="init.mp4"
    #EXTINF:4.000000,
    0.m4s
    #EXTINF:4.000000,
    1.m4s
    #EXTINF:2.000000,
    2.m4s
    #EXT-X-ENDLIST
    "##);
}
