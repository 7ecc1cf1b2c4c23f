// Films as they are, in a real browser: what it decodes plays and is sought in, what it lacks is refused by name.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { open, redeem, signIn, until, visitor } from "./browser.mjs";
import { start } from "./service.mjs";

const sources = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=20", "-f", "lavfi", "-i", "sine=f=440:r=48000:d=20"];
const avc = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "50"];
const rights = 'licence = "CC0-1.0"\nlicensor = "Cineclub"\nstatement = "Made for a test; no rights reserved."\n';

/** Each film: its name, ffmpeg's words for it, and the codec that this browser lacks, if that leaves nothing. */
const films = [
  ["AV1 and Opus", ["-c:v", "libsvtav1", "-preset", "12", "-g", "50", "-c:a", "libopus", "-ac", "2", "-strict", "-2"]],
  ["VP9 and FLAC", ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "50", "-c:a", "flac", "-strict", "-2"]],
  ["Two sounds", ["-map", "0:v", "-map", "1:a", "-map", "1:a", ...avc, "-c:a:0", "ac3", "-c:a:1", "aac", "-ac", "2"]],
  ["HEVC and AAC", ["-c:v", "libx265", "-x265-params", "log-level=none", "-preset", "ultrafast", "-tag:v", "hvc1", "-c:a", "aac"], "HEVC"],
  ["AC-3 alone", [...avc, "-c:a", "ac3"], "AC-3"],
];

describe("codecs", () => {
  let folder, service, browser, page;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "cineclub-codecs-"));
    for (const [name, words] of films) {
      const own = path.join(folder, `${name} (2020)`);
      await mkdir(own);
      const file = path.join(own, `${name} (2020).mp4`);
      execFileSync("ffmpeg", ["-v", "error", "-nostdin", ...sources, ...words, file], { stdio: ["ignore", "ignore", "ignore"] });
      await writeFile(path.join(own, "rights.toml"), rights);
    }
    service = await start("sqlite", { place: folder });
    browser = await open();
    page = await visitor(browser);
    await signIn(page, service, service.owner, service.password);
    await redeem(page, service);
  });

  after(async () => {
    await browser?.close();
    await service?.stop();
    await rm(folder, { recursive: true, force: true });
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
      assert.deepEqual(page.problems, []);
    });
  }
});
