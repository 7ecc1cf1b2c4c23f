//! Serves the prototypes on loopback under the product's own content policy, with artwork drawn where the demo library has none.
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { jobsFragment, playsFragment } from "./pages/staff.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = join(here, "../dist");
const library = join(here, "../../demo/films");
const types = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".jpg": "image/jpeg", ".m3u8": "application/vnd.apple.mpegurl", ".mp4": "video/mp4", ".m4s": "video/mp4", ".vtt": "text/vtt" };
export const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Starts the server on a free port; `extra(request, response, path)` answers first and returns true when it did. */
export function serve(port = 0, extra = () => false) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
    response.setHeader("Content-Security-Policy", policy);
    if (extra(request, response, path)) return;
    if (path.startsWith("/assets/")) return sendFile(response, join(dist, assetFile(path.slice(8))));
    if (path.startsWith("/art/")) return sendArt(response, ...path.slice(5).split("/"));
    const fragment = { "/admin/jobs/live": jobsFragment, "/admin/plays/live": playsFragment }[path];
    if (fragment) { response.setHeader("Content-Type", types[".html"]); return response.end(fragment); }
    const file = join(here, `${path.slice(1).replace(/[^a-z0-9-]/g, "") || "landing"}.html`);
    return sendFile(response, file);
  });
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

export function sendFile(response, file) {
  if (!existsSync(file) || !statSync(file).isFile()) { response.statusCode = 404; return response.end("not found"); }
  response.setHeader("Content-Type", types[extname(file)] ?? "application/octet-stream");
  createReadStream(file).pipe(response);
}

function assetFile(name) {
  const manifest = JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8"));
  return manifest[name] ?? name.replace(/[/\\]/g, "");
}

function sendArt(response, slug, kind) {
  const found = fromLibrary(slug, kind);
  if (found) return sendFile(response, found);
  response.setHeader("Content-Type", "image/svg+xml");
  response.end(drawn(slug, kind));
}

function fromLibrary(slug, kind) {
  if (!existsSync(library)) return undefined;
  const plain = (text) => text.toLowerCase().replace(/\(\d+\)/g, "").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  const folders = readdirSync(library, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  const base = slug.replace(/-s\d+e\d+$/, "");
  const folder = folders.find((name) => plain(name) === base) ?? standIn(folders, base);
  if (!folder) return undefined;
  const episode = /-(s\d+e\d+)$/.exec(slug)?.[1]?.toUpperCase();
  const files = readdirSync(join(library, folder), { recursive: true });
  const still = episode && files.find((name) => name.includes(episode) && name.endsWith("-thumb.jpg"));
  if (still && kind === "still") return join(library, folder, still);
  const wanted = kind === "poster" ? /(^|-)poster\.jpg$/ : /(^|-)fanart\.jpg$/;
  const file = files.find((name) => wanted.test(name) && !/season\d+-/.test(name));
  return file && join(library, folder, file);
}

/** A prototype whose film the library lacks borrows another's artwork, the same one each time. */
function standIn(folders, slug) {
  let sum = 0;
  for (const letter of slug) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  return folders[sum % folders.length];
}

const inks = [["#17313a", "#e0a458", "#f3dfc1"], ["#2a1b3d", "#c84b5b", "#f4c9a8"], ["#0f2a24", "#4fa37c", "#e9e3b4"], ["#33211a", "#d9622b", "#f2d6a0"], ["#15203b", "#6d8fd6", "#e8e2f4"], ["#2b2b1c", "#a7a13d", "#f2ecc9"]];
function drawn(slug, kind) {
  let seed = 7;
  for (const letter of slug) seed = (seed * 31 + letter.charCodeAt(0)) >>> 0;
  const next = () => (seed = (seed * 1664525 + 1013904223) >>> 0) / 4294967296;
  const [width, height] = kind === "poster" ? [800, 1200] : [1600, 900];
  const [deep, mid, pale] = inks[seed % inks.length];
  const hills = Array.from({ length: 7 }, (_, i) => {
    const y = height * (0.38 + i * 0.09);
    const points = Array.from({ length: 9 }, (_, x) => `${(x * width) / 8},${(y + (next() - 0.5) * height * 0.13).toFixed(0)}`).join(" ");
    return `<polygon points="0,${height} ${points} ${width},${height}" fill="${i % 2 ? deep : mid}" opacity="${(0.25 + i * 0.09).toFixed(2)}"/>`;
  }).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" preserveAspectRatio="xMidYMid slice"><defs><linearGradient id="g" x2="0" y2="1"><stop stop-color="${deep}"/><stop offset=".6" stop-color="${mid}"/><stop offset="1" stop-color="${pale}"/></linearGradient></defs><rect width="100%" height="100%" fill="url(#g)"/><circle cx="${(width * (0.25 + next() * 0.5)).toFixed(0)}" cy="${height * 0.3}" r="${width * 0.13}" fill="${pale}"/>${hills}</svg>`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = await serve(Number(process.env.PORT ?? 4600));
  console.log(`prototypes on http://127.0.0.1:${server.address().port}/home`);
}
