// The player, on the service's own page and under its own policy, while a stand-in answers for plays and
// media: what it does with every answer a service can give, and with every key.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { open as openBrowser, pageOf, redeem, signIn, visitor } from "./browser.mjs";
import { makeFilm, seconds } from "./screens.mjs";
import { start } from "./service.mjs";
import { body, sendFile, sendJson, standBefore } from "./stand_in.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const title = "slow-light-2024";

describe("player", () => {
  let service, browser, context, door, film;
  /** What the stand-in answers next, and what it was asked. */
  let state;
  const fresh = {
    ...{ starts: [], beats: [], ends: [], made: 0, position: 0, next: null },
    ...{ refuse: null, beatRefuse: null, segmentStatus: null, allow: null, slowMs: 0, beatSeconds: 2 },
    ...{ endMs: 0, pages: [], chapters: [], original: null },
  };
  const answerWith = (changes) => {
    state = { ...structuredClone(fresh), ...changes };
  };

  /** A file of the film; a segment is refused when the test says so, but for the play it allows. */
  const media = (response, asked) => {
    const [, , token, name] = asked.split("/");
    const refused = state.segmentStatus && name.endsWith(".m4s") && token !== `t${state.allow}`;
    if (refused) return sendJson(response, state.segmentStatus);
    if (name === "chapters.json") return sendJson(response, 200, state.chapters);
    setTimeout(() => sendFile(response, path.join(film, path.basename(name))), name === "master.m3u8" ? state.slowMs : 0);
  };

  const play = (response) => {
    if (state.refuse) return sendJson(response, state.refuse.status, state.refuse);
    state.made += 1;
    const own = `/api/v1/plays/${state.made}`;
    const attribution = "© 2008 Blender Foundation | peach.blender.org, CC BY 3.0";
    sendJson(response, 200, {
      ...{ play: `p${state.made}`, manifest: `/media/t${state.made}/master.m3u8`, beat: `${own}/beat`, end: `${own}/end` },
      chapters: `/media/t${state.made}/chapters.json`,
      original: state.original,
      ...{ position_ms: state.position, duration_ms: seconds * 1000, beat_seconds: state.beatSeconds, next: state.next, attribution },
    });
  };

  const api = async (request, response, asked) => {
    const sent = JSON.parse((await body(request)).toString() || "{}");
    const guarded = request.headers["x-requested-with"] === "cineclub";
    if (asked.endsWith("/play")) {
      if (!guarded) return sendJson(response, 403, { title: "The page's own header is missing." });
      state.starts.push(sent);
      play(response);
    } else if (asked.endsWith("/beat")) {
      state.beats.push(sent);
      if (state.beatRefuse) sendJson(response, state.beatRefuse.status, state.beatRefuse);
      else sendJson(response, 204);
    } else if (asked.endsWith("/end")) {
      await new Promise((resolve) => setTimeout(resolve, state.endMs));
      state.ends.push({ ...sent, path: asked, type: request.headers["content-type"] });
      sendJson(response, 204);
    } else if (asked.endsWith("/stop-other")) {
      state.refuse = null;
      sendJson(response, 204);
    } else {
      sendJson(response, 404, { title: "Nothing is asked here." });
    }
  };

  before(async () => {
    service = await start("sqlite", { only: ["Slow Light (2024)"] });
    film = path.join(service.folder, "film");
    makeFilm(film);
    door = await standBefore(service, (request, response, asked) => {
      if (asked.startsWith("/media/")) media(response, asked);
      else if (asked.startsWith("/api/")) api(request, response, asked);
      else {
        if (asked.startsWith("/title/")) state.pages.push([...state.ends]);
        return false;
      }
      return true;
    });
    browser = await openBrowser();
    const page = await visitor(browser, { viewport: { width: 1440, height: 810 } });
    context = page.context();
    await signIn(page, service, service.owner, service.password);
    await redeem(page, service);
  });

  after(async () => {
    await browser?.close();
    await door?.close();
    await service?.stop();
  });

  beforeEach(() => answerWith({}));
  afterEach(async () => {
    const problems = context.pages().flatMap((page) => page.problems);
    await Promise.all(context.pages().map((page) => page.close()));
    assert.deepEqual(problems, []);
  });

  const open = async () => {
    const page = await pageOf(context);
    await page.goto(`${door.url}/watch/${title}`);
    return page;
  };
  const time = (page) => page.evaluate(() => document.querySelector("video").currentTime);
  const until = (page, condition, argument) => page.waitForFunction(condition, argument, { timeout: 15_000 });
  const playing = (page) =>
    until(page, () => {
      const video = document.querySelector("video");
      return !video.paused && video.currentTime > 0.4 && video.readyState >= 3;
    });
  const show = (page) => page.mouse.move(400 + Math.random() * 200, 300);

  test("plays, beats and ends with the page", async () => {
    const page = await open();
    await playing(page);
    assert.equal(state.starts.length, 1);
    assert.equal(state.starts[0].device.name, "Chrome, Linux");
    assert.ok(state.starts[0].device.codecs.includes("avc1.640028") && state.starts[0].device.codecs.includes("mp4a.40.2"));
    await show(page);
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
  });

  test("resumes, says so, and starts over", async () => {
    answerWith({ position: 21_000 });
    const page = await open();
    await playing(page);
    const at = await time(page);
    assert.ok(at >= 20.5 && at < 25, `resumed at ${at}`);
    const toast = page.locator(".player__toast");
    assert.match(await toast.textContent(), /Resumed at 0:21/);
    await toast.getByRole("button").click();
    await until(page, () => document.querySelector("video").currentTime < 5);
  });

  test("a beat sent before the film is there keeps the viewer's place", async () => {
    answerWith({ position: 21_000, slowMs: 3000 });
    const page = await open();
    await playing(page);
    assert.ok(state.beats.length >= 1);
    assert.deepEqual(state.beats.filter((beat) => beat.position_ms < 20_000), []);
  });

  test("answers the keyboard", async () => {
    const page = await open();
    await playing(page);
    await page.keyboard.press("k");
    await until(page, () => document.querySelector("video").paused);
    const before = await time(page);
    await page.keyboard.press("ArrowRight");
    await until(page, (t) => document.querySelector("video").currentTime > t + 9, before);
    await page.keyboard.press("Shift+ArrowLeft");
    await until(page, (t) => Math.abs(document.querySelector("video").currentTime - t - 5.25) < 1.25, before);
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
  });

  test("a remote's four arrows and OK reach every control", async () => {
    const page = await open();
    await playing(page);
    await page.keyboard.press("Enter");
    const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
    await until(page, () => document.activeElement.getAttribute("aria-label") === "Play");
    const reached = new Set();
    for (let step = 0; step < 14; step += 1) { reached.add(await focused()); await page.keyboard.press("ArrowRight"); }
    const buttons = await page
      .locator(".player__buttons button:visible")
      .evaluateAll((all) => all.map((button) => button.getAttribute("aria-label")));
    assert.deepEqual(buttons.filter((name) => !reached.has(name)), []);
    await page.keyboard.press("ArrowUp");
    assert.equal(await focused(), "Position");
    await page.keyboard.press("ArrowUp");
    assert.equal(await focused(), "Back to Slow Light");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(), "Play");
  });

  test("hides its controls after three seconds of playing, and not while paused", async () => {
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
  });

  test("shows subtitles in the chosen language and look, and remembers them", async () => {
    let page = await open();
    await playing(page);
    await show(page);
    await page.getByRole("button", { name: "Subtitles" }).click();
    const names = await page.getByRole("menuitemradio").allTextContents();
    assert.deepEqual(names, ["Off", "English", "French", "English (for the deaf and hard of hearing)"]);
    await page.getByRole("menuitemradio", { name: "French" }).click();
    await page.getByRole("menuitem", { name: "Subtitle style" }).click();
    await page.getByRole("menuitemradio", { name: "Very large" }).click();
    await page.getByRole("menuitemradio", { name: "Yellow" }).click();
    await page.keyboard.press("Escape");
    await until(page, () => /L’eau écrit \d/.test(document.querySelector(".captions").textContent));
    assert.equal(await page.locator(".captions i").first().textContent(), "L’eau écrit");
    assert.equal(await page.evaluate(() => document.querySelector(".captions").lang), "fr");
    await page.close();
    page = await open();
    await playing(page);
    await until(page, () => /L’eau écrit \d/.test(document.querySelector(".captions").textContent));
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".captions")).color), "rgb(255, 225, 77)");
    await page.keyboard.press("c");
    await until(page, () => document.querySelector(".captions").textContent === "");
  });

  test("changes sound, quality and speed", async () => {
    const page = await open();
    await playing(page);
    await show(page);
    await page.getByRole("button", { name: "Sound", exact: true }).click();
    await page.getByRole("menuitemradio", { name: "French" }).click();
    assert.equal(await page.getByRole("menuitemradio", { name: "French" }).getAttribute("aria-checked"), "true");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Settings" }).click();
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
    await page.evaluate(axe);
    const result = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules }), rules);
    assert.deepEqual(result.violations.map((v) => `${v.id} ${v.nodes[0].target}`), []);
  });

  /** Four chapters of ten seconds, the third without a name. */
  const chapters = ["Arrival", "<b>The long way</b> around the bay", null, "南へ"].map((name, index) => {
    const titles = name ? [{ language: "de", title: "Anders" }, { language: "en", title: name }] : [];
    return { chapter: index + 1, "start-time": index * 10, duration: 10, titles };
  });

  test("a chapter that is chosen is where the film goes on, by mouse, remote and key", async () => {
    answerWith({ chapters });
    const page = await open();
    await playing(page);
    await page.keyboard.press("k");
    await show(page);
    const button = page.getByRole("button", { name: "Chapters" });
    const isIn = (from) => until(page, (t) => Math.abs(document.querySelector("video").currentTime - t) < 0.5, from);
    await button.click();
    const names = await page.getByRole("menuitemradio").allTextContents();
    assert.deepEqual(names, ["Arrival0:00", "<b>The long way</b> around the bay0:10", "Chapter 30:20", "南へ0:30"]);
    assert.equal(await page.getByRole("menuitemradio", { checked: true }).textContent(), names[0]);
    await page.evaluate(axe);
    const result = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules }), rules);
    assert.deepEqual(result.violations.map((v) => `${v.id} ${v.nodes[0].target}`), []);
    await page.getByRole("menuitemradio", { name: "Chapter 3" }).click();
    await isIn(20);
    assert.equal(await page.getByRole("menu").count(), 0, "the film is seen again");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Chapters");
    assert.equal(await page.locator(".player__chapter").textContent(), "Chapter 3");
    assert.equal(await page.locator(".seekbar__input").getAttribute("aria-valuetext"), "0:20 of 0:40, Chapter 3");
    assert.equal(await page.locator(".seekbar__mark").count(), 3);

    for (const key of ["Enter", "ArrowDown", "Enter"]) await page.keyboard.press(key);
    await isIn(30);
    await page.keyboard.press("PageUp");
    await isIn(20);
    await page.keyboard.press("PageUp");
    await isIn(10);
    await page.keyboard.press("PageDown");
    await isIn(20);
    const box = await page.locator(".seekbar").boundingBox();
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height / 2);
    assert.equal(await page.locator(".seekbar__tip").innerText(), "<b>The long way</b> around the bay\n0:12");
  });

  test("the bar shows a small picture of the moment under the pointer", async () => {
    answerWith({ chapters });
    const page = await open();
    await playing(page);
    await show(page);
    const bar = await page.locator(".seekbar").boundingBox();
    const over = async (moment) => {
      await page.mouse.move(bar.x + (bar.width * moment) / seconds, bar.y + bar.height / 2);
      await until(page, () => document.querySelector(".seekbar__picture:not([hidden])"));
    };
    const shown = (file, x, y) => until(page, ([name, left, top]) => {
      const { backgroundImage, backgroundPosition, width, height } = getComputedStyle(document.querySelector(".seekbar__picture"));
      return backgroundImage.includes(name) && backgroundPosition === `${left}px ${top}px` && `${width} ${height}` === "160px 90px";
    }, [file, x, y]);
    await over(1);
    await shown("tiles-0.jpg", 0, 0);
    await over(19);
    await shown("tiles-1.jpg", 0, -90);
    await over(39.5);
    await shown("tiles-3.jpg", -160, 0);
    const tip = await page.locator(".seekbar__tip").boundingBox();
    assert.ok(tip.x + tip.width <= bar.x + bar.width + 1, "it stays on the screen");
    await page.mouse.move(bar.x, bar.y - 200);
    await until(page, () => document.querySelector(".seekbar__tip").hidden);
  });

  test("a film that may be had whole has a link to it, which leaves the film playing", async () => {
    const link = (page) => page.locator(".player__top a[download]");
    let page = await open();
    await playing(page);
    assert.equal(await link(page).isVisible(), false, "none where the answer has none");
    // It stays open: its end, told as it closes, may come late and be taken for the other's.
    answerWith({ original: { url: `/media/t1/v180-init.mp4`, name: "Slow Light (2024).mp4", bytes: 4_700_000_000 } });
    page = await open();
    await playing(page);
    await show(page);
    assert.equal(await link(page).getAttribute("aria-label"), "Download the film, 4.7 GB. It goes on while this page is open.");
    const [saved] = await Promise.all([page.waitForEvent("download"), link(page).click()]);
    assert.equal(saved.suggestedFilename(), "Slow Light (2024).mp4");
    assert.match(page.url(), /\/watch\//);
    assert.equal(state.ends.length, 0, "the film goes on");
    await saved.delete();
  });

  test("a film without chapters, or whose list can't be read, has no list to choose from", async () => {
    for (const list of [[], { title: "Not now." }, chapters.slice(0, 1)]) {
      answerWith({ chapters: list });
      const page = await open();
      await playing(page);
      await show(page);
      assert.equal(await page.getByRole("button", { name: "Chapters" }).count(), 0);
      assert.match(await page.locator(".seekbar__input").getAttribute("aria-valuetext"), /^0:0\d of 0:40$/);
      await page.close();
    }
  });

  test("stops at once when a beat is refused", async () => {
    const page = await open();
    await playing(page);
    state.beatRefuse = {
      ...{ status: 410, title: "Slow Light has left the library.", detail: "Our right to show it ended a moment ago." },
      actions: [{ label: "See the library", href: "/home", method: "GET" }],
    };
    await page.locator(".player__problem").waitFor({ timeout: 6000 });
    assert.match(await page.locator(".player__problem").textContent(), /has left the library/);
    await until(page, () => {
      const video = document.querySelector("video");
      return video.paused && video.readyState === 0 && video.buffered.length === 0;
    });
    assert.equal(await page.getByRole("link", { name: "See the library" }).getAttribute("href"), "/home");
    assert.equal(await page.getByRole("button", { name: "Try again" }).count(), 0);
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "See the library");
    const beats = state.beats.length;
    await page.waitForTimeout(2600);
    assert.equal(state.beats.length, beats, "no beat after the end");
  });

  test("a play that was lost goes on with one press, where it was", async () => {
    const page = await open();
    await playing(page);
    await page.keyboard.press("6");
    await until(page, () => document.querySelector("video").currentTime > 24.2);
    const detail = "The connection was lost for too long. Press play to go on.";
    state.beatRefuse = { type: "play-lost", status: 410, title: "Playback stopped", detail };
    await page.locator(".player__problem").waitFor({ timeout: 6000 });
    assert.match(await page.locator(".player__problem").textContent(), /lost for too long/);
    state.beatRefuse = null;
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Play");
    await page.keyboard.press("Enter");
    await playing(page);
    const at = await time(page);
    assert.ok(at > 24 && at < 35, `went on at ${at}`);
    assert.equal(state.starts.length, 2);
    assert.equal(await page.locator(".player__problem").count(), 0);
  });

  test("a pause or a jump is told soon, and many of them together", async () => {
    answerWith({ beatSeconds: 15 });
    const page = await open();
    await playing(page);
    await page.waitForTimeout(1500);
    const before = state.beats.length;
    for (let press = 0; press < 8; press += 1) await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("k");
    await until(page, () => document.querySelector("video").paused);
    await page.waitForTimeout(2500);
    const told = state.beats.slice(before);
    assert.ok(told.length >= 1 && told.length <= 3, `${told.length} beats`);
    const last = told.at(-1);
    assert.equal(last.state, "paused");
    assert.ok(Math.abs(last.position_ms / 1000 - (await time(page))) < 0.1 && last.position_ms > 20_000);
  });

  test("the way back waits until the server knows the place, but not for long", async () => {
    answerWith({ endMs: 500 });
    let page = await open();
    await playing(page);
    await show(page);
    // The page of the test before may still be telling of its own end.
    const tells = (ends, at) => ends.some((end) => Math.abs(end.position_ms / 1000 - at) < 1.5);
    const back = (page) => page.getByRole("link", { name: "Back to Slow Light" }).click();
    const at = await time(page);
    await back(page);
    await page.waitForURL(/\/title\//);
    assert.equal(state.pages.length, 1);
    assert.ok(tells(state.pages[0], at), "the title is asked for after the end of the play");
    await page.close();

    answerWith({ endMs: 4000 });
    page = await open();
    await playing(page);
    await show(page);
    const [pressed, then] = [Date.now(), await time(page)];
    await back(page);
    await page.waitForURL(/\/title\//, { waitUntil: "commit" });
    assert.ok(Date.now() - pressed < 3000, `left after ${Date.now() - pressed} ms`);
    await page.waitForTimeout(3000);
    assert.ok(tells(state.ends, then), "and it is told all the same");
  });

  test("offers to stop the other device, then plays", async () => {
    const stop = { label: "Stop the other device", href: "/api/v1/plays/9/stop-other", method: "POST" };
    const refuse = { status: 409, title: "Three screens are playing.", detail: "Your plan allows three.", actions: [stop] };
    answerWith({ refuse });
    const page = await open();
    await page.getByRole("button", { name: "Stop the other device" }).click();
    await playing(page);
    assert.equal(await page.locator(".player__problem").count(), 0);
  });

  test("a refused segment asks for a new play once, at the same place", async () => {
    const page = await open();
    await playing(page);
    state.allow = 2;
    state.segmentStatus = 403;
    await page.keyboard.press("9");
    await until(page, () => {
      const video = document.querySelector("video");
      return !video.paused && video.currentTime > 36.2;
    });
    assert.equal(state.starts.length, 2);
    assert.ok(state.ends.some((end) => end.path.includes("/1/")), "the old play was given back");
  });

  test("a play that somebody stopped does not go on by itself", async () => {
    const page = await open();
    await playing(page);
    state.beatSeconds = 15;
    state.allow = 2;
    state.segmentStatus = 410;
    state.beatRefuse = { type: "play-closed", status: 410, title: "Playback stopped", detail: "This viewing was ended." };
    await page.keyboard.press("9");
    await page.locator(".player__problem").waitFor({ timeout: 6000 });
    assert.match(await page.locator(".player__problem").textContent(), /This viewing was ended/);
    assert.equal(state.starts.length, 1, "no other play was asked for");
    state.beatRefuse = null;
    await page.keyboard.press("Enter");
    await playing(page);
    assert.equal(state.starts.length, 2, "until the viewer says so");
  });

  test("a segment refused twice ends with a sentence", async () => {
    const page = await open();
    await playing(page);
    state.segmentStatus = 410;
    state.refuse = { status: 410, title: "It has left the library.", detail: "The right ended." };
    await page.keyboard.press("9");
    await page.locator(".player__problem").waitFor({ timeout: 20000 });
    assert.match(await page.locator(".player__problem").textContent(), /The right ended/);
    assert.equal(state.starts.length, 2);
  });

  test("counts down to the next episode, and stays when told", async () => {
    answerWith({ next: { url: "/watch/next", name: "Spring Tide" } });
    let page = await open();
    await playing(page);
    const toEnd = () =>
      page.evaluate(() => {
        const video = document.querySelector("video");
        video.currentTime = video.duration - 0.6;
      });
    await toEnd();
    await page.locator(".player__next").waitFor();
    assert.match(await page.locator(".player__next").textContent(), /Next, in [78] s.*Spring Tide/);
    await page.waitForTimeout(300);
    assert.equal(state.ends.length, 1, "the stream's place is given back");
    await page.getByRole("button", { name: "Stay here" }).click();
    await page.waitForTimeout(9000);
    assert.ok(page.url().endsWith(`/watch/${title}`));
    await page.keyboard.press("k");
    await page.keyboard.press("k");
    await until(page, () => document.querySelector("video").currentTime < 30);
    await playing(page);
    assert.equal(state.starts.length, 2);
    await toEnd();
    await page.waitForURL(/\/watch\/next$/, { timeout: 15000 });
  });

  test("at the width of a phone everything fits", async () => {
    answerWith({ chapters, next: { url: "/watch/next", name: "Spring Tide" } });
    const page = await open();
    await page.setViewportSize({ width: 390, height: 844 });
    await playing(page);
    await show(page);
    await page.keyboard.press("k");
    const outside = await page.locator("#player button:visible, #player a:visible").evaluateAll((all) => {
      const isOutside = ({ left, right }) => left < 0 || right > innerWidth;
      return all.filter((one) => isOutside(one.getBoundingClientRect())).map((one) => one.getAttribute("aria-label"));
    });
    assert.deepEqual(outside, []);
    const buttons = await page.locator(".player__buttons button:visible").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
    assert.deepEqual([buttons.length, new Set(buttons).size], [10, 1], "all that a film may have, in one row");
  });
});
