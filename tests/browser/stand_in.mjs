// A door in front of the service: what `answer` takes it answers itself, everything else is the service's
// own. The pages, their scripts and their content policy are thus the real ones, while a test decides what
// a play, a beat or a segment answers.

import { createReadStream, statSync } from "node:fs";
import http from "node:http";
import path from "node:path";

const types = {
  ".js": "text/javascript",
  ".m3u8": "application/vnd.apple.mpegurl",
  ".mp4": "video/mp4",
  ".m4s": "video/mp4",
  ".vtt": "text/vtt",
};

/** Opens the door; `answer(request, response, path)` returns true for what it took. */
export async function standBefore(service, answer) {
  const behind = new URL(service.url);
  const server = http.createServer((request, response) => {
    const asked = decodeURIComponent(new URL(request.url, service.url).pathname);
    if (answer(request, response, asked)) return;
    const onward = http.request(
      { host: behind.hostname, port: behind.port, method: request.method, path: request.url, headers: request.headers },
      (answered) => {
        response.writeHead(answered.statusCode, answered.headers);
        answered.pipe(response);
      },
    );
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${server.address().port}`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers with a file, or 404. */
export function sendFile(response, file) {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    response.statusCode = 404;
    response.end();
    return;
  }
  response.setHeader("Content-Type", types[path.extname(file)] ?? "application/octet-stream");
  createReadStream(file).pipe(response);
}

/** Answers with JSON, a problem when the status says so, or nothing. */
export function sendJson(response, status, value) {
  response.statusCode = status;
  if (value) response.setHeader("Content-Type", status >= 400 ? "application/problem+json" : "application/json");
  response.end(value ? JSON.stringify(value) : undefined);
}

/** All of a request's body. */
export async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}
