//! Pointer and touch: a mouse click plays or pauses, a tap shows the controls, two taps on a side seek.

import { make } from "./dom";

export interface Gestures {
  click(): void;
  doubleClick(): void;
  tap(): void;
  doubleTap(side: "left" | "right"): void;
}

const doubleTapMs = 280;

export function listenToStage(stage: HTMLElement, gestures: Gestures): void {
  let lastTap = { at: -Infinity, side: "middle" };
  let lastPointer = "mouse";
  stage.addEventListener("pointerup", (event) => { lastPointer = event.pointerType; });
  stage.addEventListener("click", (event) => {
    if (lastPointer === "mouse" || lastPointer === "") return gestures.click();
    const side = sideOf(event.clientX, stage.clientWidth);
    const double = event.timeStamp - lastTap.at < doubleTapMs && side === lastTap.side;
    lastTap = { at: event.timeStamp, side };
    if (double && side !== "middle") gestures.doubleTap(side);
    else gestures.tap();
  });
  stage.addEventListener("dblclick", () => { if (lastPointer === "mouse") gestures.doubleClick(); });
}

export function sideOf(x: number, width: number): "left" | "middle" | "right" {
  if (x < width * 0.36) return "left";
  return x > width * 0.64 ? "right" : "middle";
}

/** What answers a double tap: how far it moved the film, on the side that was tapped. */
export class Pulses {
  readonly left = make("div", "player__pulse player__pulse--left", { "aria-hidden": true }, ["−10 s"]);
  readonly right = make("div", "player__pulse player__pulse--right", { "aria-hidden": true }, ["+10 s"]);

  show(side: "left" | "right"): void {
    const pulse = this[side];
    pulse.classList.remove("player__pulse--on");
    void pulse.offsetWidth;
    pulse.classList.add("player__pulse--on");
  }
}
