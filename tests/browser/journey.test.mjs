// The main job, whole, in a real browser: a newcomer watches a film they have the right to see and
// finds their place again; an owner takes a film in, grants it, and ends the grant while it plays.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFile, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { film, listen, open, redeem, signIn, until, visitor } from "./browser.mjs";
import { root, start } from "./service.mjs";

const longFilm = "The Building Opposite";
/** The tone that a dubbed film's second track of sound is. */
const dubHz = 880;

/** Writes the film again with English sound, as it was, and French sound, which is one tone. */
function dub(film, dubbed) {
  const inputs = ["-i", film, "-f", "lavfi", "-i", `sine=f=${dubHz}:r=48000`];
  const tracks = ["-map", "0:v", "-map", "0:a", "-map", "1:a", "-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=fra"];
  const codecs = ["-c", "copy", "-c:a:1", "aac", "-ac:a:1", "2", "-shortest", "-f", "mp4"];
  execFileSync("ffmpeg", ["-v", "error", ...inputs, ...tracks, ...codecs, dubbed]);
}

/** Presses a button of the player's bar and chooses from its menu. */
async function choose(page, button, item) {
  await page.mouse.move(400 + Math.random() * 200, 300);
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.getByRole("menuitemradio", { name: item, exact: true }).click();
  assert.equal(await page.getByRole("menuitemradio", { name: item, exact: true }).getAttribute("aria-checked"), "true");
  await page.keyboard.press("Escape");
}

