//! Makes a small film for the player's tests: two heights, two languages of sound, three subtitle tracks, as HLS.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const seconds = 40;

export function makeFilm(folder) {
  if (existsSync(join(folder, "master.m3u8"))) return;
  mkdirSync(folder, { recursive: true });
  const hls = (name) => ["-f", "hls", "-hls_time", "2", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", `${name}-init.mp4`, "-hls_segment_filename", join(folder, `${name}-%03d.m4s`), join(folder, `${name}.m3u8`)];
  const run = (...options) => execFileSync("ffmpeg", ["-v", "error", "-y", ...options]);
  for (const height of [360, 180]) {
    run("-f", "lavfi", "-i", `gradients=s=${(height * 16) / 9}x${height}:r=25:d=${seconds}:speed=0.02:c0=0x17313a:c1=0xe0a458:n=3`, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50", "-keyint_min", "50", "-sc_threshold", "0", ...hls(`v${height}`));
  }
  for (const [language, pitch] of [["en", 220], ["fr", 330]]) {
    run("-f", "lavfi", "-i", `sine=f=${pitch}:r=48000:d=${seconds}`, "-ac", "2", "-af", "volume=0.05", "-c:a", "aac", ...hls(`a-${language}`));
  }
  const stamp = (at) => `00:00:${String(at).padStart(2, "0")}.000`;
  for (const [name, word] of [["en", "Water writes"], ["fr", "L’eau écrit"], ["en-sdh", "[waves] Water writes"]]) {
    const cues = Array.from({ length: seconds / 4 }, (_, i) => `${stamp(i * 4)} --> ${stamp(i * 4 + 3)}\n<i>${word}</i> ${i}\nsecond line & <b>bold</b>\n`).join("\n");
    writeFileSync(join(folder, `s-${name}.vtt`), `WEBVTT\n\n${cues}\n`);
    writeFileSync(join(folder, `s-${name}.m3u8`), `#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:${seconds}\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:${seconds}.0,\ns-${name}.vtt\n#EXT-X-ENDLIST\n`);
  }
  const text = (name, language, extra = "") => `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="${name}",LANGUAGE="${language}",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO${extra},URI="s-${name}.m3u8"`;
  const sdh = ',CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound"';
  writeFileSync(join(folder, "master.m3u8"), [
    "#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS",
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a-en.m3u8"',
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Français",LANGUAGE="fr",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2",URI="a-fr.m3u8"',
    text("en", "en"), text("fr", "fr"), text("en-sdh", "en", sdh),
    '#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=640x360,CODECS="avc1.42c01e,mp4a.40.2",AUDIO="a",SUBTITLES="s"', "v360.m3u8",
    '#EXT-X-STREAM-INF:BANDWIDTH=400000,RESOLUTION=320x180,CODECS="avc1.42c00d,mp4a.40.2",AUDIO="a",SUBTITLES="s"', "v180.m3u8", "",
  ].join("\n"));
}
