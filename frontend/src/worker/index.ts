/// <reference lib="webworker" />
/** The service worker: only listeners, each behaviour is a module beside this one. */
import { replayInBackground } from "./background";
import { isErasing } from "../store/erasing";
import { eraseInBackground, refusePush } from "./erase";
import { VERIFY_SYNC } from "../alerts/nonce";
import { findSubscription } from "../alerts/push";
import { messageOf, showInstead, type ArrivedPush } from "./declared";
import { answerPicture, isPicture } from "./pictures";
import { receivePush, type Show } from "./receive";
import { report } from "./receipts";
import { renewSubscription } from "./renew";
import { answerRights, RIGHTS } from "./rights";
import {
  answerFile,
  dropOldShells,
  findInShell,
  isAppNavigation,
  isShellFile,
  keepShell,
  PAGE,
  type ShellFile,
} from "./shell";
import { bringTo, chooseWindow, tapTarget } from "./tap";
import { resumeVerification, type Verifying } from "./verify";

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: ShellFile[] };

type SyncEvent = ExtendableEvent & { tag: string };
type SyncingRegistration = ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } };

const SHELL = [...self.__WB_MANIFEST, RIGHTS];

self.addEventListener("install", (event) => {
  event.waitUntil(keepShellUnlessErasing().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOldShells(SHELL).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (isAppNavigation(url)) event.respondWith(findInShell(SHELL, PAGE).then((page) => page ?? fetch(request)));
  } else if (isPicture(url)) {
    event.respondWith(answerPicture(request, fetch, (work) => event.waitUntil(work)));
  } else if (url.pathname === RIGHTS.url) {
    const tell = () => tellWindows({ type: "rights" });
    const network = () => fetch(request, { cache: "no-cache" });
    event.respondWith(answerRights(SHELL, network, (work) => event.waitUntil(work), tell));
  } else if (isShellFile(SHELL, url.pathname)) {
    const outdated = async () => (await self.clients.get(event.clientId))?.postMessage({ type: "outdated" });
    event.respondWith(answerFile(SHELL, url.pathname, () => fetch(request), outdated));
  }
});

self.addEventListener("push", (event) => {
  const show: Show = (title, options) => self.registration.showNotification(title, options);
  const { notification } = event as ArrivedPush;
  const shown = notification ? showInstead(show, notification) : show;
  const receive = () => receivePush(messageOf(event), shown, tellWindows, verifying);
  event.waitUntil(isErasing().then((erasing) => (erasing ? refusePush(self.registration) : receive())));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(Promise.allSettled([open(event.notification.data), report(event.notification.data ?? {}, "opened")]));
});

self.addEventListener("pushsubscriptionchange", (event) => {
  const renewed = renewSubscription(self.registration, tellWindows).catch(() => undefined);
  (event as ExtendableEvent).waitUntil(renewed);
});

self.addEventListener("message", ({ data, ports }) => {
  if (data?.type === "are-you-there") ports[0]?.postMessage("here");
});

self.addEventListener("sync", (event) => {
  const isVerification = (event as SyncEvent).tag === VERIFY_SYNC;
  const replay = () => (isVerification ? resumeVerification(verifying) : replayInBackground(tellWindows));
  const erase = () => eraseInBackground(self.registration, tellWindows);
  (event as ExtendableEvent).waitUntil(isErasing().then((erasing) => (erasing ? erase() : replay())));
});

async function keepShellUnlessErasing(): Promise<void> {
  if (!(await isErasing())) await keepShell(SHELL);
}

async function open(data: Parameters<typeof tapTarget>[0]): Promise<void> {
  const target = tapTarget(data, self.location.origin);
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const window = chooseWindow(windows, target, self.location.origin);
  if (window) await bringTo(window, target);
  else await self.clients.openWindow(target);
}

const verifying: Verifying = {
  tell: tellWindows,
  comeBack: async () => (self.registration as SyncingRegistration).sync?.register(VERIFY_SYNC),
  isSubscribed: () =>
    findSubscription(self.registration).then(
      (found) => found !== null,
      () => true,
    ),
};

async function tellWindows(news: object): Promise<void> {
  for (const window of await self.clients.matchAll({ type: "window", includeUncontrolled: true }))
    window.postMessage(news);
}
