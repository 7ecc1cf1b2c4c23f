//! What this browser remembers of how someone likes to watch; all of it is optional and none of it leaves the browser.

import { isRecord } from "./problem";

export const sizes = ["small", "normal", "large", "huge"] as const;
export const colours = ["white", "yellow", "cyan", "green"] as const;
export const grounds = ["shade", "solid", "none"] as const;

export interface Preferences {
  /** A language, "" for none at all, null for never chosen. */
  readonly subtitles: string | null;
  readonly subtitlesSdh: boolean;
  readonly audio: string | null;
  readonly size: (typeof sizes)[number];
  readonly colour: (typeof colours)[number];
  readonly ground: (typeof grounds)[number];
  readonly volume: number;
  readonly muted: boolean;
}

export const defaults: Preferences = { subtitles: null, subtitlesSdh: false, audio: null, size: "normal", colour: "white", ground: "shade", volume: 1, muted: false };

/** Takes each remembered value that is still a valid one and the default for the rest. */
export function mergePreferences(remembered: unknown): Preferences {
  const kept = isRecord(remembered) ? remembered : {};
  const volume = kept["volume"];
  return {
    subtitles: language(kept["subtitles"], true),
    subtitlesSdh: kept["subtitlesSdh"] === true,
    audio: language(kept["audio"], false),
    size: oneOf(sizes, kept["size"], defaults.size),
    colour: oneOf(colours, kept["colour"], defaults.colour),
    ground: oneOf(grounds, kept["ground"], defaults.ground),
    volume: typeof volume === "number" && volume >= 0 && volume <= 1 ? volume : defaults.volume,
    muted: kept["muted"] === true,
  };
}

const place = "cineclub.player";

export function loadPreferences(): Preferences {
  try {
    return mergePreferences(JSON.parse(localStorage.getItem(place) ?? "null"));
  } catch {
    return defaults;
  }
}

export function savePreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(place, JSON.stringify(preferences));
  } catch {
    // Storage may be full or forbidden; the choice then lasts as long as the page.
  }
}

function oneOf<T extends string>(allowed: readonly T[], value: unknown, otherwise: T): T {
  return allowed.find((item) => item === value) ?? otherwise;
}

function language(value: unknown, mayBeEmpty: boolean): string | null {
  if (typeof value !== "string") return null;
  if (value === "") return mayBeEmpty ? "" : null;
  return /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(value) ? value : null;
}
