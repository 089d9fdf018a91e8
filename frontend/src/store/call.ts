/** Which call this phone has to tell the outcome of. Nothing of the official: neither name nor number nor place. */
import type { Claim } from "../api/types";
import { dropPreference, preference, setPreference } from "./preferences";

export interface Call extends Pick<Claim, "id" | "until" | "again_first" | "again_last"> {
  action: string;
}

/** A report may come for a day after the call's time, in ms. */
const REPORTED_WITHIN = 24 * 3600 * 1000;

export const NOBODY: Claim["official"] = { name: "", function: "", commune: "", departement: "", phone: "", email: "" };

export async function keepCall(action: string, claim: Claim): Promise<void> {
  const { id, until, again_first, again_last } = claim;
  await setPreference("call", { action, id, until, again_first, again_last });
}

/** The call of this action, without anybody in it; null when there is none to tell of. */
export async function recallCall(wanted: string): Promise<Claim | null> {
  const kept = await preference("call");
  if (kept && Date.now() > Date.parse(kept.until) + REPORTED_WITHIN) await forgetCall();
  else if (kept?.action === wanted) {
    const { id, until, again_first, again_last } = kept;
    return {
      id,
      until,
      again_first,
      again_last,
      official: NOBODY,
      earlier: [],
      office: { opens_at: until, closes_at: until },
    };
  }
  return null;
}

export async function forgetCall(): Promise<void> {
  await dropPreference("call");
}
