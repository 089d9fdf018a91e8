/** What the whole app knows, in one place. */
import { untrack } from "svelte";

import type { Config, Device, Feed, OwnParticipation } from "../api/types";
import type { AlertState } from "../alerts/alert-state";
import { FALLBACK } from "../words/languages";
import type { Route } from "./routes";
import { clockOffset, steadyOffset, type ClockFault } from "../time/clock";
import type { KeptGesture } from "../store/gestures";

/** Chromium's way of letting a page offer its installation. */
export interface InstallPrompt extends Event {
  prompt(): Promise<{ outcome: "accepted" | "dismissed" }>;
}

/** Differences of clocks that are worth a word, and steps back that are no noise, in ms. */
const NOTICED = 60_000;
const SET_BACK = 2000;

class AppState {
  language = $state(FALLBACK);
  route = $state.raw<Route>({ screen: "feed" });
  /** The server's time in ms, each second. */
  now = $state(Date.now());
  config = $state.raw<Config | null>(null);
  device = $state.raw<Device | null>(null);
  feed = $state.raw<Feed | null>(null);
  /** "slow": asked and not answered yet; "away": it did not answer. What is shown is then what was kept. */
  network = $state<"fine" | "slow" | "away">("fine");
  /** The hour of what is shown when it is not fresh, null when nobody knows. */
  staleSince = $state<string | null>(null);
  /** This device's own parts by action id. */
  parts = $state.raw<Record<string, OwnParticipation>>({});
  /** Gestures that wait for the network, were refused, or left after a wait. */
  gestures = $state.raw<readonly KeptGesture[]>([]);
  /** By the gesture's key, for as long as this page lives: what the phone's memory could not take. */
  unkept = { refused: new Map<string, KeptGesture>(), parts: new Map<string, OwnParticipation>() };
  /** The alert whose tap opened this page, where the browser told the worker nothing of it (src/worker/declared.ts). */
  opened: { id: string; receipt: string } | null = null;
  /** The last gesture made on this page and when (ms), to bring what follows it into view. */
  lastGesture = $state.raw({ action: "", at: 0 });
  alerts = $state<AlertState>("repairing");
  putOff = $state.raw<Record<string, number>>({});
  installPrompt = $state.raw<InstallPrompt | null>(null);
  /** The icon is on this phone, as far as this browser can know. */
  installed = $state(false);
  /** The person's own Mastodon server, a host name, or "". */
  mastodonServer = $state("");
  /** Nothing but this page itself and its cookie is to stay on this phone. */
  keepsNothing = $state(false);
  erased = $state(false);
  /** Whether the server has erased its part: asked just now, waiting for the network, or done. */
  serverErased = $state<"going" | "waiting" | "done">("going");
  /** The browser has not let go of all that was kept. */
  phoneKeptSome = $state(false);
  /** Everything of this phone has gone there. */
  movedTo = $state<"phone" | "icon" | null>(null);
  /** What is read out by screen readers, politely: all that was said just now. */
  announcements = $state.raw<readonly string[]>([]);

  /** How far the phone's clock is off, as far as is known. */
  clockFault = $state.raw<ClockFault | null>(null);

  #offset = 0;
  #last = Date.now();

  get siteName(): string {
    return this.config?.site_name ?? document.querySelector<HTMLMetaElement>("[name=application-name]")?.content ?? "";
  }

  get offline(): boolean {
    return this.network === "away";
  }

  /** A phone that keeps nothing learns from the server alone what it follows. */
  get followsUnknown(): boolean {
    return this.keepsNothing && this.device === null && this.network !== "fine";
  }

  /** Something is on this page that the phone has not kept: what is written on it, or done, would be gone with it. */
  get holdsAlone(): boolean {
    return this.keepsNothing || this.unkept.refused.size + this.unkept.parts.size > 0;
  }

  tick(): void {
    const phone = Date.now();
    // A phone's clock that is set back while the page is open takes no time back.
    if (phone < this.#last - SET_BACK) this.#offset += this.#last - phone;
    this.#last = phone;
    this.now = phone + this.#offset;
  }

  /** Takes over the server's clock from an answer that has just come; `precise` when it has milliseconds. */
  setClock(serverTime: string, precise: boolean): void {
    const offset = clockOffset(serverTime, Date.now());
    this.setOffset(precise ? offset : steadyOffset(offset), true);
  }

  /** How far the server is ahead of the phone, in ms; `certain` when it has just said so. */
  setOffset(offset: number, certain: boolean): void {
    this.#offset = offset;
    this.clockFault = Math.abs(offset) < NOTICED ? null : { offset, certain };
    this.tick();
  }

  noteFresh(): void {
    this.network = "fine";
    this.staleSince = null;
  }

  /** Notes that what is shown is from the given time. */
  noteKept(network: "slow" | "away", at: string | null): void {
    this.network = network;
    this.staleSince = at;
  }

  /** Has it read out, after what is being said. */
  announce(text: string): void {
    this.announcements = [...untrack(() => this.announcements), text];
  }

  setPart(part: OwnParticipation): void {
    this.parts = { ...this.parts, [part.action]: part };
  }

  dropPart(action: string): void {
    this.parts = Object.fromEntries(Object.entries(this.parts).filter(([id]) => id !== action));
  }

  mainLanguage(slug: string): string {
    return this.feed?.campaigns.find((campaign) => campaign.slug === slug)?.main_language ?? FALLBACK;
  }
}

export const app = new AppState();
