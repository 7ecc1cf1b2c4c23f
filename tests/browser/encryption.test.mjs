// A film whose grant demands encryption, in a real browser: its picture is decoded and shown, and another leaves as it is.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { demandEncryption, open, redeem, signIn, until, visitor } from "./browser.mjs";
import { start } from "./service.mjs";

const rights = 'licence = "CC0-1.0"\nlicensor = "Cineclub"\nstatement = "Made for a test; no rights reserved."\n';
/** A red picture with a moving white bar: neither black, nor what a decoder makes of noise. */
const picture = "color=c=0xC02020:s=640x360:r=25:d=30,drawbox=x='mod(t*60,600)':y=0:w=40:h=360:c=white:t=fill";
const made = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", "sine=f=440:r=48000:d=30", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50", "-c:a", "aac"];

describe("encryption", () => {
  let folder, service, browser, page;
  /** What the player was sent, by the end of its address. */
  const sent = {};

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "cineclub-encryption-"));
    for (const name of ["Guarded", "Open"]) {
      const own = path.join(folder, `${name} (2020)`);
      await mkdir(own);
      execFileSync("ffmpeg", ["-v", "error", "-nostdin", ...made, path.join(own, `${name} (2020).mp4`)], { stdio: ["ignore", "ignore", "ignore"] });
      await writeFile(path.join(own, "rights.toml"), rights);
    }
    service = await start("sqlite", { place: folder });
    browser = await open();
    page = await visitor(browser);
    await signIn(page, service, service.owner, service.password);
    await redeem(page, service);
    await demandEncryption(page, service, "guarded-2020");
    page.on("response", async (response) => {
      const [, place] = response.url().match(/\/media\/[^/]+\/(.+)$/) ?? [];
      if (place && response.ok()) sent[place] = await response.body().catch(() => Buffer.alloc(0));
    });
  });

  after(async () => {
    await browser?.close();
    await service?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const watch = async (slug) => {
    for (const place of Object.keys(sent)) delete sent[place];
    await page.goto(`${service.url}/watch/${slug}`);
    await until(page, "it plays", (film) => film.time > 1 && film.height === 360 && film.frames > 10);
    await page.evaluate(() => (document.querySelector("video").currentTime = 17));
    await until(page, "it plays from 17 s on", (film) => film.time > 18 && film.time < 23);
  };
  /** The colour in the middle of what is on the screen, away from the bar. */
  const colour = async () => {
    await page.evaluate(() => document.querySelector("video").pause());
    const png = await page.locator("video").screenshot();
    return await page.evaluate(async (bytes) => {
      const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: "image/png" }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext("2d");
      context.drawImage(bitmap, 0, 0);
      const [red, green, blue] = context.getImageData(Math.round(bitmap.width / 8), Math.round(bitmap.height / 2), 1, 1).data;
      return { red, green, blue };
    }, [...png]);
  };
  const isRed = ({ red, green, blue }) => red > 120 && green < 80 && blue < 80;

  test("a film whose grant demands it is sent encrypted, and its picture is seen", async () => {
    await watch("guarded-2020");
    assert.equal(sent.key?.length, 16);
    assert.match(String(sent["1/index.m3u8"]), /METHOD=SAMPLE-AES/);
    assert.ok(sent["1/init.mp4"].includes("encv") && sent["2/init.mp4"].includes("enca"));
    assert.ok(sent["1/0.m4s"].includes("senc"));
    const seen = await colour();
    assert.ok(isRed(seen), JSON.stringify(seen));
    assert.deepEqual(page.problems, []);
  });

  test("another leaves as it is", async () => {
    await watch("open-2020");
    assert.equal(sent.key, undefined);
    assert.ok(sent["1/init.mp4"].includes("avc1") && !sent["1/0.m4s"].includes("senc"));
    assert.ok(isRed(await colour()));
  });

  test("a browser without keys is told so", async () => {
    const poor = await page.context().newPage();
    await poor.addInitScript(() => delete Navigator.prototype.requestMediaKeySystemAccess);
    await poor.goto(`${service.url}/watch/guarded-2020`);
    await poor.locator(".player__problem", { hasText: "sent encrypted, which this screen doesn’t play" }).waitFor();
    await poor.close();
  });
});
