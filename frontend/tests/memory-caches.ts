/** The browser's Cache API, as much of it as the worker uses. */

function addressOf(request: Request | string): string {
  return new URL(typeof request === "string" ? request : request.url, location.origin).href;
}

class MemoryCache {
  readonly entries = new Map<string, Response>();

  async match(request: Request | string): Promise<Response | undefined> {
    return this.entries.get(addressOf(request))?.clone();
  }
  async put(request: Request | string, response: Response): Promise<void> {
    this.entries.set(addressOf(request), response);
  }
  /** All or none, as in the browser. */
  async addAll(requests: Request[]): Promise<void> {
    const answers = await Promise.all(requests.map((request) => fetch(request)));
    if (!answers.every((answer) => answer.ok)) throw new TypeError("Request failed");
    for (const [index, request] of requests.entries()) await this.put(request, answers[index]!);
  }
  async delete(request: Request): Promise<boolean> {
    return this.entries.delete(request.url);
  }
  async keys(): Promise<Request[]> {
    return [...this.entries.keys()].map((url) => new Request(url));
  }
}

export class MemoryCaches {
  readonly all = new Map<string, MemoryCache>();

  async open(name: string): Promise<MemoryCache> {
    if (!this.all.has(name)) this.all.set(name, new MemoryCache());
    return this.all.get(name)!;
  }
  async has(name: string): Promise<boolean> {
    return this.all.has(name);
  }
  async match(request: Request | string, { cacheName }: MultiCacheQueryOptions = {}): Promise<Response | undefined> {
    if (cacheName !== undefined) return this.all.get(cacheName)?.match(request);
    for (const cache of this.all.values()) {
      const kept = await cache.match(request);
      if (kept) return kept;
    }
    return undefined;
  }
  async keys(): Promise<string[]> {
    return [...this.all.keys()];
  }
  async delete(name: string): Promise<boolean> {
    return this.all.delete(name);
  }
}
