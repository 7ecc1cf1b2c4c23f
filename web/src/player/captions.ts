//! Subtitles drawn by us: text nodes only, placed above the controls, in the size and colour the viewer chose.

import shaka from "shaka-player/dist/shaka-player.hls.js";
import { make } from "./dom";
import type { Preferences } from "./preferences";

/** Where the subtitles of all tracks appear; one per player, kept over reloads of the film. */
export class CaptionStage {
  readonly bottom = make("div", "captions", { "aria-live": "off" });
  readonly top = make("div", "captions captions--top", { "aria-live": "off" });

  style(preferences: Pick<Preferences, "size" | "colour" | "ground">): void {
    for (const box of [this.bottom, this.top]) {
      box.dataset["size"] = preferences.size;
      box.dataset["colour"] = preferences.colour;
      box.dataset["ground"] = preferences.ground;
    }
  }

  show(cues: readonly shaka.text.Cue[], language: string): void {
    this.bottom.lang = language;
    this.top.lang = language;
    this.bottom.replaceChildren(...cues.filter((cue) => !isHigh(cue)).map(drawCue));
    this.top.replaceChildren(...cues.filter(isHigh).map(drawCue));
  }
}

export class Captions implements shaka.extern.TextDisplayer {
  private cues: shaka.text.Cue[] = [];
  private shown: readonly shaka.text.Cue[] = [];
  private visible = false;
  private language = "";
  private readonly draw = () => this.render();

  constructor(private readonly video: HTMLVideoElement, private readonly stage: CaptionStage) {
    video.addEventListener("timeupdate", this.draw);
    video.addEventListener("seeking", this.draw);
  }

  configure(): void {}

  append(cues: shaka.text.Cue[]): void {
    for (const cue of cues) {
      const known = this.cues.some((other) => other.startTime === cue.startTime && other.endTime === cue.endTime && words(other) === words(cue));
      if (!known) this.cues.push(cue);
    }
    this.cues.sort((one, other) => one.startTime - other.startTime);
    this.render();
  }

  remove(start: number, end: number): boolean {
    this.cues = this.cues.filter((cue) => cue.endTime <= start || cue.startTime >= end);
    this.render();
    return true;
  }

  destroy(): Promise<void> {
    this.video.removeEventListener("timeupdate", this.draw);
    this.video.removeEventListener("seeking", this.draw);
    this.cues = [];
    this.render();
    return Promise.resolve();
  }

  isTextVisible(): boolean {
    return this.visible;
  }

  setTextVisibility(on: boolean): void {
    this.visible = on;
    this.render();
  }

  setTextLanguage(language: string): void {
    this.language = language === "und" ? "" : language;
  }

  private render(): void {
    const now = this.video.currentTime;
    const due = this.visible ? this.cues.filter((cue) => cue.startTime <= now && now < cue.endTime) : [];
    if (due.length === this.shown.length && due.every((cue, index) => cue === this.shown[index])) return;
    this.shown = due;
    this.stage.show(due, this.language);
  }
}

/** A cue asks for the top with a line in the upper half (WebVTT `line`), used where the picture has text below. */
function isHigh(cue: shaka.text.Cue): boolean {
  if (cue.line === null) return false;
  return cue.lineInterpretation === shaka.text.Cue.lineInterpretation.PERCENTAGE ? cue.line < 50 : cue.line >= 0 && cue.line < 7;
}

function drawCue(cue: shaka.text.Cue): HTMLElement {
  const line = make("span", "");
  write(cue, line);
  return make("div", "captions__cue", { dir: "auto" }, [line]);
}

function write(cue: shaka.text.Cue, into: HTMLElement): void {
  if (cue.lineBreak) into.append("\n");
  let target = into;
  if (cue.fontStyle === shaka.text.Cue.fontStyle.ITALIC) target = target.appendChild(make("i", ""));
  if (Number(cue.fontWeight) >= 600) target = target.appendChild(make("b", ""));
  if (cue.nestedCues.length) for (const nested of cue.nestedCues) write(nested, target);
  else target.append(cue.payload);
}

function words(cue: shaka.text.Cue): string {
  return cue.payload + cue.nestedCues.map(words).join("");
}
