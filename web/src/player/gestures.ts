//! Pointer and touch: a mouse click plays or pauses, a tap shows the controls, two taps on a side seek.

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
