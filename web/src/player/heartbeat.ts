//! The beat that keeps a stream's place: regular while the play lasts, silent once it has ended.

import { type Beat, type Play, sendBeat } from "./api";
import { type Problem, Refused } from "./problem";

export class Heartbeat {
  private timer = 0;
  private generation = 0;

  constructor(private readonly read: () => Beat, private readonly onRefused: (problem: Problem) => void) {}

  start(play: Play): void {
    this.stop();
    const generation = this.generation;
    const beat = async () => {
      try {
        await sendBeat(play.beatUrl, this.read());
      } catch (error) {
        if (generation !== this.generation) return;
        if (error instanceof Refused && isFinal(error.problem.status)) return this.onRefused(error.problem);
      }
      if (generation === this.generation) this.timer = window.setTimeout(beat, play.beatSeconds * 1000);
    };
    this.timer = window.setTimeout(beat, play.beatSeconds * 1000);
  }

  stop(): void {
    this.generation += 1;
    window.clearTimeout(this.timer);
  }
}

/** A lost connection or a busy server is not an end: the lease has slack for missed beats. */
function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}
