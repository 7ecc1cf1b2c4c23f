//! The beat that keeps a stream's place: regular while the play lasts, silent once it has ended.

import { type Beat, type Play, sendBeat } from "./api";
import { type Problem, Refused } from "./problem";

/** How soon the server hears of what the viewer did; whatever more they do meanwhile is told with it. */
const soonMs = 1000;

export class Heartbeat {
  private play: Play | null = null;
  private timer = 0;
  private sending = false;
  private hurried = false;

  constructor(private readonly read: () => Beat, private readonly onRefused: (problem: Problem) => void) {}

  start(play: Play): void {
    this.stop();
    this.play = play;
    this.wait(play);
  }

  /** The viewer paused or went elsewhere in the film: the place that is kept follows within a second or so. */
  soon(): void {
    if (!this.play || this.hurried) return;
    this.hurried = true;
    if (!this.sending) this.wait(this.play);
  }

  stop(): void {
    this.play = null;
    this.sending = false;
    this.hurried = false;
    window.clearTimeout(this.timer);
  }

  /** Why the server has ended the play, asked at once; null where it has not, or can't be asked. */
  async why(): Promise<Problem | null> {
    if (!this.play) return null;
    try {
      await sendBeat(this.play.beatUrl, this.read());
      return null;
    } catch (error) {
      return error instanceof Refused ? error.problem : null;
    }
  }

  private wait(play: Play): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.beat(play), this.hurried ? soonMs : play.beatSeconds * 1000);
  }

  private async beat(play: Play): Promise<void> {
    this.sending = true;
    this.hurried = false;
    try {
      await sendBeat(play.beatUrl, this.read());
    } catch (error) {
      if (play !== this.play) return;
      if (error instanceof Refused && isFinal(error.problem.status)) return this.onRefused(error.problem);
    }
    if (play !== this.play) return;
    this.sending = false;
    this.wait(play);
  }
}

/** A lost connection or a busy server is not an end: the lease has slack for missed beats. */
function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}
