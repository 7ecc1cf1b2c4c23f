//! The three calls a player makes: start a play, tell that it lives, and end it.

import type { Device } from "./device";
import { isRecord, parseProblem, Refused } from "./problem";

export interface Play {
  readonly id: string;
  readonly manifest: string;
  readonly chaptersUrl: string | null;
  readonly positionMs: number;
  readonly durationMs: number;
  readonly beatSeconds: number;
  readonly beatUrl: string;
  readonly endUrl: string;
  readonly next: { readonly url: string; readonly name: string } | null;
  readonly attribution: string | null;
  readonly original: Original | null;
}

/** The film's file as it is, where it may be had. */
export interface Original {
  readonly url: string;
  readonly name: string;
  readonly bytes: number;
}

export interface Beat {
  readonly position_ms: number;
  readonly state: "playing" | "paused";
  readonly buffered_ms: number;
}

/** Throws `Refused` when the server says no or cannot be reached (status 0). */
export async function startPlay(url: string, device: Device): Promise<Play> {
  const response = await post(url, { device });
  return parsePlay(await readJson(response));
}

export async function sendBeat(url: string, beat: Beat): Promise<void> {
  await post(url, beat);
}

/** Sent to its end even if the page is left meanwhile. */
export async function endPlay(url: string, positionMs: number): Promise<void> {
  await post(url, { position_ms: Math.round(positionMs) }, { keepalive: true });
}

/** The last word of a page that is going away; the browser sends it after the page is gone. */
export function endPlayLeaving(url: string, positionMs: number): void {
  const body = new Blob([JSON.stringify({ position_ms: Math.round(positionMs) })], { type: "application/json" });
  navigator.sendBeacon(url, body);
}

export async function post(url: string, body: unknown, options: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, {
      ...options,
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", Accept: "application/json, application/problem+json", "X-Requested-With": "cineclub" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Refused(parseProblem({}, 0));
  }
  if (!response.ok) throw new Refused(parseProblem(await readJson(response), response.status));
  return response;
}

export function parsePlay(body: unknown): Play {
  const fields = isRecord(body) ? body : {};
  const manifest = fields["manifest"];
  const beatUrl = fields["beat"];
  const endUrl = fields["end"];
  if (typeof manifest !== "string" || typeof beatUrl !== "string" || typeof endUrl !== "string") {
    throw new Refused(parseProblem({}, 502));
  }
  const next = fields["next"];
  return {
    id: typeof fields["play"] === "string" ? fields["play"] : "",
    manifest,
    chaptersUrl: typeof fields["chapters"] === "string" ? fields["chapters"] : null,
    beatUrl,
    endUrl,
    positionMs: number(fields["position_ms"], 0),
    durationMs: number(fields["duration_ms"], 0),
    beatSeconds: Math.max(2, number(fields["beat_seconds"], 15)),
    next: isRecord(next) && typeof next["url"] === "string" && typeof next["name"] === "string" ? { url: next["url"], name: next["name"] } : null,
    attribution: typeof fields["attribution"] === "string" ? fields["attribution"] : null,
    original: parseOriginal(fields["original"]),
  };
}

function parseOriginal(body: unknown): Original | null {
  if (!isRecord(body) || typeof body["url"] !== "string" || typeof body["name"] !== "string") return null;
  return { url: body["url"], name: body["name"], bytes: number(body["bytes"], 0) };
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return {};
  }
}

function number(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : otherwise;
}
