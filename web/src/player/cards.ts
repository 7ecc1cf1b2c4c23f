//! What lies over the picture for a moment: the resume note, the next-episode card, a refusal in one sentence.

import { make } from "./dom";
import { goesOn, type Problem, type ProblemAction } from "./problem";
import type { Say } from "./strings";

/** A note with one action that leaves by itself after `ms`. */
export function toast(host: HTMLElement, text: string, label: string, act: () => void, ms: number): void {
  const button = make("button", "button button--small", { type: "button" }, [label]);
  const note = make("div", "player__toast", { role: "status" }, [text, button]);
  button.addEventListener("click", () => { note.remove(); act(); });
  host.append(note);
  window.setTimeout(() => note.remove(), ms);
}

export class NextCard {
  private card: HTMLElement | null = null;
  private readonly note = make("p", "");
  private readonly bar = make("progress", "bar", { "aria-hidden": true });

  constructor(private readonly host: HTMLElement, private readonly say: Say) {}

  show(name: string, left: number, whole: number, now: () => void, cancel: () => void): void {
    if (!this.card) {
      const go = make("button", "button button--primary button--small", { type: "button" }, [this.say("next_now")]);
      const stay = make("button", "button button--small", { type: "button" }, [this.say("next_cancel")]);
      go.addEventListener("click", now);
      stay.addEventListener("click", cancel);
      this.card = make("section", "player__next", { "aria-label": this.say("next", { name }) }, [this.note, make("strong", "", {}, [name]), this.bar, make("div", "cluster cluster--tight", {}, [go, stay])]);
      this.host.append(this.card);
      go.focus();
    }
    this.note.textContent = this.say("next_up", { seconds: left });
    this.bar.max = whole;
    this.bar.value = whole - left;
  }

  hide(): void {
    this.card?.remove();
    this.card = null;
  }

  get element(): HTMLElement | null {
    return this.card;
  }
}

export interface ProblemChoices {
  readonly retry: (() => void) | null;
  readonly act: (action: ProblemAction) => void;
  readonly backUrl: string;
  readonly title: string;
}

/** Fills the screen with the sentence and what one can do about it; returns the element to remove. */
export function problemView(problem: Problem, choices: ProblemChoices, say: Say): HTMLElement {
  const heading = make("h1", "", { tabindex: -1, id: "player-problem" }, [problem.title || say("problem")]);
  const actions: HTMLElement[] = problem.actions.map((action, index) => {
    const look = index === 0 ? "button button--primary" : "button";
    if (action.method === "GET") return make("a", look, { href: action.href }, [action.label]);
    const button = make("button", look, { type: "button" }, [action.label]);
    button.addEventListener("click", () => { button.disabled = true; choices.act(action); });
    return button;
  });
  const retry = choices.retry;
  if (retry) {
    const button = make("button", actions.length ? "button" : "button button--primary", { type: "button" }, [say(goesOn(problem) ? "play" : "retry")]);
    button.addEventListener("click", retry);
    actions.push(button);
  }
  actions.push(make("a", "button button--outline", { href: choices.backUrl }, [say("back", { name: choices.title })]));
  const sentence = problem.detail || fallback(problem.status, say);
  const inner = make("div", "player__problem-in", {}, [heading, make("p", "", {}, [sentence]), make("div", "cluster", {}, actions)]);
  return make("section", "player__problem", { role: "alert", "aria-labelledby": "player-problem" }, [inner]);
}

function fallback(status: number, say: Say): string {
  if (status === 0 || status >= 500) return say("problem_network");
  if (status === 401) return say("problem_signed_out");
  return say("problem_moved");
}
