//! Drives the built player in Chromium against a stand-in for the server, under the product's content policy.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { sendFile, serve } from "../../prototypes/server.mjs";
import { makeFilm, seconds } from "./media.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const film = join(here, "../../.cache/test-film");
const looks = process.env.LOOK_DIR;
const axe = readFileSync(join(here, "../../node_modules/axe-core/axe.min.js"), "utf8");
makeFilm(film);
if (looks) mkdirSync(looks, { recursive: true });

/** The stand-in's state: what it answers next, and what it was asked. */
let state;
function fresh(changes = {}) {
  state = { starts: [], beats: [], ends: [], position: 0, refuse: null, beatRefuse: null, segmentStatus: null, next: null, slowMs: 0, made: 0, ...changes };
}
fresh();

function api(request, response, path) {
  if (path.startsWith("/media/")) {
    const [, , token, name] = path.split("/");
    if (state.segmentStatus && /\.m4s$/.test(name) && token !== `t${state.allow}`) { response.statusCode = state.segmentStatus; response.end(); return true; }
    setTimeout(() => sendFile(response, join(film, name.replace(/[^\w.-]/g, ""))), name === "master.m3u8" ? state.slowMs : 0);
    return true;
  }
  if (path.startsWith("/watch/")) { response.setHeader("Content-Type", "text/html"); response.end("<title>next</title>"); return true; }
  if (!path.startsWith("/api/")) return false;
  let body = "";
  request.on("data", (chunk) => { body += chunk; });
  request.on("end", () => {
    const sent = body ? JSON.parse(body) : {};
    const answer = (status, value) => {
      response.statusCode = status;
      if (value) response.setHeader("Content-Type", status >= 400 ? "application/problem+json" : "application/json");
      response.end(value ? JSON.stringify(value) : undefined);
    };
    const guarded = request.headers["x-requested-with"] === "cineclub";
    if (path.endsWith("/play")) {
      if (!guarded) return answer(403, { title: "no header" });
      state.starts.push(sent);
      if (state.refuse) return answer(state.refuse.status, state.refuse);
      state.made += 1;
      return answer(200, { play: `p${state.made}`, manifest: `/media/t${state.made}/master.m3u8`, position_ms: state.position, duration_ms: seconds * 1000, beat_seconds: 2, beat: `/api/v1/plays/${state.made}/beat`, end: `/api/v1/plays/${state.made}/end`, next: state.next, attribution: "© 2008 Blender Foundation | peach.blender.org, CC BY 3.0" });
    }
    if (path.endsWith("/beat")) {
      state.beats.push(sent);
      return state.beatRefuse ? answer(state.beatRefuse.status, state.beatRefuse) : answer(204);
    }
    if (path.endsWith("/end")) { state.ends.push({ ...sent, path, guarded, type: request.headers["content-type"] }); return answer(204); }
    if (path.endsWith("/stop-other")) { state.refuse = null; return answer(204); }
    return answer(404, { title: "?" });
  });
  return true;
}

const server = await serve(0, api);
const origin = `http://127.0.0.1:${server.address().port}`;
const profile = mkdtempSync(join(tmpdir(), "player-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  viewport: { width: 1440, height: 810 },
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
});
const complaints = [];
async function open() {
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => { if (/Content Security Policy|Refused to/.test(message.text())) complaints.push(message.text()); });
  await page.goto(`${origin}/player`);
  return page;
}
const time = (page) => page.evaluate(() => document.querySelector("video").currentTime);
const until = (page, test, argument, timeout = 15000) => page.waitForFunction(test, argument, { timeout });
const playing = (page) => until(page, () => { const v = document.querySelector("video"); return !v.paused && v.currentTime > 0.4 && v.readyState >= 3; });
const look = async (page, name) => { if (looks) await page.screenshot({ path: join(looks, `player-${name}.png`) }); };
const show = (page) => page.mouse.move(400 + Math.random() * 200, 300);

