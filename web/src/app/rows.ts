//! Arrows for rows of cards, shown only where there is more than fits.

export function rowArrows(document: Document): void {
  for (const row of Array.from(document.querySelectorAll<HTMLElement>("[data-row]"))) wire(row);
}

function wire(row: HTMLElement): void {
  const rail = row.querySelector<HTMLElement>("[data-rail]");
  const back = row.querySelector<HTMLButtonElement>("[data-row-back]");
  const on = row.querySelector<HTMLButtonElement>("[data-row-on]");
  const arrows = back?.parentElement;
  if (!rail || !back || !on || !arrows) return;
  const show = () => {
    const { scrollLeft, scrollWidth, clientWidth } = rail;
    arrows.hidden = scrollWidth <= clientWidth + 1;
    back.disabled = scrollLeft <= 1;
    on.disabled = scrollLeft + clientWidth >= scrollWidth - 1;
  };
  const move = (direction: number) => { rail.scrollLeft += direction * pageOf(rail.clientWidth); };
  back.addEventListener("click", () => move(-1));
  on.addEventListener("click", () => move(1));
  rail.addEventListener("scroll", show, { passive: true });
  window.addEventListener("resize", show);
  show();
}

/** Nearly a screenful: the last card seen stays in view as an anchor. */
export function pageOf(width: number): number {
  return Math.max(160, Math.round(width * 0.82));
}
