//! Naming and choosing tracks: pure rules over what the player found in the playlist.

import type { Say } from "./strings";

export interface TextChoice {
  readonly language: string;
  readonly label: string | null;
  readonly forced: boolean;
  readonly sdh: boolean;
}

export interface AudioChoice {
  readonly language: string;
  readonly label: string | null;
  readonly description: boolean;
}

export function languageName(tag: string, shownIn: string, say: Say): string {
  if (!tag || tag === "und" || tag === "zxx") return say("unknown_language");
  try {
    const name = new Intl.DisplayNames([shownIn], { type: "language" }).of(tag);
    if (name) return name.charAt(0).toLocaleUpperCase(shownIn) + name.slice(1);
  } catch {
    // Televisions without Intl.DisplayNames show the tag.
  }
  return tag;
}

export function textName(track: TextChoice, shownIn: string, say: Say): string {
  const notes = [track.sdh ? say("role_sdh") : "", track.forced ? say("role_forced") : ""].filter(Boolean);
  return named(languageName(track.language, shownIn, say), notes);
}

export function audioName(track: AudioChoice, shownIn: string, say: Say): string {
  return named(track.language && track.language !== "und" ? languageName(track.language, shownIn, say) : (track.label ?? languageName("", shownIn, say)), track.description ? [say("role_description")] : []);
}

/**
 * The subtitles to start with: what was chosen before, else only a forced track in the language being heard.
 *
 * `wanted` is a language, "" for none, null for never chosen.
 */
export function pickText<T extends TextChoice>(tracks: readonly T[], wanted: string | null, wantedSdh: boolean, heard: string): T | null {
  if (wanted) {
    const spoken = tracks.filter((track) => !track.forced && sameLanguage(track.language, wanted));
    const found = spoken.find((track) => track.sdh === wantedSdh) ?? spoken[0];
    if (found) return found;
  }
  return tracks.find((track) => track.forced && sameLanguage(track.language, heard)) ?? null;
}

export function sameLanguage(one: string, other: string): boolean {
  return primary(one) === primary(other);
}

function primary(tag: string): string {
  return tag.toLowerCase().split("-")[0] ?? "";
}

function named(name: string, notes: readonly string[]): string {
  return notes.length ? `${name} (${notes.join(", ")})` : name;
}
