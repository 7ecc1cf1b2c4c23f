//! The player: joins the film, the controls, the server's leave to play and the viewer's wishes.

import { endPlay, endPlayLeaving, type Play, post, startPlay } from "./api";
import { CaptionStage } from "./captions";
import { NextCard, problemView, toast } from "./cards";
import { loadChapters, stepFrom } from "./chapters";
import { bufferedTo, Controls } from "./controls";
import { type Countdown, countdown, type CountdownEvent, countdownSeconds } from "./countdown";
import { thisDevice } from "./device";
import { Icons, make } from "./dom";
import { Engine, type Fault } from "./engine";
import { listenToStage, Pulses } from "./gestures";
import { Heartbeat } from "./heartbeat";
import { Keys } from "./keys";
import { listenToLinks, withPatience } from "./leaving";
import { offerMediaKeys } from "./mediakeys";
import { Menu } from "./menu";
import { Menus } from "./menus";
import type { PlayerPage } from "./page";
import { loadPreferences, type Preferences, savePreferences } from "./preferences";
import { endedBySomebody, goesOn, parseProblem, type Problem, type ProblemAction, Refused, worthRetrying } from "./problem";
import { Presence } from "./presence";
import { clamp, formatTime } from "./time";
import { pickText } from "./tracks";

export class Player {
  private readonly icons: Icons;
  private readonly stage = new CaptionStage();
  private readonly engine: Engine;
  private readonly controls: Controls;
  private readonly menu: Menu;
  private readonly menus: Menus;
  private readonly presence: Presence;
  private readonly card: NextCard;
  private readonly heartbeat: Heartbeat;
  private readonly spinner: HTMLElement;
  private readonly pulses = new Pulses();
  private preferences: Preferences = loadPreferences();
  private play: Play | null = null;
  private givenBack: Promise<void> = Promise.resolve();
  private next: Play["next"];
  private opening = false;
  private leaving = false;
  private problem: HTMLElement | null = null;
  private counting: Countdown = { state: "idle" };
  private countTimer = 0;
  /** Where the film stood when its play ended, so that a new one starts there. */
  private position = 0;
  /** How long the film is, in seconds, as the server says: the browser's own figure moves as segments arrive. */
  private length = 0;
  /** A refused segment asks for a new play once; a second refusal before any progress is believed. */
  private renewedAt: number | null = null;

  constructor(private readonly page: PlayerPage) {
    const { root, video, say } = page;
    this.icons = new Icons(page.sprite);
    this.next = page.next;
    this.engine = new Engine(video, this.stage, (fault) => void this.onFault(fault), () => this.showTracks());
    this.spinner = make("div", "player__spinner", { role: "status", "aria-label": say("loading"), hidden: true });
    this.menu = new Menu(root, this.icons, () => this.presence.stir());
    this.menus = new Menus(this.menu, this.engine, say, page.language, () => this.preferences, (change) => this.prefer(change), video);
    this.controls = new Controls(this.icons, say, page, {
      toggle: () => this.toggle(),
      seekBy: (seconds) => this.seekBy(seconds),
      seekTo: (seconds) => this.seekTo(seconds),
      look: (seconds) => this.engine.thumbnail(seconds),
      mute: () => { video.muted = !video.muted; },
      volume: (value) => this.setVolume(value),
      subtitles: (button) => this.menus.subtitles(button),
      audio: (button) => this.menus.audio(button),
      chapters: (button) => this.menus.chapters(button, this.controls.list, (seconds) => this.seekTo(seconds)),
      settings: (button) => this.menus.settings(button),
      about: (button) => this.menus.about(button, page.title, this.play?.attribution ?? null),
      fullscreen: () => this.fullscreen(),
      smallWindow: () => void this.smallWindow(),
      next: () => this.count("now"),
    });
    this.presence = new Presence(root, () => video.paused || this.menu.open || this.problem !== null);
    this.card = new NextCard(root, say);
    this.heartbeat = new Heartbeat(
      () => ({ position_ms: Math.round(this.whereabouts() * 1000), state: video.paused ? "paused" : "playing", buffered_ms: Math.round(Math.max(0, bufferedTo(video) - video.currentTime) * 1000) }),
      (problem) => void this.stop(problem),
    );
    this.build();
    this.listen();
  }

