/// <reference lib="webworker" />
/** The service worker: only listeners, each behaviour is a module beside this one. */
import { replayGestures } from "../replay";
import { answer, isKept } from "./answers";
import { receivePush } from "./receive";
import { report } from "./receipts";
import { renewSubscription } from "./renew";
import { dropOldShells, findInShell, isAppNavigation, keepShell, type ShellFile } from "./shell";
import { bringTo, chooseWindow, tapTarget } from "./tap";

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: ShellFile[] };
interface SubscriptionChange extends ExtendableEvent {
  newSubscription?: PushSubscription | null;
}

const SHELL = self.__WB_MANIFEST;

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell(SHELL).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOldShells(SHELL).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (isAppNavigation(url)) event.respondWith(findInShell(SHELL, "/").then((page) => page ?? fetch(request)));
  } else if (isKept(url)) {
    event.respondWith(answer(request, fetch, (work) => event.waitUntil(work)));
  } else if (SHELL.some((file) => file.url === url.pathname)) {
    event.respondWith(findInShell(SHELL, url.pathname).then((file) => file ?? fetch(request)));
  }
});

self.addEventListener("push", (event) => {
  const show = (title: string, options: NotificationOptions) => self.registration.showNotification(title, options);
  event.waitUntil(receivePush(event.data?.text() ?? null, show, tellWindows));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(Promise.allSettled([open(event.notification.data), report(event.notification.data ?? {}, "opened")]));
});

self.addEventListener("pushsubscriptionchange", (event) => {
  const fresh = (event as SubscriptionChange).newSubscription ?? null;
  (event as SubscriptionChange).waitUntil(renewSubscription(self.registration, fresh).catch(() => undefined));
});

self.addEventListener("sync", (event) => {
  (event as ExtendableEvent).waitUntil(replayGestures().then(() => tellWindows({ type: "replayed" })));
});

async function open(data: Parameters<typeof tapTarget>[0]): Promise<void> {
  const target = tapTarget(data, self.location.origin);
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const window = chooseWindow(windows, target, self.location.origin);
  if (window) await bringTo(window, target);
  else await self.clients.openWindow(target);
}

async function tellWindows(news: object): Promise<void> {
  for (const window of await self.clients.matchAll({ type: "window", includeUncontrolled: true }))
    window.postMessage(news);
}
