/**
 * The one official that this phone calls. Held by the page alone and nowhere else: no cache, no database, no kept
 * answer; gone as soon as the call is reported, given back, or its time is over. What outlives the page is the number of
 * the call, so that its outcome can be told also without network.
 */
import { api } from "../../api/client";
import { ApiError, isNoDevice, NetworkError } from "../../api/errors";
import type { Claim, Result } from "../../api/types";
import { withDevice } from "../../settings/device";
import { isRunning } from "./outreach";
import { dismissGesture, loadParticipations, make } from "../participation";
import { forgetCall, keepCall, NOBODY, recallCall } from "../../store/call";
import type { MessageKey } from "../../words/language";
import { refusalCode } from "../../words/refusals";
import { app } from "../../app/state.svelte";
import { preference } from "../../store/preferences";

/** How long the answer to a report that is kept is waited for, in ms; then it is one that waits for the network. */
const REPORT_TIME = 1000;

export class Calls {
  claim = $state.raw<Claim | null>(null);
  restUntil = $state<string | null>(null);
  /** Why the last thing asked was refused, null for nothing. */
  refusal = $state<string | null>(null);
  /** What was done last, to be said; "kept": the report waits for the network. */
  done = $state<"reported" | "kept" | "given_back" | null>(null);
  /** The same in words. */
  readonly told = $derived.by((): MessageKey => {
    if (this.done === "kept") return app.keepsNothing ? "queued_here" : "queued_call";
    return this.done === "reported" ? "outreach_reported" : "outreach_given_back";
  });
  /** An official is wanted as soon as there is a network, as long as this page is open. */
  wanted = $state(false);
  busy = $state(false);
  /** True once the number or the address was opened: then it is time to say what came of it. */
  contacted = $state(false);

  /** Counts what was asked: an answer to an older question changes nothing. */
  #turn = 0;

  constructor(readonly action: string) {}

  /** What the server has of this phone; a phone that it does not know has nothing. */
  async load(): Promise<void> {
    if (app.device === null) return;
    const turn = this.#turn;
    try {
      const own = await api.claim(this.action);
      if (turn !== this.#turn) return;
      // What is over stays on the page, without the name, until the person has said what became of it.
      if (own.claim || !this.claim || isRunning(this.claim, app.now)) this.claim = own.claim;
      this.restUntil = own.rest_until;
      if (own.claim) await keepCall(this.action, own.claim).catch(() => undefined);
    } catch (error) {
      // Without network: the number of the call, if there is one to tell the outcome of.
      if (error instanceof NetworkError) this.claim ??= await recallCall(this.action).catch(() => null);
      else if (!isNoDevice(error)) this.refusal = refusalCode(error);
    }
  }

  /** Whether the page does not know (any more) who is called. */
  get nameless(): boolean {
    return this.claim !== null && this.claim.official.name === "";
  }

  /** An official is given by the server alone: without network the wish waits, while somebody looks at the page. */
  async take(): Promise<void> {
    await this.#take();
    this.wanted = this.refusal === "network";
    if (this.wanted) {
      this.refusal = null;
      app.noteKept("away", app.staleSince);
    }
  }

  #take(): Promise<void> {
    return this.#ask(async () => {
      this.claim = await withDevice(() => api.takeOfficial(this.action));
      await keepCall(this.action, this.claim).catch(() => undefined);
      // The first call is a gesture that makes the device.
      app.device = (await preference("device")) ?? app.device;
      this.done = null;
      this.contacted = false;
      this.restUntil = null;
      app.lastGesture = { action: this.action, at: Date.now() };
      await loadParticipations().catch(() => undefined);
    });
  }

  report(result: Result, call_again_on: string | null): Promise<void> {
    return this.#ask(async () => {
      const input = { result, call_again_on };
      const gesture = { kind: "outcome", action: this.action, claim: this.claim!.id, input } as const;
      const answered = await make(gesture, REPORT_TIME);
      if (answered?.state === "refused") {
        await dismissGesture(answered.key);
        throw new ApiError(409, answered.code, 0);
      }
      this.#forget(answered ? "reported" : "kept");
      if (answered) await loadParticipations().catch(() => undefined);
    });
  }

  giveBack(): Promise<void> {
    return this.#ask(async () => {
      await api.giveBackOfficial(this.action, this.claim!.id);
      this.#forget("given_back");
      await this.load();
    });
  }

  /** The name and the number go when the time is over; the claim's id stays, for a report that comes late. */
  blank(): void {
    if (this.claim?.official.name) this.claim = { ...this.claim, official: NOBODY, earlier: [] };
  }

  drop(): void {
    this.claim = null;
    this.contacted = false;
  }

  /** Somebody says that they did not call: nothing of it is left here. */
  notCalled(): void {
    this.drop();
    void forgetCall().catch(() => undefined);
  }

  #forget(done: "reported" | "kept" | "given_back"): void {
    this.notCalled();
    this.done = done;
  }

  async #ask(work: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.refusal = null;
    this.#turn += 1;
    try {
      await work();
    } catch (error) {
      this.refusal = refusalCode(error);
      if (this.refusal === "report_first") await this.load();
    } finally {
      this.#turn += 1;
      this.busy = false;
    }
  }
}
