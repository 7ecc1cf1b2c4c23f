//! Photographs every prototype at three widths, measures sideways overflow, and runs axe; exits non-zero on a finding.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { serve } from "./server.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = process.env.LOOK_DIR ?? join(here, "../.cache/look");
const only = process.argv.slice(2);
const axe = readFileSync(join(here, "../node_modules/axe-core/axe.min.js"), "utf8");
const names = readdirSync(here).filter((file) => file.endsWith(".html")).map((file) => file.slice(0, -5)).filter((name) => name !== "player" && (only.length === 0 || only.some((part) => name.includes(part))));

mkdirSync(out, { recursive: true });
const profile = mkdtempSync(join(tmpdir(), "look-"));
const server = await serve();
const origin = `http://127.0.0.1:${server.address().port}`;
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
let findings = 0;
const report = (text) => { findings += 1; console.log(text); };
for (const name of names) {
  for (const width of [1440, 768, 390]) {
    const page = await context.newPage();
    page.on("console", (message) => { if (message.type() === "error") report(`${name} ${width}: ${message.text()}`); });
    page.on("pageerror", (error) => report(`${name} ${width}: ${error.message}`));
    await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
    await page.goto(`${origin}/${name}`, { waitUntil: "networkidle" });
    await page.evaluate(() => document.querySelectorAll("img[loading=lazy]").forEach((image) => { image.loading = "eager"; }));
    await page.waitForLoadState("networkidle");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) report(`${name} ${width}: ${wide}px wider than the screen`);
    await page.screenshot({ path: join(out, `${name}-${width}.png`), fullPage: true });
    if (width !== 768) {
      await page.evaluate(axe);
      const result = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
      for (const violation of result.violations) report(`${name} ${width}: axe ${violation.id}: ${violation.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | ")} (${violation.nodes[0].any[0]?.message ?? violation.help})`);
    }
    await page.close();
  }
}
await context.close();
server.close();
rmSync(profile, { recursive: true, force: true });
console.log(`${names.length} pages looked at, ${findings} findings`);
process.exit(findings ? 1 : 0);
