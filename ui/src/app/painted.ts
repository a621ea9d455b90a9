/**
 * Tells the core, once, that a person can really see something: two frames after the page was built. The start-up
 * watchdog waits for it, and starts anew with another renderer when it stays away.
 */
import { client } from '~/ipc/client';

let told = false;

export function painted(rows: number): void {
  if (told) return;
  told = true;
  requestAnimationFrame(() => requestAnimationFrame(() => void client.painted(rows).catch(() => {})));
}
