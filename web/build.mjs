//! Builds dist/: one classic script per page kind (old televisions take no modules), one stylesheet, fonts, marks and a manifest.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL(".", import.meta.url));
const dist = join(root, "dist");
/** Logical name → file in dist; the server maps `asset("app.css")` through it and serves the file as immutable. */
const manifest = {};

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);

// Chromium 63 is the browser of 2019's televisions; everything newer takes the same file.
const target = ["es2017", "chrome63", "safari13", "firefox78"];

async function bundle(name, entry, format) {
  const result = await build({
    configFile: false,
    root,
    base: "/assets/",
    logLevel: "warn",
    publicDir: false,
    build: {
      target,
      cssTarget: target,
      outDir: dist,
      emptyOutDir: false,
      assetsDir: "",
      assetsInlineLimit: 0,
      modulePreload: false,
      chunkSizeWarningLimit: 1200,
      rolldownOptions: {
        input: { [name]: join(root, entry) },
        output: { format, entryFileNames: "[name]-[hash].js", assetFileNames: "[name]-[hash][extname]" },
      },
    },
  });
  const { output } = Array.isArray(result) ? result[0] : result;
  for (const file of output) {
    if (file.type === "chunk" && format === "iife") manifest[`${name}.js`] = file.fileName;
    else if (file.type === "asset") manifest[logicalName(file.fileName)] = file.fileName;
  }
}

/** Strips the eight-character hash Vite puts before the extension. */
function logicalName(fileName) {
  return fileName.replace(/-[A-Za-z0-9_-]{8}(\.[a-z0-9]+)$/, "$1");
}

function copyHashed(path) {
  const bytes = readFileSync(join(root, path));
  const hash = createHash("sha256").update(bytes).digest("base64url").slice(0, 8);
  const extension = extname(path);
  const name = basename(path, extension);
  const fileName = `${name}-${hash}${extension}`;
  writeFileSync(join(dist, fileName), bytes);
  manifest[`${name}${extension}`] = fileName;
}

await bundle("app", "src/styles/app.css", "es");
await bundle("app", "src/app/main.ts", "iife");
await bundle("admin", "src/admin/main.ts", "iife");
await bundle("player", "src/player/main.ts", "iife");
for (const mark of ["src/icons.svg", "src/favicon.svg", "src/logo.svg"]) copyHashed(mark);

const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(join(dist, "manifest.json"), `${JSON.stringify(sorted, null, 2)}\n`);
console.log(`built ${Object.keys(sorted).length} files into dist/`);
