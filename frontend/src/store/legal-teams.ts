/** The legal teams' numbers: of the campaigns that this phone follows, else of some that everybody sees. */
import type { Campaign, TextMap } from "../api/types";
import { preference, setPreference } from "./preferences";

export interface LegalTeam {
  /** Its campaign's address; "" when it is not known. */
  campaign: string;
  name: TextMap;
  /** The campaign's main language, which fills in. */
  main: string;
  phone: string;
}

/** Of campaigns that nobody here follows, so many at most. */
export const MOST_OTHERS = 3;

/** Takes over what these campaigns say, so that it is there without network; what is no longer followed is forgotten. */
export async function keepLegalTeams(campaigns: readonly Campaign[], followed: readonly string[]): Promise<void> {
  const before = (await preference("legalTeams")) ?? [];
  const own = followed.flatMap((slug) => {
    const campaign = campaigns.find((each) => each.slug === slug);
    return campaign ? teamsOf(campaign) : before.filter((team) => team.campaign === slug);
  });
  const teams = followed.length > 0 ? own : campaigns.flatMap(teamsOf).slice(0, MOST_OTHERS);
  if (JSON.stringify(teams) !== JSON.stringify(before)) await setPreference("legalTeams", teams);
}

/** Its team, or none. */
export function teamsOf({ slug, name, main_language, legal_phone }: Campaign): LegalTeam[] {
  return legal_phone ? [{ campaign: slug, name, main: main_language, phone: legal_phone }] : [];
}

export async function keptLegalTeams(): Promise<LegalTeam[]> {
  return (await preference("legalTeams")) ?? [];
}
