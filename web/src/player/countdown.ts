//! The wait before the next episode, as a state that only time and the viewer's choice change.

export type Countdown =
  | { readonly state: "idle" }
  | { readonly state: "counting"; readonly left: number }
  | { readonly state: "cancelled" }
  | { readonly state: "go" };

export type CountdownEvent = "ended" | "second" | "cancel" | "now" | "rewound";

export const countdownSeconds = 8;

export function countdown(state: Countdown, event: CountdownEvent): Countdown {
  switch (event) {
    case "ended":
      return state.state === "idle" ? { state: "counting", left: countdownSeconds } : state;
    case "second":
      if (state.state !== "counting") return state;
      return state.left <= 1 ? { state: "go" } : { state: "counting", left: state.left - 1 };
    case "cancel":
      return state.state === "counting" ? { state: "cancelled" } : state;
    case "now":
      return { state: "go" };
    case "rewound":
      return state.state === "go" ? state : { state: "idle" };
  }
}
