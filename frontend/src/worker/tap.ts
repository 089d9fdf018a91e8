/** A tap on a notification: one window, at the right page. */
import { isAppPath } from "../app/routes";
import { sleep } from "../app/patience";
import type { TapData } from "./notification";

/** What is needed of a window of the browser. */
export interface OpenWindow {
  url: string;
  focused: boolean;
  visibilityState: DocumentVisibilityState;
  focus(): Promise<unknown>;
  navigate(url: string): Promise<unknown>;
  postMessage(message: unknown, transfer: Transferable[]): void;
}

/** How long a page has to answer that it went where it was told, in ms. */
const ANSWER_TIME = 800;

/** Where organisers work: only what asks for their approval leads there. */
const ORGANISERS = "/admin/";

/** The path that a tap leads to; anything that is not a page of this app leads to the feed. */
export function tapTarget(data: Partial<TapData> | null, origin: string): string {
  const url = parse(data?.navigate ?? "", origin);
  if (url === null || url.origin !== origin) return "/";
  const isAllowed = isAppPath(url.pathname) || (data?.type === "approval" && url.pathname.startsWith(ORGANISERS));
  return isAllowed ? url.pathname + url.search : "/";
}

/**
 * The window to take: one that shows the page already, else one that is in front, else any of the app's own.
 * A page for organisers takes no other page's window: something may be typed there.
 */
export function chooseWindow<W extends OpenWindow>(windows: readonly W[], target: string, origin: string): W | null {
  const path = parse(target, origin)?.pathname;
  const own = windows.filter((window) => {
    const url = parse(window.url, origin);
    if (url === null || url.origin !== origin) return false;
    return isForOrganisers(target) ? url.pathname === path : isAppPath(url.pathname);
  });
  const rank = (window: W) =>
    (parse(window.url, origin)?.pathname === path ? 4 : 0) +
    (window.focused ? 2 : 0) +
    (window.visibilityState === "visible" ? 1 : 0);
  return [...own].sort((one, other) => rank(other) - rank(one))[0] ?? null;
}

/** Brings a window to the page: asks the app, and reloads it there when it does not answer. */
export async function bringTo(window: OpenWindow, target: string): Promise<void> {
  await window.focus().catch(() => undefined);
  if (isForOrganisers(target)) return; // It shows the page already, and maybe half a reason.
  if (await ask(window, target)) return;
  await window.navigate(target).catch(() => undefined);
}

function isForOrganisers(target: string): boolean {
  return target.startsWith(ORGANISERS);
}

async function ask(window: OpenWindow, path: string): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise<boolean>((resolve) => (port1.onmessage = () => resolve(true)));
  window.postMessage({ type: "navigate", path }, [port2]);
  const answered = await Promise.race([answer, sleep(ANSWER_TIME).then(() => false)]);
  port1.close();
  return answered;
}

function parse(address: string, origin: string): URL | null {
  try {
    return new URL(address, origin);
  } catch {
    return null;
  }
}
