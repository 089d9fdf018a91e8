/** What the whole app knows, in one place. */
import type { Config, Device, Feed, OwnParticipation } from "./api/types";
import type { AlertState } from "./alert-state";
import { FALLBACK } from "./language";
import type { Route } from "./routes";
import { clockOffset, steadyOffset } from "./time/clock";

/** Chromium's way of letting a page offer its installation. */
export interface InstallPrompt extends Event {
  prompt(): Promise<{ outcome: "accepted" | "dismissed" }>;
}

class AppState {
  language = $state(FALLBACK);
  route = $state.raw<Route>({ screen: "feed" });
  /** The server's time in ms, each second. */
  now = $state(Date.now());
  config = $state.raw<Config | null>(null);
  device = $state.raw<Device | null>(null);
  feed = $state.raw<Feed | null>(null);
  /** The hour of what is shown when it is not fresh: the network does not answer. */
  staleSince = $state<string | null>(null);
  offline = $state(false);
  /** This device's own parts by action id. */
  parts = $state.raw<Record<string, OwnParticipation>>({});
  /** Actions whose gesture waits for the network. */
  waiting = $state.raw<ReadonlySet<string>>(new Set());
  /** Why the server refused a gesture, by action id. */
  refusals = $state.raw<Record<string, string>>({});
  /** The last gesture made on this page and when (ms), to bring what follows it into view. */
  lastGesture = $state.raw({ action: "", at: 0 });
  alerts = $state<AlertState>("off");
  putOff = $state.raw<Record<string, number>>({});
  installPrompt = $state.raw<InstallPrompt | null>(null);
  /** The person's own Mastodon server, a host name, or "". */
  mastodonServer = $state("");
  erased = $state(false);
  /** Read out by screen readers, politely. */
  announcement = $state("");

  #offset = 0;

  get siteName(): string {
    return this.config?.site_name ?? "Mobilise";
  }

  tick(): void {
    this.now = Date.now() + this.#offset;
  }

  /** Takes over the server's clock from an answer that has just come; `precise` when it has milliseconds. */
  setClock(serverTime: string, precise: boolean): void {
    const offset = clockOffset(serverTime, Date.now());
    this.#offset = precise ? offset : steadyOffset(offset);
    this.tick();
  }

  /** Notes whether what is shown is fresh (null) or from the given time. */
  noteAnswer(keptAt: string | null): void {
    this.staleSince = keptAt;
    this.offline = keptAt !== null;
  }

  setPart(part: OwnParticipation): void {
    this.parts = { ...this.parts, [part.action]: part };
  }

  dropPart(action: string): void {
    this.parts = Object.fromEntries(Object.entries(this.parts).filter(([id]) => id !== action));
  }

  setRefusal(action: string, code: string | null): void {
    const others = Object.entries(this.refusals).filter(([id]) => id !== action);
    this.refusals = Object.fromEntries(code === null ? others : [...others, [action, code]]);
  }

  mainLanguage(slug: string): string {
    return this.feed?.campaigns.find((campaign) => campaign.slug === slug)?.main_language ?? FALLBACK;
  }
}

export const app = new AppState();