  async start(): Promise<void> {
    await this.engine.attach();
    await this.open(this.page.fromStart ? 0 : null);
  }

  /** Asks for a play and shows the film from `from` seconds, or from where the server says it stopped. */
  private async open(from: number | null): Promise<void> {
    if (this.opening) return;
    this.opening = true;
    this.clearProblem();
    this.count("rewound");
    this.spinner.hidden = false;
    try {
      const play = await startPlay(this.page.playUrl, await thisDevice());
      this.play = play;
      const at = from ?? play.positionMs / 1000;
      this.position = at;
      this.length = play.durationMs / 1000;
      this.next = play.next ?? this.page.next;
      this.controls.showNext(this.next?.name ?? null);
      this.controls.showOriginal(play.original, this.page.language);
      this.heartbeat.start(play);
      await this.engine.load(play.manifest, at, this.preferences.audio);
      this.chooseTracks();
      void this.readChapters(play);
      this.showTime();
      this.opening = false;
      if (from === null && at >= 5) this.noteResume(at);
      await this.begin();
    } catch (error) {
      if (error instanceof Refused) await this.stop(error.problem);
      else if (error === "refused") await this.stop(parseProblem({}, 410));
      else if (error === "network") await this.stop(parseProblem({}, 0));
      else await this.stop(parseProblem({ detail: this.page.say("problem_media") }, 415));
    } finally {
      this.opening = false;
      this.spinner.hidden = true;
    }
  }

  private async readChapters(play: Play): Promise<void> {
    const { language, say } = this.page;
    this.controls.showChapters(await loadChapters(play.chaptersUrl, language, say));
    this.showTime();
  }

  private async begin(): Promise<void> {
    try {
      await this.page.video.play();
    } catch {
      // The browser wants a gesture first: the controls stay up with the play button focused.
      this.presence.stir();
      this.controls.play.focus();
    }
  }

  private chooseTracks(): void {
    const wanted = pickText(this.engine.texts(), this.preferences.subtitles, this.preferences.subtitlesSdh, this.engine.heard());
    this.engine.selectText(wanted);
    if (this.preferences.audio) this.engine.selectAudioLanguage(this.preferences.audio);
    this.showTracks();
  }

  private noteResume(at: number): void {
    const { say, root } = this.page;
    toast(root, say("resumed", { time: formatTime(at) }), say("start_over"), () => this.seekTo(0), 8000);
  }

  /** Ends the showing at once: media released, beat silent, the sentence on the screen. */
  private async stop(problem: Problem): Promise<void> {
    this.keepPosition();
    this.heartbeat.stop();
    this.play = null;
    this.menu.close(false);
    this.card.hide();
    const choices = { retry: worthRetrying(problem) ? () => void this.open(this.position) : null, act: (action: ProblemAction) => void this.act(action), backUrl: this.page.backUrl, title: this.page.title };
    this.clearProblem();
    this.problem = problemView(problem, choices, this.page.say);
    this.page.root.append(this.problem);
    this.problem.querySelector<HTMLElement>(goesOn(problem) ? ".button--primary" : "h1")?.focus();
    if (document.pictureInPictureElement) await document.exitPictureInPicture().catch(() => undefined);
    await this.engine.release();
  }

  private async act(action: ProblemAction): Promise<void> {
    try {
      await post(action.href, {});
      await this.open(this.position > 0 ? this.position : null);
    } catch (error) {
      await this.stop(error instanceof Refused ? error.problem : parseProblem({}, 0));
    }
  }

  private async onFault(fault: Fault): Promise<void> {
    if (this.held) return;
    if (fault === "network") return this.stop(parseProblem({}, 0));
    if (fault === "media") return this.stop(parseProblem({ detail: this.page.say("problem_media") }, 415));
    this.keepPosition();
    const ended = await this.heartbeat.why();
    if (this.held) return;
    if (ended && endedBySomebody(ended)) return this.stop(ended);
    if (this.renewedAt !== null && Math.abs(this.position - this.renewedAt) < 15) return this.stop(parseProblem({}, 410));
    this.renewedAt = this.position;
    await this.renew();
  }