/** Copies a file in pieces over six seconds, as a slow line would. */
async function copySlowly(from, to) {
  const bytes = await readFile(from);
  const piece = Math.ceil(bytes.length / 24);
  for (let at = 0; at < bytes.length; at += piece) {
    await appendFile(to, bytes.subarray(at, at + piece));
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** What a file's row shows, look by look, until the file is ready. */
async function watchArrive(row) {
  const units = { bytes: 1, KB: 1 << 10, MB: 1 << 20, GB: 1 << 30 };
  const deadline = Date.now() + 60_000;
  const seen = [];
  while (Date.now() < deadline) {
    const text = await row.innerText();
    const state = await row.locator(".badge").innerText();
    const [, number, unit] = (await row.locator("td.num").innerText()).match(/([\d.]+) (\w+)$/);
    seen.push({ state, bytes: Number(number) * units[unit], text });
    if (state === "Ready") return seen;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`it never was ready: ${JSON.stringify(seen.slice(-3))}`);
}

for (const engine of ["sqlite", "postgres"]) {
  describe(`on ${engine}`, () => {
    let service, browser;
    /** What may not be in the log, however much of it is asked for. */
    const secrets = ["viewer@example.org", "un mot de passe assez long", "/watch/the-building-opposite-2026"];

    before(async () => {
      service = await start(engine, { level: "debug", log: engine === "sqlite" ? "json" : "text" });
      browser = await open();
    });

    after(async () => {
      await browser?.close();
      const stopped = await service?.stop();
      assert.equal(stopped?.code, 0, "Ctrl-C stops the service cleanly");
      assert.ok(stopped.milliseconds < 10_000, `stopping took ${stopped.milliseconds} ms`);
      const log = service.said.err;
      const form = engine === "sqlite" ? /^\{.*"level":"INFO".*request refused/m : / INFO.*request refused/;
      assert.match(log, form, "what was asked for is in the log at the level that was asked for");
      const told = [service.password, service.voucher, ...secrets].filter((secret) => log.includes(secret));
      assert.deepEqual(told, [], "no secret, address or token is in the log");
    });

    const find = async (page, name) => {
      await page.goto(`${service.url}/search?q=${encodeURIComponent(name)}`);
      return page.locator("main a.card", { hasText: name }).first();
    };

    test("a newcomer signs up, redeems a voucher, watches, and finds their place in another browser", async () => {
      const page = await visitor(browser);
      page.on("request", (request) => {
        const token = request.url().match(/\/media\/([^/]+)/)?.[1];
        if (token && !secrets.includes(token)) secrets.push(token);
      });
      await page.goto(service.url);
      await page.click('a[href^="/sign-up"]');
      await page.fill('input[name="email"]', "viewer@example.org");
      await page.fill('input[name="password"]', "un mot de passe assez long");
      await page.check('input[name="terms"]');
      await Promise.all([page.waitForURL((url) => !url.pathname.startsWith("/sign-up")), page.click('main button[type="submit"]')]);

      await redeem(page, service);

      await (await find(page, longFilm)).click();
      await page.waitForURL(/\/title\//);
      assert.match(await page.locator(".attribution").innerText(), /CC0/);
      await page.click('a[href^="/watch/"]');
      const begun = await until(page, "playing", (v) => v.time > 2 && v.frames > 10);
      assert.equal(begun.height, 720);
      assert.ok(begun.duration > 180, "the long film is the one that plays");

      await page.evaluate(() => (document.querySelector("video").currentTime = 90));
      const sought = await until(page, "playing after a seek", (v) => v.time > 92 && v.ready >= 3);
      assert.ok(sought.time < 120);
      const left = (await film(page)).time;
      assert.deepEqual(page.problems, []);
      secrets.push(...(await page.context().cookies()).filter((cookie) => cookie.value.length > 20).map((cookie) => cookie.value));
      assert.ok(secrets.length >= 5, "a token and a session are looked for in the log");
      await page.close({ runBeforeUnload: true });
      await page.context().close();

      const again = await visitor(browser);
      await signIn(again, service, "viewer@example.org", "un mot de passe assez long");
      await (await find(again, longFilm)).click();
      await again.waitForURL(/\/title\//);
      await again.click('a[href^="/watch/"]');
      const resumed = await until(again, "resuming", (v) => v.time > 1 && !v.paused);
      assert.ok(Math.abs(resumed.time - left) < 5, `left at ${left}, resumed at ${resumed.time}`);
      // A browser that is shut while much goes on may not get to say so, and its screen then counts for a while.
      await again.mouse.move(500, 300);
      await again.locator(".player__top a[href]").click();
      await again.waitForURL(/\/title\//);
      await again.context().close();
    });

    test("the attribution of a CC BY film stands on its page", async () => {
      const page = await visitor(browser);
      await signIn(page, service, "viewer@example.org", "un mot de passe assez long");
      await (await find(page, "Big Buck Bunny")).click();
      await page.waitForURL(/\/title\//);
      assert.match(await page.locator(".attribution").innerText(), /© 2008 Blender Foundation.*CC BY 3\.0/s);
      await page.context().close();
    });

    test("a member reads an episode's subtitles, goes on to the next, and finds it at home a moment later", async () => {
      const page = await visitor(browser);
      await signIn(page, service, "viewer@example.org", "un mot de passe assez long");
      await page.goto(`${service.url}/title/night-trains`);
      await page.locator("a.button--primary", { hasText: "Play S1 E1" }).click();
      await until(page, "playing, and all of it there: no piece of picture will come any more", (v) => v.time > 0.5 && v.buffered >= v.duration);
      await choose(page, "Subtitles", "French");
      const captioned = (text) => page.locator(".captions", { hasText: text }).first().waitFor();
      await page.evaluate(() => (document.querySelector("video").currentTime = 4));
      await captioned("Partir, c’est surtout des banlieues.");

      await page.evaluate(() => (document.querySelector("video").currentTime = document.querySelector("video").duration - 0.5));
      const first = page.url();
      await Promise.all([
        page.waitForURL((url) => url.href !== first && url.pathname.startsWith("/watch/")),
        page.getByRole("button", { name: "Play now" }).click(),
      ]);
      await captioned("Une minute durant, nous sommes un trait sur l’air.");
      await page.mouse.move(500, 300);
      await page.locator(".player__top a[href]").click();
      await page.waitForURL(/\/title\/night-trains$/);
      await page.goto(`${service.url}/home`);
      assert.match(await page.locator("#continue").innerText(), /Night Trains\s+Season 1, episode 2 · \d+ s left/);
      assert.deepEqual(page.problems, []);
      await page.context().close();
    });

    test("an owner takes a film in, grants it, and ends the grant: the play stops and the title is gone", async () => {
      const owner = await visitor(browser);
      await signIn(owner, service, service.owner, service.password);
      const arrivals = path.join(service.folder, "arrivals");
      await mkdir(arrivals);
      await owner.goto(`${service.url}/admin/folders`);
      await owner.fill('input[name="path"]', arrivals);
      const here = owner.waitForURL(/\/admin\/folders\/[^/]+$/);
      await Promise.all([here, owner.locator('form[action="/admin/folders"] button').click()]);

      // The page is left alone: whatever it shows of the file, it learnt by itself.
      await owner.evaluate(() => (window.wasNeverLeft = true));
      const source = path.join(service.folder, "dubbed.mp4");
      dub(path.join(root, "demo/films/Slow Light (2024)/Slow Light (2024).mp4"), source);
      const copied = copySlowly(source, path.join(arrivals, "Arrival at Dusk (2021).mp4"));
      const seen = await watchArrive(owner.locator("tr", { hasText: "Arrival at Dusk (2021).mp4" }));
      await copied;
      const arriving = seen.filter((row) => row.state === "Arriving");
      const sizes = [...new Set(arriving.map((row) => row.bytes))];
      assert.ok(sizes.length >= 2, `its size grew while it arrived: ${JSON.stringify(seen)}`);
      assert.deepEqual(sizes, sizes.toSorted((a, b) => a - b), "and never shrank");
      assert.ok(arriving.every((row) => /Last seen changing \d+ s ago/.test(row.text)), JSON.stringify(arriving));
      const bytes = (await stat(source)).size;
      assert.ok(Math.abs(seen.at(-1).bytes / bytes - 1) < 0.1, `${seen.at(-1).text} is ${bytes} bytes`);
      assert.equal(await owner.evaluate(() => window.wasNeverLeft), true);

      await writeFile(path.join(arrivals, "notes.mp4"), "this is no film\n");
      const notes = owner.locator("tr", { hasText: "notes.mp4" });
      await notes.getByRole("button", { name: "Try again" }).waitFor();
      assert.match(await notes.innerText(), /Not taken/);

      const viewer = await visitor(browser);
      await signIn(viewer, service, "viewer@example.org", "un mot de passe assez long");
      const title = `${service.url}/title/arrival-at-dusk-2021`;
      const appears = async (url, status, seconds) => {
        const deadline = Date.now() + seconds * 1000;
        let last;
        while (Date.now() < deadline) {
          last = (await owner.request.get(url)).status();
          if (last === status) return;
          await owner.waitForTimeout(250);
        }
        assert.fail(`${url} answered ${last}, not ${status}`);
      };
      await appears(`${service.url}/admin/titles/arrival-at-dusk-2021`, 200, 30);
      assert.equal((await viewer.request.get(title)).status(), 404, "without a grant nobody knows of it");

      await owner.goto(`${service.url}/admin/grants/new?title=arrival-at-dusk-2021`);
      await owner.fill('input[name="licensor"]', "Films du Cap");
      await owner.check('input[name="title"][value="arrival-at-dusk-2021"]');
      await owner.check('input[name="offer"][value="subscription"]');
      await owner.selectOption('select[name="licence"]', "contract");
      await Promise.all([
        owner.waitForURL((url) => !url.pathname.endsWith("/new")),
        owner.locator('button[name="do"][value="save"]').click(),
      ]);

      await viewer.goto(title);
      await viewer.click('a[href^="/watch/"]');
      await until(viewer, "playing the granted film", (v) => v.time > 1 && v.frames > 5);
      // Thirty seconds of film must not run out before the play is stopped.
      await viewer.evaluate(() => (document.querySelector("video").loop = true));

      const pitch = await listen(viewer);
      assert.ok(Math.abs((await pitch()) - dubHz) > 20, "the first track is heard");
      await choose(viewer, "Sound", "French");
      await until(viewer, "hearing the other track", async () => Math.abs((await pitch()) - dubHz) < 20);
      await until(viewer, "playing on in it", (v) => !v.paused && v.ready >= 3);

      await owner.goto(`${service.url}/admin/titles/arrival-at-dusk-2021`);
      await owner.locator('a[href^="/admin/grants/"]:not([href*="new"])').first().click();
      await owner.locator("form[action$='/end'] button[type='submit']").click();
      await Promise.all([owner.waitForLoadState("load"), owner.locator("dialog[open] .button--danger").click()]);
      const ended = Date.now();
      await appears(title, 410, 10);
      await viewer.waitForFunction(
        () => {
          const video = document.querySelector("video");
          return !video || video.paused || !video.currentSrc;
        },
        undefined,
        { timeout: 60_000 },
      );
      const seconds = (Date.now() - ended) / 1000;
      assert.ok(seconds < 60, `the play went on for ${seconds} s`);
      const gone = await viewer.goto(title);
      assert.equal(gone.status(), 410);
      assert.deepEqual([...owner.problems, ...viewer.problems], []);
      await owner.context().close();
      await viewer.context().close();
    });
  });
}
