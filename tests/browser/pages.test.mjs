// Every page, as anyone and as the owner, at three widths and in both languages: it answers, nothing
// runs off the side, the content security policy is kept, and axe finds nothing.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { open, signIn, visitor } from "./browser.mjs";
import { root, start, startNew } from "./service.mjs";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const sizes = { 1440: 900, 768: 1024, 390: 844 };
const anyone = ["/", "/sign-in", "/sign-up", "/search?q=night", "/title/nothing-here", "/title/left-early-2001", "/title/far-away-2002"];
for (const name of ["terms", "privacy", "imprint", "cancellation"]) anyone.push(`/legal/${name}`);
/** What is no page as usual: nothing of the name, nothing paid, what has left, and what is for elsewhere. */
const refused = { "/title/nothing-here": 404, "/watch/slow-light-2024": 402, "/title/left-early-2001": 410, "/title/far-away-2002": 451 };
const members = ["/home", "/watch/slow-light-2024", "/title/tidelines", "/title/tidelines?season=2", "/title/slow-light-2024"];
members.push("/title/left-early-2001", "/title/far-away-2002", "/account", "/redeem", "/search?q=light");
const staff = [
  "/admin",
  "/admin/titles",
  "/admin/titles/slow-light-2024",
  "/admin/titles/no-terms-yet-2003",
  "/admin/grants",
  "/admin/grants/new",
  "/admin/vouchers",
  "/admin/folders",
  "/admin/jobs",
  "/admin/plays",
  "/admin/pages",
  "/admin/people",
  "/admin/events",
];

describe("pages", () => {
  let service, browser;

  before(async () => {
    service = await start("sqlite", { more: ["Left Early (2001)", "Far Away (2002)", "No Terms Yet (2003)"] });
    browser = await open();
    await grant("left-early-2001", async (form) => {
      await form.fill('input[name="window_end"]', "2020-01-01");
      await form.check('input[name="end_rule"][value="until"]');
    });
    await grant("far-away-2002", (form) => form.fill('input[name="included"]', "JP"));
    await mkdir(path.join(root, "tests/out"), { recursive: true });
  });

  after(async () => {
    await browser?.close();
    await service?.stop();
  });

  /** The owner grants a film, within the limit that is filled in. */
  const grant = async (title, limit) => {
    const owner = await visitor(browser);
    await signIn(owner, service, service.owner, service.password);
    await owner.goto(`${service.url}/admin/grants/new?title=${title}`);
    await owner.fill('input[name="licensor"]', "Films du Cap");
    await owner.check(`input[name="title"][value="${title}"]`);
    await owner.check('input[name="offer"][value="subscription"]');
    await owner.selectOption('select[name="licence"]', "contract");
    await limit(owner);
    await Promise.all([
      owner.waitForURL((url) => !url.pathname.endsWith("/new")),
      owner.locator('button[name="do"][value="save"]').click(),
    ]);
    await owner.context().close();
  };

  const look = async (page, address, language, at = service) => {
    const answer = await page.goto(at.url + address, { waitUntil: "load" });
    assert.equal(answer.status(), refused[address] ?? 200, address);
    assert.equal(await page.locator("html").getAttribute("lang"), language, address);
    for (const [width, height] of Object.entries(sizes)) {
      await page.setViewportSize({ width: Number(width), height });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 1, `${address} runs ${over} px off the side at ${width} px`);
      const broken = await page.evaluate(() =>
        [...document.images].filter((image) => image.complete && image.currentSrc && !image.naturalWidth).map((image) => image.currentSrc),
      );
      assert.deepEqual(broken, [], `pictures missing on ${address}`);
      if (process.env.CINECLUB_LOOK) {
        const name = `${address.replace(/[^a-z0-9]+/g, "-")}-${language}-${width}.png`;
        await page.screenshot({ path: path.join(root, "tests/out", name) });
      }
    }
    // axe needs to be put into the page, which the policy forbids to scripts but not to the debugger.
    await page.setViewportSize({ width: 1440, height: 900 });
    const source = (await import("node:fs")).readFileSync(axe, "utf8");
    const found = await page.evaluate(`(() => { ${source}; return axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }); })()`);
    const said = found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
    assert.deepEqual(said, [], `${address} in ${language}`);
  };

  test("the first page of a service that nobody owns yet", async () => {
    const first = await startNew();
    try {
      for (const language of ["en", "fr"]) {
        const page = await visitor(browser, { locale: language === "en" ? "en-GB" : "fr-FR" });
        await look(page, "/welcome", language, first);
        assert.deepEqual(page.problems, []);
        await page.context().close();
      }
    } finally {
      await first.stop();
    }
  });

  for (const language of ["en", "fr"]) {
    test(`anyone's pages in ${language}`, async () => {
      const page = await visitor(browser, { locale: language === "en" ? "en-GB" : "fr-FR" });
      for (const address of anyone) await look(page, address, language);
      assert.deepEqual(page.problems, []);
      await page.context().close();
    });

    test(`members' and staff's pages in ${language}`, async () => {
      const page = await visitor(browser, { locale: language === "en" ? "en-GB" : "fr-FR" });
      await signIn(page, service, service.owner, service.password);
      await page.context().addCookies([{ name: "language", value: language, url: service.url }]);
      const first = async (list, pattern) => {
        await page.goto(service.url + list);
        return await page.locator(`main a[href*="${pattern}"]:not([href$="/new"])`).first().getAttribute("href");
      };
      const one = [await first("/admin/grants", "/admin/grants/"), await first("/admin/folders", "/admin/folders/")];
      one.push(await first("/admin/pages", "/admin/pages/"));
      for (const address of [...members, ...staff, ...one]) await look(page, address, language);
      if (process.env.CINECLUB_GEN && language === "en") {
        await page.goto(`${service.url}/home`, { waitUntil: "networkidle" });
        const file = path.join(root, "docs/screenshots/home.jpg");
        await page.screenshot({ path: file, type: "jpeg", quality: 82 });
      }
      assert.deepEqual(page.problems, []);
      await page.context().close();
    });
  }
});
