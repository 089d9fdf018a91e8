/** How an icon begins. */
import type { Device } from "../api/types";

/**
 * An iPhone's icon that has nothing yet takes over what its page had without a question: no link from elsewhere opens an
 * icon there, and there is nothing that could be replaced. Everywhere else a code in an address is asked about.
 */
export function startsAsIcon(device: Device | null): boolean {
  return (navigator as Navigator & { standalone?: boolean }).standalone === true && device === null;
}
