//! The bar and the top line: real buttons with names, made once and kept in step with the video.

import type { Original } from "./api";
import { type Chapter, chapterAt } from "./chapters";
import { type Icons, make } from "./dom";
import { type Look, Seekbar } from "./seekbar";
import { formatSize } from "./size";
import type { Say } from "./strings";
import { formatTime } from "./time";

export interface Actions {
  toggle(): void;
  seekBy(seconds: number): void;
  seekTo(seconds: number): void;
  look: Look;
  mute(): void;
  volume(value: number): void;
  subtitles(button: HTMLElement): void;
  audio(button: HTMLElement): void;
  chapters(button: HTMLElement): void;
  settings(button: HTMLElement): void;
  about(button: HTMLElement): void;
  fullscreen(): void;
  smallWindow(): void;
  next(): void;
}

export class Controls {
  readonly top: HTMLElement;
  readonly bottom: HTMLElement;
  readonly seekbar: Seekbar;
  readonly play: HTMLButtonElement;
  readonly subtitles: HTMLButtonElement;
  readonly audio: HTMLButtonElement;
  readonly next: HTMLButtonElement;
  private readonly chapters: HTMLButtonElement;
  private readonly mute: HTMLButtonElement;
  private readonly volume: HTMLInputElement;
  private readonly screen: HTMLButtonElement;
  private readonly download: HTMLAnchorElement;
  private readonly now = document.createTextNode("0:00");
  private readonly total = make("span", "");
  private readonly chapter = make("bdi", "player__chapter", { hidden: true });
  /** The chapters that are shown. */
  list: readonly Chapter[] = [];

  constructor(private readonly icons: Icons, private readonly say: Say, page: { title: string; subtitle: string; backUrl: string }, actions: Actions) {
    const back = make("a", "player__button", { href: page.backUrl, "aria-label": say("back", { name: page.title }) }, [icons.make("arrow-left")]);
    const name = make("p", "player__title", {}, [page.title, ...(page.subtitle ? [make("small", "", {}, [page.subtitle])] : [])]);
    this.download = make("a", "player__button", { hidden: true }, [icons.make("download")]);
    this.top = make("div", "player__top", {}, [back, name, make("div", "player__gap"), this.download]);

    this.seekbar = new Seekbar(say, (seconds) => actions.look(seconds), (seconds) => actions.seekTo(seconds));
    this.play = this.button("play", say("play"), () => actions.toggle());
    this.play.classList.add("player__button--main");
    this.mute = this.button("volume", say("mute"), () => actions.mute());
    this.volume = make("input", "volume__input", { type: "range", min: 0, max: 1, step: 0.05, value: 1, "aria-label": say("volume") });
    this.volume.addEventListener("input", () => actions.volume(Number(this.volume.value)));
    this.next = this.button("next", say("next", { name: "" }), () => actions.next());
    this.next.hidden = true;
    this.subtitles = this.menuButton("subtitles", say("subtitles"), (button) => actions.subtitles(button));
    this.audio = this.menuButton("audio", say("audio"), (button) => actions.audio(button));
    this.chapters = this.menuButton("chapters", say("chapters"), (button) => actions.chapters(button));
    this.chapters.hidden = true;
    const settings = this.menuButton("settings", say("settings"), (button) => actions.settings(button));
    const about = this.menuButton("info", say("about"), (button) => actions.about(button));
    about.setAttribute("aria-haspopup", "dialog");
    const small = this.button("pip", say("pip"), () => actions.smallWindow());
    small.hidden = !document.pictureInPictureEnabled;
    small.classList.add("player__button--small-window");
    this.screen = this.button("fullscreen", say("fullscreen"), () => actions.fullscreen());
    const skip = [this.button("back10", say("back10"), () => actions.seekBy(-10)), this.button("forward10", say("forward10"), () => actions.seekBy(10))];
    const time = make("p", "player__time", {}, [this.now, this.total, this.chapter]);
    const buttons = make("div", "player__buttons", {}, [
      this.play, ...skip, make("div", "volume", {}, [this.mute, this.volume]), time,
      make("div", "player__gap"), this.next, this.chapters, this.subtitles, this.audio, settings, about, small, this.screen,
    ]);
    this.bottom = make("div", "player__bottom", {}, [this.seekbar.element, buttons]);
  }

