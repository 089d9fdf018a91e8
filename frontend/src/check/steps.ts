/** The way of an alert to this phone, step by step: what is well, what is wrong, what cannot be known yet. */
import type { MessageKey } from "../words/language";

export type StepName = "browser" | "permission" | "worker" | "subscription" | "server" | "verified";
export type Verdict = "good" | "wrong" | "waiting" | "unknown";
/** What one tap can do about a step. */
export type Fix = "install" | "turn-on" | "unblock" | "reload" | "verify-again" | "calendar";

export interface Step {
  name: StepName;
  verdict: Verdict;
  says: MessageKey;
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

type Said = [Verdict, MessageKey, Fix?];

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
      ? { name, verdict: "unknown", says: "check_after_that", fix: null }
      : { name, verdict, says, fix: fix ?? null },
  );
}

/** True when nothing stands in the way of a test alert. */
export function isReady(steps: readonly Step[]): boolean {
  return steps.every(({ verdict, name }) => verdict === "good" || (name === "verified" && verdict === "waiting"));
}

function browser({ supported, installFirst, inApp }: CheckFacts): Said {
  // Some of them claim to have push.
  if (inApp) return ["wrong", "check_browser_in_app", "install"];
  if (supported) return ["good", "check_browser_good"];
  return installFirst ? ["wrong", "check_browser_install", "install"] : ["wrong", "check_browser_unable", "calendar"];
}

function permission({ permission }: CheckFacts): Said {
  if (permission === "granted") return ["good", "check_permission_good"];
  return permission === "denied"
    ? ["wrong", "check_permission_denied", "unblock"]
    : ["wrong", "check_permission_default", "turn-on"];
}

function worker({ worker }: CheckFacts): Said {
  if (worker === "current") return ["good", "check_worker_good"];
  if (worker === "unchecked") return ["good", "check_worker_unchecked"];
  if (worker === "updating") return ["waiting", "check_worker_updating"];
  return ["wrong", worker === "silent" ? "check_worker_silent" : "check_worker_none", "reload"];
}

function subscription({ subscription }: CheckFacts): Said {
  if (subscription === null) return ["wrong", "check_subscription_none", "turn-on"];
  return subscription.keyCurrent ? ["good", "check_subscription_good"] : ["wrong", "check_subscription_key", "turn-on"];
}

function server({ reach, subscription }: CheckFacts): Said {
  if (reach === undefined) return ["unknown", "check_server_away"];
  if (reach === null || !subscription?.sent) return ["wrong", "check_server_none", "turn-on"];
  if (!reach.key_current) return ["wrong", "check_subscription_key", "turn-on"];
  return reach.service_paused ? ["waiting", "check_server_paused"] : ["good", "check_server_good"];
}

function verified({ reach }: CheckFacts): Said {
  if (!reach) return ["unknown", "check_server_away"];
  return reach.verified ? ["good", "check_verified_good"] : ["waiting", "check_verified_waiting", "verify-again"];
}