const tests = {
  async "plays, beats and ends with the page"() {
    const page = await open();
    await playing(page);
    assert.equal(state.starts.length, 1);
    assert.equal(state.starts[0].device.name, "Chrome, Linux");
    assert.ok(state.starts[0].device.codecs.includes("avc1.640028") && state.starts[0].device.codecs.includes("mp4a.40.2"));
    await show(page);
    await look(page, "playing");
    await page.waitForTimeout(4600);
    assert.ok(state.beats.length >= 2, "a beat every two seconds");
    const beat = state.beats[state.beats.length - 1];
    assert.equal(beat.state, "playing");
    assert.ok(beat.position_ms > 500 && beat.buffered_ms > 0);
    const at = await time(page);
    await page.goto("about:blank");
    await page.waitForTimeout(400);
    assert.equal(state.ends.length, 1);
    assert.ok(Math.abs(state.ends[0].position_ms / 1000 - at) < 1.5);
    assert.match(state.ends[0].type, /application\/json/);
    await page.close();
  },
  async "resumes, says so, and starts over"() {
    fresh({ position: 21_000 });
    const page = await open();
    await playing(page);
    const at = await time(page);
    assert.ok(at >= 20.5 && at < 25, `resumed at ${at}`);
    const toast = page.locator(".player__toast");
    assert.match(await toast.textContent(), /Resumed at 0:21/);
    await look(page, "resumed");
    await toast.getByRole("button").click();
    await until(page, () => document.querySelector("video").currentTime < 5);
    await page.close();
  },
  async "a beat sent before the film is there keeps the viewer's place"() {
    fresh({ position: 21_000, slowMs: 3000 });
    const page = await open();
    await playing(page);
    assert.ok(state.beats.length >= 1);
    assert.deepEqual(state.beats.filter((beat) => beat.position_ms < 20_000), []);
    await page.close();
  },
  async "answers the keyboard"() {
    fresh();
    const page = await open();
    await playing(page);
    await page.keyboard.press("k");
    await until(page, () => document.querySelector("video").paused);
    const before = await time(page);
    await page.keyboard.press("ArrowRight");
    await until(page, (t) => document.querySelector("video").currentTime > t + 9, before);
    await page.keyboard.press("Shift+ArrowLeft");
    await until(page, (t) => { const c = document.querySelector("video").currentTime; return c > t + 4 && c < t + 6.5; }, before);
    await page.keyboard.press("5");
    await until(page, (t) => Math.abs(document.querySelector("video").currentTime - t / 2) < 0.5, seconds);
    await page.keyboard.press("ArrowDown");
    assert.ok(Math.abs(await page.evaluate(() => document.querySelector("video").volume) - 0.9) < 0.01);
    await page.keyboard.press("m");
    assert.equal(await page.evaluate(() => document.querySelector("video").muted), true);
    await page.keyboard.press("m");
    await page.keyboard.press("ArrowUp");
    const spoken = await page.locator(".seekbar__input").getAttribute("aria-valuetext");
    assert.match(spoken, /^0:20 of 0:40$/);
    await page.close();
  },
  async "a remote's four arrows and OK reach every control"() {
    fresh();
    const page = await open();
    await playing(page);
    await page.keyboard.press("Enter");
    const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
    await until(page, () => document.activeElement.getAttribute("aria-label") === "Play");
    const reached = new Set();
    for (let step = 0; step < 14; step += 1) { reached.add(await focused()); await page.keyboard.press("ArrowRight"); }
    const buttons = await page.locator(".player__buttons button:visible").evaluateAll((all) => all.map((b) => b.getAttribute("aria-label")));
    assert.deepEqual(buttons.filter((name) => !reached.has(name)), []);
    await page.keyboard.press("ArrowUp");
    assert.equal(await focused(), "Position");
    await page.keyboard.press("ArrowUp");
    assert.equal(await focused(), "Back to Rain, Window Seat");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(), "Play");
    await page.close();
  },
  async "hides its controls after three seconds of playing, and not while paused"() {
    fresh();
    const page = await open();
    await playing(page);
    await show(page);
    const shown = () => page.evaluate(() => document.getElementById("player").classList.contains("player--active"));
    assert.equal(await shown(), true);
    await page.waitForTimeout(3600);
    assert.equal(await shown(), false);
    await page.keyboard.press("k");
    await page.waitForTimeout(3600);
    assert.equal(await shown(), true);
    await page.close();
  },
  async "shows subtitles in the chosen language and look, and remembers them"() {
    fresh();
    let page = await open();
    await playing(page);
    await show(page);
    await page.getByRole("button", { name: "Subtitles" }).click();
    await look(page, "subtitles-menu");
    const names = await page.getByRole("menuitemradio").allTextContents();
    assert.deepEqual(names, ["Off", "English", "French", "English (for the deaf and hard of hearing)"]);
    await page.getByRole("menuitemradio", { name: "French" }).click();
    await page.getByRole("menuitem", { name: "Subtitle style" }).click();
    await page.getByRole("menuitemradio", { name: "Very large" }).click();
    await page.getByRole("menuitemradio", { name: "Yellow" }).click();
    await page.keyboard.press("Escape");
    await until(page, () => /L’eau écrit \d/.test(document.querySelector(".captions").textContent));
    await look(page, "subtitles");
    assert.equal(await page.locator(".captions i").first().textContent(), "L’eau écrit");
    assert.equal(await page.evaluate(() => document.querySelector(".captions").lang), "fr");
    await page.close();
    page = await open();
    await playing(page);
    await until(page, () => /L’eau écrit \d/.test(document.querySelector(".captions").textContent));
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".captions")).color), "rgb(255, 225, 77)");
    await page.keyboard.press("c");
    await until(page, () => document.querySelector(".captions").textContent === "");
    await page.close();
  },
  async "changes sound, quality and speed"() {
    fresh();
    const page = await open();
    await playing(page);
    await show(page);
    await page.getByRole("button", { name: "Sound", exact: true }).click();
    await page.getByRole("menuitemradio", { name: "French" }).click();
    assert.equal(await page.getByRole("menuitemradio", { name: "French" }).getAttribute("aria-checked"), "true");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Settings" }).click();
    await look(page, "settings");
    await page.getByRole("menuitemradio", { name: "180p" }).click();
    await until(page, () => document.querySelector("video").videoHeight === 180);
    await page.getByRole("menuitemradio", { name: "360p" }).click();
    await until(page, () => document.querySelector("video").videoHeight === 360);
    await page.getByRole("menuitemradio", { name: "1.5×" }).click();
    assert.equal(await page.evaluate(() => document.querySelector("video").playbackRate), 1.5);
    await page.keyboard.press("Escape");
    await show(page);
    await page.getByRole("button", { name: "About this film" }).click();
    assert.match(await page.getByRole("dialog").textContent(), /© 2008 Blender Foundation/);
    await look(page, "about");
    await page.evaluate(axe);
    const result = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] }));
    assert.deepEqual(result.violations.map((v) => `${v.id} ${v.nodes[0].target}`), []);
    await page.close();
  },
  async "stops at once when a beat is refused"() {
    fresh();
    const page = await open();
    await playing(page);
    state.beatRefuse = { status: 410, type: "/problems/grant-ended", title: "Rain, Window Seat has left the library.", detail: "Our right to show it ended a moment ago.", actions: [{ label: "See the library", href: "/home", method: "GET" }] };
    await page.locator(".player__problem").waitFor({ timeout: 6000 });
    assert.match(await page.locator(".player__problem").textContent(), /has left the library/);
    await until(page, () => { const v = document.querySelector("video"); return v.paused && v.readyState === 0 && v.buffered.length === 0; });
    assert.equal(await page.getByRole("link", { name: "See the library" }).getAttribute("href"), "/home");
    assert.equal(await page.getByRole("button", { name: "Try again" }).count(), 0);
    await look(page, "stopped");
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "See the library");
    const beats = state.beats.length;
    await page.waitForTimeout(2600);
    assert.equal(state.beats.length, beats, "no beat after the end");
    await page.close();
  },
  async "offers to stop the other device, then plays"() {
    fresh({ refuse: { status: 409, type: "/problems/too-many-streams", title: "Three screens are playing already.", detail: "Your plan allows three at once.", actions: [{ label: "Stop the other device", href: "/api/v1/plays/9/stop-other", method: "POST" }] } });
    const page = await open();
    await page.getByRole("button", { name: "Stop the other device" }).click();
    await playing(page);
    assert.equal(await page.locator(".player__problem").count(), 0);
    await page.close();
  },
  async "a refused segment asks for a new play once, at the same place"() {
    fresh();
    const page = await open();
    await playing(page);
    state.allow = 2;
    state.segmentStatus = 403;
    await page.keyboard.press("9");
    await until(page, () => { const v = document.querySelector("video"); return !v.paused && v.currentTime > 36.2; });
    assert.equal(state.starts.length, 2);
    assert.ok(state.ends.some((end) => end.path.includes("/1/")), "the old play was given back");
    await page.close();
  },
  async "a segment refused twice ends with a sentence"() {
    fresh();
    const page = await open();
    await playing(page);
    state.segmentStatus = 410;
    state.refuse = { status: 410, title: "It has left the library.", detail: "The right ended." };
    await page.keyboard.press("9");
    await page.locator(".player__problem").waitFor({ timeout: 20000 });
    assert.match(await page.locator(".player__problem").textContent(), /The right ended/);
    assert.equal(state.starts.length, 2);
    await page.close();
  },
  async "counts down to the next episode, and stays when told"() {
    fresh({ next: { url: "/watch/next", name: "Spring Tide" } });
    let page = await open();
    await playing(page);
    const toEnd = () => page.evaluate(() => { const v = document.querySelector("video"); v.currentTime = v.duration - 0.6; });
    await toEnd();
    await page.locator(".player__next").waitFor();
    assert.match(await page.locator(".player__next").textContent(), /Next, in [78] s.*Spring Tide/);
    await look(page, "next");
    await page.waitForTimeout(300);
    assert.equal(state.ends.length, 1, "the stream's place is given back");
    await page.getByRole("button", { name: "Stay here" }).click();
    await page.waitForTimeout(9000);
    assert.match(page.url(), /player$/);
    await page.keyboard.press("k");
    await page.keyboard.press("k");
    await until(page, () => document.querySelector("video").currentTime < 30);
    await playing(page);
    assert.equal(state.starts.length, 2);
    await toEnd();
    await page.waitForURL(/\/watch\/next$/, { timeout: 15000 });
    await page.close();
  },
  async "at the width of a phone everything fits"() {
    fresh();
    const page = await open();
    await page.setViewportSize({ width: 390, height: 844 });
    await playing(page);
    await show(page);
    await page.keyboard.press("k");
    await look(page, "phone");
    const outside = await page.locator("#player button:visible, #player a:visible").evaluateAll((all) => all.filter((b) => { const r = b.getBoundingClientRect(); return r.left < 0 || r.right > innerWidth; }).map((b) => b.getAttribute("aria-label")));
    assert.deepEqual(outside, []);
    await page.close();
  },
};

const only = process.argv.slice(2).join(" ");
let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  if (only && !name.includes(only)) continue;
  fresh();
  complaints.length = 0;
  const started = Date.now();
  try {
    await test();
    assert.deepEqual(complaints, []);
    console.log(`ok   ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}: ${error.message}\n${error.stack?.split("\n").filter((line) => line.includes("player.mjs")).slice(0, 2).join("\n")}`);
    for (const page of context.pages()) { if (looks) await page.screenshot({ path: join(looks, "player-failed.png") }).catch(() => undefined); }
  }
  for (const page of context.pages().slice(1)) await page.close();
}
await context.close();
server.close();
rmSync(profile, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
