/** The app's own files, kept so that it opens without network. */

export interface ShellFile {
  url: string;
  revision: string | null;
}

/** The page of the app without anything of one address: it stands in for all of them. */
export const PAGE = "/shell";

const PREFIX = "shell-";

/** Files of a build: their names change with what is in them. */
const BUILT = "/assets/";

/** The server's pages, which the app's shell must never stand in for. */
const SERVER_PATHS = /^\/(admin|accounts|api|static|healthz|readyz|metrics|campaigns|actions)(\/|$)/;

/** A new build has a new name, so the page that is open still finds the files of its own. */
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
  const request = ({ url, revision }: ShellFile) =>
    new Request(new URL(url, location.origin), { cache: revision ? "reload" : "default" });
  await cache.addAll(files.map(request));
}

/** All but the shell of this build and the one before, whose page may be open: its later screens are nowhere else. */
export async function dropOldShells(files: readonly ShellFile[]): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== shellName(files));
  // The youngest is the last. One that was never whole, as its network broke, was no page's.
  const whole = await Promise.all(others.map((name) => caches.match(PAGE, { cacheName: name })));
  const previous = others.filter((_, index) => whole[index]).at(-1);
  for (const name of others) if (name !== previous) await caches.delete(name);
}

/** A file of this build, or of the one before for a page that was opened with it. */
export async function findInShell(files: readonly ShellFile[], path: string): Promise<Response | undefined> {
  // Looking must not make the cache anew: it may just have been erased.
  const own = await caches.match(path, { cacheName: shellName(files) });
  return own ?? (isBuilt(path) ? caches.match(path) : undefined);
}

/**
 * A file of the app, from what is kept, else from the network. One that is of another build and nowhere any more says
 * that the page that wants it is older than the shell before: `outdated` hears of it. A page of this build is never told:
 * its files are on the list, and it is what a page becomes that is loaded anew.
 */
export async function answerFile(
  files: readonly ShellFile[],
  path: string,
  network: () => Promise<Response>,
  outdated: () => Promise<void>,
): Promise<Response> {
  const kept = await findInShell(files, path);
  if (kept) return kept;
  const answer = await network();
  const isForeign = files.every((file) => file.url !== path);
  if (answer.status === 404 && isForeign && (await findInShell(files, PAGE))) await outdated();
  return answer;
}

/** True for what the worker answers from what is kept, of whichever build it is. */
export function isShellFile(files: readonly ShellFile[], path: string): boolean {
  return isBuilt(path) || files.some((file) => file.url === path);
}

function isBuilt(path: string): boolean {
  return path.startsWith(BUILT);
}