  update(video: HTMLVideoElement, totalSeconds: number): void {
    this.now.data = formatTime(video.currentTime);
    this.total.textContent = ` / ${formatTime(totalSeconds)}`;
    this.seekbar.update(video.currentTime, totalSeconds, bufferedTo(video));
    const name = chapterAt(this.list, video.currentTime)?.name ?? "";
    this.chapter.hidden = name === "";
    if (this.chapter.textContent !== name) this.chapter.textContent = name;
  }

  showChapters(list: readonly Chapter[]): void {
    this.list = list;
    this.chapters.hidden = list.length === 0;
    this.seekbar.showChapters(list);
  }

  showPlaying(playing: boolean): void {
    this.relabel(this.play, playing ? "pause" : "play", this.say(playing ? "pause" : "play"));
  }

  showVolume(volume: number, muted: boolean): void {
    const silent = muted || volume === 0;
    this.relabel(this.mute, silent ? "muted" : "volume", this.say(silent ? "unmute" : "mute"));
    this.volume.value = String(muted ? 0 : volume);
  }

  showFullscreen(full: boolean): void {
    this.relabel(this.screen, full ? "window" : "fullscreen", this.say(full ? "fullscreen_exit" : "fullscreen"));
  }

  showNext(name: string | null): void {
    this.next.hidden = name === null;
    if (name !== null) this.relabel(this.next, "next", this.say("next", { name }));
  }

  showOriginal(original: Original | null, language: string): void {
    this.download.hidden = original === null;
    if (!original) return;
    this.download.href = original.url;
    this.download.download = original.name;
    this.download.title = this.say("download", { size: formatSize(original.bytes, language) });
    this.download.setAttribute("aria-label", this.download.title);
  }

  /** Moves the focus as a remote's arrows ask; the rows are top line, slider, buttons. */
  move(towards: "left" | "right" | "up" | "down", from: Element | null): void {
    const rows = [this.focusable(this.top), [this.seekbar.input], this.focusable(this.bottom).filter((item) => item !== this.seekbar.input)];
    const row = rows.findIndex((items) => items.some((item) => item === from));
    if (row < 0) return this.play.focus();
    const items = rows[row] ?? [];
    if (towards === "left" || towards === "right") {
      const at = items.findIndex((item) => item === from);
      items[at + (towards === "left" ? -1 : 1)]?.focus();
      return;
    }
    const other = rows[row + (towards === "down" ? 1 : -1)];
    if (other === rows[2]) this.play.focus();
    else other?.[0]?.focus();
  }

  private focusable(within: HTMLElement): HTMLElement[] {
    return Array.from(within.querySelectorAll<HTMLElement>("a, button, input.seekbar__input")).filter((item) => item.offsetParent !== null);
  }

  private button(icon: string, name: string, press: () => void): HTMLButtonElement {
    const button = make("button", "player__button", { type: "button", "aria-label": name, title: name }, [this.icons.make(icon)]);
    button.addEventListener("click", press);
    return button;
  }

  private menuButton(icon: string, name: string, press: (button: HTMLElement) => void): HTMLButtonElement {
    const button: HTMLButtonElement = this.button(icon, name, () => press(button));
    button.setAttribute("aria-haspopup", "menu");
    button.setAttribute("aria-expanded", "false");
    return button;
  }

  private relabel(button: HTMLButtonElement, icon: string, name: string): void {
    if (button.title === name) return;
    this.icons.change(button, icon);
    button.title = name;
    button.setAttribute("aria-label", name);
  }
}

/** How far the stretch around the present position is buffered, in seconds. */
export function bufferedTo(video: HTMLVideoElement): number {
  for (let index = 0; index < video.buffered.length; index += 1) {
    if (video.buffered.start(index) <= video.currentTime + 0.5 && video.currentTime <= video.buffered.end(index)) return video.buffered.end(index);
  }
  return video.currentTime;
}