  /** A new play in place of the old one, at the same position. */
  private async renew(): Promise<void> {
    const at = this.position;
    this.giveBack(at);
    await this.givenBack;
    await this.open(at);
  }

  /** Gives the stream's place back; `givenBack` tells when the server knows, or can't be told. */
  private giveBack(at: number): void {
    const play = this.play;
    this.heartbeat.stop();
    this.play = null;
    if (play) this.givenBack = endPlay(play.endUrl, at * 1000).catch(() => undefined);
  }

  private keepPosition(): void {
    this.position = this.whereabouts();
  }

  /** Until the film is there the video stands at zero, which must never be told or kept as the viewer's place. */
  private whereabouts(): number {
    const { video } = this.page;
    return !this.opening && video.readyState > 0 && Number.isFinite(video.currentTime) ? video.currentTime : this.position;
  }

  /** Not a moment for the viewer to start, stop or go elsewhere in the film. */
  private get held(): boolean {
    return this.opening || this.leaving || this.problem !== null;
  }

  /** Another page, which is asked for once the server knows where the film stood. */
  private async leave(url: string): Promise<void> {
    if (this.leaving) return;
    this.keepPosition();
    this.leaving = true;
    this.giveBack(this.position);
    this.page.video.pause();
    await withPatience(this.givenBack);
    location.assign(url);
  }

  private clearProblem(): void {
    this.problem?.remove();
    this.problem = null;
  }

  private toggle(): void {
    const { video } = this.page;
    if (this.held) return;
    if (!this.play) void this.open(this.position);
    else if (video.paused) void video.play().catch(() => undefined);
    else video.pause();
    this.presence.stir();
  }

  private seekBy(seconds: number): void {
    this.seekTo(this.page.video.currentTime + seconds);
  }

  private seekTo(seconds: number): void {
    if (!this.total()) return;
    const to = clamp(seconds, 0, this.total());
    this.count("rewound");
    if (!this.play && !this.held) void this.open(to);
    else this.page.video.currentTime = to;
    this.presence.stir();
    this.showTime();
  }

  private toChapter(by: 1 | -1): void {
    const to = stepFrom(this.controls.list, this.whereabouts(), by);
    if (to !== null) this.seekTo(to);
  }

  private total(): number {
    const { duration } = this.page.video;
    return this.length || (Number.isFinite(duration) ? duration : 0);
  }

  private setVolume(value: number): void {
    this.page.video.volume = clamp(value, 0, 1);
    this.page.video.muted = value <= 0;
  }

  private prefer(change: Partial<Preferences>): void {
    this.preferences = { ...this.preferences, ...change };
    savePreferences(this.preferences);
    this.stage.style(this.preferences);
    this.showTracks();
  }

  private fullscreen(): void {
    const { root, video } = this.page;
    const phone = video as HTMLVideoElement & { webkitEnterFullscreen?: () => void };
    if (document.fullscreenElement) void document.exitFullscreen();
    else if (root.requestFullscreen) void root.requestFullscreen().catch(() => undefined);
    else phone.webkitEnterFullscreen?.();
  }

  private async smallWindow(): Promise<void> {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await this.page.video.requestPictureInPicture().catch(() => undefined);
  }

  /** One step of the wait for the next episode; going on is a page of its own, so its address is right. */
  private count(event: CountdownEvent): void {
    const next = this.next;
    if (!next) return;
    this.counting = countdown(this.counting, event);
    window.clearInterval(this.countTimer);
    if (this.counting.state === "go") {
      void this.leave(next.url);
    } else if (this.counting.state === "counting") {
      this.card.show(next.name, this.counting.left, countdownSeconds, () => this.count("now"), () => this.count("cancel"));
      this.countTimer = window.setInterval(() => this.count("second"), 1000);
    } else {
      this.card.hide();
      if (event === "cancel") this.controls.play.focus();
    }
  }

  private onEnded(): void {
    this.position = 0;
    this.count("ended");
    this.presence.stir();
    // As soon as the film is over; pressing play again asks for a new one.
    this.giveBack(this.total());
  }

