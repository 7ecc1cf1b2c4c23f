// Films as they are, in a real browser: what it decodes plays and is sought in, what it lacks is refused by name.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { open, redeem, signIn, until, visitor } from "./browser.mjs";
import { start } from "./service.mjs";

const sources = (seconds) => ["-f", "lavfi", "-i", `testsrc2=s=640x360:r=25:d=${seconds}`, "-f", "lavfi", "-i", `sine=f=440:r=48000:d=${seconds}`];
const avc = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "50"];
const rights = 'licence = "CC0-1.0"\nlicensor = "Cineclub"\nstatement = "Made for a test; no rights reserved."\n';

/** Each film: its name, ffmpeg's words for it, the codec that this browser lacks, if that leaves nothing, the container and the seconds. */
const films = [
  ["AV1 and Opus", ["-c:v", "libsvtav1", "-preset", "12", "-g", "50", "-c:a", "libopus", "-ac", "2", "-strict", "-2"]],
  ["VP9 and FLAC", ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "50", "-c:a", "flac", "-strict", "-2"]],
  ["Two sounds", ["-map", "0:v", "-map", "1:a", "-map", "1:a", ...avc, "-c:a:0", "ac3", "-c:a:1", "aac", "-ac", "2"]],
  ["Matroska", ["-i", "TEXT", ...avc, "-bf", "3", "-c:a", "aac", "-c:s", "ass", "-metadata:s:s:0", "language=fra"], undefined, "mkv", 60],
  ["WebM", ["-map", "0:v", "-map", "1:a", "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "50", "-c:a", "libopus"], undefined, "webm"],
  ["Fragmented", ["-map", "0:v", "-map", "1:a", ...avc, "-bf", "3", "-c:a", "aac", "-movflags", "+frag_keyframe+empty_moov"]],
  ["HEVC and AAC", ["-c:v", "libx265", "-x265-params", "log-level=none", "-preset", "ultrafast", "-tag:v", "hvc1", "-c:a", "aac"], "HEVC"],
  ["AC-3 alone", [...avc, "-c:a", "ac3"], "AC-3"],
];

describe("codecs", () => {
  let folder, texts, service, browser, page;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "cineclub-codecs-"));
    texts = await mkdtemp(path.join(os.tmpdir(), "cineclub-texts-"));
    const text = path.join(texts, "text.srt");
    await writeFile(text, "1\n00:00:00,500 --> 00:00:59,000\n<i>Qui</i> est là ?\n");
    for (const [name, words, , container = "mp4", seconds = 20] of films) {
      const own = path.join(folder, `${name} (2020)`);
      await mkdir(own);
      const file = path.join(own, `${name} (2020).${container}`);
      execFileSync("ffmpeg", ["-v", "error", "-nostdin", ...sources(seconds), ...words.map((word) => (word === "TEXT" ? text : word)), file], { stdio: ["ignore", "ignore", "ignore"] });
      await writeFile(path.join(own, "rights.toml"), rights);
    }
    service = await start("sqlite", { place: folder });
    browser = await open();
    page = await visitor(browser);
    // Every offset by which the player moves picture or sound against the times they have.
    await page.addInitScript(() => {
      const own = Object.getOwnPropertyDescriptor(SourceBuffer.prototype, "timestampOffset");
      window.moves = [];
      const set = function (offset) {
        if (offset !== 0) window.moves.push(offset);
        own.set.call(this, offset);
      };
      Object.defineProperty(SourceBuffer.prototype, "timestampOffset", { ...own, set });
    });
    await signIn(page, service, service.owner, service.password);
    await redeem(page, service);
  });

  after(async () => {
    await browser?.close();
    await service?.stop();
    for (const made of [folder, texts]) if (made) await rm(made, { recursive: true, force: true });
  });

  for (const [name, , lacks] of films) {
    const slug = `${name.toLowerCase().replaceAll(" ", "-")}-2020`;
    test(`${name}: ${lacks ? "refused" : "plays, and is sought in"}`, async () => {
      await page.goto(`${service.url}/watch/${slug}`);
      if (lacks) {
        await page.locator(".player__problem", { hasText: `doesn’t play ${lacks}` }).waitFor();
        return;
      }
      await until(page, "it plays", (film) => film.time > 1 && film.height === 360);
      for (const to of [15, 4, 11]) {
        await page.evaluate((at) => (document.querySelector("video").currentTime = at), to);
        await until(page, `it plays from ${to} s on`, (film) => film.time > to + 0.5 && film.time < to + 5);
      }
      assert.deepEqual(await page.evaluate(() => window.moves), [], "sound and picture stay where they are");
      assert.deepEqual(page.problems, []);
    });
  }

  test("the subtitles inside a film are offered and shown", async () => {
    await page.goto(`${service.url}/watch/matroska-2020`);
    await until(page, "it plays", (film) => film.time > 1);
    await page.mouse.move(200, 200);
    await page.getByRole("button", { name: "Subtitles" }).click();
    await page.getByRole("menuitemradio", { name: "French" }).click();
    await page.locator(".captions i", { hasText: "Qui" }).waitFor();
    assert.equal(await page.locator(".captions").first().innerText(), "Qui est là ?");
  });
});
