// What the pages' small scripts do on the service's own pages: questions before posts, live lists,
// uploads, rows, passwords, menus.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { open as openBrowser, pageOf, signIn, visitor } from "./browser.mjs";
import { start } from "./service.mjs";

describe("scripts", () => {
  let service, browser, context, posts;

  before(async () => {
    service = await start("sqlite");
    browser = await openBrowser();
  });

  after(async () => {
    await browser?.close();
    await service?.stop();
  });

  beforeEach(async () => {
    posts = [];
    const page = await visitor(browser, { viewport: { width: 1280, height: 800 } });
    context = page.context();
    await signIn(page, service, service.owner, service.password);
    context.on("request", (request) => {
      if (request.method() === "POST") posts.push(new URL(request.url()).pathname);
    });
  });

  afterEach(async () => {
    const problems = context.pages().flatMap((page) => page.problems);
    await context.close();
    assert.deepEqual(problems, []);
  });

  const open = async (address) => {
    const page = await pageOf(context);
    await page.goto(service.url + address, { waitUntil: "networkidle" });
    return page;
  };

  test("a post that can't be taken back is asked about", async () => {
    const page = await open("/account");
    const press = () => page.getByRole("button", { name: "Sign out everywhere" }).first().click();
    await press();
    const dialog = page.getByRole("dialog");
    assert.match(await dialog.textContent(), /playing stops/i);
    await dialog.getByRole("button", { name: "Keep me signed in" }).click();
    await press();
    await page.keyboard.press("Escape");
    assert.deepEqual(posts, []);
    await press();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
    await page.waitForURL((url) => url.pathname !== "/account");
    assert.deepEqual(posts, ["/account/sessions/end-all"]);
  });

  test("a live list renews itself, keeps the focus, and stops when it may no longer look", async () => {
    const list = (done) =>
      `<table><tr><td>${done} of 52 MB</td><td><form action="/admin/jobs/9/cancel" method="post"><button>Stop</button></form></td></tr></table><script>window.ran = 1</script>`;
    let live = { status: 200, body: list(1) };
    let asked = 0;
    await context.route("**/admin/jobs/live", (route) => {
      asked += 1;
      return route.fulfill({ contentType: "text/html", ...live });
    });
    const page = await pageOf(context);
    await page.goto(`${service.url}/admin/jobs`);
    await page.getByText("1 of 52 MB").waitFor();
    await page.getByRole("button", { name: "Stop" }).focus();
    live = { status: 200, body: list(2) };
    await page.getByText("2 of 52 MB").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Stop");
    assert.equal(await page.evaluate(() => window.ran), undefined);
    live = { status: 403, body: "" };
    await page.waitForTimeout(2400);
    const before = asked;
    await page.waitForTimeout(2600);
    assert.equal(asked, before, "a list that was refused does not ask again");
    assert.ok((await page.locator("[data-live-note]").textContent()).trim());
  });

  test("files are sent, and each shows the service's own sentence", async () => {
    const arrivals = path.join(service.folder, "sent");
    await mkdir(arrivals);
    const page = await open("/admin/folders");
    await page.fill('input[name="path"]', arrivals);
    await Promise.all([page.waitForLoadState("load"), page.locator('form[action="/admin/folders"] button').click()]);
    await page.goto(`${service.url}/admin/folders`);
    await page.locator("main a", { hasText: "sent" }).first().click();
    await page.waitForURL(/\/admin\/folders\/./);
    await page.setInputFiles("input[type=file]", [
      { name: "a ../film.mp4", mimeType: "video/mp4", buffer: Buffer.alloc(300_000) },
      { name: "Dusk (2021).mp4", mimeType: "video/mp4", buffer: Buffer.alloc(300_000) },
      { name: "program.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ") },
    ]);
    await page.locator("[data-upload-list]", { hasText: "is no film" }).waitFor();
    const said = await page.locator("[data-upload-list] li").allTextContents();
    assert.match(said[0], /Give a plain file name/);
    assert.match(said[1], /is received \(29\d KB\)/);
    assert.match(said[2], /is no film, subtitle, picture or NFO/);
  });

  test("rows move by their arrows, and only where there is more", async () => {
    const page = await open("/home");
    const rows = await page.locator("[data-row]").evaluateAll((all) =>
      all.map((row) => {
        const rail = row.querySelector("[data-rail]");
        return { id: row.id, more: rail.scrollWidth > rail.clientWidth + 1, arrows: row.querySelector("[data-row-on]").offsetParent !== null };
      }),
    );
    assert.deepEqual(rows.filter((row) => row.more !== row.arrows), []);
    const long = rows.find((row) => row.more);
    assert.ok(long && rows.some((row) => !row.more), "the demo has rows of both kinds");
    const row = page.locator(`#${long.id}`);
    assert.equal(await row.locator("[data-row-back]").isDisabled(), true);
    await row.locator("[data-row-on]").click();
    await page.waitForFunction((id) => document.querySelector(`#${id} [data-rail]`).scrollLeft > 100, long.id);
    await page.waitForFunction((id) => !document.querySelector(`#${id} [data-row-back]`).disabled, long.id);
  });

  test("a password is shown, and hidden again before it is sent", async () => {
    await context.clearCookies();
    const page = await open("/sign-in");
    const field = page.locator('input[name="password"]');
    await field.fill("three small words");
    await page.getByRole("button", { name: "Show" }).click();
    assert.equal(await field.getAttribute("type"), "text");
    await page.fill('input[name="email"]', "nobody@example.org");
    await page.evaluate(() => {
      const note = () => sessionStorage.setItem("sent as", document.querySelector("[name=password]").type);
      document.addEventListener("submit", note);
    });
    await Promise.all([page.waitForEvent("load"), page.click('main button[type="submit"]')]);
    assert.equal(await page.evaluate(() => sessionStorage.getItem("sent as")), "password");
  });

  test("messages go away and menus close", async () => {
    const page = await open("/redeem");
    await page.fill('input[name="code"]', service.voucher);
    await page.click('main button[type="submit"]');
    await page.getByRole("button", { name: "Dismiss" }).click();
    assert.equal(await page.locator("[data-flash]").count(), 0);
    await page.locator("summary").click();
    assert.equal(await page.locator(".menu__panel").isVisible(), true);
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".menu__panel").isVisible(), false);
  });

  test("changing the language sends the form", async () => {
    const page = await open("/home");
    await page.locator("select[name=language]").first().selectOption("fr");
    await page.waitForFunction(() => document.documentElement.lang === "fr");
    assert.deepEqual(posts, ["/language"]);
  });
});
