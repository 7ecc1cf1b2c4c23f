//! The rules of the player and pages that need no browser.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { nextWait } from "../src/admin/live";
import { sentenceOf, uploadUrl } from "../src/admin/upload";
import { parsePlay } from "../src/player/api";
import { chapterAt, parseChapters, stepFrom } from "../src/player/chapters";
import { countdown, type Countdown, countdownSeconds } from "../src/player/countdown";
import { deviceName } from "../src/player/device";
import { sideOf } from "../src/player/gestures";
import { commandFor, type Zone } from "../src/player/keymap";
import { defaults, mergePreferences } from "../src/player/preferences";
import { parseProblem, Refused, worthRetrying } from "../src/player/problem";
import { formatSize } from "../src/player/size";
import { fill, sayer } from "../src/player/strings";
import { clamp, formatTime } from "../src/player/time";
import { audioName, languageName, pickText, textName } from "../src/player/tracks";

const press = (key: string, zone: Zone = "stage", shift = false, modified = false) => commandFor({ key, shift, modified }, zone);
const say = sayer(readFileSync(new URL("../strings.json", import.meta.url), "utf8").replace(/^[^]*?"en": /, "").replace(/,\s*"fr"[^]*$/, ""));

describe("times", () => {
  it.each([[0, "0:00"], [59.9, "0:59"], [60, "1:00"], [754, "12:34"], [3600, "1:00:00"], [7384.5, "2:03:04"], [-3, "0:00"], [NaN, "0:00"], [Infinity, "0:00"]])("%s seconds read %s", (seconds, text) => {
    expect(formatTime(seconds)).toBe(text);
  });
  it("a clamp never leaves its bounds, even crossed ones", () => {
    expect(clamp(5, 0, 3)).toBe(3);
    expect(clamp(-1, 0, 3)).toBe(0);
    expect(clamp(7, 26, -4)).toBe(26);
  });
});

describe("sizes", () => {
  it.each([[2_345_678, "2.3 MB"], [640_000_000, "640 MB"], [4_712_000_000, "4.7 GB"], [23_000_000_000, "23 GB"]])("%s bytes read %s", (bytes, text) => {
    expect(formatSize(bytes, "en")).toBe(text);
  });
  it("in French they are octets", () => expect(formatSize(4_712_000_000, "fr")).toMatch(/^4,7\sGo$/));
});

describe("keys", () => {
  it("arrows on the picture seek ten seconds, five with shift, and change the volume", () => {
    expect(press("ArrowLeft")).toEqual({ do: "seek", by: -10 });
    expect(press("ArrowRight", "stage", true)).toEqual({ do: "seek", by: 5 });
    expect(press("ArrowUp")).toEqual({ do: "volume", by: 0.1 });
  });
  it("arrows among the buttons move the focus, so that a remote reaches them all", () => {
    for (const zone of ["bar", "top", "panel"] as const) expect(press("ArrowRight", zone)).toEqual({ do: "focus", towards: "right" });
    expect(press("ArrowUp", "seek")).toEqual({ do: "focus", towards: "up" });
    expect(press("ArrowRight", "seek")).toEqual({ do: "seek", by: 10 });
  });
  it("space on a button is left to the button", () => {
    expect(press(" ", "bar")).toBeNull();
    expect(press(" ")).toEqual({ do: "toggle" });
    expect(press("Enter", "bar")).toBeNull();
  });
  it("letters and digits do what the list of keys says", () => {
    expect(press("k")).toEqual({ do: "toggle" });
    expect(press("M")).toEqual({ do: "mute" });
    expect(press("f")).toEqual({ do: "fullscreen" });
    expect(press("c")).toEqual({ do: "subtitles" });
    expect(press("n")).toEqual({ do: "next" });
    expect([press("PageDown"), press("PageUp", "seek")]).toEqual([{ do: "chapter", by: 1 }, { do: "chapter", by: -1 }]);
    expect(press("7")).toEqual({ do: "jump", to: 0.7 });
    expect(press("Escape", "panel")).toEqual({ do: "escape" });
  });
  it("a browser's own shortcuts stay the browser's", () => {
    expect(press("f", "stage", false, true)).toBeNull();
    expect(press("ArrowLeft", "stage", false, true)).toBeNull();
    expect(press("m", "panel")).toBeNull();
  });
});

describe("remembered wishes", () => {
  it("keeps what is valid and forgets the rest", () => {
    expect(mergePreferences({ subtitles: "fr", size: "huge", colour: "plaid", volume: 4, muted: "yes", audio: "<b>" })).toEqual({ ...defaults, subtitles: "fr", size: "huge" });
  });
  it.each([[null], [undefined], ["text"], [[1, 2]], [42]])("anything that is not a record gives the defaults: %j", (value) => {
    expect(mergePreferences(value)).toEqual(defaults);
  });
  it("tells no subtitles from never chosen", () => {
    expect(mergePreferences({ subtitles: "" }).subtitles).toBe("");
    expect(mergePreferences({}).subtitles).toBeNull();
  });
});

