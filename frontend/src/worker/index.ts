/// <reference lib="webworker" />
/** The service worker: only listeners, each behaviour is a module beside this one. */
declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

console.debug(self.__WB_MANIFEST.length);
export {};
