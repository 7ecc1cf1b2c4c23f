//! Chapters: reading the film's list, naming each in the page's language, and finding the one at a time.

import { isRecord } from "./problem";
import type { Say } from "./strings";
import { sameLanguage } from "./tracks";

export interface Chapter {
  /** In seconds. */
  readonly start: number;
  readonly name: string;
}

/** So far into a chapter, in seconds, going back leads to its own start. */
const backToStart = 3;

/** Of a film whose list can't be read there are none: it plays all the same. */
export async function loadChapters(url: string | null, language: string, say: Say): Promise<readonly Chapter[]> {
  if (!url) return [];
  try {
    const response = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
    return response.ok ? parseChapters(await response.json(), language, say) : [];
  } catch {
    return [];
  }
}

/** The chapters in order. One alone is the film itself, and no list to choose from. */
export function parseChapters(body: unknown, language: string, say: Say): readonly Chapter[] {
  const listed = (Array.isArray(body) ? body : []).filter(isRecord);
  const found = listed.map((entry, index) => {
    const start = entry["start-time"];
    const name = nameIn(entry["titles"], language) || say("chapter_n", { n: index + 1 });
    return { start: typeof start === "number" && start >= 0 ? start : NaN, name };
  });
  const chapters = found.filter((chapter) => Number.isFinite(chapter.start)).sort((one, other) => one.start - other.start);
  return chapters.length > 1 ? chapters : [];
}

/** The chapter that runs at this time; before the first begins there is none. */
export function chapterAt(chapters: readonly Chapter[], seconds: number): Chapter | null {
  // A film that is sent to a time may stand a little before it.
  return chapters.filter((chapter) => chapter.start <= seconds + 0.05).pop() ?? null;
}

/** Where the next chapter begins, or the one before; `null` where there is none. */
export function stepFrom(chapters: readonly Chapter[], seconds: number, by: 1 | -1): number | null {
  if (by > 0) return chapters.find((chapter) => chapter.start > seconds + 0.05)?.start ?? null;
  const before = chapters.filter((chapter) => chapter.start <= seconds - backToStart).pop();
  return before?.start ?? (chapters.length ? 0 : null);
}

/** The name in the page's language, or in one the file does not tell, or the first. */
function nameIn(titles: unknown, language: string): string {
  const known = (Array.isArray(titles) ? titles : []).filter(isRecord);
  const text = (title: Record<string, unknown> | undefined) => (typeof title?.["title"] === "string" ? title["title"] : "");
  const is = (tag: string) => known.find((title) => typeof title["language"] === "string" && sameLanguage(title["language"], tag));
  return text(is(language) ?? is("und") ?? known[0]);
}
