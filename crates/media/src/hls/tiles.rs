//! Image playlists: an extension of HLS in wide use ("Image Media Playlist", version 0.4) for thumbnails.

use super::{extinf, write};
use crate::index::target_seconds;
use crate::tiles::Tiles;

/// Says in the multivariant playlist where the thumbnails are. RESOLUTION is that of one of them.
pub(super) fn image_stream(out: &mut String, tiles: &Tiles) {
    let (rate, width, height) = (tiles.bits_per_second(), tiles.width, tiles.height);
    write(
        out,
        format_args!(
            "#EXT-X-IMAGE-STREAM-INF:BANDWIDTH={rate},CODECS=\"jpeg\",RESOLUTION={width}x{height},URI=\"tiles/index.m3u8\"\n"
        ),
    );
}

/// The playlist of a film's thumbnails, `tiles/index.m3u8`: its segments are the sheets, `{n}.jpg`.
pub fn tile_playlist(tiles: &Tiles, duration_ms: u64) -> String {
    let mut out = String::with_capacity(200 + tiles.sheets as usize * 100);
    let longest = tiles.sheet_ms().min(duration_ms);
    write(
        &mut out,
        format_args!(
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{}\n#EXT-X-MEDIA-SEQUENCE:0\n\
             #EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-IMAGES-ONLY\n",
            target_seconds(longest, 1000)
        ),
    );
    for (n, (begin, end)) in tiles.times(duration_ms).enumerate() {
        extinf(&mut out, (end - begin) * 1000);
        write(
            &mut out,
            format_args!(
                "#EXT-X-TILES:RESOLUTION={}x{},LAYOUT={}x{},DURATION={}.{:03}\n{n}.jpg\n",
                tiles.width,
                tiles.height,
                tiles.across,
                tiles.down,
                tiles.interval_ms / 1000,
                tiles.interval_ms % 1000
            ),
        );
    }
    out.push_str("#EXT-X-ENDLIST\n");
    out
}
