//! Drives the pages' small behaviours in Chromium on the prototypes: questions before posts, live lists, uploads, rows, passwords.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { serve } from "../../prototypes/server.mjs";

let state;
const fresh = () => { state = { posts: [], puts: [], live: null, liveStatus: 200, liveAsked: 0 }; };
fresh();
const server = await serve(0, (request, response, path) => {
  if (request.method === "POST") { state.posts.push(path); response.setHeader("Content-Type", "text/html"); response.end("<title>posted</title>"); return true; }
  if (request.method === "PUT") {
    let size = 0;
    request.on("data", (chunk) => { size += chunk.length; });
    request.on("end", () => {
      state.puts.push({ path: request.url, size, guarded: request.headers["x-requested-with"], csrf: request.headers["x-csrf"] });
      response.statusCode = request.url.includes("bad") ? 422 : 201;
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ detail: request.url.includes("bad") ? "This is text, not video." : "Taken in." }));
    });
    return true;
  }
  if (path === "/admin/jobs/live") {
    state.liveAsked += 1;
    response.statusCode = state.liveStatus;
    response.setHeader("Content-Type", "text/html");
    response.end(state.live ?? "");
    return true;
  }
  return false;
});
const origin = `http://127.0.0.1:${server.address().port}`;
const profile = mkdtempSync(join(tmpdir(), "pages-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", viewport: { width: 1280, height: 800 },
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const complaints = [];
async function open(path) {
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => { if (/Content Security Policy|Refused to/.test(message.text())) complaints.push(message.text()); });
  await page.goto(origin + path, { waitUntil: "networkidle" });
  return page;
}

const tests = {
  async "asks before a post that can't be taken back"() {
    const page = await open("/account");
    const press = () => page.getByRole("button", { name: "Sign out everywhere" }).first().click();
    await press();
    const dialog = page.getByRole("dialog");
    assert.match(await dialog.textContent(), /Whatever is playing stops/);
    await dialog.getByRole("button", { name: "Keep me signed in" }).click();
    assert.deepEqual(state.posts, []);
    await press();
    await page.keyboard.press("Escape");
    assert.deepEqual(state.posts, []);
    await press();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
    await page.waitForURL(/end-all/);
    assert.deepEqual(state.posts, ["/account/sessions/end-all"]);
  },
  async "a live list renews itself, keeps the focus, and stops when it may no longer look"() {
    const list = (done) => `<table><tr><td>${done} of 52 MB</td><td><form action="/admin/jobs/9/cancel" method="post"><button>Stop</button></form></td></tr></table><script>window.ran = 1</script>`;
    state.live = list(1);
    const page = await open("/admin-jobs");
    await page.getByText("1 of 52 MB").waitFor();
    await page.getByRole("button", { name: "Stop" }).focus();
    state.live = list(2);
    await page.getByText("2 of 52 MB").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Stop");
    assert.equal(await page.evaluate(() => window.ran), undefined);
    state.liveStatus = 403;
    await page.waitForTimeout(2400);
    const asked = state.liveAsked;
    await page.waitForTimeout(2600);
    assert.equal(state.liveAsked, asked);
    assert.equal(await page.locator("[data-live-note]").textContent(), "Paused");
  },
  async "sends files and shows the server's own sentence for each"() {
    const page = await open("/admin-folders");
    await page.setInputFiles("input[type=file]", [{ name: "a ../film.mp4", mimeType: "video/mp4", buffer: Buffer.alloc(300_000) }, { name: "bad.mp4", mimeType: "video/mp4", buffer: Buffer.from("text") }]);
    await page.getByText("This is text, not video.").waitFor();
    assert.match(await page.locator("[data-upload-list]").textContent(), /Taken in\./);
    assert.deepEqual(state.puts.map((put) => [put.path, put.size, put.guarded, put.csrf !== undefined]), [["/admin/upload/a%20..%2Ffilm.mp4", 300_000, "cineclub", true], ["/admin/upload/bad.mp4", 4, "cineclub", true]]);
  },
  async "rows move by their arrows, and only where there is more"() {
    const page = await open("/home");
    const row = page.locator("#films");
    assert.equal(await row.locator("[data-row-back]").isDisabled(), true);
    await row.locator("[data-row-on]").click();
    await page.waitForFunction(() => document.querySelector("#films [data-rail]").scrollLeft > 100);
    await page.waitForFunction(() => !document.querySelector("#films [data-row-back]").disabled);
    assert.equal(await page.locator("#series .row__arrows").isVisible(), false);
  },
  async "shows a password and hides it before sending; messages go away; menus close"() {
    const page = await open("/sign-in");
    const field = page.locator("#password");
    await field.fill("three small words");
    await page.getByRole("button", { name: "Show" }).click();
    assert.equal(await field.getAttribute("type"), "text");
    await page.getByRole("button", { name: "Hide" }).click();
    assert.equal(await field.getAttribute("type"), "password");
    await page.getByRole("button", { name: "Dismiss" }).click();
    assert.equal(await page.locator("[data-flash]").count(), 0);
    const home = await open("/home");
    await home.locator("summary").click();
    assert.equal(await home.locator(".menu__panel").isVisible(), true);
    await home.keyboard.press("Escape");
    assert.equal(await home.locator(".menu__panel").isVisible(), false);
  },
  async "changing the language sends the form"() {
    const page = await open("/home");
    await page.locator("#footer-language").selectOption("fr");
    await page.waitForURL(/language/);
    assert.deepEqual(state.posts, ["/language"]);
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  fresh();
  complaints.length = 0;
  try {
    await test();
    assert.deepEqual(complaints.filter((text) => !/script-src/.test(text)), []);
    console.log(`ok   ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}: ${error.message}`);
  }
  for (const page of context.pages().slice(1)) await page.close();
}
await context.close();
server.close();
rmSync(profile, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
