//! What the server says when it refuses (RFC 9457), read with care because it decides what the viewer sees.

export interface ProblemAction {
  readonly label: string;
  readonly href: string;
  readonly method: "GET" | "POST";
}

export interface Problem {
  /** The last part of the type, as in "too-many-streams". */
  readonly kind: string;
  readonly title: string;
  readonly detail: string;
  /** The HTTP status; 0 when no answer came at all. */
  readonly status: number;
  readonly actions: readonly ProblemAction[];
}

export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
    this.name = "Refused";
  }
}

export function parseProblem(body: unknown, status: number): Problem {
  const fields = isRecord(body) ? body : {};
  const type = text(fields["type"]);
  return {
    kind: type.slice(type.lastIndexOf("/") + 1),
    title: text(fields["title"]),
    detail: text(fields["detail"]),
    status,
    actions: Array.isArray(fields["actions"]) ? fields["actions"].flatMap(parseAction) : [],
  };
}

/** The ends of a play after which a new one goes on, as the server names them; the others withdrew the right to it. */
const goingOn = ["play-lost", "play-closed", "play-replaced", "play-expired"];

/** True where the play is over but pressing play goes on. */
export function goesOn(problem: Problem): boolean {
  return goingOn.includes(problem.kind);
}

/** True where somebody ended the play: going on by itself would undo what they did. */
export function endedBySomebody(problem: Problem): boolean {
  return problem.kind === "play-closed" || problem.kind === "play-replaced";
}

/** True where asking again could end otherwise without anyone doing anything else first. */
export function worthRetrying(problem: Problem): boolean {
  return problem.status === 0 || problem.status === 409 || problem.status === 429 || problem.status >= 500 || goesOn(problem);
}

/** An action may only lead to a path of this service: never to another host or a script. */
function parseAction(value: unknown): ProblemAction[] {
  if (!isRecord(value)) return [];
  const label = text(value["label"]);
  const href = text(value["href"]);
  if (!label || !/^\/(?![/\\])/.test(href)) return [];
  return [{ label, href, method: text(value["method"]).toUpperCase() === "POST" ? "POST" : "GET" }];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
