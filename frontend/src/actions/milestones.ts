/** How many have joined, as steps that are worth a word; each is said once on a phone, to those who see it happen. */
import { preference, setPreference } from "../store/preferences";

const ROUND = [100, 500, 1000, 5000, 10_000, 50_000, 100_000, 500_000, 1_000_000];

/** The highest step that a count has reached, the goal being one of them; 0 for none yet. */
export function stepOf(count: number, goal: number | null): number {
  const steps = goal === null ? ROUND : [...ROUND, goal];
  return Math.max(0, ...steps.filter((step) => step <= count));
}

/** What a step is remembered by: an action, or a campaign's own goal. */
export type Subject = `action:${string}` | `campaign:${string}`;

let writing: Promise<unknown> = Promise.resolve();

/**
 * The step to say now, or null. What was reached before the first look is no news: the number says it already. A count
 * that fell and comes back is none either.
 */
export function newStep(subject: Subject, step: number): Promise<number | null> {
  const asked = writing.then(() => compare(subject, step));
  writing = asked.catch(() => undefined);
  return asked;
}

/** Forgets the steps of what `unwanted` is true of. */
export function dropSteps(unwanted: (subject: Subject) => boolean): Promise<void> {
  const asked = writing.then(async () => {
    const known = Object.entries((await preference("milestones")) ?? {});
    const left = known.filter(([subject]) => !unwanted(subject as Subject));
    if (left.length < known.length) await setPreference("milestones", Object.fromEntries(left));
  });
  writing = asked.catch(() => undefined);
  return asked;
}

async function compare(subject: Subject, step: number): Promise<number | null> {
  const known = (await preference("milestones")) ?? {};
  const before = known[subject];
  if (before !== undefined && before >= step) return null;
  await setPreference("milestones", { ...known, [subject]: step });
  return before === undefined ? null : step;
}
