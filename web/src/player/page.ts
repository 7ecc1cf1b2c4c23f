//! What the page tells the player about the film, read once from its data attributes.

import { type Say, sayer } from "./strings";

export interface PlayerPage {
  readonly root: HTMLElement;
  readonly video: HTMLVideoElement;
  readonly playUrl: string;
  readonly title: string;
  readonly subtitle: string;
  readonly backUrl: string;
  readonly language: string;
  readonly sprite: string;
  /** The viewer pressed "Start over" on the page before: the kept position is not used. */
  readonly fromStart: boolean;
  readonly next: { readonly url: string; readonly name: string } | null;
  readonly say: Say;
}

export function readPage(document: Document): PlayerPage | null {
  const root = document.getElementById("player");
  const video = root?.querySelector("video");
  const playUrl = root?.dataset["playUrl"];
  if (!root || !video || !playUrl) return null;
  const data = root.dataset;
  return {
    root,
    video,
    playUrl,
    title: data["title"] ?? "",
    subtitle: data["subtitle"] ?? "",
    backUrl: data["backUrl"] || "/",
    language: data["lang"] || document.documentElement.lang || "en",
    sprite: data["icons"] ?? "",
    fromStart: new URLSearchParams(location.search).get("from") === "start",
    next: data["nextUrl"] ? { url: data["nextUrl"], name: data["nextName"] ?? "" } : null,
    say: sayer(data["strings"]),
  };
}
