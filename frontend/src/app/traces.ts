/** What is left of a person's own doings in an action: what was written for it, and how far its count was when it was seen. */
import { dropSteps } from "../actions/milestones";
import { dropDrafts } from "../store/drafts";

/** Drops them of the actions of which `unwanted` is true, and of the campaign. */
export async function dropTraces(unwanted: (action: string) => boolean, campaign = ""): Promise<void> {
  await dropDrafts(unwanted);
  await dropSteps((subject) => {
    const [kind, id] = subject.split(":") as [string, string];
    return kind === "campaign" ? id === campaign : unwanted(id);
  });
}
