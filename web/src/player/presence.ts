//! Whether the controls are on the screen: shown by any movement, gone after three seconds of a playing film.

const idleMs = 3000;

export class Presence {
  private timer = 0;

  constructor(private readonly root: HTMLElement, private readonly mustStay: () => boolean) {
    for (const name of ["pointermove", "focusin"]) root.addEventListener(name, (event) => { if (!(event instanceof PointerEvent) || event.pointerType === "mouse") this.stir(); });
    root.addEventListener("pointerleave", () => this.hide());
  }

  get shown(): boolean {
    return this.root.classList.contains("player--active");
  }

  stir(): void {
    this.root.classList.add("player--active");
    this.root.classList.remove("player--idle");
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.hide(), idleMs);
  }

  flip(): void {
    if (this.shown) this.hide();
    else this.stir();
  }

  /** Hides unless something needs the viewer; the focus goes back to the picture so that keys stay meaningful. */
  private hide(): void {
    if (this.mustStay()) return;
    const inside = document.activeElement;
    if (inside instanceof HTMLElement && inside.closest(".player__bottom, .player__top")) this.root.focus({ preventScroll: true });
    this.root.classList.remove("player--active");
    this.root.classList.add("player--idle");
    window.clearTimeout(this.timer);
  }
}
