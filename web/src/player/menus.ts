//! What stands in each menu: subtitles and their look, sound, quality, speed, and where the film comes from.

import { type Chapter, chapterAt } from "./chapters";
import { make } from "./dom";
import type { Engine, TextTrack } from "./engine";
import type { Choice, Group, Menu } from "./menu";
import { colours, grounds, type Preferences, sizes } from "./preferences";
import type { Say } from "./strings";
import { formatTime } from "./time";
import { audioName, pickText, textName } from "./tracks";

const speeds = [0.75, 1, 1.25, 1.5, 2];

export class Menus {
  constructor(
    private readonly menu: Menu,
    private readonly engine: Engine,
    private readonly say: Say,
    private readonly language: string,
    private readonly preferences: () => Preferences,
    private readonly prefer: (change: Partial<Preferences>) => void,
    private readonly video: HTMLVideoElement,
  ) {}

  subtitles(button: HTMLElement): void {
    this.menu.toggle(button, this.say("subtitles"), () => {
      const texts = this.engine.texts().filter((text) => !text.forced);
      const tracks = texts.map((text) => ({ name: textName(text, this.language, this.say), chosen: text.active, pick: () => this.chooseText(text) }));
      const none = { name: this.say("subtitles_off"), chosen: !texts.some((text) => text.active), pick: () => this.chooseText(null) };
      const style = { name: this.say("subtitle_style"), chosen: false, leads: true, pick: () => this.style(button) };
      return [{ name: this.say("subtitles"), choices: [none, ...tracks] }, { name: "", choices: [style] }];
    });
  }

  /** The C key: the subtitles last chosen, or those in the page's language, or the first; pressed again, none. */
  flipSubtitles(): void {
    const texts = this.engine.texts().filter((text) => !text.forced);
    if (texts.some((text) => text.active)) return this.chooseText(null);
    const { subtitles, subtitlesSdh } = this.preferences();
    const found = pickText(texts, subtitles || this.language, subtitlesSdh, "") ?? texts[0];
    if (found) this.chooseText(found);
  }

  audio(button: HTMLElement): void {
    this.menu.toggle(button, this.say("audio"), () => [{
      name: this.say("audio"),
      choices: this.engine.audios().map((audio) => ({
        name: audioName(audio, this.language, this.say),
        chosen: audio.active,
        pick: () => { this.engine.selectAudio(audio); this.prefer({ audio: audio.language || null }); },
      })),
    }]);
  }

  chapters(button: HTMLElement, chapters: readonly Chapter[], seekTo: (seconds: number) => void): void {
    this.menu.toggle(button, this.say("chapters"), () => {
      const now = chapterAt(chapters, this.video.currentTime);
      const choices = chapters.map((chapter) => ({ name: chapter.name, note: formatTime(chapter.start), chosen: chapter === now, closes: true, pick: () => seekTo(chapter.start) }));
      return [{ name: this.say("chapters"), choices }];
    });
  }

  settings(button: HTMLElement): void {
    this.menu.toggle(button, this.say("settings"), () => {
      const automatic = this.engine.automaticLevel;
      const levels = this.engine.levels();
      const qualities: Choice[] = [
        { name: this.say("quality_auto"), chosen: automatic, pick: () => this.engine.selectLevel(null) },
        ...levels.map((level) => ({ name: `${level.height}p`, chosen: !automatic && level.active, pick: () => this.engine.selectLevel(level) })),
      ];
      const speed: Group = {
        name: this.say("speed"),
        choices: speeds.map((rate) => ({ name: rate === 1 ? this.say("speed_normal") : `${rate}×`, chosen: this.video.playbackRate === rate, pick: () => { this.video.playbackRate = rate; } })),
      };
      return levels.length ? [{ name: this.say("quality"), choices: qualities }, speed] : [speed];
    });
  }

  about(button: HTMLElement, title: string, attribution: string | null): void {
    const words = make("div", "player__about", {}, [make("strong", "", {}, [title]), make("p", "", {}, [attribution ?? this.say("no_attribution")]), make("p", "small", {}, [this.say("keys")])]);
    this.menu.showText(button, this.say("about"), [words]);
  }

  private style(button: HTMLElement): void {
    this.menu.show(button, this.say("subtitle_style"), () => {
      const now = this.preferences();
      return [
        { name: this.say("size"), choices: sizes.map((size) => ({ name: this.say(`size_${size}`), chosen: now.size === size, pick: () => this.prefer({ size }) })) },
        { name: this.say("colour"), choices: colours.map((colour) => ({ name: this.say(`colour_${colour}`), chosen: now.colour === colour, pick: () => this.prefer({ colour }) })) },
        { name: this.say("ground"), choices: grounds.map((ground) => ({ name: this.say(`ground_${ground}`), chosen: now.ground === ground, pick: () => this.prefer({ ground }) })) },
      ];
    });
  }

  private chooseText(text: TextTrack | null): void {
    const forced = text ? null : pickText(this.engine.texts(), "", false, this.engine.heard());
    this.engine.selectText(text ?? (forced as TextTrack | null));
    this.prefer(text ? { subtitles: text.language, subtitlesSdh: text.sdh } : { subtitles: "" });
  }
}
