// A service for one test: the real program on the demo films, on a database of its own.

import { spawn } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
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
 * Starts the demo on `engine`, with all its films or `only` some, and waits until it says that it is open.
 * It logs warnings, as text, unless told otherwise.
 */
export async function start(engine, { only, level = "warn", log = "text" } = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), "cineclub-journey-"));
  const all = path.join(root, "demo/films");
  const films = only ? path.join(folder, "films") : all;
  for (const name of only ?? []) await cp(path.join(all, name), path.join(films, name), { recursive: true });
  const port = await freePort();
  const environment = { ...process.env, RUST_LOG: level };
  if (engine === "postgres") environment.CINECLUB_DATA__DATABASE = await newPostgres();
  const args = ["--log", log, "demo", "--films", films, "--data", path.join(folder, "data"), "--listen", `127.0.0.1:${port}`];
  const child = spawn(program, args, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  const said = { out: "", err: "" };
  child.stdout.on("data", (bytes) => (said.out += bytes));
  child.stderr.on("data", (bytes) => (said.err += bytes));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const deadline = Date.now() + 180_000;
  while (!said.out.includes("Voucher for guests:")) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`the demo did not open:\n${said.out}\n${said.err}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const find = (pattern) => said.out.match(pattern)?.[1];
  return {
    url: `http://localhost:${port}`,
    folder,
    said,
    owner: find(/Owner's sign-in:\s+(\S+)/),
    password: find(/password: (\S+)/),
    voucher: find(/Voucher for guests: (\S+)/),
    async stop() {
      const begun = Date.now();
      child.kill("SIGINT");
      const code = await ended;
      await rm(folder, { recursive: true, force: true });
      return { code, milliseconds: Date.now() - begun };
    },
  };
}
