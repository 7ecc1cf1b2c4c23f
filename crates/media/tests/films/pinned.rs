//! The bytes we serve are a contract: whoever changes them changes `FORMAT_VERSION` and these digests.

use cineclub_media as media;
use media::Selection;
use media::hls::{key_playlist, media_playlist, multivariant};

use crate::package::{segment_bytes, sent};

#[test]
fn the_bytes_of_a_fixed_film_do_not_change() {
    let film = media::example_film();
    let (index, tables) = media::open(&film, film.len() as u64).expect("the example is a film");
    let lookup = media::Lookup::new(&film, &index, tables);
    let samples = lookup.samples();
    assert_eq!(index.verdict(), media::Verdict::Playable);
    let digest = index.digest();
    let mut segment = media::Segment::default();
    let bodies: Vec<Vec<u8>> = (0..3)
        .map(|n| segment_bytes(&film, &index, samples, 1, n, &mut segment))
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
        format!(
            "keys {}",
            (0..3)
                .map(|n| {
                    media::plan_key_frame(&index, samples, 1, n, &mut segment)
                        .expect("a key frame");
                    media::text_tag(&sent(&film, &segment))
                })
                .collect::<Vec<_>>()
                .join(" ")
        ),
        multivariant(&index, &Selection::everything(&index)).expect("a playlist"),
        media_playlist(&index, 1).expect("a playlist"),
        key_playlist(&index, 1).expect("a playlist"),
        media::dash::manifest(&index, &Selection::everything(&index)).expect("a manifest"),
    ];
    insta::assert_snapshot!(lines.join("\n"), @r##"
    version 6
    film "f6ace95b6fba0f5588386db345c311e9"
    index "6357f0163caf562e713d5179c217b477" (160 bytes)
    init "b77c4655b3c4bee9445f4823031f1b35"
    segments "ef5976c603fd52be0a2b23834f5a1b7e" "ba3cab45563fd9b9b85274bd15f7fb2e" "a7dca4444434099823026eb0650d39ce"
    tag "d48759107096ae304bb9006c6e930ec9"
    keys "f5f55b01582a74d295ed6cb2258d90f7" "da72b705ba93a8b57f42cdd16004b471" "1d8acac27bc6025172187f6973cb434f"
    #EXTM3U
    #EXT-X-VERSION:7
    #EXT-X-INDEPENDENT-SEGMENTS
    #EXT-X-STREAM-INF:BANDWIDTH=4368,AVERAGE-BANDWIDTH=4164,CODECS="avc1.64000d",RESOLUTION=320x180,FRAME-RATE=25.000,VIDEO-RANGE=SDR,CLOSED-CAPTIONS=NONE
    1/index.m3u8
    #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=688,AVERAGE-BANDWIDTH=413,CODECS="avc1.64000d",RESOLUTION=320x180,VIDEO-RANGE=SDR,URI="1/keys.m3u8"

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

    #EXTM3U
    #EXT-X-VERSION:7
    #EXT-X-TARGETDURATION:4
    #EXT-X-MEDIA-SEQUENCE:0
    #EXT-X-PLAYLIST-TYPE:VOD
    #EXT-X-I-FRAMES-ONLY
    #EXT-X-MAP:URI="init.mp4"
    #EXTINF:4.000000,
    k0.m4s
    #EXTINF:4.000000,
    k1.m4s
    #EXTINF:2.000000,
    k2.m4s
    #EXT-X-ENDLIST

    <?xml version="1.0" encoding="UTF-8"?>
    <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static" mediaPresentationDuration="PT10.000S" maxSegmentDuration="PT4.000S" minBufferTime="PT4.000S">
     <Period id="film" start="PT0.000S">
      <AdaptationSet id="1" contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1">
       <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
       <SegmentTemplate timescale="12800" initialization="1/init.mp4" media="1/$Number$.m4s" startNumber="0">
        <SegmentTimeline>
         <S t="0" d="51200" r="1"/>
         <S d="25600"/>
        </SegmentTimeline>
       </SegmentTemplate>
       <Representation id="1" bandwidth="4368" codecs="avc1.64000d" width="320" height="180" sar="1:1" frameRate="25/1"/>
      </AdaptationSet>
      <AdaptationSet contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1" codingDependency="false">
       <EssentialProperty schemeIdUri="http://dashif.org/guidelines/trickmode" value="1"/>
       <SegmentTemplate timescale="12800" initialization="1/init.mp4" media="1/k$Number$.m4s" startNumber="0">
        <SegmentTimeline>
         <S t="0" d="51200" r="1"/>
         <S d="25600"/>
        </SegmentTimeline>
       </SegmentTemplate>
       <Representation id="k1" bandwidth="688" codecs="avc1.64000d" width="320" height="180" sar="1:1"/>
      </AdaptationSet>
     </Period>
    </MPD>
    "##);
}

#[test]
fn what_is_said_of_a_fixed_film_that_is_encrypted_does_not_change() {
    let film = media::example_film();
    let (index, _) = media::open(&film, film.len() as u64).expect("the example is a film");
    let key = media::ContentKey {
        id: *b"0123456789abcdef",
        secret: [1; 16],
        iv: [2; 16],
    };
    let system = media::KeySystem::ClearKey {
        key_uri: "../key".to_owned(),
        licence_uri: "/media/a&b/licence".to_owned(),
    };
    let init = media::encrypted_init_segment(&index, 1, &key).expect("an init segment");
    let lists = [
        media::hls::encrypted_media_playlist(&index, 1, &system),
        media::hls::encrypted_key_playlist(&index, 1, &system),
    ];
    let heads = lists.map(|list| {
        let list = list.expect("a playlist");
        let lines: Vec<_> = list.lines().skip(5).take(3).collect();
        lines.join("\n")
    });
    let selection = Selection {
        encryption: Some(media::Encryption {
            key_id: key.id,
            system,
        }),
        ..Selection::everything(&index)
    };
    let manifest = media::dash::manifest(&index, &selection).expect("a manifest");
    let manifest: Vec<_> = manifest.lines().skip(1).take(8).collect();
    let lines = [
        format!("init {}", media::text_tag(&init)),
        heads.join("\n\n"),
        manifest.join("\n"),
    ];
    insta::assert_snapshot!(lines.join("\n"), @r#"
    init "bb5db53b2ba64b5f0622446de7772320"
    #EXT-X-INDEPENDENT-SEGMENTS
    #EXT-X-KEY:METHOD=SAMPLE-AES,URI="../key",KEYFORMAT="identity",KEYFORMATVERSIONS="1"
    #EXT-X-MAP:URI="init.mp4"

    #EXT-X-I-FRAMES-ONLY
    #EXT-X-KEY:METHOD=SAMPLE-AES,URI="../key",KEYFORMAT="identity",KEYFORMATVERSIONS="1"
    #EXT-X-MAP:URI="init.mp4"
    <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static" mediaPresentationDuration="PT10.000S" maxSegmentDuration="PT4.000S" minBufferTime="PT4.000S" xmlns:cenc="urn:mpeg:cenc:2013" xmlns:dashif="https://dashif.org/CPS">
     <Period id="film" start="PT0.000S">
      <AdaptationSet id="1" contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1">
       <ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="cbcs" cenc:default_KID="30313233-3435-3637-3839-616263646566"/>
       <ContentProtection schemeIdUri="urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e" value="ClearKey1.0">
        <dashif:Laurl>/media/a&amp;b/licence</dashif:Laurl>
       </ContentProtection>
       <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
    "#);
}
