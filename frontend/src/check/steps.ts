/** The way of an alert to this phone, step by step: what is well, what is wrong, what cannot be known yet. */
import type { CheckKey } from "./words";

export type StepName = "browser" | "permission" | "worker" | "subscription" | "server" | "verified";
export type Verdict = "good" | "wrong" | "waiting" | "unknown";
/** What one tap can do about a step. */
export type Fix = "install" | "turn-on" | "unblock" | "reload" | "verify-again" | "calendar";

export interface Step {
  name: StepName;
  verdict: Verdict;
  says: CheckKey;
  fix: Fix | null;
}

export interface CheckFacts {
  supported: boolean;
  /** Push is there once the app is on the home screen. */
  installFirst: boolean;
  /** The page is in an app's own browser. */
  inApp: boolean;
  permission: NotificationPermission;
  /** "silent": it does not answer; "unchecked": whether there is a newer one could not be asked. */
  worker: "current" | "unchecked" | "updating" | "silent" | "none";
  /** The browser's own subscription, and whether it is the one that was sent last. */
  subscription: { sent: boolean; keyCurrent: boolean } | null;
  /** What the server has; undefined when it did not answer. */
  reach: { verified: boolean; key_current: boolean; service_paused: boolean } | null | undefined;
}

type Said = [Verdict, CheckKey, Fix?];

export function readSteps(facts: CheckFacts): Step[] {
  const all: [StepName, Said][] = [
    ["browser", browser(facts)],
    ["permission", permission(facts)],
    ["worker", worker(facts)],
    ["subscription", subscription(facts)],
    ["server", server(facts)],
    ["verified", verified(facts)],
  ];
  // What comes after something that is wrong says nothing.
  const broken = all.findIndex(([, [verdict]]) => verdict === "wrong");
  return all.map(([name, [verdict, says, fix]], index) =>
    broken !== -1 && index > broken
      ? { name, verdict: "unknown", says: "after_that", fix: null }
      : { name, verdict, says, fix: fix ?? null },
  );
}

/** True when nothing stands in the way of a test alert. */
export function isReady(steps: readonly Step[]): boolean {
  return steps.every(({ verdict, name }) => verdict === "good" || (name === "verified" && verdict === "waiting"));
}

function browser({ supported, installFirst, inApp }: CheckFacts): Said {
  // Some of them claim to have push.
  if (inApp) return ["wrong", "browser_in_app", "install"];
  if (supported) return ["good", "browser_good"];
  return installFirst ? ["wrong", "browser_install", "install"] : ["wrong", "browser_unable", "calendar"];
}

function permission({ permission }: CheckFacts): Said {
  if (permission === "granted") return ["good", "permission_good"];
  return permission === "denied"
    ? ["wrong", "permission_denied", "unblock"]
    : ["wrong", "permission_default", "turn-on"];
}

function worker({ worker }: CheckFacts): Said {
  if (worker === "current") return ["good", "worker_good"];
  if (worker === "unchecked") return ["good", "worker_unchecked"];
  if (worker === "updating") return ["waiting", "worker_updating"];
  return ["wrong", worker === "silent" ? "worker_silent" : "worker_none", "reload"];
}

function subscription({ subscription }: CheckFacts): Said {
  if (subscription === null) return ["wrong", "subscription_none", "turn-on"];
  return subscription.keyCurrent ? ["good", "subscription_good"] : ["wrong", "subscription_key", "turn-on"];
}

function server({ reach, subscription }: CheckFacts): Said {
  if (reach === undefined) return ["unknown", "server_away"];
  if (reach === null || !subscription?.sent) return ["wrong", "server_none", "turn-on"];
  if (!reach.key_current) return ["wrong", "subscription_key", "turn-on"];
  return reach.service_paused ? ["waiting", "server_paused"] : ["good", "server_good"];
}

function verified({ reach }: CheckFacts): Said {
  if (!reach) return ["unknown", "server_away"];
  return reach.verified ? ["good", "verified_good"] : ["waiting", "verified_waiting", "verify-again"];
}
