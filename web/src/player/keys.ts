//! Listens to the keyboard and the remote, and turns what the keymap says into acts.

import type { Controls } from "./controls";
import { type Command, commandFor, type Zone } from "./keymap";
import type { Menu } from "./menu";
import type { Presence } from "./presence";

export interface KeyActs {
  toggle(): void;
  mute(): void;
  fullscreen(): void;
  subtitles(): void;
  next(): void;
  seekBy(seconds: number): void;
  jump(part: number): void;
  chapter(by: 1 | -1): void;
  volumeBy(step: number): void;
  /** Stops the wait for the next episode; false when there was none. */
  cancelCount(): boolean;
  blocked(): boolean;
}

export class Keys {
  constructor(private readonly root: HTMLElement, private readonly menu: Menu, private readonly controls: Controls, private readonly presence: Presence, private readonly acts: KeyActs) {
    document.addEventListener("keydown", (event) => this.press(event));
  }

  private press(event: KeyboardEvent): void {
    if (this.acts.blocked()) return this.pressOnProblem(event);
    const command = commandFor({ key: event.key, shift: event.shiftKey, modified: event.ctrlKey || event.altKey || event.metaKey }, this.zone());
    this.presence.stir();
    if (!command) return;
    event.preventDefault();
    this.run(command);
  }

  /** Over a refusal only its own links and buttons are left to reach. */
  private pressOnProblem(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (!step) return;
    const ways = Array.from(this.root.querySelectorAll<HTMLElement>(".player__problem a, .player__problem button"));
    const at = ways.findIndex((way) => way === document.activeElement);
    event.preventDefault();
    ways[Math.min(Math.max(at + step, 0), ways.length - 1)]?.focus();
  }

  private zone(): Zone {
    const at = document.activeElement;
    if (!(at instanceof HTMLElement) || !this.root.contains(at)) return "stage";
    if (this.menu.contains(at) || at.closest(".player__next, .player__toast")) return "panel";
    if (at === this.controls.seekbar.input) return "seek";
    if (this.controls.bottom.contains(at)) return "bar";
    return this.controls.top.contains(at) ? "top" : "stage";
  }

  private run(command: Command): void {
    switch (command.do) {
      case "toggle": return this.acts.toggle();
      case "mute": return this.acts.mute();
      case "fullscreen": return this.acts.fullscreen();
      case "subtitles": return this.acts.subtitles();
      case "next": return this.acts.next();
      case "seek": return this.acts.seekBy(command.by);
      case "volume": return this.acts.volumeBy(command.by);
      case "jump": return this.acts.jump(command.to);
      case "chapter": return this.acts.chapter(command.by);
      case "enter":
        // A remote's OK on the bare picture: stop and hand over the bar.
        this.acts.toggle();
        return this.controls.play.focus();
      case "escape": return this.escape();
      case "focus": return this.move(command.towards);
    }
  }

  private move(towards: "left" | "right" | "up" | "down"): void {
    const at = document.activeElement;
    const group = at instanceof HTMLElement ? at.closest(".player__next, .player__toast") : null;
    if (group) {
      const buttons = Array.from(group.querySelectorAll<HTMLElement>("button"));
      buttons[buttons.findIndex((button) => button === at) + (towards === "left" || towards === "up" ? -1 : 1)]?.focus();
    } else if (this.menu.open) this.menu.move(towards);
    else this.controls.move(towards, at);
  }

  private escape(): void {
    if (this.menu.open) return this.menu.close(true);
    if (this.acts.cancelCount()) return;
    if (document.fullscreenElement) return this.acts.fullscreen();
    this.root.focus();
  }
}
