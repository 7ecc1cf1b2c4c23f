//! Lists that keep themselves up to date: the server's fragment replaces the old one every two seconds while someone looks.

const everyMs = 2000;
const slowestMs = 30_000;

export function keepLive(document: Document): void {
  for (const list of Array.from(document.querySelectorAll<HTMLElement>("[data-live]"))) follow(document, list);
}

function follow(document: Document, list: HTMLElement): void {
  const url = list.dataset["live"];
  if (!url) return;
  let wait = everyMs;
  let timer = 0;
  const tick = async () => {
    if (document.hidden) return note(document, "off");
    const outcome = await refresh(document, list, url);
    if (outcome === "over") return note(document, "off");
    wait = nextWait(wait, outcome);
    note(document, outcome === "fresh" ? "on" : "late");
    timer = window.setTimeout(() => void tick(), wait);
  };
  document.addEventListener("visibilitychange", () => {
    window.clearTimeout(timer);
    void tick();
  });
  note(document, "on");
  timer = window.setTimeout(() => void tick(), everyMs);
}

type Outcome = "fresh" | "late" | "over";

async function refresh(document: Document, list: HTMLElement, url: string): Promise<Outcome> {
  try {
    const response = await fetch(url, { credentials: "same-origin", headers: { Accept: "text/html", "X-Requested-With": "cineclub" }, redirect: "error" });
    if (!response.ok) return [401, 403, 404].includes(response.status) ? "over" : "late";
    swap(document, list, await response.text());
    return "fresh";
  } catch {
    return "late";
  }
}

/** A server in trouble is asked less and less often, up to twice a minute. */
export function nextWait(wait: number, outcome: Outcome): number {
  return outcome === "late" ? Math.min(wait * 2, slowestMs) : everyMs;
}

/** Replaces the content only when it changed, and gives the focus back to the same control. */
function swap(document: Document, list: HTMLElement, html: string): void {
  if (list.dataset["seen"] === html) return;
  const focused = document.activeElement;
  const place = focused instanceof HTMLElement && list.contains(focused) ? placeOf(list, focused) : null;
  const parsed = new DOMParser().parseFromString(html, "text/html");
  list.replaceChildren(...Array.from(parsed.body.childNodes));
  list.dataset["seen"] = html;
  if (place) controlsOf(list, place.key)[place.index]?.focus();
}

function placeOf(list: HTMLElement, element: HTMLElement): { key: string; index: number } {
  const key = keyOf(element);
  return { key, index: controlsOf(list, key).indexOf(element) };
}

function controlsOf(list: HTMLElement, key: string): HTMLElement[] {
  return Array.from(list.querySelectorAll<HTMLElement>("a, button, input, select")).filter((control) => keyOf(control) === key);
}

/** What a control does names it across two versions of the list. */
function keyOf(element: HTMLElement): string {
  return element.closest("form")?.getAttribute("action") ?? element.getAttribute("href") ?? element.id;
}

function note(document: Document, state: "on" | "late" | "off"): void {
  for (const element of Array.from(document.querySelectorAll<HTMLElement>("[data-live-note]"))) {
    element.dataset["state"] = state;
    const words = element.dataset[state];
    if (words && element.textContent !== words) element.textContent = words;
  }
}
