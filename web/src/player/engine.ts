//! Shaka behind the few verbs the controls need; it plays through MSE wherever there is MSE.

import shaka from "shaka-player/dist/shaka-player.hls.js";
import { Captions, type CaptionStage } from "./captions";
import type { Thumbnail } from "./seekbar";
import { type AudioChoice, sameLanguage, type TextChoice } from "./tracks";

export interface TextTrack extends TextChoice {
  readonly active: boolean;
  readonly track: shaka.extern.TextTrack;
}
export interface AudioTrack extends AudioChoice {
  readonly active: boolean;
  readonly track: shaka.extern.AudioTrack;
}
export interface Level {
  readonly height: number;
  readonly active: boolean;
  readonly track: shaka.extern.VideoTrack;
}

/** "refused": the server no longer gives bytes; "network": no answer; "media": this browser can't play what came. */
export type Fault = "refused" | "network" | "media";

const refusals = [401, 403, 404, 410, 451];
const networkRetries = 5;

export class Engine {
  private readonly player = new shaka.Player();
  private retries = 0;
  private automatic = true;

  constructor(
    private readonly video: HTMLVideoElement,
    stage: CaptionStage,
    private readonly onFault: (fault: Fault) => void,
    onTracks: () => void,
  ) {
    this.player.configure({
      textDisplayFactory: () => new Captions(video, stage),
      streaming: { preferNativeHls: !hasMediaSource(), bufferingGoal: 30, bufferBehind: 30, rebufferingGoal: 1 },
      manifest: {
        retryParameters: { maxAttempts: 3, baseDelay: 400 },
        // Our segments say their own times to the sample: moved to where the playlist adds them up, sound would come early.
        hls: { ignoreManifestTimestampsInSegmentsMode: true },
        // `chapters.ts` reads them: here the film would wait for their list, and not begin without it.
        disableChapters: true,
      },
    });
    this.player.addEventListener("streaming", () => this.beginWithText());
    this.player.addEventListener("error", (event: Event) => this.fault((event as Event & { detail?: unknown }).detail));
    for (const name of ["trackschanged", "variantchanged", "adaptation", "textchanged"]) this.player.addEventListener(name, onTracks);
    video.addEventListener("timeupdate", () => { if (!video.paused) this.retries = 0; });
  }

  async attach(): Promise<void> {
    shaka.polyfill.installAll();
    await this.player.attach(this.video);
  }

  /** Throws a `Fault` word when the film can't be opened. */
  async load(manifest: string, fromSeconds: number, audio: string | null): Promise<void> {
    if (audio) this.player.configure("preferredAudio", [{ language: audio }]);
    try {
      await this.player.load(manifest, fromSeconds, "application/x-mpegurl");
    } catch (error) {
      if (isShakaError(error) && error.code === shaka.util.Error.Code.LOAD_INTERRUPTED) return;
      throw faultOf(error);
    }
  }

  /**
   * Has Shaka begin with subtitles, whether they are wanted or not: `selectText` says so once the film is open.
   *
   * Shaka shows none before a piece of picture arrived since it began with them, and of a film that is all there none arrives.
   */
  private beginWithText(): void {
    const languages = new Set(this.texts().map((text) => text.language));
    this.player.configure("preferredText", Array.from(languages, (language) => ({ language })));
  }

  /** Lets go of the film: no picture, no sound, no buffer remains. */
  async release(): Promise<void> {
    this.video.pause();
    await this.player.unload();
  }

  texts(): TextTrack[] {
    return this.player.getTextTracks().map((track) => ({
      track, active: track.active, language: track.language, label: track.label, forced: track.forced,
      sdh: track.kind === "captions" || track.roles.some((role) => /transcribes-spoken-dialog|describes-music-and-sound|caption/.test(role)),
    }));
  }

  selectText(choice: TextTrack | null): void {
    this.player.selectTextTrack(choice ? choice.track : null);
  }

  /** The small picture of a moment; none where the film has none, or while it is being let go of. */
  async thumbnail(seconds: number): Promise<Thumbnail | null> {
    if (!this.player.getImageTracks().length) return null;
    const found = await this.player.getThumbnails(null, seconds).catch(() => null);
    const url = found?.uris[0];
    return found && url ? { url, x: found.positionX, y: found.positionY, width: found.width, height: found.height } : null;
  }

  audios(): AudioTrack[] {
    return this.player.getAudioTracks().map((track) => ({
      track, active: track.active, language: track.language, label: track.label,
      description: track.roles.some((role) => /describes-video|description/.test(role)),
    }));
  }

  selectAudio(choice: AudioTrack): void {
    this.player.selectAudioTrack(choice.track);
  }

  heard(): string {
    return this.audios().find((audio) => audio.active)?.language ?? "";
  }

  selectAudioLanguage(language: string): void {
    const audios = this.audios();
    const wanted = audios.find((audio) => sameLanguage(audio.language, language));
    if (wanted && !wanted.active) this.selectAudio(wanted);
  }

  levels(): Level[] {
    const byHeight = new Map<number, shaka.extern.VideoTrack>();
    for (const track of this.player.getVideoTracks()) {
      const height = track.height ?? 0;
      const known = byHeight.get(height);
      if (height > 0 && (!known || track.active || (!known.active && track.bandwidth > known.bandwidth))) byHeight.set(height, track);
    }
    return Array.from(byHeight, ([height, track]) => ({ height, track, active: track.active })).sort((one, other) => other.height - one.height);
  }

  get automaticLevel(): boolean {
    return this.automatic;
  }

  /** `null` lets the player choose by the connection. */
  selectLevel(level: Level | null): void {
    this.automatic = level === null;
    this.player.configure("abr.enabled", this.automatic);
    if (level) this.player.selectVideoTrack(level.track, true, 1);
  }

  private fault(detail: unknown): void {
    const fault = faultOf(detail);
    if (fault === "network" && this.retries < networkRetries) {
      this.retries += 1;
      if (this.player.retryStreaming(this.retries)) return;
    }
    if (isShakaError(detail) && detail.severity === shaka.util.Error.Severity.RECOVERABLE && fault === "media") return;
    this.onFault(fault);
  }
}

function faultOf(error: unknown): Fault {
  if (!isShakaError(error)) return "media";
  const code = shaka.util.Error.Code;
  if (error.code === code.BAD_HTTP_STATUS) return refusals.includes(Number(error.data[1])) ? "refused" : "network";
  return error.category === shaka.util.Error.Category.NETWORK ? "network" : "media";
}

interface ShakaError { code: number; category: number; severity: number; data: unknown[] }

function isShakaError(error: unknown): error is ShakaError {
  return typeof error === "object" && error !== null && "code" in error && "category" in error && Array.isArray((error as { data?: unknown }).data);
}

/** Chromium has its own HLS by now, but only MSE lets us choose tracks and see refusals; Safari's own is the better one there. */
function hasMediaSource(): boolean {
  const apple = /Apple/.test(navigator.vendor);
  return typeof MediaSource !== "undefined" && !apple;
}
