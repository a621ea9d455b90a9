/** Acts toward the outside world, as far as more than one feature shows them. */

/** The mark of an act's state: the shapes of the four states, as everywhere. */
export const MARKS: Record<string, string> = {
  queued: 'blind',
  sending: 'blind',
  done: 'calm',
  rejected: 'exhausted',
  unknown: 'burning',
};