describe("problems", () => {
  it("reads the kind from the type's last part, and the actions", () => {
    const problem = parseProblem({ type: "https://example.org/problems/too-many-streams", title: "Three screens are playing.", detail: "Stop one.", actions: [{ label: "Stop the other device", href: "/api/v1/plays/7/end", method: "post" }] }, 409);
    expect(problem).toMatchObject({ kind: "too-many-streams", status: 409, actions: [{ label: "Stop the other device", href: "/api/v1/plays/7/end", method: "POST" }] });
  });
  it.each(["https://evil.example/x", "//evil.example/x", "/\\evil.example", "javascript:alert(1)", "relative", ""])("an action may not lead to %j", (href) => {
    expect(parseProblem({ actions: [{ label: "Go", href }] }, 409).actions).toEqual([]);
  });
  it("survives any answer", () => {
    for (const body of [null, 3, "x", [], { actions: "no", title: 9 }, { actions: [null, 4, {}] }]) expect(parseProblem(body, 500)).toMatchObject({ title: "", actions: [] });
  });
  it("offers a second try only where it could help", () => {
    const at = (status: number, type = "") => worthRetrying(parseProblem({ type }, status));
    expect([0, 409, 429, 500, 503].map((status) => at(status))).toEqual([true, true, true, true, true]);
    expect([402, 404, 410, 451].map((status) => at(status))).toEqual([false, false, false, false]);
  });
  it("knows every end of a play that the server has a sentence for, and goes on after each but a withdrawal", () => {
    const sentences = readFileSync(new URL("../../crates/server/locales/en/errors.ftl", import.meta.url), "utf8");
    const ends = Array.from(sentences.matchAll(/^error-(play-\w+) =/gm), ([, end]) => end ?? "");
    expect(ends.sort()).toEqual(["play-closed", "play-expired", "play-lost", "play-replaced", "play-stale", "play-withdrawn"]);
    expect(ends.filter((type) => worthRetrying(parseProblem({ type }, type === "play-stale" ? 503 : 410)))).toEqual(["play-closed", "play-expired", "play-lost", "play-replaced", "play-stale"]);
  });
});

describe("starting a play", () => {
  const answer = { play: "p1", manifest: "/media/t/master.m3u8", position_ms: 754000, duration_ms: 3600000, beat_seconds: 15, beat: "/b", end: "/e", next: { url: "/watch/x", name: "X" }, attribution: "© Y" };
  it("reads the answer", () => {
    expect(parsePlay(answer)).toEqual({ id: "p1", manifest: "/media/t/master.m3u8", chaptersUrl: null, positionMs: 754000, durationMs: 3600000, beatSeconds: 15, beatUrl: "/b", endUrl: "/e", next: { url: "/watch/x", name: "X" }, attribution: "© Y", original: null });
    const original = { url: "/media/t/original", name: "X (2024).mkv", bytes: 12 };
    expect(parsePlay({ ...answer, original }).original).toEqual(original);
  });
  it("refuses an answer without a playlist", () => {
    expect(() => parsePlay({ ...answer, manifest: undefined })).toThrow(Refused);
    expect(() => parsePlay(null)).toThrow(Refused);
  });
  it("never beats faster than every two seconds, nor starts before the beginning", () => {
    expect(parsePlay({ ...answer, beat_seconds: 0, position_ms: -5 })).toMatchObject({ beatSeconds: 2, positionMs: 0 });
  });
});

describe("the wait for the next episode", () => {
  const run = (...events: Parameters<typeof countdown>[1][]) => events.reduce<Countdown>((state, event) => countdown(state, event), { state: "idle" });
  it("counts eight seconds, then goes", () => {
    expect(run("ended")).toEqual({ state: "counting", left: countdownSeconds });
    expect(run("ended", ...Array<"second">(7).fill("second"))).toEqual({ state: "counting", left: 1 });
    expect(run("ended", ...Array<"second">(8).fill("second"))).toEqual({ state: "go" });
  });
  it("stays when told to stay, whatever time does", () => {
    expect(run("ended", "second", "cancel", "second", "second", "ended")).toEqual({ state: "cancelled" });
  });
  it("going back into the film ends the wait, and the next end starts it anew", () => {
    expect(run("ended", "second", "rewound")).toEqual({ state: "idle" });
    expect(run("ended", "rewound", "ended")).toEqual({ state: "counting", left: countdownSeconds });
  });
  it("a second without an end changes nothing, and going can't be undone", () => {
    expect(run("second")).toEqual({ state: "idle" });
    expect(run("ended", "now", "cancel", "rewound")).toEqual({ state: "go" });
  });
});

