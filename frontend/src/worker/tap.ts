/** A tap on a notification: one window, at the right page. */
import { isAppPath } from "../routes";
import { sleep } from "../patience";
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

/** The path that a tap leads to; anything that is not a page of this app leads to the feed. */
export function tapTarget(data: Partial<TapData> | null, origin: string): string {
  const url = parse(data?.navigate ?? "", origin);
  return url && url.origin === origin && isAppPath(url.pathname) ? url.pathname + url.search : "/";
}

/** The window to take: one that shows the page already, else one that is in front, else any of the app's own. */
export function chooseWindow<W extends OpenWindow>(windows: readonly W[], target: string, origin: string): W | null {
  const own = windows.filter((window) => {
    const url = parse(window.url, origin);
    return url !== null && url.origin === origin && isAppPath(url.pathname);
  });
  const path = parse(target, origin)?.pathname;
  const rank = (window: W) =>
    (parse(window.url, origin)?.pathname === path ? 4 : 0) +
    (window.focused ? 2 : 0) +
    (window.visibilityState === "visible" ? 1 : 0);
  return [...own].sort((one, other) => rank(other) - rank(one))[0] ?? null;
}

/** Brings a window to the page: asks the app, and reloads it there when it does not answer. */
export async function bringTo(window: OpenWindow, target: string): Promise<void> {
  await window.focus().catch(() => undefined);
  if (await ask(window, target)) return;
  await window.navigate(target).catch(() => undefined);
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
