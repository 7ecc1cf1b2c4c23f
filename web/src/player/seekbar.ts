//! The position slider: a range input for every hand and reader, with the buffered and played bands drawn under it.

import { type Chapter, chapterAt } from "./chapters";
import { make } from "./dom";
import type { Say } from "./strings";
import { clamp, formatTime } from "./time";

/** More marks than this would be a hatching. */
const marksLimit = 100;

export class Seekbar {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  private readonly buffer = make("div", "seekbar__buffer");
  private readonly played = make("div", "seekbar__played");
  private readonly marks = make("div", "seekbar__marks");
  private readonly tip = make("div", "seekbar__tip", { hidden: true });
  private chapters: readonly Chapter[] = [];
  private dragging = false;
  private total = 0;

  constructor(private readonly say: Say, onSeek: (seconds: number) => void) {
    this.input = make("input", "seekbar__input", { type: "range", min: 0, max: 0, step: 0.1, value: 0, "aria-label": say("seek") });
    const track = make("div", "seekbar__track", {}, [this.buffer, this.played, this.marks]);
    this.element = make("div", "seekbar", {}, [track, this.input, this.tip]);
    this.input.addEventListener("input", () => { this.dragging = true; this.paint(Number(this.input.value)); });
    this.input.addEventListener("change", () => { this.dragging = false; onSeek(Number(this.input.value)); });
    this.element.addEventListener("pointermove", (event) => this.showTip(event.clientX));
    this.element.addEventListener("pointerleave", () => { this.tip.hidden = true; });
  }

  update(seconds: number, total: number, bufferedTo: number): void {
    if (total !== this.total) {
      this.total = total;
      this.input.max = String(total);
      this.mark();
    }
    this.buffer.style.transform = `scaleX(${total > 0 ? clamp(bufferedTo / total, 0, 1) : 0})`;
    if (this.dragging) return;
    this.input.value = String(seconds);
    this.paint(seconds);
  }

  showChapters(chapters: readonly Chapter[]): void {
    this.chapters = chapters;
    this.mark();
  }

  /** Where a chapter ends and the next begins. */
  private mark(): void {
    const inner = this.chapters.filter((chapter) => chapter.start > 0 && chapter.start < this.total);
    this.marks.replaceChildren(...(inner.length > marksLimit ? [] : inner).map((chapter) => {
      const mark = make("div", "seekbar__mark");
      mark.style.left = `${(chapter.start / this.total) * 100}%`;
      return mark;
    }));
  }

  private paint(seconds: number): void {
    this.played.style.transform = `scaleX(${this.total > 0 ? clamp(seconds / this.total, 0, 1) : 0})`;
    const chapter = chapterAt(this.chapters, seconds)?.name;
    const times = { time: formatTime(seconds), total: formatTime(this.total) };
    const spoken = chapter ? this.say("seek_value_chapter", { ...times, chapter }) : this.say("seek_value", times);
    if (this.input.getAttribute("aria-valuetext") !== spoken) this.input.setAttribute("aria-valuetext", spoken);
  }

  private showTip(clientX: number): void {
    const box = this.element.getBoundingClientRect();
    if (this.total <= 0 || box.width === 0) return;
    const at = clamp((clientX - box.left) / box.width, 0, 1);
    const chapter = chapterAt(this.chapters, at * this.total)?.name;
    this.tip.replaceChildren(...(chapter ? [make("bdi", "seekbar__chapter", {}, [chapter])] : []), formatTime(at * this.total));
    this.tip.hidden = false;
    // Kept inside the bar so that it never leaves the screen at either end.
    const half = this.tip.offsetWidth / 2;
    this.tip.style.left = `${clamp(at * box.width, half, box.width - half)}px`;
  }
}
