/** The address of the rights sheet; with the action that it is opened from, whose legal team comes first. */
export function rightsPath(action?: string): string {
  return action ? `/rights?action=${encodeURIComponent(action)}` : "/rights";
}
