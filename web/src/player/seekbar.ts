//! The position slider: a range input for every hand and reader, with the buffered and played bands drawn under it.

import { type Chapter, chapterAt } from "./chapters";
import { make } from "./dom";
import type { Say } from "./strings";
import { clamp, formatTime } from "./time";

/** A small picture of the film, cut from a sheet of them; lengths in pixels of the sheet. */
export interface Thumbnail {
  readonly url: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The thumbnail of a moment, if the film has one. */
export type Look = (seconds: number) => Promise<Thumbnail | null>;

/** More marks than this would be a hatching. */
const marksLimit = 100;

export class Seekbar {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  private readonly buffer = make("div", "seekbar__buffer");
  private readonly played = make("div", "seekbar__played");
  private readonly marks = make("div", "seekbar__marks");
  private readonly picture = make("div", "seekbar__picture", { hidden: true });
  private readonly words = make("div", "seekbar__words");
  private readonly tip = make("div", "seekbar__tip", { hidden: true }, [this.picture, this.words]);
  private chapters: readonly Chapter[] = [];
  private dragging = false;
  private total = 0;
  /** How often the pointer moved: what was looked up for where it was before comes too late. */
  private moves = 0;

  constructor(private readonly say: Say, private readonly look: Look, onSeek: (seconds: number) => void) {
    this.input = make("input", "seekbar__input", { type: "range", min: 0, max: 0, step: 0.1, value: 0, "aria-label": say("seek") });
    const track = make("div", "seekbar__track", {}, [this.buffer, this.played, this.marks]);
    this.element = make("div", "seekbar", {}, [track, this.input, this.tip]);
    this.input.addEventListener("input", () => { this.dragging = true; this.paint(Number(this.input.value)); });
    this.input.addEventListener("change", () => { this.dragging = false; onSeek(Number(this.input.value)); });
    this.element.addEventListener("pointermove", (event) => this.showTip(event.clientX));
    this.element.addEventListener("pointerleave", () => { this.tip.hidden = true; this.moves += 1; });
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
    this.words.replaceChildren(...(chapter ? [make("bdi", "seekbar__chapter", {}, [chapter])] : []), formatTime(at * this.total));
    this.tip.hidden = false;
    this.place(at * box.width, box.width);
    void this.showPicture(at, box.width);
  }

  private async showPicture(at: number, width: number): Promise<void> {
    this.moves += 1;
    const move = this.moves;
    const picture = await this.look(at * this.total);
    if (move !== this.moves) return;
    this.picture.hidden = picture === null;
    if (picture) {
      const { style } = this.picture;
      [style.width, style.height] = [`${picture.width}px`, `${picture.height}px`];
      style.background = `url("${picture.url}") -${picture.x}px -${picture.y}px`;
    }
    this.place(at * width, width);
  }

  /** Kept inside the bar so that it never leaves the screen at either end. */
  private place(x: number, width: number): void {
    const half = this.tip.offsetWidth / 2;
    this.tip.style.left = `${clamp(x, half, width - half)}px`;
  }
}
