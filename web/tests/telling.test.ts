//! When the server hears of where the viewer is: regularly, soon after what they do, and before another page.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { parsePlay } from "../src/player/api";
import { Heartbeat } from "../src/player/heartbeat";
import { listenToLinks, withPatience } from "../src/player/leaving";
import { goesOn, type Problem } from "../src/player/problem";

const play = parsePlay({ manifest: "/m", beat: "/beat", end: "/end", beat_seconds: 15 });
const tell = vi.fn(async () => new Response(null, { status: 204 }));
const refused = vi.fn((_: Problem) => undefined);
const heart = () => new Heartbeat(() => ({ position_ms: 5, state: "paused", buffered_ms: 0 }), refused);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("fetch", tell);
  tell.mockReset().mockImplementation(async () => new Response(null, { status: 204 }));
  refused.mockReset();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("a pause or a jump is told within a second, and many of them together", async () => {
  const heartbeat = heart();
  heartbeat.start(play);
  await vi.advanceTimersByTimeAsync(3000);
  expect(tell).toHaveBeenCalledTimes(0);
  for (let press = 0; press < 20; press += 1) {
    heartbeat.soon();
    await vi.advanceTimersByTimeAsync(45);
  }
  await vi.advanceTimersByTimeAsync(100);
  expect(tell).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(14_800);
  expect(tell).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(tell).toHaveBeenCalledTimes(2);
});

it("what is done while a beat is under way is told after it", async () => {
  tell.mockImplementation(() => new Promise((resolve) => setTimeout(() => resolve(new Response(null, { status: 204 })), 500)));
  const heartbeat = heart();
  heartbeat.start(play);
  heartbeat.soon();
  await vi.advanceTimersByTimeAsync(1200);
  heartbeat.soon();
  heartbeat.soon();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(tell).toHaveBeenCalledTimes(2);
});

it("nothing is told before a play or after its end", async () => {
  const heartbeat = heart();
  heartbeat.soon();
  heartbeat.start(play);
  heartbeat.soon();
  heartbeat.stop();
  heartbeat.soon();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(tell).toHaveBeenCalledTimes(0);
});

it("a lost lease ends the beat with a problem after which play goes on", async () => {
  tell.mockImplementation(async () => new Response(JSON.stringify({ type: "play-lost", detail: "Press play to go on." }), { status: 410 }));
  const heartbeat = heart();
  heartbeat.start(play);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(tell).toHaveBeenCalledTimes(1);
  expect(refused.mock.calls.map(([problem]) => [problem.kind, goesOn(problem)])).toEqual([["play-lost", true]]);
});

it("a page is kept waiting for news for a second at most", async () => {
  const after = async (ms: number) => {
    let left = false;
    void withPatience(new Promise((resolve) => setTimeout(resolve, ms))).then(() => { left = true; });
    await vi.advanceTimersByTimeAsync(ms - 1);
    const early = left;
    await vi.advanceTimersByTimeAsync(1);
    return [early, left];
  };
  expect(await after(400)).toEqual([false, true]);
  expect(await after(60_000)).toEqual([true, true]);
});

it("only a plain press on a link is taken from the browser", () => {
  class Link {
    readonly href = "/title/x";
    target = "";
    download = "";
    closest() { return this; }
  }
  vi.stubGlobal("Element", Link);
  const press = (more: object, target = "", download = "") => {
    let taken = false;
    const left: string[] = [];
    const link = new Link();
    Object.assign(link, { target, download });
    const root = { addEventListener: (_: string, hear: (event: object) => void) => hear({ target: link, button: 0, preventDefault: () => { taken = true; }, ...more }) };
    listenToLinks(root as unknown as HTMLElement, (url) => left.push(url));
    return [taken, left.length];
  };
  expect(press({})).toEqual([true, 1]);
  expect([press({ ctrlKey: true }), press({ metaKey: true }), press({ shiftKey: true }), press({ altKey: true }), press({ button: 1 }), press({}, "_blank"), press({}, "", "film.mkv")]).toEqual(Array(7).fill([false, 0]));
});
