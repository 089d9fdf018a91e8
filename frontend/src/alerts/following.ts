/** Following a campaign's alerts, and withdrawing the agreement to them. */
import { dismissGesture, make } from "../actions/participation";
import { api } from "../api/client";
import { ApiError } from "../api/errors";
import type { Follow, Kind } from "../api/types";
import { forgetCampaign } from "../app/forgetting";
import { app } from "../app/state.svelte";
import { ensureDevice, keepDevice, withDevice } from "../settings/device";
import { exclusively } from "../store/exclusively";
import { keyOf } from "../store/gestures";
import { CONSENT_VERSION } from "./consent";

/**
 * Follows a campaign with the consent given for these kinds, to the text that this very build shows. A withdrawal of
 * before that still waits is older, and must not be sent after it; none is sent meanwhile, and it is forgotten only once
 * the server has the new consent.
 */
export async function follow(slug: string, kinds: Kind[], invitation: string | null): Promise<void> {
  const given = await exclusively("gestures", async () => {
    const answer = await withDevice(() => api.follow(slug, kinds, CONSENT_VERSION, invitation ?? undefined));
    await dismissGesture(keyOf({ kind: "unfollow", campaign: slug }));
    return answer;
  });
  await setFollow(slug, given);
}

/**
 * Holds on the phone at once, also without network: leaving is never harder than coming. Resolves with whether the
 * server knows it too, else it waits; rejects when the server refused, and then it is followed as before.
 */
export async function unfollow(slug: string): Promise<boolean> {
  const left = app.device?.follows.find((each) => each.campaign === slug) ?? null;
  await forgetCampaign(slug).catch(() => undefined);
  await setFollow(slug, null);
  const outcome = await make({ kind: "unfollow", campaign: slug });
  if (outcome?.state === "refused") {
    await setFollow(slug, left);
    await dismissGesture(outcome.key);
    throw new ApiError(409, outcome.code, 0);
  }
  // Sending it may have brought back what the server had before.
  await setFollow(slug, null);
  return outcome !== null;
}

/** As this phone shows it, whether or not its memory takes it. */
async function setFollow(slug: string, follow: Follow | null): Promise<void> {
  const device = app.device ?? (await ensureDevice());
  const others = device.follows.filter((each) => each.campaign !== slug);
  app.device = { ...device, follows: follow ? [...others, follow] : others };
  await keepDevice(app.device).catch(() => undefined);
}
