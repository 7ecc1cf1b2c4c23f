//! Messages at the top of a page can be sent away; without script they stay until the next page.

export function dismissFlashes(document: Document): void {
  for (const close of Array.from(document.querySelectorAll<HTMLButtonElement>("[data-flash-close]"))) {
    close.hidden = false;
    close.addEventListener("click", () => close.closest("[data-flash]")?.remove());
  }
}
