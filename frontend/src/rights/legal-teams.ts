/** Whom to call: the legal teams' numbers that this phone knows, the most likely one first. */
import type { Campaign, TextMap } from "../api/types";
import { MOST_OTHERS, teamsOf, type LegalTeam } from "../store/legal-teams";

export interface Known {
  /** Of the action that the sheet was opened from. */
  action: LegalTeam | null;
  campaigns: readonly Campaign[];
  followed: readonly string[];
  /** As they were last seen. */
  kept: readonly LegalTeam[];
}

/** That of the action, then those of followed campaigns; only without any of these, those of other campaigns. */
export function legalTeams({ action, campaigns, followed, kept }: Known): LegalTeam[] {
  const seen = campaigns.flatMap(teamsOf);
  const own = followed.flatMap((slug) => {
    const known = campaigns.some((campaign) => campaign.slug === slug);
    return (known ? seen : kept).filter((team) => team.campaign === slug);
  });
  const likely = withoutDoubles([...(action ? [action] : []), ...own]);
  return likely.length > 0 ? likely : withoutDoubles(campaigns.length > 0 ? seen : kept).slice(0, MOST_OTHERS);
}

/** An action that came in an alert names no campaign: its title says whose number it is. */
export function teamOfCard(title: TextMap, phone: string): LegalTeam | null {
  return phone ? { campaign: "", name: title, main: "", phone } : null;
}

function withoutDoubles(teams: readonly LegalTeam[]): LegalTeam[] {
  const digits = (team: LegalTeam) => team.phone.replace(/[^\d+]/g, "");
  return teams.filter((team, index) => teams.findIndex((other) => digits(other) === digits(team)) === index);
}
