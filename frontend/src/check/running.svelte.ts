/** A test alert that was asked for: followed until it arrives, or for as long as that may still happen. */
import { api } from "../api/client";
import { sleep } from "../app/patience";
import { refusalCode } from "../words/refusals";
import { askReach } from "./checking.svelte";
import { readTrial, type TrialFacts } from "./trial";
import { hearReceived, type Received } from "./worker";

/** Between two questions to the server, in ms. */
const PAUSE = 2000;
/** It asks no longer than this; an alert that comes later is heard of all the same. */
const ASKED_FOR = 60_000;

export class RunningTrial {
  /** The test's own id, once it was asked for. */
  #id = "";
  #began = 0;
  #facts = $state.raw<TrialFacts | null>(null);
  /** The message may be quicker than the answer to the call that asked for it. */
  #early: Received[] = [];
  #stop: () => void;

  asking = $state(false);
  failure = $state("");

  constructor() {
    this.#stop = hearReceived((received) => this.#hear(received));
  }

  get state() {
    return this.#facts && readTrial(this.#facts);
  }

  /** How long it took, in whole seconds. */
  get seconds(): number {
    return Math.max(1, Math.round((this.#facts?.arrived?.after ?? 0) / 1000));
  }

  async begin(): Promise<void> {
    if (this.asking) return;
    [this.asking, this.failure, this.#facts, this.#early] = [true, "", null, []];
    this.#began = Date.now();
    try {
      this.#id = (await api.sendTestAlert()).id;
      this.#facts = { elapsed: 0, answer: "waiting", arrived: null, seen: null };
      for (const received of this.#early) this.#hear(received);
      void this.#follow(this.#id);
    } catch (error) {
      this.failure = refusalCode(error);
    }
    this.asking = false;
  }

  tell(seen: boolean): void {
    this.#change({ seen });
  }

  end(): void {
    this.#id = "";
    this.#stop();
  }

  #hear(received: Received): void {
    if (this.asking) this.#early.push(received);
    if (received.id !== this.#id || this.#facts?.arrived) return;
    this.#change({ arrived: { after: Date.now() - this.#began, shown: received.shown } });
  }

  async #follow(id: string): Promise<void> {
    while (this.#id === id && !this.#facts?.arrived && Date.now() - this.#began < ASKED_FOR) {
      await sleep(PAUSE);
      const reach = await askReach();
      if (this.#id !== id) return;
      const elapsed = Date.now() - this.#began;
      if (reach === undefined) this.#change({ elapsed });
      else if (reach === null) this.#change({ elapsed, answer: "gone" });
      else this.#change({ elapsed, ...(reach.test === id ? { answer: reach.test_answer } : {}) });
      if (this.state === "gone" || this.state === "refused") return;
    }
  }

  #change(changes: Partial<TrialFacts>): void {
    if (this.#facts) this.#facts = { ...this.#facts, ...changes };
  }
}