  /** Playing without a play (after the end, from a media key) first asks for one. */
  private onPlaying(): void {
    if (this.play || this.held) return;
    this.page.video.pause();
    void this.open(this.position);
  }

  private showTime(): void {
    this.controls.update(this.page.video, this.total());
  }

  private showTracks(): void {
    const texts = this.engine.texts();
    this.controls.subtitles.hidden = texts.length === 0;
    this.controls.subtitles.setAttribute("aria-pressed", String(texts.some((text) => text.active && !text.forced)));
    this.controls.audio.hidden = this.engine.audios().length < 2;
  }

  private build(): void {
    const { root, video } = this.page;
    video.controls = false;
    root.tabIndex = -1;
    root.append(make("div", "player__veil player__veil--top"), make("div", "player__veil player__veil--bottom"), this.stage.bottom, this.stage.top, this.spinner, this.pulses.left, this.pulses.right, this.controls.top, this.controls.bottom);
    this.stage.style(this.preferences);
    video.volume = this.preferences.volume;
    video.muted = this.preferences.muted;
    this.controls.showVolume(video.volume, video.muted);
    this.showTracks();
    this.presence.stir();
  }

  private listen(): void {
    const { root, video } = this.page;
    for (const name of ["timeupdate", "progress", "durationchange", "seeking", "seeked"]) video.addEventListener(name, () => this.showTime());
    for (const name of ["play", "pause"]) video.addEventListener(name, () => { this.controls.showPlaying(!video.paused); this.presence.stir(); });
    for (const name of ["waiting", "seeking"]) video.addEventListener(name, () => { this.spinner.hidden = this.problem !== null; });
    for (const name of ["playing", "canplay", "seeked", "pause"]) video.addEventListener(name, () => { this.spinner.hidden = true; });
    video.addEventListener("play", () => this.onPlaying());
    video.addEventListener("ended", () => this.onEnded());
    for (const name of ["pause", "seeked"]) video.addEventListener(name, () => this.heartbeat.soon());
    video.addEventListener("volumechange", () => {
      this.controls.showVolume(video.volume, video.muted);
      this.prefer({ volume: video.volume, muted: video.muted });
    });
    document.addEventListener("fullscreenchange", () => this.controls.showFullscreen(document.fullscreenElement !== null));
    listenToStage(video, {
      click: () => { if (this.menu.open) this.menu.close(false); else this.toggle(); },
      doubleClick: () => this.fullscreen(),
      tap: () => { if (this.menu.open) this.menu.close(false); else this.presence.flip(); },
      doubleTap: (side) => { this.seekBy(side === "left" ? -10 : 10); this.pulses.show(side); },
    });
    // After a mouse press the keys belong to the film again, not to the button that was pressed.
    root.addEventListener("click", (event) => { if (event.detail > 0 && !this.menu.open && !this.problem && event.target instanceof Element && event.target.closest(".player__button, .seekbar, .volume")) root.focus(); });
    listenToLinks(root, (url) => void this.leave(url));
    new Keys(root, this.menu, this.controls, this.presence, {
      toggle: () => this.toggle(),
      mute: () => { video.muted = !video.muted; },
      fullscreen: () => this.fullscreen(),
      subtitles: () => this.menus.flipSubtitles(),
      next: () => this.count("now"),
      seekBy: (seconds) => this.seekBy(seconds),
      jump: (part) => this.seekTo(part * this.total()),
      chapter: (by) => this.toChapter(by),
      volumeBy: (step) => this.setVolume(Math.round((video.volume + step) * 100) / 100),
      cancelCount: () => { if (this.counting.state !== "counting") return false; this.count("cancel"); return true; },
      blocked: () => this.problem !== null,
    });
    window.addEventListener("pagehide", () => {
      this.keepPosition();
      this.heartbeat.stop();
      if (this.play) endPlayLeaving(this.play.endUrl, this.position * 1000);
      this.play = null;
    });
    window.addEventListener("pageshow", (event) => {
      this.leaving = false;
      if (event.persisted && !this.problem) void this.open(this.position);
    });
    offerMediaKeys(this.page, { seekBy: (seconds) => this.seekBy(seconds), next: () => this.count("now") });
  }
}
