// A service for one test: the real program on the demo films, on a database of its own.

import { spawn } from "node:child_process";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const program = path.join(root, "target/debug/cineclub");

/** A port nobody listens on now. */
async function freePort() {
  return await new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A new database on the server that scripts/with-postgres started. */
async function newPostgres() {
  const url = process.env.CINECLUB_TEST_POSTGRES;
  if (!url) throw new Error("CINECLUB_TEST_POSTGRES is not set: run through scripts/with-postgres");
  const name = `journey_${process.pid}_${Date.now()}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.toString();
}

/**
 * Starts the demo on `engine`, with all its films, `only` some, or those in a `place` of the test's own, and waits until
 * it says that it is open.
 * Each name in `more` is one film more, which comes without terms. It logs warnings, as text, unless told
 * otherwise.
 */
export async function start(engine, { only, more = [], place, level = "warn", log = "text" } = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), "cineclub-journey-"));
  const all = place ?? path.join(root, "demo/films");
  const chosen = only ?? (more.length ? await readdir(all) : []);
  const films = chosen.length ? path.join(folder, "films") : all;
  for (const name of chosen) await cp(path.join(all, name), path.join(films, name), { recursive: true });
  for (const name of more) await cp(path.join(all, "Slow Light (2024)/Slow Light (2024).mp4"), path.join(films, `${name}.mp4`));
  const port = await freePort();
  const environment = { RUST_LOG: level };
  if (engine === "postgres") environment.CINECLUB_DATA__DATABASE = await newPostgres();
  const args = ["--log", log, "demo", "--films", films, "--data", path.join(folder, "data"), "--listen", `127.0.0.1:${port}`];
  const service = await launch(folder, args, environment, "Voucher for guests:");
  const find = (pattern) => service.said.out.match(pattern)?.[1];
  return {
    ...service,
    url: `http://localhost:${port}`,
    owner: find(/Owner's sign-in:\s+(\S+)/),
    password: find(/password: (\S+)/),
    voucher: find(/Voucher for guests: (\S+)/),
  };
}

/** Starts a service as an operator does the first time: there is nothing in it, and nobody owns it. */
export async function startNew() {
  const folder = await mkdtemp(path.join(os.tmpdir(), "cineclub-new-"));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const environment = { RUST_LOG: "warn", CINECLUB_DATA__FOLDER: path.join(folder, "data") };
  environment.CINECLUB_SERVER__LISTEN = `127.0.0.1:${port}`;
  environment.CINECLUB_SERVER__PUBLIC_URL = url;
  return { ...(await launch(folder, ["serve"], environment, "/welcome")), url };
}

/** Runs the program until `stop`, which also takes `folder` away; waits until it has said `sign`. */
async function launch(folder, args, environment, sign) {
  const child = spawn(program, args, { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  const said = { out: "", err: "" };
  child.stdout.on("data", (bytes) => (said.out += bytes));
  child.stderr.on("data", (bytes) => (said.err += bytes));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const deadline = Date.now() + 180_000;
  while (!said.out.includes(sign)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`the program did not open:\n${said.out}\n${said.err}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    folder,
    said,
    async stop() {
      const begun = Date.now();
      child.kill("SIGINT");
      const code = await ended;
      await rm(folder, { recursive: true, force: true });
      return { code, milliseconds: Date.now() - begun };
    },
  };
}
