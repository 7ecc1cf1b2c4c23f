//! Leaving for another page: the server first hears where the viewer stopped, so that what that page lists is right.

/** How long a page is kept waiting for it. The news itself is sent even when this runs out. */
const patienceMs = 1000;

/** Hands plain presses on links to `leave`; those that open another tab or window, or save a file, stay the browser's. */
export function listenToLinks(root: HTMLElement, leave: (url: string) => void): void {
  root.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || link.target || link.download || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    leave(link.href);
  });
}

/** Waits for `news`, but not for long. */
export async function withPatience(news: Promise<void>): Promise<void> {
  const tooLong = new Promise<void>((resolve) => window.setTimeout(resolve, patienceMs));
  await Promise.race([news, tooLong]);
}
