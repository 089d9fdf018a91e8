/** What can go wrong between the app and the server. */

/** No answer came: no network, or it broke. What was asked may be asked again. */
export class NetworkError extends Error {
  constructor(cause: unknown) {
    super("no answer", { cause });
  }
}

/** The server's `{code, detail}`; `retryAfter` in seconds, 0 when it named none. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly retryAfter: number,
  ) {
    super(`${status} ${code}`);
  }
}

/** True for trouble that passes by itself, so that what was asked is worth keeping for later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof NetworkError) return true;
  return error instanceof ApiError && (error.status === 429 || error.status >= 500);
}

/** True when the server does not know this browser. */
export function isNoDevice(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}
