// Oracles without a window: what a strict reader of playlists, ffmpeg and mpv say of a film as it is served.

import { execFile, execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import HLS from "hls-parser";

HLS.setOptions({ strictMode: true });

/** How long the films are. */
export const seconds = 22;
/** The pitches of the two sounds, in hertz. */
export const pitches = [440, 880];

const rights = 'licence = "CC0-1.0"\nlicensor = "Cineclub"\nstatement = "Made for a test; no rights reserved."\n';
/** The picture's own clock: a square for each bit of the seconds, white for 1. */
const clock = [0, 1, 2, 3, 4].flatMap((bit) => {
  const square = `drawbox=x=${bit * 32}:y=0:w=32:h=32:t=fill`;
  return [`${square}:c=black`, `${square}:c=white:enable='mod(floor(t/${1 << bit}),2)'`];
});
const avc = ["-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-g", "50"];
const dubbed = ["-map", "0:v", "-map", "1:a", "-map", "2:a", "-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=fra"];
const copied = ["-map", "0:v", "-map", "0:a:0", "-c", "copy"];
const even = [...avc, "-keyint_min", "50", "-sc_threshold", "0"];
const uneven = "select='lt(mod(n,60),20)+not(mod(n,3))'";

/** Each film: its name, and ffmpeg's words for it. The first is made of nothing, the others of the first. */
const films = {
  "Two sounds": [...dubbed, ...avc, "-c:a", "aac", "-ac", "2"],
  "Usual film": copied,
  "Uneven frames": [...copied, ...avc, "-filter:v", uneven, "-fps_mode", "vfr"],
  "Open groups": [...copied, ...avc, "-x264-params", "open-gop=1:scenecut=0"],
  "Three sizes": [...copied, ...even],
  "Sound alone": ["-map", "0:a:0", "-c", "copy"],
  "AV1 and Opus": [...copied, "-c:v", "libsvtav1", "-preset", "12", "-g", "50", "-c:a", "libopus"],
  "VP9 and FLAC": [...copied, "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "50", "-c:a", "flac", "-sample_fmt", "s16", "-strict", "-2"],
  "Deep FLAC": [...copied, "-c:a", "flac", "-strict", "-2"],
};

/** The other sizes of the film that has some, with the key frames of the one it is made from: by what their names end in. */
const sizes = { " - 360p": "640:360", " - 0090p": "160:90" };

/** The file of a film in `folder`. */
export const fileOf = (folder, name) => path.join(folder, `${name} (2020)`, `${name} (2020).mp4`);

/** Makes the films in `folder`, each with its rights beside it, and for the first two languages of subtitles. */
export async function makeFilms(folder) {
  const picture = [`testsrc2=s=320x180:r=25:d=${seconds}`, ...clock].join(",");
  const inputs = [picture, ...pitches.map((pitch) => `sine=f=${pitch}:r=48000:d=${seconds}`)];
  let sources = inputs.flatMap((input) => ["-f", "lavfi", "-i", input]);
  for (const [name, words] of Object.entries(films)) {
    const file = fileOf(folder, name);
    await mkdir(path.dirname(file));
    execFileSync("ffmpeg", ["-v", "error", "-nostdin", ...sources, ...words, file], { stdio: ["ignore", "ignore", "ignore"] });
    await writeFile(path.join(path.dirname(file), "rights.toml"), rights);
    if (name === "Two sounds") sources = ["-i", file];
  }
  const film = fileOf(folder, "Three sizes");
  for (const [end, size] of Object.entries(sizes)) {
    const words = [...copied, ...even, "-filter:v", `scale=${size}`, film.replace(/(?=\.mp4$)/, end)];
    execFileSync("ffmpeg", ["-v", "error", "-nostdin", "-i", film, ...words], { stdio: ["ignore", "ignore", "ignore"] });
  }
  for (const [language, text] of Object.entries({ en: "Water writes", fr: "L’eau écrit" })) {
    const cues = [10, 13, 18].map((at, n) => `${n + 1}\n00:00:${at},000 --> 00:00:${at + 2},000\n${text} ${n}\n`);
    await writeFile(fileOf(folder, "Two sounds").replace(/mp4$/, `${language}.srt`), cues.join("\n"));
  }
}

/** A film's playlists, as the strict reader reads them: the first, and by address each that it names. */
export async function playlists(master) {
  const read = async (url) => {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${answer.status} for ${url}`);
    return HLS.parse(await answer.text());
  };
  const first = await read(master);
  const named = first.variants.flatMap(({ uri, audio, subtitles }) => [uri, ...[...audio, ...subtitles].map((one) => one.uri)]);
  const lists = {};
  for (const uri of new Set(named.filter(Boolean))) lists[uri] = await read(new URL(uri, master));
  return { first, lists };
}

/** The program's output, and everything that it complained of. */
async function run(program, words) {
  const done = await promisify(execFile)(program, words, { maxBuffer: 1 << 24, timeout: 60_000 }).catch((error) => error);
  const failed = done.code ?? done.signal;
  return { out: done.stdout, complaints: [...done.stderr.split("\n").filter(Boolean), ...(failed ? [`${program} ended with ${failed}`] : [])] };
}

/** What ffmpeg complains of while it decodes all of a film. */
export async function decode(url) {
  return (await run("ffmpeg", ["-v", "error", "-nostdin", "-i", url, "-map", "0", "-c:s", "copy", "-f", "null", "-"])).complaints;
}

/** Every frame of a film's picture: its time after the first, in milliseconds, and the digest of what it shows. */
export async function frames(url) {
  const words = ["-v", "error", "-nostdin", "-i", url, "-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framemd5", "-"];
  const { out } = await run("ffmpeg", words);
  const [, number, parts] = out.match(/^#tb 0: (\d+)\/(\d+)$/m);
  const rows = out.split("\n").filter((line) => line && !line.startsWith("#")).map((line) => line.split(",").map((field) => field.trim()));
  return rows.map(([, , time, , , digest]) => `${Math.round((1000 * (time - rows[0][2]) * number) / parts)} ${digest}`);
}

/** What mpv complains of while it decodes five seconds of a film, beginning at `from`, as fast as it can. */
export async function mpv(url, from = 0) {
  // As fast as it can, picture and sound race; only that is what the player itself warns of.
  const words = ["--no-config", "--msg-level=all=warn,cplayer=error", "--o=/dev/null", "--of=null", "--ovc=rawvideo", "--oac=pcm_s16le", "--length=5"];
  const { out, complaints } = await run("mpv", [...words, ...(from ? [`--start=${from}`] : []), url]);
  return [...out.split("\n"), ...complaints].filter((line) => line && !/hls: Can't support the subtitle/.test(line));
}
