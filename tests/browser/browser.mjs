// Debian's Chromium, with a fresh profile for each visitor.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--autoplay-policy=no-user-gesture-required",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function open() {
  return await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: flags });
}

/** Has the owner demand encryption by a title's first grant. */
export async function demandEncryption(page, service, slug) {
  await page.goto(`${service.url}/admin/titles/${slug}`);
  await page.locator('a[href^="/admin/grants/"]:not([href*="new"])').first().click();
  await page.selectOption("#protection", "encrypted");
  const saved = page.waitForResponse((response) => response.request().method() === "POST");
  await page.locator('button[name="do"][value="save"]').click();
  assert.ok((await saved).status() < 400, "the grant is changed");
  await page.waitForLoadState("load");
}

/** A visitor: a browser that knows nothing of earlier ones. */
export async function visitor(browser, options = {}) {
  return await pageOf(await browser.newContext({ locale: "en-GB", viewport: { width: 1440, height: 900 }, ...options }));
}

/** Another page of a visitor. What goes wrong on it is collected in `problems`. */
export async function pageOf(context) {
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && /Content Security Policy|Uncaught/.test(message.text())) page.problems.push(message.text());
  });
  page.on("request", (request) => {
    const host = new URL(request.url()).hostname;
    if (!["localhost", "127.0.0.1", ""].includes(host)) page.problems.push(`a request to ${host}`);
  });
  return page;
}

/** Signs in, and waits until the sign-in page is left. */
export async function signIn(page, service, email, password) {
  await page.goto(`${service.url}/sign-in`);
  await page.fill('input[name="email"]', email);
  await page.fill('input[name="password"]', password);
  await Promise.all([page.waitForURL((url) => !url.pathname.startsWith("/sign-in")), page.click('main button[type="submit"]')]);
}

/** Redeems a voucher for the signed-in visitor. */
export async function redeem(page, service) {
  await page.goto(`${service.url}/redeem`);
  await page.fill('input[name="code"]', service.voucher);
  await Promise.all([page.waitForLoadState("load"), page.click('main button[type="submit"]')]);
}

/** What the film's element says of itself. */
export function film(page) {
  return page.evaluate(() => {
    const video = document.querySelector("video");
    return {
      time: video.currentTime,
      duration: video.duration,
      buffered: video.buffered.length ? video.buffered.end(video.buffered.length - 1) : 0,
      paused: video.paused,
      ready: video.readyState,
      height: video.videoHeight,
      frames: video.getVideoPlaybackQuality().totalVideoFrames,
    };
  });
}

/** Waits until `condition` holds of the film, for at most `seconds`. */
export async function until(page, what, condition, seconds = 30) {
  const deadline = Date.now() + seconds * 1000;
  let last;
  while (Date.now() < deadline) {
    last = await film(page);
    if (await condition(last)) return last;
    await page.waitForTimeout(200);
  }
  const text = await page.locator("body").innerText();
  throw new Error(`${what} did not happen in ${seconds} s: ${JSON.stringify(last)}\n${text.slice(0, 400)}`);
}

/** Listens to the film; what is returned says which pitch is loudest in it now, in hertz. */
export async function listen(page) {
  await page.evaluate(() => {
    const context = new AudioContext();
    const ear = context.createAnalyser();
    ear.fftSize = 8192;
    ear.smoothingTimeConstant = 0;
    context.createMediaElementSource(document.querySelector("video")).connect(ear).connect(context.destination);
    window.loudest = () => {
      const levels = new Float32Array(ear.frequencyBinCount);
      ear.getFloatFrequencyData(levels);
      return (levels.indexOf(Math.max(...levels)) * context.sampleRate) / ear.fftSize;
    };
  });
  return () => page.evaluate(() => window.loudest());
}
