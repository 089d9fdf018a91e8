/** Asking the server, while the phone shows what it knows. */
import type { Answer } from "../api/client";
import { ApiError, NetworkError } from "../api/errors";
import { keepAnswer, recallAnswer, type Recalled } from "../store/answers";
import { app } from "./state.svelte";

/** After so long without an answer, in ms, the page says that it shows what was kept. */
const SLOW = 700;

export interface Known<T> {
  data: T;
  /** Where the server did not answer: what it said before. */
  kept: Recalled<T> | null;
}

/**
 * What the server says, else what it last said. Rejects when there is neither, or when it refuses. `about` names the campaign of an answer that is not for everybody.
 */
export async function ask<T>(
  asked: string,
  call: () => Promise<Answer<T>>,
  about: (data: T) => string = () => "",
): Promise<Known<T>> {
  const kept = recallAnswer<T>(asked).catch(() => null);
  let pending = true;
  const slow = setTimeout(() => void kept.then((known) => pending && noteSlow(known)), SLOW);
  try {
    const answer = await call();
    app.noteFresh();
    await keep(asked, answer, about).catch(() => undefined);
    return { data: answer.data, kept: null };
  } catch (error) {
    if (!isNoAnswer(error)) throw error;
    const known = await kept;
    app.noteKept("away", known?.at ?? null);
    if (known === null) throw error;
    return { data: known.data, kept: known };
  } finally {
    pending = false;
    clearTimeout(slow);
  }
}

/** Where nothing is known the screen itself says that it waits: a line above it would come, push it down, and go. */
function noteSlow(known: Recalled<unknown> | null): void {
  if (known !== null || app.feed !== null) app.noteKept("slow", known?.at ?? null);
}

async function keep<T>(asked: string, { data, at, closed }: Answer<T>, about: (data: T) => string): Promise<void> {
  await keepAnswer({ asked, data, at, closed: closed ? about(data) : null });
}

/** No answer, or a server in trouble: what it last said still is the best that is known. */
function isNoAnswer(error: unknown): boolean {
  return error instanceof NetworkError || (error instanceof ApiError && error.status >= 500);
}
