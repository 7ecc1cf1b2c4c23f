//! What a client of HLS reads in playlists (RFC 8216 §4): the tracks it plays, and their segments in time.

use crate::wire::Broken;

/// A track as its own playlist tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Track {
    /// The address of its init segment.
    pub(crate) init: String,
    /// Its segments.
    pub(crate) segments: Vec<Segment>,
}

/// A segment of a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Its address.
    pub(crate) path: String,
    /// Where it begins, in milliseconds of the film.
    pub(crate) start_ms: u64,
    /// Where it ends.
    pub(crate) end_ms: u64,
}

impl Track {
    /// Reads the playlist at `path`.
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self, Broken> {
        let (mut init, mut segments) = (None, Vec::new());
        let (mut at_s, mut lasts_s) = (0.0_f64, None);
        for line in text.lines() {
            if let Some(map) = line.strip_prefix("#EXT-X-MAP:") {
                init = quoted(map, "URI").map(|uri| beside(path, uri));
            } else if let Some(lasts) = line.strip_prefix("#EXTINF:") {
                lasts_s = lasts
                    .split(',')
                    .next()
                    .and_then(|lasts| lasts.parse::<f64>().ok());
            } else if !line.is_empty() && !line.starts_with('#') {
                let end_s = at_s
                    + lasts_s
                        .take()
                        .ok_or(Broken::Strange("a segment without a length"))?;
                segments.push(Segment {
                    path: beside(path, line),
                    start_ms: millis(at_s),
                    end_ms: millis(end_s),
                });
                at_s = end_s;
            }
        }
        let init = init.ok_or(Broken::Strange("a playlist without an init segment"))?;
        if segments.is_empty() {
            return Err(Broken::Strange("a playlist without segments"));
        }
        Ok(Self { init, segments })
    }

    /// The number of the segment that is shown at an instant of the film.
    pub(crate) fn segment_at(&self, at_ms: u64) -> usize {
        let after = self.segments.partition_point(|s| s.start_ms <= at_ms);
        after.saturating_sub(1)
    }
}

/// The addresses of the playlists that play together: the first variant's, and its sound's where that lies apart.
pub(crate) fn tracks(path: &str, master: &str) -> Result<Vec<String>, Broken> {
    let picture = master
        .lines()
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .ok_or(Broken::Strange("a master playlist without a variant"))?;
    let sound = master
        .lines()
        .filter_map(|line| line.strip_prefix("#EXT-X-MEDIA:"))
        .find(|line| line.contains("TYPE=AUDIO"))
        .and_then(|line| quoted(line, "URI"));
    let uris = [picture].into_iter().chain(sound);
    Ok(uris.map(|uri| beside(path, uri)).collect())
}

/// The quoted value of an attribute.
fn quoted<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = attributes.split_once(&format!("{name}=\""))?;
    value.split('"').next()
}

/// The address that `uri` means in a playlist at `path`.
fn beside(path: &str, uri: &str) -> String {
    if uri.starts_with('/') {
        return uri.to_owned();
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{folder}/{uri}")
}

/// Whole milliseconds; a conversion of floats saturates.
fn millis(seconds: f64) -> u64 {
    (seconds * 1000.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_have_their_place_in_time_and_addresses_beside_their_playlist() {
        let text = "#EXTM3U\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:4.000,\n0.m4s\n#EXTINF:2.5,\n1.m4s\n#EXT-X-ENDLIST\n";
        let track = Track::parse("/media/T/1/index.m3u8", text).unwrap();
        assert_eq!(track.init, "/media/T/1/init.mp4");
        let last = &track.segments[1];
        assert_eq!(
            (last.path.as_str(), last.start_ms, last.end_ms),
            ("/media/T/1/1.m4s", 4000, 6500)
        );
        assert_eq!(
            [0, 3999, 4000, 9999].map(|at| track.segment_at(at)),
            [0, 0, 1, 1]
        );
    }

    #[test]
    fn a_variant_plays_with_its_sound() {
        let master = "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",URI=\"2/index.m3u8\"\n\
                      #EXT-X-I-FRAME-STREAM-INF:URI=\"1/keys.m3u8\"\n#EXT-X-STREAM-INF:AUDIO=\"a\"\n1/index.m3u8\n";
        let both = tracks("/media/T/master.m3u8", master).unwrap();
        assert_eq!(both, ["/media/T/1/index.m3u8", "/media/T/2/index.m3u8"]);
    }
}