describe("tracks", () => {
  const text = (language: string, extra: { forced?: boolean; sdh?: boolean } = {}) => ({ language, label: null, forced: false, sdh: false, ...extra });
  const tracks = [text("en"), text("en", { sdh: true }), text("fr"), text("en", { forced: true })];
  it("starts with what was chosen before, in its kind", () => {
    expect(pickText(tracks, "fr", false, "en")).toBe(tracks[2]);
    expect(pickText(tracks, "en", true, "en")).toBe(tracks[1]);
    expect(pickText(tracks, "fr-CA", true, "en")).toBe(tracks[2]);
  });
  it("without a wish shows only forced subtitles of the language heard", () => {
    expect(pickText(tracks, null, false, "en")).toBe(tracks[3]);
    expect(pickText(tracks, "", false, "fr")).toBeNull();
    expect(pickText(tracks, "de", false, "fr")).toBeNull();
  });
  it("names languages in the page's language", () => {
    expect(languageName("fr", "fr", say)).toBe("Français");
    expect(textName(text("en", { sdh: true }), "en", say)).toBe("English (for the deaf and hard of hearing)");
    expect(languageName("und", "en", say)).toBe("Language not given");
    expect(languageName("not a tag", "en", say)).toBe("not a tag");
    expect(audioName({ language: "en", label: null, description: true }, "en", say)).toBe("English (audio description)");
  });
});

describe("chapters", () => {
  const title = (language: string, title: string) => ({ language, title });
  const entry = (start: unknown, ...titles: unknown[]) => ({ "start-time": start, titles });
  const named = (...titles: unknown[]) => parseChapters([entry(0, ...titles), entry(9)], "fr", say)[0]?.name;
  it("are named in the page's language, else as the file has them, else by their number", () => {
    expect(named(title("en", "One"), title("fr-CA", "Un"))).toBe("Un");
    expect(named(title("de", "Eins"), title("und", "I"))).toBe("I");
    expect(named(title("de", "Eins"))).toBe("Eins");
    expect([named(), named(title("fr", "")), named(4, { language: 3 })]).toEqual(["Chapter 1", "Chapter 1", "Chapter 1"]);
  });
  it("survive any list, and one alone is none", () => {
    for (const body of [null, {}, "x", [1, null], [entry("0"), entry(-1)], [entry(0)]]) expect(parseChapters(body, "en", say)).toEqual([]);
    expect(parseChapters([entry(5), entry(0)], "en", say).map((chapter) => chapter.start)).toEqual([0, 5]);
  });
  const list = [10, 20, 30].map((start) => ({ start, name: String(start) }));
  it("one runs from its start until the next", () => {
    expect([0, 10, 19.9, 20, 99].map((at) => chapterAt(list, at)?.name)).toEqual([undefined, "10", "10", "20", "30"]);
  });
  it("a step back leads to the start of the one that runs, and from there to the one before", () => {
    expect([0, 10, 25, 30].map((at) => stepFrom(list, at, 1))).toEqual([10, 20, 30, null]);
    expect([5, 11, 14, 25, 22, 20].map((at) => stepFrom(list, at, -1))).toEqual([0, 0, 10, 20, 10, 10]);
    expect([stepFrom([], 5, 1), stepFrom([], 5, -1)]).toEqual([null, null]);
  });
});

describe("words", () => {
  it("fills in values and leaves unknown places alone", () => {
    expect(fill("{time} of {total}, {other}", { time: "1:00", total: "2:00" })).toBe("1:00 of 2:00, {other}");
    expect(sayer("not json")("play")).toBe("play");
  });
  it("every word exists in both languages with the same places to fill", () => {
    const { en, fr } = JSON.parse(readFileSync(new URL("../strings.json", import.meta.url), "utf8")) as Record<string, Record<string, string>>;
    const places = (words: Record<string, string> = {}) => Object.fromEntries(Object.entries(words).map(([key, value]) => [key, (value.match(/\{\w+\}/g) ?? []).sort().join()]));
    expect(places(fr)).toEqual(places(en));
  });
});

describe("pages", () => {
  it("names a screen as a person would", () => {
    expect(deviceName("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36")).toBe("Chrome, Linux");
    expect(deviceName("Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 Chrome/79.0 Safari/537.36")).toBe("Chrome, LG television");
    expect(deviceName("")).toBe("Browser");
  });
  it("a double tap seeks only at the sides", () => {
    expect([10, 500, 990].map((x) => sideOf(x, 1000))).toEqual(["left", "middle", "right"]);
  });
  it("a file's name is data in the address, never a path", () => {
    expect(uploadUrl("/admin/upload/", "../a b?#/é.mp4")).toBe("/admin/upload/..%2Fa%20b%3F%23%2F%C3%A9.mp4");
  });
  it("shows the server's sentence and nothing else", () => {
    expect(sentenceOf('{"detail":"Taken in."}')).toBe("Taken in.");
    expect(sentenceOf('{"title":"This file is not taken.","status":422}')).toBe("This file is not taken.");
    expect([sentenceOf("<html>"), sentenceOf("null"), sentenceOf('{"detail":4}')]).toEqual([null, null, null]);
  });
  it("a server in trouble is asked less often, up to twice a minute", () => {
    expect([nextWait(2000, "late"), nextWait(20_000, "late"), nextWait(30_000, "late"), nextWait(30_000, "fresh")]).toEqual([4000, 30_000, 30_000, 2000]);
  });
});
