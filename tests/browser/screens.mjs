// A small film for the player: two heights, two languages of sound, three subtitle tracks, as HLS. The
// films of the demo have one height each.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** How long the film is. */
export const seconds = 40;

/** Makes the film in `folder`, which is made with it. */
export function makeFilm(folder) {
  mkdirSync(folder, { recursive: true });
  const ffmpeg = (...options) => execFileSync("ffmpeg", ["-v", "error", "-y", ...options]);
  const hls = (name) => [
    ...["-f", "hls", "-hls_time", "2", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"],
    ...["-hls_fmp4_init_filename", `${name}-init.mp4`, "-hls_segment_filename", path.join(folder, `${name}-%03d.m4s`)],
    path.join(folder, `${name}.m3u8`),
  ];
  for (const height of [360, 180]) {
    const picture = `gradients=s=${(height * 16) / 9}x${height}:r=25:d=${seconds}:speed=0.02:c0=0x17313a:c1=0xe0a458:n=3`;
    const keys = ["-g", "50", "-keyint_min", "50", "-sc_threshold", "0"];
    ffmpeg("-f", "lavfi", "-i", picture, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", ...keys, ...hls(`v${height}`));
  }
  for (const [language, pitch] of Object.entries({ en: 220, fr: 330 })) {
    const tone = `sine=f=${pitch}:r=48000:d=${seconds}`;
    ffmpeg("-f", "lavfi", "-i", tone, "-ac", "2", "-af", "volume=0.05", "-c:a", "aac", ...hls(`a-${language}`));
  }
  // Thumbnails every two seconds, six to a sheet: the first two sheets are full, the others not all.
  const sheets = Math.ceil(seconds / 12);
  const tiles = `gradients=s=640x360:r=25:d=${seconds}:speed=0.02:c0=0x17313a:c1=0xe0a458:n=3,fps=1/2,scale=160:90,tile=3x2`;
  ffmpeg("-f", "lavfi", "-i", tiles, "-start_number", "0", path.join(folder, "tiles-%d.jpg"));
  const tileList = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:12", "#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-IMAGES-ONLY"];
  for (let n = 0; n < sheets; n += 1) {
    const lasting = Math.min(12, seconds - n * 12);
    tileList.push(`#EXTINF:${lasting}.0,`, "#EXT-X-TILES:RESOLUTION=160x90,LAYOUT=3x2,DURATION=2.0", `tiles-${n}.jpg`);
  }
  writeFileSync(path.join(folder, "tiles.m3u8"), [...tileList, "#EXT-X-ENDLIST", ""].join("\n"));
  const stamp = (at) => `00:00:${String(at).padStart(2, "0")}.000`;
  for (const [name, word] of Object.entries({ en: "Water writes", fr: "L’eau écrit", "en-sdh": "[waves] Water writes" })) {
    const cue = (i) => `${stamp(i * 4)} --> ${stamp(i * 4 + 3)}\n<i>${word}</i> ${i}\nsecond line & <b>bold</b>\n`;
    const cues = Array.from({ length: seconds / 4 }, (_, i) => cue(i)).join("\n");
    writeFileSync(path.join(folder, `s-${name}.vtt`), `WEBVTT\n\n${cues}\n`);
    const list = ["#EXTM3U", "#EXT-X-VERSION:7", `#EXT-X-TARGETDURATION:${seconds}`, "#EXT-X-PLAYLIST-TYPE:VOD"];
    list.push(`#EXTINF:${seconds}.0,`, `s-${name}.vtt`, "#EXT-X-ENDLIST", "");
    writeFileSync(path.join(folder, `s-${name}.m3u8`), list.join("\n"));
  }
  const sound = (name, language, chosen) =>
    `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="${name}",LANGUAGE="${language}",DEFAULT=${chosen},AUTOSELECT=YES,CHANNELS="2",URI="a-${language}.m3u8"`;
  const text = (name, language, more = "") =>
    `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="${name}",LANGUAGE="${language}",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO${more},URI="s-${name}.m3u8"`;
  const variant = (height, bandwidth, codec) =>
    `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},RESOLUTION=${(height * 16) / 9}x${height},CODECS="${codec},mp4a.40.2",AUDIO="a",SUBTITLES="s"\nv${height}.m3u8`;
  const sdh = ',CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound"';
  const master = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"];
  master.push(sound("English", "en", "YES"), sound("Français", "fr", "NO"));
  master.push(text("en", "en"), text("fr", "fr"), text("en-sdh", "en", sdh));
  master.push(variant(360, 900_000, "avc1.42c01e"), variant(180, 400_000, "avc1.42c00d"));
  master.push('#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=8000,CODECS="jpeg",RESOLUTION=160x90,URI="tiles.m3u8"', "");
  writeFileSync(path.join(folder, "master.m3u8"), master.join("\n"));
}
