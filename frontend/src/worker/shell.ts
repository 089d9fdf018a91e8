/** The app's own files, kept so that it opens without network. */

export interface ShellFile {
  url: string;
  revision: string | null;
}

/** The page of the app without anything of one address: it stands in for all of them. */
export const PAGE = "/shell";

const PREFIX = "shell-";

/** The server's pages, which the app's shell must never stand in for. */
const SERVER_PATHS = /^\/(admin|accounts|api|static|healthz|readyz|metrics|campaigns|actions)(\/|$)/;

/** A new build has a new name, so an old page keeps its old files until it goes. */
export function shellName(files: readonly ShellFile[]): string {
  const content = files.map((file) => `${file.url}@${file.revision ?? ""}`).join("\n");
  let hash = 0;
  for (const character of content) hash = (Math.imul(hash, 31) + character.codePointAt(0)!) >>> 0;
  return `${PREFIX}${hash.toString(36)}`;
}

/** True for a navigation that the kept shell answers. */
export function isAppNavigation(url: URL): boolean {
  return !SERVER_PATHS.test(url.pathname) && !/\.[a-z0-9]+$/i.test(url.pathname);
}

export async function keepShell(files: readonly ShellFile[]): Promise<void> {
  const cache = await caches.open(shellName(files));
  // "reload": past the browser's own cache, which may hold the page of the build before.
  await cache.addAll(files.map((file) => new Request(file.url, { cache: file.revision ? "reload" : "default" })));
}

export async function dropOldShells(files: readonly ShellFile[]): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== shellName(files)) await caches.delete(name);
  }
}

export async function findInShell(files: readonly ShellFile[], path: string): Promise<Response | undefined> {
  // Looking must not make the cache anew: it may just have been erased.
  return caches.match(path, { cacheName: shellName(files) });
}
